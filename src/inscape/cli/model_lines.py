"""Events of merging, converting, comparing and deploying as lines of a terminal, and the project that they are in.

Invariant: one event, one line or none; the events alone decide what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from inscape import project as projects
from inscape.cli import common
from inscape.events import Converted, Deployed, Event, FileWritten, Finished, Merged, Noted, ParityChecked
from inscape.project import Project

_SHOWN = 34


def python_option(command: common.Command) -> common.Command:
    return click.option("--python", help="The Python that has the packages (a run's own; else setting train.python).")(
        command
    )


@contextmanager
def held(project: Project | None, verb: str) -> Iterator[None]:
    """The project held against a second writer, where there is one."""
    if project is None:
        yield
    else:
        with projects.lock(project, verb):
            yield


def line(event: Event) -> str | None:
    match event:
        case Merged(path, parameters, dtype, mb):
            return f"Merged: {_near(path)} ({parameters / 1e6:,.1f} million parameters, {dtype}, {mb:,.1f} MB)"
        case Converted(path, kind, mb):
            return f"GGUF: {_near(path)} ({kind}, {mb:,.1f} MB)"
        case ParityChecked():
            return parity(event)
        case FileWritten(path, what):
            return None if what == "merged model" else f"Written: {_near(path)} ({what})"
        case Deployed(target, path, command, done):
            return f"{'Done' if done else 'Run'}: {command}" if command else f"Ready for {target}: {_near(path)}"
        case Noted(level, message):
            return f"{level.capitalize()}: {message}"
        case Finished("merge"):
            return "Next: inscape gguf, inscape parity, or inscape chat"
        case Finished("gguf"):
            return "Next: inscape deploy ollama, or inscape chat with the file"
        case _:
            return None


def parity(event: ParityChecked) -> str:
    """A row of the table: question, both sides, text, tokens, answer."""
    question = event.question if len(event.question) < _SHOWN else event.question[: _SHOWN - 2] + "…"
    said = {True: "same", False: "DIFFERENT", None: "-"}
    row = (
        f"{question:<{_SHOWN}} {event.left} = {event.right}: text {said[event.text]}, tokens {said[event.tokens]}, "
        f"answer {event.same} of {event.of} tokens"
    )
    return row + (f"\n{'':<{_SHOWN}} {event.note}" if event.note else "")


def _near(path: str) -> str:
    """The path as one would type it from here."""
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path

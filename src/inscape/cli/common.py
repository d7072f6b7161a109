"""What several verbs share: finding the project, drawing a stage's events, the time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from inscape import project as projects
from inscape.errors import ProjectNotFound
from inscape.events import Event
from inscape.project import Project
from inscape.settings import Settings
from inscape.store import Store, open_store
from inscape.store.looking import look_at
from inscape.text import readable

Command = TypeVar("Command", bound=Callable[..., Any])
Made = TypeVar("Made")


def json_option(command: Command) -> Command:
    """`--json`: the stage's events, one JSON object a line, on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Print the events as JSON, one object a line.")(command)


def here() -> Project:
    """The project of the current folder."""
    return projects.find(Path.cwd(), os.environ)


def here_if_any() -> Project | None:
    """The project of the current folder; None where there is none, for verbs that work without one too."""
    try:
        return here()
    except ProjectNotFound:
        return None


def settings_of(project: Project | None) -> Settings:
    """The project's, or, outside of one, the defaults."""
    from inscape import settings

    return project.settings if project else settings.load("", "inscape.toml", os.environ)


@contextmanager
def writing(project: Project, verb: str) -> Iterator[Store]:
    """The project's store, held against a second writer."""
    with projects.lock(project, verb), open_store(project.database) as store:
        yield store


@contextmanager
def reading(project: Project) -> Iterator[Store]:
    """The project's store, for looking only: also where nothing may be written."""
    with look_at(project.database) as store:
        yield store


def now() -> str:
    """The time as records keep it: ISO 8601 in UTC, to the second."""
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def draw(
    events: Iterable[Event], as_json: bool, line: Callable[[Event], str | None], *, to_the_end: bool = False
) -> None:
    """Print a stage's events as they come: as JSON on stdout, or as `line` puts them, on stdout too.

    Where nobody reads on (`| head`), the stage is closed before the store is; `to_the_end`: it does its work unheard.
    """
    with closed_after(events) as stream:
        for event in stream:
            with heard(to_the_end=to_the_end):
                if as_json:
                    emit(event)
                elif text := line(event):
                    click.echo(readable(text))


@contextmanager
def heard(*, to_the_end: bool = False) -> Iterator[None]:
    """The command ends well where nobody reads on; or, `to_the_end`, goes on and prints nowhere."""
    try:
        yield
    except BrokenPipeError:
        _unheard()
        if not to_the_end:
            raise click.exceptions.Exit(0) from None


@contextmanager
def closed_after(events: Iterable[Event]) -> Iterator[Iterator[Event]]:
    """A stage's events; the stage has ended when the block ends, whatever ends it."""
    stream = iter(events)
    try:
        yield stream
    finally:
        if isinstance(stream, Generator):
            stream.close()


def value_of(events: Generator[Event, None, Made], line: Callable[[Event], str | None]) -> Made:
    """What a generator of events makes in the end; the events themselves are told on stderr."""
    with closed_after(events):
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                made: Made = end.value
                return made
            if text := line(event):
                click.echo(readable(text), err=True)


def _unheard() -> None:
    """Send what is still printed nowhere, so that the end of the process finds no broken pipe either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def emit(event: Event) -> None:
    click.echo(readable(json.dumps(event.to_json(), ensure_ascii=False)))

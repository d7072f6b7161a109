"""`inscape chat` on a terminal or a pipe: what is shown of an answer, and the commands that begin with a slash.

Invariant: stdout gets replies (with --json: events), stderr everything else, so that a pipe gets the text alone. Ctrl-C
stops the answer and leaves the conversation as it was before the question; at the prompt, twice, it ends.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TextIO

import click

from inscape.cli import common
from inscape.errors import InscapeError, UsageError
from inscape.events import ChatEnded, ChatPiece, Event, Noted, RowTaken
from inscape.stages.chat import Chat
from inscape.text import plural

HELP = """\
/effort low|medium|high|auto   force how much it thinks, or let the model choose
/thoughts show|hide            show its thoughts, dimmed, or hide them
/system TEXT                   another system prompt; alone: the model's own again
/again                         another answer to the last question
/undo                          take the last question and its answer back
/reset                         begin anew
/save [category]               put this conversation into the project, for `inscape review`
/help                          this
/quit                          end (Ctrl-D does too)
A line that ends with \\ goes on in the next. Two slashes at the beginning send a line with one."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LEVELS = ("low", "medium", "high")
PROMPT, MORE = "› ", "… "

Save = Callable[[Chat, str | None], Iterable[Event]]


@dataclass(slots=True)
class Screen:
    """Where an answer is shown. `thoughts`: dim, full or hide."""

    thoughts: str
    as_json: bool
    status: bool
    """The line after each answer."""
    _open: str = ""
    """The kind that stands on the current line."""

    def show(self, events: Generator[Event, None, None]) -> ChatEnded | None:
        """An answer to its end; the generation ends with this block, however it is left."""
        ended: ChatEnded | None = None
        self._open = ""
        with closing(events) as running:
            try:
                for event in running:
                    with common.heard():
                        self._event(event)
                    ended = event if isinstance(event, ChatEnded) else ended
            finally:
                self._break()
        if ended and self.status and not self.as_json:
            click.secho(status(ended), dim=True, err=True)
        return ended

    def _event(self, event: Event) -> None:
        if self.as_json:
            common.emit(event)
        elif isinstance(event, ChatPiece):
            self._piece(event)
        elif isinstance(event, Noted):
            self._break()
            click.secho(f"Note: {event.message}", dim=True, err=True)

    def _piece(self, piece: ChatPiece) -> None:
        if piece.kind == "thought" and self.thoughts == "hide":
            return
        if self._open and self._open != piece.kind:
            self._break()
            if piece.kind == "reply":
                click.echo(err=True)
        self._open = piece.kind
        text = _CONTROL.sub("�", piece.text)
        if piece.kind == "thought":
            click.secho(text, nl=False, err=True, dim=self.thoughts == "dim")
        else:
            click.echo(text, nl=False)

    def _break(self) -> None:
        if self._open:
            click.echo(err=self._open == "thought")
        self._open = ""


def status(ended: ChatEnded) -> str:
    """'low (the model's choice) · 0.4 s to the first word, 1.2 s · 31 tokens'"""
    whose = "as asked" if ended.forced else "the model's choice"
    parts = [f"{ended.effort} ({whose})"] if ended.effort else []
    first = f"{ended.first:.1f} s to the first word, " if ended.first is not None else ""
    parts.append(f"{first}{ended.seconds:.1f} s")
    parts += [plural(ended.tokens, "token")] if ended.tokens is not None else []
    parts += ["its thought was cut at its budget"] if ended.cut else []
    parts += [ended.problem] if ended.problem else []
    return " · ".join(parts)


class Leave(Exception):
    """The person wants to end."""


class Terminal:
    """Turns a person's lines into questions and commands."""

    def __init__(self, chat: Chat, screen: Screen, save: Save, *, patient: bool) -> None:
        self.chat, self.screen, self._save = chat, screen, save
        self._patient = patient
        """An error is shown, and the person goes on; without a person it ends the command."""

    def run(self, lines: Iterator[str]) -> None:
        for line in lines:
            try:
                self.take(line)
            except Leave:
                return
            except KeyboardInterrupt:
                if not self._patient:
                    raise
                click.secho(
                    "\nStopped; the conversation is as before the question. /again asks it again.", dim=True, err=True
                )
            except InscapeError as error:
                if not self._patient:
                    raise
                click.echo(f"Error: {error}", err=True)

    def take(self, line: str) -> None:
        """One line: a question, or a command."""
        text = line.strip()
        if text.startswith("/") and not text.startswith("//"):
            name, _, rest = text[1:].partition(" ")
            self._command(name, rest.strip())
        elif text:
            self.screen.show(self.chat.say(text[1:] if text.startswith("//") else text))

    def _command(self, name: str, rest: str) -> None:
        known: dict[str, Callable[[str], None]] = {
            "effort": self._effort, "thoughts": self._thoughts, "system": self._system, "again": self._again,
            "undo": self._undo, "reset": self._reset, "save": self._keep, "help": self._help, "quit": self._quit,
            "exit": self._quit,
        }  # fmt: skip
        if name not in known:
            raise UsageError(f"There is no command /{name}; /help lists them. Begin with // to say it to the model.")
        known[name](rest)

    def _effort(self, rest: str) -> None:
        if rest not in (*_LEVELS, "auto"):
            raise UsageError("/effort low, medium, high, or auto (the model chooses).")
        self.chat.level = None if rest == "auto" else rest
        self._say("The model chooses its effort." if rest == "auto" else f"Effort: {rest}.")

    def _thoughts(self, rest: str) -> None:
        if rest not in ("show", "hide"):
            raise UsageError("/thoughts show, or hide.")
        self.screen.thoughts = "dim" if rest == "show" else "hide"
        self._say("Thoughts are shown." if rest == "show" else "Thoughts are hidden.")

    def _system(self, rest: str) -> None:
        self.chat.system = rest or None
        own = self.chat.talker.mode.system
        if rest:
            self._say("System prompt changed.")
        else:
            self._say(f"System prompt of the model's own: {own}" if own else "No system prompt.")

    def _again(self, _: str) -> None:
        self.screen.show(self.chat.again())

    def _undo(self, _: str) -> None:
        question = self.chat.undo()
        self._say(f"Taken back: {question}" if question is not None else "There is nothing to take back.")

    def _reset(self, _: str) -> None:
        self.chat.reset()
        self._say("A new conversation.")

    def _keep(self, rest: str) -> None:
        for event in self._save(self.chat, rest or None):
            if self.screen.as_json:
                common.emit(event)
            elif isinstance(event, RowTaken):
                new = event.status == "imported"
                saved = f"Saved as {event.example}, undecided: `inscape review` shows it."
                self._say(saved if new else f"It is saved already, as {event.example}.")

    def _help(self, _: str) -> None:
        click.echo(HELP, err=True)

    def _quit(self, _: str) -> None:
        raise Leave

    def _say(self, text: str) -> None:
        click.secho(text, dim=True, err=True)


# ---------------------------------------------------------------- lines


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Lines with those that end with a backslash joined to the next."""
    held = ""
    for line in lines:
        bare = line.rstrip("\r\n")
        if bare.endswith("\\"):
            held += bare[:-1] + "\n"
            continue
        yield held + bare
        held = ""
    if held:
        yield held.rstrip("\n")


def typed(ask: Callable[[str], str] = input) -> Iterator[str]:
    """A person's lines, with what a line editor there is; two Ctrl-C in a row at the prompt end them."""
    with suppress(ImportError):
        import readline  # noqa: F401 (arrows and history, where Python has it)
    warned = False
    prompt = PROMPT
    while True:
        try:
            line = ask(prompt)
        except EOFError:
            click.echo(err=True)
            return
        except KeyboardInterrupt:
            click.echo(err=True)
            if warned:
                return
            warned, prompt = True, PROMPT
            click.secho("Ctrl-C again, or /quit, ends.", dim=True, err=True)
            continue
        warned, prompt = False, MORE if line.endswith("\\") else PROMPT
        yield line


def piped(stream: TextIO | None = None) -> Iterator[str]:
    """One line is one turn."""
    yield from stream or sys.stdin

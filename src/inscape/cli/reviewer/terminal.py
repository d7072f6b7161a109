"""The reviewer on a real terminal: keys one at a time, the screen, a line of text, the editor.

Invariant: the terminal is given back as it was, however the run ends; a key typed while the screen is drawn is not
lost. On POSIX the terminal stays in one mode for the whole run: click.getchar sets it anew for each key and flushes
what was typed in between.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from inscape.cli.reviewer.core import State
from inscape.cli.reviewer.desk import Desk
from inscape.cli.reviewer.screen import Shown, frame
from inscape.records import Problem

_KEY = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z~]|O[A-Za-z])|[\s\S]")
_NAMES = {
    "\x03": "ctrl-c", "\x04": "ctrl-c", "\x1b": "esc", " ": "space", "\r": "enter", "\n": "enter",
    "\x7f": "backspace", "\x08": "backspace",
    "\x1b[A": "up", "\x1b[B": "down", "\x1bOA": "up", "\x1bOB": "down", "\x1b[5~": "b", "\x1b[6~": "space",
    "\xe0H": "up", "\xe0P": "down",
}  # fmt: skip
CLEAR = "\x1b[H\x1b[J"
ENTER = "\x1b[?1049h\x1b[?25l"
LEAVE = "\x1b[?25h\x1b[?1049l"


def keys_of(typed: str) -> list[str]:
    """Key names of what a terminal sent: arrows as one key, pasted or fast letters one by one."""
    return [_NAMES.get(key, key) for key in _KEY.findall(typed)]


def shown(desk: Desk, state: State) -> Shown:
    """All that the screen shows of this state."""
    card = desk.card(state)
    source = card.source if card else None
    return Shown(
        state=state,
        items=desk.items,
        card=card,
        source=desk.places.source(source.id, source.text) if source else "",
        place=desk.places.find(source.text) if source and state.view == "context" else None,
        pace=desk.pace(state),
        counts=desk.counts,
        left=sum(1 for id_ in state.queue if id_ not in state.decided),
        others=desk.others,
        reasons=desk.reasons(card),
    )


class Screen:
    """The person's terminal. It is drawn on stderr: stdout is for data."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.waiting: deque[str] = deque()
        self.last: tuple[Desk, State] | None = None
        self.idle = False
        """Waiting for a key with the review screen up: only then may a resized window be drawn anew."""

    @contextmanager
    def opened(self) -> Iterator[Screen]:
        """The alternate screen and single keys, until the block ends."""
        with self._single_keys(), self._resized():
            self._write(ENTER)
            try:
                yield self
            finally:
                self._write(LEAVE)

    def draw(self, desk: Desk, state: State) -> State:
        plain = self.console.color_system is None or self.console.no_color
        made = frame(shown(desk, state), *self.console.size, marks=plain)
        with self.console.capture() as captured:
            self.console.print(made)
        self._write(CLEAR + captured.get().rstrip("\n"))
        state = replace(state, page=made.page, bottom=made.bottom, scroll=made.scroll, hidden=made.hidden)
        self.last = (desk, state)
        return state

    def key(self) -> str:
        while not self.waiting:
            self.idle = True
            typed = self._read()
            self.idle = False
            self.waiting.extend(keys_of(typed))
        return self.waiting.popleft()

    def ask(self, question: str, text: str) -> str | None:
        """A line at the bottom of the screen. Enter takes it, Esc gives it up."""
        self._write("\x1b[?25h")
        try:
            while True:
                width, height = self.console.size
                seen = f"{question}{text}"[-(width - 1) :]
                self._write(f"\x1b[{height};1H\x1b[K{seen}")
                key = self.key()
                if key in ("enter", "esc", "ctrl-c"):
                    return text if key == "enter" else None
                if key == "backspace":
                    text = text[:-1]
                elif key == "space" or (len(key) == 1 and key.isprintable()):
                    text += " " if key == "space" else key
        finally:
            self._write("\x1b[?25l")

    def edit(self, example: str, text: str) -> tuple[str, str] | None:
        """The text in the person's editor. The file stays until `forget`, so that nothing typed is lost."""
        handle, path = tempfile.mkstemp(prefix=f"inscape-{example}-", suffix=".md", text=False)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        try:
            with self._lent():
                click.edit(filename=path)
            return Path(path).read_text(encoding="utf-8", errors="replace"), path
        except (click.ClickException, OSError):
            self._drop_unchanged(path, text)
            return None

    def again(self, problems: Sequence[Problem], path: str) -> bool:
        lines = ["This can't be taken yet:", *(f"  line {p.line}: {p.message}" for p in problems[:8]), ""]
        self.last = None
        lines += [f"Your text stands in {path}", "e opens it again; any other key goes back to the example."]
        self._write(CLEAR)
        self.console.print("\n".join(lines), markup=False, soft_wrap=False)
        return self.key() == "e"

    def forget(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)

    # ------------------------------------------------------------ the terminal itself

    def _drop_unchanged(self, path: str, text: str) -> None:
        with suppress(OSError):
            if Path(path).read_text(encoding="utf-8") == text:
                self.forget(path)

    def _write(self, text: str) -> None:
        self.console.file.write(text)
        self.console.file.flush()

    def _read(self) -> str:
        if sys.platform == "win32":
            try:
                return click.getchar()
            except (KeyboardInterrupt, EOFError):
                return "\x03"
        data = b""
        with suppress(OSError):
            data = os.read(sys.stdin.fileno(), 1024)
            while _unfinished(data):
                data += os.read(sys.stdin.fileno(), 1)
        return data.decode("utf-8", "replace") or "\x03"  # a terminal that was closed is a person who left

    @contextmanager
    def _single_keys(self) -> Iterator[None]:
        """No echo, no line buffer, and Ctrl-C as a key."""
        if sys.platform == "win32":
            yield
            return
        import termios

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        mode = termios.tcgetattr(descriptor)
        mode[0] &= ~(termios.IXON | termios.ICRNL)
        mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        termios.tcsetattr(descriptor, termios.TCSADRAIN, mode)
        try:
            yield
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    @contextmanager
    def _lent(self) -> Iterator[None]:
        """The terminal as the editor expects it: as it was before the reviewer."""
        self._write(LEAVE)
        try:
            if sys.platform == "win32":
                yield
            else:
                import signal
                import termios

                descriptor = sys.stdin.fileno()
                interrupt = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C in the editor is the editor's
                ours = termios.tcgetattr(descriptor)
                theirs = [*ours]
                theirs[0] |= termios.IXON | termios.ICRNL
                theirs[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
                termios.tcsetattr(descriptor, termios.TCSADRAIN, theirs)
                try:
                    yield
                finally:
                    termios.tcsetattr(descriptor, termios.TCSADRAIN, ours)
                    signal.signal(signal.SIGINT, interrupt)
        finally:
            self._write(ENTER)

    @contextmanager
    def _resized(self) -> Iterator[None]:
        """Draw again when the window changes its size."""
        if sys.platform == "win32":
            yield
            return
        import signal

        def again(*_: object) -> None:
            if self.last and self.idle:
                self.draw(*self.last)

        before = signal.signal(signal.SIGWINCH, again)
        try:
            yield
        finally:
            signal.signal(signal.SIGWINCH, before)


def _unfinished(data: bytes) -> bool:
    """Whether the bytes end inside a character."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False

"""A runtime for tests that goes on from a prompt as a model trained in a mode would, a word at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from inscape.rendering.mode import Asked
from inscape.runtimes.base import Limits, Piece

Says = Callable[[Asked], str | list[Piece]]


@dataclass
class FakeRuntime:
    """`says`: the text that follows a prompt, or the pieces themselves. A word is a token."""

    says: Says
    raw: bool = True
    single: bool = True
    name: str = "fake"
    asked: list[tuple[Asked, Limits]] = field(default_factory=list)
    left: int = 0
    """Streams that were closed before their end."""
    gate: threading.Event | None = None
    """Waited for before each piece but the first."""
    closed: bool = False
    running: int = 0
    most: int = 0
    """The most streams that ran at a time."""

    def stream(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        self.asked.append((asked, limits))
        self.running += 1
        self.most = max(self.most, self.running)
        done = False
        try:
            for piece in self._pieces(asked, limits):
                done = piece.kind == "end"
                yield piece
                if self.gate and not done:
                    self.gate.wait(5)
        finally:
            self.running -= 1
            self.left += not done

    def _pieces(self, asked: Asked, limits: Limits) -> list[Piece]:
        made = self.says(asked)
        if isinstance(made, list):
            return made
        words = re.findall(r"\s*\S+|\s+\Z", made)
        stopped = len(words) > limits.max_tokens
        pieces = [Piece("text", word) for word in words[: limits.max_tokens]]
        count = len(pieces)
        return [*pieces, Piece("end", "", "length" if stopped else "end", count, len(asked.text.split()))]

    def close(self) -> None:
        self.closed = True


def sima(asked: Asked) -> str:
    """A model that thinks about questions with 'why', and greets at once."""
    question = str(asked.messages[-1]["content"])
    thought = "I turn it over and over and over again"
    replies = {"": "Hello there friend.", "why": "Because it rains, I think."}
    why = "why" if "why" in question.lower() else ""
    begun = asked.begun
    if not begun:
        return (
            f'<thinking effort="high">{thought}</thinking>\n\n{replies[why]}'
            if why
            else (f'<thinking effort="low"/>\n\n{replies[why]}')
        )
    if begun.rstrip().endswith("/>") or begun.endswith("</thinking>\n\n"):
        return replies[why]
    return f"{thought}</thinking>\n\n{replies[why]}"

"""What every runtime is: something that goes on from a prompt, in pieces.

Invariant: closing the generator of `stream` ends the generation, also in the middle. The last piece says why it ended.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, Protocol

from inscape.rendering.mode import Asked

Kind = Literal["text", "thought", "note", "end"]
Why = Literal["end", "length", "stop"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How an answer is drawn, and where it stops. `max_tokens` counts thought and reply together."""

    max_tokens: int
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Something of an answer. `text`: as the model writes it, marks included. `thought`: what a server itself took for
    thinking and set apart. `note`: a sentence for the person about this runtime. `end`: the last one."""

    kind: Kind
    text: str = ""
    why: Why = "end"
    tokens: int | None = None
    """Of the whole answer, at the end, where they are counted."""
    prompt_tokens: int | None = None


class Runtime(Protocol):
    """A model that can be talked to."""

    @property
    def name(self) -> str:
        """What a person calls it: the model's name, with the server where there is one."""

    @property
    def raw(self) -> bool:
        """It takes a whole prompt as text, and so goes on exactly from a forced beginning."""

    @property
    def single(self) -> bool:
        """It gives one answer at a time; who asks meanwhile has to wait."""

    def stream(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        """The text that follows. Raises ModelError with a sentence that says what to do."""

    def close(self) -> None:
        """End what was started for it. May be called again."""

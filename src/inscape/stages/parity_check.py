"""Two forms of one model on the same questions: the rendered text, its tokens, and the likeliest tokens after it.

Invariant: nothing is called the same that was not compared; where something differs, the first place is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inscape.events import ParityChecked
from inscape.stages.tuned import Speaking

GREEDY = 32
"""Tokens of each answer that are compared."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one form made of one question. Empty where it was not asked."""

    text: str | None
    tokens: tuple[int, ...] = ()
    greedy: tuple[int, ...] = ()
    pieces: tuple[str, ...] = ()
    """The greedy tokens as text."""
    split: tuple[str, ...] = ()
    """The tokens of the prompt as text."""


def hear(speaker: Speaking, text: str | None, prompt: str, most: int = GREEDY) -> Heard:
    """Put a prompt to a model. `text`: as its own template renders the question; None where that was not looked at."""
    tokens, greedy = speaker.tokens(text if text is not None else prompt), speaker.greedy(prompt, most)
    return Heard(text, tuple(tokens), tuple(greedy), tuple(speaker.pieces(greedy)), tuple(speaker.pieces(tokens)))


def compare(question: str, left: tuple[str, Heard], right: tuple[str, Heard]) -> ParityChecked:
    """Two of them side by side. `of`: 0 where one form does not tell; where both say the same and only one takes a mark
    for the end, all tokens up to it."""
    (name, one), (other, two) = left, right
    text = one.text == two.text if one.text is not None and two.text is not None else None
    tokens = one.tokens == two.tokens if one.tokens and two.tokens else None
    told = bool(one.greedy and two.greedy)
    same, of = _same(one.greedy, two.greedy), max(len(one.greedy), len(two.greedy)) if told else 0
    ended = told and same == min(len(one.greedy), len(two.greedy)) < of
    notes = [
        *([_texts(one.text or "", two.text or "")] if text is False else []),
        *([f"tokens of the prompt: {_apart(one.tokens, two.tokens, one.split, two.split)}"] if tokens is False else []),
        *([_ended(left, right)] if ended else []),
        *([f"answer: {_apart(one.greedy, two.greedy, one.pieces, two.pieces)}"] if same < of and not ended else []),
    ]
    return ParityChecked(question, name, other, text, tokens, same, same if ended else of, "; ".join(notes))


def _ended(left: tuple[str, Heard], right: tuple[str, Heard]) -> str:
    """One takes a mark for the end, which the other says and goes on."""
    (first, short), (second, _) = (left, right) if len(left[1].greedy) < len(right[1].greedy) else (right, left)
    return f"{first} ends at {_piece(short.pieces, len(short.greedy) - 1)}, which {second} does not take for an end"


def _same(left: Sequence[object], right: Sequence[object]) -> int:
    """How many are the same from the first on."""
    return next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _apart(left: Sequence[int], right: Sequence[int], texts: Sequence[str], others: Sequence[str]) -> str:
    at = _same(left, right)
    return f"they part at token {at + 1}, {_piece(texts, at)} and {_piece(others, at)}"


def _piece(texts: Sequence[str], at: int) -> str:
    return repr(texts[at]) if at < len(texts) else "none"


def _texts(left: str, right: str) -> str:
    at = _same(left, right)
    return f"texts part at letter {at + 1}, {left[at : at + 20]!r} and {right[at : at + 20]!r}"

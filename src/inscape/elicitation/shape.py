"""What an answer must look like, as far as a prompt itself shows it.

Invariant: only what the prompt states narrows a shape; what it leaves open is taken generously, so that a good answer
is never refused for a number nobody asked for.
"""

from __future__ import annotations

import re

from inscape import text as words
from inscape.records import Shape, Structure

GENEROUS = (1, 12)
"""Exchanges where a prompt shows a conversation and does not say how long."""

_RANGE = re.compile(r"^(\d{1,6})(?:\s*(?:-|–|—|to)\s*(\d{1,6}))?$")
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_COUNT = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_EXCHANGES = re.compile(
    rf"\b{_COUNT}(?:\s*(?:-|–|—|to|or)\s*{_COUNT})?[\s-]+(?:[a-z]+[\s-]+)?(exchange|turn|message)s?\b", re.IGNORECASE
)
_WORDS = re.compile(r"\b(\d{2,4})\s*(?:-|–|—|to)\s*(\d{2,4})\s+words\b", re.IGNORECASE)


def one_or_two(value: str) -> tuple[int, int] | None:
    """'4-6' -> (4, 6), '2' -> (2, 2); None for anything else, and for a range that runs backward or from 0."""
    found = _RANGE.match(value.strip())
    if not found:
        return None
    low = int(found[1])
    high = int(found[2] or found[1])
    return (low, high) if 0 < low <= high else None


def guess(body: str) -> Shape | None:
    """The shape of the JSON that a prompt shows; None where it shows none."""
    structure = _structure(body)
    if structure is None:
        return None
    if structure == "plain":
        found = _WORDS.search(body)
        return Shape("plain", (1, 1), (int(found[1]), int(found[2])) if found else None)
    return Shape(structure, _exchanges(body))


def _structure(body: str) -> Structure | None:
    def shows(*keys: str) -> bool:
        return any(re.search(rf"[\"'“]{key}[\"'”]\s*:", body) for key in keys)

    if shows("assistant_internal") or shows("turns"):
        return "internal"
    talk = shows("conversations", "conversation", "messages")
    if talk and shows("emotional_state"):
        return "state"
    if talk or "<thinking>" in body or "<think>" in body:
        return "thinking"
    return "plain" if shows("instruction", "output", "prompt", "completion") else None


def _exchanges(body: str) -> tuple[int, int]:
    """Exchanges as stated in words; a number of turns or messages may mean single ones or pairs, so both fit."""
    found = [_span(match) for match in _EXCHANGES.finditer(body)]
    if not found:
        return GENEROUS
    low, high = min(low for low, _ in found), max(high for _, high in found)
    return (low, high) if low <= high else GENEROUS


def _span(match: re.Match[str]) -> tuple[int, int]:
    low = _NUMBERS.get(match[1].lower()) or int(match[1]) or 1
    high = (_NUMBERS.get(match[2].lower()) or int(match[2])) if match[2] else low
    return (low, high) if match[3].lower() == "exchange" else (max(1, low // 2), high)


def hash_of(body: str, shape: Shape) -> str:
    """The hash of a prompt and of the shape asked for."""
    return words.combine(body, shape.structure, repr(shape.exchanges), repr(shape.words))

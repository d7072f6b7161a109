"""How fast a person reviews and how long the rest will take: their own measure, or an estimate before there is one.

Invariant: an estimate is marked as one. Times are milliseconds; a decision without a time (from a file) has 0 and
does not count, and neither does one that came too fast for anything to have been read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 10
"""Decisions before a person's own rate is trusted."""
LEAST = 500
"""Milliseconds below which nobody read anything: keys that were pasted, or pressed by a program."""
RECENT = 30
"""Decisions that the rate is measured by: the last ones."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`per_hour` decisions; `seconds` for those left. `measured` is false for an estimate from reading speed."""

    per_hour: float
    seconds: float
    measured: bool


def pace(milliseconds: Sequence[int], words_left: int, left: int, words_per_minute: int) -> Pace | None:
    """The pace, from the times of the decisions so far (oldest first) and the words still to read. None: nothing left.

    `words_left` holds each passage once for all of its examples that stand together.
    """
    timed = [ms for ms in milliseconds if ms >= LEAST][-RECENT:]
    if len(timed) >= ENOUGH:
        each = sum(timed) / len(timed) / 1000
        return Pace(3600 / each, each * left, True)
    if not left or not words_left:
        return None
    seconds = words_left / max(words_per_minute, 1) * 60
    return Pace(3600 * left / seconds, seconds, False)


def duration(seconds: float) -> str:
    """'40 s', '22 min', '1 h 13 min'."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")

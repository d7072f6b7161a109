"""How long a thought may be at each effort, and what is said when it took longer.

Invariant: pure; counts and texts in, decisions out. A budget is of tokens, counted as they come: a piece of a stream is
a token, unless it is too long for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inscape.rendering.mode import Look, Mode, closed

_LONG = 16
"""Bytes; a piece with more is counted by its length."""
_BYTES = 4
_NAMES: Mapping[str, str] = {"minimal": "low", "none": "low", "low": "low", "medium": "medium", "high": "high"}

LENGTH = "the reply reached its limit"
OPEN = "the thought was not closed"
EMPTY = "no reply"


@dataclass(frozen=True, slots=True)
class Budgets:
    """Tokens of thought at each level; the longest holds where no level is said."""

    low: int = 0
    medium: int = 256
    high: int = 1024

    def of(self, level: str | None) -> int:
        if level is None:
            return max(self.low, self.medium, self.high)
        return int(getattr(self, level))


def level_named(effort: str) -> str | None:
    """'low', 'medium' or 'high' for a `reasoning_effort` as clients say it; None where there is no such one."""
    return _NAMES.get(effort.strip().lower())


def tokens_of(text: str) -> int:
    """How many tokens a piece of a stream is: one, or by its length."""
    return 1 if len(text.encode()) <= _LONG else about(text)


def about(text: str) -> int:
    """How many tokens a text has, about."""
    return -(-len(text.encode()) // _BYTES)


def untaught(mode: Mode) -> bool:
    """The model was taught no way in which an effort could be forced."""
    return mode.policy == "none" and not any(mode.openings.values())


def after_cut(mode: Mode, text: str, thought: str, level: str | None) -> str:
    """The answer so far with its thought ended, to go on to the reply from. At low effort and before a thought was
    seen: an instant answer, as training wrote it."""
    instant = mode.openings["low"]
    return instant if instant and level == "low" and not thought else closed(mode, text)


def after_cut_apart(mode: Mode, thought: str) -> str:
    """The same where the server itself took the thought out of the text."""
    if mode.encoding == "content":
        return f"<think>\n{thought.strip()}\n</think>\n\n"
    return mode.openings["high"] + thought.strip() + mode.closing


def problem(seen: Look, *, cut_off: bool, unclosed: bool = False) -> str:
    """What is wrong with an answer that has ended; empty where nothing is."""
    if cut_off and seen.reply:
        return LENGTH
    if seen.thinking or unclosed:
        return OPEN
    return "" if seen.reply else EMPTY

"""Effort and length at odds: a LOW answer of ninety words, iterations outside the row's level, a row that should think
in a set that does, and has no thought.

Invariant: only rows that state a complexity or iterations are held against it.
"""

from __future__ import annotations

from collections.abc import Iterator

from inscape.examples.effort import ITERATIONS
from inscape.quality.rows import Finding, Limits, Row
from inscape.text import plural


def effort(row: Row, limits: Limits) -> Iterator[Finding]:
    """The level a row states against its iterations, the length of its reply and its thought."""
    talk = row.item.conversation
    level = talk.complexity
    if level and talk.iterations is not None:
        low, high = ITERATIONS[level]
        if not low <= talk.iterations <= high:
            message = f"{plural(talk.iterations, 'iteration')} in a {level} row, where {low} to {high} belong"
            yield row.say("effort", "warning", message, f"{level}, {talk.iterations}")
    for part in row.of("reply"):
        own = talk.turns[part.turn - 1].effort
        yield from _length(row, own.upper() if own else level, len(part.words), part.text, limits)
    thoughts = sum(len(part.words) for part in row.of("thought"))
    if level == "LOW" and thoughts > limits.number("low_thought_words"):
        yield row.say("effort", "warning", f"a LOW row that thinks for {plural(thoughts, 'word')}", row.question)
    if level == "HIGH" and not thoughts and row.item.promises_thought:
        yield row.say("effort", "warning", "a HIGH row without a thought", row.question)


def _length(row: Row, level: str | None, words: int, text: str, limits: Limits) -> Iterator[Finding]:
    if level == "LOW" and words > limits.number("low_reply_words_warn"):
        high = words > limits.number("low_reply_words_high")
        yield row.say("effort", "warning" if high else "note", f"a LOW reply of {plural(words, 'word')}", text)
    elif level == "HIGH" and words < limits.number("high_reply_words"):
        yield row.say("effort", "note", f"a HIGH reply of {plural(words, 'word')}", text)


class Unthinking:
    """Rows of MEDIUM or HIGH without any thought, where at least half of the set's rows of those levels have one."""

    name = "effort"

    def __init__(self, limits: Limits) -> None:
        self._with = 0
        self._without: list[Finding] = []

    def add(self, row: Row) -> None:
        talk = row.item.conversation
        answers = talk.answers
        stated = {(turn.effort or talk.complexity or "").upper() for turn in answers}
        level = "HIGH" if "HIGH" in stated else "MEDIUM"
        if level not in stated or row.item.promises_thought:  # a promise that is not kept is told of each row
            return
        if row.of("thought"):
            self._with += 1
            return
        message = f"a {level} row without a thought, where most rows of such effort have one"
        self._without.append(row.say("effort", "warning", message, row.question))

    def finish(self) -> Iterator[Finding]:
        if self._with >= len(self._without):
            yield from self._without

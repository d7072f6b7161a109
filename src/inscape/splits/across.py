"""What stands on both sides of the line between training and validation.

Invariant: each row of validation is told at most once, with a row of training that it repeats: what is found makes the
validation loss look better than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from inscape.records import Conversation
from inscape.splits.groups import Union
from inscape.splits.near import level, near_leveled, overlap
from inscape.splits.said import Said, answers, common, formulas, said, telling


@dataclass(frozen=True, slots=True)
class Leak:
    """Two rows that should stand on one side; places count from 0. `overlap`: of the answers' letters, 0 to 1."""

    train: int
    valid: int
    kind: Literal["copy", "prompt", "reply"]
    """copy: the answers are near copies; prompt: the user says the same; reply: a reply of one stands in the other."""
    overlap: float


def leaks(train: Sequence[Conversation], valid: Sequence[Conversation]) -> Iterator[Leak]:
    """One for each row of `valid` that has a near copy in `train`, else for each whose prompt stands there too, else
    for each that shares a reply.
    """
    line = len(train)
    compared = [said(one) for one in (*train, *valid)]
    general = common((one.prompt for one in compared), len(compared))
    first: dict[str, int] = {}
    for t, one in enumerate(compared[:line]):
        if one.prompt and one.prompt not in general:
            first.setdefault(one.prompt, t)
    found: dict[Literal["copy", "prompt", "reply"], dict[int, int]] = {
        "copy": _copied([one.learned for one in compared], line),
        "prompt": {n: first[one.prompt] for n, one in enumerate(compared) if n >= line and one.prompt in first},
        "reply": _shared(compared, line),
    }
    for n, talk in enumerate(valid, line):
        for kind, pairs in found.items():
            if n in pairs:
                same = round(overlap(level(answers(train[pairs[n]])), level(answers(talk))), 2)
                yield Leak(pairs[n], n - line, kind, same)
                break


def _shared(compared: Sequence[Said], line: int) -> dict[int, int]:
    """For each place from `line` on that shares an exchange with one before it, the first such."""
    general = formulas(compared)
    first: dict[int, int] = {}
    for t, one in enumerate(compared[:line]):
        for mark, _ in telling(one, general):
            first.setdefault(mark, t)
    made: dict[int, int] = {}
    for n, one in enumerate(compared[line:], line):
        if there := [first[mark] for mark, _ in telling(one, general) if mark in first]:
            made[n] = min(there)
    return made


def _copied(texts: Sequence[str], line: int) -> dict[int, int]:
    """For each place from `line` on that has near copies before it, one of them: its nearest of kin, if it has one."""
    joined = Union(len(texts))
    made: dict[int, int] = {}
    for one, two in near_leveled(texts):
        joined.join(one, two)
        low, high = sorted((one, two))
        if low < line <= high:
            made.setdefault(high, low)
    for cluster in joined.clusters():
        if cluster[0] < line:
            for n in cluster:
                if n >= line:
                    made.setdefault(n, cluster[0])
    return made

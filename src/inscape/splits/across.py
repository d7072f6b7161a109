"""What stands on both sides of the line between training and validation.

Invariant: each row of validation is told at most once, with a row of training that it repeats: what is found makes the
validation loss look better than it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from inscape.records import Conversation
from inscape.splits.groups import Union, answers, instructions, prompt
from inscape.splits.near import level, near, overlap


@dataclass(frozen=True, slots=True)
class Leak:
    """Two rows that should stand on one side; places count from 0. `overlap`: of the answers' letters, 0 to 1."""

    train: int
    valid: int
    kind: Literal["copy", "prompt"]
    """copy: the answers are near copies; prompt: the user says the same."""
    overlap: float


def leaks(train: Sequence[Conversation], valid: Sequence[Conversation]) -> Iterator[Leak]:
    """One for each row of `valid` that has a near copy in `train`, else for each whose prompt stands there too."""
    texts = [answers(one) for one in (*train, *valid)]
    asked = [prompt(one) for one in (*train, *valid)]
    general = instructions(asked)
    first = {text: t for t, text in reversed(list(enumerate(asked[: len(train)]))) if text and text not in general}
    copied = _copied(texts, len(train))
    for n in range(len(train), len(texts)):
        t = copied.get(n, first.get(asked[n]))
        if t is not None:
            same = round(overlap(level(texts[t]), level(texts[n])), 2)
            yield Leak(t, n - len(train), "copy" if n in copied else "prompt", same)


def _copied(texts: Sequence[str], line: int) -> dict[int, int]:
    """For each place from `line` on that has near copies before it, one of them: its nearest of kin, if it has one."""
    joined = Union(len(texts))
    made: dict[int, int] = {}
    for one, two in near(texts):
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

"""Rows that are another row with a word put before or after: how a script stretches a set.

Invariant: linear in the rows. Of rows that are variants of each other, the barest is the original and is left alone;
a few variants are chance or a person's habit, so they are told only where there are many.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence

from inscape.quality.skeleton import ORNAMENTS, plain
from inscape.splits.groups import Union

_ASKED, _TOLD = 16, 40
"""Most words of a question and of a reply that are looked at; longer near copies are another check's."""
_FEW, _SHARE = 5, 0.02
"""Variants, and share of the rows, below which nothing is said."""


class Variants:
    """Collects short rows; `found` gives each variant with its original."""

    def __init__(self) -> None:
        self._whole: dict[int, int] = {}
        self._lengths, self._texts = array("l"), array("q")
        """Characters of each row, marks and all (the barest of several is the shortest), and its hash."""
        self._trimmed, self._of, self._cut = array("q"), array("q"), array("b")
        self._ends: dict[int, tuple[str, str, str, str]] = {}
        self._marked: list[tuple[int, int]] = []
        self._copies: list[tuple[int, int]] = []

    def add(self, asked: Sequence[str], told: Sequence[str], text: str) -> None:
        """The next row. `text`: as it stands, with its marks."""
        number = len(self._lengths)
        self._lengths.append(len(text))
        self._texts.append(hash(text))
        if not (0 < len(asked) <= _ASKED and 0 < len(told) <= _TOLD) or len(asked) + len(told) < 3:
            return
        whole = hash((tuple(asked), tuple(told)))
        first = self._whole.setdefault(whole, number)
        if first != number:
            same = self._texts[first] == self._texts[number]
            (self._copies if same else self._marked).append((first, number))
            return
        self._ends[number] = (asked[0], asked[-1], told[0], told[-1])
        replies = _without_ends(told)
        for n, question in enumerate(_without_ends(asked)):
            for m, reply in enumerate(replies):
                if question and reply and (key := hash((question, reply))) != whole:
                    self._trimmed.append(key)
                    self._of.append(number)
                    self._cut.append(n * len(replies) + m)

    def found(self) -> dict[int, int]:
        """Each variant with its original, where there are enough of them to be a script's work; else nothing.

        Copies that are the same to the letter prove nothing by themselves: they count once others do.
        """
        pairs = [*self._marked, *self._pairs()]
        enough = max(_FEW, _SHARE * len(self._lengths))
        return self._joined([*pairs, *self._copies]) if len(self._joined(pairs)) >= enough else {}

    def _joined(self, pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
        joined = Union(len(self._lengths))
        for one, other in pairs:
            joined.join(one, other)
        made: dict[int, int] = {}
        for cluster in joined.clusters():
            original = min(cluster, key=lambda n: (self._lengths[n], n))
            made |= {number: original for number in cluster if number != original}
        return made

    def _pairs(self) -> list[tuple[int, int]]:
        """Rows and the row they are without their ends; the words cut off must be ornaments: known, or cut from two."""
        near: list[tuple[int, int, tuple[str, ...]]] = []
        for key, number, cut in zip(self._trimmed, self._of, self._cut, strict=True):
            original = self._whole.get(key)
            if original is not None and original != number:
                near.append((original, number, self._words_cut(number, cut)))
        often = Counter(word for word, _ in {(word, original) for original, _, words in near for word in words})
        return [(one, other) for one, other, words in near if all(often[w] >= 2 or w in ORNAMENTS for w in words)]

    def _words_cut(self, number: int, cut: int) -> tuple[str, ...]:
        ends = self._ends[number]
        question, reply = divmod(cut, len(_CUTS))
        return tuple(ends[n + side] for n, which in ((0, question), (2, reply)) for side in _CUTS[which])


_CUTS: tuple[tuple[int, ...], ...] = ((), (0,), (1,), (0, 1), ())
"""What each of the texts of `_without_ends` lacks: nothing, the first word, the last, both; ornaments."""


def originals(group: Sequence[int], variants: dict[int, int]) -> set[int]:
    """The rows that a group's rows come from."""
    return {variants.get(number, number) for number in group}


def _without_ends(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The words; without the first, the last, or both; and without all ornaments. May be nothing."""
    whole = tuple(words)
    return whole, whole[1:], whole[:-1], whole[1:-1], plain(whole)

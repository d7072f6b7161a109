"""Rows that are the same or nearly, also across train and validation, and prompts with conflicting answers.

Invariant: the later row is reported and names the earlier one. Similarity is exact (see `minhash`), and the threshold
depends on the length of the text: short texts share much by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from inscape.quality.minhash import SIGNS, Sketches, shingles, similarity
from inscape.quality.rows import Finding, Limits, Row, Severity, short
from inscape.quality.series import Groups


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row's place, and its folded text as far as it is compared."""

    file: str
    row: int
    example: str | None
    part: str
    text: str
    bare: int = 0
    """Characters of the text before the thought."""

    @property
    def place(self) -> str:
        return f"{self.file}, row {self.row}"


class Duplicates:
    """The same words again."""

    name = "duplicate"

    def __init__(self, limits: Limits) -> None:
        self._rows: list[_Kept] = []
        self._same = Groups()

    def add(self, row: Row) -> None:
        item = row.item
        whole = "\n".join(part.folded for part in row.of("user", "reply"))
        self._same.add(whole, len(self._rows))
        self._rows.append(_Kept(item.file, item.row, item.example, item.part, short(whole, 100)))

    def finish(self) -> Iterator[Finding]:
        for group in self._same.large(2):
            first = self._rows[group[0]]
            for number in group[1:]:
                kept = self._rows[number]
                across = {first.part, kept.part} == {"train", "valid"}
                said = f"the same as {first.place}" + (", across train and validation" if across else "")
                yield Finding(
                    kept.file, kept.row, self.name, "error" if across else "warning", said, kept.text, kept.example
                )


_SHORT = 120
"""Characters below which texts share much by chance."""
_KIN = 3
"""Rows that one is nearly the same as, from which on no person wrote them."""


class NearDuplicates:
    """Nearly the same words again."""

    name = "near-duplicate"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows: list[_Kept] = []
        self._sketches = Sketches()

    def add(self, row: Row) -> None:
        item = row.item
        bare = " ".join(part.folded for part in row.of("user", "reply"))
        text = " ".join((bare, *(part.folded for part in row.of("thought"))))[:SIGNS]
        self._rows.append(_Kept(item.file, item.row, item.example, item.part, text, len(bare)))
        self._sketches.add(text)

    def finish(self) -> Iterator[Finding]:
        both = {kept.part for kept in self._rows} >= {"train", "valid"}
        names = ("near_warn", "near_short_warn", *(("near_across",) if both else ()))
        least = min(self._limits.number(name) for name in names)
        best: dict[int, tuple[float, int]] = {}
        kin: dict[int, set[int]] = defaultdict(set)
        for one, other in self._sketches.pairs(least):
            first, second = self._rows[one], self._rows[other]
            if first.text == second.text:
                continue  # `duplicate` says it, or the rows differ only beyond what is compared
            alike = similarity(shingles(first.text), shingles(second.text))
            if self._is_loop(first, second):
                kin[one].add(other)
                kin[other].add(one)
            if alike >= self._threshold(first, second) and alike > best.get(other, (0.0, 0))[0]:
                best[other] = (alike, one)
        for number in sorted({*best, *kin}):
            if len(kin[number]) >= _KIN:
                yield self._loop(self._rows[number], len(kin[number]))
            elif number in best:
                yield self._said(self._rows[number], self._rows[best[number][1]], best[number][0])

    def _is_loop(self, first: _Kept, second: _Kept) -> bool:
        """Whether what is said is nearly the same; thoughts aside, which a person may write by a pattern."""
        one, other = first.text[: first.bare], second.text[: second.bare]
        if min(len(one), len(other)) < _SHORT:
            return False
        return similarity(shingles(one), shingles(other)) >= self._limits.number("near_loop")

    def _loop(self, kept: _Kept, others: int) -> Finding:
        message = f"nearly the same as {others} other rows: a loop made them; write each, or keep one"
        return Finding(kept.file, kept.row, self.name, "error", message, short(kept.text), kept.example)

    def _threshold(self, first: _Kept, second: _Kept, high: bool = False) -> float:
        """From the short texts' threshold at 120 characters to the long ones' at 300, in a straight line."""
        step = "high" if high else "warn"
        short_one, long_one = self._limits.number(f"near_short_{step}"), self._limits.number(f"near_{step}")
        share = min(max((min(len(first.text), len(second.text)) - _SHORT) / 180, 0), 1)
        limit = short_one + (long_one - short_one) * share
        across = {first.part, second.part} == {"train", "valid"}
        return min(limit, self._limits.number("near_across") if share == 1 else limit) if across else limit

    def _said(self, kept: _Kept, earlier: _Kept, alike: float) -> Finding:
        across = {kept.part, earlier.part} == {"train", "valid"}
        high = alike >= self._threshold(kept, earlier, high=True)
        message = f"near {earlier.place}: {alike:.2f} of the five-character runs are shared"
        if across:
            message += ", across train and validation"
        severity: Severity = "error" if across and high else "warning" if across or high else "note"
        return Finding(kept.file, kept.row, self.name, severity, message, short(kept.text), kept.example)


class Conflicts:
    """One prompt with several answers: natural for a greeting, confusing for a question of fact."""

    name = "conflict"

    def __init__(self, limits: Limits) -> None:
        self._least = int(limits.number("conflict_words"))
        self._rows: list[_Kept] = []
        self._answers: list[int] = []
        self._same = Groups()

    def add(self, row: Row) -> None:
        if len(row.item.conversation.turns) != 2 or len(row.question_words) < self._least:
            return
        item = row.item
        self._same.add((item.conversation.system, row.folded_question), len(self._rows))
        self._rows.append(_Kept(item.file, item.row, item.example, item.part, short(row.question)))
        self._answers.append(hash(row.folded_reply))

    def finish(self) -> Iterator[Finding]:
        for group in self._same.large(2):
            first = self._rows[group[0]]
            if len({self._answers[n] for n in group}) < 2:
                continue
            for number in group[1:]:
                kept = self._rows[number]
                if self._answers[number] != self._answers[group[0]]:
                    message = f"the same prompt as {first.place}, and another answer"
                    yield Finding(kept.file, kept.row, self.name, "note", message, kept.text, kept.example)

"""Rows that are the same or nearly, also across train and validation, and prompts with conflicting answers.

Invariant: the later row is reported and names the earlier one. Similarity is exact (see `minhash`), and the threshold
depends on the length of the text: short texts share much by chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from inscape.quality.minhash import SIGNS, Sketches, shingles, similarity
from inscape.quality.rows import Finding, Limits, Row, Severity, short
from inscape.quality.series import Groups
from inscape.quality.words import WORD


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row's place, and its folded text as far as it is compared."""

    file: str
    row: int
    example: str | None
    part: str
    text: str
    place: str
    bare: int = 0
    """Characters of the text before the thought."""


class Duplicates:
    """The same words again: system prompt, questions, thoughts and replies. Two personas, or two thoughts before one
    reply, are two rows; across train and validation they are told as what they are.
    """

    name = "duplicate"

    def __init__(self, limits: Limits) -> None:
        self._rows: list[_Kept] = []
        self._beside: list[tuple[int, int]] = []
        """Of each row, what stands beside question and reply: system prompt and thoughts."""
        self._same = Groups()

    def add(self, row: Row) -> None:
        item = row.item
        whole = "\n".join(part.folded for part in row.of("user", "reply"))
        self._same.add(whole, len(self._rows))
        self._rows.append(_Kept(item.file, item.row, item.example, item.part, short(whole, 100), item.place))
        system, thoughts = ("\n".join(part.folded for part in row.of(kind)) for kind in ("system", "thought"))
        self._beside.append((hash(system), hash(thoughts)))

    def finish(self) -> Iterator[Finding]:
        for group in self._same.large(2):
            first: dict[tuple[tuple[int, int], str], int] = {}
            sides: dict[str, int] = {}
            for number in group:
                kept, beside = self._rows[number], self._beside[number]
                across = _ACROSS.get(kept.part, "-")
                twin = first.get((beside, across), first.get((beside, kept.part), first.get((beside, ""))))
                other = sides.get(across)
                first.setdefault((beside, kept.part), number)
                sides.setdefault(kept.part, number)
                if twin is not None:
                    yield self._said(number, f"the same as {self._rows[twin].place}", twin)
                elif other is not None:
                    what = f"the same question and reply as {self._rows[other].place}, {self._with(number, other)}"
                    yield self._said(number, what, other)

    def _with(self, number: int, other: int) -> str:
        """'with another thought'."""
        pairs = zip(("system prompt", "thought"), self._beside[number], self._beside[other], strict=True)
        return "with " + " and ".join(f"another {name}" for name, mine, its in pairs if mine != its)

    def _said(self, number: int, said: str, earlier: int) -> Finding:
        kept = self._rows[number]
        across = _ACROSS.get(kept.part) == self._rows[earlier].part
        said += ", across train and validation" if across else ""
        severity: Severity = "error" if across else "warning"
        return Finding(kept.file, kept.row, self.name, severity, said, kept.text, kept.example)


_ACROSS = {"train": "valid", "valid": "train"}


_SHORT = 120
"""Characters below which texts share much by chance."""
_MANY, _SHARE = 8, 0.02
"""Near copies, and share of the rows, from which on they are a script's work and no person's habit."""
_KIN = 3
"""Rows that one is nearly the same as, from which on no person wrote them."""


_shingles = lru_cache(maxsize=2048)(shingles)
"""A row is compared with several: what it is made of is kept for a while."""


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
        self._rows.append(_Kept(item.file, item.row, item.example, item.part, text, item.place, len(bare)))
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
            if len(kin[one]) >= _KIN <= len(kin[other]):
                continue  # both are known to be a loop's; what else is like them changes nothing
            alike = similarity(_shingles(first.text), _shingles(second.text))
            if self._is_loop(first, second):
                kin[one].add(other)
                kin[other].add(one)
            copy, original = (one, other) if self._holds(one, other) else (other, one)
            if alike >= self._threshold(first, second) and alike > best.get(copy, (0.0, 0))[0]:
                best[copy] = (alike, original)
        copies = {n for n, (_, other) in best.items() if self._is_loop(self._rows[n], self._rows[other])}
        many = len(copies) >= max(_MANY, _SHARE * len(self._rows))
        for number in sorted({*best, *kin}):
            if len(kin[number]) >= _KIN and not self._is_original(number, kin[number]):
                yield self._loop(self._rows[number])
            elif number in best:
                alike, other = best[number]
                yield self._said(number, other, alike, len(copies) if many and number in copies else 0)

    def _holds(self, one: int, other: int) -> bool:
        """Whether the first is the second with words put in: then it is the copy, wherever it stands."""
        mine, its = self._rows[one].text, self._rows[other].text
        return len(mine) > len(its) and set(WORD.findall(its)) <= set(WORD.findall(mine))

    def _is_loop(self, first: _Kept, second: _Kept) -> bool:
        """Whether what is said is nearly the same; thoughts aside, which a person may write by a pattern."""
        one, other = first.text[: first.bare], second.text[: second.bare]
        if min(len(one), len(other)) < _SHORT:
            return False
        return similarity(_shingles(one), _shingles(other)) >= self._limits.number("near_loop")

    def _is_original(self, number: int, kin: set[int]) -> bool:
        """Whether most of the rows that are like it are this one with words put in: a person may have written it."""
        mine = self._rows[number].text
        own = set(WORD.findall(mine))
        others = [self._rows[n].text for n in kin]
        longer = [text for text in others if len(text) > len(mine) and own <= set(WORD.findall(text))]
        return 2 * len(longer) > len(kin)

    def _loop(self, kept: _Kept) -> Finding:
        message = f"nearly the same as {_KIN} or more other rows: a loop made them; write each, or keep one"
        return Finding(kept.file, kept.row, self.name, "error", message, short(kept.text), kept.example)

    def _threshold(self, first: _Kept, second: _Kept, high: bool = False) -> float:
        """From the short texts' threshold at 120 characters to the long ones' at 300, in a straight line."""
        step = "high" if high else "warn"
        short_one, long_one = self._limits.number(f"near_short_{step}"), self._limits.number(f"near_{step}")
        share = min(max((min(len(first.text), len(second.text)) - _SHORT) / 180, 0), 1)
        limit = short_one + (long_one - short_one) * share
        across = {first.part, second.part} == {"train", "valid"}
        return min(limit, self._limits.number("near_across") if share == 1 else limit) if across else limit

    def _said(self, number: int, other: int, alike: float, copies: int) -> Finding:
        kept, earlier = self._rows[number], self._rows[other]
        across = {kept.part, earlier.part} == {"train", "valid"}
        high = alike >= self._threshold(kept, earlier, high=True)
        message = f"near {earlier.place}: {alike:.2f} of the five-character runs are shared"
        if across:
            message += ", across train and validation"
        if copies:
            message += f"; one of {copies} such rows, which is a set stretched by near copies"
        severity: Severity = "error" if copies or (across and high) else "warning" if across or high else "note"
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
        self._rows.append(_Kept(item.file, item.row, item.example, item.part, short(row.question), item.place))
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

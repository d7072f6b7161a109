"""What the set is made of, against what it should be made of; and whether it is large enough for a model.

Invariant: nothing here is an error: only the person knows what their set is for. Targets are shares in per cent or
counts, as the person wrote them; with none written, only a share that crowds out the rest is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from inscape.quality.rows import Finding, Limits, Row
from inscape.quality.spread import whole

SIZES: dict[str, tuple[int, int, tuple[int, int]]] = {
    "7B": (100, 500, (1000, 2000)),
    "30B": (200, 800, (2000, 3000)),
    "70B": (300, 1000, (2000, 4000)),
    "405B": (500, 1500, (3000, 5000)),
}
"""Fewest, recommended and ideal examples for a model of a size."""
KINDS = ("category", "complexity", "language", "book", "template", "criterion")


def targets(text: str) -> dict[str, float]:
    """'LOW=50, MEDIUM=37, HIGH=13' as numbers. Raises ValueError for anything else."""
    made: dict[str, float] = {}
    for piece in filter(None, (one.strip() for one in text.split(","))):
        name, sign, number = piece.rpartition("=")
        if not sign or not name.strip() or not re.fullmatch(r"\s*\d+(?:\.\d+)?\s*%?\s*", number):
            raise ValueError(f"{piece!r} must be a name, = and a number, such as LOW=50")
        made[name.strip()] = float(number.strip(" %"))
    return made


class Balance:
    """Shares by category, complexity, language, book, template and criterion."""

    name = "balance"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}

    def add(self, row: Row) -> None:
        self._rows += 1
        item, talk = row.item, row.item.conversation
        for kind, value in (
            ("category", talk.category),
            ("complexity", talk.complexity),
            ("language", talk.language or row.language),
            ("book", item.book),
            ("template", item.template),
        ):
            if value:
                self._counts[kind][value] += 1
        self._counts["criterion"].update(f"criterion {number}" for number in item.criteria)

    def finish(self) -> Iterator[Finding]:
        for kind in KINDS:
            counted = self._counts[kind]
            if wanted := targets(self._limits.text(f"target_{kind}")):
                yield from self._against(kind, counted, wanted)
            elif kind in ("book", "template"):
                yield from self._crowded(kind, counted)
            elif kind == "complexity" and counted:
                yield from self._levels(counted)

    def _against(self, kind: str, counted: Mapping[str, int], wanted: Mapping[str, float]) -> Iterator[Finding]:
        """A share off its target by more than the slack, and by more rows than chance makes."""
        known = {name.casefold(): n for name, n in counted.items()}
        total, whole_target = sum(counted.values()) or 1, sum(wanted.values())
        for name, target in wanted.items():
            has = known.get(name.casefold(), 0)
            should = target / whole_target
            off = has / total - should
            if abs(off) > self._limits.number("balance_slack"):
                missing = round(should * total) - has
                todo = f"{missing:,} more would do" if missing > 0 else f"{-missing:,} too many"
                yield whole("balance", "warning", f"{kind} {name}: {has / total:.0%}, target {should:.0%}; {todo}")
        aims = {name.casefold() for name in wanted}
        if others := sum(n for name, n in counted.items() if name.casefold() not in aims):
            names = ", ".join(name for name in counted if name.casefold() not in aims)
            yield whole("balance", "note", f"{others:,} rows have a {kind} without a target", names)

    def _crowded(self, kind: str, counted: Counter[str]) -> Iterator[Finding]:
        if len(counted) < 2 or self._rows < self._limits.number("set_rows"):
            return
        name, most = counted.most_common(1)[0]
        share = most / sum(counted.values())
        if share > self._limits.number("share_warn") and len(counted) > 1 / self._limits.number("share_warn"):
            high = share > self._limits.number("share_high")
            yield whole("balance", "warning" if high else "note", f"{share:.0%} of the rows come from one {kind}", name)

    def _levels(self, counted: Counter[str]) -> Iterator[Finding]:
        total = sum(counted.values())
        if total < self._limits.number("set_rows"):
            return
        shares = {level: counted[level] / total for level in ("LOW", "MEDIUM", "HIGH")}
        for level, share in shares.items():
            least = self._limits.number("low_share" if level == "LOW" else "level_share")
            if share < least:
                yield whole(
                    "balance", "warning", f"{share:.0%} of the rows are {level}; below {least:.0%} it is hardly learned"
                )


class Coverage:
    """What is missing altogether: a target nobody met, rows without the metadata that most have."""

    name = "coverage"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._seen: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._with: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()

    def add(self, row: Row) -> None:
        self._rows += 1
        item, talk = row.item, row.item.conversation
        held = {
            "category": talk.category, "complexity": talk.complexity, "language": talk.language or row.language,
            "book": item.book, "template": item.template,
        }  # fmt: skip
        for kind, value in held.items():
            if value:
                self._seen[kind].add(value.casefold())
                self._with[kind] += 1
        self._seen["criterion"].update(f"criterion {number}" for number in item.criteria)
        if talk.category and talk.complexity:
            self._pairs[(talk.category, talk.complexity)] += 1

    def finish(self) -> Iterator[Finding]:
        for kind in KINDS:
            for name in targets(self._limits.text(f"target_{kind}")):
                if name.casefold() not in self._seen[kind]:
                    yield whole("coverage", "warning", f"no row has the {kind} {name}")
        for kind in ("category", "complexity"):
            without = self._rows - self._with[kind]
            if self._with[kind] and without:
                yield whole("coverage", "note", f"{without:,} of {self._rows:,} rows have no {kind}")
        for category in sorted({category for category, _ in self._pairs}):
            levels = [level for one, level in self._pairs if one == category]
            number = sum(n for (one, _), n in self._pairs.items() if one == category)
            if len(levels) == 1 and number >= 20:
                yield whole("coverage", "note", f"all {number:,} rows of {category} are {levels[0]}")


class Size:
    """Rows against the size of the model they are for."""

    name = "size"

    def __init__(self, limits: Limits) -> None:
        self._model = limits.text("model_size")
        self._rows = 0

    def add(self, row: Row) -> None:
        self._rows += 1

    def finish(self) -> Iterator[Finding]:
        least, recommended, (ideal, most) = SIZES[self._model]
        said = f"{self._rows:,} rows for a {self._model} model: "
        advice = (
            f"at least {least:,}, better {recommended:,}, ideal {ideal:,} to {most:,}. Ten perfect rows beat a hundred "
            "mediocre ones."
        )
        if self._rows < least:
            yield whole("size", "warning", f"{said}too few; {advice}")
        elif self._rows < recommended:
            yield whole("size", "note", f"{said}enough to begin; {advice}")

"""Groups of rows to training and validation: stratified, seeded, and stable when rows are added.

Invariant: a group is never divided. A row that has a side keeps it, but for one case: where its group has come to hold
rows of both sides, all of it goes to training, since what was trained on cannot measure anything any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from inscape.examples.effort import level_of
from inscape.splits.groups import COARSE, By, Groups, Row, group
from inscape.text import combine, plural

Side = Literal["train", "valid"]
Key = tuple[str, str]
"""A kind of stratum and its name, such as ('category', 'greeting'); ('all', '') is every row."""

_WINDOW = 200
"""Kinds of groups that are weighed against each other at each choice: enough to balance, and it stays linear."""
_SHOWN = 3
"""Ties of the largest group that are named."""
_FEW = 30
"""Validation rows below which a loss curve is more noise than signal."""


@dataclass(frozen=True, slots=True)
class Split:
    """Every row's side, and what was done to reach it."""

    sides: dict[str, Side]
    groups: Groups
    new: int
    """Rows that had no side before."""
    moved: tuple[str, ...]
    """Ids of rows that went from validation to training, since their group came to hold training rows."""
    counts: dict[Key, tuple[int, int]]
    """Rows for training and for validation, of everything and of each category, complexity and book."""
    notes: tuple[str, ...]


def divide(
    rows: Iterable[Row], *, valid: float = 0.1, seed: int = 1, by: By = "auto",
    before: Mapping[str, Side] | None = None, of_new: float | None = None,
) -> Split:  # fmt: skip
    """Place every row. `valid`: the share of validation, above 0 and below 1. `before`: the sides that stand.

    `of_new`: another share for rows that have no side yet, taken of these rows alone.
    """
    given = sorted(rows, key=lambda row: row.id)
    groups = group(given, by, valid)
    known = before or {}
    sides: dict[str, Side] = {}
    free: list[tuple[int, ...]] = []
    for members in groups.members:
        if had := {known[given[n].id] for n in members if given[n].id in known}:
            side: Side = "train" if "train" in had else "valid"
            sides |= {given[n].id: side for n in members}
        else:
            free.append(members)
    desk = _Desk(given, valid, sides, of_new)
    chosen = set(desk.choose(_ordered(free, given, seed)))
    for members in free:
        sides |= {given[n].id: "valid" if members in chosen else "train" for n in members}
    moved = tuple(row.id for row in given if known.get(row.id) == "valid" and sides[row.id] == "train")
    counts = _counts(given, sides)
    notes = (*groups.notes, *_moved(moved), *_unbalanced(counts, groups, valid, bool(known)))
    return Split(sides, groups, sum(row.id not in known for row in given), moved, counts, notes)


@dataclass
class _Desk:
    """Chooses the groups of validation one by one, each the one that leaves the strata nearest to their shares."""

    rows: Sequence[Row]
    valid: float
    sides: Mapping[str, Side]
    of_new: float | None = None
    wanted: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    has: Counter[Key] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for row in self.rows:
            held = self.sides.get(row.id) == "valid"
            share = self.valid if self.of_new is None else held if row.id in self.sides else self.of_new
            for key in _strata(row):
                self.wanted[key] += share
                self.has[key] += held

    def choose(self, groups: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
        """Groups for validation, until no further one brings its size nearer to the share."""
        kinds: dict[frozenset[tuple[Key, int]], list[tuple[int, ...]]] = defaultdict(list)
        for members in reversed(groups):
            kinds[self._kind(members)].append(members)
        target = max(1, self._target())
        while kinds and (best := self._best(kinds, target - self.has[_ALL])):
            yield kinds[best].pop()
            self.has.update(dict(best))
            if not kinds[best]:
                del kinds[best]

    def _target(self) -> int:
        """Rows that validation should hold."""
        if self.of_new is None:
            return round(self.valid * len(self.rows))
        return self.has[_ALL] + round(self.of_new * sum(row.id not in self.sides for row in self.rows))

    def _kind(self, members: Iterable[int]) -> frozenset[tuple[Key, int]]:
        """How many rows of each stratum a group has: groups of one kind are equally good."""
        return frozenset(Counter(key for n in members for key in _strata(self.rows[n])).items())

    def _best(self, kinds: Mapping[frozenset[tuple[Key, int]], object], room: int) -> frozenset[tuple[Key, int]] | None:
        """The kind that fits into the room and harms the balance least; None where none fits."""
        fits = []
        for kind in kinds:
            if abs(room - _size(kind)) < abs(room) and 2 * _size(kind) <= len(self.rows):
                fits.append(kind)
                if len(fits) == _WINDOW:
                    break
        if not fits and not self.has[_ALL]:
            return self._smallest(kinds)
        return min(fits, key=lambda kind: self._harm(kind) / _size(kind), default=None)

    def _smallest(self, kinds: Mapping[frozenset[tuple[Key, int]], object]) -> frozenset[tuple[Key, int]] | None:
        """Where every group is too large: the smallest, unless it is more than half of all."""
        least = min(kinds, key=_size)
        return least if 2 * _size(least) <= len(self.rows) else None

    def _harm(self, kind: frozenset[tuple[Key, int]]) -> float:
        """How much farther from their shares the strata are with this kind than without; below 0: nearer."""
        return sum(
            count * (2 * (self.has[key] - self.wanted[key]) + count) / (self.wanted[key] + 1) for key, count in kind
        )


_ALL: Key = ("all", "")


def _size(kind: frozenset[tuple[Key, int]]) -> int:
    return next(count for key, count in kind if key == _ALL)


def _strata(row: Row) -> Iterator[Key]:
    category, level = row.conversation.category or "", level_of(row.conversation) or ""
    yield _ALL
    yield "category", category
    yield "complexity", level
    yield "both", f"{category}\0{level}"


def _ordered(groups: Iterable[tuple[int, ...]], rows: Sequence[Row], seed: int) -> list[tuple[int, ...]]:
    """In an order that the seed shuffles, by the rows' ids alone."""
    return sorted(groups, key=lambda members: combine(str(seed), rows[members[0]].id))


def _counts(rows: Sequence[Row], sides: Mapping[str, Side]) -> dict[Key, tuple[int, int]]:
    made: Counter[tuple[Key, Side]] = Counter()
    for row in rows:
        side = sides[row.id]
        made[_ALL, side] += 1
        named = (
            ("category", row.conversation.category),
            ("complexity", level_of(row.conversation)),
            ("book", row.book),
        )
        made.update(((kind, name), side) for kind, name in named if name)
    keys = sorted({key for key, _ in made}, key=lambda key: (_KINDS.index(key[0]), key[1]))
    return {key: (made[key, "train"], made[key, "valid"]) for key in keys}


_KINDS = ("all", "category", "complexity", "book")


def _moved(moved: Sequence[str]) -> Iterator[str]:
    if moved:
        since = "it now belongs" if len(moved) == 1 else "they now belong"
        yield (
            f"Moved from validation to training, since {since} with training rows: {', '.join(moved[:5])}"
            f"{'…' if len(moved) > 5 else ''} ({plural(len(moved), 'row')})."
        )


def _unbalanced(counts: Mapping[Key, tuple[int, int]], groups: Groups, valid: float, stood: bool) -> Iterator[str]:
    """What could not be balanced, each in a sentence. `stood`: whether some rows had sides before."""
    train, held = counts.get(_ALL, (0, 0))
    total = train + held
    if not total:
        return
    if not held:
        yield f"No validation: {_largest(groups, total)}"
        return
    if not train:
        all_ = "the one row stands" if held == 1 else f"all {held:,} rows stand"
        yield (
            f"Nothing is left to train on: {all_} for validation. Keep more, or `inscape split --fresh` divides them "
            "anew."
        )
        return
    if abs(held - valid * total) > max(1.0, 0.02 * total):
        far = ", more than twice what was asked for" if held > 2 * valid * total else ""
        head = f"Validation holds {held:,} of {plural(total, 'row')} ({held / total:.0%}), not {valid:.0%}{far}:"
        if stood:
            yield f"{head} rows keep their sides. `inscape split --fresh` divides all of them anew."
        else:
            yield f"{head} groups are not divided. {_largest(groups, total)}"
    if held < _FEW:
        yield (
            f"{plural(held, 'validation row')}: a rising loss can be seen from about {_FEW}; until then read the "
            "validation loss as a hint."
        )
    yield from _absent(counts, valid)


def _largest(groups: Groups, total: int) -> str:
    """How large the largest group is, what joins it, and what to do about it."""
    size = max(map(len, groups.members))
    head = f"the largest of {plural(len(groups.members), 'group')} holds {size:,} of {plural(total, 'row')}"
    if not groups.ties:
        return f"{head[0].upper()}{head[1:]}. Keep more rows first."
    shown = ", ".join(map(str, groups.ties[:_SHOWN]))
    more = len(groups.ties) - _SHOWN
    named = shown + (f" and {plural(more, 'other tie')}" if more > 0 else "")
    if any(tie.kind in COARSE for tie in groups.ties):
        advice = "`inscape split --fresh --by row` holds only near copies and one prompt's answers together."
    else:
        advice = "`inscape check` lists the copies; drop some of them, or add other rows."
    return f"{head[0].upper()}{head[1:]}, joined by {named}. {advice}"


def _absent(counts: Mapping[Key, tuple[int, int]], valid: float) -> Iterator[str]:
    """Categories and levels that stand on one side alone although there is enough of them, or far from the share."""
    for (kind, name), (train, held) in counts.items():
        wanted = valid * (train + held)
        if kind == "book" or kind == "all":
            continue
        if not train:
            yield f"Only in validation: {kind} {name} ({plural(held, 'row')}); nothing teaches it."
        elif not held and wanted >= 1:
            yield f"Not in validation: {kind} {name} ({plural(train, 'row')})."
        elif wanted >= 1 and not 0.5 <= held / wanted <= 2:
            yield f"{kind.capitalize()} {name}: {held / (train + held):.0%} of {train + held:,} rows in validation."

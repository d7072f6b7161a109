"""Kept examples to training and validation, once and for all: rows that come later find their places beside them.

Invariant: a row's side changes only as `splits.divide` says; every side is in the database before it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inscape.errors import InscapeError, UsageError
from inscape.events import Event, Finished, Noted, SplitCounted
from inscape.records import Example
from inscape.settings import Settings
from inscape.splits import By, Row, Side, Split, divide
from inscape.splits.groups import TOGETHER, WAYS
from inscape.stages import origins
from inscape.store import Store, examples
from inscape.store import splits as kept_splits
from inscape.store.splits import Placed, Plan
from inscape.text import plural


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for; None: as the split that stands has it, else as the settings say."""

    valid: float | None = None
    seed: int | None = None
    by: By | None = None
    fresh: bool = False
    """Forget the split that stands, and every row's side."""


def split(store: Store, settings: Settings, asked: Asked, at: str) -> Iterator[Event]:
    """Place every kept example. Raises UsageError for a share that is none, InscapeError when nothing is kept."""
    before = None if asked.fresh else kept_splits.standing(store)
    plan = _plan(settings, asked, before, at)
    if plan.valid == 0:
        kept_splits.remove(store)
        yield Noted("note", "There is no split any more: every row is for training.")
        yield Finished("split", {"train": 0, "valid": 0})
        return
    kept = examples.kept(store)
    if len(kept) < 2:
        raise InscapeError(
            f"A split needs two kept examples at least; there {'is' if len(kept) == 1 else 'are'} {len(kept)}. "
            "Decide with `inscape review`, then split."
        )
    if asked.fresh:
        kept_splits.remove(store)
    made = _place(store, kept, plan)
    if before:
        yield Noted("note", _stands(before, made))
    yield Noted("note", f"Never divided: {TOGETHER[made.groups.by]}.")
    for (kind, name), (train, valid) in made.counts.items():
        yield SplitCounted(kind, name, train, valid)
    for note in made.notes:
        yield Noted("warning", note)
    train, valid = made.counts["all", ""]
    yield Finished(
        "split",
        {
            "train": train,
            "valid": valid,
            "groups": len(made.groups.members),
            "copies": made.groups.copies,
            "new": made.new,
            "moved": len(made.moved),
        },
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """Kept examples by their side. Where no split stands, all are for training. `notes`: what was placed just now."""

    train: tuple[Example, ...]
    valid: tuple[Example, ...] = ()
    stands: bool = False
    notes: tuple[str, ...] = ()


def parts(store: Store, kept: Sequence[Example]) -> Parts:
    """The examples by the split that stands.

    Those that were kept or edited since it was made are placed first, so call it while holding the project's lock.
    """
    plan = kept_splits.standing(store)
    if plan is None:
        return Parts(tuple(kept))
    had = kept_splits.placed(store)
    notes: list[str] = []
    if all((one := had.get(e.id)) and one.revision == e.revision for e in kept):
        sides: Mapping[str, Side] = {e.id: had[e.id].side for e in kept}
    else:
        made = _place(store, kept, plan)
        sides = made.sides
        if made.new:
            notes.append(f"The split found a place for {plural(made.new, 'example')} that came after it.")
        notes += [note for note in made.notes if note.startswith("Moved")]
    by_side = {side: tuple(e for e in kept if sides[e.id] == side) for side in ("train", "valid")}
    return Parts(by_side["train"], by_side["valid"], True, tuple(notes))


def _place(store: Store, kept: Sequence[Example], plan: Plan) -> Split:
    had = {id_: one.side for id_, one in kept_splits.placed(store).items()}
    made = divide(_rows(store, kept), valid=plan.valid, seed=plan.seed, by=plan.by, before=had)
    # What auto chose is kept: were it to choose otherwise for a larger set, groups would merge and rows move.
    kept_splits.put(store, replace(plan, by=made.groups.by), {e.id: Placed(made.sides[e.id], e.revision) for e in kept})
    return made


def _rows(store: Store, kept: Sequence[Example]) -> Iterator[Row]:
    found = origins.anchors(store, kept)
    for example in kept:
        anchor = found.get(example.id)
        span = (anchor.first, anchor.last) if anchor else None
        book = anchor.book if anchor else None
        yield Row(example.id, example.conversation, book, example.provenance.passage, span)


def _plan(settings: Settings, asked: Asked, before: Plan | None, at: str) -> Plan:
    """Flags over the split that stands over the settings."""
    by = next(way for way in WAYS if way == settings.text("split.by"))
    base = before or Plan(settings.number("split.valid"), settings.whole("split.seed"), by, at)
    given = {"valid": asked.valid, "seed": asked.seed, "by": asked.by}
    plan = replace(base, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    if not 0 <= plan.valid <= 0.5:
        raise UsageError(f"The share of validation must be from 0 to 0.5, such as 0.1; not {plan.valid:g}.")
    return plan


def _stands(before: Plan, made: Split) -> str:
    come = f"{plural(made.new, 'row')} came to it" if made.new else "no row is new"
    return f"The split of {before.made[:10]} stands and its rows keep their sides; {come}. --fresh makes another one."

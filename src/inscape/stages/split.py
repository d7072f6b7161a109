"""Kept examples to training and validation, once and for all: rows that come later find their places beside them.

Invariant: a row's side changes only as `splits.divide` says; every side is in the database before it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inscape.errors import InscapeError, UsageError
from inscape.events import Event, Finished, Noted, SplitCounted
from inscape.records import Example
from inscape.settings import Settings, checked
from inscape.splits import By, Row, Side, Split, divide
from inscape.splits.groups import TOGETHER, WAYS
from inscape.stages import origins
from inscape.store import Store, examples
from inscape.store import splits as kept_splits
from inscape.store.splits import Placed, Plan
from inscape.text import plural


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for; None: as the settings say. While a split stands, share and seed are for new rows."""

    valid: float | None = None
    seed: int | None = None
    by: By | None = None
    fresh: bool = False
    """Forget the split that stands, and every row's side."""


def split(store: Store, settings: Settings, asked: Asked, at: str) -> Iterator[Event]:
    """Place every kept example. Raises UsageError for a share that is none, InscapeError when nothing is kept."""
    before = None if asked.fresh else kept_splits.standing(store)
    plan = _plan(settings, asked, before, at)
    if (plan.valid if asked.valid is None else asked.valid) == 0:
        kept_splits.remove(store)
        yield Noted("note", "There is no split any more: every row is for training.")
        yield Finished("split", {"train": 0, "valid": 0})
        return
    if before:
        _same_way(settings, asked, before)
    kept = examples.kept(store)
    if len(kept) < 2:
        raise InscapeError(
            f"A split needs two kept examples at least; there {'is' if len(kept) == 1 else 'are'} {len(kept)}. "
            "Decide with `inscape review`, then split."
        )
    made = _place(store, kept, plan, asked if before else None, fresh=asked.fresh)
    if before:
        yield Noted("note", _stands(before, made))
        yield from (Noted("note", words) for words in _of_new(settings, asked, before, plan, made.new))
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
    Raises InscapeError where none of them is for training.
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
    if kept and not by_side["train"]:
        raise InscapeError(_nothing_to_train_on(len(kept)))
    return Parts(by_side["train"], by_side["valid"], True, tuple(notes))


def _place(
    store: Store, kept: Sequence[Example], plan: Plan, asked: Asked | None = None, *, fresh: bool = False
) -> Split:
    """Place the rows by the plan. `asked`: another share and seed for those that have no side yet. `fresh`: all anew;
    what stood is forgotten when the new sides are written, not before.
    """
    had: dict[str, Side] = {} if fresh else {id_: one.side for id_, one in kept_splits.placed(store).items()}
    seed = plan.seed if asked is None or asked.seed is None else asked.seed
    share = asked.valid if asked and asked.valid != plan.valid else None
    made = divide(_rows(store, kept), valid=plan.valid, seed=seed, by=plan.by, before=had, of_new=share)
    # What auto chose is kept: were it to choose otherwise for a larger set, groups would merge and rows move.
    placed = {e.id: Placed(made.sides[e.id], e.revision) for e in kept}
    kept_splits.put(store, replace(plan, by=made.groups.by), placed, fresh=fresh)
    return made


def _rows(store: Store, kept: Sequence[Example]) -> Iterator[Row]:
    found = origins.anchors(store, kept)
    for example in kept:
        anchor = found.get(example.id)
        span = (anchor.first, anchor.last) if anchor else None
        book = anchor.book if anchor else None
        yield Row(example.id, example.conversation, book, example.provenance.passage, span)


def _plan(settings: Settings, asked: Asked, before: Plan | None, at: str) -> Plan:
    """The plan to be kept. Of a new split: flags over settings. Of one that stands: its own, with the share that the
    settings name by now, if they name one; flags are then for this run's new rows alone.
    """
    share = settings.number("split.valid") if asked.valid is None else asked.valid
    if asked.seed is not None:
        checked("split.seed", asked.seed, "--seed")
    if not 0 <= share <= 0.5:
        raise UsageError(f"The share of validation must be from 0 to 0.5, such as 0.1; not {share:g}.")
    if before:
        named = settings.origins["split.valid"] != "default"
        return replace(before, valid=settings.number("split.valid")) if named else before
    by = next(way for way in WAYS if way == settings.text("split.by"))
    plan = Plan(settings.number("split.valid"), settings.whole("split.seed"), by, at)
    given = {"valid": asked.valid, "seed": asked.seed, "by": asked.by}
    return replace(plan, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def _same_way(settings: Settings, asked: Asked, before: Plan) -> None:
    """Raises UsageError where another way is asked for: it would join groups and move rows out of validation.

    `auto` chose once, so it asks for nothing.
    """
    source, way = ("--by", asked.by) if asked.by else ("split.by", settings.text("split.by"))
    if way in ("auto", before.by):
        return
    where = "" if asked.by else f" ({settings.origins['split.by']})"
    fresh = f"`inscape split --fresh{f' --by {way}' if asked.by else ''}` makes another split."
    keep = "" if asked.by else f" `inscape split --by {before.by}` goes on with this one."
    raise UsageError(
        f"{source} {way}{where}: the split of {before.made[:10]} stands, and it was made by {before.by}. Another way "
        f"would move rows out of validation. {fresh}{keep} Nothing was changed."
    )


def _nothing_to_train_on(kept: int) -> str:
    anew = "" if kept < 2 else ", or `inscape split --fresh` to divide them anew"
    held = "The one kept example is" if kept == 1 else f"All {kept:,} kept examples are"
    return (
        f"{held} held back for validation, and none is for training. Keep more with `inscape review`{anew}; "
        "`inscape split --valid 0` gives all of them to training. Nothing was exported."
    )


def _stands(before: Plan, made: Split) -> str:
    come = f"{plural(made.new, 'row')} came to it" if made.new else "no row is new"
    return f"The split of {before.made[:10]} stands and its rows keep their sides; {come}. --fresh makes another one."


def _of_new(settings: Settings, asked: Asked, before: Plan, plan: Plan, new: int) -> Iterator[str]:
    """What became of a share or seed that was asked for while a split stands."""
    given = {"valid": asked.valid, "seed": asked.seed}
    flags = " ".join(f"--{name} {value:g}" for name, value in given.items() if value is not None)
    if flags and not new:
        yield f"{flags} changes nothing, since no row is new. With --fresh it counts for all rows."
    elif flags:
        yield f"{flags} counts for this run and its {plural(new, 'new row')} alone; with --fresh, for all rows."
    if plan.valid != before.valid:
        yield (
            f"split.valid = {plan.valid:g} ({settings.origins['split.valid']}): the split was made with "
            f"{before.valid:g}. New rows fill up to the new share; --fresh divides all of them anew."
        )

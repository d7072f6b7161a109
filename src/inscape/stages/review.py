"""Review: what a person decides about each example, and what they see when they do.

Invariant: a decision is on the disk before its event is emitted; nothing is ever deleted. The terminal, a decisions
file and the studio all decide through here. No screen and no key: those are in `cli.reviewer`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inscape.errors import DataError, UsageError
from inscape.events import Decided, Event, FileWritten, Finished, Noted, RowRejected
from inscape.project import Project, read_text, write_text
from inscape.records import Conversation, Decision, Example, Turn, Verdict
from inscape.review import decisions as lines
from inscape.review import rubric
from inscape.review.pace import Pace, pace
from inscape.store import Store, attempts, decisions, examples, restored
from inscape.text import count_words, plural, shorten

UNDECIDED = "undecided"
_RANK: dict[Verdict | None, int] = {None: 0, "keep": 1, "drop": 1, "skip": 2}


# ---------------------------------------------------------------- what there is to review


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which examples to review. Without verdicts: those not decided, and those skipped."""

    verdicts: tuple[str, ...] = ()
    template: str | None = None
    """Its name or number."""
    passage: str | None = None
    """An id, the beginning of one, or words of the title."""
    example: str | None = None
    """An id or the beginning of one."""
    everything: bool = False
    order: tuple[str, ...] | None = None
    """Only these examples, in this order: the findings' queue."""
    again: frozenset[str] = frozenset()
    """Kept examples that are shown without verdicts too: what was found in them was found later."""


@dataclass(frozen=True, slots=True)
class Source:
    """The passage behind an example, as it was when the teacher was asked."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """All that is shown of one example. `original`: its first text; `prompt`: what the teacher was asked."""

    example: Example
    original: Conversation
    source: Source | None
    decision: Decision | None
    prompt: str | None = None
    model: str | None = None


def queue(store: Store, wanted: Wanted) -> list[Example]:
    """The examples to review: those of one passage together, undecided ones first, skipped ones last.

    Raises UsageError where a filter names nothing that exists.
    """
    found = _named(store, wanted.example) if wanted.example else examples.all_examples(store)
    if wanted.template:
        found = _by_template(store, found, wanted.template)
    if wanted.passage:
        found = _by_passage(store, found, wanted.passage)
    if not (wanted.everything or (wanted.example and not wanted.verdicts)):
        verdicts = wanted.verdicts or (UNDECIDED, "skip")
        kept = wanted.again if not wanted.verdicts else ()
        found = [e for e in found if (e.verdict or UNDECIDED) in verdicts or (e.verdict == "keep" and e.id in kept)]
    if wanted.order is not None:
        place = {id_: n for n, id_ in enumerate(wanted.order)}
        return sorted((e for e in found if e.id in place), key=lambda e: place[e.id])
    return sorted(found, key=lambda e: _RANK[e.verdict])


def card(store: Store, example: str) -> Card:
    """What is to be shown of the example. Raises UsageError where there is none of that id."""
    found = examples.get(store, example)
    if found is None:
        raise UsageError(f"There is no example {example} in this project.")
    key = found.provenance.attempt
    attempt = attempts.get(store, key) if key else None
    passage = attempts.passage_of(store, key) if key else None
    return Card(
        example=found,
        original=examples.revision(store, found.id, 1) or found.conversation,
        source=Source(*passage) if passage else None,
        decision=decisions.of_example(store, found.id),
        prompt=attempt.prompt if attempt else None,
        model=attempt.teacher if attempt else found.provenance.teacher,
    )


def checklist(project: Project) -> tuple[tuple[rubric.Item, ...], str | None]:
    """The items of rubric.md, and a sentence where the built-in ones stand in for a missing file."""
    if not project.rubric.exists():
        return rubric.parse(rubric.DEFAULT), "There is no rubric.md; the built-in checklist is used."
    return rubric.parse(read_text(project.rubric), project.relative(project.rubric)), None


def words(turns: Iterable[Turn]) -> int:
    """Words to read in an example."""
    return sum(count_words(f"{t.text} {t.input or ''} {t.thought or ''}") for t in turns)


def words_left(store: Store, left: Sequence[Example]) -> int:
    """Words still to read: each example, and each passage once where its examples stand together."""
    total, before = 0, None
    lengths: dict[str, int] = {}
    for example in left:
        total += words(example.conversation.turns)
        passage, key = example.provenance.passage, example.provenance.attempt
        if passage and key and passage != before:
            if passage not in lengths:
                lengths[passage] = count_words((attempts.passage_of(store, key) or ("", "", ""))[2])
            total += lengths[passage]
        before = passage
    return total


def times(store: Store) -> list[int]:
    """Milliseconds of the decisions that stand, oldest first."""
    return [d.milliseconds for d in decisions.history(store) if not d.undone]


# ---------------------------------------------------------------- deciding


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that was taken back. `draft`: the edit that came with it, which is no longer the example's text."""

    decision: Decision
    draft: Conversation | None

    @property
    def event(self) -> Decided:
        return Decided(self.decision.example, self.decision.verdict, self.decision.revision, undo=True)


def undo(store: Store, at: str) -> Undone | None:
    """Take back the last decision that stands, of this run or any before; None when there is none."""
    taken = decisions.undo(store, at)
    if taken is None:
        return None
    text = examples.revision(store, taken.example, taken.revision)
    now = examples.get(store, taken.example)
    edited = taken.edited and now is not None and text is not None and text != now.conversation
    return Undone(taken, text if edited else None)


def decided(decision: Decision) -> Decided:
    return Decided(decision.example, decision.verdict, decision.revision)


def apply(store: Store, project: Project, text: str, source: str, at: str, *, partial: bool = False) -> Iterator[Event]:
    """Decide as a decisions file says. A decision that stands already is not repeated.

    Raises DataError, after every broken line was reported, if any is; nothing was decided then, unless `partial`.
    """
    items, _ = checklist(project)
    known = {example.id: example for example in examples.all_examples(store)}
    away = {decision.example: decision for decision in restored.absent(store)}
    told = lines.read(text, items=len(items), known=known.keys() | away, tag=project.settings.text("examples.tag"))
    read = [_elsewhere(store, one, away) for one in _unique(told)]
    wrong = [one for one in read if isinstance(one, lines.Wrong)]
    for one in wrong:
        yield RowRejected(source, one.line, one.reason)
    if wrong and not partial:
        raise DataError(_refused(source, len(wrong)))
    standing = {decision.example: decision for decision in decisions.standing(store)}
    counts: Counter[str] = Counter(keep=0, drop=0, skip=0, unchanged=0, rejected=len(wrong))
    for wish in read:
        if isinstance(wish, lines.Wish):
            example = known.get(wish.example)
            edit = wish.edit if example and wish.edit != example.conversation else None
            if edit is None and _stands(standing.get(wish.example), wish):
                counts["unchanged"] += 1
                continue
            made = decisions.decide(
                store, wish.example, wish.verdict, at, checklist=wish.checklist, note=wish.note, edited=edit,
                reviewer=wish.reviewer or project.settings.text("review.reviewer"),
            )  # fmt: skip
            counts[wish.verdict] += 1
            yield decided(made)
    yield Finished("review", dict(counts))


def write_decisions(store: Store, project: Project, path: Path) -> Iterator[Event]:
    """Write the decisions that stand as a decisions file, sorted by example."""
    import json

    made = []
    for decision in sorted(decisions.standing(store), key=lambda d: d.example):
        example = examples.get(store, decision.example)
        edited = example and example.conversation != examples.revision(store, decision.example, 1)
        edit = example.conversation if example and edited else None
        made.append(lines.line(decision, edit if example else restored.edit_of(store, decision.example)))
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made)
    write_text(path, text)
    yield FileWritten(project.relative(path), "the decisions that stand", len(made))


def status(store: Store, words_per_minute: int, more: Mapping[str, int | float] | None = None) -> Iterator[Event]:
    """How many stand under each verdict, the pace, and the time left. `more`: further counts, such as the keep rate."""
    counts = examples.counts(store)
    left = queue(store, Wanted(verdicts=(UNDECIDED,)))
    found = pace(times(store), words_left(store, left), len(left), words_per_minute)
    if not counts:
        yield Noted("note", "There are no examples yet. Make some with `inscape generate`, or `inscape import` some.")
    yield Finished("review", {**_counted(counts), **_paced(found), **(more or {})})


def nothing(store: Store, wanted: Wanted) -> Iterator[Event]:
    """Why there is nothing to review."""
    counts = examples.counts(store)
    if not counts:
        yield Noted("note", "There are no examples yet. Make some with `inscape generate`, or `inscape import` some.")
    elif wanted.order is not None and replace(wanted, order=None, again=frozenset()) == Wanted():
        yield Noted("note", _unflagged(wanted.order, counts.get(UNDECIDED, 0)))
    elif wanted == Wanted():
        yield Noted(
            "note", "Nothing left to review: every example is decided. `inscape review --all` shows them again."
        )
    else:
        yield Noted("note", "No example is as you asked for. `inscape review --status` shows how many stand how.")
    yield Finished("review", _counted(counts))


def _unflagged(order: Sequence[str], undecided: int) -> str:
    what = "that `inscape check` flagged or drew at random is decided" if order else ""
    said = f"Every example {what}." if what else "`inscape check` flagged no example, and drew none at random."
    return said + (f" {others(undecided)}" if undecided else "")


def others(undecided: int) -> str:
    """Of the examples that were not asked for, as a sentence."""
    are = "other is" if undecided == 1 else "others are"
    return f"{undecided:,} {are} undecided: `inscape review` goes on with {'it' if undecided == 1 else 'them'}."


def _counted(counts: dict[str, int]) -> dict[str, int | float]:
    return {name: counts.get(name, 0) for name in ("keep", "drop", "skip", UNDECIDED)}


def _paced(found: Pace | None) -> dict[str, int | float]:
    if found is None:
        return {}
    return {"per_hour": round(found.per_hour, 1), "seconds_left": round(found.seconds), "measured": found.measured}


# ---------------------------------------------------------------- filters


def _named(store: Store, prefix: str) -> list[Example]:
    found = examples.find(store, prefix)
    if not found:
        raise UsageError(f"There is no example {prefix} in this project. `inscape review --all` goes through them all.")
    return found


def _by_template(store: Store, found: list[Example], wanted: str) -> list[Example]:
    there: dict[str, str] = {}
    for example in found:
        name, key = example.provenance.template, example.provenance.attempt
        if name and name not in there:
            row = attempts.template_of(store, key) if key else None
            there[name] = str(row["number"]) if row and row["number"] is not None else ""
    names = {wanted} & set(there) or {name for name, number in there.items() if number == wanted}
    if not names:
        said = ", ".join(f"{number} {name}".strip() for name, number in sorted(there.items()))
        raise UsageError(f"No example was made with the template {wanted}. There are: {said or 'none'}.")
    return [e for e in found if e.provenance.template in names]


def _by_passage(store: Store, found: list[Example], wanted: str) -> list[Example]:
    titles: dict[str, str] = {}
    for example in found:
        passage, key = example.provenance.passage, example.provenance.attempt
        if passage and passage not in titles:
            titles[passage] = (attempts.passage_of(store, key) or ("", "", ""))[1] if key else ""
    low = wanted.casefold()
    matching = {wanted} & set(titles) or {
        id_ for id_, title in titles.items() if id_.startswith(wanted) or low in title.casefold()
    }
    if not matching:
        there = ", ".join(f"{id_} ({shorten(title, 30)})" for id_, title in list(titles.items())[:8])
        raise UsageError(f"No example comes from the passage {wanted}. There are: {there or 'none'}.")
    return [e for e in found if e.provenance.passage in matching]


# ---------------------------------------------------------------- decisions files


def _unique(read: Iterable[lines.Wish | lines.Wrong]) -> list[lines.Wish | lines.Wrong]:
    """A second line for the same example is wrong: which one should stand?"""
    first: dict[str, int] = {}
    made: list[lines.Wish | lines.Wrong] = []
    for one in read:
        if isinstance(one, lines.Wish) and one.example in first:
            one = lines.Wrong(one.line, f"{one.example} is decided in line {first[one.example]} already")
        elif isinstance(one, lines.Wish):
            first[one.example] = one.line
        made.append(one)
    return made


def _elsewhere(store: Store, one: lines.Wish | lines.Wrong, away: Mapping[str, Decision]) -> lines.Wish | lines.Wrong:
    """A line on an example whose text did not come back with the dataset: it can say what stands, and nothing else."""
    if isinstance(one, lines.Wrong) or one.example not in away:
        return one
    stands = away[one.example]
    if _stands(stands, one) and one.edit in (None, restored.edit_of(store, one.example)):
        return one
    return lines.Wrong(
        one.line,
        f"{one.example} came back from dataset/ without its text, decided as {stands.verdict}: import its row, then "
        "decide on it anew",
    )


def _stands(decision: Decision | None, wish: lines.Wish) -> bool:
    return decision is not None and (
        (decision.verdict, decision.checklist, decision.note) == (wish.verdict, wish.checklist, wish.note)
    )


def _refused(source: str, wrong: int) -> str:
    return (
        f"{source}: {plural(wrong, 'line')} could not be taken (see above), so nothing was decided. Mend them, or take "
        "the others with --partial."
    )

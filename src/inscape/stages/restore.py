"""The database again, out of dataset/: the only road back.

Invariant: all of it or none of it, in one transaction, and only where the project's database holds no example yet:
nothing is ever overwritten. A line that cannot be read is named with its file and line. What dataset/ does not hold is
said.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, get_args

from inscape.elicitation.templates import Catalog
from inscape.errors import DataError, InputError, InscapeError, ProjectError
from inscape.events import Event, Finished, Noted, ProblemFound
from inscape.examples import fields
from inscape.examples.record import Decided, Record, TemplateOutline, from_json
from inscape.passages import document
from inscape.project import Project, read_text
from inscape.records import Decision, Example, Passage
from inscape.review import decisions as lines
from inscape.settings import Settings
from inscape.splits import Side
from inscape.splits.groups import TOGETHER, WAYS
from inscape.stages import dataset, sources
from inscape.stages.dataset import BESIDE, Beside
from inscape.store import Store, decisions, examples, restored, splits
from inscape.store import books as shelf
from inscape.store.splits import Placed, Plan
from inscape.text import plural, shorten

_TICKS = 99
"""Checklist numbers are taken as they were ticked, whatever rubric.md holds by now."""


@dataclass(slots=True)
class _Read:
    """What dataset/ says, and every problem with it."""

    records: dict[str, Record] = field(default_factory=dict)
    wishes: dict[str, lines.Wish] = field(default_factory=dict)
    sides: dict[str, Side] = field(default_factory=dict)
    split: bool = False
    beside: Beside = field(default_factory=Beside)
    problems: list[ProblemFound] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wrong(self, path: str, line: int, message: str) -> None:
        self.problems.append(ProblemFound(path, line, "error", message))


def restore(store: Store, project: Project, at: str) -> Iterator[Event]:
    """Make the database again from dataset/. `at`: the time of decisions that the dataset gives none.

    Raises ProjectError where examples stand, InputError where there is no dataset, DataError where a line is broken.
    """
    if there := examples.total(store):
        raise ProjectError(
            f"This project's database holds {plural(there, 'example')} already, and nothing is ever overwritten. To "
            "begin again from dataset/, move inscape.db to another place first; nothing was changed."
        )
    read = _read(project)
    if read.problems:
        yield from read.problems
        raise DataError(
            f"{plural(len(read.problems), 'line')} of dataset/ could not be read (see above), so nothing was restored. "
            "Mend them, or take the files from an earlier commit, and run this again."
        )
    yield from _written(store, project, read, at)


def _written(store: Store, project: Project, read: _Read, at: str) -> Iterator[Event]:
    """Put all of it into the database, then say what came back and what did not."""
    had = {book.id: book for book in read.beside.books}
    numbered = all(one.number is not None for one in read.records.values())
    stricter = _stricter(store, read)
    with store.change() as db:
        books = {id_: restored.put_book(db, book) for id_, book in had.items()}
        for asked in _asked(project, read):
            restored.put_attempt(db, asked, at)
        for n, record in enumerate(_in_order(read.records.values()), 1):
            number = record.number if numbered and record.number else n
            examples.put(db, _example(record), examples.History(number, record.texts))
            restored.put_origin(db, record, books)
        for decision in _decisions(read, at):
            decisions.put(db, decision)
        absent = list(_absent(read, at))
        for decision in absent:
            restored.put_absent(db, decision, read.wishes[decision.example].edit)
        plan = _plan(read, project.settings, at)
        if plan:
            revisions = {id_: record.revision for id_, record in read.records.items()}
            splits.write(db, plan, {id_: Placed(side, revisions[id_]) for id_, side in read.sides.items()})
    yield from (Noted("warning", note) for note in (*read.notes, *stricter))
    yield from _told(read, plan, absent)
    yield from _missing(store, read)
    yield Finished("restore", _counts(read, len(absent)))


def _stricter(store: Store, read: _Read) -> list[str]:
    """Which books that stand here become private, because the dataset says so of the same bytes."""
    told = []
    for book in read.beside.books:
        here = shelf.by_hash(store, book.sha256)
        if here and book.rights == "private" and here.rights not in ("private", "unknown"):
            told.append(
                f"{here.path}: its rights are now 'private', as dataset/ has them; they were '{here.rights}'. "
                "`inscape add BOOK --rights …` changes them."
            )
    return told


# ---------------------------------------------------------------- reading


def _read(project: Project) -> _Read:
    folder = project.root / "dataset"
    if not (folder / "examples.jsonl").is_file():
        raise InputError(
            f"There is no {project.relative(folder / 'examples.jsonl')}, so there is nothing to restore from. "
            "`inscape export` writes it; `inscape import` takes rows of other files."
        )
    read = _Read()
    _examples(read, project, folder / "examples.jsonl")
    _wishes(read, project, folder / "decisions.jsonl")
    for side in get_args(Side):
        _sides(read, project, folder / f"{side}.jsonl", side)
    _beside(read, project, folder / BESIDE)
    return read


def _rows(read: _Read, project: Project, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their lines; what is none is a problem."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            fields.writable(value)
            if not isinstance(value, dict):
                raise DataError(f"it must be an object, not {fields.kind(value)}")
            yield number, value
        except json.JSONDecodeError as problem:
            read.wrong(project.relative(path), number, f"not JSON ({problem.msg}, column {problem.colno})")
        except DataError as problem:
            read.wrong(project.relative(path), number, str(problem))
        except (ValueError, RecursionError):
            read.wrong(project.relative(path), number, "not JSON that can be read")


def _examples(read: _Read, project: Project, path: Path) -> None:
    first: dict[str, int] = {}
    places: dict[int, int] = {}
    source = project.relative(path)
    for line, row in _rows(read, project, path):
        try:
            record = from_json(row)
        except DataError as problem:
            read.wrong(source, line, str(problem))
            continue
        if (before := first.setdefault(record.id, line)) != line:
            read.wrong(source, line, f"{record.id} stands in line {before} already")
        elif record.number and (other := places.setdefault(record.number, line)) != line:
            read.wrong(source, line, f'its "number" {record.number} stands in line {other} already')
        read.records.setdefault(record.id, record)


def _wishes(read: _Read, project: Project, path: Path) -> None:
    source = project.relative(path)
    if not path.is_file():
        read.notes.append(f"There is no {source}: no decision came back.")
        return
    text = read_text(path)
    known = {str(row.get("example")) for _, row in _rows(_Read(), project, path)}
    for wish in lines.read(text, items=_TICKS, known=known, tag=project.settings.text("examples.tag")):
        if isinstance(wish, lines.Wrong):
            read.wrong(source, wish.line, wish.reason)
        elif wish.example in read.wishes:
            before = read.wishes[wish.example].line
            read.wrong(source, wish.line, f"{wish.example} is decided in line {before} already")
        else:
            read.wishes[wish.example] = wish
            record = read.records.get(wish.example)
            if record and wish.edit not in (None, record.conversation):
                words = f"its edit is not the text that {wish.example} has in examples.jsonl; make both the same"
                read.wrong(source, wish.line, words)


def _sides(read: _Read, project: Project, path: Path, side: Side) -> None:
    """Which examples a side holds: by their ids alone; their texts are those of examples.jsonl."""
    if not path.is_file():
        return
    read.split = True
    source = project.relative(path)
    for line, row in _rows(read, project, path):
        id_ = row.get("id")
        if not isinstance(id_, str) or id_ not in read.records:
            read.wrong(source, line, f"its id is {fields.kind(id_)}, and examples.jsonl has no example of that id")
        elif id_ in read.sides:
            other = "this file" if read.sides[id_] == side else f"{read.sides[id_]}.jsonl"
            read.wrong(source, line, f"{id_} stands in {other} already")
        else:
            read.sides[id_] = side


def _beside(read: _Read, project: Project, path: Path) -> None:
    from pydantic import TypeAdapter, ValidationError

    source = project.relative(path)
    if not path.is_file():
        read.notes.append(
            f"There is no {source}: rights of books and the way of the split are not known. Say the rights again with "
            "`inscape add BOOK --rights …` before you hand anything on."
        )
        return
    try:
        value = json.loads(read_text(path))
        fields.writable(value)
        books = value.get("books") if isinstance(value, dict) else None
        for book in books if isinstance(books, list) else ():
            if isinstance(book, dict):
                book["paragraphs"] = 0
        read.beside = TypeAdapter(Beside).validate_json(json.dumps(value), strict=True)
        for words in dataset.odd(read.beside):
            read.wrong(source, 1, words)
    except json.JSONDecodeError as problem:
        read.wrong(source, problem.lineno, f"not JSON ({problem.msg}, column {problem.colno})")
    except ValidationError as problem:
        for error in problem.errors():
            read.wrong(source, 1, f"{'.'.join(map(str, error['loc'])) or 'the file'}: {error['msg']}")
    except DataError as problem:
        read.wrong(source, 1, str(problem))
    except (ValueError, RecursionError):
        read.wrong(source, 1, "not JSON that can be read: it is nested too deep, or a number has too many digits")


# ---------------------------------------------------------------- what goes into the database


def _in_order(records: Any) -> list[Record]:
    return sorted(records, key=lambda record: (record.number or 0, record.id))


def _example(record: Record) -> Example:
    return Example(record.id, record.conversation, record.structure, record.provenance, record.revision)


def _asked(project: Project, read: _Read) -> Iterator[restored.Asked]:
    """The attempts behind the examples, each once, with the passage of that id and the template as they are now."""
    passages, known = _passages(project), _catalog(project)
    outlines = {one.hash: one for one in read.beside.templates}
    done: set[str] = set()
    for record in read.records.values():
        came = record.provenance
        if not came.attempt or came.attempt in done:
            continue
        done.add(came.attempt)
        template = known.find(came.template or "") if known and came.template else None
        outline = outlines.get(record.template_hash or "")
        if outline is None:
            shape = {"structure": record.structure, "exchanges": [1, 1], "words": None}
            name = came.template or "unknown"
            outline = TemplateOutline(record.template_hash or f"unknown-{name}", name, None, name, shape)
        body = template.body if template and template.hash == outline.hash else ""
        yield restored.Asked(record, passages.get(came.passage or ""), outline, body)


def _passages(project: Project) -> Mapping[str, Passage]:
    """The passages of passages.md by id; a file that cannot be read gives none."""
    try:
        return {one.id: one for one in document.parse(read_text(project.passages), "passages.md").passages}
    except InputError:
        return {}


def _catalog(project: Project) -> Catalog | None:
    try:
        return sources.catalog(project)
    except InscapeError:  # a template file that is broken by now: its prompts stay unknown
        return None


def _decisions(read: _Read, at: str) -> list[Decision]:
    """The decisions on examples that are here, in the order in which they were made."""
    made = []
    for id_, wish in read.wishes.items():
        if record := read.records.get(id_):
            facts = record.decided or Decided(at, revision=record.revision)
            made.append(
                Decision(
                    0, id_, facts.revision, wish.verdict, wish.checklist, wish.note, facts.milliseconds, facts.at or at,
                    edited=facts.edited, reviewer=wish.reviewer,
                )
            )  # fmt: skip
    return sorted(made, key=lambda one: one.at)


def _absent(read: _Read, at: str) -> Iterator[Decision]:
    """The decisions on examples that the dataset does not hold."""
    times = {one.example: one for one in read.beside.elsewhere}
    for id_, wish in read.wishes.items():
        if id_ not in read.records:
            when = times.get(id_)
            yield Decision(
                0, id_, 0, wish.verdict, wish.checklist, wish.note, when.milliseconds if when else 0,
                when.at if when else at, reviewer=wish.reviewer,
            )  # fmt: skip


def _plan(read: _Read, settings: Settings, at: str) -> Plan | None:
    if not read.split:
        return None
    by = next(way for way in WAYS if way == settings.text("split.by"))
    unknown = Plan(settings.number("split.valid"), settings.whole("split.seed"), "stretch" if by == "auto" else by, at)
    return read.beside.split or unknown


# ---------------------------------------------------------------- what is said


def _told(read: _Read, plan: Plan | None, absent: Sequence[Decision]) -> Iterator[Event]:
    verdicts = Counter(wish.verdict for id_, wish in read.wishes.items() if id_ in read.records)
    stand = ", ".join(f"{n:,} {verdict}" for verdict, n in verdicts.items())
    yield Noted("note", f"{plural(len(read.records), 'example')} came back (decisions: {stand or 'none'}).")
    if open_ := len(read.records) - verdicts.total():
        who = "1 of them has" if open_ == 1 else f"{open_:,} of them have"
        yield Noted("warning", f"{who} no decision in dataset/decisions.jsonl: undecided, for `inscape review`.")
    if plan:
        sides = Counter(read.sides.values())
        yield Noted(
            "note",
            f"The split of {plan.made[:10]} stands again: {sides['train']:,} for training, {sides['valid']:,} for "
            f"validation. Never divided: {TOGETHER[plan.by]}.",
        )
        if late := len(read.records) - len(read.sides):
            yield Noted("note", f"{plural(late, 'example')} had no side yet: the next split or export finds one.")
    if absent:
        kinds = ", ".join(f"{n:,} {verdict}" for verdict, n in Counter(one.verdict for one in absent).items())
        yield Noted(
            "note",
            f"{plural(len(absent), 'decision')} ({kinds}) on examples that dataset/ does not hold: left out here, and "
            "written again by the next export.",
        )


def _missing(store: Store, read: _Read) -> Iterator[Event]:
    """What cannot come back."""
    yield Noted(
        "note",
        "dataset/ holds kept examples alone. Dropped and undecided ones, prompts, the teacher's raw answers and "
        "decisions that were changed later do not come back. `inscape generate` asks again where nothing was kept.",
    )
    asked = {r.provenance.attempt: r.provenance.passage for r in read.records.values() if r.provenance.attempt}
    lost = [key for key in asked if key and not restored.has_passage(store, key)]
    if lost:
        yield Noted("warning", _no_passage([asked[key] or "" for key in lost]))
    for book in read.beside.books:
        if restored.is_outline(store, book):
            yield Noted(
                "note",
                f"Of {shorten(book.title, 50)} the name and the rights ({book.rights}) came back. Its text comes with "
                f"its file: `inscape add {PurePosixPath(book.path).name}`, from where you keep it.",
            )


def _no_passage(ids: Sequence[str]) -> str:
    named = ", ".join(dict.fromkeys(ids))
    return (
        f"passages.md has no passage of the id {shorten(named, 60)} any more: {plural(len(ids), 'answer')} came back "
        "without the passage behind it."
    )


def _counts(read: _Read, absent: int) -> dict[str, int | float]:
    sides = Counter(read.sides.values())
    kept = sum(wish.verdict == "keep" for id_, wish in read.wishes.items() if id_ in read.records)
    return {
        "examples": len(read.records), "kept": kept, "train": sides["train"], "valid": sides["valid"], "absent": absent,
        "books": len(read.beside.books),
    }  # fmt: skip

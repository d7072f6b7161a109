"""The kept examples as dataset/ holds them: each line with its record, and beside them what no line can say.

Invariant: what is written here and in decisions.jsonl gives the same files again after `inscape restore`. No prompt, no
passage and nothing of a book's text is in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from inscape.errors import ProjectError
from inscape.examples.record import MOST, Decided, Record, TemplateOutline
from inscape.project import Project, read_text
from inscape.records import STRUCTURES, Book, Decision, Example
from inscape.settings import SETTINGS
from inscape.stages import origins
from inscape.stages.surroundings import Places
from inscape.store import Store, attempts, decisions, examples, restored, splits
from inscape.store import books as shelf
from inscape.store.splits import Plan
from inscape.text import plural

BESIDE = "restore.json"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """When a decision was made on an example that is not in the dataset, and how long it took."""

    example: str
    at: str
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """dataset/restore.json: the split, the books that passages stand in, the templates, decisions on other examples."""

    split: Plan | None = None
    books: list[Book] = field(default_factory=list)
    templates: list[TemplateOutline] = field(default_factory=list)
    elsewhere: list[Elsewhere] = field(default_factory=list)


def records(store: Store, project: Project, kept: Sequence[Example]) -> list[Record]:
    """The record of each kept example, by id."""
    places, anchors = Places(store, project), origins.anchors(store, kept)
    histories, sources = examples.histories(store), restored.sources(store)
    standing = {one.example: one for one in decisions.standing(store)}
    made = []
    for example in sorted(kept, key=lambda one: one.id):
        key, anchor = example.provenance.attempt, anchors.get(example.id)
        passage = attempts.passage_of(store, key) if key else None
        template = attempts.template_of(store, key) if key else None
        history = histories[example.id]
        made.append(
            Record(
                id=example.id,
                structure=example.structure,
                revision=example.revision,
                provenance=example.provenance,
                texts=history.texts,
                number=history.number,
                decided=_decided(standing.get(example.id)),
                template_hash=template["hash"] if template else None,
                source=(places.source(passage[0], passage[2]) if passage else "") or sources.get(example.id, ""),
                book=anchor.book if anchor else None,
                paragraphs=(anchor.first, anchor.last) if anchor else None,
            )
        )
    return made


def beside(store: Store, made: Sequence[Record]) -> str:
    """The text of dataset/restore.json."""
    books = {record.book for record in made}
    keys = {record.template_hash: record.provenance.attempt for record in made if record.template_hash}
    rows = [row for key in keys.values() if key and (row := attempts.template_of(store, key))]
    templates = [TemplateOutline(r["hash"], r["name"], r["number"], r["title"], json.loads(r["shape"])) for r in rows]
    ids = {record.id for record in made}
    others = [one for one in decisions.standing(store) if one.example not in ids]
    whole = Beside(
        split=splits.standing(store),
        books=[book for book in shelf.all_books(store) if book.id in books],
        templates=sorted(templates, key=lambda one: (one.name, one.hash)),
        elsewhere=sorted((Elsewhere(d.example, d.at, d.milliseconds) for d in others), key=lambda one: one.example),
    )
    shown = asdict(whole)
    for book in shown["books"]:
        del book["paragraphs"]  # counted from the book's text, which is not here
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


def guard(store: Store, project: Project) -> None:
    """Raises ProjectError where dataset/examples.jsonl holds examples that this database never had: in a clone, an
    export would write over the only place in which they stand."""
    path = project.root / "dataset" / "examples.jsonl"
    if not path.is_file():
        return
    known = restored.known(store)
    lost = [id_ for id_ in dict.fromkeys(map(_id_of, read_text(path).split("\n"))) if id_ and id_ not in known]
    if lost:
        named = ", ".join(lost[:3]) + (", …" if len(lost) > 3 else "")
        raise ProjectError(
            f"{project.relative(path)} holds {plural(len(lost), 'example')} that this project's database never had "
            f"({named}), and an export would write over that file. Nothing was written. To take them in, move "
            "inscape.db to another place, run `inscape restore`, and then import or generate what is new. To throw "
            "them away, delete that file and export again."
        )


def _id_of(line: str) -> str | None:
    """The example's id on a line of the dataset; None on a line that is no example's."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    id_ = row.get("id") if isinstance(row, dict) else None
    return id_ if isinstance(id_, str) and id_.startswith("e-") else None


def odd(beside: Beside) -> Iterator[str]:
    """What no export ever wrote into restore.json, as sentences that name the field."""
    if beside.split:
        yield from _odd_plan(beside.split)
    for n, book in enumerate(beside.books):
        yield from _beyond(f"books.{n}", {"pages": book.pages, "words": book.words})
        if book.rights not in _RIGHTS:
            yield f"books.{n}.rights: must be one of {', '.join(_RIGHTS)}"
    for name in ("id", "path", "sha256"):
        for value, times in Counter(getattr(book, name) for book in beside.books).items():
            if times > 1:
                yield f"books: {times} books have the {name} {value}"
    for n, one in enumerate(beside.templates):
        yield from _beyond(f"templates.{n}", {"number": one.number})
        if not _is_shape(one.shape):
            yield f"templates.{n}.shape: must have a structure, the exchanges (least, most) and the words (or null)"
    for n, when in enumerate(beside.elsewhere):
        yield from _beyond(f"elsewhere.{n}", {"milliseconds": when.milliseconds})


_ALLOWED = {one.key: one.allowed for one in SETTINGS if one.allowed}
_RIGHTS = next(one.choices for one in SETTINGS if one.key == "project.rights")


def _odd_plan(plan: Plan) -> Iterator[str]:
    for name, value in (("valid", plan.valid), ("seed", plan.seed)):
        least, most = _ALLOWED[f"split.{name}"]
        if not least <= value <= most:
            yield f"split.{name}: must be from {least:,} to {most:,}"
    if plan.by == "auto":
        yield "split.by: must be the way that was taken in the end: book, stretch, topic or row"


def _beyond(place: str, numbers: dict[str, int | None]) -> Iterator[str]:
    for name, value in numbers.items():
        if value is not None and not 0 <= value <= MOST:
            yield f"{place}.{name}: must be a whole number from 0 to {MOST:,}"


def _is_shape(shape: dict[str, object]) -> bool:
    return (
        shape.get("structure") in STRUCTURES
        and _is_pair(shape.get("exchanges"))
        and ("words" in shape and (shape["words"] is None or _is_pair(shape["words"])))
    )


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(one) is int and 0 <= one <= MOST for one in value)


def _decided(decision: Decision | None) -> Decided | None:
    if decision is None:
        return None
    return Decided(decision.at, decision.milliseconds, decision.revision, decision.edited)

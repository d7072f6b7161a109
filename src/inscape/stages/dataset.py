"""The kept examples as dataset/ holds them: each line with its record, and beside them what no line can say.

Invariant: what is written here and in decisions.jsonl gives the same files again after `inscape restore`. No prompt, no
passage and nothing of a book's text is in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from inscape.examples.record import Decided, Record, TemplateOutline
from inscape.project import Project
from inscape.records import Book, Decision, Example
from inscape.stages import origins
from inscape.stages.surroundings import Places
from inscape.store import Store, attempts, decisions, examples, restored, splits
from inscape.store import books as shelf
from inscape.store.splits import Plan

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


def _decided(decision: Decision | None) -> Decided | None:
    if decision is None:
        return None
    return Decided(decision.at, decision.milliseconds, decision.revision, decision.edited)

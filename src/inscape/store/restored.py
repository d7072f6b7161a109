"""What a restored dataset says and the rest of a restored database cannot: where examples came from, what was decided
on those that are not here, and the outlines of the attempts, templates and books behind them.

Invariant: nothing that stands is changed. An outline is marked as one: an attempt has neither prompt nor answer, a book
no paragraphs, until the same file is added again.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from inscape.errors import ProjectError
from inscape.examples import serialize
from inscape.examples.record import Record, TemplateOutline
from inscape.records import Anchor, Book, Conversation, Decision, Passage
from inscape.store import books
from inscape.store.db import Store
from inscape.text import passage_hash

_OUTLINE = "Restored from dataset/: its prompt and its raw answer were in the database that is gone."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of an attempt: the record of an example it gave, the passage and the template as they are now."""

    record: Record
    passage: Passage | None
    template: TemplateOutline
    body: str
    """The template's prompt; empty where it has changed since."""


def anchors(store: Store) -> dict[str, Anchor]:
    """Where restored examples came from, by the paragraphs of a book that the dataset named."""
    rows = store.rows("SELECT o.* FROM origin o JOIN book b ON b.id = o.book")
    return {r["example"]: Anchor(r["book"], r["first"], 0, r["last"], 0, None, None) for r in rows}


def in_book(store: Store, book: str) -> dict[str, tuple[int, int]]:
    """The first and last paragraph, from 0, of each restored example that came from this book."""
    rows = store.rows("SELECT * FROM origin WHERE book = ?", book)
    return {r["example"]: (r["first"], r["last"]) for r in rows}


def move(store: Store, example: str, paragraphs: tuple[int, int] | None) -> None:
    """Where the paragraphs of a restored example stand since its book was read anew; None: no longer there."""
    first, last = paragraphs or (None, None)
    with store.change() as db:
        db.execute(
            "UPDATE origin SET first = ?1, last = ?2, book = CASE WHEN ?1 IS NULL THEN NULL ELSE book END "
            "WHERE example = ?3",
            (first, last, example),
        )


def sources(store: Store) -> dict[str, str]:
    """The places of restored examples in words, by the example's id."""
    return {r["example"]: r["source"] for r in store.rows("SELECT example, source FROM origin WHERE source != ''")}


def absent(store: Store) -> list[Decision]:
    """Decisions that came with a dataset, on examples that are not here (number 0, revision 0)."""
    rows = store.rows(
        "SELECT * FROM absent WHERE example NOT IN (SELECT id FROM example) ORDER BY at, example",
    )
    return [
        Decision(
            0, r["example"], 0, r["verdict"], tuple(json.loads(r["checklist"])), r["note"], r["ms"], r["at"],
            reviewer=r["reviewer"],
        )
        for r in rows
    ]  # fmt: skip


def known(store: Store) -> set[str]:
    """The ids of all examples that this database ever had, and of those that a restored dataset decided on."""
    return {row["id"] for row in store.rows("SELECT id FROM example UNION SELECT example FROM absent")}


def edit_of(store: Store, example: str) -> Conversation | None:
    """The edit that such a decision came with."""
    row = store.row("SELECT edit FROM absent WHERE example = ? AND edit IS NOT NULL", example)
    return serialize.loads(row["edit"]) if row else None


def has_passage(store: Store, attempt: str) -> bool:
    """Whether the text of the passage behind an attempt is known."""
    row = store.row("SELECT passage_text FROM attempt WHERE key = ?", attempt)
    return bool(row and row["passage_text"])


def is_outline(store: Store, book: Book) -> bool:
    """Whether the book stands here without its text."""
    found = books.by_hash(store, book.sha256)
    return found is not None and not found.paragraphs


# ---------------------------------------------------------------- written by restore, inside its transaction


def put_absent(db: sqlite3.Connection, decision: Decision, edit: Conversation | None) -> None:
    d, text = decision, serialize.dumps(edit) if edit else None
    db.execute(
        "INSERT INTO absent VALUES (?,?,?,?,?,?,?,?)",
        (d.example, d.verdict, json.dumps(d.checklist), d.note, d.milliseconds, d.at, d.reviewer, text),
    )


def put_origin(db: sqlite3.Connection, record: Record, shelved: dict[str, str]) -> None:
    """Where an example came from. `shelved`: the id that a book of the dataset has here."""
    book = shelved.get(record.book) if record.book else None
    first, last = record.paragraphs if book and record.paragraphs else (None, None)
    if record.source or first is not None:
        place = book if first is not None else None
        db.execute("INSERT INTO origin VALUES (?,?,?,?,?)", (record.id, record.source, place, first, last))


def put_book(db: sqlite3.Connection, book: Book) -> str:
    """The outline of a book, unless a book of the same bytes stands: that one has its own rights, or private ones where
    the outline is private. Returns its id here.

    Raises ProjectError where other bytes stand under its id or at its place: another book's rights are not its own.
    """
    found = db.execute("SELECT id FROM book WHERE sha256 = ?", (book.sha256,)).fetchone()
    if found:
        db.execute(
            "UPDATE book SET rights = ?1 WHERE id = ?2 AND (rights = 'unknown' OR ?1 = 'private')",
            (book.rights, found["id"]),
        )
        return str(found["id"])
    if other := db.execute("SELECT * FROM book WHERE id = ? OR path = ?", (book.id, book.path)).fetchone():
        raise ProjectError(
            f"dataset/ names the book {_named(book.id, book.path, book.sha256)}, and this project holds another "
            f"file as {_named(other['id'], other['path'], other['sha256'])}. Nothing was restored. Move inscape.db "
            "and that file to another place, run this again, and then add the file under another name, or the one "
            "that dataset/ means."
        )
    db.execute(
        "INSERT INTO book VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            book.id, book.title, book.author, book.language, book.format, book.path, book.sha256, book.rights,
            book.pages, book.words, book.added, book.reader,
        ),
    )  # fmt: skip
    return book.id


def _named(id_: str, path: str, sha256: str) -> str:
    return f"{id_} ({path}, SHA-256 {sha256[:12]}…)"


def put_attempt(db: sqlite3.Connection, asked: Asked, at: str) -> None:
    """The outline of an attempt and of its template, unless they stand: done, so that it is not paid for twice."""
    known, template, passage = asked.record.provenance, asked.template, asked.passage
    shape = json.dumps(template.shape)
    db.execute(
        "INSERT OR IGNORE INTO template VALUES (?,?,?,?,?,?,?)",
        (template.hash, template.name, template.number, template.title, shape, asked.body, at),
    )
    text = passage.text if passage else ""
    db.execute(
        """INSERT INTO attempt (key, seq, passage, passage_hash, passage_title, passage_text, template, template_hash,
               teacher, params, sample, state, prompt, error)
           VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM attempt), ?,?,?,?,?,?,?, '{}', 1, 'done', '', ?)
           ON CONFLICT (key) DO NOTHING""",
        (
            known.attempt, known.passage or "", passage_hash(text), passage.title if passage else "", text,
            known.template or "", template.hash, known.teacher or "", _OUTLINE,
        ),
    )  # fmt: skip

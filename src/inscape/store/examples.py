"""Examples and their revisions. Invariant: a revision is never changed, only followed by another."""

from __future__ import annotations

import sqlite3
from typing import Literal

from inscape.examples import serialize
from inscape.records import Conversation, Example, Provenance, Structure
from inscape.store.db import Store
from inscape.text import combine

Author = Literal["teacher", "human", "rule", "import", "undo"]


def id_for_attempt(attempt: str, ordinal: int) -> str:
    """The same answer has the same id in every project: decisions files can travel."""
    return "e-" + combine(attempt, str(ordinal))[:10]


def id_for_import(conversation: Conversation) -> str:
    """Imported rows are known by their content: importing a file again adds nothing."""
    return "e-" + combine("import", serialize.content_hash(conversation))[:10]


def insert(
    db: sqlite3.Connection, example: str, conversation: Conversation, structure: Structure, provenance: Provenance,
    author: Author, at: str,
) -> bool:  # fmt: skip
    """Add an example with its first revision, inside the caller's transaction. False when its id stands already."""
    p = provenance
    added = db.execute(
        """INSERT OR IGNORE INTO example VALUES
               (?, (SELECT coalesce(max(seq), 0) + 1 FROM example), ?, ?, ?, ?, ?, ?, ?, ?)""",
        (example, structure, at, p.attempt, p.passage, p.template, p.teacher, p.file, p.row),
    ).rowcount
    if added:
        _revision(db, example, 1, author, conversation, at)
    return bool(added)


def revise(db: sqlite3.Connection, example: str, conversation: Conversation, author: Author, at: str) -> int:
    """Add a revision, inside the caller's transaction. Returns its number."""
    n: int = db.execute("SELECT max(n) + 1 FROM revision WHERE example = ?", (example,)).fetchone()[0]
    _revision(db, example, n, author, conversation, at)
    return n


def get(store: Store, example: str) -> Example | None:
    row = store.row("SELECT * FROM current WHERE id = ?", example)
    return _example(row) if row else None


def find(store: Store, prefix: str) -> list[Example]:
    """Examples whose id begins with `prefix`, with or without its 'e-'."""
    full = prefix if prefix.startswith("e-") else f"e-{prefix}"
    rows = store.rows("SELECT * FROM current WHERE substr(id, 1, ?) = ? ORDER BY seq", len(full), full)
    return [_example(row) for row in rows]


def all_examples(store: Store) -> list[Example]:
    """Every example with its current text and verdict, grouped by passage in the order in which passages first came."""
    rows = store.rows(
        """SELECT c.*, min(seq) OVER (PARTITION BY coalesce(passage, id)) AS first FROM current c ORDER BY first, seq"""
    )
    return [_example(row) for row in rows]


def kept(store: Store) -> list[Example]:
    return [e for e in all_examples(store) if e.verdict == "keep"]


def by_author(store: Store, author: Author) -> list[Example]:
    """Examples whose current text was made by that author."""
    return [_example(row) for row in store.rows("SELECT * FROM current WHERE author = ? ORDER BY seq", author)]


def revision(store: Store, example: str, n: int) -> Conversation | None:
    row = store.row("SELECT conversation FROM revision WHERE example = ? AND n = ?", example, n)
    return serialize.loads(row["conversation"]) if row else None


def counts(store: Store) -> dict[str, int]:
    """How many examples stand under each verdict; 'undecided' for none."""
    rows = store.rows("SELECT coalesce(verdict, 'undecided') AS verdict, count(*) AS n FROM current GROUP BY 1")
    return {row["verdict"]: row["n"] for row in rows}


def authors(store: Store) -> dict[str, Author]:
    """Who wrote the current text of each example, by its id: what an undo put back is its first author's."""
    rows = store.rows(
        """SELECT c.id, (SELECT r.author FROM revision r WHERE r.example = c.id AND r.conversation = c.conversation
                         ORDER BY r.n LIMIT 1) AS author FROM current c"""
    )
    return {row["id"]: row["author"] for row in rows}


def _revision(
    db: sqlite3.Connection, example: str, n: int, author: Author, conversation: Conversation, at: str
) -> None:
    db.execute("INSERT INTO revision VALUES (?,?,?,?,?)", (example, n, author, serialize.dumps(conversation), at))


def _example(row: sqlite3.Row) -> Example:
    source = Provenance(row["passage"], row["template"], row["teacher"], row["attempt"], row["file"], row["row"])
    conversation = serialize.loads(row["conversation"])
    return Example(row["id"], conversation, row["structure"], source, row["revision"], row["verdict"])

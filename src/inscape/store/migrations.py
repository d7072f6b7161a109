"""The database's history: one small function for each step, in order.

Invariant: a step that was released is never changed; a new one is added at the end. `user_version` counts the steps
that a database has taken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable


def m001_books(db: sqlite3.Connection) -> None:
    db.execute("""
        CREATE TABLE book (
            id TEXT PRIMARY KEY, title TEXT NOT NULL, author TEXT NOT NULL, language TEXT NOT NULL,
            format TEXT NOT NULL, path TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, rights TEXT NOT NULL,
            pages INTEGER, words INTEGER NOT NULL, added TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE paragraph (
            book TEXT NOT NULL REFERENCES book(id) ON DELETE CASCADE, n INTEGER NOT NULL,
            kind TEXT NOT NULL, text TEXT NOT NULL, page INTEGER, chapter TEXT, place TEXT NOT NULL,
            level INTEGER NOT NULL, PRIMARY KEY (book, n)
        ) STRICT, WITHOUT ROWID""")


def m002_attempts(db: sqlite3.Connection) -> None:
    db.execute("""
        CREATE TABLE template (
            hash TEXT PRIMARY KEY, name TEXT NOT NULL, number INTEGER, title TEXT NOT NULL,
            shape TEXT NOT NULL, body TEXT NOT NULL, seen TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE attempt (
            key TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE,
            passage TEXT NOT NULL, passage_hash TEXT NOT NULL, passage_title TEXT NOT NULL, passage_text TEXT NOT NULL,
            template TEXT NOT NULL, template_hash TEXT NOT NULL REFERENCES template(hash),
            teacher TEXT NOT NULL, params TEXT NOT NULL, sample INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN
                ('planned', 'sent', 'done', 'unparsed', 'refused', 'failed', 'unknown')),
            prompt TEXT NOT NULL, reply TEXT, error TEXT, model TEXT,
            tokens_in INTEGER, tokens_out INTEGER, dollars REAL,
            tries INTEGER NOT NULL DEFAULT 0, sent TEXT, ended TEXT
        ) STRICT""")
    db.execute("CREATE INDEX attempt_state ON attempt (state, seq)")
    db.execute("""
        CREATE TABLE reply (
            attempt TEXT NOT NULL REFERENCES attempt(key), n INTEGER NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (attempt, n)
        ) STRICT, WITHOUT ROWID""")


def m003_examples(db: sqlite3.Connection) -> None:
    db.execute("""
        CREATE TABLE example (
            id TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, structure TEXT NOT NULL, created TEXT NOT NULL,
            attempt TEXT REFERENCES attempt(key), passage TEXT, template TEXT, teacher TEXT, file TEXT, row INTEGER
        ) STRICT""")
    db.execute("""
        CREATE TABLE revision (
            example TEXT NOT NULL REFERENCES example(id), n INTEGER NOT NULL,
            author TEXT NOT NULL CHECK (author IN ('teacher', 'human', 'rule', 'import', 'undo')),
            conversation TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (example, n)
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE decision (
            number INTEGER PRIMARY KEY AUTOINCREMENT, example TEXT NOT NULL REFERENCES example(id),
            revision INTEGER NOT NULL, verdict TEXT CHECK (verdict IN ('keep', 'drop', 'skip')),
            checklist TEXT NOT NULL, note TEXT NOT NULL, ms INTEGER NOT NULL, at TEXT NOT NULL,
            edited INTEGER NOT NULL DEFAULT 0 CHECK (edited IN (0, 1)),
            undoes INTEGER UNIQUE REFERENCES decision(number),
            CHECK ((verdict IS NULL) = (undoes IS NOT NULL))
        ) STRICT""")
    db.execute("CREATE INDEX decision_example ON decision (example, number)")
    db.execute("""
        CREATE VIEW standing AS
        SELECT d.* FROM decision d
        WHERE d.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.number)""")
    db.execute("""
        CREATE VIEW current AS
        SELECT e.*, r.n AS revision, r.author, r.conversation,
            (SELECT s.verdict FROM standing s WHERE s.example = e.id ORDER BY s.number DESC LIMIT 1) AS verdict
        FROM example e JOIN revision r
            ON r.example = e.id AND r.n = (SELECT max(n) FROM revision WHERE example = e.id)""")


def m004_splits(db: sqlite3.Connection) -> None:
    db.execute("""
        CREATE TABLE split (
            one INTEGER PRIMARY KEY CHECK (one = 1), valid REAL NOT NULL, seed INTEGER NOT NULL, by TEXT NOT NULL,
            made TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE side (
            example TEXT PRIMARY KEY REFERENCES example(id), side TEXT NOT NULL CHECK (side IN ('train', 'valid')),
            revision INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""")


def m005_reviewers(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE decision ADD COLUMN reviewer TEXT NOT NULL DEFAULT ''")


def m006_restored(db: sqlite3.Connection) -> None:
    """What a dataset says of its examples and nothing else in a restored database can: see `store.restored`."""
    db.execute("""
        CREATE TABLE origin (
            example TEXT PRIMARY KEY REFERENCES example(id), source TEXT NOT NULL, book TEXT, first INTEGER,
            last INTEGER, CHECK ((book IS NULL) = (first IS NULL) AND (book IS NULL) = (last IS NULL))
        ) STRICT, WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE absent (
            example TEXT PRIMARY KEY, verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'drop', 'skip')),
            checklist TEXT NOT NULL, note TEXT NOT NULL, ms INTEGER NOT NULL, at TEXT NOT NULL, reviewer TEXT NOT NULL,
            edit TEXT
        ) STRICT, WITHOUT ROWID""")


def m007_standing(db: sqlite3.Connection) -> None:
    """The same view, looked up by the example: by `undoes`, each look read every decision."""
    db.execute("DROP VIEW standing")
    db.execute("""
        CREATE VIEW standing AS
        SELECT d.* FROM decision d LEFT JOIN decision u ON u.undoes = d.number
        WHERE +d.undoes IS NULL AND u.number IS NULL""")


def m008_reading(db: sqlite3.Connection) -> None:
    """What a paragraph knows of its place and its letters, and which reader made it."""
    db.execute("ALTER TABLE book ADD COLUMN reader TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE paragraph ADD COLUMN label TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE paragraph ADD COLUMN matter TEXT NOT NULL DEFAULT 'body'")
    db.execute("ALTER TABLE paragraph ADD COLUMN marks TEXT NOT NULL DEFAULT ''")


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    m001_books,
    m002_attempts,
    m003_examples,
    m004_splits,
    m005_reviewers,
    m006_restored,
    m007_standing,
    m008_reading,
)

"""Decisions: the person's labor. Append-only; an undo is a row that names the decision it takes back."""

from __future__ import annotations

import json
import sqlite3

from inscape.records import Conversation, Decision, Verdict
from inscape.store import examples
from inscape.store.db import Store


def decide(
    store: Store, example: str, verdict: Verdict, at: str, *,
    checklist: tuple[int, ...] = (), note: str = "", milliseconds: int = 0, edited: Conversation | None = None,
) -> Decision:  # fmt: skip
    """Commit a decision, with the edit it comes with as a revision of its own."""
    with store.change() as db:
        if edited is not None:
            examples.revise(db, example, edited, "human", at)
        db.execute(
            """INSERT INTO decision (example, revision, verdict, checklist, note, ms, at)
               VALUES (?, (SELECT max(n) FROM revision WHERE example = ?), ?, ?, ?, ?, ?)""",
            (example, example, verdict, json.dumps(checklist), note, milliseconds, at),
        )
        row = db.execute("SELECT * FROM decision ORDER BY number DESC LIMIT 1").fetchone()
    return _decision(row)


def undo(store: Store, at: str) -> Decision | None:
    """Take back the last decision that stands, of this run or any earlier one; None when there is none.

    If it came with an edit, the text before that edit is current again, as a further revision.
    """
    with store.change() as db:
        row = db.execute("SELECT * FROM standing ORDER BY number DESC LIMIT 1").fetchone()
        if row is None:
            return None
        before = db.execute(
            "SELECT max(revision) FROM standing WHERE example = ? AND number < ?", (row["example"], row["number"])
        ).fetchone()[0]
        _restore(db, row["example"], row["revision"], before, at)
        db.execute(
            """INSERT INTO decision (example, revision, verdict, checklist, note, ms, at, undoes)
               VALUES (?, (SELECT max(n) FROM revision WHERE example = ?), NULL, '[]', '', 0, ?, ?)""",
            (row["example"], row["example"], at, row["number"]),
        )
    return _decision(row, undone=True)


def _restore(db: sqlite3.Connection, example: str, decided: int, before: int | None, at: str) -> None:
    """If the decision's revision was a human edit made for it, put the text before it back."""
    author = db.execute("SELECT author FROM revision WHERE example = ? AND n = ?", (example, decided)).fetchone()
    if decided == 1 or author[0] != "human" or before == decided:
        return
    text = db.execute(
        "SELECT conversation FROM revision WHERE example = ? AND n = ?", (example, decided - 1)
    ).fetchone()[0]
    db.execute(
        "INSERT INTO revision VALUES (?, (SELECT max(n) + 1 FROM revision WHERE example = ?), 'undo', ?, ?)",
        (example, example, text, at),
    )


def standing(store: Store) -> list[Decision]:
    """The decisions in force: the last of each example that was not undone, in the order they were made."""
    rows = store.rows(
        """SELECT * FROM standing s
           WHERE number = (SELECT max(number) FROM standing WHERE example = s.example) ORDER BY number"""
    )
    return [_decision(row) for row in rows]


def of_example(store: Store, example: str) -> Decision | None:
    """The decision in force for one example."""
    row = store.row("SELECT * FROM standing WHERE example = ? ORDER BY number DESC LIMIT 1", example)
    return _decision(row) if row else None


def history(store: Store) -> list[Decision]:
    """Every decision ever made, those undone marked."""
    rows = store.rows(
        """SELECT d.*, EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.number) AS undone
           FROM decision d WHERE d.undoes IS NULL ORDER BY d.number"""
    )
    return [_decision(row, undone=bool(row["undone"])) for row in rows]


def _decision(row: sqlite3.Row, *, undone: bool = False) -> Decision:
    return Decision(
        row["number"], row["example"], row["revision"], row["verdict"], tuple(json.loads(row["checklist"])),
        row["note"], row["ms"], row["at"], undone,
    )  # fmt: skip

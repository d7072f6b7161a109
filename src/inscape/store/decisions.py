"""Decisions: the person's labor. Append-only; an undo is a row that names the decision it takes back."""

from __future__ import annotations

import json
import sqlite3

from inscape.examples import serialize
from inscape.records import Conversation, Decision, Verdict
from inscape.store import examples, restored
from inscape.store.db import Store

KEPT_AT_IMPORT = "kept at import"
"""The note of a decision that came with the row and not from looking at it."""
GONE = "no longer in its file"
"""The note of a decision that dropped an example because its row went."""
_AT_IMPORT = (KEPT_AT_IMPORT, GONE)


def decide(
    store: Store, example: str, verdict: Verdict, at: str, *,
    checklist: tuple[int, ...] = (), note: str = "", milliseconds: int = 0, edited: Conversation | None = None,
    reviewer: str = "",
) -> Decision:  # fmt: skip
    """Commit a decision, with the edit it comes with as a revision of its own. `reviewer`: empty where unnamed."""
    with store.change() as db:
        revision = _latest(db, example) if edited is None else examples.revise(db, example, edited, "human", at)
        made = (example, revision, verdict, checklist, note, milliseconds, at, False, edited is not None, reviewer)
        put(db, Decision(0, *made))
        row = db.execute("SELECT * FROM decision ORDER BY number DESC LIMIT 1").fetchone()
    return _decision(row)


def keep_at_import(db: sqlite3.Connection, example: str, at: str, reviewer: str) -> None:
    """Keep an example as it was imported, inside the caller's transaction."""
    _at_import(db, example, "keep", KEPT_AT_IMPORT, at, reviewer)


def drop_gone(db: sqlite3.Connection, example: str, at: str, reviewer: str) -> bool:
    """Drop an example whose row is in its file no longer, inside the caller's transaction. False where it is dropped
    already, or was so before and a person decided otherwise since."""
    held = db.execute("SELECT verdict, note FROM standing WHERE example = ? ORDER BY number", (example,)).fetchall()
    if any(one["note"] == GONE for one in held) or (held and held[-1]["verdict"] == "drop"):
        return False
    _at_import(db, example, "drop", GONE, at, reviewer)
    return True


def take_up_again(db: sqlite3.Connection, example: str, at: str) -> tuple[bool, bool]:
    """Take back that an example's row went, inside the caller's transaction: what a person decided on it is in force
    again; what came with an import is taken back too. Whether it had gone, and whether a decision stands now."""
    held = db.execute("SELECT number, note FROM standing WHERE example = ?", (example,)).fetchall()
    gone = any(one["note"] == GONE for one in held)
    bulk = [one["number"] for one in held if gone and one["note"] in _AT_IMPORT]
    for number in bulk:
        _take_back(db, example, number, at)
    return gone, len(held) > len(bulk)


def stand_again(db: sqlite3.Connection, example: str) -> Verdict | None:
    """What a restored dataset told of an example whose row came only now, inside the caller's transaction: it is in
    force, with its edit. None where nothing was told, or only that the row had gone."""
    row = db.execute("SELECT * FROM absent WHERE example = ? AND note != ?", (example, GONE)).fetchone()
    if row is None:
        return None
    revision = 1
    if row["edit"] is not None:
        revision = examples.revise(db, example, serialize.loads(row["edit"]), "human", row["at"])
    db.execute(
        """INSERT INTO decision (example, revision, verdict, checklist, note, ms, at, edited, reviewer)
           SELECT example, ?, verdict, checklist, note, ms, at, edit IS NOT NULL, reviewer FROM absent
           WHERE example = ?""",
        (revision, example),
    )
    verdict: Verdict = row["verdict"]
    return verdict


def _at_import(db: sqlite3.Connection, example: str, verdict: Verdict, note: str, at: str, reviewer: str) -> None:
    put(db, Decision(0, example, _latest(db, example), verdict, (), note, 0, at, reviewer=reviewer))


def _latest(db: sqlite3.Connection, example: str) -> int:
    number: int = db.execute("SELECT max(n) FROM revision WHERE example = ?", (example,)).fetchone()[0]
    return number


def undo(store: Store, at: str) -> Decision | None:
    """Take back the last decision that stands, of this run or any earlier one; None when there is none.

    Those that came with an import are no one's look at an example: they stay. If it came with an edit, the text before
    that edit is current again, as a further revision; a text that was mended outside review, before or after, stays.
    """
    with store.change() as db:
        row = db.execute(
            "SELECT * FROM standing WHERE note NOT IN (?, ?) ORDER BY number DESC LIMIT 1", _AT_IMPORT
        ).fetchone()
        if row is None:
            return None
        if row["edited"]:
            _restore(db, row["example"], row["revision"], at)
        _take_back(db, row["example"], row["number"], at)
    return _decision(row, undone=True)


def _take_back(db: sqlite3.Connection, example: str, number: int, at: str) -> None:
    db.execute(
        """INSERT INTO decision (example, revision, verdict, checklist, note, ms, at, undoes)
           VALUES (?, (SELECT max(n) FROM revision WHERE example = ?), NULL, '[]', '', 0, ?, ?)""",
        (example, example, at, number),
    )


def _restore(db: sqlite3.Connection, example: str, decided: int, at: str) -> None:
    """Put back the text before the decision's own edit, unless another hand changed the text after it."""
    others = db.execute(
        """SELECT count(*) FROM revision r WHERE example = ? AND n > ? AND author != 'undo'
           AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.example = r.example AND d.revision = r.n AND d.edited)""",
        (example, decided),
    ).fetchone()[0]
    if others:
        return
    db.execute(
        """INSERT INTO revision SELECT example, (SELECT max(n) + 1 FROM revision WHERE example = ?), 'undo',
               conversation, ? FROM revision WHERE example = ? AND n = ?""",
        (example, at, example, decided - 1),
    )


def standing(store: Store) -> list[Decision]:
    """The decisions in force: the last of each example that was not undone, in the order they were made.

    Before them those of a restored dataset on examples that did not come back with it; their `number` is 0.
    """
    rows = store.rows(
        """SELECT * FROM standing s
           WHERE number = (SELECT max(number) FROM standing WHERE example = s.example) ORDER BY number"""
    )
    return [*restored.absent(store), *(_decision(row) for row in rows)]


def put(db: sqlite3.Connection, decision: Decision) -> None:
    """Write a decision as it stands, inside the caller's transaction; its number is the next one here."""
    d = decision
    db.execute(
        """INSERT INTO decision (example, revision, verdict, checklist, note, ms, at, edited, reviewer)
           VALUES (?,?,?,?,?,?,?,?,?)""",
        (d.example, d.revision, d.verdict, json.dumps(d.checklist), d.note, d.milliseconds, d.at, d.edited, d.reviewer),
    )


def looked_at(store: Store) -> dict[str, Verdict]:
    """The verdicts that stand, by example, but for those that came with the import: nobody looked at them here."""
    return {one.example: one.verdict for one in standing(store) if one.note not in _AT_IMPORT}


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
        row["note"], row["ms"], row["at"], undone, bool(row["edited"]), row["reviewer"],
    )  # fmt: skip

"""Examples and their revisions. Invariant: a revision is never changed, only followed by another."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from inscape.examples import serialize
from inscape.examples.record import Author as Author
from inscape.examples.record import Written
from inscape.records import Conversation, Example, Provenance, Structure
from inscape.store.db import Store
from inscape.text import combine


@dataclass(frozen=True, slots=True)
class History:
    """An example's place in the order of the project, and its texts from the first to the current one."""

    number: int
    texts: tuple[Written, ...]


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


def from_files(db: sqlite3.Connection, names: Iterable[str]) -> list[tuple[str, str]]:
    """Examples that came from files of these names: the id of each, and its file."""
    sql = "SELECT id, file FROM example WHERE file IN (SELECT value FROM json_each(?)) ORDER BY seq"
    return [(row["id"], row["file"]) for row in db.execute(sql, (json.dumps(sorted(names)),))]


def undecided(db: sqlite3.Connection, ids: Iterable[str]) -> int:
    """On how many of these examples no decision stands."""
    rows = db.execute("SELECT value FROM json_each(?) EXCEPT SELECT example FROM standing", (json.dumps(sorted(ids)),))
    return len(rows.fetchall())


def place(db: sqlite3.Connection, example: str, file: str, row: int) -> None:
    """Where an imported example's row stands by now, inside the caller's transaction."""
    db.execute(
        "UPDATE example SET file = ?, row = ? WHERE id = ? AND file IS NOT NULL AND (file, row) IS NOT (?, ?)",
        (file, row, example, file, row),
    )


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


def before_rules(store: Store) -> dict[str, Conversation]:
    """The text before all mending of each example whose current text a rule made, by its id."""
    made = {id_: _before_rules(history.texts) for id_, history in histories(store).items()}
    return {id_: text for id_, text in made.items() if text is not None}


def _before_rules(texts: tuple[Written, ...]) -> Conversation | None:
    """What an undo put back counts as its first author's."""
    at = last = len(texts) - 1
    while True:
        if texts[at].by == "undo":
            at = next((n for n in range(at) if texts[n].conversation == texts[at].conversation), at)
        if texts[at].by != "rule" or at == 0:
            break
        at -= 1
    return texts[at].conversation if texts[at].conversation != texts[last].conversation else None


def revision(store: Store, example: str, n: int) -> Conversation | None:
    row = store.row("SELECT conversation FROM revision WHERE example = ? AND n = ?", example, n)
    return serialize.loads(row["conversation"]) if row else None


def counts(store: Store) -> dict[str, int]:
    """How many examples stand under each verdict; 'undecided' for none.

    Those that a restored dataset tells the decision of, and no more, count too.
    """
    rows = store.rows(
        """SELECT verdict, count(*) AS n FROM (
               SELECT coalesce(verdict, 'undecided') AS verdict FROM current
               UNION ALL SELECT verdict FROM absent WHERE example NOT IN (SELECT id FROM example)
           ) GROUP BY 1"""
    )
    return {row["verdict"]: row["n"] for row in rows}


def total(store: Store) -> int:
    """How many examples are here, under whatever verdict."""
    row = store.row("SELECT count(*) AS n FROM example")
    return int(row["n"]) if row else 0


def histories(store: Store) -> dict[str, History]:
    """The history of every example, by its id."""
    texts: dict[str, list[Written]] = defaultdict(list)
    for row in store.rows("SELECT * FROM revision ORDER BY example, n"):
        texts[row["example"]].append(Written(row["author"], row["at"], serialize.loads(row["conversation"])))
    return {r["id"]: History(r["seq"], tuple(texts[r["id"]])) for r in store.rows("SELECT id, seq FROM example")}


def put(db: sqlite3.Connection, example: Example, history: History) -> None:
    """Write an example as it was elsewhere, inside the caller's transaction: with its own id, place and revisions."""
    p, texts = example.provenance, history.texts
    db.execute(
        "INSERT INTO example VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            example.id, history.number, example.structure, texts[0].at, p.attempt, p.passage, p.template, p.teacher,
            p.file, p.row,
        ),
    )  # fmt: skip
    for n, text in enumerate(texts, example.revision - len(texts) + 1):
        _revision(db, example.id, n, text.by, text.conversation, text.at)


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

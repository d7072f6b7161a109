"""Attempts: the paid log. One row for each passage x template x teacher x sample, by the hash of all that shaped it.

Invariant: a row stands as `sent` on the disk before its request leaves, and its answer is on the disk before anyone
is told. Whatever stood as `sent` when a process died is `unknown`: perhaps billed, never assumed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from inscape.records import Attempt, Passage, Reply, State, Template
from inscape.store.db import Store
from inscape.text import combine, passage_hash


@dataclass(frozen=True, slots=True)
class Item:
    """One attempt as planned: what will be asked, of whom, with what."""

    passage: Passage
    template: Template
    teacher: str
    """The teacher's name with its model, such as 'openai:llama3.3'; its address and its key are no part of it."""
    params: dict[str, Any]
    sample: int
    prompt: str

    @property
    def key(self) -> str:
        """Unique by content: the prompt holds passage and template as rendered; the shape is in the template's hash."""
        params = json.dumps(self.params, sort_keys=True)
        return combine(self.prompt, self.template.hash, self.teacher, params, str(self.sample))[:24]


def recover(store: Store) -> int:
    """Mark what a dead process left in flight as `unknown`; call only while holding the project's lock."""
    with store.change() as db:
        return db.execute("UPDATE attempt SET state = 'unknown' WHERE state = 'sent'").rowcount


def states(store: Store, keys: Iterable[str]) -> dict[str, State]:
    """The state of those attempts that stand in the log."""
    wanted = set(keys)
    return {r["key"]: r["state"] for r in store.rows("SELECT key, state FROM attempt") if r["key"] in wanted}


def begin(store: Store, item: Item, at: str) -> int:
    """Commit that this request is about to leave. Returns which try it is, from 1."""
    with store.change() as db:
        _plan(db, item, at)
        return _send(db, item.key, at)


def plan(store: Store, items: Iterable[Item], at: str) -> None:
    """Commit that these will be asked by other means than a request; those that stand already stay as they are."""
    with store.change() as db:
        for item in items:
            _plan(db, item, at)


def again(store: Store, key: str, at: str) -> int:
    """Commit that the same request leaves once more (after a 429, say). Returns which try it is."""
    with store.change() as db:
        return _send(db, key, at)


def measured(store: Store, teacher: str) -> float | None:
    """Tokens of this teacher's answers so far, on average, by its own count; None before it has given any."""
    row = store.row("SELECT avg(tokens_out) AS mean FROM attempt WHERE teacher = ? AND state = 'done'", teacher)
    return float(row["mean"]) if row and row["mean"] is not None else None


def settle(
    db: sqlite3.Connection,
    key: str,
    state: State,
    reply: Reply | None,
    problem: str | None,
    dollars: float | None,
    at: str,
) -> None:
    """Write an outcome, inside the caller's transaction (the examples made of the answer are committed with it).

    A reply's text is kept for ever in a row of its own; the attempt shows the last one.
    """
    if reply is not None:
        db.execute(
            "INSERT INTO reply VALUES (?, (SELECT count(*) + 1 FROM reply WHERE attempt = ?), ?, ?)",
            (key, key, reply.text, at),
        )
    db.execute(
        """UPDATE attempt SET state = ?, error = ?, ended = ?, reply = coalesce(?, reply), model = coalesce(?, model),
               tokens_in = coalesce(?, tokens_in), tokens_out = coalesce(?, tokens_out),
               dollars = CASE WHEN ? IS NULL THEN dollars ELSE coalesce(dollars, 0) + ? END
           WHERE key = ?""",
        (
            state, problem, at, reply and reply.text, reply and reply.model, reply and reply.tokens_in,
            reply and reply.tokens_out, dollars, dollars, key,
        ),
    )  # fmt: skip


def replies(store: Store, key: str) -> list[tuple[str, str]]:
    """Every text that ever came back for this attempt, with its time, the first one first."""
    return [(r["at"], r["text"]) for r in store.rows("SELECT * FROM reply WHERE attempt = ? ORDER BY n", key)]


def get(store: Store, key: str) -> Attempt | None:
    """The attempt of exactly this key."""
    row = store.row("SELECT * FROM attempt WHERE key = ?", key)
    return _attempt(row) if row else None


def find(store: Store, prefix: str) -> list[Attempt]:
    """Attempts whose key begins with `prefix`."""
    return [_attempt(r) for r in store.rows("SELECT * FROM attempt WHERE substr(key, 1, ?) = ?", len(prefix), prefix)]


def listing(store: Store, *only: State) -> list[Attempt]:
    """Attempts in the order in which they were first sent, of those states or of all."""
    rows = store.rows("SELECT * FROM attempt ORDER BY seq")
    return [_attempt(r) for r in rows if not only or r["state"] in only]


def spent(store: Store) -> float:
    """Dollars so far, by the provider's own token counts where it gave them."""
    row = store.row("SELECT coalesce(sum(dollars), 0) AS total FROM attempt")
    return float(row["total"]) if row else 0.0


def passage_of(store: Store, key: str) -> tuple[str, str, str] | None:
    """Id, title and text of the passage as it was when the attempt was made."""
    row = store.row("SELECT passage, passage_title, passage_text FROM attempt WHERE key = ?", key)
    return (row["passage"], row["passage_title"], row["passage_text"]) if row else None


def template_of(store: Store, key: str) -> sqlite3.Row | None:
    """The template (name, number, title, shape as JSON, body) behind an attempt, as it was."""
    return store.row("SELECT t.* FROM template t JOIN attempt a ON a.template_hash = t.hash WHERE a.key = ?", key)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an attempt's template asked: its body, as it was, and the structure of the answer."""

    body: str
    structure: str


def templates(store: Store) -> dict[str, Asked]:
    """The template behind each attempt, by the attempt's key; one object for all attempts of a template."""
    made = {
        r["hash"]: Asked(r["body"], json.loads(r["shape"]).get("structure", ""))
        for r in store.rows("SELECT * FROM template")
    }
    rows = store.rows("SELECT key, template_hash FROM attempt")
    return {r["key"]: made[r["template_hash"]] for r in rows if r["template_hash"] in made}


def _plan(db: sqlite3.Connection, item: Item, at: str) -> None:
    template = item.template
    db.execute(
        "INSERT OR IGNORE INTO template VALUES (?,?,?,?,?,?,?)",
        (template.hash, template.name, template.number, template.title, _shape(template), template.body, at),
    )
    db.execute(
        """INSERT INTO attempt (key, seq, passage, passage_hash, passage_title, passage_text, template,
               template_hash, teacher, params, sample, state, prompt)
           VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM attempt), ?,?,?,?,?,?,?,?,?, 'planned', ?)
           ON CONFLICT (key) DO NOTHING""",
        (
            item.key, item.passage.id, passage_hash(item.passage.text), item.passage.title, item.passage.text,
            template.name, template.hash, item.teacher, json.dumps(item.params, sort_keys=True), item.sample,
            item.prompt,
        ),
    )  # fmt: skip


def _send(db: sqlite3.Connection, key: str, at: str) -> int:
    changed = db.execute(
        "UPDATE attempt SET state = 'sent', tries = tries + 1, sent = ?, error = NULL WHERE key = ? RETURNING tries",
        (at, key),
    ).fetchone()
    tries: int = changed[0]
    return tries


def _shape(template: Template) -> str:
    shape = template.shape
    return json.dumps({"structure": shape.structure, "exchanges": shape.exchanges, "words": shape.words})


def _attempt(row: sqlite3.Row) -> Attempt:
    return Attempt(**{name: row[name] for name in Attempt.__dataclass_fields__})

"""The split that stands: how it was asked for, and the side of every row that was ever placed.

Invariant: a row that is dropped and kept again comes back to its side; only removing the split forgets sides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from inscape.splits import By, Side
from inscape.store.db import Store


@dataclass(frozen=True, slots=True)
class Plan:
    """How a split was asked for. `valid`: the share of validation; `made`: when it was begun."""

    valid: float
    seed: int
    by: By
    made: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A row's side, and the revision of its text that was compared with the others."""

    side: Side
    revision: int


def standing(store: Store) -> Plan | None:
    """The plan of the split that stands, or None."""
    row = store.row("SELECT * FROM split")
    return Plan(row["valid"], row["seed"], cast(By, row["by"]), row["made"]) if row else None


def placed(store: Store) -> dict[str, Placed]:
    """Every row that has a side, by the example's id."""
    return {r["example"]: Placed(r["side"], r["revision"]) for r in store.rows("SELECT * FROM side")}


def put(store: Store, plan: Plan, rows: Mapping[str, Placed], *, fresh: bool = False) -> None:
    """Write the plan and the sides of these rows; sides of other rows stay, or with `fresh` are forgotten with it."""
    with store.change() as db:
        if fresh:
            _forget(db)
        write(db, plan, rows)


def write(db: sqlite3.Connection, plan: Plan, rows: Mapping[str, Placed]) -> None:
    """As `put`, inside the caller's transaction."""
    db.execute("INSERT OR REPLACE INTO split VALUES (1, ?, ?, ?, ?)", (plan.valid, plan.seed, plan.by, plan.made))
    db.executemany(
        "INSERT OR REPLACE INTO side VALUES (?, ?, ?)", ((id_, one.side, one.revision) for id_, one in rows.items())
    )


def remove(store: Store) -> None:
    """Forget the plan and every side."""
    with store.change() as db:
        _forget(db)


def _forget(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM side")
    db.execute("DELETE FROM split")

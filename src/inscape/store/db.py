"""Opening the database, its pragmas, its migrations, and what its errors mean to a person.

Invariant: every change is one committed transaction at `synchronous=FULL`: what a method returned from is on the disk,
whatever happens to the process next. One connection, one thread: workers hand their results to the thread that writes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inscape.errors import DiskError, ProjectError, ProjectTooNew
from inscape.store.migrations import STEPS


class Store:
    """An open database. The rooms of the store (books, attempts, examples, decisions) are functions that take it."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path

    def close(self) -> None:
        self.db.close()

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self.guarded():
            return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        with self.guarded():
            found: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
            return found

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or none of it, on the disk when the block ends."""
        with self.guarded():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """SQLite's errors as sentences."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise _explained(error, self.path) from None
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:  # a fault of ours, such as a value of the wrong kind
                raise
            raise _damaged(error, self.path) from None


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """The project's database, made on first use, migrated when older.

    Raises ProjectTooNew when a newer inscape made it, DiskError when there is no room, ProjectError when it is damaged.
    """
    store = _connect(path)
    try:
        yield store
    finally:
        store.close()


def _connect(path: Path) -> Store:
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=10)
        db.row_factory = sqlite3.Row
        store = Store(db, path)
        with store.guarded():
            _write_ahead(db)
            for pragma in ("synchronous=FULL", "foreign_keys=ON"):
                db.execute(f"PRAGMA {pragma}")
            _migrate(store)
        return store
    except sqlite3.OperationalError as error:
        raise _explained(error, path) from None


def _write_ahead(db: sqlite3.Connection) -> None:
    """Journal mode WAL. Where two processes switch a new database at once, SQLite refuses one without any wait."""
    for tries in range(200):
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or tries == 199:
                raise
            time.sleep(0.05)


def _migrate(store: Store) -> None:
    has = store.db.execute("PRAGMA user_version").fetchone()[0]
    if has > len(STEPS):
        raise ProjectTooNew(
            f"{store.path} was made by a newer inscape (database version {has}; this one knows {len(STEPS)}). "
            "Nothing was changed. Update with `pip install -U inscape`."
        )
    while has < len(STEPS):
        with store.change() as db:
            has = db.execute("PRAGMA user_version").fetchone()[0]  # another process may have taken the step meanwhile
            if has < len(STEPS):
                STEPS[has](db)
                has += 1
                db.execute(f"PRAGMA user_version={has}")


def _explained(error: sqlite3.OperationalError, path: Path) -> Exception:
    text = str(error)
    if "full" in text:
        return DiskError(
            f"{path}: the disk is full. Everything up to here is kept; make room and run the command again."
        )
    if "readonly" in text or "unable to open" in text:
        return DiskError(f"{path}: no right to write here ({text}). Nothing was changed.")
    if "locked" in text:
        return ProjectError(
            f"{path} is in use by another program for more than ten seconds. Close it and run this again."
        )
    if "disk I/O" in text:
        return DiskError(f"{path}: the disk reported an error ({text}). Everything committed before is kept.")
    return error


def _damaged(error: sqlite3.DatabaseError, path: Path) -> ProjectError:
    return ProjectError(
        f"{path} is damaged or not an inscape database ({error}). Put back a copy, or move it away: the books and "
        "passages are read again by `inscape add`, and dataset/ holds what was exported."
    )


def version() -> str:
    """The version of the SQLite library."""
    return sqlite3.sqlite_version

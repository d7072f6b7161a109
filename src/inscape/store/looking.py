"""Opening the database for looking only, also in a folder where nothing may be written.

Invariant: where there is no right to write, nothing is: the database is read into memory, and an older one is brought
up to date there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from inscape.errors import DiskError, ProjectError
from inscape.store.db import Store, _connect, _migrate


@contextmanager
def look_at(path: Path) -> Iterator[Store]:
    """The project's database, as `open_store` gives it; a copy in memory where it may not be written.

    Raises as `open_store` does, and ProjectError where the last writer was cut off and its work cannot be taken in.
    """
    try:
        store = _connect(path)
    except DiskError:
        store = _copy(path)
    try:
        yield store
    finally:
        store.close()


def _copy(path: Path) -> Store:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.row_factory = sqlite3.Row
    store = Store(made, path)
    with store.guarded():
        if path.exists():
            _fill(made, path)
        _migrate(store)
    return store


def _fill(made: sqlite3.Connection, path: Path) -> None:
    """All that is in the file, and in the log beside it where there is one."""
    log = path.with_name(f"{path.name}-wal")
    try:
        _take(made, path, "mode=ro")
    except sqlite3.OperationalError:
        if log.exists() and log.stat().st_size:
            raise ProjectError(
                f"{path}: its last changes still stand in {log.name} and cannot be read where nothing may be written. "
                "Run any inscape command once where it may, or copy the whole folder."
            ) from None
        _take(made, path, "immutable=1")


def _take(made: sqlite3.Connection, path: Path, how: str) -> None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as source:
        source.backup(made)

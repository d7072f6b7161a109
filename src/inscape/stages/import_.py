"""Existing rows into examples: every raw shape that people have, with a reason for each row not taken.

Invariant: a row is taken whole or reported; nothing is guessed. A row that stands already (same content) is not added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from inscape.errors import DataError, InputError, InscapeError
from inscape.events import Event, Finished, Noted, RowRejected, RowTaken
from inscape.examples import effort
from inscape.examples.files import Row, read_file, understood
from inscape.project import read_bytes
from inscape.records import Provenance
from inscape.store import Store, decisions, examples
from inscape.text import plural, readable, shorten


def import_(
    store: Store, files: Iterable[Path], tag: str, at: str, *, keep: bool = False, reviewer: str = ""
) -> Iterator[Event]:
    """Take the rows of each file. `keep`: rows that are new here count as kept, decided by `reviewer`.

    Raises InscapeError at the end when a file could not be read at all.
    """
    counts: Counter[str] = Counter(imported=0, known=0, rejected=0)
    failed: list[str] = []
    unread: list[str] = []
    for path in files:
        try:
            yield from _file(store, path, tag, at, counts, unread, reviewer if keep else None)
        except InputError as error:
            failed.append(str(error))
    if counts.total() or not failed:
        yield Finished("import", dict(counts))
    if len(failed) == 1:
        raise InscapeError(failed[0])
    for sentence in failed:
        yield Noted("error", sentence)
    if failed:
        raise InscapeError(f"{len(failed)} files could not be read (see above).")
    if counts["rejected"]:
        stand = f"; {', '.join(unread)} could not be read to the end. All rows that were read stand."
        stand = stand if unread else "; all others stand."
        raise InscapeError(f"{plural(counts['rejected'], 'row')} could not be taken (see above){stand}")


def _file(
    store: Store, path: Path, tag: str, at: str, counts: Counter[str], unread: list[str], keeper: str | None
) -> Iterator[Event]:
    taken: list[RowTaken] = []
    with store.change() as db:
        for row in read_file(read_bytes(path), readable(path)):
            if row.beside:
                yield Noted("warning", _beside(path, row.beside))
            try:
                found = understood(row, tag=tag)
                conversation = effort.read_back(found.conversation)
            except DataError as error:
                counts["rejected"] += 1
                if row.unread:
                    unread.append(readable(path))
                yield RowRejected(readable(path), row.number, _reason(row, str(error)))
                continue
            source = Provenance(file=readable(path.name), row=row.number)
            id_ = examples.id_for_import(conversation)
            new = examples.insert(db, id_, conversation, found.structure, source, "import", at)
            counts["imported" if new else "known"] += 1
            if new and keeper is not None:
                decisions.keep_at_import(db, id_, at, keeper)
            taken.append(RowTaken(readable(path), row.number, id_, "imported" if new else "known"))
    yield from taken  # once they are on the disk
    if not taken:
        yield Noted("warning", f"{readable(path)}: no row of this file could be taken.")


def _reason(row: Row, problem: str) -> str:
    """The reason with the file's line, where there is one and the reason does not begin with it."""
    return problem if row.line is None or problem.startswith("line ") else f"line {row.line}: {problem}"


def _beside(path: Path, names: tuple[str, ...]) -> str:
    fields = ", ".join(f'"{shorten(name, 30)}"' for name in names[:8]) + (", …" if len(names) > 8 else "")
    return (
        f"{readable(path)}: the object around the rows has {fields}; this was not read. What all rows should have can "
        'stand there as text under "system" and as an object under "metadata".'
    )

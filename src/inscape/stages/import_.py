"""Existing rows into examples: every raw shape that people have, with a reason for each row not taken.

Invariant: a row is taken whole or reported; nothing is guessed. A row that stands already (same content) is not added,
and no example is ever deleted: one whose row went is dropped by a decision, which says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from inscape.errors import DataError, InputError, InscapeError
from inscape.events import Event, Finished, Noted, RowRejected, RowTaken
from inscape.examples import effort
from inscape.examples.files import Row, read_file, understood
from inscape.project import read_bytes
from inscape.records import Conversation, Provenance, Structure
from inscape.store import Store, decisions, examples
from inscape.text import plural, readable, shorten


@dataclass(slots=True)
class _Job:
    """One import: how it is done, and what it has seen so far."""

    tag: str
    at: str
    keep: bool
    renew: bool
    reviewer: str
    counts: Counter[str]
    unread: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """Examples that were here before."""
    places: dict[str, dict[str, int]] = field(default_factory=dict)
    """For each example the files, by name, in which its row stands, with the first number that it has there."""
    whole: dict[str, bool] = field(default_factory=dict)
    """For each file that was opened, by name, whether all of its rows could be read."""
    again: Counter[str] = field(default_factory=Counter)
    """Verdicts that a restored dataset told of rows that came only now."""


def import_(
    store: Store, files: Iterable[Path], tag: str, at: str, *, keep: bool = False, renew: bool = False,
    reviewer: str = "",
) -> Iterator[Event]:  # fmt: skip
    """Take the rows of each file. `keep`: rows that are new here count as kept, decided by `reviewer`. `renew`: what
    came from these files before and stands in them no longer is dropped; a file that was not read whole drops nothing.

    Raises InscapeError at the end when a file could not be read at all.
    """
    extra = {"dropped": 0, "returned": 0} if renew else {}
    job = _Job(tag, at, keep, renew, reviewer, Counter(imported=0, known=0, rejected=0, **extra))
    failed: list[str] = []
    for path in files:
        try:
            yield from _file(store, path, job)
        except InputError as error:
            job.whole[readable(path.name)] = False
            failed.append(str(error))
    counts = job.counts
    if renew:
        _drop_gone(store, job)
    if job.keep and (open_ := _undecided(store, job)):
        be = "is" if open_ == 1 else "are"
        here = plural(len(job.known), "was here already", "were here already")
        yield Noted("note", f"{here}; what was decided on them stays as it is, {open_:,} {be} undecided.")
    if job.again:
        yield Noted("note", _again(job.again))
    if counts.total() or not failed:
        yield Finished("import", dict(counts))
    if len(failed) == 1:
        raise InscapeError(failed[0])
    for sentence in failed:
        yield Noted("error", sentence)
    if failed:
        raise InscapeError(f"{len(failed)} files could not be read (see above).")
    if counts["rejected"]:
        stand = f"; {', '.join(job.unread)} could not be read to the end. All rows that were read stand."
        stand = stand if job.unread else "; all others stand."
        raise InscapeError(f"{plural(counts['rejected'], 'row')} could not be taken (see above){stand}")


def _file(store: Store, path: Path, job: _Job) -> Iterator[Event]:
    taken: list[RowTaken] = []
    name = readable(path.name)
    rejected = 0
    with store.change():
        for row in read_file(read_bytes(path), readable(path)):
            if row.beside:
                yield Noted("warning", _beside(path, row.beside))
            try:
                found = understood(row, tag=job.tag)
                conversation = effort.read_back(found.conversation)
            except DataError as error:
                rejected += 1
                if row.unread:
                    job.unread.append(readable(path))
                yield RowRejected(readable(path), row.number, _reason(row, str(error)))
                continue
            id_ = examples.id_for_import(conversation)
            source = Provenance(file=name, row=row.number)
            status = _take(store, id_, conversation, found.structure, source, job)
            job.places.setdefault(id_, {}).setdefault(name, row.number)
            taken.append(RowTaken(readable(path), row.number, id_, status))
    job.counts["rejected"] += rejected
    job.whole[name] = job.whole.get(name, True) and not rejected
    yield from taken  # once they are on the disk
    if not taken:
        yield Noted("warning", f"{readable(path)}: no row of this file could be taken.")
    if rejected and job.renew:
        yield Noted("warning", f"{readable(path)}: nothing of it was dropped, since {_SOME_UNREAD}.")


def _take(
    store: Store, id_: str, conversation: Conversation, structure: Structure, source: Provenance, job: _Job
) -> str:
    """Inside the caller's transaction: add the example, or take it up again where its row had gone. 'imported', or
    'known' where it was here."""
    db = store.db
    new = examples.insert(db, id_, conversation, structure, source, "import", job.at)
    before = decisions.stand_again(db, id_) if new else None
    gone, decided = decisions.take_up_again(db, id_, job.at) if job.renew else (False, False)
    if before and not gone:
        job.again[before] += 1
    job.counts["imported" if new else "known"] += 1
    job.counts["returned"] += gone
    if job.keep and ((new and not before) or (gone and not decided)):
        decisions.keep_at_import(db, id_, job.at, job.reviewer)
    if not new and id_ not in job.places:
        job.known.add(id_)
    return "imported" if new else "known"


def _drop_gone(store: Store, job: _Job) -> None:
    """Drop what came from these files and stands in none of them; note of all others where they stand now."""
    with store.change() as db:
        for id_, name in examples.from_files(db, job.whole):
            places = job.places.get(id_, {})
            if places:
                now = name if name in places else next(iter(places))
                examples.place(db, id_, now, places[now])
            elif job.whole[name]:
                job.counts["dropped"] += decisions.drop_gone(db, id_, job.at, job.reviewer)


def _undecided(store: Store, job: _Job) -> int:
    with store.guarded():
        return examples.undecided(store.db, job.known)


def _again(verdicts: Counter[str]) -> str:
    kinds = ", ".join(f"{n:,} {verdict}" for verdict, n in sorted(verdicts.items()))
    return (
        f"Decided before this project was restored, and so again now: {kinds}. `inscape review --all` shows them; what "
        "you decide there takes their place."
    )


_SOME_UNREAD = "a row of it could not be read, and may be one that was here before"


def _reason(row: Row, problem: str) -> str:
    """The reason with the file's line, where there is one and the reason does not begin with it."""
    return problem if row.line is None or problem.startswith("line ") else f"line {row.line}: {problem}"


def _beside(path: Path, names: tuple[str, ...]) -> str:
    fields = ", ".join(f'"{shorten(name, 30)}"' for name in names[:8]) + (", …" if len(names) > 8 else "")
    return (
        f"{readable(path)}: the object around the rows has {fields}; this was not read. What all rows should have can "
        'stand there as text under "system" and as an object under "metadata".'
    )

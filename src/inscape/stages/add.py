"""Books into the project: read, counted, copied to books/, indexed by content hash.

Invariant: a file that cannot be read changes nothing and stops no other; a file that stands already is not read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from inscape import books
from inscape.errors import InputError, InscapeError
from inscape.events import BookAdded, BookRead, Event, Finished, Noted
from inscape.project import Project, read_bytes, write_bytes
from inscape.records import Book, BookText
from inscape.store import Store
from inscape.store import books as shelf
from inscape.text import shorten, slug

SAMPLES = 3


def add(store: Store, project: Project, files: Iterable[Path], rights: str, at: str) -> Iterator[Event]:
    """Add each file. Raises InscapeError at the end when some could not be read."""
    counts: Counter[str] = Counter()
    failed: list[str] = []
    for path in files:
        try:
            for event in _one(store, project, path, rights, at):
                if isinstance(event, BookAdded):
                    counts[event.status] += 1
                yield event
        except InputError as error:
            failed.append(str(error))
            yield Noted("error", str(error))
    yield Finished("add", dict(counts) | {"failed": len(failed)})
    if failed:
        raise InscapeError(_summary(failed, counts.total()))


def report(path: Path | str, book: BookText) -> BookRead:
    """What reading made of a file, and what it left out."""
    removed = Counter(r.why for r in book.removed)
    samples = {why: [shorten(r.text) for r in book.removed if r.why == why][:SAMPLES] for why in removed}
    return BookRead(
        path=str(path),
        title=book.title,
        author=book.author,
        format=book.format,
        pages=book.pages,
        paragraphs=len(book.paragraphs),
        words=book.words,
        chapters=len({p.chapter for p in book.paragraphs if p.chapter}),
        removed=dict(removed),
        samples=samples,
        doubts=list(book.doubts),
    )


def _one(store: Store, project: Project, path: Path, rights: str, at: str) -> Iterator[Event]:
    import hashlib

    data = read_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    known = shelf.by_hash(store, digest)
    if known and (project.root / known.path).exists():
        yield BookAdded(known.id, known.path, "unchanged")
        return
    text = books.read(data, path.name)
    yield report(path, text)
    place = _place(project, path)
    before = shelf.by_path(store, place)
    if project.root / place != path.resolve():
        write_bytes(project.root / place, data)
    book = _record(
        text, place, digest, rights, at, before.id if before else _new_id(text.title or path.stem, shelf.ids(store))
    )
    shelf.put(store, book, text)
    yield BookAdded(book.id, place, "replaced" if before else "added")


def _place(project: Project, path: Path) -> str:
    """Where the file stands in the project: under books/, by its own name."""
    resolved = path.resolve()
    if resolved.is_relative_to(project.root):
        return resolved.relative_to(project.root).as_posix()
    return f"books/{path.name}"


def _record(text: BookText, place: str, digest: str, rights: str, at: str, id_: str) -> Book:
    return Book(
        id=id_,
        title=text.title or Path(place).stem,
        author=text.author,
        language=text.language,
        format=text.format,
        path=place,
        sha256=digest,
        rights=rights,
        pages=text.pages,
        paragraphs=len(text.paragraphs),
        words=text.words,
        added=at,
    )


def _new_id(title: str, taken: set[str]) -> str:
    base = slug(title, 30)
    return next(i for i in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if i not in taken)


def _summary(failed: list[str], others: int) -> str:
    if len(failed) == 1 and not others:
        return failed[0]
    return (
        f"{len(failed)} of {len(failed) + others} files could not be read (see above); the others stand in the project."
    )

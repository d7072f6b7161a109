"""Books into the project: read, counted, copied to books/, indexed by content hash.

Invariant: a file that cannot be read changes nothing and stops no other; a file that stands already, as this reader
reads it, is not read again; no book takes the place of another unless that is asked for. What was picked from a book is
found again in its new text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from inscape.books import limits
from inscape.errors import InputError, InscapeError
from inscape.events import BookAdded, Event, Finished, Noted
from inscape.project import Project, read_bytes, write_bytes
from inscape.records import Book, BookText
from inscape.stages.book_report import report
from inscape.stages.reading import Policy, policy_of, read_book, version
from inscape.stages.reanchored import Text, reanchor, text_of
from inscape.store import Store
from inscape.store import books as shelf
from inscape.text import readable, slug


def add(
    store: Store,
    project: Project,
    files: Iterable[Path],
    rights: str | None,
    at: str,
    replace: bool = False,
    policy: Policy | None = None,
) -> Iterator[Event]:
    """Add each file. `rights`: None leaves those of a book that is known, and gives a new one the project's.

    `replace`: a file takes the place of the book of its name that stood before this run. `policy`: None takes the
    project's limits, and no cache.
    Raises InscapeError at the end when some could not be read.
    """
    counts: Counter[str] = Counter()
    failed: list[str] = []
    shelving = _Shelving(store, project, rights, at, replace, policy or policy_of(project.settings, {}))
    for path in files:
        try:
            for event in shelving.one(path):
                if isinstance(event, BookAdded):
                    counts[event.status] += 1
                yield event
        except InputError as error:
            failed.append(str(error))
            yield Noted("error", str(error))
    yield Finished("add", dict(counts) | {"failed": len(failed)})
    if failed:
        raise InscapeError(_summary(failed, counts.total()))


@dataclass(slots=True)
class _Shelving:
    """One run. `placed`: the paths that this run has filled, which it does not fill twice."""

    store: Store
    project: Project
    rights: str | None
    at: str
    replace: bool
    policy: Policy
    placed: set[str] = field(default_factory=set)

    def one(self, path: Path) -> Iterator[Event]:
        data, name = read_bytes(path, limits.FILE), readable(path.name)
        digest = _digest(data)
        known = shelf.by_hash(self.store, digest)
        if known and known.paragraphs and (self.project.root / known.path).exists():
            yield from self._again(known) if known.reader == version() else self._anew(known, data, name)
            return
        text = yield from self._read(data, name, known)
        yield report(path, text)
        place = self._inside(path) or (known.path if known else self._free(name, digest))
        if place != f"books/{name}" and not (known or self._inside(path)):
            yield Noted(
                "note",
                f"Another book stands as books/{name}, so this one was put beside it as {place}. If it is the "
                f"same book, corrected, use `inscape add --replace`.",
            )
        before = known or shelf.by_path(self.store, place)
        if self.project.root / place != path.resolve():
            write_bytes(self.project.root / place, data)
        self.placed.add(place)
        id_ = before.id if before else _new_id(text.title or path.stem, shelf.ids(self.store))
        book = _record(text, place, digest, self._rights(before), self.at, id_)
        yield from self._put(before, book, text)
        yield BookAdded(id_, place, "replaced" if before else "added")

    def _rights(self, before: Book | None) -> str:
        return self.rights or (before.rights if before else self.project.settings.text("project.rights"))

    def _read(self, data: bytes, name: str, before: Book | None) -> Generator[Event, None, BookText]:
        """The book. A private one leaves nothing in the cache, which lies outside the project."""
        return (yield from read_book(data, name, self.policy, keep=self._rights(before) != "private"))

    def _put(self, before: Book | None, book: Book, text: BookText) -> Iterator[Event]:
        """Shelve the text, in the place of the one before, and find again what was picked from that."""
        old = text_of(self.store, before) if before and before.paragraphs else None
        shelf.put(self.store, book, text)
        if old:
            yield from reanchor(self.store, self.project, old, Text(book, text.paragraphs))

    def _anew(self, known: Book, data: bytes, name: str) -> Iterator[Event]:
        """A book that another version of the reader read: its file is read again."""
        text = yield from self._read(data, name, known)
        book = _record(text, known.path, known.sha256, known.rights, known.added, known.id)
        if list(text.paragraphs) == shelf.paragraphs(self.store, known.id):
            shelf.put(self.store, book, text)
            yield from self._again(book)
            return
        yield report(known.path, text)
        yield from self._put(known, book, text)
        yield from self._again(book, "reread")

    def _again(self, known: Book, status: str = "unchanged") -> Iterator[Event]:
        if not self.rights or self.rights == known.rights:
            yield BookAdded(known.id, known.path, status)
            return
        shelf.set_rights(self.store, known.id, self.rights)
        yield Noted("note", f"{known.path}: its rights are now '{self.rights}'; they were '{known.rights}'.")
        yield BookAdded(known.id, known.path, "updated")

    def _inside(self, path: Path) -> str | None:
        """Where the file stands, if it stands in books/ already, under a name that can be written down."""
        resolved = path.resolve()
        if not resolved.is_relative_to(self.project.books):
            return None
        place = resolved.relative_to(self.project.root).as_posix()
        return place if place == readable(place) else None

    def _free(self, name: str, digest: str) -> str:
        """The first of books/name, books/name-2, … that holds no other book."""
        stem, suffix = Path(name).stem, Path(name).suffix
        numbered = (f"books/{stem}-{n}{suffix}" for n in count(2))
        return next(place for place in chain([f"books/{name}"], numbered) if self._may_fill(place, name, digest))

    def _may_fill(self, place: str, name: str, digest: str) -> bool:
        file = self.project.root / place
        if self.replace and place == f"books/{name}" and place not in self.placed:
            return True
        if file.exists():
            return file.is_file() and _digest(file.read_bytes()) == digest
        return shelf.by_path(self.store, place) is None


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


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
        reader=version(),
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

"""A book that is read anew: what was picked from its old text is looked for in the new one.

Invariant: no passage is changed, and of passages.md only the Source lines that the program wrote itself, for places
that the old text had. What is not found again is told by its title, and keeps what stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from inscape.errors import InputError, PassagesError
from inscape.events import Event, FileWritten, Noted, PassagesReanchored
from inscape.passages import document
from inscape.passages.anchors import Index, Match
from inscape.project import Project, read_text, write_text
from inscape.records import Book, Paragraph, Passage
from inscape.stages.surroundings import described
from inscape.store import Store, restored
from inscape.store import books as shelf
from inscape.text import squeeze


@dataclass(frozen=True, slots=True)
class Text:
    """A book as it was read once."""

    book: Book
    paragraphs: Sequence[Paragraph]

    def index(self) -> Index:
        return Index(self.paragraphs, self.book.id)


def reanchor(store: Store, project: Project, old: Text, new: Text) -> Iterator[Event]:
    """Find again what stood in the old text: the passages of passages.md, and the places of restored examples."""
    read = _passages(project)
    origins = restored.in_book(store, old.book.id)
    if list(old.paragraphs) == list(new.paragraphs) or not (origins or (read and read.passages)):
        return
    before, after = old.index(), new.index()
    for example, (first, last) in origins.items():
        text = "\n".join(p.text for p in old.paragraphs[first : last + 1])
        match = after.find(text)
        restored.move(store, example, (match.anchor.first, match.anchor.last) if match else None)
    if read:
        yield from _follow(project, read, _Change(old, new, before, after))


def _passages(project: Project) -> document.Document | None:
    """passages.md, where it can be read: what is wrong with it is told by `inscape passages`."""
    try:
        return document.parse(read_text(project.passages, keep_mark=True), project.relative(project.passages))
    except InputError:
        return None


@dataclass(frozen=True, slots=True)
class _Change:
    """The two texts, folded for searching."""

    old: Text
    new: Text
    before: Index
    after: Index

    def source(self, match: Match, text: Text) -> str:
        return squeeze(described(match.anchor, text.book))

    def own(self, standing: str) -> bool:
        """Whether the program could have written this Source line: the old text has that place."""
        return any(standing == squeeze(described(place, self.old.book)) for place in self.before.places())


def _follow(project: Project, read: document.Document, change: _Change) -> Iterator[Event]:
    """The event of the passages that stood in the old text, and their Source lines in the file."""
    made, found, moved, lost = read, 0, 0, list[str]()
    for passage in read.passages:
        was = change.before.find(passage.text)
        if was is None:
            continue
        now = change.after.find(passage.text)
        if now is None:
            lost.append(_title(passage))
            continue
        found += 1
        source = change.source(now, change.new)
        moved += source != change.source(was, change.old)
        standing = document.value_of(made, passage.id, "Source")
        if standing and source != standing and change.own(standing):
            with suppress(PassagesError):  # several lines, which a person made of it
                made = document.with_line(made, passage.id, "Source", source)
    if found or lost:
        yield PassagesReanchored(change.new.book.id, found, moved, lost)
    if made.text == read.text:
        return
    try:
        write_text(project.passages, made.text, instead_of=read.text)
    except InputError as error:
        yield Noted("warning", f"{error} Then `inscape passages --write` brings its Source lines up to date.")
    else:
        yield FileWritten(made.source, "Source lines brought up to date")


def _title(passage: Passage) -> str:
    return passage.title or passage.id


def text_of(store: Store, book: Book) -> Text:
    """The text of a book as it stands in the store."""
    return Text(book, shelf.paragraphs(store, book.id))

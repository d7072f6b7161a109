"""Where a passage stands in its book, and what stands around it, for a reader who wants to see more.

Invariant: only looks. A book is folded for searching once a run, when it is first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from inscape.errors import InputError
from inscape.passages import document
from inscape.passages.anchors import Index, Match
from inscape.project import Project, read_text
from inscape.records import Anchor, Book, Paragraph
from inscape.store import Store
from inscape.store import books as shelf

AROUND = 6
"""Paragraphs shown before and after a passage."""


@dataclass(frozen=True, slots=True)
class Place:
    """A passage in its book. `before` and `after`: paragraphs around it; `inside`: those it lies in."""

    source: str
    book: str
    """The book's title."""
    chapter: str | None
    rights: str
    before: tuple[Paragraph, ...]
    inside: tuple[Paragraph, ...]
    after: tuple[Paragraph, ...]


@dataclass
class Places:
    """The project's books as places of passages, each looked up once."""

    store: Store
    project: Project
    _found: dict[str, Place | None] = field(default_factory=dict)
    _books: list[tuple[Book, list[Paragraph], Index]] | None = None
    _written: dict[str, str] | None = None

    def source(self, passage: str, text: str) -> str:
        """'War and Peace, page 12, Chapter III': as passages.md says, else as found; empty where neither does."""
        if self._written is None:
            self._written = _sources(self.project)
        if written := self._written.get(passage):
            return written
        place = self.find(text)
        return place.source if place else ""

    def find(self, text: str) -> Place | None:
        """The passage's place, or None where no book of the project has it."""
        if text not in self._found:
            self._found[text] = self._looked_up(text)
        return self._found[text]

    def slots(self, text: str) -> dict[str, str]:
        """Values of the slots `book` and `chapter`, where the passage was found."""
        place = self.find(text)
        return {"book": place.book, "chapter": place.chapter or ""} if place else {}

    def _looked_up(self, text: str) -> Place | None:
        if self._books is None:
            read = [(book, shelf.paragraphs(self.store, book.id)) for book in shelf.all_books(self.store)]
            self._books = [(book, paragraphs, Index(paragraphs, book.id)) for book, paragraphs in read]
        found = [(match, book, texts) for book, texts, index in self._books if (match := index.find(text))]
        if not found:
            return None
        return _place(*max(found, key=lambda one: one[0].rank))


def _place(match: Match, book: Book, paragraphs: Sequence[Paragraph]) -> Place:
    anchor = match.anchor
    return Place(
        source=described(anchor, book),
        book=book.title,
        chapter=anchor.chapter,
        rights=book.rights,
        before=tuple(paragraphs[max(0, anchor.first - AROUND) : anchor.first]),
        inside=tuple(paragraphs[anchor.first : anchor.last + 1]),
        after=tuple(paragraphs[anchor.last + 1 : anchor.last + 1 + AROUND]),
    )


def described(anchor: Anchor, book: Book) -> str:
    """'War and Peace, page 12, Chapter III'; 'page 12 (printed x)' where the book counts its pages otherwise."""
    page = f"page {anchor.page}" + (f" (printed {anchor.label})" if anchor.label else "") if anchor.page else None
    return ", ".join(part for part in (book.title, page, anchor.chapter) if part)


def _sources(project: Project) -> dict[str, str]:
    """What passages.md says of each passage's source; a file that can't be read says nothing here."""
    try:
        read = document.parse(read_text(project.passages), "passages.md")
    except InputError:
        return {}
    return {p.id: p.values["source"] for p in read.passages if p.values.get("source")}

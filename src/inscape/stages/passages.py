"""passages.md, read, checked and anchored in the project's books.

Invariant: the file belongs to the person; nothing is written to it unless asked, and then only Source and Id lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from inscape.events import Event, FileWritten, Finished, PassageFound, ProblemFound
from inscape.passages import document
from inscape.passages.anchors import Index, Match
from inscape.project import Project, write_text
from inscape.records import Book, Passage
from inscape.stages.sources import catalog, read_passages
from inscape.store import Store
from inscape.store import books as shelf
from inscape.text import count_words


def passages(store: Store, project: Project, write: bool) -> Iterator[Event]:
    """List each passage with its place; problems as notes with their lines. With `write`, add Source and Id lines."""
    read = read_passages(project, catalog(project))
    source = read.source
    for problem in read.problems:
        yield ProblemFound(source, problem.line, problem.severity, problem.message)
    titles = {book.id: book for book in shelf.all_books(store)}
    indexes = [Index(shelf.paragraphs(store, book), book) for book in titles]
    counts: Counter[str] = Counter(passages=0)
    made = read
    for passage in read.passages:
        match = locate(passage, indexes)
        event = _found(passage, match, bool(titles))
        counts.update(("passages", event.status))
        yield event
        if write:
            made = _written(made, passage, match, titles)
    if write and made.text != read.text:
        write_text(project.passages, made.text)
        yield FileWritten(source, "Source and Id lines brought up to date")
    errors = sum(p.severity == "error" for p in read.problems)
    yield Finished("passages", {**counts, "errors": errors})


def locate(passage: Passage, indexes: Sequence[Index]) -> Match | None:
    """The best place of the passage in any of the books."""
    found = [match for index in indexes if (match := index.find(passage.text))]
    return max(found, key=lambda m: (m.exact, m.share), default=None)


def describe(match: Match, books: dict[str, Book]) -> str:
    """'War and Peace, page 12, Chapter III', as the Source line has it."""
    anchor = match.anchor
    page = f"page {anchor.page}" if anchor.page else None
    return ", ".join(part for part in (books[anchor.book].title, page, anchor.chapter) if part)


def _found(passage: Passage, match: Match | None, shelved: bool) -> PassageFound:
    anchor = match.anchor if match else None
    return PassageFound(
        id=passage.id,
        number=passage.number,
        title=passage.title,
        status="anchored" if anchor else "not found" if shelved else "no book",
        book=anchor.book if anchor else None,
        page=anchor.page if anchor else None,
        chapter=anchor.chapter if anchor else None,
        words=count_words(passage.text),
        templates=list(passage.templates),
        line=passage.line,
    )


def _written(
    made: document.Document, passage: Passage, match: Match | None, books: dict[str, Book]
) -> document.Document:
    made = document.with_line(made, passage.id, "Id", passage.id)
    source = describe(match, books) if match else "not found in the project's books"
    return document.with_line(made, passage.id, "Source", source)

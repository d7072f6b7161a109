"""passages.md, read, checked and anchored in the project's books.

Invariant: the file belongs to the person; nothing is written to it unless asked, and then only Source and Id lines:
new ones, and Source lines that the program wrote itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from inscape.elicitation import slots
from inscape.events import Event, FileWritten, Finished, PassageFound, ProblemFound
from inscape.passages import document
from inscape.passages.anchors import Index, Match, best
from inscape.project import Project, read_text, write_text
from inscape.records import Anchor, Book, Passage, Problem
from inscape.stages.sources import catalog
from inscape.stages.surroundings import described
from inscape.store import Store
from inscape.store import books as shelf
from inscape.text import count_words, squeeze

FIELDS = ("applicable_templates", "core_phenomenology", "source", "id")
"""Lines that mean something to the program; one that is nearly so named is probably misspelled."""
_NOWHERE = "not found in the project's books"
"""What stands where an unfound passage was written down as such."""


def passages(store: Store, project: Project, write: bool) -> Iterator[Event]:
    """List each passage with its place; problems as notes with their lines. With `write`, add Source and Id lines."""
    source = project.relative(project.passages)
    read = document.parse(read_text(project.passages, keep_mark=True), source, catalog(project).known)
    for problem in sorted([*read.problems, *_gaps(project, read)], key=lambda p: p.line):
        yield ProblemFound(source, problem.line, problem.severity, problem.message)
    titles = {book.id: book for book in shelf.all_books(store) if book.paragraphs}
    indexes = [Index(shelf.paragraphs(store, book), book) for book in titles]
    counts: Counter[str] = Counter(passages=0)
    made = read
    for passage in read.passages:
        match = best(passage.text, indexes)
        event = _found(passage, match, bool(titles))
        counts.update(("passages", event.status))
        yield event
        if write:
            made = _written(made, passage, match, titles, indexes)
    if write and made.text != read.text:
        write_text(project.passages, made.text, instead_of=read.text)
        yield FileWritten(source, "Source and Id lines brought up to date")
    errors = sum(p.severity == "error" for p in read.problems)
    yield Finished("passages", {**counts, "errors": errors})


def _gaps(project: Project, read: document.Document) -> Iterator[Problem]:
    """What would keep a passage from being asked about: no templates, a slot that nothing fills, a misspelled line."""
    known = catalog(project)
    numbers = Counter(p.number for p in read.passages)
    for passage in read.passages:
        if passage.number is not None and numbers[passage.number] > 1:
            yield Problem(passage.line, "warning", f"Another passage has the number {passage.number} too.")
        own = [key for key in passage.values if key not in FIELDS]
        if near := [key for key in own if get_close_matches(key, FIELDS, n=1, cutoff=0.8)]:
            meant = get_close_matches(near[0], FIELDS, n=1)[0].replace("_", " ")
            yield Problem(passage.line, "warning", f"The line '{near[0].replace('_', ' ')}' is not known: {meant}?")
        if not passage.templates:
            yield Problem(passage.line, "warning", "It names no templates: `inscape generate` leaves it out.")
        filled = slots.values_of(passage, None, project.settings.slots)
        asking = [template for name in passage.templates if (template := known.find(name))]
        asked = {slot.name for template in asking for slot in slots.find(template, filled)}
        for name in sorted(asked - filled.keys() - {"book", "chapter"}):
            title = name.replace("_", " ").capitalize()
            yield Problem(passage.line, "warning", f"Its templates ask for a line `**{title}:** …`, which it lacks.")


def describe(anchor: Anchor, books: dict[str, Book]) -> str:
    """'War and Peace, page 12, Chapter III', as the Source line has it."""
    return squeeze(described(anchor, books[anchor.book]))


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
        share=round(match.share, 3) if match else 0.0,
        words=count_words(passage.text),
        templates=list(passage.templates),
        line=passage.line,
    )


def _written(
    made: document.Document,
    passage: Passage,
    match: Match | None,
    books: dict[str, Book],
    indexes: Sequence[Index],
) -> document.Document:
    """The document with the passage's Id and, if it was found, its Source: where none stands that a person wrote."""
    if not document.value_of(made, passage.id, "Id"):
        made = document.with_line(made, passage.id, "Id", passage.id)
    standing = document.value_of(made, passage.id, "Source")
    source = describe(match.anchor, books) if match else ""
    if not source or source == standing or not (standing in ("", _NOWHERE) or _is_own(standing, books, indexes)):
        return made
    return document.with_line(made, passage.id, "Source", source)


def _is_own(standing: str, books: dict[str, Book], indexes: Sequence[Index]) -> bool:
    """Whether the program could have written this Source line itself: it names a place that one of the books has."""
    return any(standing == describe(place, books) for index in indexes for place in index.places())

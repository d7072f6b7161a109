"""PDF: a typeset book back to paragraphs.

Invariant: every line of every page ends up in a unit or in `removed`. The steps: lines with the pen's positions ->
sheets (of two pages) -> statistics of the book -> merge -> register (of scans) -> furniture -> notes -> paragraphs ->
units, with hyphens decided by the book's own words. Pages without usable text are recognized where a way is given, else
a book of such pages is refused with the ways to get one. `read` and `trace` are one reading; `trace` keeps where each
line went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from inscape.books import limits
from inscape.books.decode import mend
from inscape.books.matter import matter_of
from inscape.books.pdf.furniture import edges, labels
from inscape.books.pdf.layout import register, rows, sheets, statistics
from inscape.books.pdf.layout.paragraphs import Builder
from inscape.books.pdf.layout.register import Move
from inscape.books.pdf.layout.sheets import Sheets
from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.layout.vote import Ask, vote
from inscape.books.pdf.lines import italics, merge, tags
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.notes import footnotes
from inscape.books.pdf.page import Document, Line, Page
from inscape.books.pdf.scans import layers
from inscape.books.pdf.scans.layers import Recognize
from inscape.books.pdf.trace import Fate, Placed, Trace, placed, sizes
from inscape.books.pdf.units import ledger
from inscape.books.pdf.units.openings import lowered, told
from inscape.books.pdf.units.writer import Writer
from inscape.books.pdf.words.vocabulary import Vocabulary
from inscape.books.structure import assemble
from inscape.records import BookText, Removal
from inscape.text import plural

__all__ = ["Load", "Placed", "Recognize", "Trace", "read", "trace"]

Load = Callable[[bytes, str], Document]
"""The bytes and the name of a file -> its pages as lines. Raises BookError."""


def read(data: bytes, name: str, load: Load = lines.load, recognize: Recognize | None = None) -> BookText:
    """Read a PDF. `recognize` reads pages without usable text from their pictures.

    Raises BookError: password, damage, no pages, or pictures of pages without text.
    """
    with lines.without_collection():
        return _Reading(load(data, name), name, recognize, partial(tags.read, data)).book


def trace(data: bytes, name: str, load: Load = lines.load, recognize: Recognize | None = None) -> Trace:
    """Read a PDF as `read` does, and tell where each of its lines went. Raises BookError as `read` does."""
    with lines.without_collection():
        reading = _Reading(load(data, name), name, recognize, partial(tags.read, data))
        printed = reading.sheets.lines(placed(reading.lines, reading.fates, reading.moves))
        return Trace(reading.book, sizes(reading.document.pages), printed)


@dataclass(slots=True)
class _Reading:
    """A document on its way to a book; done once made. `fates` by the id of a line in `lines`, `moves` by page."""

    document: Document
    name: str
    recognize: Recognize | None
    tags: Ask
    lines: list[list[Line]] = field(default_factory=list)
    fates: dict[int, Fate] = field(default_factory=dict)
    moves: dict[int, Move] = field(default_factory=dict)
    sheets: Sheets = field(init=False)
    book: BookText = field(init=False)

    def __post_init__(self) -> None:
        document = self.document
        doubts = layers.usable(document, self.name, self.recognize)
        doubts += _doubts(document)
        doubts += _mend(document.pages)
        italics.relative(document.pages)
        register.level_sizes(document.pages)
        self.sheets = sheets.parted(document)
        document = self.sheets.document
        stats = Statistics(statistics.body_size(document.pages))
        self.lines = [merge.whole_lines(page, stats.body) for page in document.pages]
        stats.leading = statistics.leading_of(self.lines, stats.body)
        self.moves = register.lay(self.lines)
        pages, removed = edges.remove(self.lines, stats)
        self._left_out(pages, removed)
        pages, notes = footnotes.separate(pages, stats)
        statistics.measure(pages, stats)
        if document is self.document:  # pages of a sheet have other numbers
            vote(pages, stats, self.tags)
        names = (document.title, document.author)
        vocabulary = Vocabulary.of(pages, document.language)
        writer = Writer(stats, vocabulary, document.outline, labels.labels(document.pages, removed), names)
        units = matter_of(writer.write(Builder().build(rows.rows_of(pages, stats))))
        units += writer.notes(notes)
        spoken = lowered(units, document.language)
        doubts += told(units, spoken)
        self.fates |= writer.fates
        removed += [gone for note in notes for gone in note.removed]
        removed += [Removal("printed twice", text, page.number) for page in document.pages for text in page.doubled]
        removed += [*writer.removed, *vocabulary.removed, *(self.recognize.removed if self.recognize else ())]
        if vocabulary.guessed:
            doubts.append(_guesses(vocabulary))
        title = document.title or (writer.titles[0] if writer.titles else "")
        self.book = BookText(
            title,
            document.author,
            document.language,
            "pdf",
            assemble(spoken, title),
            len(document.pages) + len(document.failed),
            tuple(sorted(removed, key=lambda r: r.page or 0)),
            tuple(doubts),
            sum(page.characters for page in document.pages),
        )
        self.book = self.sheets.book(self.book)
        if over := ledger.balance(self.book):
            self.book = replace(self.book, doubts=(*doubts, _unbalanced(over)))

    def _left_out(self, pages: list[list[Line]], removed: Iterable[Removal]) -> None:
        """Lines that furniture took: their reasons stand in `removed`, page by page, in the order of the lines."""
        kept = {id(line) for lines in pages for line in lines}
        reasons = {page: list(here) for page, here in groupby(removed, lambda removal: removal.page)}
        for page in self.lines:
            for line in page:
                if id(line) not in kept:
                    of_page = reasons.get(line.page, [])
                    why = next((removal.why for removal in of_page if removal.text == line.text), "running head")
                    self.fates[id(line)] = None, why


def _doubts(document: Document) -> list[str]:
    doubts = []
    if document.failed:
        listed = ", ".join(map(str, document.failed[:10]))
        doubts.append(f"{plural(len(document.failed), 'page')} could not be opened and is missing: {listed}.")
    empty = [p.number for p in document.pages if p.characters < limits.OCR_BELOW and p.number > 4]
    if len(empty) > 0.1 * len(document.pages):
        doubts.append(f"{plural(len(empty), 'page')} have little or no text, the first is page {empty[0]}: pictures?")
    bad = sum(line.text.count("\ufffd") for page in document.pages for line in page.lines)
    if bad:
        doubts.append(
            f"{plural(bad, 'character')} could not be read, because a font of the file does not say what they are."
        )
    return doubts


def _mend(pages: list[Page]) -> list[str]:
    """Repair text that was already mis-decoded when the PDF was made."""
    lines: list[Line] = [line for page in pages for line in page.lines]
    text, doubt = mend("\n".join(line.text for line in lines))
    if doubt is None:
        return []
    for line, better in zip(lines, text.split("\n"), strict=True):
        line.text = better
    return [doubt]


def _guesses(vocabulary: Vocabulary) -> str:
    samples = ", ".join(vocabulary.samples[:3])
    return (
        f"{plural(vocabulary.guessed, 'word')} divided at a line's end, which the book has nowhere else, written by "
        f"habit with or without the hyphen: {samples}."
    )


def _unbalanced(over: int) -> str:
    what = "are in no unit and in nothing removed" if over > 0 else "too many are in the units and in what was removed"
    return f"{plural(abs(over), 'character')} of the file {what}."

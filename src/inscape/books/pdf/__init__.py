"""PDF: a typeset book back to paragraphs.

Invariant: every line of every page ends up in a unit or in `removed`. The steps, each in a file of its name: lines
with the pen's positions -> statistics of the book -> merge -> furniture -> footnotes -> paragraphs -> units, with
hyphens decided by the book's own words. Scans have no text and are refused with the way to get one.
"""

from __future__ import annotations

from inscape.books import limits
from inscape.books.decode import mend
from inscape.books.pdf import footnotes, furniture, merge, statistics
from inscape.books.pdf.hyphens import Vocabulary
from inscape.books.pdf.lines import load
from inscape.books.pdf.page import Document, Line, Page
from inscape.books.pdf.paragraphs import Builder
from inscape.books.pdf.statistics import Statistics
from inscape.books.pdf.units import Writer
from inscape.books.structure import assemble
from inscape.errors import BookError
from inscape.records import BookText
from inscape.text import plural


def read(data: bytes, name: str) -> BookText:
    """Read a PDF. Raises BookError: password, damage, no pages, or pictures of pages without text."""
    document = load(data, name)
    _refuse_scan(document, name)
    doubts = _doubts(document)
    doubts += _mend(document.pages)
    stats = Statistics(statistics.body_size(document.pages))
    pages = [merge.whole_lines(page, stats.body) for page in document.pages]
    stats.leading = statistics.leading_of(pages, stats.body)
    pages, removed = furniture.remove(pages, stats)
    pages, notes = footnotes.separate(pages, stats)
    statistics.measure(pages, stats)
    vocabulary = Vocabulary.of(pages)
    writer = Writer(stats, vocabulary, document.outline)
    units = writer.write(Builder(stats).build(pages)) + writer.notes(notes)
    if vocabulary.guessed:
        doubts.append(_guesses(vocabulary.guessed))
    title = document.title or (writer.titles[0] if writer.titles else "")
    return BookText(
        title,
        document.author,
        document.language,
        "pdf",
        assemble(units, title),
        len(document.pages) + len(document.failed),
        tuple(sorted((*removed, *writer.removed), key=lambda r: r.page or 0)),
        tuple(doubts),
    )


def _refuse_scan(document: Document, name: str) -> None:
    poor = [page.number for page in document.pages if page.characters < limits.OCR_BELOW]
    if len(poor) * 2 <= len(document.pages) or _leaflet(document.pages):
        return
    raise BookError(
        f"{name} is a scan: {len(poor):,} of {plural(len(document.pages), 'page')} have no text or hardly any, "
        f"only a picture (the first is page {poor[0]}). Make the text first with 'ocrmypdf --deskew in.pdf out.pdf', "
        "then add the new file."
    )


def _leaflet(pages: list[Page]) -> bool:
    """One short page of real text is a text, however short."""
    return len(pages) == 1 and pages[0].characters > 0


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


def _guesses(count: int) -> str:
    return f"{plural(count, 'hyphen')} at line ends had no second instance in the book and were decided by habit."

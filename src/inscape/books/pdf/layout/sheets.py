"""Sheets with two pages of a book side by side: each half is read as a page, and told by its sheet.

Invariant: only where most sheets are wider than high, hardly any line runs over their middle, and the halves bear page
numbers that count on from half to half; any other document stays as it is. Each line goes to one half, and afterwards
back to its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from inscape.books.pdf.furniture.numbering import Counts, numbers
from inscape.books.pdf.page import Document, Line, Page
from inscape.books.pdf.trace import Placed
from inscape.records import BookText, Paragraph

_WIDE = 1.15
"""Width of a sheet with two pages, in heights, at least."""
_MOST = 0.8
"""Share of the pages with text that must be such sheets."""
_COUNTING = 0.4
"""Share of the halves whose numbers must count on."""
_FEWEST = 4
_HEAD = 60
"""Characters that a line with a page's number has at most."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """What was done to a document. `middles`: by the number of a sheet, the points at which it was parted."""

    document: Document
    middles: dict[int, float] = field(default_factory=dict)

    def book(self, book: BookText) -> BookText:
        """The book with sheets for pages; labels stay those of the halves."""
        if not self.middles:
            return book
        units = tuple(_of_sheet(unit) for unit in book.paragraphs)
        removed = tuple(replace(gone, page=_sheet(gone.page)) for gone in book.removed)
        return replace(book, paragraphs=units, removed=removed, pages=(book.pages or 0) - len(self.middles))

    def lines(self, lines: tuple[Placed, ...]) -> tuple[Placed, ...]:
        """Lines where they are printed on their sheets."""
        return tuple(map(self._back, lines)) if self.middles else lines

    def _back(self, line: Placed) -> Placed:
        sheet = (line.page + 1) // 2
        right = 0.0 if line.page % 2 else self.middles[sheet]
        return replace(line, page=sheet, x0=line.x0 + right, x1=line.x1 + right)


def parted(document: Document) -> Sheets:
    """The document with a page for each half of its sheets, if two pages lie on each. Moves the lines themselves."""
    if not _are_double(document.pages):
        return Sheets(document)
    pages = [half for sheet in document.pages for half in _halves(sheet)]
    outline = [replace(entry, page=entry.page and 2 * entry.page - 1) for entry in document.outline]
    middles = {sheet.number: sheet.width / 2 for sheet in document.pages}
    return Sheets(replace(document, pages=pages, outline=outline), middles)


def _sheet(page: int | None) -> int | None:
    return page and (page + 1) // 2


def _of_sheet(unit: Paragraph) -> Paragraph:
    breaks: list[tuple[int, int]] = []
    at = page = _sheet(unit.page)
    for offset, half in unit.breaks:
        at = (half + 1) // 2
        if at != page:
            breaks.append((offset, at))
            page = at
    return replace(unit, page=_sheet(unit.page), breaks=tuple(breaks))


def _is_right(line: Line, middle: float) -> bool:
    return line.x0 + line.x1 > 2 * middle


def _halves(sheet: Page) -> tuple[Page, Page]:
    middle, number = sheet.width / 2, 2 * sheet.number - 1
    left = Page(number, middle, sheet.height, [], sheet.characters, "", sheet.doubled)
    right = Page(number + 1, middle, sheet.height)
    for line in sheet.lines:
        line.page = number
        if _is_right(line, middle):
            line.page, line.x0, line.x1 = number + 1, line.x0 - middle, line.x1 - middle
            if line.inner:
                line.inner = line.inner[0] - middle, line.inner[1] - middle
            right.lines.append(line)
        else:
            left.lines.append(line)
    return left, right


def _are_double(pages: Iterable[Page]) -> bool:
    filled = [page for page in pages if page.lines]
    wide = [page for page in filled if page.width > _WIDE * page.height]
    if len(wide) < max(_FEWEST, _MOST * len(filled)):
        return False
    crossing = sum(_crosses(line, page.width / 2) for page in wide for line in page.lines)
    return crossing <= 0.1 * sum(len(page.lines) for page in wide) and _count_on(wide)


def _crosses(line: Line, middle: float) -> bool:
    return line.x0 < middle - line.size and line.x1 > middle + line.size


def _count_on(wide: list[Page]) -> bool:
    """Whether the numbers on the halves count from half to half, not from sheet to sheet."""
    found: dict[int, list[tuple[bool, int]]] = {}
    for page in wide:
        for line in page.lines:
            if len(line.text) <= _HEAD:
                half = 2 * page.number - (not _is_right(line, page.width / 2))
                found.setdefault(half, []).extend(numbers(line.text))
    counts = Counts()
    for half in sorted(found):
        for number in found[half]:
            counts.add(half, 0.0, number)
    counting = sum(any(counts.others(half, 0.0, n, 1.0)[0] >= 3 for n in found[half]) for half in found)
    return counting >= _COUNTING * 2 * len(wide)

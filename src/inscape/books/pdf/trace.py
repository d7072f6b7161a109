"""Where every printed line of a PDF went: into which unit, or out of the text and why.

Invariant: every line that was read is here once, in the order of its page, with the index of its unit in the book or
the reason for which it is in none. Only tells; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inscape.books.pdf.layout import register
from inscape.books.pdf.layout.register import Move
from inscape.books.pdf.page import Line, Page
from inscape.records import BookText

Fate = tuple[int | None, str]
"""The index of a unit and '', or None and why the line is in no unit."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of a page. Points, y upwards from the page's foot; `unit`: index in `BookText.paragraphs`."""

    page: int
    """From 1."""
    x0: float
    x1: float
    y: float
    """Base line."""
    size: float
    text: str
    unit: int | None
    why: str
    """Why it is in no unit, as in `Removal.why`; '' where it is in one."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A book and the lines that it was made from. `pages`: (number from 1, width, height), points."""

    book: BookText
    pages: tuple[tuple[int, float, float], ...]
    lines: tuple[Placed, ...]


def placed(pages: Iterable[Iterable[Line]], fates: Mapping[int, Fate], moves: Mapping[int, Move]) -> tuple[Placed, ...]:
    """All lines where they are printed, with their fates, which are kept by the `id` of the line."""
    return tuple(_placed(line, fates.get(id(line), (None, "unknown")), moves) for lines in pages for line in lines)


def _placed(line: Line, fate: Fate, moves: Mapping[int, Move]) -> Placed:
    unit, why = fate
    x0, x1 = register.placed(line, moves)
    return Placed(line.page, x0, x1, line.y, line.size, line.text, unit, why)


def sizes(pages: Iterable[Page]) -> tuple[tuple[int, float, float], ...]:
    """(number, width, height) of pages."""
    return tuple((page.number, page.width, page.height) for page in pages)

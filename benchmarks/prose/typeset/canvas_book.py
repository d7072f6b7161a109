"""Sets a book as a layout program's export looks inside: one text object a line, feet first, frames before the text.

Invariant: every line is placed here, so pages of units, heads and folios are exact. Lines are broken greedily, one at a
time, with hyphens that are plain U+002D; fi and fl are ligature glyphs; letters of heads stand apart.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.prose.typeset.tools import need, package, version
from benchmarks.prose.typeset.truth import Book, Typeset, Unit, changed, runs

FONTS = Path("/usr/share/fonts/truetype/crosextra")
PAGE, TOP, BOTTOM, INSIDE, OUTSIDE = (396.0, 612.0), 540.0, 72.0, 62.0, 50.0
SIZE, LEADING, INDENT, WIDE = 10.5, 13.5, 15.0, 284.0
FOOT = "Free eBooks at Example eBook.com"
_LIGATURES = (("fi", "\ufb01"), ("fl", "\ufb02"))


@dataclass(frozen=True)
class Piece:
    """A stretch of letters that no line break may enter but a hyphen; `glue` when a blank stands before it."""

    text: str
    italic: bool
    glue: bool


@dataclass
class Line:
    """A line as placed: its pieces with the x of each, relative to the text's left edge."""

    unit: int
    page: int = 0
    y: float = 0.0
    pieces: list[tuple[float, Piece]] = field(default_factory=list)
    drop: str = ""
    frame: bool = False
    size: float = SIZE


Width = Callable[[Piece, float], float]


def pieces(text: str) -> Iterator[list[Piece]]:
    """The pieces of each line that the author broke (one list, where there is no verse)."""
    made: list[Piece] = []
    glue = False
    for run in runs(text):
        if run.text == "\n":
            yield made
            made, glue = [], False
            continue
        for part in re.findall(r"\s+|[^\s—-]+[—-]*|[—-]+", run.text):
            if part.isspace():
                glue = True
            else:
                made.append(Piece(part, run.italic, glue and bool(made)))
                glue = False
    yield made


def broken(
    line: Sequence[Piece], lefts: Sequence[float], wide: float, width: Width
) -> Iterator[tuple[list[Piece], float]]:
    """Greedy lines of pieces, each with the x at which it begins: `lefts` of the first lines, then 0."""
    words = package("pyphen").Pyphen(lang="en_GB", left=2, right=3)
    rest, ahead = list(line), list(lefts)
    while rest:
        taken: list[Piece] = []
        left = ahead.pop(0) if ahead else 0.0
        room = wide - left
        while rest:
            blank = SIZE * 0.25 if rest[0].glue and taken else 0.0
            if blank + width(rest[0], SIZE) > room:
                cut = _hyphenated(rest[0], room - blank, width, words.iterate)
                if cut:
                    taken.append(cut[0])
                    rest[0] = cut[1]
                elif not taken:
                    taken.append(rest.pop(0))
                break
            room -= blank + width(rest[0], SIZE)
            taken.append(rest.pop(0))
        yield taken, left


def _hyphenated(piece: Piece, room: float, width: Width, iterate: Callable[[str], Any]) -> tuple[Piece, Piece] | None:
    """The piece cut at its last hyphenation point that fits, if there is one."""
    core = re.match(r"(\W*)([^\W\d_]{5,})", piece.text)
    if core is None:
        return None
    for head, _ in iterate(core[2]):
        begin = core[1] + head
        if width(replace(piece, text=begin + "-"), SIZE) <= room:
            return replace(piece, text=begin + "-"), Piece(piece.text[len(begin) :], piece.italic, False)
    return None


def spread(
    taken: Sequence[Piece], left: float, wide: float, size: float, width: Width, last: bool
) -> list[tuple[float, Piece]]:
    """Pieces with their x, blanks stretched to the measure unless it is the last line."""
    gaps = sum(p.glue for p in taken[1:])
    natural = sum(width(p, size) for p in taken)
    blank = size * 0.25 if last or not gaps else (wide - left - natural) / gaps
    placed, x = [], left
    for index, piece in enumerate(taken):
        x += blank if piece.glue and index else 0.0
        placed.append((x, piece))
        x += width(piece, size)
    return placed


class Pages:
    """Lines placed one below another, page after page."""

    def __init__(self, width: Width) -> None:
        self.lines: list[Line] = []
        self.page, self.y, self.width = 0, BOTTOM, width
        self.opening: set[int] = set()

    def turn(self) -> None:
        """Begin a new page."""
        self.page += 1
        self.y = TOP

    def room(self, lines: float) -> None:
        """Turn the page unless so many lines fit."""
        if self.y - lines * LEADING < BOTTOM:
            self.turn()

    def put(self, unit: int, placed: list[tuple[float, Piece]], **more: Any) -> None:
        """Place one line."""
        self.room(1)
        self.y -= LEADING
        self.lines.append(Line(unit, self.page, self.y, placed, **more))

    def heading(self, number: int, unit: Unit) -> None:
        """A heading: a part opens a page, a chapter begins where six lines are left."""
        size = 15.0 if unit.level < 3 else 12.0
        if unit.level < 3:
            self.turn()
            self.y -= 8 * LEADING
        else:
            self.room(10)
            self.y -= 3 * LEADING
        if self.y > TOP - 9 * LEADING:
            self.opening.add(self.page)
        taken = next(pieces(unit.text))
        wide = sum(self.width(p, size) + (size * 0.25 if p.glue else 0) for p in taken)
        placed = spread(taken, (WIDE - wide) / 2, WIDE, size, self.width, True)
        self.put(number, placed, size=size)
        self.y -= LEADING

    def block(self, number: int, unit: Unit) -> None:
        """Verse, quotation or letter: inset, in a frame of its own."""
        self.y -= LEADING / 2
        for line in pieces(unit.text):
            for taken, left in broken(line, (), WIDE - 48, self.width):
                placed = spread(taken, left, WIDE - 48, SIZE, self.width, True)
                self.put(number, [(x + 24, p) for x, p in placed], frame=True)
        self.y -= LEADING / 2

    def paragraph(self, number: int, unit: Unit, fresh: bool) -> None:
        """A paragraph; after a heading its first letter is two lines high and stands in the first line's object."""
        line = [p for part in pieces(unit.text) for p in part]
        drop, indent = "", INDENT
        if fresh:
            self.room(2)
            drop, line[0] = line[0].text[0], replace(line[0], text=line[0].text[1:])
            if drop in "“‘[(":
                drop, line[0] = drop + line[0].text[0], replace(line[0], text=line[0].text[1:])
            line = [p for p in line if p.text]
            indent = self.width(Piece(drop, False, False), SIZE * 2.4) + 3
        lines = list(broken(line, (indent, indent) if drop else (indent,), WIDE, self.width))
        for index, (taken, left) in enumerate(lines):
            placed = spread(taken, left, WIDE, SIZE, self.width, index == len(lines) - 1)
            self.put(number, placed, drop=drop if index == 0 else "")
        if drop and len(lines) == 1:
            self.y -= LEADING


def typeset(book: Book, about: Mapping[str, Any]) -> Typeset:
    """Set the book. Raises MissingTool without ReportLab, pyphen or the fonts (Debian's fonts-crosextra-caladea)."""
    need("reportlab", "pyphen", "caladea")
    pdfmetrics = package("reportlab.pdfbase.pdfmetrics")
    from benchmarks.prose.typeset.canvas_draw import draw, fonts

    fonts()
    book = changed(book, {"\u2e3a": "——", "\u2e3b": "———"})

    def width(piece: Piece, size: float) -> float:
        return float(pdfmetrics.stringWidth(ligated(piece.text), "I" if piece.italic else "R", size))

    pages = Pages(width)
    fresh = False
    for number, unit in enumerate(book.units):
        if unit.kind == "heading":
            pages.heading(number, unit)
        elif unit.kind == "para":
            pages.paragraph(number, unit, fresh)
        elif unit.kind != "break":
            pages.block(number, unit)
        else:
            pages.y -= LEADING
        fresh = unit.kind == "heading"
    out = io.BytesIO()
    furniture = draw(out, pages.lines, pages.page, pages.opening, book)
    on = {n: [line.page for line in pages.lines if line.unit == n] for n in {line.unit for line in pages.lines}}
    units = tuple(replace(u, pages=(on[n][0], on[n][-1]) if n in on else None) for n, u in enumerate(book.units))
    return Typeset(out.getvalue(), units, {}, {**about, "tool": version("reportlab"), **furniture})


def ligated(text: str) -> str:
    """Text with ligature characters."""
    for plain, glyph in _LIGATURES:
        text = text.replace(plain, glyph)
    return text

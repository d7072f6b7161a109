"""Draws placed lines with ReportLab, in the order in which a layout program writes a page.

Invariant: what is drawn is what canvas_book.py placed; the order inside a page is foot, head, frames, then the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from benchmarks.prose.typeset import canvas_book as book_of
from benchmarks.prose.typeset.tools import package
from benchmarks.prose.typeset.truth import Book


def fonts() -> None:
    """Make the faces known to ReportLab as R and I."""
    metrics, truetype = package("reportlab.pdfbase.pdfmetrics"), package("reportlab.pdfbase.ttfonts")
    for name, file in (("R", "Caladea-Regular.ttf"), ("I", "Caladea-Italic.ttf")):
        metrics.registerFont(truetype.TTFont(name, str(book_of.FONTS / file)))


def draw(out: BinaryIO, lines: Sequence[book_of.Line], count: int, opening: set[int], book: Book) -> dict[str, Any]:
    """Write the PDF. Returns the furniture: {"heads", "labels", "feet"} by page."""
    canvas = package("reportlab.pdfgen.canvas").Canvas(out, pagesize=book_of.PAGE, invariant=1)
    canvas.setTitle(book.title)
    heads: dict[int, str] = {}
    labels: dict[int, str] = {}
    feet: dict[int, str] = {}
    for page in range(1, count + 1):
        left = book_of.INSIDE if page % 2 else book_of.OUTSIDE
        labels[page] = str(page)
        feet[page] = book_of.FOOT if page % 2 else book.title
        _foot(canvas, left, page, feet[page])
        if page not in opening:
            heads[page] = (book.title if page % 2 == 0 else book.author).upper()
            _head(canvas, left, heads[page])
        here = [line for line in lines if line.page == page]
        for line in [*(x for x in here if x.frame), *(x for x in here if not x.frame)]:
            _line(canvas, left, line)
        canvas.showPage()
    canvas.save()
    return {"heads": heads, "labels": labels, "feet": feet}


def _foot(canvas: Any, left: float, page: int, words: str) -> None:
    """The foot: site and folio on the right page, folio and title on the left one."""
    right = left + book_of.WIDE
    y = book_of.BOTTOM - 30
    canvas.setFont("R", 8)
    if page % 2:
        canvas.drawString(left, y, words)
        canvas.drawRightString(right, y, str(page))
    else:
        canvas.drawString(left, y, str(page))
        canvas.drawRightString(right, y, words)


def _head(canvas: Any, left: float, words: str) -> None:
    """The head, its letters set apart."""
    wide = canvas.stringWidth(words, "R", 8) + 2.5 * (len(words) - 1)
    text = canvas.beginText(left + (book_of.WIDE - wide) / 2, book_of.TOP + 20)
    text.setFont("R", 8)
    text.setCharSpace(2.5)
    text.textOut(words)
    text.setCharSpace(0)
    canvas.drawText(text)


def _line(canvas: Any, left: float, line: book_of.Line) -> None:
    """One text object: the dropped letter first, one line lower, then the words, each at its place."""
    text = canvas.beginText(left, line.y)
    if line.drop:
        text.setTextOrigin(left, line.y - book_of.LEADING)
        text.setFont("R", book_of.SIZE * 2.4)
        text.textOut(line.drop)
    for index, (x, piece) in enumerate(line.pieces):
        text.setFont("I" if piece.italic else "R", line.size)
        text.setTextOrigin(left + x, line.y)
        blank = index + 1 < len(line.pieces) and line.pieces[index + 1][1].glue
        text.textOut(book_of.ligated(piece.text) + " " * blank)
    canvas.drawText(text)

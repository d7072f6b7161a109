"""The bookmarks of a PDF.

Invariant: ends on any file: entries that lead back to themselves are read once, and depth and number are limited.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from inscape.books import marks
from inscape.books.pdf.lines import native
from inscape.books.pdf.page import Outline
from inscape.text import squeeze

_DEPTH = 6
_MOST = 20_000
"""Entries; as many as pages at most, and a book has some hundred."""
_TITLE = 2000
"""Bytes of a title (UTF-16)."""


def read(file: pypdfium2.PdfDocument, pages: int) -> list[Outline]:
    """The entries in their order, of a file of so many pages. Empty where there are none; never raises."""
    made: list[Outline] = []
    seen: set[int] = set()
    waiting: list[tuple[Any, int]] = [(pdfium.FPDFBookmark_GetFirstChild(file.raw, None), 1)]
    while waiting and len(made) < _MOST:
        mark, level = waiting.pop()
        key = native.number_of(mark)
        if not key or key in seen:
            continue
        seen.add(key)
        made.append(Outline(_title(mark), level, _page(file, mark, pages)))
        waiting.append((pdfium.FPDFBookmark_GetNextSibling(file.raw, mark), level))
        if level < _DEPTH:
            waiting.append((pdfium.FPDFBookmark_GetFirstChild(file.raw, mark), level + 1))
    return made


def _title(mark: Any) -> str:
    length = min(pdfium.FPDFBookmark_GetTitle(mark, None, 0), _TITLE)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(_TITLE)
    if pdfium.FPDFBookmark_GetTitle(mark, buffer, _TITLE) > _TITLE:
        return ""
    return marks.foreign(squeeze(buffer.raw[: length - 2].decode("utf-16-le", "replace")))


def _page(file: pypdfium2.PdfDocument, mark: Any, pages: int) -> int | None:
    """The page to which an entry leads, from 1; None: to none of this file."""
    destination = pdfium.FPDFBookmark_GetDest(file.raw, mark)
    if not destination:
        action = pdfium.FPDFBookmark_GetAction(mark)
        destination = pdfium.FPDFAction_GetDest(file.raw, action) if action else None
    index = pdfium.FPDFDest_GetDestPageIndex(file.raw, destination) if destination else -1
    return index + 1 if 0 <= index < pages else None

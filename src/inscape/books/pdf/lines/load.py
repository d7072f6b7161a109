"""A PDF's pages as lines of text, by PDFium: what can be opened is read, what cannot is refused in plain words.

Invariant: every page asked for is in `Document.pages` or in `failed`, in order. What the characters of a page become
is decided in `glyphs` (characters) and `splitting` (lines).
"""

from __future__ import annotations

import ctypes
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from inscape.books import limits, marks
from inscape.books.pdf.lines import outline, splitting
from inscape.books.pdf.lines.glyphs import Glyphs
from inscape.books.pdf.page import Document, Page
from inscape.books.pdf.units.names import believed
from inscape.errors import BookError
from inscape.text import squeeze

_NO_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*/Count\s+0\b|/Count\s+0\b[^>]*/Type\s*/Pages\b")
_REPLACED = "\ufffd".encode()
_SPOILED = 50
"""Replacement characters, more than which no sound PDF has among its bytes."""


def load(data: bytes, name: str, pages: range | None = None) -> Document:
    """Open a PDF and read its pages, or those whose numbers (from 1) are in `pages`; the file's outline comes with all.

    Raises BookError: password, damage, no pages, too many pages, and where none of all pages can be opened.
    """
    with _opened(data, name) as (file, total):
        wanted = range(1, total + 1) if pages is None else [n for n in pages if 1 <= n <= total]
        made: list[Page] = []
        failed: list[int] = []
        reader = _Reader(file)
        with without_collection():
            for number in wanted:
                try:
                    made.append(reader.page(number))
                except pypdfium2.PdfiumError:
                    failed.append(number)
        if not made and pages is None:
            raise _damaged(data, name, "none of its pages can be opened")
        keys = ("Title", "Author", "Language", "Creator", "Producer")
        title, author, language, *programs = (_meta(file, key) for key in keys)
        title, author = believed(title, *programs), believed(author, programs[-1])
        return Document(title, author, language, made, outline.read(file, total), tuple(failed))


def count(data: bytes, name: str) -> int:
    """How many pages a PDF has. Raises BookError as `load` does, without reading any page."""
    with _opened(data, name) as (_, total):
        return total


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[tuple[pypdfium2.PdfDocument, int]]:
    if (spoiled := data.count(_REPLACED)) > _SPOILED:
        raise BookError(
            f"{name} is spoiled: it was copied as if it were text, and {spoiled:,} bytes were replaced. "
            "Get it again from its source."
        )
    file = _open(data, name)
    try:
        total = len(file)
        if total == 0:
            raise _empty(name)
        if total > limits.PDF_PAGES:
            raise BookError(
                f"{name} has {total:,} pages; at most {limits.PDF_PAGES:,} are read. Split it into volumes."
            )
        yield file, total
    finally:
        file.close()


@contextmanager
def without_collection() -> Iterator[None]:
    """A book makes a million objects and no circles among them: to look for garbage costs a tenth and finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _meta(file: pypdfium2.PdfDocument, key: str) -> str:
    try:
        return marks.foreign(squeeze(str(file.get_metadata_value(key))))
    except (pypdfium2.PdfiumError, UnicodeError):
        return ""


def _open(data: bytes, name: str) -> pypdfium2.PdfDocument:
    try:
        file = pypdfium2.PdfDocument(data)
        len(file)
        return file
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == pdfium.FPDF_ERR_PASSWORD:
            raise BookError(
                f"{name} is encrypted: it opens only with a password. Remove it with "
                "'qpdf --decrypt --password=… in.pdf out.pdf' and add the new file."
            ) from error
        if code == pdfium.FPDF_ERR_SECURITY:
            raise BookError(
                f"{name} is protected in a way that cannot be opened (DRM). Use a copy without protection."
            ) from error
        raise _damaged(data, name, "PDFium cannot open it") from error


def _empty(name: str) -> BookError:
    return BookError(f"{name} has no pages. It is damaged or was never finished; export it again.")


def _damaged(data: bytes, name: str, what: str) -> BookError:
    """The sentence for a broken file: cut, without pages, or otherwise damaged."""
    if b"%%EOF" not in data[-2048:]:
        return BookError(
            f"{name} is cut off: the end mark of a PDF is missing after byte {len(data):,}. Download or copy it again."
        )
    if _NO_PAGES.search(data):
        return _empty(name)
    return BookError(f"{name} is damaged: {what}. Download it again, or repair it with 'qpdf in.pdf out.pdf'.")


class _Reader:
    """Reads pages of one file; holds the memory into which PDFium writes, so that it is made only once."""

    def __init__(self, file: pypdfium2.PdfDocument) -> None:
        self._file = file
        self._glyphs = Glyphs(bool(pdfium.FPDFCatalog_IsTagged(file.raw)))
        self._box = pdfium.FS_RECTF()
        self._label = ctypes.create_string_buffer(256)

    def page(self, number: int) -> Page:
        """One page with its lines. Raises PdfiumError: it cannot be loaded. BookError: too many characters."""
        raw = pdfium.FPDF_LoadPage(self._file.raw, number - 1)
        if not raw:
            raise pypdfium2.PdfiumError(f"page {number} cannot be loaded")
        glyphs = self._glyphs
        try:
            made = self._page(raw, number)
            found = glyphs.open(raw)
            if found > limits.PDF_PAGE_CHARACTERS:
                raise BookError(
                    f"Page {number} holds {found:,} characters, more than any book's page. "
                    "The file is damaged or hostile."
                )
            glyphs.read()
            splitting.split(glyphs, made)
            return made
        finally:
            glyphs.close()
            pdfium.FPDF_ClosePage(raw)

    def _page(self, raw: object, number: int) -> Page:
        """Size and label; positions are counted from the lower left corner of what is seen of the page."""
        box, glyphs = self._box, self._glyphs
        pdfium.FPDF_GetPageBoundingBox(raw, box)
        glyphs.left, glyphs.bottom = box.left, box.bottom
        made = Page(number, abs(box.right - box.left), abs(box.top - box.bottom))
        length = pdfium.FPDF_GetPageLabel(self._file.raw, number - 1, self._label, len(self._label))
        if 2 < length <= len(self._label):
            label = self._label.raw[: length - 2].decode("utf-16-le", "replace")
            made.label = marks.foreign(squeeze(label))
        return made

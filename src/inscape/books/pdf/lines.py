"""A PDF's pages as lines of text with the pen's positions, by PDFium.

Invariant: every printable character of the page's text is in exactly one line, in the order of the page's stream. The
only changes are that ligatures become letters, and that a hyphen which PDFium drops at a line's end becomes SOFT.
Positions are in points, y upwards. This is the only file that imports pypdfium2.
"""

from __future__ import annotations

import ctypes
import functools
import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from inscape.books import limits
from inscape.books.pdf.page import SOFT, SURE, Document, Line, Outline, Page
from inscape.errors import BookError
from inscape.text import plural, squeeze

_LINE = re.compile(r"[^\r\n\ufffe\x02]*(?:\r\n|[\r\n\ufffe\x02]|$)")
_BLANKS = " \t\u00a0\u2002\u2003\u2009\u200a\u200b\u3000"
_MARKER = re.compile(r"(?<=[^\s\d])(?:\d{1,3}|[*†‡§]{1,2})(?=$|[^\w])")
_NO_PAGES = re.compile(rb"/Type\s*/Pages\b[^>]*/Count\s+0\b|/Count\s+0\b[^>]*/Type\s*/Pages\b")
_REPLACED = "\ufffd".encode()
_SPOILED = 50
"""Replacement characters, more than which no sound PDF has among its bytes."""
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)


def load(data: bytes, name: str) -> Document:
    """Open a PDF and read all of its pages. Raises BookError: password, damage, no pages, too many pages."""
    if (spoiled := data.count(_REPLACED)) > _SPOILED:
        raise BookError(
            f"{name} is spoiled: it was copied as if it were text, and {spoiled:,} bytes were replaced. "
            "Get it again from its source."
        )
    file = _open(data, name)
    try:
        count = len(file)
        if count == 0:
            raise _empty(name)
        if count > limits.PDF_PAGES:
            raise BookError(
                f"{name} has {count:,} pages; at most {limits.PDF_PAGES:,} are read. Split it into volumes."
            )
        pages, failed = [], []
        reader = _Reader()
        for number in range(1, count + 1):
            try:
                pages.append(reader.page(file, number))
            except pypdfium2.PdfiumError:
                failed.append(number)
        if not pages:
            raise _damaged(data, name, "none of its pages can be opened")
        meta = file.get_metadata_dict()
        language = squeeze(str(meta.get("Language", "")))
        outline = list(_outline(file))
        return Document(squeeze(meta["Title"]), squeeze(meta["Author"]), language, pages, outline, tuple(failed))
    finally:
        file.close()


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


def _outline(file: pypdfium2.PdfDocument) -> Iterator[Outline]:
    try:
        for entry in file.get_toc(max_depth=6):
            destination = entry.get_dest()
            index = destination.get_index() if destination is not None else None
            yield Outline(squeeze(entry.get_title()), entry.level + 1, index + 1 if index is not None else None)
    except pypdfium2.PdfiumError:
        return


class _Reader:
    """Reads pages; holds the places in memory into which PDFium writes, so that they are made only once."""

    def __init__(self) -> None:
        self._a, self._b, self._c, self._d = (ctypes.c_double() for _ in range(4))
        self._refs = tuple(ctypes.byref(v) for v in (self._a, self._b, self._c, self._d))
        self._matrix = pdfium.FS_MATRIX()
        self._matrix_ref = ctypes.byref(self._matrix)

    def page(self, file: pypdfium2.PdfDocument, number: int) -> Page:
        page = file[number - 1]
        try:
            width, height = page.get_size()
            made = Page(number, width, height)
            text_page = page.get_textpage()
            try:
                self._lines(text_page, made)
            finally:
                text_page.close()
            return made
        finally:
            page.close()

    def _lines(self, text_page: pypdfium2.PdfTextPage, page: Page) -> None:
        raw = text_page.raw
        count = pdfium.FPDFText_CountChars(raw)
        if count > limits.PDF_PAGE_CHARACTERS:
            raise BookError(
                f"Page {page.number} holds {count:,} characters, more than any book's page. "
                "The file is damaged or hostile."
            )
        text = text_page.get_text_range()
        # PDFium's text and its list of characters drift apart on some pages: then indices must be mapped.
        drifts = len(text) != count
        for found in _LINE.finditer(text):
            self._line(raw, text, found.start(), found.end(), drifts, page)

    def _line(self, raw: object, text: str, start: int, end: int, drifts: bool, page: Page) -> None:
        part = text[start:end]
        hyphen = part.endswith(("\ufffe", "\x02"))
        body = part.rstrip("\r\n\ufffe\x02")
        stripped = body.strip(_BLANKS)
        if not stripped:
            return
        first = start + body.index(stripped[0])
        last = first + len(stripped) - 1 + (1 if hyphen else 0)
        middle = (first + last) // 2
        at = [first, last, middle, (2 * first + last) // 3, (first + 2 * last) // 3]
        at = [i + 1 if text[i] in _BLANKS else i for i in at]
        if drifts:
            at = [pdfium.FPDFText_GetCharIndexFromTextIndex(raw, i) for i in at]
        x0, y0 = self._origin(raw, at[0])
        _, y = self._origin(raw, at[2])
        sizes = [self._size(raw, i) for i in at]
        size = sorted(sizes)[2]
        line = Line(stripped, x0, self._right(raw, at[1]), y, size, page.number)
        if len(stripped) > 8 and sizes[0] > 1.5 * size and stripped[0].isalpha():
            line.drop = y0 or -1.0
        self._find_raised(raw, first, line, drifts)
        self._end(line, hyphen)
        if not line.text:
            return
        page.lines.append(line)
        page.characters += len(stripped)

    def _end(self, line: Line, hyphen: bool) -> None:
        text = line.text
        if hyphen:
            text += SOFT
        line.hyphen = text[-1] in (SOFT, SURE) and len(text) > 1
        line.text = text
        for at in range(len(text) - 1 - line.hyphen, -1, -1):
            if text[at] == SOFT:
                line.cut(at, at + 1)
        line.text = line.text.translate(_LIGATURES)

    def _find_raised(self, raw: object, first: int, line: Line, drifts: bool) -> None:
        """Note small raised numbers and stars."""
        index = functools.partial(pdfium.FPDFText_GetCharIndexFromTextIndex, raw) if drifts else int
        line.raised = [
            m.span() for m in _MARKER.finditer(line.text) if self._is_raised(raw, index(first + m.start()), line)
        ]

    def _is_raised(self, raw: object, index: int, line: Line) -> bool:
        if self._size(raw, index) < 0.8 * line.size or self._origin(raw, index)[1] > line.y + 0.2 * line.size:
            return True
        # Fonts have raised figures of their own, on the base line by the pen: then the glyph's foot tells.
        pdfium.FPDFText_GetCharBox(raw, index, *self._refs)
        return self._c.value > line.y + 0.15 * line.size

    def _origin(self, raw: object, index: int) -> tuple[float, float]:
        pdfium.FPDFText_GetCharOrigin(raw, index, self._refs[0], self._refs[1])
        return self._a.value, self._b.value

    def _right(self, raw: object, index: int) -> float:
        pdfium.FPDFText_GetCharBox(raw, index, *self._refs)
        return self._b.value

    def _size(self, raw: object, index: int) -> float:
        """Points as seen: the font's size times the scale of the text's matrix."""
        pdfium.FPDFText_GetMatrix(raw, index, self._matrix_ref)
        scale = self._matrix.d or self._matrix.b
        return round(abs(float(pdfium.FPDFText_GetFontSize(raw, index)) * float(scale)), 2)


def describe(pages: list[Page]) -> str:
    """'190 pages' for messages."""
    return plural(len(pages), "page")

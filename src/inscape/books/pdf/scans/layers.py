"""Pages without usable text: which they are, and what is put in their place.

Invariant: a page changes only where its own text cannot be used and what was recognized says more; without a way to
recognize text, a book of such pages is refused, with the ways to get its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_letters, digits
from typing import Protocol

from inscape.books import limits
from inscape.books.pdf.page import Document, Page
from inscape.books.pdf.scans.ocr import unusable
from inscape.errors import BookError
from inscape.records import Removal
from inscape.text import plural


class Recognize(Protocol):
    """Reads pages from their pictures. After a call, `removed` holds what is no text though it was counted, `doubts`
    what a person should know."""

    removed: list[Removal]
    doubts: list[str]

    def __call__(self, numbers: Sequence[int], /) -> Mapping[int, Page]:
        """Numbers of pages, from 1 -> those of them that could be read."""
        ...


_LETTERS = (ascii_letters + digits + " ").encode()


def usable(document: Document, name: str, recognize: Recognize | None) -> list[str]:
    """Put recognized pages in their places in `document.pages`; returns doubts.

    Raises BookError where more than half of the pages have no usable text and `recognize` is None or finds none.
    """
    pages = document.pages
    poor = [page.number for page in pages if page.characters < limits.OCR_BELOW]
    wanted = [] if _leaflet(pages) else [page.number for page in pages if _suspect(page) and unusable(page)]
    if recognize is None or not wanted:
        _refuse(pages, poor, name)
        return []
    found = recognize(wanted)
    had = {page.number: page.characters for page in pages if page.number in poor}
    better = {n: page for n, page in found.items() if page.characters > had.get(n, 0)}
    pages[:] = [better.get(page.number, page) for page in pages]
    _refuse(pages, [p.number for p in pages if p.characters < limits.OCR_BELOW], name, tried=True)
    if not better:
        return list(recognize.doubts)
    told = f"{plural(len(better), 'page')} had no usable text and were read by OCR: expect mistakes in them."
    return [told, *recognize.doubts]


def _suspect(page: Page) -> bool:
    """Whether a closer look is worth its time: hardly any characters, or many that are no plain letters."""
    text = "".join(line.text for line in page.lines)
    plain = text.encode("ascii", "ignore")
    odd = len(text) - len(plain) + len(plain.translate(None, _LETTERS))
    return page.characters < limits.OCR_BELOW or odd > 0.08 * len(text)


def _leaflet(pages: list[Page]) -> bool:
    """One short page of real text is a text, however short."""
    return len(pages) == 1 and pages[0].characters > 0


def _refuse(pages: list[Page], poor: list[int], name: str, tried: bool = False) -> None:
    if len(poor) * 2 <= len(pages) or _leaflet(pages):
        return
    what = (
        f"{name} is a scan: {len(poor):,} of {plural(len(pages), 'page')} have no text or hardly any, "
        f"only a picture (the first is page {poor[0]})."
    )
    if tried:
        raise BookError(f"{what} OCR found no text in them either. Look at the pictures: are they blank?")
    raise BookError(
        f"{what} Install tesseract (Debian: tesseract-ocr), with which 'inscape add' reads such pages, or make the "
        "text first with 'ocrmypdf --deskew in.pdf out.pdf', then add the new file."
    )

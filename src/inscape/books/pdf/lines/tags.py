"""The structure tree of a tagged PDF: which lines its maker says are one paragraph, a heading, a note.

Invariant: only what the file says, which is a vote and never the truth: some makers tag each word, others nothing.
Reading the tree costs many times what reading the text does (14 ms a page in War and Peace), so that it is read only
for pages that are asked for. What costs nothing, marks of furniture, comes with the lines: see `Line.content`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from inscape.books.pdf.lines import native

_INLINE = frozenset(("", "Span", "NonStruct", "Link", "Lbl", "Reference", "Quote", "Em", "Strong", "Code", "Annot"))
_DEEPEST, _MOST = 40, 50_000
"""Levels of a tree, and elements looked at on one page."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What the file says of one piece of marked content."""

    path: tuple[str, ...]
    """Types from the outermost element to the block: ('Document', 'BlockQuote', 'P')."""
    element: int
    """Number of the block on its page: pieces of one block have the same."""
    begins: bool
    """The block begins on this page."""
    ends: bool
    """The block ends on this page."""

    @property
    def kind(self) -> str:
        """Type of the block: 'P', 'H1', 'Note', 'LBody'; '' where only inline elements hold it."""
        return self.path[-1] if self.path else ""


def read(data: bytes, pages: Iterable[int]) -> dict[int, dict[int, Tag]]:
    """Page (from 1) -> number of marked content (`Line.content`) -> its tag.

    Empty where the file has no tags; pages that cannot be loaded are left out. Raises PdfiumError: no PDF.
    """
    file = pypdfium2.PdfDocument(data)
    try:
        if not pdfium.FPDFCatalog_IsTagged(file.raw):
            return {}
        total = len(file)
        return {number: tags for number in pages if 1 <= number <= total and (tags := _of_page(file, number))}
    finally:
        file.close()


def _of_page(file: pypdfium2.PdfDocument, number: int) -> dict[int, Tag]:
    page = pdfium.FPDF_LoadPage(file.raw, number - 1)
    if not page:
        return {}
    try:
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        if not tree:
            return {}
        try:
            walk = _Walk()
            for k in range(min(_MOST, max(0, pdfium.FPDF_StructTree_CountChildren(tree)))):
                walk.element(native.number_of(pdfium.FPDF_StructTree_GetChildAtIndex(tree, k)), 0, _Block())
            return walk.tags()
        finally:
            pdfium.FPDF_StructTree_Close(tree)
    finally:
        pdfium.FPDF_ClosePage(page)


@dataclass(slots=True)
class _Block:
    """An element that is no inline one, and whether parts of it stand on pages before and after this one."""

    path: tuple[str, ...] = ()
    number: int = 0
    before: bool = False
    after: bool = False
    here: bool = False


class _Walk:
    """Goes down the tree of one page."""

    def __init__(self) -> None:
        self._found: dict[int, _Block] = {}
        self._blocks = 0
        self._left = _MOST
        self._name = ctypes.create_string_buffer(128)

    def tags(self) -> dict[int, Tag]:
        return {k: Tag(b.path, b.number, not b.before, not b.after) for k, b in self._found.items()}

    def element(self, handle: int, depth: int, block: _Block) -> None:
        """One element and what is under it; `block` is the nearest one that is not inline."""
        count = native.count_children(handle) if handle else 0
        self._left -= max(0, count)
        if count <= 0 or self._left < 0 or depth > _DEEPEST:
            return
        kind = self._type(handle)
        if kind not in _INLINE:
            self._blocks += 1
            block = _Block((*block.path, kind), self._blocks)
        contents = list(map(native.child_content, repeat(handle), range(count)))
        children = list(map(native.child, repeat(handle), range(count)))
        for content, child in zip(contents, children, strict=True):
            if content >= 0:
                self._found[content] = block
                block.here, block.after = True, False
            elif child:
                self.element(child, depth + 1, block)
            elif block.here:
                block.after = True
            else:
                block.before = True

    def _type(self, handle: Any) -> str:
        length = native.element_type(handle, ctypes.addressof(self._name), len(self._name))
        if not 2 < length <= len(self._name):
            return ""
        return self._name.raw[: length - 2].decode("utf-16-le", "replace")

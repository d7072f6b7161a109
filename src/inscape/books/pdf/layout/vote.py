"""Where nothing printed tells paragraphs apart, the structure tree of a tagged PDF is asked.

Invariant: only in a book that begins paragraphs neither by an indent nor by a space; elsewhere the tree would cost many
times the reading, and its makers err more than margins do. It can begin a paragraph, and never joins two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pypdfium2

from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.lines.tags import Tag
from inscape.books.pdf.page import Line

Ask = Callable[[Iterable[int]], Mapping[int, Mapping[int, Tag]]]
"""Numbers of pages -> their tags, as `tags.read` gives them."""
_MOST = 0.6
"""Share of lines, above which the file tags lines and not paragraphs."""


def vote(pages: list[list[Line]], stats: Statistics, ask: Ask) -> int:
    """Mark the lines (`Line.opens`) with which a tagged file begins a paragraph; returns how many."""
    if not stats.faces or stats.faces[0].by != "line" or not any(line.content >= 0 for page in pages for line in page):
        return 0
    try:
        tags = ask([page[0].page for page in pages if page])
    except pypdfium2.PdfiumError:
        return 0
    begun = [line for page in pages for line in _begun(page, tags)]
    if len(begun) > _MOST * sum(map(len, pages)):
        return 0
    for line in begun:
        line.opens = True
    return len(begun)


def _begun(page: list[Line], tags: Mapping[int, Mapping[int, Tag]]) -> Iterable[Line]:
    """The first line of each block of text that begins on the page."""
    last = None
    for line in page:
        tag = tags.get(line.page, {}).get(line.content)
        if tag is not None and tag.element != last:
            last = tag.element
            if tag.begins:
                yield line

"""Chapter numbers that stand alone on a line at the margin, in the size of the text: told by counting.

Invariant: only marks rows. A number is marked only where space or the page's head is above it and another one, near in
the order of the book, counts on from it or to it; three of a book, at least.
"""

from __future__ import annotations

from itertools import zip_longest

from inscape.books.pdf.furniture.numbering import is_bare, numbers
from inscape.books.pdf.layout.rows import Row
from inscape.books.structure import is_ordinal

_LONGEST = 8
_NEAR = 3
"""Numbers that may stand between one and the next of its count: those that are no chapter's."""
_FEWEST = 3


def mark(pages: list[list[Row]]) -> None:
    """Mark the rows of a book that hold a chapter's number and nothing else."""
    pairs = ((row, below) for rows in pages for row, below in zip_longest(rows, rows[1:]) if row)
    found = [(row, value) for row, below in pairs if (value := _value(row, below))]
    counted = [row for i, (row, value) in enumerate(found) if _has_neighbor(found, i, value)]
    if len(counted) >= _FEWEST:
        for row in counted:
            row.numeral = True


def _value(row: Row, below: Row | None) -> int:
    """What a number that stands alone counts; 0 for any other row."""
    text = row.line.text
    if len(text) > _LONGEST or not is_ordinal(text) or not is_bare(text):
        return 0
    beside = row.beside or (below is not None and below.beside)
    alone = row.line.size > 0.9 * row.face.size and not (beside or row.cell or row.entry) and row.rest > 0.5 * row.width
    apart = row.gap is None or row.gap > 1.2 * row.leading
    counts = numbers(text)
    return counts[0][1] if alone and apart and counts else 0


def _has_neighbor(found: list[tuple[Row, int]], at: int, value: int) -> bool:
    before, after = found[max(0, at - _NEAR) : at], found[at + 1 : at + 1 + _NEAR]
    return any(v == value - 1 for _, v in before) or any(v == value + 1 for _, v in after)

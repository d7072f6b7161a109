"""Paragraphs that need a look at their neighbors: hanging indents (persons, bibliographies, plays) and indexes.

Invariant: only marks rows. Hanging is told by a line's own sentence: it fills its line at the margin and goes on
inward, which no usual paragraph does. An index is told by page numbers at the ends of its lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from inscape.books.pdf.layout import sentences
from inscape.books.pdf.layout.rows import Row

_PAGES = re.compile(r"[^\W\d]{2}.*\d(?:[\d\s,;–-]|\bn\b\.?|ff?\.)*$")
_ONLY_PAGES = re.compile(r"[\d\s,;–-]+(?:\bn\b\.?|ff?\.)?$")


def mark(rows: list[Row]) -> None:
    """Mark the rows of a page that belong to hanging paragraphs or to an index."""
    for run in _runs(rows):
        if len(run) >= 4 and not _index(run) and all(row.plain for row in run):
            _judge(run)


def _runs(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows of one size without large space between them."""
    run: list[Row] = []
    for row in rows:
        apart = row.gap is None or row.gap > 2.2 * row.leading or row.gap < 0
        if run and (apart or abs(row.line.size - run[-1].line.size) > 0.5):
            yield run
            run = []
        run.append(row)
    yield run


def _index(run: list[Row]) -> bool:
    """Entries with their page numbers, one a line."""
    ended = sum(1 for row in run if row.line.text.rstrip(", ")[-1:].isdigit() and _PAGES.match(row.line.text))
    only = sum(1 for row in run if row.line.text[0].isdigit() and _ONLY_PAGES.match(row.line.text))
    if ended < 4 or ended + only < 0.7 * len(run):
        return False
    margin = min(row.offset for row in run)
    entry = run[0].offset
    for row in run:
        goes_on = row.line.text[0].isdigit() or row.offset > entry + 0.3 * row.line.size
        if not goes_on:
            entry = row.offset
        row.entry = 2 if goes_on and row is not run[0] and row.offset >= margin else 1
    return True


def _judge(run: list[Row]) -> None:
    size, indent = run[0].face.size, run[0].face.indent
    turns = [b for a, b in pairwise(run) if b.offset > 0.4 * size and _fills(a, b) and not sentences.ends(a.line.text)]
    if not turns:
        return
    step = Counter(round(row.offset) for row in turns).most_common(1)[0][0]
    usual = abs(step - indent) <= 1.5
    part: list[Row] = [run[0]]
    hanging = sure = 0
    for above, below in pairwise(run):
        inside = not sentences.ends(above.line.text)
        goes_on = _fills(above, below) and below.offset < 0.3 * size and inside
        odd = below.offset >= 0.3 * size and abs(below.offset - step) > 1.5
        if goes_on or odd:
            _mark(part, hanging, sure)
            part, hanging, sure = [], 0, 0
        elif abs(below.offset - step) <= 1.5 and _fills(above, below):
            hanging += 1
            sure += below.line.text[0].islower() or above.line.hyphen or (inside and not usual)
        if not odd:
            part.append(below)
    _mark(part, hanging, sure)


def _fills(row: Row, below: Row) -> bool:
    """A line from the margin to the margin."""
    size = row.face.size
    return row.offset <= 0.3 * size and row.rest <= 1.5 * size and not row.ends_early(below)


def _mark(part: list[Row], hanging: int, sure: int) -> None:
    if sure and 3 * sure >= hanging and len(part) > 1:
        for row in part:
            row.hanging = True

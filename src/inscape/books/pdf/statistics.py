"""What is usual in a book: type size, distance of lines, margins, how its paragraphs begin.

Invariant: counts only, no line is changed except for the number of its column. Every later step asks here instead of
assuming a layout.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from inscape.books.pdf.page import Line, Page

_Margins = dict[tuple[int, int], float]


@dataclass(slots=True)
class Statistics:
    """All lengths in points. Margins by (parity of the page, column)."""

    body: float
    leading: float = 0.0
    indent: float = 0.0
    by_indent: bool = True
    """Paragraphs begin with an indent; else they are set apart by space."""
    lefts: _Margins = field(default_factory=dict)
    rights: _Margins = field(default_factory=dict)

    def is_body(self, line: Line) -> bool:
        return abs(line.size - self.body) < 0.08 * self.body

    def left(self, line: Line) -> float:
        return self.lefts.get((line.page % 2, line.column), self.lefts.get((line.page % 2, 0), 0.0))

    def right(self, line: Line) -> float:
        return self.rights.get((line.page % 2, line.column), self.rights.get((line.page % 2, 0), 1e6))

    def offset(self, line: Line) -> float:
        return line.x0 - self.left(line)

    def is_indented(self, line: Line) -> bool:
        """Begins where the first line of a paragraph begins."""
        return self.is_indented_at(line, max(1.5, 0.18 * self.body))

    def is_indented_at(self, line: Line, within: float) -> bool:
        """The same, to within so many points."""
        return bool(self.indent) and abs(self.offset(line) - self.indent) <= within

    def is_short(self, line: Line, by: float = 1.5) -> bool:
        """Ends well before the right margin, as the last line of a paragraph does."""
        return line.x1 < self.right(line) - by * self.body

    def is_centered(self, line: Line) -> bool:
        left, right = self.offset(line), self.right(line) - line.x1
        return abs(left - right) < 1.2 * self.body and left > 2.2 * self.body


def mode(values: Iterable[tuple[float, int]], step: float) -> float:
    """The commonest of weighted values, rounded to `step`; 0 where there is none."""
    count: Counter[int] = Counter()
    for value, weight in values:
        count[round(value / step)] += weight
    return count.most_common(1)[0][0] * step if count else 0.0


def body_size(pages: list[Page]) -> float:
    """The size in which most characters are set; exact, not rounded."""
    rough = mode(((line.size, len(line.text)) for page in pages for line in page.lines), 0.25)
    near = Counter(line.size for page in pages for line in page.lines if abs(line.size - rough) <= 0.25)
    return near.most_common(1)[0][0] if near else 10.0


def leading_of(pages: list[list[Line]], body: float) -> float:
    """Points from one base line of the text to the next."""
    steps = (
        (a.y - b.y, 1)
        for lines in pages
        for a, b in pairwise(lines)
        if 0 < a.y - b.y < 3 * body and abs(a.size - body) < 0.08 * body and abs(b.size - body) < 0.08 * body
    )
    return mode(steps, 0.25) or 1.2 * body


def measure(pages: list[list[Line]], stats: Statistics) -> None:
    """Fill in columns, margins, indent, and how paragraphs begin, from pages without furniture."""
    for lines in pages:
        _columns(lines, stats)
    _margins(pages, stats)
    body = [line for lines in pages for line in lines if stats.is_body(line)]
    offsets = [stats.offset(line) for line in body]
    stats.indent = _indent(pages, stats)
    near = [v for v in offsets if abs(v - stats.indent) <= 1.5] if stats.indent else []
    stats.indent = sum(near) / len(near) if near else 0.0
    share = len(near) / max(1, len(body))
    stats.by_indent = share > 0.03 and share >= 0.5 * _gap_share(pages, stats)


def _indent(pages: list[list[Line]], stats: Statistics) -> float:
    """The commonest step inward of a line whose next line is back at the margin; quotations have none such."""
    first: Counter[int] = Counter()
    inward: Counter[int] = Counter()
    for lines in pages:
        for line, below in pairwise(lines):
            offset = stats.offset(line)
            if stats.is_body(line) and 0.5 * stats.body < offset < 4.5 * stats.body:
                inward[round(offset)] += 1
                first[round(offset)] += below.y < line.y and abs(stats.offset(below)) < 0.3 * stats.body
    best = first.most_common(1) if first.total() >= 3 else inward.most_common(1)
    return float(best[0][0]) if best else 0.0


def _columns(lines: list[Line], stats: Statistics) -> None:
    column = 0
    for above, line in pairwise(lines):
        if line.y > above.y + 2 * stats.leading and line.x0 > above.x0 + 8 * stats.body:
            column += 1
        line.column = column


def _margins(pages: list[list[Line]], stats: Statistics) -> None:
    groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for lines in pages:
        for line in lines:
            if stats.is_body(line) and len(line.text) > 12:
                groups[line.page % 2, line.column].append(line)
    for key, group in groups.items():
        starts = Counter(round(line.x0) for line in group)
        most = starts.most_common(1)[0][1]
        # In a book of short dialogue most lines are indented: the margin is the leftmost common start.
        rough = min(x for x, n in starts.items() if n >= 0.25 * most)
        near = sorted(line.x0 for line in group if abs(line.x0 - rough) <= 1)
        stats.lefts[key] = near[len(near) // 2]
        ends = sorted(line.x1 for line in group)
        stats.rights[key] = ends[int(0.9 * (len(ends) - 1))]


def _gap_share(pages: list[list[Line]], stats: Statistics) -> float:
    """Share of steps between lines of the text that are wider than a line."""
    steps = [
        a.y - b.y
        for lines in pages
        for a, b in pairwise(lines)
        if stats.is_body(a) and stats.is_body(b) and a.column == b.column and a.y > b.y
    ]
    wide = sum(1 for step in steps if 1.25 * stats.leading < step < 3 * stats.leading)
    return wide / max(1, len(steps))

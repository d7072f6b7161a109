"""Lines to paragraphs: by indent or by space, whole across columns and pages.

Invariant: lines keep their order and every line goes into exactly one block. A page's end by itself never ends a
paragraph. Says nothing about what a block means beyond 'text', 'set apart' and 'display'.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from inscape.books.pdf.page import Line
from inscape.books.pdf.statistics import Statistics
from inscape.books.structure import is_break, is_ordinal, worded_level

_ENDS = re.compile(r"[.!?…:—][\"”’')\]]*$")
_BEGINS = re.compile(r"[\"“‘'(\[—]*[^\W\d_a-z]")
_WIDE = 1.3
"""Lines' distances from which a step between two lines is a space between paragraphs."""


@dataclass(slots=True)
class Inset:
    """A run of lines that stand inside the margins: a quotation, a letter, verse."""

    base: float
    right: float
    even: bool
    """Its lines end evenly: prose."""
    leading: float


@dataclass(slots=True)
class Block:
    """Consecutive lines that are one unit. `gap`: points of space above, None at the top of a page or column."""

    lines: list[Line]
    display: bool = False
    """Large, small or centered: a heading, a title, a dateline."""
    inset: Inset | None = None
    gap: float | None = None


@dataclass(slots=True)
class Builder:
    """Puts lines into blocks. One for a book; use `build`."""

    stats: Statistics
    blocks: list[Block] = field(default_factory=list)
    _previous: Line | None = None
    _insets: dict[int, Inset] = field(default_factory=dict)

    def build(self, pages: list[list[Line]]) -> list[Block]:
        for lines in pages:
            self._find_insets(lines)
            for line in lines:
                self._take(line)
        return self.blocks

    # ------------------------------------------------------------ runs inside the margins

    def _find_insets(self, lines: list[Line]) -> None:
        start = 0
        while start < len(lines):
            end = start
            while end < len(lines) and self._inside(lines, start, end):
                end += 1
            if self._is_small(lines[start]):
                self._judge_small(lines[start:end])
            else:
                for run in self._split(lines[start:end]):
                    self._judge_run(run)
            start = max(end, start + 1)

    def _inside(self, lines: list[Line], start: int, at: int) -> bool:
        line, stats = lines[at], self.stats
        inward = stats.is_body(line) and stats.offset(line) > 0.9 * stats.body
        if is_break(line.text) or not (inward or self._is_small(line)):
            return False
        if at == start:
            return True
        if abs(line.size - lines[start].size) > 0.03 * stats.body:
            return False
        above = lines[at - 1]
        return above.column == line.column and 0 < above.y - line.y < 1.9 * stats.leading

    def _is_small(self, line: Line) -> bool:
        return 0.75 * self.stats.body < line.size < self.stats.body and not self.stats.is_body(line)

    def _judge_small(self, run: list[Line]) -> None:
        """A letter or quotation in smaller type; a line of it alone, or set in the middle, is something else."""
        if len(run) < 2 or all(self.stats.is_centered(line) for line in run):
            return
        base = float(Counter(round(line.x0) for line in run).most_common(1)[0][0])
        self._set_apart(run, base, max(line.x1 for line in run), self._reaches(run, base))

    def _set_apart(self, run: list[Line], base: float, right: float, even: bool) -> None:
        steps = [above.y - line.y for above, line in pairwise(run)]
        inset = Inset(base, right, even, min(steps, default=self.stats.leading))
        for line in run:
            self._insets[id(line)] = inset

    def _split(self, run: list[Line]) -> list[list[Line]]:
        """Parts of a run that begin where paragraphs begin, and parts that do not; one odd line divides nothing."""
        stats = self.stats
        plain = [abs(stats.offset(line) - stats.indent) <= max(1.0, 0.08 * stats.body) for line in run]
        for i in range(1, len(run) - 1):
            if plain[i - 1] == plain[i + 1] != plain[i] and not plain[i - 1] and stats.is_short(run[i]):
                plain[i] = plain[i - 1]
        parts: list[list[Line]] = []
        for i, line in enumerate(run):
            if i == 0 or plain[i] != plain[i - 1]:
                parts.append([])
            parts[-1].append(line)
        return [part for part in parts if len(part) > 1 or not self._starts_paragraph(part[0])]

    def _starts_paragraph(self, line: Line) -> bool:
        """A single line inside the margins that is no quotation: at the usual indent, or set in the middle."""
        return not self.stats.by_indent or self.stats.is_indented_at(line, 1.0) or self.stats.is_centered(line)

    def _judge_run(self, run: list[Line]) -> None:
        """A run of indented lines is dialogue, one paragraph a line, unless it has margins of its own."""
        stats = self.stats
        starts = Counter(round(line.x0) for line in run)
        base = float(starts.most_common(1)[0][0])
        right = max(line.x1 for line in run)
        ends = Counter(round(line.x1 / 1.5) for line in run[:-1] or run).most_common(1)[0]
        flush = len(run) >= 3 and ends[1] >= max(2, 0.6 * (len(run) - 1)) and right < 1.5 * ends[0] + 3
        # Lines of verse may end evenly by chance, but are shorter than a quotation's.
        flush = flush and 1.5 * ends[0] - base > 0.55 * (stats.right(run[0]) - stats.left(run[0]))
        narrow = flush and ends[0] * 1.5 < stats.right(run[0]) - 0.6 * stats.body
        even = flush or self._reaches(run, base)
        at_indent = abs(base - stats.left(run[0]) - stats.indent) <= 1.5
        if at_indent and not narrow and stats.by_indent:
            aligned = all(abs(line.x0 - base) < 0.25 * stats.body for line in run)
            if aligned or right > stats.right(run[0]) - 1.2 * stats.body:
                return
        self._set_apart(run, base, right, even)

    def _reaches(self, run: list[Line], base: float) -> bool:
        """Whether lines run up to a right margin that mirrors the left one, as prose does and verse does not."""
        stats = self.stats
        margin = stats.right(run[0]) - (base - stats.left(run[0]))
        full = sum(1 for line in run[:-1] or run if abs(line.x1 - margin) < 0.6 * stats.body or line.hyphen)
        return full >= max(1, 0.4 * (len(run) - 1))

    # ------------------------------------------------------------ line by line

    def _take(self, line: Line) -> None:
        above = self._previous
        same = above is not None and above.page == line.page and above.column == line.column
        gap = above.y - line.y if same and above is not None else None
        inset = self._insets.get(id(line))
        display = inset is None and self._displayed(line)
        if self._begins(line, above, gap, display, inset):
            self.blocks.append(Block([line], display, inset, gap))
        else:
            self.blocks[-1].lines.append(line)
        self._previous = line

    def _displayed(self, line: Line) -> bool:
        stats = self.stats
        if line.size > 1.12 * stats.body or line.size < 0.9 * stats.body:
            return True
        return stats.is_centered(line) and line.x1 < stats.right(line) - 2.2 * stats.body

    def _begins(self, line: Line, above: Line | None, gap: float | None, display: bool, inset: Inset | None) -> bool:
        if above is None or not self.blocks or line.opens:
            return True
        block, stats = self.blocks[-1], self.stats
        if display != block.display:
            return True
        if display:
            # 'Part I' and the number 'I' of its first chapter are two headings; 'CHAPTER' and 'I' below are one.
            if (is_ordinal(line.text) and " " in above.text) or worded_level(line.text):
                return True
            close = gap is not None and gap < 1.9 * max(stats.leading, 1.2 * line.size)
            return not (close and abs(line.size - above.size) < 0.1 * above.size)
        if gap is not None and gap > _WIDE * stats.leading:
            return True
        if gap is not None and inset is not None and block.inset is inset and gap > 1.2 * inset.leading:
            return True
        if inset is not None or block.inset is not None:
            return self._begins_inset(line, above, inset)
        return self._begins_indented(line, above) if stats.by_indent else self._begins_spaced(line, above, gap)

    def _begins_inset(self, line: Line, above: Line, inset: Inset | None) -> bool:
        before = self._insets.get(id(above))
        if inset is None or before is None:
            return True
        if not inset.even:
            return before.even
        body = self.stats.body
        if line.x0 > inset.base + 0.5 * body:
            return above.x0 <= before.base + 0.5 * body
        # Letters are often set with neither indent nor space between their paragraphs.
        ended = above.x1 < before.right - 3 * body and bool(_ENDS.search(above.text))
        return ended and bool(_BEGINS.match(line.text))

    def _begins_indented(self, line: Line, above: Line) -> bool:
        stats = self.stats
        offset, before = stats.offset(line), stats.offset(above)
        if stats.is_indented(line):
            return True
        if offset > stats.indent + 0.5 * stats.body:
            return abs(before - offset) >= 2 or stats.is_short(above)
        return before > stats.indent + 0.5 * stats.body and offset < 0.5 * stats.body

    def _begins_spaced(self, line: Line, above: Line, gap: float | None) -> bool:
        if gap is not None:
            return False
        # A page or column ends here: only the words and the last line's length can say.
        if not _ENDS.search(above.text) or not _BEGINS.match(line.text):
            return False
        return self.stats.is_short(above, 0.6)

"""Which blocks are headings, and how deep.

Invariant: a heading has a witness: the outline, a line of the printed contents, its words, a number that counts on,
its size, or its place at the head of a page with the text sunk below it. The outline gives the level where there is
one. Centered type alone is none: inscriptions, datelines and verse are centered too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from inscape.books.pdf.layout.paragraphs import Block
from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.page import Outline
from inscape.books.pdf.words import joins
from inscape.books.structure import is_ordinal, worded_level
from inscape.text import fold

_LONGEST = 160
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_WRITTEN = re.compile(
    rf"^(?:(?:{_UNITS}|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)|"
    rf"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_UNITS}))?)\.?$",
    re.I,
)
_CLOSED = re.compile(r"[.,;:—–-][\"”’')\]]*$")
_NUMBERED = re.compile(r"^(?:chapter\s+)?(?:\d{1,3}|[ivxlc]+)[.:)\s—–-]+\s*", re.I)


@dataclass(slots=True)
class Headings:
    """Asked of each block in order; use `of`. `titles`: folded lines of the printed contents."""

    stats: Statistics
    outline: dict[int | None, list[Outline]]
    titles: frozenset[str]
    sizes: list[float] = field(default_factory=list)
    tops: dict[int, float] = field(default_factory=dict)
    """Base line of the first line of text, usual on left and on right pages."""

    @classmethod
    def of_book(
        cls, blocks: list[Block], stats: Statistics, outline: Sequence[Outline], titles: frozenset[str]
    ) -> Headings:
        """Ready to be asked about the blocks of this book."""
        entries: dict[int | None, list[Outline]] = {}
        for entry in outline:
            entries.setdefault(entry.page, []).append(entry)
        return cls(stats, entries, titles, _sizes(blocks, stats), _tops(blocks))

    def level(self, blocks: list[Block], i: int, after_heading: bool) -> int:
        """Depth of block `i` as a heading, from 1; 0 where it is none."""
        block = blocks[i]
        if len(block.rows) > 4 or sum(len(line.text) for line in block.lines) > _LONGEST:
            return 0
        text = joins.plain(block.lines)
        alone = block.display or len(block.rows) == 1
        if level := self._in_outline(block, text, alone):
            return level
        if block.display and block.first.line.size > 1.12 * block.first.face.size and len(text) > 1 | is_ordinal(text):
            size = block.first.line.size
            return 1 + next((n for n, s in enumerate(self.sizes) if size >= s - 0.3), len(self.sizes))
        if not alone or block.first.hanging or not (block.display or _apart(blocks, i)):
            return 0
        if words := worded_level(text):
            return words
        if block.display and (is_ordinal(text) or _WRITTEN.match(text)):
            return 4
        if block.display and len(block.rows) > 1 and is_ordinal(block.first.line.text):
            return 4
        if self._bold(block) or fold(text) in self.titles or self._opens_page(blocks, i, text):
            return 4
        return 4 if after_heading and block.display and self._completes(blocks, i, text) else 0

    def _in_outline(self, block: Block, text: str, alone: bool) -> int:
        entries = self.outline.get(block.first.line.page)
        if not entries:
            return 0
        words = fold(text)
        for entry in entries:
            same = fold(entry.title)
            if not same:
                continue
            if _letters(same) == _letters(words):
                return entry.level
            part = words.endswith(" " + same) or (block.display and same.startswith(words + " "))
            if alone and (part or (block.display and _NUMBERED.sub("", same) == words)):
                return entry.level
        return 0

    def _bold(self, block: Block) -> bool:
        text = block.lines[-1].text
        return all(line.bold for line in block.lines) and not _CLOSED.search(text)

    def _opens_page(self, blocks: list[Block], i: int, text: str) -> bool:
        """First on its page, lower than pages begin, with text below that begins at the margin."""
        block = blocks[i]
        if not block.display or block.gap is not None or _CLOSED.search(text) or len(block.rows) > 2:
            return False
        line = block.first.line
        below = blocks[i + 1] if i + 1 < len(blocks) else None
        if below is None or below.display or below.inset or below.first.line.page != line.page:
            return False
        sunk = line.y < self.tops.get(line.page % 2, 0.0) - 1.8 * self.stats.leading
        return sunk and len(below.rows) > 1 and abs(below.first.offset) < 0.4 * self.stats.body

    def _completes(self, blocks: list[Block], i: int, text: str) -> bool:
        """The title below a number: short, no sentence, and text comes next."""
        below = blocks[i + 1] if i + 1 < len(blocks) else None
        closed = _CLOSED.search(text) and not (text.isupper() and text[-1] == ".")
        if below is None or len(text) > 80 or closed or text[0] in "“\"‘'(—–[":
            return False
        return not below.display and below.first.line.page == blocks[i].first.line.page and len(blocks[i].rows) <= 2


def _letters(text: str) -> str:
    """Without blanks and hyphens, which a line's end may have put there."""
    return text.replace(" ", "").replace("-", "").replace("\u00ad", "")


def _apart(blocks: list[Block], i: int) -> bool:
    """Space above and below, or the page's head."""
    block = blocks[i]
    below = blocks[i + 1] if i + 1 < len(blocks) else None
    over = block.gap is None or block.gap > 1.3 * block.first.leading
    under = below is None or below.gap is None or below.gap > 1.25 * block.first.leading or below.display
    return over and under and block.first.rest > 2 * block.first.face.size


def _sizes(blocks: list[Block], stats: Statistics) -> list[float]:
    """Sizes above the text's, largest first, that differ by more than half a point."""
    sizes: list[float] = []
    found = {b.first.line.size for b in blocks if b.display and b.first.line.size > 1.12 * stats.body}
    for size in sorted(found, reverse=True):
        if not sizes or sizes[-1] - size > 0.5:
            sizes.append(size)
    return sizes


def _tops(blocks: list[Block]) -> dict[int, float]:
    found: dict[int, Counter[int]] = {0: Counter(), 1: Counter()}
    page = 0
    for block in blocks:
        for row in block.rows:
            if row.line.page != page:
                page = row.line.page
                found[page % 2][round(row.line.y)] += 1
    return {side: float(count.most_common(1)[0][0]) for side, count in found.items() if count}

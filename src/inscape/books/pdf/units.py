"""Blocks of lines to units: joined text, kinds, headings with levels, scene breaks, front matter.

Invariant: a block becomes one unit or one removal. A heading is told by its words, by the outline, or by standing
large and apart; the outline, where there is one, gives its level.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from inscape.books.pdf.footnotes import Note
from inscape.books.pdf.hyphens import Vocabulary, is_broken
from inscape.books.pdf.page import SOFT, Line, Outline
from inscape.books.pdf.paragraphs import Block
from inscape.books.pdf.statistics import Statistics
from inscape.books.structure import is_break, is_ordinal, worded_level
from inscape.records import Kind, Paragraph, Removal
from inscape.text import fold, squeeze

_LEADERS = re.compile(r"(?:\s?\.){4,}\s*[\divxlc]*$|…{2,}\s*\d*$", re.I)
_LEGAL = re.compile(
    r"\bISBN\b|©|\(c\) \d{4}|all rights reserved|first (?:published|issued|printed)|in the public domain|"
    r"copyright|printed in|published by|"
    r"library of congress|tüm hakları saklıdır",
    re.I,
)
_FRONT_PAGES = 12
"""Pages within which a title page or a page of rights is looked for."""
_LONGEST_HEADING = 160


@dataclass(slots=True)
class Writer:
    """Turns the blocks of a book into units; use `write`. After it, `removed` and `titles` are filled."""

    stats: Statistics
    vocabulary: Vocabulary
    outline: Sequence[Outline] = ()
    removed: list[Removal] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    """Lines of the title page, in their order."""
    _entries: dict[int | None, list[Outline]] = field(default_factory=dict)

    def write(self, blocks: list[Block]) -> list[Paragraph]:
        for entry in self.outline:
            self._entries.setdefault(entry.page, []).append(entry)
        front = self._front_pages(blocks)
        sizes = self._heading_sizes(blocks)
        units: list[Paragraph] = []
        for i, block in enumerate(blocks):
            page = block.lines[0].page
            text = self.text(block)
            if why := front.get(page) or self._aside(block, text):
                self.removed.append(Removal(why, text, page))
                if why == "title page":
                    self.titles.append(text)
                continue
            if self._is_scene_break(blocks, i):
                units.append(Paragraph("break", "", page))
            kind, level = self._kind(block, text, sizes)
            if kind == "verse":
                text = "\n".join(squeeze(self._line(line)) for line in block.lines)
            units.append(Paragraph(kind, "" if kind == "break" else text, page, None, "", level))
        return units

    def notes(self, notes: list[Note]) -> list[Paragraph]:
        """Footnotes as units."""
        return [Paragraph("note", self._join(note.lines), note.page, None, f"note {note.label}") for note in notes]

    # ------------------------------------------------------------ text

    def text(self, block: Block) -> str:
        """The block's lines as running text."""
        return self._join(block.lines)

    def _join(self, lines: list[Line]) -> str:
        made = lines[0].text
        for line in lines[1:]:
            if is_broken(made):
                made = self.vocabulary.join(made, line.text)
            elif made.endswith(("—", "–")) or line.text.startswith("—"):
                made += line.text
            else:
                made += " " + line.text
        return squeeze(made.replace(SOFT, "-"))

    def _line(self, line: Line) -> str:
        return line.text.replace(SOFT, "-")

    # ------------------------------------------------------------ kinds

    def _kind(self, block: Block, text: str, sizes: list[float]) -> tuple[Kind, int]:
        if is_break(text):
            return "break", 0
        if level := self._heading(block, text, sizes):
            return "heading", level
        if block.inset is not None and not block.inset.even:
            return "verse", 0
        if block.inset is not None or self._small(block):
            return "quote", 0
        deep = self.stats.offset(block.lines[0]) > self.stats.indent + 0.5 * self.stats.body
        if deep and not block.display and self.stats.by_indent and self.stats.is_short(block.lines[0]):
            return "verse", 0
        return "paragraph", 0

    def _small(self, block: Block) -> bool:
        return block.display and block.lines[0].size < 0.93 * self.stats.body and len(block.lines) > 1

    def _heading(self, block: Block, text: str, sizes: list[float]) -> int:
        if len(text) > _LONGEST_HEADING or len(block.lines) > 4:
            return 0
        if (level := self._in_outline(block, text)) and (block.display or len(block.lines) == 1):
            return level
        size = block.lines[0].size
        large = block.display and size > 1.12 * self.stats.body
        words = worded_level(text) if block.display or len(block.lines) == 1 else 0
        if large:
            return 1 + next((i for i, s in enumerate(sizes) if size >= s - 0.3), len(sizes))
        if words or (block.display and is_ordinal(text)):
            return words or 4
        return 0

    def _in_outline(self, block: Block, text: str) -> int:
        words = fold(text)
        for entry in self._entries.get(block.lines[0].page, ()):
            same = fold(entry.title)
            if same and (same == words or words.endswith(" " + same)):
                return entry.level
        return 0

    def _heading_sizes(self, blocks: list[Block]) -> list[float]:
        """Sizes above the text's, largest first, that differ by more than half a point."""
        sizes: list[float] = []
        found = {b.lines[0].size for b in blocks if b.display and b.lines[0].size > 1.12 * self.stats.body}
        for size in sorted(found, reverse=True):
            if not sizes or sizes[-1] - size > 0.5:
                sizes.append(size)
        return sizes

    def _is_scene_break(self, blocks: list[Block], i: int) -> bool:
        """A blank line between two paragraphs of the text, in a book that sets paragraphs without one."""
        block = blocks[i]
        if i == 0 or block.gap is None or not self.stats.by_indent:
            return False
        above = blocks[i - 1]
        if block.display or above.display or block.inset or above.inset:
            return False
        return block.gap > 1.6 * self.stats.leading

    # ------------------------------------------------------------ front matter

    def _aside(self, block: Block, text: str) -> str:
        """Why a block is no part of the text: dots to a page number, or small print about rights at the front."""
        pointed = sum(1 for line in block.lines if _LEADERS.search(line.text))
        if pointed and 2 * pointed >= len(block.lines):
            return "table of contents"
        small = block.lines[0].page <= _FRONT_PAGES and block.display and len(block.lines) <= 25
        return "license" if small and _LEGAL.search(text) else ""

    def _front_pages(self, blocks: list[Block]) -> dict[int, str]:
        """Pages at the front that are a title page, of rights, or contents, by their number."""
        pages: dict[int, list[Block]] = {}
        for block in blocks:
            if block.lines[0].page <= _FRONT_PAGES:
                pages.setdefault(block.lines[0].page, []).append(block)
        found: dict[int, str] = {}
        for number, here in pages.items():
            lines = [line for block in here for line in block.lines]
            if any(_LEADERS.search(line.text) for line in lines):
                if sum(1 for line in lines if _LEADERS.search(line.text)) * 2 >= len(lines):
                    found[number] = "table of contents"
            elif len(lines) <= 25 and any(_LEGAL.search(line.text) for line in lines) and not self._prose(here):
                found[number] = "license"
            elif number <= 4 and len(lines) <= 6 and not self._opens_text(here, number):
                found[number] = "title page"
        return found

    def _prose(self, blocks: list[Block]) -> bool:
        return any(len(block.lines) > 8 for block in blocks)

    def _opens_text(self, blocks: list[Block], page: int) -> bool:
        """Whether a page with few lines is a heading's or has text, and so is no title page."""
        if page in self._entries:
            return True
        for block in blocks:
            text = self.text(block)
            if worded_level(text) or is_ordinal(text) or not block.display:
                return True
        return page > 2 and len(blocks) < 2

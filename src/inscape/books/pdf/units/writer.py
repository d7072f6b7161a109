"""Blocks of lines to units: joined text with its offsets, kinds, headings with levels, what is no part of the text.

Invariant: a block becomes one unit or one removal; an ornament becomes a break and a removal. Text is put together
once, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inscape.books.marks import resolve
from inscape.books.pdf.layout.insets import is_ornament
from inscape.books.pdf.layout.paragraphs import Block
from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.notes.footnotes import Note
from inscape.books.pdf.page import Line, Outline
from inscape.books.pdf.trace import Fate
from inscape.books.pdf.units import asides, kinds
from inscape.books.pdf.units.headings import Headings
from inscape.books.pdf.units.kinds import Made
from inscape.books.pdf.words import joins
from inscape.books.pdf.words.vocabulary import Vocabulary
from inscape.records import Kind, Paragraph, Removal


@dataclass(slots=True)
class Writer:
    """Turns the blocks of a book into units; use `write`. After it, `removed`, `titles` and `fates` are filled."""

    stats: Statistics
    vocabulary: Vocabulary
    outline: Sequence[Outline] = ()
    labels: Mapping[int, str] = field(default_factory=dict)
    """Printed numbers of pages."""
    names: Sequence[str] = ()
    """Title and author, as far as the file tells them."""
    removed: list[Removal] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    """Lines of the title page, in their order."""
    fates: dict[int, Fate] = field(default_factory=dict)
    """By the id of a line: see `trace`."""
    units: list[Paragraph] = field(default_factory=list)
    _headings: Headings = field(init=False)

    def write(self, blocks: list[Block]) -> list[Paragraph]:
        made = self._judged(self._kept(blocks))
        kinds.settle(made, lambda block: joins.plain(block.lines))
        for one in made:
            self._write(one)
        return self.units

    def notes(self, notes: list[Note]) -> list[Paragraph]:
        """Footnotes as units; they come after all those that `write` made."""
        start = len(self.units)
        for note in notes:
            self._add("note", note.lines, place=note.place)
        return self.units[start:]

    # ------------------------------------------------------------ what is text

    def _kept(self, blocks: list[Block]) -> list[Block]:
        """Blocks that are text; the others go to `removed`."""
        front = asides.front_pages(blocks, {entry.page for entry in self.outline}, self.names)
        contents = {page for page, why in front.items() if why == "table of contents"}
        self._headings = Headings.of_book(blocks, self.stats, self.outline, asides.entries(blocks, contents))
        kept: list[Block] = []
        for block in blocks:
            if why := front.get(block.first.line.page) or asides.why(block):
                self._remove(block.lines, why)
                if why == "title page":
                    self.titles.append(self.removed[-1].text)
            else:
                kept.append(block)
        return kept

    def _remove(self, lines: list[Line], why: str) -> None:
        self.removed.append(Removal(why, resolve(joins.joined(lines, self.vocabulary)).text, lines[0].page))
        self._tell(lines, (None, why))

    def _judged(self, blocks: list[Block]) -> list[Made]:
        """Blocks with their kinds, and breaks where blank space or an ornament stands."""
        blank = kinds.breaks(blocks)
        made: list[Made] = []
        for i, block in enumerate(blocks):
            if len(block.rows) == 1 and is_ornament(block.first.line.text):
                made.append(Made(block, "break"))
                continue
            if i in blank:
                made.append(Made(Block([block.first]), "break", -1))
            level = self._headings.level(blocks, i, bool(made) and made[-1].kind == "heading")
            made.append(Made(block, "heading" if level else kinds.kind_of(block), level))
        return self._without_vignettes(made)

    def _without_vignettes(self, made: list[Made]) -> list[Made]:
        """An ornament right above or below a heading adorns it and parts no scenes."""
        kept: list[Made] = []
        for above, one, below in zip((None, *made), made, (*made[1:], None), strict=False):
            if one.kind == "break" and any(other and other.kind == "heading" for other in (above, below)):
                if one.level == 0:  # printed; a blank line has nothing to remove
                    self._remove(one.block.lines, "ornament")
            else:
                kept.append(one)
        return kept

    # ------------------------------------------------------------ units

    def _write(self, one: Made) -> None:
        lines = one.block.lines
        if one.kind == "table" and not one.block.cells:
            for line in lines:
                self._add("table", [line])
            return
        if one.kind != "break":
            self._add(one.kind, lines, one.level)
            return
        if one.level == 0:  # printed; a blank line has nothing to remove
            self.removed.append(Removal("scene break", lines[0].text, lines[0].page))
            self._tell(lines, (len(self.units), ""))
        self.units.append(Paragraph("break", "", lines[0].page, label=self.labels.get(lines[0].page, "")))

    def _add(self, kind: Kind, lines: list[Line], level: int = 0, place: str = "") -> None:
        verse = kind == "verse"
        marked = resolve(joins.stanza(lines) if verse else joins.joined(lines, self.vocabulary), verse)
        page = lines[0].page
        self._tell(lines, (len(self.units), ""))
        self.units.append(
            Paragraph(
                kind, marked.text, page, None, place, level, self.labels.get(page, ""),
                breaks=marked.breaks, italics=marked.italics, notes=marked.notes,
            )
        )  # fmt: skip

    def _tell(self, lines: list[Line], fate: Fate) -> None:
        for line in lines:
            self.fates[id(line)] = fate

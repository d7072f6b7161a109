"""Lines to paragraphs: by indent, by space or by the last line's end, whole across columns and pages.

Invariant: lines keep their order and every line goes into exactly one block. A page's end by itself never ends a
paragraph, and neither does space in the middle of a sentence that fills its line. Says nothing about what a block
means beyond 'text', 'set apart' and 'display'.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from inscape.books.pdf.layout import hanging, insets, numerals, sentences, tables
from inscape.books.pdf.layout.insets import Inset
from inscape.books.pdf.layout.rows import Row
from inscape.books.pdf.page import Line
from inscape.books.pdf.units import letters
from inscape.books.pdf.words.vocabulary import is_broken
from inscape.books.structure import is_ordinal, worded_level

_WIDE = 1.3
"""Lines' distances from which a step between two lines is a space between paragraphs."""

_SHARP = 0.2
"""Type sizes from which a line is short where all others end at the same point."""


@dataclass(slots=True)
class Block:
    """Consecutive lines that are one unit. `gap`: points of space above, None at the top of a page or column."""

    rows: list[Row]
    display: bool = False
    """Large, small or centered: a heading, a title, a dateline."""
    inset: Inset | None = None
    fresh: bool = False
    """Begins without the indent or space that paragraphs have here, at the top of a page, after an early end."""

    @property
    def lines(self) -> list[Line]:
        return [row.line for row in self.rows]

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def cells(self) -> bool:
        return self.rows[0].cell > 0

    @property
    def gap(self) -> float | None:
        return self.rows[0].gap


@dataclass(slots=True)
class Builder:
    """Puts rows into blocks. One for a book; use `build`."""

    blocks: list[Block] = field(default_factory=list)
    _previous: Row | None = None
    _before: Row | None = None
    _fresh: bool = False
    _insets: dict[int, Inset] = field(default_factory=dict)

    def build(self, pages: list[list[Row]]) -> list[Block]:
        numerals.mark(pages)
        for rows in pages:
            tables.mark(rows)
            hanging.mark(rows)
            self._insets |= insets.find(rows)
            for row in rows:
                self._take(row)
        return self.blocks

    def _take(self, row: Row) -> None:
        inset = None if row.numeral or self._spoken(row) else self._insets.get(id(row))
        display = inset is None and not row.entry and _displayed(row) and not self._continues(row)
        self._fresh = False
        if self._begins(row, display, inset):
            self.blocks.append(Block([row], display, inset, self._fresh))
        else:
            self.blocks[-1].rows.append(row)
        self._before, self._previous = self._previous, row

    def _begins(self, row: Row, display: bool, inset: Inset | None) -> bool:
        above = self._previous
        if above is None or row.line.opens:
            return True
        if row.cell or above.cell:
            return row.cell != 2
        if row.entry or above.entry:
            return row.entry != 2
        block = self.blocks[-1]
        if display != block.display:
            return True
        if display:
            return _parts(row, above)
        if row.face is not above.face and row.plain and above.plain:
            return True
        if (row.gap is None and self._runs_over(row, above, inset)) or self._continues(row):
            return False
        if inset is not None and block.inset is inset and row.gap is not None and row.gap > 1.2 * inset.leading:
            return True
        if inset is not None or block.inset is not None:
            return (row.gap is not None and row.gap > _WIDE * row.leading) or self._begins_inset(row, above, inset)
        if row.gap is not None and row.gap > _wide(row):
            return not _goes_on(row, above)
        if row.hanging:
            first = row.offset < 0.3 * row.face.size
            return first and (above.hanging or sentences.ends(above.line.text))
        if row.face.by == "indent":
            return self._begins_indented(row, above)
        return self._begins_flat(row, above)

    def _begins_inset(self, row: Row, above: Row, inset: Inset | None) -> bool:
        before = self._insets.get(id(above))
        if inset is None or before is None:
            return True
        if not inset.even:
            return (before.even or inset.listed) and not _unfinished(row, above)
        size, room = row.face.size, before.room(above)
        if row.offset > inset.base + 0.5 * size:
            return above.offset <= before.base + 0.5 * size or room > (
                size if row.face.justified else size + row.first_word
            )
        # Letters are often set with neither indent nor space between their paragraphs.
        if sentences.ends(above.line.text):
            early = room > (_SHARP if before.sharp else 3) * size
            return sentences.begins(row.line.text) and (early or _stands_alone(row, inset))
        return room > max(3 * size, 1.3 * row.first_word) and (
            sentences.begins(row.line.text) or letters.frames(above.line.text)
        )

    def _begins_indented(self, row: Row, above: Row) -> bool:
        face = row.face
        if row.indented:
            return True
        deep = face.indent + 0.5 * face.size
        if self._spoken(row):
            return False
        if row.offset > deep:
            return abs(above.offset - row.offset) >= 2 or above.rest > 1.5 * face.size
        if above.offset > deep and row.offset < 0.5 * face.size:
            return True
        # Within a page an indent is missing only by intention, so that the line above must be much too short.
        if row.gap is None and face.justified and len(above.line.text) not in (at for at, _ in above.line.calls):
            return self._ended(row, above, 0.6 * face.size)
        return self._ended(row, above, 3 * face.size + (0.0 if face.justified else row.first_word))

    def _begins_flat(self, row: Row, above: Row) -> bool:
        """Where paragraphs have no indent: the words and the last line's length say it."""
        if row.gap is not None and row.face.by == "space":
            return row.indented and above.ends_early(row) and sentences.ends(above.line.text)
        if row.gap is None and row.offset > 0.9 * row.face.size + abs(above.offset):
            return above.ends_early(row)
        return self._ended(row, above, 0.6 * row.face.size)

    def _ended(self, row: Row, above: Row, room: float) -> bool:
        """Whether the line above ended a paragraph though nothing else shows it: early, and with its sentence; where
        lines are ragged, quotation marks may tell of an end at a line that is full."""
        if row.offset > 0.5 * row.face.size or not sentences.begins(row.line.text):
            return False
        if sentences.names_speaker(row.line.text) and sentences.ends(above.line.text):
            return True
        early = above.rest >= room and above.ends_early(row)
        if early and self._beside_picture(above):
            return False
        ends = sentences.ends(above.line.text)
        if early and not ends and above.rest > 3 * row.face.size:
            ends = sentences.speaks(row.line.text)
        if row.face.by != "indent" and ends:
            said = sentences.new_speech((line.text for line in self.blocks[-1].lines), row.line.text)
            early = early if said is None else said
        self._fresh = row.gap is None and early and ends
        return early and ends

    def _spoken(self, row: Row) -> bool:
        """Whether a line goes on with the speech of a play, whose lines hang inside its person's name."""
        above = self._previous
        if above is None or row.gap is None or above.ends_early(row) or row.offset < 0.5 * row.face.size:
            return False
        first = self.blocks[-1].first
        return row.gap < 1.2 * row.leading and first.offset < 1 and sentences.names_speaker(first.line.text)

    def _runs_over(self, row: Row, above: Row, inset: Inset | None) -> bool:
        """Whether a sentence that fills the last line of a page or column goes on, wherever the new page's line
        begins."""
        before = self._insets.get(id(above))
        if before is not None and before.even:
            early = before.room(above) > row.face.size
        else:
            early = above.ends_early(row)
        if early or sentences.ends(above.line.text):
            return False
        return (
            row.line.text[0].islower()
            or is_broken(above.line.text)
            or (above.hanging and row.offset > 0.3 * row.face.size)
        )

    def _continues(self, row: Row) -> bool:
        """Whether a sentence that fills its line goes on in the next line, wherever that begins: beside an initial, or
        in the middle by chance."""
        above = self._previous
        if above is None or row.indented or not (row.plain and above.plain):
            return False
        if row.gap is None:
            over = row.line.text[0].islower() and self._runs_over(row, above, None)
            return (over or is_broken(above.line.text)) and not self.blocks[-1].display
        if self.blocks[-1].display or self.blocks[-1].inset or id(row) in self._insets or row.cell or row.entry:
            return False
        near = 0 < row.gap < 1.2 * row.leading and above.face is row.face and not row.hanging
        return near and not above.ends_early(row) and _unfinished(row, above)

    def _beside_picture(self, above: Row) -> bool:
        """The line above and that above it end at the same place, inside the margin."""
        before = self._before
        within = len(self.blocks[-1].rows) > 1
        return within and before is not None and abs(before.rest - above.rest) < 1 and above.gap is not None


def _unfinished(row: Row, above: Row) -> bool:
    """Whether a sentence surely goes on from one line to the next."""
    last = above.line.text[-1]
    return is_broken(above.line.text) or (
        row.line.text[0].islower() and not last.isdigit() and not sentences.ends(above.line.text)
    )


def _stands_alone(row: Row, inset: Inset) -> bool:
    """A date or a name below the sentence of a letter: short, and no sentence itself."""
    short = inset.room(row) > 0.4 * (inset.right - inset.base)
    return short and (letters.frames(row.line.text) or not sentences.ends(row.line.text))


def _displayed(row: Row) -> bool:
    if not row.plain and not 0.9 * row.face.size < row.line.size < 1.1 * row.face.size:
        return True
    return row.centered or row.numeral


def _parts(row: Row, above: Row) -> bool:
    """Whether two displayed lines are two units."""
    line, before = row.line, above.line
    # 'Part II: 1805' and the 'I' of its first chapter are two headings; 'CHAPTER' and 'I' below are one.
    if len(line.text) < 100 and ((is_ordinal(line.text) and " " in before.text) or worded_level(line.text)):
        return True
    if is_ordinal(before.text) and row.gap is not None and row.gap > _WIDE * max(row.leading, 1.2 * line.size):
        return True
    close = row.gap is not None and 0 < row.gap < 1.9 * max(row.leading, 1.2 * line.size)
    return not (close and abs(line.size - before.size) < 0.1 * before.size)


def _wide(row: Row) -> float:
    """Points from which a step down is a space between paragraphs."""
    face = row.face
    if face.by == "space" and face.space > row.leading:
        return max(1.12 * row.leading, min(_WIDE * row.leading, 0.5 * (row.leading + face.space)))
    return _WIDE * row.leading


def _goes_on(row: Row, above: Row) -> bool:
    """Whether a sentence that fills its line goes on below the space: it was stretched, or a picture stands in it."""
    if row.indented or row.offset > 0.5 * row.face.size or above.ends_early(row):
        return False
    return row.line.text[0].islower() or is_broken(above.line.text)

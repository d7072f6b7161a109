"""Each line with its place: how far inside the margins, how far below the line above, in which face.

Invariant: one row for each line, in the same order; nothing is decided yet about what begins where. A page that stands
elsewhere on its sheet (a scan, a wrong left-right order) is measured by the margins that fit its own lines.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter

from inscape.books.pdf.layout.statistics import Face, Frame, Key, Statistics, columns_of
from inscape.books.pdf.page import Line

_CLOSE = 1.2
"""Points within which a line is at a margin."""

_column = attrgetter("column")


@dataclass(slots=True)
class Row:
    """A line in its place. Points."""

    line: Line
    face: Face
    """Its own, or that of the page where its size is no running text's."""
    plain: bool
    """Its size is that of running text."""
    offset: float
    """From the left margin to its first character."""
    rest: float
    """From its last character to the right margin."""
    width: float
    """From margin to margin."""
    gap: float | None
    """From the base line above in the same column; None at the top."""
    leading: float
    """What lines are apart here."""
    beside: bool = False
    """Stands at the right of the line before, on the same base line."""
    cell: int = 0
    """In a table: 1 the first cell of its line, 2 another."""
    entry: int = 0
    """In an index: 1 the first line of an entry, 2 another."""
    numeral: bool = False
    """A chapter's number, alone on its line."""
    hanging: bool = False
    """In a run of paragraphs whose first lines stand out to the left."""

    @property
    def indented(self) -> bool:
        """Begins where the first line of a paragraph begins."""
        indent = self.face.indent
        return bool(indent) and abs(self.offset - indent) <= self.face.near

    @property
    def centered(self) -> bool:
        size = self.face.size
        if self.offset <= 2.2 * size or abs(self.offset - self.rest) >= 1.2 * size:
            return False
        return not (self.indented and self.face.by == "indent" and self.plain)

    @property
    def first_word(self) -> float:
        """Points that the first word takes, with a blank before it."""
        text = self.line.text
        word = text.partition(" ")[0]
        return (_units(word) + 0.5) * (self.line.x1 - self.line.x0) / max(1.0, _units(text))

    def ends_early(self, below: Row) -> bool:
        """Whether there is room at the right that a line within a paragraph would have filled: any where lines are
        spread to the margin, else as much as the first word of the next line takes."""
        return self.rest > (0.6 * self.face.size if self.face.justified else below.first_word)


def _units(text: str) -> float:
    """Width of a text in widths of a common small letter."""
    narrow = sum(map(text.count, " .,;:'’‘|!ijltfrI"))
    wide = sum(map(text.count, "mwMW—"))
    capitals = sum(1 for letter in text if letter.isupper())
    return len(text) - 0.45 * narrow + 0.5 * wide + 0.35 * capitals


def rows_of(pages: list[list[Line]], stats: Statistics) -> list[list[Row]]:
    """Rows of all pages."""
    made: list[list[Row]] = []
    face = stats.faces[0]
    for lines in pages:
        face = _face_of_page(lines, stats, face)
        columns = columns_of(lines)
        rows: list[Row] = []
        for column, group in groupby(lines, _column):
            rows += _of_column(list(group), (lines[0].page % 2, columns, column), stats, face)
        _smooth(rows)
        _stand_back(rows)
        made.append(rows)
    return made


def _smooth(rows: list[Row]) -> None:
    """A lone line of another size between lines of text, at their distance, is text measured badly, as in scans."""
    for above, row, below in zip(rows, rows[1:], rows[2:], strict=False):
        if row.plain or not (above.plain and below.plain and above.face is below.face):
            continue
        near = all(gap is not None and 0 < gap < 1.2 * row.leading for gap in (row.gap, below.gap))
        row.plain = near and 0.75 * row.face.size < row.line.size < 1.3 * row.face.size


def _stand_back(rows: list[Row]) -> None:
    """Lines beside the initial of a chapter begin at the margin where the initial begins."""
    for i, first in enumerate(rows):
        size = first.face.size
        opening = first.line.opens or (i > 0 and (not rows[i - 1].plain or rows[i - 1].centered))
        if not (opening and first.plain and abs(first.offset) < 0.3 * size):
            continue
        for beside, (above, row) in enumerate(pairwise(rows[i : i + 6])):
            full = above.rest < 0.5 * size and row.gap is not None
            if not full or (row.indented and not first.line.opens) or row.line.text[0] in '“"‘«—':
                break
            if abs(row.offset) < 0.3 * size:
                for other in rows[i + 1 : i + 1 + beside]:
                    other.offset = 0.0
                break
            if row.offset > 7 * size or row.rest > 0.5 * size:
                break


def _face_of_page(lines: list[Line], stats: Statistics, before: Face) -> Face:
    """The face that most of the page's text has; on a page of few lines that of the page before."""
    if len(stats.faces) == 1:
        return before
    count: Counter[int] = Counter()
    for line in lines:
        if face := stats.face(line.size):
            count[stats.faces.index(face)] += len(line.text)
    best = count.most_common(1)
    return stats.faces[best[0][0]] if best and best[0][1] > 300 else before


def _of_column(lines: list[Line], key: Key, stats: Statistics, page: Face) -> list[Row]:
    of_size = {size: stats.face(size) for size in {line.size for line in lines}}
    known: dict[float, tuple[Face, bool, float, float, float, float]] = {}
    for size, own in of_size.items():
        face = own or page
        same = [e for e in lines if of_size[e.size] is face] if len(of_size) > 1 or own is None else lines
        known[size] = face, own is not None, *_frame(same, key, face, stats), _leading(same, face), 0.3 * face.size
    rows: list[Row] = []
    gap: float | None = None
    y = end = 0.0
    for line in lines:
        face, plain, left, right, leading, level = known[line.size]
        if rows:
            gap = y - line.y
        y, beside = line.y, gap is not None and -level < gap < level and line.x0 > end
        end = line.x1
        rows.append(Row(line, face, plain, line.x0 - left, right - end, right - left, gap, leading, beside))
    return rows


def _leading(lines: list[Line], face: Face) -> float:
    """The lesser steps of this page: some typesetters stretch all of them to fill a page."""
    heights, least = [line.y for line in lines], 0.5 * face.leading
    steps = sorted([step for a, b in pairwise(heights) if (step := a - b) > least])
    most = 1.15 if face.by == "space" else 1.45
    if len(steps) < 5 or steps[len(steps) // 4] < 1.02 * face.leading:
        return face.leading
    return min(steps[len(steps) // 4], most * face.leading)


# ---------------------------------------------------------------- margins of a page


def _frame(lines: list[Line], key: Key, face: Face, stats: Statistics) -> Frame:
    """The margins that most of the lines keep: the usual ones of such a page unless others fit far better."""
    usual = face.frame(key) or _of_others(key, face, stats) or _of_lines(lines)
    if len(lines) < 4:
        return usual
    if _votes(lines, usual, face) >= 0.35 * len(lines):
        return usual
    others = [f for f in set(face.frames.values()) - {usual} if _fits(lines, f, face)]
    if others:
        return max(others, key=lambda frame: _votes(lines, frame, face))
    return _shifted(lines, usual, face) or usual


def _of_others(key: Key, face: Face, stats: Statistics) -> Frame | None:
    for other in stats.faces:
        if frame := other.frame(key):
            return frame
    for columns in range(key[1] - 1, 0, -1):
        if frame := face.frame((key[0], columns, 0)):
            return frame
    return None


def _of_lines(lines: list[Line]) -> Frame:
    return min((e.x0 for e in lines), default=0.0), max((e.x1 for e in lines), default=1.0)


def _votes(lines: list[Line], frame: Frame, face: Face) -> int:
    """Lines that begin at the left margin or at the indent, and lines that end at the right margin; the fewer."""
    left, right = frame
    starts = [line.x0 - left for line in lines]
    at_left = len([1 for by in starts if abs(by) <= _CLOSE or abs(by - face.indent) <= _CLOSE])
    return min(at_left, len([1 for e in lines if abs(e.x1 - right) <= _CLOSE])) if face.justified else at_left


def _fits(lines: list[Line], frame: Frame, face: Face) -> bool:
    """Whether most lines keep both margins; a quotation inside the usual ones keeps one of another frame at most."""
    at_left = sum(1 for line in lines if abs(line.x0 - frame[0]) <= _CLOSE)
    at_right = sum(1 for line in lines if abs(line.x1 - frame[1]) <= (_CLOSE if face.justified else face.size))
    enough = max(2, 0.3 * len(lines)) if face.justified else 1
    return at_left >= 0.4 * len(lines) and at_right >= enough


def _shifted(lines: list[Line], frame: Frame, face: Face) -> Frame | None:
    """The frame moved to where the lines' ends fit at both sides."""
    moves = Counter(round(line.x0 - frame[0]) for line in lines)
    by = float(moves.most_common(1)[0][0])
    moved = frame[0] + by, frame[1] + by
    return moved if abs(by) > _CLOSE and _fits(lines, moved, face) else None

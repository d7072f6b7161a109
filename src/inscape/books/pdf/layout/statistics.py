"""What is usual in a book: its type sizes, distance of lines, margins, how its paragraphs begin.

Invariant: counts only, no line is changed except for the number of its column. Every later step asks here instead of
assuming a layout. A book may have several faces (sizes of running text), each with margins and habits of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from inscape.books.pdf.page import Line, Page

Key = tuple[int, int, int]
"""(parity of the page, columns on the page, column from 0)."""
Frame = tuple[float, float]
"""Left and right margin."""

_Pair = tuple[float, float, float, bool]
"""Of a line: offset from the margin, step from the line above (0: another column), the room that the line has at its
right, and whether the line above ended early."""

_SHARE = 0.03
"""Share of a book's characters from which a size is running text and no accident."""
_LINES = 60


@dataclass(slots=True)
class Face:
    """A size in which running text is set, and how. Lengths in points."""

    size: float
    leading: float
    indent: float = 0.0
    by: Literal["indent", "space", "line"] = "indent"
    """How a paragraph shows: its first line's indent, space above it, or nothing but the last line's end."""
    space: float = 0.0
    """By space: from the last base line of one paragraph to the first of the next."""
    justified: bool = True
    frames: dict[Key, Frame] = field(default_factory=dict)
    near: float = field(init=False)
    """By how much a line's beginning may differ from where it should be."""

    def __post_init__(self) -> None:
        self.near = max(1.5, 0.18 * self.size)

    def frame(self, key: Key) -> Frame | None:
        """Margins for this place, or those of the other side of the sheet."""
        return self.frames.get(key) or self.frames.get((1 - key[0], key[1], key[2]))


@dataclass(slots=True)
class Statistics:
    """All lengths in points. `faces`: that of most of the text first."""

    body: float
    leading: float = 0.0
    faces: list[Face] = field(default_factory=list)
    _of_size: dict[float, Face | None] = field(default_factory=dict)

    def is_body(self, line: Line) -> bool:
        return abs(line.size - self.body) < 0.08 * self.body

    def face(self, size: float) -> Face | None:
        """The face of a size; None where no running text has it."""
        if size not in self._of_size:
            self._of_size[size] = next((f for f in self.faces if _is_of(f, size, f is self.faces[0])), None)
        return self._of_size[size]


def _is_of(face: Face, size: float, main: bool) -> bool:
    return abs(size - face.size) < (0.08 if main else 0.04) * face.size


def mode(values: Mapping[float, int], step: float) -> float:
    """The commonest of values with their weights, rounded to `step`; 0 where there is none."""
    count: Counter[int] = Counter()
    for value, weight in values.items():
        count[round(value / step)] += weight
    return count.most_common(1)[0][0] * step if count else 0.0


def sizes_of(pages: Iterable[list[Line]]) -> tuple[Counter[float], Counter[float]]:
    """(characters, lines) by the size in which they are set."""
    characters: Counter[float] = Counter()
    lines: Counter[float] = Counter()
    for page in pages:
        lines.update([line.size for line in page])
        for line in page:
            characters[line.size] += len(line.text)
    return characters, lines


def body_size(pages: list[Page]) -> float:
    """The size in which most characters are set; exact, not rounded."""
    characters, lines = sizes_of(page.lines for page in pages)
    rough = mode(characters, 0.25)
    near = Counter({size: n for size, n in lines.items() if abs(size - rough) <= 0.25})
    return near.most_common(1)[0][0] if near else 10.0


def leading_of(pages: list[list[Line]], body: float) -> float:
    """Points from one base line of the text to the next."""
    steps: list[float] = []
    near: dict[float, bool] = {}
    most = 3 * body
    for lines in pages:
        y, is_near = 0.0, False
        for line in lines:
            step, was_near, y, size = y - line.y, is_near, line.y, line.size
            if size not in near:
                near[size] = abs(size - body) < 0.08 * body
            is_near = near[size]
            if 0 < step < most and was_near and is_near:
                steps.append(step)
    return mode(Counter(steps), 0.25) or 1.2 * body


def measure(pages: list[list[Line]], stats: Statistics) -> None:
    """Fill in columns and faces with their margins and habits, from pages without furniture."""
    for lines in pages:
        _columns(lines, stats)
    stats.faces = _faces(pages, stats)
    of_size = {size: stats.face(size) for size in {line.size for lines in pages for line in lines}}
    for face in stats.faces:
        own = [[line for line in lines if of_size[line.size] is face] for lines in pages]
        _margins(own, face)
        _habits(own, face)


def _columns(lines: list[Line], stats: Statistics) -> None:
    column, up, right = 0, 2 * stats.leading, 8 * stats.body
    for above, line in pairwise(lines):
        if line.y > above.y + up and line.x0 > above.x0 + right:
            column += 1
        line.column = column


def _faces(pages: list[list[Line]], stats: Statistics) -> list[Face]:
    """The body's face, then other sizes that run over many lines."""
    sizes, lines = sizes_of(pages)
    enough = _SHARE * sizes.total()
    found = [Face(stats.body, stats.leading)]
    for size, _ in sizes.most_common():
        if any(_is_of(face, size, face is found[0]) for face in found):
            continue
        near = [s for s in sizes if abs(s - size) < 0.04 * size]
        if sum(sizes[s] for s in near) >= enough and sum(lines[s] for s in near) >= _LINES:
            found.append(Face(size, leading_of(pages, size)))
    return found


def columns_of(lines: list[Line]) -> int:
    """How many columns a page has."""
    return max([line.column for line in lines], default=0) + 1


def _margins(pages: list[list[Line]], face: Face) -> None:
    groups: dict[Key, list[Line]] = defaultdict(list)
    for lines in pages:
        columns = columns_of(lines)
        long = [line for line in lines if len(line.text) > 12]
        for column in range(columns):
            if own := long if columns == 1 else [line for line in long if line.column == column]:
                groups[own[0].page % 2, columns, column] += own
    for key, group in groups.items():
        left = sorted([line.x0 for line in group])
        starts = Counter(map(round, left))
        most = starts.most_common(1)[0][1]
        # In a book of short dialogue most lines are indented: the margin is the leftmost common start.
        rough = min(x for x, n in starts.items() if n >= 0.25 * most)
        # Where first lines hang out, they are few; hung quotation marks stand out less.
        rough = min((x for x, n in starts.items() if n >= 0.08 * most and x < rough - 0.8 * face.size), default=rough)
        near = [x for x in left if abs(x - rough) <= 1]
        face.frames[key] = near[len(near) // 2], _right(sorted([line.x1 for line in group]))


def _right(ends: list[float]) -> float:
    """Where most lines end; of ragged lines, where the longest do."""
    best, count = Counter(map(round, ends)).most_common(1)[0]
    near = [end for end in ends if abs(end - best) <= 1.5]
    return sum(near) / len(near) if count > 0.2 * len(ends) else ends[int(0.99 * (len(ends) - 1))]


def _habits(pages: list[list[Line]], face: Face) -> None:
    """Indent, space, and which of them paragraphs begin with."""
    pairs = _pairs(pages, face)
    offsets = [pair[0] for pair in pairs]
    indent = _indent(pairs, face)
    near = [offset for offset in offsets if -1.5 <= offset - indent <= 1.5] if indent else []
    face.indent = indent = sum(near) / len(near) if near else 0.0
    starts = len([1 for offset in offsets if -1.5 <= offset - indent <= 1.5]) if indent else 0
    steps = [pair[1] for pair in pairs if pair[1]]
    small, large, room = 1.25 * face.leading, 3 * face.leading, 0.2 * face.size
    wide = [step for step in steps if small < step < large]
    flat = len([1 for offset, step, _, ended in pairs if ended and step and step < small and offset < 2])
    full = len([1 for pair in pairs if -room < pair[2] < room])
    face.justified = full > 0.35 * max(1, len(pairs))
    face.space = mode(Counter(wide), 0.25)
    share, spaced = starts / max(1, len(pairs)), len(wide) / max(1, len(steps))
    opened = [offset for offset, step, _, _ in pairs if small < step < large]
    flush = sum(1 for offset in opened if abs(offset) < 2)
    # Hanging paragraphs, as in a play: what is inside the margin goes on, and what begins stands at it, below a space.
    hangs = len(opened) > max(0.08 * len(pairs), 0.25 * starts) and flush > 0.7 * len(opened)
    if not hangs and share > 0.03 and share >= 0.5 * spaced and starts > 0.5 * flat:
        face.by = "indent"
    else:
        face.by = "space" if len(wide) >= flat else "line"


def _pairs(pages: list[list[Line]], face: Face) -> list[_Pair]:
    """One for each line."""
    made: list[_Pair] = []
    for lines in pages:
        columns, column = columns_of(lines), -1
        y, ended = 0.0, False
        frame: Frame | None = None
        for line in lines:
            step = max(0.0, y - line.y)
            if line.column != column:
                column, step = line.column, 0.0
                frame = face.frame((line.page % 2, columns, column))
            left, right = frame or (line.x0, line.x1)
            rest = right - line.x1
            made.append((line.x0 - left, step, rest, ended))
            y, ended = line.y, rest > 0.25 * (right - left)
    return made


def _indent(pairs: list[_Pair], face: Face) -> float:
    """The commonest step inward of a line whose next line is back at the margin; quotations have none such."""
    first: Counter[int] = Counter()
    inward: Counter[int] = Counter()
    least, most = 0.4 * face.size, 4.5 * face.size
    for above, below in pairwise(pairs):
        if least < above[0] < most:
            offset = round(above[0])
            inward[offset] += 1
            first[offset] += below[1] > 0 and abs(below[0]) < 0.3 * face.size
    best = first.most_common(1) if first.total() >= 3 else inward.most_common(1)
    return float(best[0][0]) if best else 0.0

"""Pages of a scan with a hidden text layer, laid on each other: no two of them lie alike on the glass.

Invariant: only x0, x1, `inner` and sizes of lines change, by one `Move` a page that can be undone; a book whose pages
agree, as those of a typeset book do, is not touched. A page is laid by its own left margin (the lowest at which many
of its full lines begin) or, where it has few lines, by what most of them fit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from inscape.books.pdf.page import Line, Page
from inscape.books.pdf.scans import ocr

_FULL = 20
"""Characters, from which a line may reach the right margin."""
_ENOUGH = 8
"""Such lines, fewer than which show no margins."""
_SHORT = 5
"""Characters, fewer than which are a number and no line of text."""
_MOST = 50
"""Lines of a page that are enough to tell how it leans."""
_LEAN = 1.0
"""Points by which a margin leans from a page's head to its foot, below which it is upright."""
_SAMPLE = 60
"""Pages of a side that tell whether the book is a scan."""
_TURNS, _FEWEST = 0.004, 3
"""Share and number of lines of a size of their own within the text, up to which the book is typeset."""
_NEAR = 1.5
"""Points within which a line of a scan is at a margin."""
_SPREAD = 0.8
"""Points between the quartiles of the pages' margins, from which the pages do not lie alike."""
_ALIKE = 0.4
"""Share of pages with the very same margin, from which the book is typeset."""
_STRETCH = 0.04
"""Most by which a page is wider or narrower than the others."""


@dataclass(frozen=True, slots=True)
class Move:
    """What was done to a page's lines: x -> (x + by - slope * y) * scale + origin * (1 - scale). Points."""

    by: float
    slope: float = 0.0
    scale: float = 1.0
    origin: float = 0.0

    def moved(self, x: float, y: float) -> float:
        return (x + self.by - self.slope * y - self.origin) * self.scale + self.origin

    def undone(self, x: float, y: float) -> float:
        """Where it stood on its sheet."""
        return (x - self.origin) / self.scale + self.origin - self.by + self.slope * y


@dataclass(frozen=True, slots=True)
class _Edges:
    """Margins of a page or, as medians, of a side. `right` None: its lines end anywhere."""

    left: float
    right: float | None


@dataclass(frozen=True, slots=True)
class _Side:
    """What is usual on left or right pages: margins, indent, and how far a page is moved at most."""

    usual: _Edges
    indent: float
    reach: float


# ---------------------------------------------------------------- sizes


def level_sizes(pages: Sequence[Page]) -> None:
    """Give the lines of a text one size where sizes change from line to line, as only recognized text does."""
    turns = lines = 0
    for page in pages[:: max(1, len(pages) // (2 * _SAMPLE))]:
        full = [line for line in page.lines if len(line.text) >= _FULL]
        lines += len(full)
        turns += sum(map(_lone, full, full[1:], full[2:]))
    if turns > max(_FEWEST, _TURNS * lines):
        ocr.level_sizes([page for page in pages if page.lines])


def _lone(above: Line, line: Line, below: Line) -> bool:
    """Whether a line has another size than the lines around it, though it stands in one text with them."""
    size, step = line.size, above.y - line.y
    off = min(abs(above.size - size), abs(below.size - size))
    if not 0.01 * size < off < 0.2 * size:
        return False
    return abs(above.x0 - below.x0) < size and 0 < step < 2 * size and abs(step - (line.y - below.y)) < 0.3 * size


# ---------------------------------------------------------------- margins


def lay(pages: Sequence[list[Line]]) -> dict[int, Move]:
    """Lay the pages of each side on each other; returns the moves of those that were moved, by their number."""
    moves: dict[int, Move] = {}
    for side in (0, 1):
        own = [lines for lines in pages if lines and lines[0].page % 2 == side]
        if _differ(own):
            moves |= _laid(own)
    for lines in pages:
        if lines and (move := moves.get(lines[0].page)):
            for line in lines:
                _apply(move, line)
    return moves


def placed(line: Line, moves: Mapping[int, Move]) -> tuple[float, float]:
    """Left and right end of a line where it is printed."""
    move = moves.get(line.page)
    return (move.undone(line.x0, line.y), move.undone(line.x1, line.y)) if move else (line.x0, line.x1)


def _apply(move: Move, line: Line) -> None:
    line.x0, line.x1 = move.moved(line.x0, line.y), move.moved(line.x1, line.y)
    if line.inner:
        line.inner = move.moved(line.inner[0], line.y), move.moved(line.inner[1], line.y)


def _differ(pages: list[list[Line]]) -> bool:
    """Whether margins differ as those of scans do: by a little, and each page's by something else; or lean."""
    sample = [_words(lines) for lines in pages[:: max(1, len(pages) // _SAMPLE)]]
    lefts = sorted(edges.left for edges in map(_edges, sample) if edges)
    if len(lefts) < 4:
        return False
    spread = lefts[3 * len(lefts) // 4] - lefts[len(lefts) // 4]
    same = max(bisect_right(lefts, left + 0.3) - at for at, left in enumerate(lefts))
    if spread > _SPREAD and same < max(2.5, _ALIKE * len(lefts)):
        return True
    leaning = list(map(_slope, sample[:: max(1, len(sample) // 15)]))
    return sum(map(bool, leaning)) > _ALIKE * len(leaning)


def _words(lines: list[Line]) -> list[Line]:
    """Lines with words, not only a number."""
    return [line for line in lines if len(line.text) >= _SHORT and not line.turned]


def _ends(lines: list[Line], slope: float) -> list[float]:
    """Where lines of some length end, sorted."""
    return sorted(line.x1 - slope * line.y for line in lines if len(line.text) >= _FULL)


def _edges(lines: list[Line], slope: float = 0.0) -> _Edges | None:
    """Margins of a page by its lines; None where they are too few or begin anywhere."""
    ends = [-x for x in reversed(_ends(lines, slope))]
    if len(ends) < _ENOUGH:
        return None
    left = _lowest(sorted(line.x0 - slope * line.y for line in lines), 0.2)
    right = _lowest(ends, 0.4)
    return None if left is None else _Edges(left, None if right is None else -right)


def _lowest(values: list[float], share: float) -> float | None:
    """The lowest value near which at least a share of sorted values is."""
    least, width = max(3.0, share * len(values)), 2 * _NEAR
    best: tuple[int, int] | None = None
    for at, value in enumerate(values):
        if best and value > values[best[1]] + width:
            break
        count = bisect_right(values, value + width) - at
        if count >= least and (best is None or count > best[0]):
            best = count, at
    return median(values[best[1] : best[1] + best[0]]) if best else None


def _laid(pages: list[list[Line]]) -> dict[int, Move]:
    """Moves of the pages of one side."""
    words = [_words(lines) for lines in pages]
    slopes = [_slope(lines) for lines in words]
    found = [_edges(lines, slope) for lines, slope in zip(words, slopes, strict=True)]
    known = [edges for edges in found if edges]
    widths = [edges.right - edges.left for edges in known if edges.right is not None]
    left = median(edges.left for edges in known)
    usual = _Edges(left, left + median(widths) if len(widths) > 0.5 * len(known) else None)
    off = sorted(abs(edges.left - left) for edges in known)
    side = _Side(usual, _indent(words, found, slopes), 1.5 * off[int(0.9 * (len(off) - 1))] + _NEAR)
    moves: dict[int, Move] = {}
    for page, lines, slope, edges in zip(pages, words, slopes, found, strict=True):
        by = _best(lines, slope, edges, side)
        moves[page[0].page] = Move(by, slope, _scale(edges, usual, by), left)
    return moves


def _slope(lines: list[Line]) -> float:
    """By how much the left margin leans, in points a point upwards; 0 where it hardly does or too few lines say so."""
    if len(lines) < 2 * _ENOUGH:
        return 0.0
    leans = []
    lines = lines[:: 1 + len(lines) // _MOST]
    for i, line in enumerate(lines):
        for other in lines[i + 5 :]:
            x, y = line.x0 - other.x0, line.y - other.y
            if abs(x) < 0.03 * y:
                leans.append(x / y)
    height = lines[0].y - lines[-1].y
    slope = median(leans) if len(leans) >= 3 * len(lines) else 0.0
    return slope if abs(slope) * height > _LEAN else 0.0


def _indent(words: list[list[Line]], found: list[_Edges | None], slopes: list[float]) -> float:
    """How far first lines of paragraphs are usually indented, by the pages that show a margin; 0: not at all."""
    count: Counter[int] = Counter()
    for lines, edges, slope in zip(words, found, slopes, strict=True):
        if edges:
            count.update(round(line.x0 - slope * line.y - edges.left) for line in lines)
    inward = Counter({step: count[step - 1] + n + count[step + 1] for step, n in count.items() if 4 <= step <= 45})
    best = inward.most_common(1)
    return float(best[0][0]) if best and best[0][1] > 0.02 * count.total() else 0.0


def _best(lines: list[Line], slope: float, edges: _Edges | None, side: _Side) -> float:
    """The move to the right at which most lines stand at the usual margins or the indent; 0 where none is likely."""
    usual, indent = side.usual, side.indent
    starts, ends = sorted(line.x0 - slope * line.y for line in lines), _ends(lines, slope)
    lefts, rights = ([edges.left], [edges.right]) if edges else (starts, ends)
    tries = [usual.left - x for x in lefts]
    tries += [usual.left + indent - x for x in lefts if indent]
    tries += [usual.right - x for x in rights if usual.right is not None and x is not None]
    likely = [by for by in tries if abs(by) <= side.reach]
    if not likely:
        return 0.0

    def votes(by: float) -> float:
        fit = 1.0 * _near(starts, usual.left - by)
        if indent > _NEAR:
            fit += 0.7 * _near(starts, usual.left + indent - by)
        return fit + (_near(ends, usual.right - by) if usual.right is not None else 0)

    most = max(map(votes, likely))
    if edges is None and most < 2:
        return 0.0
    return next(by for by in likely if votes(by) >= 0.85 * most)


def _near(values: list[float], at: float) -> int:
    return bisect_right(values, at + _NEAR) - bisect_left(values, at - _NEAR)


def _scale(edges: _Edges | None, usual: _Edges, by: float) -> float:
    """By what the width of a page must be stretched to be the usual one; 1 where it is, or something else is set."""
    if edges is None or edges.right is None or usual.right is None or abs(edges.left + by - usual.left) > _NEAR:
        return 1.0
    scale = (usual.right - usual.left) / max(1.0, edges.right - edges.left)
    return scale if 0.003 < abs(scale - 1) < _STRETCH else 1.0

"""Runs of lines that stand inside the margins: quotations, letters, verse.

Invariant: judges runs of neighboring rows of one page and column, by their own margins; changes nothing. A run of
dialogue, one paragraph a line at the usual indent, is no inset.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from inscape.books.pdf.layout import sentences
from inscape.books.pdf.layout.rows import Row
from inscape.books.pdf.units import letters
from inscape.books.structure import is_break

_TALLY = re.compile(r"\S+(?: \S+)? \d[\d.,]*$")
"""A line of a list of figures: 'k 10'."""


@dataclass(slots=True)
class Inset:
    """A run inside the margins; points, from the left margin of the text."""

    base: float
    right: float
    even: bool
    """Its lines end evenly: prose."""
    leading: float
    small: bool = False
    """In smaller type than the text."""
    listed: bool = False
    """Each line is a unit: the head or the foot of a letter."""
    sharp: bool = False
    """Its lines end at the same point, so that one that ends but a little early is a last line."""

    def room(self, row: Row) -> float:
        """Points from a line's end to the right margin of the run."""
        return self.right - (row.width - row.rest)


def is_ornament(text: str) -> bool:
    """Whether a line is only the ornament of a scene break."""
    return len(text) < 80 and not text[0].isalnum() and is_break(text)


def find(rows: list[Row]) -> dict[int, Inset]:
    """Insets of a page, by the id of each of their rows."""
    found: dict[int, Inset] = {}
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and _inside(rows, start, end):
            end += 1
        if end > start:
            if is_small(rows[start]):
                _judge_small(rows[start:end], found)
            else:
                for piece, flows in _apart(rows[start:end], rows[end] if end < len(rows) else None):
                    run = _kept(piece)
                    # Lines of one length that are set in the middle are lines of prose.
                    titled = len(run) == 2 and all(row.centered for row in run)
                    titled = titled and abs(run[0].offset - run[1].offset) > 1
                    for part in [] if titled else [run] if flows or _narrow(run) or _framed(run) else _split(run):
                        _judge(part, found, flows)
        start = max(end, start + 1)
    return found


def is_small(row: Row) -> bool:
    """Set in smaller type than the text around, but not as small as captions."""
    return not row.plain and 0.75 * row.face.size < row.line.size < row.face.size


def _inside(rows: list[Row], start: int, at: int) -> bool:
    row = rows[at]
    small = is_small(row)
    if row.entry or row.cell:
        return False
    if not small and (not row.plain or row.offset <= 0.9 * row.face.size or row.hanging):
        return False
    if is_ornament(row.line.text):
        return False
    if at == start:
        return True
    if abs(row.line.size - rows[start].line.size) > 0.03 * row.face.size:
        return False
    return row.gap is not None and 0 < row.gap < 1.9 * row.leading


def _judge_small(run: list[Row], found: dict[int, Inset]) -> None:
    """A letter or quotation in smaller type; a line of it alone, or set in the middle, is something else."""
    if len(run) < 2 or all(row.centered for row in run) or _mirrored(run):
        return
    base = _commonest(run)
    right = max(row.offset + row.line.x1 - row.line.x0 for row in run)
    _add(found, run, base, right, _reaches(run, base), small=True)


def _mirrored(run: list[Row]) -> bool:
    """Lines of different lengths set in the middle, the first of them nearly full: the title of a piece."""
    size = run[0].face.size
    middle = all(abs(row.offset - row.rest) < 0.25 * size and row.offset > 0.5 * size for row in run)
    return middle and len(run) < 4 and len({round(row.offset) for row in run}) > 1


def _add(found: dict[int, Inset], run: list[Row], base: float, right: float, even: bool, small: bool = False) -> None:
    steps = [below.gap for below in run[1:] if below.gap is not None]
    listed = not even and 1 < len(run) <= 5 and any(letters.frames(row.line.text) for row in run)
    listed = listed or (not even and len(run) > 2 and all(_TALLY.match(row.line.text) for row in run))
    ends = [row.width - row.rest for row in run]
    usual = Counter(map(round, ends)).most_common(1)[0][0]
    near = [end for end in ends if abs(end - usual) < 0.08 * run[0].face.size]
    full = [end for end in ends if abs(end - usual) < 1.5 * run[0].face.size]
    # Some typesetters let commas and hyphens stand out to the right.
    kept = sum(1 for end in full if end > usual - 0.1 * run[0].face.size)
    sharp = even and run[0].face.justified and len(near) > 2 and kept > 0.7 * len(full)
    inset = Inset(base, sum(near) / len(near) if sharp else right, even, min(steps, default=run[0].leading), small)
    inset.listed, inset.sharp = listed, sharp
    for row in run:
        found[id(row)] = inset


def _commonest(run: list[Row]) -> float:
    """The margin that most of the lines begin at; the outer one where two have as many."""
    starts = Counter(round(row.offset) for row in run)
    most = max(starts.values())
    return float(min(start for start, count in starts.items() if count == most))


def _base(run: list[Row]) -> float:
    """The left margin of a run: that which most of its lines keep, or one farther out if the right one mirrors it."""
    usual = _commonest(run)
    outer = min(row.offset for row in run)
    within = 0.08 * run[0].face.size
    kept = sum(1 for row in run if abs(row.offset - outer) < within)
    mirrored = sum(1 for row in run if abs(row.rest - outer) < within)
    return outer if outer < usual - 1 and kept > 1 and mirrored > 1 and kept + mirrored >= 0.6 * len(run) else usual


def _framed(run: list[Row]) -> bool:
    """Most lines stand as far inside the right margin as the outermost does inside the left one."""
    if len(run) < 2:
        return False
    outer = min(row.offset for row in run)
    within = 0.1 * run[0].face.size
    mirrored = sum(1 for row in run if abs(row.rest - outer) < within)
    return mirrored > max(1, 0.6 * (len(run) - 1)) or mirrored >= max(3, 0.6 * len(run))


def _kept(run: list[Row]) -> list[Row]:
    """A run without a last line that is the first of a paragraph, since it runs beyond the margin of the others."""
    last = run[-1]
    beyond = last.indented and last.rest < min(row.offset for row in run) - 0.5 * last.face.size
    return run[:-1] if beyond and _framed(run[:-1]) else run


def _apart(run: list[Row], below: Row | None) -> list[tuple[list[Row], bool]]:
    """A run in parts; True with what has space above and runs on from line to line."""
    starts = [i for i in range(len(run)) if i == 0 or _spaced(run[i])]
    parts: list[tuple[list[Row], bool]] = [([], False)]
    for start, end in pairwise([*starts, len(run)]):
        after = run[end] if end < len(run) else below
        # The last may be the first line of a paragraph.
        opens = after is not None and not _spaced(after) and not run[end - 1].ends_early(after)
        piece = run[start : end - opens]
        if piece and _spaced(piece[0]) and _flows(piece):
            parts += [(piece, True), (run[end - opens : end], False)]
        else:
            parts[-1][0].extend(run[start:end])
    return [part for part in parts if part[0]]


def _spaced(row: Row) -> bool:
    return row.gap is None or row.gap > 1.3 * row.leading


def _flows(run: list[Row]) -> bool:
    """Lines at the usual indent that are no paragraphs of one line, since their sentences run on from one to the next,
    and no prose, since they do not fill the line."""
    size = run[0].face.size
    if len(run) < 2 or run[0].face.by != "indent" or not all(row.indented for row in run[1:]):
        return False
    if sum(len(row.line.text) for row in run) < 12 * len(run):
        return False
    ended = sum(1 for row in run[:-1] if sentences.ends(row.line.text))
    short = sum(1 for row in run[:-1] if row.rest > size)
    return ended < 0.4 * (len(run) - 1) and short > 0.6 * (len(run) - 1)


def _split(run: list[Row]) -> list[list[Row]]:
    """Parts of a run that begin where paragraphs begin, and parts that do not; one odd line divides nothing."""
    indent, size = run[0].face.indent, run[0].face.size
    plain = [abs(row.offset - indent) <= max(1.0, 0.08 * size) for row in run]
    for i in range(1, len(run) - 1):
        if plain[i - 1] == plain[i + 1] != plain[i] and not plain[i - 1] and run[i].rest > 1.5 * size:
            plain[i] = plain[i - 1]
    parts: list[list[Row]] = []
    for i, row in enumerate(run):
        if i == 0 or plain[i] != plain[i - 1]:
            parts.append([])
        parts[-1].append(row)
    return [part for part in parts if len(part) > 1 or not _starts_paragraph(part[0])]


def _starts_paragraph(row: Row) -> bool:
    """A single line inside the margins that is no quotation: at the usual indent, or set in the middle."""
    if row.indented and row.rest < 0.6 * row.face.size:
        return True
    return row.face.by != "indent" or abs(row.offset - row.face.indent) <= 1 or row.centered


def _judge(run: list[Row], found: dict[int, Inset], flows: bool) -> None:
    """A run of indented lines is dialogue, one paragraph a line, unless it has margins of its own."""
    face, width = run[0].face, run[0].width
    base = _base(run)
    right = max(width - row.rest for row in run)
    narrow = _narrow(run)
    if abs(base - face.indent) <= 1.5 and not narrow and face.by == "indent" and not flows and not _framed(run):
        aligned = all(abs(row.offset - base) < 0.25 * face.size for row in run)
        if aligned or right > width - 1.2 * face.size:
            return
    _add(found, run, base, right, narrow or _reaches(run, base))


def _narrow(run: list[Row]) -> bool:
    """Lines that end evenly at a right margin of their own."""
    face, width = run[0].face, run[0].width
    if len(run) < 3 or _capitals(run) or _turned(run, _commonest(run))[1]:
        return False
    ends = [width - row.rest for row in run[:-1]]
    usual = Counter(map(round, ends)).most_common(1)[0][0]
    even = sum(1 for end in ends if abs(end - usual) <= 1.6)
    # Lines of verse may end evenly by chance, but are shorter than a quotation's.
    long = usual - _commonest(run) > 0.55 * width
    inside = usual < width - 0.6 * face.size and max(*ends, width - run[-1].rest) < usual + 3
    return long and inside and even >= max(2, (0.5 if len(run) > 8 else 0.6) * len(ends))


def _reaches(run: list[Row], base: float) -> bool:
    """Whether lines run up to a right margin that mirrors the left one, as prose does and verse does not."""
    within = 0.6 * run[0].face.size
    full, turned = _turned(run, base)
    if (turned and 2 * turned >= full) or _capitals(run):
        return False
    if full + (len(run) == 1 and abs(run[0].rest - base) < within) >= max(1, 0.4 * (len(run) - 1)):
        return True
    # Ragged prose: no line but a last one has room for the first word of the next, and few begin with a capital.
    if sum(1 for row in run if sentences.begins(row.line.text)) > 0.6 * len(run):
        return False
    pairs = list(pairwise(run))
    right = min(row.rest for row in run)
    tight = sum(1 for above, below in pairs if above.rest - right < below.first_word)
    return len(run) >= 4 and tight > 0.8 * len(pairs) and run[0].width - right - base > 0.5 * run[0].width


def _turned(run: list[Row], base: float) -> tuple[int, int]:
    """Lines that reach the right margin; those of them that were too long for verse and go on deeper inside."""
    within = 0.6 * run[0].face.size
    full = turned = 0
    for row, below in pairwise(run):
        reaches = abs(row.rest - base) < within or row.line.hyphen
        full += reaches
        turned += reaches and below.offset > row.offset + within and below.rest > row.rest + 2 * within
    return full, turned


def _capitals(run: list[Row]) -> bool:
    """Every line begins with a capital, as lines of verse do."""
    return len(run) > 2 and all(sentences.begins(row.line.text) for row in run)

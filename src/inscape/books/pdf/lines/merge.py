"""Pieces of one printed line put together; initials attached to the line they begin; lines in reading order.

Invariant: no character is lost or made, beyond a blank between two pieces that stand apart. Works page by page. Lines
that are turned are left as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from inscape.books.pdf.lines.order import reading_order
from inscape.books.pdf.page import SOFT, SURE, Line, Page
from inscape.books.pdf.words.wordlist import english

_APART = 0.15
"""Ems between two pieces that make them two words."""
_LEVEL = 0.3
"""Ems by which the base lines of pieces of one line may differ, where the pieces are not neighbors in the stream."""
_CROSSED = 0.25
"""Share of a page's lines of type that must run over a gap, else it may be the gap between two columns."""
_OTHER = 1.8
"""Times as large, from which words are no piece of a line of type, as those of a watermark."""
_STARS = ("*", "†", "‡", "§")
_INITIALS = 20
"""Large letters on one page, up to which they may be initials."""


def whole_lines(page: Page, body: float) -> list[Line]:
    """Lines of a page, top to bottom; columns in the order in which the file has them. `body`: points of type."""
    lines = page.lines
    if _is_plain(lines, body):
        return list(lines)
    lines = _attach_initials(lines, body)
    _straighten(lines, body)
    made: list[Line] = []
    for line in lines:
        if made and _same_line(made[-1], line, body):
            _join(made[-1], line, body)
        else:
            made.append(line)
    return reading_order(_gathered(made, body), body)


def _is_plain(lines: list[Line], body: float) -> bool:
    """Whether each line stands a whole line below the one before, so that there is nothing to put together."""
    above, step, large = float("inf"), 0.6 * body, 1.3 * body
    for line in lines:
        y = line.y
        if above - y < step or line.size > large or line.drop or line.turned:
            return False
        above = y
    return True


def _gathered(lines: list[Line], body: float) -> list[Line]:
    """Pieces of one line put together that lie apart in the stream, as when every word is an object of its own."""
    rows: list[list[Line]] = []
    for line in sorted((line for line in lines if not line.turned), key=lambda line: -line.y):
        if rows and rows[-1][-1].y - line.y <= _LEVEL * body:
            rows[-1].append(line)
        else:
            rows.append([line])
    if len(rows) == len(lines):
        return lines
    starts, ends = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    gone: set[int] = set()
    for row in rows:
        row.sort(key=lambda line: line.x0)
        host = row[0]
        for line in row[1:]:
            if -0.5 * body < line.x0 - host.x1 < body and not _differ(host, line):
                middle = (host.x1 + line.x0) / 2
                over = bisect_left(starts, middle - 1) - bisect_right(ends, middle + 1)
                # What hardly any line of the page runs over may be the gap between two columns.
                if over >= max(1.0, _CROSSED * len(rows)):
                    _join(host, line, body)
                    gone.add(id(line))
                    continue
            host = line
    return [line for line in lines if id(line) not in gone]


def _attach_initials(lines: list[Line], body: float) -> list[Line]:
    """An initial that is an object of its own goes before the highest line to its right."""
    large = {id(line) for line in lines if len(line.text) <= 2 and line.size > 1.5 * body and line.text[-1].isalnum()}
    if not 0 < len(large) <= _INITIALS:
        return list(lines)
    kept: list[Line] = []
    for line in lines:
        if line.turned or id(line) not in large:
            kept.append(line)
            continue
        beside = [o for o in lines if o is not line and not o.turned and _hangs_beside(line, o, body)]
        first = max(beside, key=lambda o: o.y, default=None)
        # A large figure is a chapter's number, unless figures go on beside it: '3' and '0 September'.
        if first is None or (line.text[-1].isdigit() and not first.text[0].isdigit()):
            kept.append(line)
            continue
        _put_before(line, first, " " if _is_word(line.text, first.text) else "")
        first.opens = True
        _add_last(line, lines, beside, body)
        margin = _margin_below(line, lines, beside, body)
        for other in beside:
            other.x0 = margin
    return kept


def _is_word(initial: str, rest: str) -> bool:
    """Whether an initial is a word by itself: 'I want', 'A man', but 'It was', 'After'."""
    if initial not in ("I", "A", "O"):
        return False
    word = re.match(r"[^\W\d_]*", rest)
    known, letters = english(), word[0].casefold() if word else ""
    return letters in known and initial.casefold() + letters not in known


def _add_last(initial: Line, lines: list[Line], beside: list[Line], body: float) -> None:
    """A line below the initial's foot that still makes way for it, as a float's last one does."""
    foot = min(beside, key=lambda o: o.y)
    inward = foot.x0 > initial.x0 + 0.5 * body
    if inward:
        beside += [
            o
            for o in lines
            if not o.turned and abs(o.x0 - foot.x0) < 1 and 0 < foot.y - o.y < 2 * body and o is not initial
        ][:1]


def _margin_below(initial: Line, lines: list[Line], beside: list[Line], body: float) -> float:
    """Where the lines beside an initial would begin without it: as the first line below them, for an initial may be set
    in by the indent itself."""
    foot = min(other.y for other in beside)
    below = (o.x0 for o in lines if not o.turned and o not in beside and 0 < foot - o.y < 2 * body)
    return min((x for x in below if initial.x0 - 3.5 * body < x <= initial.x0), default=initial.x0)


def _hangs_beside(initial: Line, other: Line, body: float) -> bool:
    right = initial.x1 - 2 <= other.x0 <= initial.x1 + 1.2 * body
    return right and -0.45 * body < other.y - initial.y < initial.size and abs(other.size - body) < 0.3 * body


def _straighten(lines: list[Line], body: float) -> None:
    """Lines beside an initial that is part of its line begin where the initial begins."""
    for i, line in enumerate(lines):
        if line.drop:
            for other in lines[i + 1 : i + 5]:
                if other.y >= line.drop - 0.3 * body and other.x0 > line.x0:
                    other.x0 = line.x0
            line.opens = True


def _same_line(host: Line, line: Line, body: float) -> bool:
    if host.turned or line.turned:
        return False
    if _differ(host, line):
        return False
    small, large = sorted((host.size, line.size))
    off = abs(host.y - line.y)
    if _is_marker(line, host, body):
        return True
    near = off <= 0.45 * max(small, 0.4 * body)
    raised = small < 0.8 * large and off < 0.6 * body
    if not (near or raised):
        return False
    gap, before = line.x0 - host.x1, host.x0 - line.x1
    return -0.5 * body < gap < body or (0 <= gap < 3 * body and off < 1) or -0.5 * body < before < body


def _differ(host: Line, line: Line) -> bool:
    """Whether two pieces are words of too different sizes to be one line, as a watermark's and the text's."""
    small, large = sorted((host.size, line.size))
    return large > _OTHER * small and min(len(host.text), len(line.text)) > 3


def _is_marker(line: Line, host: Line, body: float) -> bool:
    """Whether a piece is the raised figure or star at the end of another: small, or as large and half a line up."""
    mark, up = line.text.strip(), line.y - host.y
    if not (mark.isdigit() and len(mark) <= 3) and mark not in _STARS:
        return False
    small = line.size < 0.8 * host.size and up > 0
    return (
        (small or 0.3 * host.size < up)
        and up < 0.6 * max(host.size, body)
        and -0.5 * body < line.x0 - host.x1 < 0.5 * body
    )


def _join(host: Line, line: Line, body: float) -> None:
    left, right = (host, line) if line.x0 >= host.x0 else (line, host)
    if _is_marker(line, host, body):
        line.raised = [(0, len(line.text))]
    blank = " " if right.x0 - left.x1 > _APART * body else ""
    if len(line.text) > len(host.text):
        host.y = line.y
        host.size = line.size
    if left is host:
        host.extend(line, blank)
    else:
        _put_before(line, host, blank)
    host.hyphen = host.text[-1] in (SOFT, SURE)
    host.opens = host.opens or line.opens
    host.bold = host.bold and line.bold
    host.x0, host.x1 = min(host.x0, line.x0), max(host.x1, line.x1)


def _put_before(first: Line, line: Line, blank: str) -> None:
    """`line` gets the text of `first` before its own."""
    whole = replace(first)
    whole.extend(line, blank)
    line.text, line.italics, line.raised, line.calls = whole.text, whole.italics, whole.raised, whole.calls

"""Pieces of one printed line put together; initials attached to the line they begin.

Invariant: no character is lost or made, beyond a blank between two pieces that stand apart. Works page by page, in
stream order.
"""

from __future__ import annotations

from dataclasses import replace

from inscape.books.pdf.page import Line, Page

_APART = 0.15
"""Ems between two pieces that make them two words."""


def whole_lines(page: Page, body: float) -> list[Line]:
    """Lines of a page, initials attached first. `body`: the book's type size in points."""
    lines = _attach_initials(page.lines, body)
    _straighten(lines, body)
    made: list[Line] = []
    for line in lines:
        host = next((h for h in made[:-4:-1] if _same_line(h, line, body)), None)
        if host is None:
            made.append(line)
        else:
            _join(host, line, body)
    return made


def _attach_initials(lines: list[Line], body: float) -> list[Line]:
    """An initial that is an object of its own goes before the highest line to its right."""
    kept: list[Line] = []
    for line in lines:
        if not (len(line.text) <= 2 and line.size > 1.5 * body and line.text[-1].isalpha()):
            kept.append(line)
            continue
        beside = [o for o in lines if o is not line and _hangs_beside(line, o, body)]
        if not beside:
            kept.append(line)
            continue
        first = max(beside, key=lambda o: o.y)
        _put_before(line, first, "")
        first.opens = True
        for other in beside:
            other.x0 = line.x0
    return kept


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
    small = min(host.size, line.size)
    off = abs(host.y - line.y)
    near = off <= 0.45 * max(small, 0.4 * body)
    raised = small < 0.8 * max(host.size, line.size) and off < 0.6 * body
    if not (near or raised):
        return False
    gap, before = line.x0 - host.x1, host.x0 - line.x1
    return -0.5 * body < gap < body or (0 <= gap < 3 * body and off < 1) or -0.5 * body < before < body


def _join(host: Line, line: Line, body: float) -> None:
    left, right = (host, line) if line.x0 >= host.x0 else (line, host)
    mark = line.text.strip()
    if line.size < 0.8 * host.size and line.y > host.y and (mark.isdigit() or mark in "*†‡§"):
        line.raised = [(0, len(line.text))]
    blank = " " if right.x0 - left.x1 > _APART * body else ""
    if len(line.text) > len(host.text):
        host.y = line.y
        host.size = line.size
    hyphen = right.hyphen
    if left is host:
        host.extend(line, blank)
    else:
        _put_before(line, host, blank)
    host.hyphen = hyphen
    host.opens = host.opens or line.opens
    host.x0, host.x1 = min(host.x0, line.x0), max(host.x1, line.x1)


def _put_before(first: Line, line: Line, blank: str) -> None:
    """`line` gets the text of `first` before its own."""
    whole = replace(first)
    whole.extend(line, blank)
    line.text, line.italics, line.raised, line.calls = whole.text, whole.italics, whole.raised, whole.calls

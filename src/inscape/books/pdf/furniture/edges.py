"""Running heads and page numbers: found, and taken out.

Invariant: no line goes without a witness. A witness is a number that counts with the pages nearby, the same words at
the same height on pages nearby, or the place, size and distance of the heads that such witnesses found; and what lies
inside the text's block on pages nearby is never furniture. Height alone is no witness: it would take one-line
paragraphs and footnotes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter

from inscape.books.pdf.furniture import margins
from inscape.books.pdf.furniture.numbering import Counts, Number, is_bare, numbers
from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.page import Line
from inscape.records import Removal

_DEPTH = 3
"""Rows from the top and from the bottom that are looked at."""
_NEAR = 4
"""Pages within which a running head comes again."""
_AROUND = 8
"""Pages before and after whose block of text, and whose heads, a line is held against."""
_SWAY = 6.0
"""Points by which the height of a head may differ from page to page, as on scans."""
_LONGEST = 120
_LEAFLET = 5
"""Pages up to which a document is too short for three pages to agree."""
FURNITURE = -2
"""`Line.content` of what a tagged file declares to be no part of its text."""
_DIGITS = re.compile(r"\d+")
_LABEL = re.compile(r"[*†‡§]|[([]?\d{1,3}[.)\]]?\s+[^\W\d]")
_height = attrgetter("y")


@dataclass(slots=True, eq=False)
class _Edge:
    """A line near the top or the bottom of its page. `gap`: points to the next row inward."""

    line: Line
    page: int
    row: int
    """0 is the outermost."""
    gap: float
    words: str
    masked: str
    """The words with every number as '#'."""
    numbers: list[Number]
    counts: int = 0
    """How strongly a number of it counts with the pages."""
    repeats: int = 0
    """Pages nearby with the same words."""


@dataclass(slots=True)
class _Book:
    """What the whole book says about the edges of its pages."""

    stats: Statistics
    pages: int
    tops: list[list[_Edge]] = field(default_factory=list)
    feet: list[list[_Edge]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    words: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    masked: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    blocks: list[tuple[float, float] | None] = field(default_factory=list)
    """By page: the lowest and the highest line of its text; None where it has none of full length."""


def remove(pages: list[list[Line]], stats: Statistics) -> tuple[list[list[Line]], list[Removal]]:
    """Pages without furniture, and what was taken out, in the order of the pages."""
    book = _Book(stats, len(pages))
    for number, lines in enumerate(pages, 1):
        _observe(number, lines, book)
    for edges in (*book.tops, *book.feet):
        for edge in edges:
            edge.counts, edge.repeats = _counts(edge, book), _repeats(edge, book)
    _find_blocks(pages, book)
    gone: dict[int, str] = {}
    found = [_judge(edges, book, gone) for side in zip(book.tops, book.feet, strict=True) for edges in side]
    _judge_by_place(found[::2], book.tops, book, gone)
    _judge_by_place(found[1::2], book.feet, book, gone)
    gone |= {at: why for at, why in margins.find(pages, stats, gone).items() if at not in gone}
    removed = [Removal(gone[id(line)], line.text, line.page) for lines in pages for line in lines if id(line) in gone]
    kept = [[line for line in lines if id(line) not in gone] for lines in pages]
    removed += margins.cut_line_numbers(kept, stats)
    return kept, sorted(removed, key=lambda removal: removal.page or 0)


# ------------------------------------------------------------ what stands at the edges


def _observe(number: int, lines: list[Line], book: _Book) -> None:
    ordered = sorted((line for line in lines if not line.turned), key=_height, reverse=True)
    top = _edge(number, ordered, book)
    foot = _edge(number, ordered[::-1], book)
    book.tops.append(top)
    book.feet.append(foot)
    for edge in {id(e.line): e for e in (*top, *foot)}.values():
        at = (number, edge.line.y)
        book.words[edge.words].append(at)
        if edge.masked != edge.words:
            book.masked[edge.masked].append(at)
        for value in edge.numbers:
            book.counts.add(number, edge.line.y, value)


def _edge(number: int, ordered: list[Line], book: _Book) -> list[_Edge]:
    """The first rows of lines that are ordered from an edge of the page inward."""
    made: list[_Edge] = []
    start, same = 0, 0.35 * book.stats.body
    for row in range(_DEPTH):
        if start >= len(ordered):
            break
        y, end = ordered[start].y, start + 1
        while end < len(ordered) and abs(ordered[end].y - y) <= same:
            end += 1
        gap = abs(ordered[end].y - ordered[end - 1].y) if end < len(ordered) else 99.0
        for line in ordered[start:end]:
            words = "".join(line.text.split()).casefold()
            counted = numbers(line.text) if len(line.text) <= _LONGEST else []
            masked = _DIGITS.sub("#", words) if counted else words
            made.append(_Edge(line, number, row, gap, words, masked, counted))
        start = end
    return made


def _find_blocks(pages: list[list[Line]], book: _Book) -> None:
    """The height of each page's text, without what looks like a head or a foot."""
    body, most = book.stats.body, 0.08 * book.stats.body
    for lines, top, foot in zip(pages, book.tops, book.feet, strict=True):
        heads = {id(edge.line) for edge in (*top, *foot) if edge.repeats or edge.counts}
        text = [line for line in lines if abs(line.size - body) < most]  # `is_body`, once for every line of a book
        text = [line for line in text if len(line.text) > 20] or text
        heights = [line.y for line in text if id(line) not in heads]
        book.blocks.append((min(heights), max(heights)) if heights else None)


# ------------------------------------------------------------ witnesses


def _is_over_folio(row: list[_Edge], edges: list[_Edge]) -> bool:
    """Whether a short line without a witness stands outside a bare number that counts: a head that comes once."""
    counted = any(e.row == 1 and e.counts > 2 and is_bare(e.line.text) for e in edges)
    return counted and len(row) == 1 and len(row[0].line.text) < 40


def _judge(edges: list[_Edge], book: _Book, gone: dict[int, str]) -> list[_Edge]:
    """The furniture at one edge of a page, row by row from outside; stops at the first row that is text."""
    found: list[_Edge] = []
    for row in range(_DEPTH):
        here = [edge for edge in edges if edge.row == row]
        known = [edge for edge in here if (why := _witness(edge, book)) and gone.setdefault(id(edge.line), why)]
        if not known:
            if row == 0 and _is_over_folio(here, edges):
                continue
            break
        if len(known) < len(here) and _is_apart(here[0], book):
            # A head and its number are two pieces of one row.
            known += [e for e in here if e not in known and _is_beside(e, known, book)]
            gone.update({id(e.line): "running head" for e in known if id(e.line) not in gone})
        found += known
    return found


def _witness(edge: _Edge, book: _Book) -> str:
    """Why a line at the edge is no part of the text; '' where nothing speaks for it."""
    text, stats = edge.line.text, book.stats
    if edge.line.size > 1.12 * stats.body and not is_bare(text):
        return ""
    counts, repeats, declared = edge.counts, edge.repeats, edge.line.content == FURNITURE
    if not (counts or repeats or declared):
        return ""
    apart, bare = _is_apart(edge, book), is_bare(text)
    if (not counts and len(text) <= 2 and not bare) or _is_inside(edge, book):
        return ""
    if counts and bare and (apart or counts > 2) and not _is_ordinal(edge, book):
        return "page number"
    often = repeats >= (_AROUND - 2 if _LABEL.match(text) else _NEAR)
    if counts and not bare and (_repeats(edge, book, masked=True) or (counts > 1 and apart and edge.row == 0)):
        return "running head"
    if repeats and (not bare or edge.row == 0) and (often or (apart and not _LABEL.match(text))):
        return "running head"
    return ("page number" if bare else "running head") if declared and apart else ""


def _is_ordinal(edge: _Edge, book: _Book) -> bool:
    """Whether a bare number is more likely a chapter's: large, or Roman on a page that has another, Arabic one."""
    if edge.line.size > 1.12 * book.stats.body and edge.row > 0:
        return True
    here = (*book.tops[edge.page - 1], *book.feet[edge.page - 1]) if edge.numbers[0][0] else ()
    return any(e.numbers and not e.numbers[0][0] and e.counts > 2 for e in here)


def _counts(edge: _Edge, book: _Book) -> int:
    """How strongly a number of the line counts with the pages: from 0, not at all, to 3, at the same height too."""
    best = 0
    for number in edge.numbers:
        level, any_height = book.counts.others(edge.page, edge.line.y, number, _SWAY)
        if level >= 2 or (book.pages <= _LEAFLET and level):
            return 3
        best = max(best, min(2, any_height - 1))
    return best


def _repeats(edge: _Edge, book: _Book, masked: bool = False) -> int:
    """Pages nearby with the same words at the same height, if they are enough to be a witness; else 0."""
    places = book.masked.get(edge.masked) if masked else book.words[edge.words]
    if not places or len(places) < 2 or not any(map(str.isalnum, edge.words)):
        return 0
    page, y = edge.page, edge.line.y
    near = {
        p
        for p, at in places[bisect_left(places, (page - _AROUND,)) : bisect_left(places, (page + _AROUND + 1,))]
        if p != page and abs(at - y) <= _SWAY
    }
    if not any(abs(p - page) <= _NEAR for p in near):
        return 0
    if book.pages <= _LEAFLET:
        small = not book.stats.is_body(edge.line) or masked
        return len(near) if small or len(near) >= max(2, book.pages - 1) else 0
    return len(near) if len(near) >= 2 or len(places) > _NEAR else 0


def _is_apart(edge: _Edge, book: _Book) -> bool:
    return edge.gap > 1.15 * book.stats.leading or not book.stats.is_body(edge.line)


def _is_inside(edge: _Edge, book: _Book) -> bool:
    """Whether most pages nearby have text at this height: then a line here is text too."""
    y, total, inside = edge.line.y, 0, 0
    for block in book.blocks[max(0, edge.page - 1 - _AROUND) : edge.page + _AROUND]:
        if block is not None:
            total += 1
            inside += block[0] - 1 <= y <= block[1] + 1
    return inside > 0.4 * total


def _is_beside(edge: _Edge, known: list[_Edge], book: _Book) -> bool:
    """Whether a piece of a row belongs to the furniture in it, not to text that begins at the same height."""
    return edge.line.size <= 1.12 * book.stats.body and len(edge.line.text) <= _LONGEST and not _is_inside(edge, book)


# ------------------------------------------------------------ heads that come once or twice


def _judge_by_place(found: list[list[_Edge]], edges: list[list[_Edge]], book: _Book, gone: dict[int, str]) -> None:
    """Heads of short chapters: alone in the place where the pages around have theirs, set as those are."""
    for number in range(1, book.pages + 1):
        here = [e for e in edges[number - 1] if e.row == 0]
        if not here or any(e.row == 0 for e in found[number - 1]) or any(id(e.line) in gone for e in here):
            continue
        around = range(max(0, number - 1 - _AROUND), min(book.pages, number + _AROUND))
        for edge in here:
            alike = {e.page: e for i in around for e in found[i] if _is_alike(edge, e)}
            if len(alike) >= 3 and len(alike) >= 0.3 * len(around) and _may_be_head(edge, book):
                bare = is_bare(edge.line.text) and all(gone[id(e.line)] == "page number" for e in alike.values())
                gone[id(edge.line)] = "page number" if bare else "running head"


def _is_alike(edge: _Edge, head: _Edge) -> bool:
    size = abs(edge.line.size - head.line.size) <= 0.04 * head.line.size
    return size and abs(edge.line.y - head.line.y) <= 0.5 * _SWAY


def _may_be_head(edge: _Edge, book: _Book) -> bool:
    return len(edge.line.text) <= _LONGEST and _is_apart(edge, book) and not _is_inside(edge, book)

"""Running heads and page numbers: found, and taken out.

Invariant: no line goes without a witness. A witness is a number that counts with the pages, or the same words at the
same height on pages nearby. Height alone is none: it would take one-line paragraphs and footnotes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from inscape.books.pdf.page import Line
from inscape.books.pdf.statistics import Statistics
from inscape.records import Removal

_NUMBER = re.compile(r"^\W{0,3}(\d{1,4})\b|\b(\d{1,4})\W{0,3}$")
_ROMAN = re.compile(r"^(?=[ivxl])(x{0,3}|xl|lx{0,3})(ix|iv|v?i{0,3})$", re.I)
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50}
_DEPTH = 3
"""Lines from the top and from the bottom that are looked at."""
_NEAR = 4
"""Pages within which a running head comes again."""
_LONGEST = 90


@dataclass(slots=True)
class _Witnesses:
    """What the whole book says about the edges of its pages."""

    offsets: set[tuple[bool, int]] = field(default_factory=set)
    """(Roman, page of the file minus printed number) that count with the pages."""
    places: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    """Pages by (words with numbers masked, height in steps of 3 points)."""
    pages: int = 0
    heads: Counter[int] = field(default_factory=Counter)
    """Pages on which a line at this height has a witness of its own."""
    words: set[str] = field(default_factory=set)
    """Words of lines set large anywhere in the book: a head may repeat a chapter's title only once."""


def remove(pages: list[list[Line]], stats: Statistics) -> tuple[list[list[Line]], list[Removal]]:
    """Pages without furniture, and what was taken out, in the order of the pages."""
    seen = _observe(pages, stats)
    gone: dict[int, str] = {}
    for number, lines in enumerate(pages, 1):
        for line, why in _of_page(number, lines, seen, stats):
            gone[id(line)] = why
            seen.heads[_height(line)] += 1
    for lines in pages:
        for line in _rare_heads(lines, gone, seen, stats):
            gone[id(line)] = "running head"
    removed = [
        Removal(gone[id(line)], line.text, number)
        for number, lines in enumerate(pages, 1)
        for line in lines
        if id(line) in gone
    ]
    return [[line for line in lines if id(line) not in gone] for lines in pages], removed


def _observe(pages: list[list[Line]], stats: Statistics) -> _Witnesses:
    seen = _Witnesses(pages=len(pages))
    votes: Counter[tuple[bool, int]] = Counter()
    romans: set[tuple[int, int, int]] = set()
    for number, lines in enumerate(pages, 1):
        top, bottom = _edges(lines)
        for line in {id(e): e for e in (*top, *bottom)}.values():
            seen.places[_words(line.text), _height(line)].append(number)
        for line in {id(e): e for e in (*top[:2], *bottom[:2])}.values():
            votes.update({(False, number - value) for roman, value in _numbers(line.text) if not roman})
            romans.update({(number - value, _height(line), number) for roman, value in _numbers(line.text) if roman})
        seen.words.update(_words(line.text) for line in lines if line.size > 1.12 * stats.body)
    enough = max(3, 0.02 * len(pages)) if len(pages) > 5 else 2
    seen.offsets = {key for key, count in votes.items() if count >= enough}
    # Numbers of chapters are Roman too: folios of the front matter count three pages running, at one height.
    seen.offsets |= {(True, o) for o, y, n in romans if {(o, y, n + 1), (o, y, n + 2)} <= romans}
    return seen


def _edges(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The topmost and the lowest lines, outermost first."""
    ordered = sorted(lines, key=lambda line: -line.y)
    return ordered[:_DEPTH], ordered[: -_DEPTH - 1 : -1]


def _words(text: str) -> str:
    return re.sub(r"[^\w#]|_", "", re.sub(r"\d+", "#", text.casefold()))


def _height(line: Line) -> int:
    return round(line.y / 3)


def _numbers(text: str) -> list[tuple[bool, int]]:
    """(Roman, value) of numbers at the ends of a line; Roman ones only where they stand alone."""
    if found := [int(m[1] or m[2]) for m in _NUMBER.finditer(text)]:
        return [(False, value) for value in found]
    bare = text.strip(" .-–—[]()|").lower()
    if not _ROMAN.match(bare):
        return []
    digits = [_ROMAN_DIGITS[c] for c in bare]
    return [(True, sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits)))]


def _of_page(number: int, lines: list[Line], seen: _Witnesses, stats: Statistics) -> list[tuple[Line, str]]:
    found: list[tuple[Line, str]] = []
    for edge in _edges(lines):
        for i, line in enumerate(edge):
            inner = edge[i + 1] if i + 1 < len(edge) else None
            gap = abs(line.y - inner.y) if inner is not None else 99.0
            why = _witness(number, line, gap, seen, stats)
            if why and not any(line is other for other, _ in found):
                found.append((line, why))
            elif not why:
                break
    return found


def _witness(number: int, line: Line, gap: float, seen: _Witnesses, stats: Statistics) -> str:
    """Why a line at the edge is no part of the text; '' where nothing speaks for it."""
    if len(line.text) > _LONGEST:
        return ""
    words = _words(line.text)
    near = _nearby(number, line, words, seen)
    counts = any((roman, number - value) in seen.offsets for roman, value in _numbers(line.text))
    bare = not words.strip("#") or bool(_ROMAN.match(words))
    apart = gap > 1.15 * stats.leading or not stats.is_body(line)
    if counts and bare and (apart or near):
        return "page number"
    if counts and near:
        return "running head"
    if words.strip("#") and near and apart:
        return "running head"
    return ""


def _nearby(number: int, line: Line, words: str, seen: _Witnesses) -> bool:
    """The same words at the same height, on a page nearby and on three in all (two in a leaflet)."""
    at = _height(line)
    pages = [p for height in (at - 1, at, at + 1) for p in seen.places.get((words, height), ())]
    enough = 3 if seen.pages > 5 else 2
    return len(set(pages)) >= enough and any(0 < abs(p - number) <= _NEAR for p in pages)


def _rare_heads(lines: list[Line], gone: dict[int, str], seen: _Witnesses, stats: Statistics) -> list[Line]:
    """Heads of short chapters: at the height of the other heads, small, and words that stand large elsewhere."""
    top = next((e for e in sorted(lines, key=lambda e: -e.y) if id(e) not in gone), None)
    if top is None or stats.is_body(top) or top.size > stats.body:
        return []
    at = _height(top)
    usual = sum(seen.heads[h] for h in (at - 1, at, at + 1)) > 0.2 * seen.pages
    return [top] if usual and _words(top.text) in seen.words else []

"""Numbers that count with the pages: the witness of page numbers and of the heads they stand in.

Invariant: a number counts only where pages nearby carry, each at the place of its own, the number that is as far from
theirs. So numbering may begin anew, skip pages, and be Roman or Arabic.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from inscape.books.structure import roman

_DIGIT = re.compile(r"\d")
_ENDS = re.compile(r"^\W{0,3}(\d{1,4})(?!\w)|(?<!\w)(\d{1,4})\W{0,3}$")
_NAMED = re.compile(r"\b(?:page|pg|p|seite|s|sayfa|pagina|página|стр)\b\.?\s*(\d{1,4})\b", re.I)
_OF_ALL = re.compile(r"(?<![\w/.-])(\d{1,4})\s*(?:/|of|von|de|sur|из)\s*\d{1,5}\W{0,3}$", re.I)
_FREE = re.compile(r"(?<=\s)\d{1,4}(?=\s)")
_HEAD = 60
"""Characters that a head has at most in which the number stands between the words or is Roman."""
_ROMAN = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_ROMAN_LETTERS = frozenset("ivxlc")
_ALONE = re.compile(rf"^\W*({_ROMAN})\W*$", re.I)
_BESIDE = re.compile(rf"^({_ROMAN})\s+(?=\S*[^\W\d_]{{2}})|\s({_ROMAN})$")
_BARE = re.compile(
    r"^\W*(?:(?:page|pg|p|seite|s|sayfa|pagina|página|стр)\b\W*)?\d{1,4}(?:\s*(?:/|of|von)\s*\d{1,5})?\W*$", re.I
)

Number = tuple[bool, int]
"""(it is Roman, its value)."""


def numbers(text: str) -> list[Number]:
    """Numbers of a line that may be the page's: at its ends, after 'page', before '/300' or 'of 300', Roman.

    Where there are none, those in its middle.
    """
    if not _DIGIT.search(text):
        if found := _ALONE.match(text):
            romans = [found[1].lower()]
        else:
            short = len(text) < _HEAD and (text[:1] in _ROMAN_LETTERS or text[-1:] in _ROMAN_LETTERS)
            romans = [m[1] or m[2] for m in _BESIDE.finditer(text)] if short else []
        return [(True, roman(found)) for found in romans] if not any(map(str.isdigit, text)) else []
    values = [int(m[1] or m[2]) for m in _ENDS.finditer(text)]
    values += [int(m[1]) for pattern in (_NAMED, _OF_ALL) for m in pattern.finditer(text)]
    if not values and len(text) < _HEAD:
        values = [int(value) for value in _FREE.findall(text)]
    return [(False, value) for value in values]


def is_bare(text: str) -> bool:
    """Whether a line is a page's number and nothing else: '12', '— 12 —', '[xii]', 'Page 12 of 300'."""
    return bool(_BARE.match(text) or _ALONE.match(text))


@dataclass(slots=True)
class Counts:
    """Where numbers stand, by kind and by the page of the file less their value. Add in the order of the pages."""

    _found: dict[tuple[bool, int], list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, page: int, y: float, number: Number) -> None:
        self._found[number[0], page - number[1]].append((page, y))

    def others(self, page: int, y: float, number: Number, tolerance: float, within: int = 10) -> tuple[int, int]:
        """Other pages nearby on which a number counts on from this one: (at the same height, at any)."""
        found = self._found.get((number[0], page - number[1]), [])
        if len(found) < 2:
            return 0, 0
        near = found[bisect_left(found, (page - within,)) : bisect_right(found, (page + within + 1,))]
        level = {p for p, at in near if p != page and abs(at - y) <= tolerance}
        return len(level), len({p for p, _ in near if p != page})

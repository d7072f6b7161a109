"""On which pages of a PDF each unit stands, found by aligning the truth's words with the text of each page.

Invariant: only what PDFium reads from the page counts; no position is guessed. A unit none of whose words were found
has no pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchmarks.prose.typeset.tools import package
from benchmarks.prose.typeset.truth import Unit

_KEYS = ((30, 12000, 0), (12, 4000, 60), (6, 100, 100))
"""(letters that must agree, letters to look ahead, cost): a short key must be near, and yields to a long one."""


@dataclass(frozen=True)
class Letters:
    """All letters and digits of a text in one string; `owner[i]` is the page or unit that letter i belongs to."""

    text: str
    owner: Sequence[int]


def letters(parts: Iterable[tuple[int, str]]) -> Letters:
    """Letters and digits alone, case folded and without accents: hyphens, blanks and quotes differ between a page and
    its truth, letters do not. Parts are (owner, text)."""
    text: list[str] = []
    owner: list[int] = []
    for number, part in parts:
        plain = [c for c in unicodedata.normalize("NFKD", part.casefold()) if c.isalnum()]
        text += plain
        owner += [number] * len(plain)
    return Letters("".join(text), owner)


def page_texts(pdf: bytes) -> list[str]:
    """What PDFium reads from each page."""
    document = package("pypdfium2").PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def align(units: Sequence[Unit], pages: Sequence[str]) -> tuple[Unit, ...]:
    """The units with the pages (from 1) that hold their first and last letter. Text that is only on the pages (heads,
    folios, notes) is stepped over, and so is a unit that the pages lack."""
    want = letters((i, u.plain) for i, u in enumerate(units))
    have = letters((i, t) for i, t in enumerate(pages, 1))
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for start, there, size in _stretches(want.text, have.text):
        for k in _edges(want.owner, start, size):
            unit, page = want.owner[k], have.owner[there + k - start]
            first.setdefault(unit, page)
            last[unit] = page
    placed = [replace(u, pages=(first[i], last[i]) if i in first else None) for i, u in enumerate(units)]
    return tuple(_alone(placed, i, pages) if u.text and not u.pages else u for i, u in enumerate(placed))


def _alone(units: Sequence[Unit], at: int, pages: Sequence[str]) -> Unit:
    """A unit too short to align, on the page between its neighbors where it is a line of its own, if there is one."""
    start = next((u.pages[1] for u in reversed(units[:at]) if u.pages), 1)
    end = next((u.pages[0] for u in units[at + 1 :] if u.pages), len(pages))
    words = folded(units[at].plain)
    for page in range(end, start - 1, -1):
        if any(folded(line) == words for line in pages[page - 1].splitlines()):
            return replace(units[at], pages=(page, page))
    return units[at]


def _edges(owner: Sequence[int], start: int, size: int) -> list[int]:
    """Indexes in a stretch that are its own ends or the ends of a unit."""
    found = [start, start + size - 1]
    found += [k for k in range(start + 1, start + size) if owner[k] != owner[k - 1]]
    found += [k - 1 for k in range(start + 1, start + size) if owner[k] != owner[k - 1]]
    return sorted(set(found))


def _stretches(want: str, have: str) -> Iterable[tuple[int, int, int]]:
    """(start in want, start in have, length) of stretches that agree, in order.

    Both are walked together; where they part, the nearest place is sought at which they agree again: first by letters
    that only the pages have (furniture), then by letters that they lack (a dropped initial set elsewhere, say).
    """
    i = j = 0
    while i < len(want) and j < len(have):
        size = _same(want, i, have, j)
        if size:
            yield i, j, size
            i, j = i + size, j + size
        if i < len(want) and j < len(have):
            i, j = _next(want, i, have, j)


def _same(want: str, i: int, have: str, j: int) -> int:
    """How many letters agree from here."""
    size, step = 0, 4096
    while step:
        while want[i + size : i + size + step] == have[j + size : j + size + step] and i + size + step <= len(want):
            if j + size + step > len(have):
                break
            size += step
        step //= 2
    return size


def _next(want: str, i: int, have: str, j: int) -> tuple[int, int]:
    """The nearest place after (i, j) where both agree again."""
    costs = []
    for skip in range(12):
        for size, window, cost in _KEYS[: 2 + (skip == 0)]:
            key = want[i + skip : i + skip + size]
            found = have.find(key, j, j + window) if len(key) == size else -1
            if found >= 0:
                costs.append((found - j + 20 * skip + cost, skip, found))
    if costs:
        _, skip, found = min(costs)
        return i + skip, found
    for skip in range(12, 2000, 12):
        found = have.find(want[i + skip : i + skip + _KEYS[0][0]], j, j + _KEYS[0][1])
        if found >= 0:
            return i + skip, found
    return min(i + 12, len(want)), j


def agreement(exact: Sequence[Unit], found: Sequence[Unit]) -> tuple[int, int]:
    """(units whose pages agree, units whose exact pages are known): how good the alignment is, on a book that tells."""
    known = [(a.pages, b.pages) for a, b in zip(exact, found, strict=True) if a.pages and a.text]
    return sum(a == b for a, b in known), len(known)


def crossing(units: Iterable[Unit]) -> int:
    """How many units run over a page's end."""
    return sum(1 for u in units if u.pages and u.pages[0] < u.pages[1])


def folded(text: str) -> str:
    """A line of furniture for comparison: letters and digits alone."""
    return re.sub(r"\s+", "", letters([(0, text)]).text)

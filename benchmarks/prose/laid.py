"""A reading laid along its book: the one alignment that every measure is read off.

Invariant: laid once, changed never; words of the book and of the reading are known by their numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.prose.align import Hunk, blocks, hunks, slid
from benchmarks.prose.corpus import Corpus, Unit
from benchmarks.prose.words import words


@dataclass(frozen=True)
class Row:
    """A unit that a tool gave. Most tools give only the text; `kind` "note" and "break" stay out of the body."""

    text: str
    kind: str = ""
    page: int | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    """(offset, page): a page begins inside the text."""
    notes: tuple[tuple[int, str], ...] = ()
    """(offset, text of the note called here)."""


@dataclass(frozen=True)
class Case:
    """Something wrong, to look at: what, on which page, what was set, what was read."""

    what: str
    page: int
    truth: str
    reading: str


@dataclass(frozen=True)
class Laid:
    """A reading laid along its book. `at[k]` is the word of the reading that is word k of the book, or -1."""

    book: Corpus
    rows: tuple[Row, ...]
    """The body's rows."""
    starts: list[int]
    """The word with which each row begins; and the number of words."""
    words: list[str]
    at: list[int]
    gaps: list[Hunk]
    apart: frozenset[int]
    """Words of the reading that are of pages which the truth leaves out."""

    def row_of(self, word: int) -> int:
        """The number of the row that holds a word of the reading."""
        return bisect_right(self.starts, word) - 1

    def gap(self, word: int) -> tuple[str, str] | None:
        """What was set and what was read around a word of the book that was not matched."""
        index = bisect_right(self.gaps, word, key=lambda hunk: hunk[0]) - 1
        if index < 0 or not self.gaps[index][0] <= word < self.gaps[index][1]:
            return None
        i1, i2, j1, j2 = self.gaps[index]
        return " ".join(self.book.truth.words[i1:i2]), " ".join(self.words[j1:j2])


def lay(book: Corpus, rows: Sequence[Row]) -> Laid:
    """Lay the body of a reading along the truth."""
    body, starts, every = [], [], list[str]()
    for row in rows:
        made = words(row.text) if row.kind not in ("note", "break") else []
        if any(sign.isalnum() for word in made for sign in word):
            body.append(row)
            starts.append(len(every))
            every += made
    same = slid(blocks(book.truth.words, every), len(book.truth.words), every, {*starts, len(every)})
    at = [-1] * len(book.truth.words)
    for i, j, n in same:
        at[i : i + n] = range(j, j + n)
    gaps = list(hunks(same, len(at), len(every)))
    apart = frozenset(_apart(book, every, gaps))
    return Laid(book, tuple(body), [*starts, len(every)], every, at, gaps, apart)


def _apart(book: Corpus, every: Sequence[str], gaps: Sequence[Hunk]) -> Iterator[int]:
    """Words of a gap at which the book has pages that the truth leaves out, as far as those pages have them."""
    for i1, i2, j1, j2 in gaps:
        there = Counter(word for k, some in book.printed.apart.items() if i1 <= k <= i2 for word in some)
        for j in range(j1, j2) if there else ():
            if there[every[j]]:
                there[every[j]] -= 1
                yield j


def mostly_apart(laid: Laid, start: int, end: int) -> bool:
    return 5 * sum(word in laid.apart for word in range(start, end)) >= 4 * (end - start)


def one_row(laid: Laid, unit: Unit) -> bool:
    """Whether one row has the unit's words and no matched word of another unit."""
    found = [at for at in laid.at[unit.start : unit.end] if at >= 0]
    if not found:
        return False
    row = laid.row_of(found[0])
    first, last = laid.starts[row], laid.starts[row + 1]
    others = (laid.at[k] for k in (unit.start - 1, unit.end) if 0 <= k < len(laid.at))
    return found[-1] < last and not any(first <= at < last for at in others)


def page_of(laid: Laid, word: int) -> int:
    """The page of a word of the reading: that of the matched word before it."""
    index = bisect_right(laid.gaps, word, key=lambda hunk: hunk[2]) - 1
    i2, j2 = (laid.gaps[index][1], laid.gaps[index][3]) if index >= 0 else (0, 0)
    page = laid.book.printed.page
    return page[min(i2 + max(word - j2, 0), len(page) - 1)]


def around(every: Sequence[str], start: int, end: int) -> str:
    return " ".join([*every[max(start - 2, 0) : start], "[", *every[start:end][:60], "]", *every[end : end + 2]])


def both(laid: Laid, word: int) -> tuple[str, str]:
    """What was set from this word on, and what was read there."""
    at = next((laid.at[k] for k in range(word, len(laid.at)) if laid.at[k] >= 0), len(laid.words))
    return around(laid.book.truth.words, word, word + 8), around(laid.words, at, at + 8)

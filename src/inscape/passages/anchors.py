"""Where a quote stands in a book, although it was typeset, copied or typed differently.

Invariant: an anchor's span, read from the book's own paragraphs, has the quote's words: all of them and in one run
where `exact`, else at least 90 in 100, in order. Letters and digits alone are compared, without case or accents, so
that spacing, line breaks, hyphens at line ends, quotes, dashes, ellipses and ligatures cannot matter.

The book is folded once into one string of letters; offsets are mapped back to the paragraph only for a hit. It keeps
nothing on disk and reads no file.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from inscape import text as words
from inscape.records import Anchor, Paragraph

ENOUGH = 0.9
"""Share of the quote's words that must stand in the book, in order."""

_DROP = re.compile(r"[\W_]+")
_ELISION = re.compile(r"\s*(?:\[\s*(?:\.{2,}|…)\s*\]|\(\s*(?:\.{2,}|…)\s*\)|…|\.(?:\s?\.){2,})\s*")
_UNSURE = 25
"""Letters from which on a hit counts even if it begins or ends inside a word."""
_COMMON = 20
"""A run of five words found more often than this says nothing about the place."""


@dataclass(frozen=True, slots=True)
class Match:
    """A quote's place. `share`: of the quote's words found there, 0 to 1; `exact`: all of them, in one run."""

    anchor: Anchor
    exact: bool
    share: float

    @property
    def rank(self) -> tuple[bool, float]:
        """The greater, the better the match."""
        return self.exact, self.share


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the book: its letters and where they stand in the folded book."""

    letters: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.letters)


def anchor(text: str, paragraphs: Sequence[Paragraph], book_id: str) -> Anchor | None:
    """The place of one quote. For several quotes of one book make an `Index` and keep it."""
    match = Index(paragraphs, book_id).find(text)
    return match.anchor if match else None


def best(text: str, indexes: Iterable[Index]) -> Match | None:
    """The quote's best place in several books."""
    found = [match for index in indexes if (match := index.find(text))]
    return max(found, key=lambda match: match.rank, default=None)


def letters(text: str) -> str:
    """The text's letters and digits, without case, accents, ligatures and all that stands between."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return _DROP.sub("", plain.casefold())


class Index:
    """A book, folded for searching. A book of 565,000 words takes about 0.2 seconds, a quote of it about 0.1 more."""

    def __init__(self, paragraphs: Sequence[Paragraph], book_id: str) -> None:
        self._paragraphs = paragraphs
        self._book = book_id
        parts = [letters(p.text) for p in paragraphs]
        self._starts = [0, *accumulate(len(part) for part in parts)]
        self._folded = "".join(parts)
        self._labels: dict[int | None, str] | None = None

    def find(self, text: str) -> Match | None:
        """The best place of the quote, or None where too little of it stands in the book."""
        wanted = letters(text)
        if not wanted:
            return None
        place = self._exact(wanted)
        if place:
            return Match(self._anchor(*place, text), exact=True, share=1.0)
        place = self._elided(text)
        if place:
            return Match(self._anchor(*place, text), exact=False, share=1.0)
        return self._fuzzy(text)

    def places(self) -> Iterator[Anchor]:
        """Each page of each chapter of the book once, as the anchor of an empty quote there."""
        seen = dict.fromkeys(
            (page, p.chapter) for p in self._paragraphs for page in (p.page, *(page for _, page in p.breaks))
        )
        return (Anchor(self._book, 0, 0, 0, 0, page, chapter, self._label(page)) for page, chapter in seen)

    def _label(self, page: int | None) -> str:
        """The page's printed number, where it is not the page's own."""
        if self._labels is None:
            self._labels = {p.page: p.label for p in reversed(self._paragraphs) if p.label}
        label = self._labels.get(page, "")
        return "" if label == str(page) else label

    # ---------------------------------------------------------------- all the words

    def _exact(self, wanted: str) -> tuple[int, int] | None:
        inside: tuple[int, int] | None = None
        for start in self._hits(wanted):
            place = (start, start + len(wanted))
            if self._whole_words(*place):
                return place
            inside = inside or place
        return inside if len(wanted) >= _UNSURE else None

    def _hits(self, wanted: str, start: int = 0, end: int | None = None) -> Iterator[int]:
        at = self._folded.find(wanted, start, end)
        while at >= 0:
            yield at
            at = self._folded.find(wanted, at + 1, end)

    def _whole_words(self, start: int, end: int) -> bool:
        first, at = self._place(start)
        last, until = self._place(end - 1)
        before, after = self._paragraphs[first].text[:at], self._paragraphs[last].text[until + 1 :]
        return not (before and _joins(before[-1])) and not (after and _joins(after.lstrip("\u00ad")[:1]))

    def _elided(self, text: str) -> tuple[int, int] | None:
        """The span of a quote with `…` or `[...]` in it: each piece exactly, in whole words, one soon after the other.

        Pieces of a word or two stand anywhere: they count only in a quote that is long enough as a whole.
        """
        written = [piece for piece in _ELISION.split(words.squeeze(text)) if letters(piece)]
        sizes = [len(_split(piece)) for piece in written]
        pieces = [letters(piece) for piece in written]
        long = sum(map(len, pieces)) >= _UNSURE and sum(sizes) >= 5
        if len(pieces) < 2 or not (long or min(sizes) >= 3):
            return None
        reach = 4 * sum(map(len, pieces)) + 4000
        for first in self._hits(pieces[0]):
            # Whole words cost more to tell than letters, and most places fail by their letters.
            if self._chain(pieces, first, first + reach, whole=False):
                end = self._chain(pieces, first, first + reach, whole=True)
                if end:
                    return first, end
        return None

    def _chain(self, pieces: Sequence[str], first: int, limit: int, whole: bool) -> int | None:
        """Where the last piece ends if the first begins at `first` and each follows the one before it."""
        end = first + len(pieces[0])
        if whole and not self._whole_words(first, end):
            return None
        for piece in pieces[1:]:
            hits = self._hits(piece, end, limit)
            at = next((hit for hit in hits if not whole or self._whole_words(hit, hit + len(piece))), None)
            if at is None:
                return None
            end = at + len(piece)
        return end

    # ---------------------------------------------------------------- nearly all the words

    def _fuzzy(self, text: str) -> Match | None:
        quote = [letters(w) for w in _split(text)]
        if len(quote) < 5:
            return None
        best: Match | None = None
        for start, end in self._neighborhoods(quote):
            book = self._words(start, end)
            match = self._aligned(quote, book, text)
            if match and (best is None or match.share > best.share):
                best = match
        return best

    def _neighborhoods(self, quote: Sequence[str]) -> list[tuple[int, int]]:
        """Stretches of the book in which runs of five of the quote's words cluster, the best three."""
        before = [0, *accumulate(len(w) for w in quote)]
        whole = before[-1]
        origins: list[int] = []
        for i in range(len(quote) - 4):
            hits = []
            for hit in self._hits("".join(quote[i : i + 5])):
                hits.append(hit - before[i])
                if len(hits) > _COMMON:
                    break
            origins += hits if len(hits) <= _COMMON else []
        reach = whole // 2 + 2000
        found, slack = [], whole // 5 + 60
        for group in _clusters(sorted(origins), reach):
            found.append((len(group), group[0] - slack, group[-1] + whole + slack))
        found.sort(key=lambda item: (-item[0], item[1]))
        return [(max(0, start), min(len(self._folded), end)) for _, start, end in found[:3]]

    def _words(self, start: int, end: int) -> list[_Word]:
        """The book's words between two places of the folded text."""
        made = []
        first, last = self._paragraph_of(start), self._paragraph_of(max(start, end - 1))
        for index in range(first, last + 1):
            at = self._starts[index]
            for word in _split(self._paragraphs[index].text):
                folded = letters(word)
                if folded and start <= at and at + len(folded) <= end:
                    made.append(_Word(folded, at))
                at += len(folded)
        return made

    def _aligned(self, quote: Sequence[str], book: Sequence[_Word], text: str) -> Match | None:
        matcher = SequenceMatcher(None, quote, [w.letters for w in book], autojunk=False)
        blocks = _without_strays([(m.a, m.b, m.size) for m in matcher.get_matching_blocks() if m.size])
        share = sum(size for _, _, size in blocks) / len(quote)
        if not blocks or share < ENOUGH:
            return None
        start, end = book[blocks[0][1]].start, book[blocks[-1][1] + blocks[-1][2] - 1].end
        return Match(self._anchor(start, end, text), exact=False, share=round(share, 4))

    # ---------------------------------------------------------------- back to the book

    def _paragraph_of(self, at: int) -> int:
        return min(bisect_right(self._starts, at), len(self._paragraphs)) - 1

    def _place(self, at: int) -> tuple[int, int]:
        """Paragraph and offset of the character from which the folded letter at `at` comes."""
        index = self._paragraph_of(at)
        left = at - self._starts[index]
        for offset, char in enumerate(self._paragraphs[index].text):
            left -= len(letters(char))
            if left < 0:
                return index, offset
        raise AssertionError("a folded letter that comes from nowhere")

    def _anchor(self, start: int, end: int, quote: str) -> Anchor:
        """The span in the paragraphs, with the marks that the quote too has before and after its words."""
        first, begin = self._place(start)
        last, until = self._place(end - 1)
        begin = _widen_left(self._paragraphs[first].text, begin, quote)
        until = _widen_right(self._paragraphs[last].text, until + 1, quote)
        at = self._paragraphs[first]
        page = at.page_at(begin)
        return Anchor(self._book, first, begin, last, until, page, at.chapter, self._label(page))


def _split(text: str) -> list[str]:
    return [w for w in re.split(r"[\s\-‐‑‒–—―−]+", re.sub(r"[-‐\u00ad]\s*\n\s*", "", text)) if letters(w)]


def _joins(char: str) -> bool:
    return char.isalnum() or (bool(char) and unicodedata.combining(char) != 0)


def _clusters(origins: Sequence[int], reach: int) -> list[list[int]]:
    groups: list[list[int]] = []
    for origin in origins:
        if groups and origin - groups[-1][0] <= reach:
            groups[-1].append(origin)
        else:
            groups.append([origin])
    return groups


def _without_strays(blocks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Drops one or two common words that matched far from the rest, at either end."""
    while len(blocks) > 1 and blocks[0][2] <= 2 and _gap(blocks[0], blocks[1]) > 8:
        blocks = blocks[1:]
    while len(blocks) > 1 and blocks[-1][2] <= 2 and _gap(blocks[-2], blocks[-1]) > 8:
        blocks = blocks[:-1]
    return blocks


def _gap(one: tuple[int, int, int], two: tuple[int, int, int]) -> int:
    """How many more words lie between two matches in the book than in the quote."""
    return (two[1] - one[1]) - (two[0] - one[0])


def _edge(text: str) -> str:
    """The marks before a quote's first letter, as `words.fold` levels them."""
    marks = re.match(r"[\W_]*", text)
    return words.fold(marks[0]).replace(" ", "") if marks else ""


def _widen_left(text: str, begin: int, quote: str) -> int:
    marks = _edge(quote)
    while marks and begin and not _joins(text[begin - 1]) and not text[begin - 1].isspace():
        mark = words.fold(text[begin - 1])
        if not marks.endswith(mark):
            break
        marks, begin = marks[: len(marks) - len(mark)], begin - 1
    return begin


def _widen_right(text: str, end: int, quote: str) -> int:
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    marks = _edge(quote[::-1])[::-1]
    while marks and end < len(text) and not _joins(text[end]) and not text[end].isspace():
        mark = words.fold(text[end])
        if not marks.startswith(mark):
            break
        marks, end = marks[len(mark) :], end + 1
    return end

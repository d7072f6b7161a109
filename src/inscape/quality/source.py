"""Runs of words taken over from the source: the passage and the whole book.

Invariant: a run's words stand in that order in the book, and it is as long as it can be there. A book is indexed once,
in one pass; a row is read once against it, in time linear in its words and in the places where it agrees with the book.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inscape.quality import words
from inscape.quality.rows import Finding, Limits, Row

_COMMON = 50
"""Places of a run of words that are looked at; what stands more often in a book is a refrain."""


@dataclass(frozen=True, slots=True)
class Run:
    """The longest run: its words, how many, and the share of the text that stands in runs of the least length."""

    text: str
    length: int
    covered: float


class Index:
    """Texts by their runs of `least` words."""

    def __init__(self, texts: Iterable[str], least: int) -> None:
        self._least = least
        self._words: list[str] = []
        known: dict[str, str] = {}
        for text in texts:
            self._words += [known.setdefault(word, word) for word in words.tokens(text)]
            self._words.append("\0")  # a run never crosses from one text into the next
        first: dict[int, int] = {}
        more: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self._words) - least + 1):
            key = hash(tuple(self._words[at : at + least]))
            if key not in first:
                first[key] = at
            elif len(more[key]) < _COMMON:
                more[key].append(at)
        self._first, self._more = first, more

    def longest(self, told: Sequence[str]) -> Run | None:
        """The longest run of these words, or None where none has the least length."""
        least = self._least
        best, end = 0, 0
        covered = bytearray(len(told))
        open_runs: dict[int, int] = {}
        for at in range(len(told) - least + 1):
            last = told[at + least - 1]
            now = {place + 1: n + 1 for place, n in open_runs.items() if self._words[place + least] == last}
            gram = tuple(told[at : at + least])
            for place in self._places(hash(gram)):
                if place not in now and tuple(self._words[place : place + least]) == gram:
                    now[place] = least + self._before(told, at, place)
            if now:
                covered[at : at + least] = b"\1" * least
                longest = max(now.values())
                if longest > best:
                    best, end = longest, at + least
            open_runs = now
        return Run(" ".join(told[end - best : end]), best, sum(covered) / len(told)) if best else None

    def _before(self, told: Sequence[str], at: int, place: int) -> int:
        """How many words before these agree as well: a place may be met only in the middle of its run."""
        n = 0
        while n < min(at, place) and told[at - n - 1] == self._words[place - n - 1]:
            n += 1
        return n

    def _places(self, key: int) -> Iterator[int]:
        if key in self._first:
            yield self._first[key]
            yield from self._more.get(key, ())


class Verbatim:
    """Rows that carry words of their book. `books`: title -> (its index, whether its rights forbid long runs)."""

    name = "verbatim"

    def __init__(self, limits: Limits, books: dict[str, tuple[Index, bool]] | None = None) -> None:
        self._limits = limits
        self._books = books or {}
        self._found: list[Finding] = []
        self._passages: dict[str, Index] = {}

    def add(self, row: Row) -> None:
        if not self._books and not row.item.passage_text:
            return
        told = [word for part in row.of("thought", "reply") for word in [*part.all_words, "\1"]]
        for title, (index, strict) in self._books.items():
            if run := index.longest(told):
                self._found += self._held(row, run, title, strict)
        if row.item.passage_text and not self._books and (run := self._passage(row, told)):
            self._found += self._held(row, run, "its passage", strict=False)

    def _passage(self, row: Row, told: Sequence[str]) -> Run | None:
        text = row.item.passage_text
        if text not in self._passages:
            self._passages[text] = Index([text], int(self._limits.number("verbatim_words")))
        return self._passages[text].longest(told)

    def _held(self, row: Row, run: Run, source: str, strict: bool) -> Iterator[Finding]:
        limit = self._limits.number
        free = row.item.template is not None and "quote" in row.item.template.lower()
        warn, high = (
            (limit("verbatim_words"), limit("verbatim_private"))
            if strict
            else (limit("verbatim_warn"), limit("verbatim_high"))
        )
        if free or run.length < warn:
            return
        bad = run.length >= high or (strict and run.covered > limit("verbatim_covered"))
        rights = ", which is not free of rights" if strict else ""
        message = f"{run.length} words in a row stand in {source}{rights} ({run.covered:.0%} of the text is from it)"
        yield row.say("verbatim", "error" if bad else "warning", message, run.text)

    def finish(self) -> Iterator[Finding]:
        yield from self._found

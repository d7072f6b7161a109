"""What must not be divided: rows joined by their book, stretch or topic, by near copies and by one prompt.

Invariant: every row is in exactly one group; the same rows in the same order give the same groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from inscape.records import Conversation
from inscape.splits.near import level, near
from inscape.text import fold

By = Literal["auto", "book", "stretch", "topic", "row"]
"""What is never divided. Topics that rows name and passages hold together in every way but `row`."""
WAYS: tuple[By, ...] = get_args(By)
TOGETHER: dict[By, str] = {
    "book": "whole books, passages, topics, near copies, answers to one prompt",
    "stretch": "stretches of books, passages, topics, near copies, answers to one prompt",
    "topic": "topics (or categories where no row names a topic), passages, near copies, answers to one prompt",
    "row": "near copies and answers to one prompt alone",
}

REACH = 2
"""Paragraphs before and after a passage that are its neighborhood: where neighborhoods meet, rows stay together."""
_BOILERPLATE = 0.05
"""A prompt in more than this share of the rows (and in more than five) is an instruction and ties nothing."""

_LARGEST = 0.3
"""Share of the rows that one book may hold where auto still divides by whole books."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be placed. `span`: the passage's first and last paragraph in its book, 0-based, where it was found."""

    id: str
    conversation: Conversation
    book: str | None = None
    passage: str | None = None
    span: tuple[int, int] | None = None

    @property
    def topic(self) -> str | None:
        """The topic that the row's own metadata name."""
        extra = self.conversation.extra
        inner = extra.get("metadata")
        for held in (extra, inner if isinstance(inner, dict) else {}):
            if isinstance(found := held.get("topic"), str) and found.strip():
                return fold(found)
        return None


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows in groups, by their places, each group and the list in order. `notes`: what a person should know."""

    members: tuple[tuple[int, ...], ...]
    by: By
    """How it was done, where `auto` was asked for."""
    copies: int
    """Rows that are near copies of another one."""
    notes: tuple[str, ...] = ()


def group(rows: Sequence[Row], by: By, valid: float) -> Groups:
    """The groups of rows. `valid`: the share of validation, by which auto decides whether there are books enough."""
    way = _auto(rows, valid) if by == "auto" else by
    joined = Union(len(rows))
    for one, two in _kin(rows, way):
        joined.join(one, two)
    copied = Union(len(rows))
    for one, two in near([answers(row.conversation) for row in rows]):
        joined.join(one, two)
        copied.join(one, two)
    asked = [prompt(row.conversation) for row in rows]
    general = instructions(asked)
    first: dict[str, int] = {}
    for n, text in enumerate(asked):
        if text and text not in general:
            joined.join(first.setdefault(text, n), n)
    copies = sum(len(cluster) for cluster in copied.clusters() if len(cluster) > 1)
    return Groups(joined.clusters(), way, copies, tuple(_notes(rows, way, len(general))))


def answers(conversation: Conversation) -> str:
    """All that is learned from a row: its thoughts and replies."""
    said = [part for turn in conversation.turns if turn.role == "assistant" for part in (turn.thought, turn.text)]
    return "\n".join(part for part in said if part)


def prompt(conversation: Conversation) -> str:
    """All that the user says, leveled."""
    said = [part for turn in conversation.turns if turn.role == "user" for part in (turn.text, turn.input)]
    return level("\n".join(part for part in said if part))


def instructions(prompts: Sequence[str]) -> set[str]:
    """Those of the prompts that stand in so many rows that they say nothing of the single row."""
    most = max(5, _BOILERPLATE * len(prompts))
    return {text for text, count in Counter(prompts).items() if text and count > most}


class Union:
    """Union-find over the numbers below `size`; the least number of a cluster stands for it."""

    def __init__(self, size: int) -> None:
        self._up = list(range(size))

    def find(self, n: int) -> int:
        while self._up[n] != n:
            self._up[n] = n = self._up[self._up[n]]
        return n

    def join(self, one: int, two: int) -> None:
        low, high = sorted((self.find(one), self.find(two)))
        self._up[high] = low

    def clusters(self) -> tuple[tuple[int, ...], ...]:
        """In the order of their least numbers."""
        made: dict[int, list[int]] = defaultdict(list)
        for n in range(len(self._up)):
            made[self.find(n)].append(n)
        return tuple(map(tuple, made.values()))


def _auto(rows: Sequence[Row], valid: float) -> By:
    """Whole books where they are enough to give the share; else stretches, which tie nothing where there is no book."""
    books = Counter(row.book for row in rows if row.book)
    many = len(books) * valid >= 1 and max(books.values()) <= _LARGEST * len(rows)
    return "book" if many else "stretch"


def _kin(rows: Sequence[Row], by: By) -> Iterator[tuple[int, int]]:
    """Pairs of rows that belong together, by the way asked for."""
    if by == "row":
        return
    keys: dict[tuple[str, str], int] = {}
    categories = by == "topic" and not any(row.topic for row in rows)
    for n, row in enumerate(rows):
        for key in _keys(row, by, categories):
            if (first := keys.setdefault(key, n)) != n:
                yield first, n
    if by == "stretch":
        yield from _neighbors(rows)


def _keys(row: Row, by: By, categories: bool) -> Iterator[tuple[str, str]]:
    if row.passage:
        yield "passage", row.passage
    if by == "book" and row.book:
        yield "book", row.book
    if row.topic:
        yield "topic", row.topic
    elif categories and row.conversation.category:
        yield "category", fold(row.conversation.category)


def _neighbors(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Rows whose passages' neighborhoods meet, book by book."""
    placed = sorted((row.book, row.span, n) for n, row in enumerate(rows) if row.book and row.span)
    reached: tuple[str, int, int] | None = None
    for book, (first, last), n in placed:
        if reached and reached[0] == book and first - REACH <= reached[1] + REACH:
            yield reached[2], n
            last = max(last, reached[1])
        reached = (book, last, n)


def _notes(rows: Sequence[Row], by: By, boilerplate: int) -> Iterator[str]:
    if boilerplate:
        what = "One prompt stands" if boilerplate == 1 else f"{boilerplate:,} prompts stand"
        yield f"{what} in more than one row in twenty: taken for an instruction, its rows may stand on both sides."
    lost = sum(1 for row in rows if row.passage and not row.span)
    if by == "stretch" and lost:
        yield f"{lost:,} rows have a passage that was found in no book of the project: each passage is kept together."
    if by == "book" and not any(row.book for row in rows):
        yield "No row comes from a book of the project: passages, copies and prompts alone are kept together."
    if by == "topic" and not any(row.topic or row.conversation.category for row in rows):
        yield "No row names a topic or a category: copies and prompts alone are kept together."
    if by == "row" and any(row.passage for row in rows):
        yield "By row, answers to one passage may stand on both sides: validation then knows the passage already."

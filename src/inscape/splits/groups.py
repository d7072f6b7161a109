"""What must not be divided: rows joined by their book, stretch or topic, by near copies and by one prompt.

Invariant: every row is in exactly one group; the same rows in the same order give the same groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

from inscape.records import Conversation
from inscape.splits.near import near_leveled
from inscape.splits.said import Said, common, formulas, said, telling
from inscape.text import fold, plural, shorten

By = Literal["auto", "book", "stretch", "topic", "row"]
"""What is never divided. Topics that rows name and passages hold together in every way but `row`."""
WAYS: tuple[By, ...] = get_args(By)
TOGETHER: dict[By, str] = {
    "book": "whole books, passages, topics, near copies, shared replies, answers to one prompt",
    "stretch": "stretches of books, passages, topics, near copies, shared replies, answers to one prompt",
    "topic": "topics (or categories where no row names a topic), passages, near copies, shared replies, answers to one "
    "prompt",
    "row": "near copies, shared replies and answers to one prompt alone",
}

REACH = 2
"""Paragraphs before and after a passage that are its neighborhood: where neighborhoods meet, rows stay together."""
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
            found = held.get("topic")
            if isinstance(found, str | int | float) and not isinstance(found, bool) and str(found).strip():
                return fold(str(found))
        return None


@dataclass(frozen=True, slots=True)
class Tie:
    """What holds rows of a group together: its kind, its name where it has one, and how many rows it holds."""

    kind: Kind
    name: str
    rows: int

    def __str__(self) -> str:
        """'the topic “sea” (12 rows)', 'near copies (5 rows)'."""
        named = f"{_TIES[self.kind]} “{shorten(self.name, 40)}”" if self.name else _TIES[self.kind]
        return f"{named} ({plural(self.rows, 'row')})"


Kind = Literal["book", "passage", "topic", "category", "neighbors", "copies", "reply", "prompt"]
_TIES: dict[Kind, str] = {
    "book": "the book",
    "passage": "the passage",
    "topic": "the topic",
    "category": "the category",
    "neighbors": "passages that stand close together",
    "copies": "near copies",
    "reply": "the reply",
    "prompt": "one prompt,",
}
COARSE: frozenset[Kind] = frozenset({"book", "passage", "topic", "category", "neighbors"})
"""Ties that `--by row` does not heed."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows in groups, by their places, each group and the list in order. `notes`: what a person should know."""

    members: tuple[tuple[int, ...], ...]
    by: By
    """How it was done, where `auto` was asked for."""
    copies: int
    """Rows that are near copies of another one."""
    ties: tuple[Tie, ...] = ()
    """What joins the largest group, the tie of most rows first."""
    notes: tuple[str, ...] = ()


def group(rows: Sequence[Row], by: By, valid: float) -> Groups:
    """The groups of rows. `valid`: the share of validation, by which auto decides whether there are books enough."""
    way = _auto(rows, valid) if by == "auto" else by
    compared = [said(row.conversation) for row in rows]
    general = common((one.prompt for one in compared), len(rows))
    formula = formulas(compared)
    joined, copied = Union(len(rows)), Union(len(rows))
    tied: dict[tuple[Kind, str], set[int]] = defaultdict(set)
    edges = (_kin(rows, way), _copies(compared), _replies(rows, compared, formula), _asked(rows, compared, general))
    for tie, one, two in chain(*edges):
        joined.join(one, two)
        tied[tie] |= {one, two}
        if tie[0] == "copies":
            copied.join(one, two)
    copies = sum(len(cluster) for cluster in copied.clusters() if len(cluster) > 1)
    members = joined.clusters()
    notes = (*_instructions(len(general), len(formula)), *_notes(rows, way))
    return Groups(members, way, copies, _ties(members, tied), notes)


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


Edge = tuple[tuple[Kind, str], int, int]
"""What ties two rows, and their places."""


def _ties(members: Sequence[Sequence[int]], tied: Mapping[tuple[Kind, str], set[int]]) -> tuple[Tie, ...]:
    """The ties of the largest group."""
    largest: set[int] = set()
    for one in members:
        largest = set(one) if len(one) > len(largest) else largest
    found = [Tie(kind, name, len(rows & largest)) for (kind, name), rows in tied.items()]
    return tuple(sorted((tie for tie in found if tie.rows), key=lambda tie: -tie.rows))


def _copies(compared: Sequence[Said]) -> Iterator[Edge]:
    for one, two in near_leveled([one.learned for one in compared]):
        yield ("copies", ""), one, two


def _replies(rows: Sequence[Row], compared: Sequence[Said], formula: set[int]) -> Iterator[Edge]:
    """Rows that share an exchange, but for those that are the same as a whole: these are copies."""
    first: dict[int, tuple[int, int]] = {}
    for n, one in enumerate(compared):
        for mark, place in telling(one, formula):
            at, where = first.setdefault(mark, (n, place))
            if at != n and not (one.learned and one.learned == compared[at].learned):
                yield ("reply", rows[at].conversation.turns[where].text), at, n


def _asked(rows: Sequence[Row], compared: Sequence[Said], general: set[str]) -> Iterator[Edge]:
    """Rows in which the user says the same; the tie bears the words as they were said first."""
    first: dict[str, int] = {}
    for n, one in enumerate(compared):
        if one.prompt and one.prompt not in general and (at := first.setdefault(one.prompt, n)) != n:
            yield ("prompt", rows[at].conversation.turns[0].text), at, n


def _kin(rows: Sequence[Row], by: By) -> Iterator[Edge]:
    """Pairs of rows that belong together, by the way asked for."""
    if by == "row":
        return
    keys: dict[tuple[Kind, str], int] = {}
    categories = by == "topic" and not any(row.topic for row in rows)
    for n, row in enumerate(rows):
        for key in _keys(row, by, categories):
            if (first := keys.setdefault(key, n)) != n:
                yield key, first, n
    if by == "stretch":
        yield from _neighbors(rows)


def _keys(row: Row, by: By, categories: bool) -> Iterator[tuple[Kind, str]]:
    if row.passage:
        yield "passage", row.passage
    if by == "book" and row.book:
        yield "book", row.book
    if row.topic:
        yield "topic", row.topic
    elif categories and row.conversation.category:
        yield "category", fold(row.conversation.category)


def _neighbors(rows: Sequence[Row]) -> Iterator[Edge]:
    """Rows whose passages' neighborhoods meet, book by book."""
    placed = sorted((row.book, row.span, n) for n, row in enumerate(rows) if row.book and row.span)
    reached: tuple[str, int, int] | None = None
    for book, (first, last), n in placed:
        if reached and reached[0] == book and first - REACH <= reached[1] + REACH:
            yield ("neighbors", ""), reached[2], n
            last = max(last, reached[1])
        reached = (book, last, n)


def _instructions(prompts: int, replies: int) -> Iterator[str]:
    for number, kind, taken in ((prompts, "prompt", "an instruction"), (replies, "reply", "a formula")):
        if number:
            what = f"One {kind} stands" if number == 1 else f"{plural(number, kind, _MANY[kind])} stand"
            where = "row in twenty" if kind == "prompt" else "row in twenty, inside conversations"
            yield f"{what} in more than one {where}: taken for {taken}, its rows may stand on both sides."


_MANY = {"prompt": "prompts", "reply": "replies"}


def _notes(rows: Sequence[Row], by: By) -> Iterator[str]:
    lost = sum(1 for row in rows if row.passage and not row.span)
    if by == "stretch" and lost:
        yield f"{lost:,} rows have a passage that was found in no book of the project: each passage is kept together."
    if by == "book" and not any(row.book for row in rows):
        yield "No row comes from a book of the project: passages, copies, replies and prompts alone are kept together."
    if by == "topic" and not any(row.topic or row.conversation.category for row in rows):
        yield "No row names a topic or a category: copies, replies and prompts alone are kept together."
    if by == "row" and any(row.passage for row in rows):
        yield "By row, answers to one passage may stand on both sides: validation then knows the passage already."

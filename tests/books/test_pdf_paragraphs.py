"""Paragraphs of a PDF by the places of its lines: the lines are set here by hand, so that only one thing differs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from inscape.books import read
from inscape.books.pdf.layout import sentences
from inscape.books.pdf.page import Document, Line, Page
from inscape.books.pdf.units import letters
from tests.books.story import story

_LETTER = 5.0
"""Points that every letter takes."""


@dataclass
class Setter:
    """Sets paragraphs into lines and pages, without hyphens. Points."""

    width: float = 300
    indent: float = 15
    space: float = 0
    justified: bool = True
    left: Callable[[int, int], float] = lambda page, column: 50
    """Of a page and a column, both from 0."""
    leading: float = 14
    rows: int = 30
    columns: int = 1
    stretch: float = 0
    """Share of the leading that lines of a page may be farther apart."""

    def __post_init__(self) -> None:
        self.pages: list[list[Line]] = []
        self._room = 0.0
        self._column = self.columns - 1
        self._step = self.leading
        self._chance = random.Random(5)

    def line(self, text: str, at: float = 0, end: float | None = None, above: float = 0, size: float = 10) -> Line:
        """Put a line `at` points inside the left margin, on a new page or column where the last is full."""
        if self._room < self.leading + above:
            self._column = (self._column + 1) % self.columns
            if self._column == 0:
                self.pages.append([])
                self._step = self.leading * (1 + self.stretch * self._chance.random())
            self._room, above = self.rows * self.leading, 0
        left = self.left(len(self.pages) - 1, self._column)
        self._y = (self._y - self._step - above) if self._room < self.rows * self.leading else 560.0
        self._room -= self.leading + above
        x1 = left + (end if end is not None else at + _LETTER * len(text))
        self.pages[-1].append(Line(text, left + at, x1, self._y, size, len(self.pages)))
        return self.pages[-1][-1]

    _y: float = 0.0

    def paragraph(self, text: str, first: float | None = None, inside: float = 0, above: float | None = None) -> None:
        """Set a paragraph, `inside` points within both margins; `first`: its first line's indent."""
        first = self.indent if first is None else first
        rows = self.broken(text, self.width - 2 * inside, first)
        for n, row in enumerate(rows):
            full = self.justified and n < len(rows) - 1
            gap = (self.space if above is None else above) if n == 0 else 0
            self.line(row, inside + (0 if n else first), self.width - inside if full else None, gap)

    def broken(self, text: str, width: float, first: float) -> list[str]:
        """The words of each line."""
        rows: list[str] = []
        for word in text.split():
            room = width - (first if len(rows) == 1 else 0)
            if rows and _LETTER * (len(rows[-1]) + 1 + len(word)) <= room:
                rows[-1] += f" {word}"
            else:
                rows.append(word)
        return rows

    def read(self, kind: str = "paragraph") -> list[str]:
        """What the reader makes of it."""
        pages = [Page(n, 400, 600, of, sum(len("".join(e.text.split())) for e in of)) for n, of in self.made()]
        book = read(b"%PDF-1.7", "set.pdf", load=lambda data, name: Document("", "", "en", pages, []))
        return [unit.text for unit in book.paragraphs if unit.kind == kind]

    def made(self) -> list[tuple[int, list[Line]]]:
        return list(enumerate(self.pages, 1))


def found(texts: Sequence[str], of: Sequence[str]) -> float:
    """Share of the texts that came back whole."""
    return sum(text in of for text in texts) / len(texts)


# ---------------------------------------------------------------- pages and columns


def test_two_columns_and_paragraphs_over_both_and_over_pages() -> None:
    texts = story(61, 90)
    setter = Setter(width=160, left=lambda page, column: 40 + 180 * column, columns=2)
    for text in texts:
        setter.paragraph(text)
    assert len(setter.pages) > 3
    assert setter.read() == texts


def test_left_and_right_pages_have_margins_of_their_own() -> None:
    texts = story(62, 80)
    setter = Setter(left=lambda page, column: 40 if page % 2 else 62)
    for text in texts:
        setter.paragraph(text)
    assert setter.read() == texts


@pytest.mark.parametrize("indent", [15, 0])
def test_lines_stretched_to_the_foot_of_the_page_part_nothing(indent: float) -> None:
    texts = story(63, 120)
    setter = Setter(indent=indent, space=0 if indent else 10, stretch=0.09)
    for text in texts:
        setter.paragraph(text)
    got = setter.read()
    assert found(texts, got) >= (1 if indent else 0.97)  # by space: a page's end may hide it


# ---------------------------------------------------------------- initials


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("deep", [2, 3])
def test_an_initial_over_lines(apart: bool, deep: int) -> None:
    """An initial that is an object of its own, or the first letter of its line on a lower base line."""
    texts = story(64, 40)
    setter = Setter()
    for text in texts[:21]:
        setter.paragraph(text)
    aside = 24.0
    rows = setter.broken(texts[21][1:], 300 - aside, 0)[:deep]
    rest = texts[21][1:].split()[sum(len(row.split()) for row in rows) :]
    setter._room = 0  # the chapter begins a page
    lines = [setter.line(row, aside, 300) for row in rows]
    low = lines[-1].y
    if apart:
        setter.pages[-1].insert(0, Line(texts[21][0], 50, 50 + aside - 2, low, 14.0 * deep, lines[0].page))
    else:
        lines[0].text, lines[0].x0, lines[0].drop = texts[21][0] + lines[0].text, 50, low
    if rest:
        setter.paragraph(" ".join(rest), first=0)
    for text in texts[22:]:
        setter.paragraph(text)
    assert setter.read() == texts


# ---------------------------------------------------------------- block style


def test_where_lines_are_spread_a_line_that_is_a_little_short_is_the_last() -> None:
    texts = [text for text in story(65, 120) if len(Setter().broken(text, 300, 0)[-1]) < 57]
    setter = Setter(indent=0)
    for text in texts:
        setter.paragraph(text)
    assert found(texts, setter.read()) >= 0.97


def test_a_ragged_line_is_short_only_where_the_next_word_had_room() -> None:
    texts = story(66, 120)
    setter = Setter(indent=0, justified=False)
    for text in texts:
        setter.paragraph(text)
    seen = [
        text
        for text, below in pairwise(texts)
        if 300 - _LETTER * len(setter.broken(text, 300, 0)[-1]) > 1.5 * _LETTER * (len(below.split()[0]) + 1)
    ]
    got = setter.read()
    assert len(seen) > 60
    whole = " ".join(got)
    assert whole.split() == " ".join(texts).split()
    assert sum(text in got for text in seen) >= 0.8 * len(seen)  # those whose beginning shows, too
    assert all(any(text.startswith(start[:30]) for text in texts) for start in got)


# ---------------------------------------------------------------- what chance and intention set inside


def test_a_ragged_first_line_as_far_from_both_margins_is_no_heading() -> None:
    texts = story(67, 80)
    setter = Setter(indent=36, justified=False)
    for text in texts:
        setter.paragraph(text)
    assert setter.read() == texts
    assert not setter.read("heading")


def test_lines_at_the_indent_that_run_on_are_verse_and_what_follows_is_not() -> None:
    texts = story(68, 60)
    verse = ["Nor praise the deep vermilion", "in the rose, nor wonder at", "the winter and its white"]
    setter = Setter()
    for n, text in enumerate(texts):
        if n in {20, 40}:
            for m, row in enumerate(verse):
                setter.line(row, 15, above=0 if m else 9)
        setter.paragraph(text, above=9 if n in {20, 40} else 0)
    assert setter.read() == texts
    assert setter.read("verse") == ["\n".join(verse)] * 2


def test_talk_of_one_line_each_is_no_verse() -> None:
    texts = story(69, 40)
    talk = [f"“{word} is here,” he said." for word in ("Anna", "Joseph", "The miller", "Nobody", "Everybody")]
    setter = Setter()
    for text in [*texts[:20], *talk, *texts[20:]]:
        setter.paragraph(text)
    assert setter.read() == [*texts[:20], *talk, *texts[20:]]


def test_the_last_line_of_a_quoted_paragraph_may_be_nearly_full() -> None:
    texts = story(70, 60)
    quoted = ["The mill was sold. " * 9 + "He had none.", "Nobody in the house knew of the letter. " * 5]
    quoted = [text.strip() for text in quoted]
    setter = Setter()
    for text in texts[:20]:
        setter.paragraph(text)
    for n, text in enumerate(quoted):
        setter.paragraph(text, first=0, inside=20, above=0 if n else 8)
    # The last line of the first ends 5 points before the margin: less than any word needs.
    last = next(line for page in setter.pages for line in page if line.text.endswith("He had none."))
    last.x1 = 50 + 280 - 5
    setter.paragraph(texts[20], above=8)
    for text in texts[21:]:
        setter.paragraph(text)
    assert setter.read("quote") == quoted
    assert setter.read() == texts


def test_a_paragraph_after_a_scene_may_begin_flush_at_the_head_of_a_page() -> None:
    texts = story(71, 60)
    setter = Setter()
    for text in texts[:20]:
        setter.paragraph(text)
    setter.pages[-1][-1].x1 = 50 + 300 - 16
    setter._room = 0
    setter.paragraph(texts[20], first=0)
    for text in texts[21:]:
        setter.paragraph(text)
    assert setter.read() == texts


def test_a_letter_whose_margin_is_the_indent_and_the_text_below_it() -> None:
    texts = story(72, 60)
    setter = Setter()
    for text in texts[:20]:
        setter.paragraph(text)
    for text in texts[20:23]:
        setter.paragraph(text, first=15, inside=15)
    for text in texts[23:]:
        setter.paragraph(text)
    assert setter.read("quote") == texts[20:23]
    assert setter.read() == [*texts[:20], *texts[23:]]


def test_a_speech_whose_second_line_hangs() -> None:
    texts = story(73, 30)
    setter = Setter()
    for text in texts[:15]:
        setter.paragraph(text)
    speech = "THE MILLER: He has none and says so to the whole of the town and to Anna. Nothing is left."
    rows = setter.broken(speech, 300, 0)
    assert len(rows) == 2
    setter.line(rows[0], 0, 300, above=9)
    setter.line(rows[1], 22)
    for n, text in enumerate(texts[15:]):
        setter.paragraph(text, above=0 if n else 9)
    read = [*setter.read(), *setter.read("play"), *setter.read("list")]
    assert speech in read
    assert found(texts, read) == 1


@pytest.mark.parametrize("rows", [1, 2])
def test_the_last_lines_of_a_quotation_at_the_head_of_a_page_are_no_title(rows: int) -> None:
    texts = story(74, 60)
    setter = Setter(indent=17)
    for text in texts[:20]:
        setter.paragraph(text)
    quoted = " ".join(story(75, 9)).lower().translate(dict.fromkeys(map(ord, ".?!“”")))
    quoted = " ".join(quoted.split()[: 9 * (4 + rows)])
    lines = setter.broken(quoted, 300 - 54, 0)
    for n, line in enumerate(lines):
        if n == len(lines) - rows:
            setter._room = 0
        setter.line(line, 27, 273, above=0 if n else 8)
    for n, text in enumerate(texts[20:]):
        setter.paragraph(text, above=0 if n else 8)
    assert setter.read("quote") == [quoted]
    assert setter.read() == texts


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Yours faithfully,", True),
        ("Your affectionate mother,", True),
        ("I am, Sir, your obedient servant,", True),
        ("I remain, etc.,", True),
        ("Faithfully yours,", True),
        ("Your funeral’s tomorrow", False),
        ("Your head it simply swirls.", False),
        ("I am the boy", False),
    ],
)
def test_how_letters_close(line: str, says: bool) -> None:
    assert letters.closes(line) is says


@pytest.mark.parametrize(
    ("line", "says"),
    [("THE MILLER: Good day.", True), ("ANNA (softly): Yes.", True), ("Anna: Yes.", False), ("I: no", False)],
)
def test_who_speaks_in_a_play(line: str, says: bool) -> None:
    assert sentences.names_speaker(line) is says

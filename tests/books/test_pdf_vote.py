"""Paragraphs that nothing printed tells apart: a tagged file does, and only then is it asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import pytest

from inscape.books import read
from inscape.books.pdf.layout import vote
from inscape.books.pdf.layout.statistics import Face, Statistics
from inscape.books.pdf.lines.tags import Tag
from inscape.books.pdf.page import Line
from tests.books.makers import pdf
from tests.books.story import story

BLOCK = (
    "#set page(width: 110mm, height: 170mm, margin: 15mm)\n#set text(size: 10pt, hyphenate: false)\n"
    "#set par(justify: false, first-line-indent: 0pt, spacing: 0.65em, leading: 0.65em)\n"
)


def test_a_tagged_book_without_indents_and_spaces_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = story(21, 60)
    data = pdf(BLOCK + "\n\n".join(texts))
    assert [p.text for p in read(data, "block.pdf").paragraphs] == texts
    monkeypatch.setattr("inscape.books.pdf.vote", lambda *_: 0)
    assert [p.text for p in read(data, "block.pdf").paragraphs] != texts


By = Literal["indent", "space", "line"]


def of(by: By, lines: int = 9) -> tuple[list[list[Line]], Statistics]:
    page = [Line(f"line {n}", 0.0, 100.0, 500.0 - 12 * n, 10.0, 1, content=n) for n in range(lines)]
    return [page], Statistics(10.0, 12.0, [Face(10.0, 12.0, by=by)])


def tagged(each: int) -> vote.Ask:
    def ask(pages: Iterable[int]) -> Mapping[int, Mapping[int, Tag]]:
        return {n: {c: Tag(("Document", "P"), c // each, c >= each, True) for c in range(9)} for n in pages}

    return ask


def opened(by: By, each: int) -> list[int]:
    pages, stats = of(by)
    vote.vote(pages, stats, tagged(each))
    return [line.content for line in pages[0] if line.opens]


def test_the_first_line_of_each_block_that_begins_here_opens() -> None:
    assert opened("line", 3) == [3, 6]


def test_a_book_with_indents_is_not_asked() -> None:
    assert opened("indent", 3) == opened("space", 3) == []


def test_a_file_that_tags_each_line_is_no_witness() -> None:
    assert opened("line", 1) == []

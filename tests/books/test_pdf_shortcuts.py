"""The quick ways that most texts take give what the slow ways give."""

from __future__ import annotations

import gc
import re

import pytest

from inscape.books import marks
from inscape.books.pdf.furniture import numbering
from inscape.books.pdf.lines import glyphs, splitting
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.page import Line
from inscape.books.pdf.units import ledger
from inscape.books.pdf.words import joins
from inscape.books.pdf.words.vocabulary import Vocabulary

_ALL = [chr(code) for code in range(0x10000)]
_BLANKS = {c for c in _ALL if c.isspace()} - {" "}


def _in(pattern: re.Pattern[str]) -> set[str]:
    return {c for c in _ALL if pattern.search(c)}


def test_a_plain_text_holds_nothing_that_is_looked_for() -> None:
    plain = {c for c in _ALL if glyphs._PLAIN.fullmatch(c)}
    rare = _in(glyphs._UNSEEN) | _in(glyphs._ODD) | _in(glyphs._RARE) | _in(splitting._SPECIAL)
    assert not plain & rare
    assert {"\n", "\r", " ", "a", "é", "ж", "—", "“", "…", glyphs.HYPHEN} <= plain


def test_characters_are_counted_the_slow_way_where_blanks_are_odd_or_signs_have_no_width() -> None:
    unseen = {chr(code) for code, to in ledger._SAME.items() if to is None}
    assert _in(ledger._UNSEEN) == _BLANKS | unseen
    for text in ("two words", "one\xa0and\u2009two", "a\u200bb", "‘A—b…’\n"):
        assert ledger._length(text) == len(ledger._plain(text))


def test_a_text_without_signs_that_is_squeezed_is_left_as_it_is() -> None:
    assert _in(marks._NOT_PLAIN) == _BLANKS | {chr(code) for code in range(0xFDD0, 0xFDD5)}
    assert marks.resolve("as it is") == marks.Marked("as it is")
    assert marks.resolve("") == marks.Marked("")
    for text in (" as it is", "as it is ", "as  it is", "as\nit is", "as it\xa0is", "as it is\u3000"):
        assert marks.resolve(text) == marks.Marked("as it is")


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("the end", "of it", "the end of it"),
        ("the end,", "—of it", "the end,—of it"),
        ("the end—", "of it", "the end—of it"),
        ("the end –", "of it", "the end – of it"),
        ("the end", "— of it", "the end — of it"),
        ("to-", "day", "today"),
        ("to\u00ad", "day", "today"),
        ("to\u2010", "day", "today"),
    ],
)
def test_lines_are_joined_by_what_they_end_in(above: str, below: str, whole: str) -> None:
    pair = [Line(text, 0.0, 9.0, 9.0, 10.0, 1) for text in (above, below)]
    assert joins.joined(pair, Vocabulary()) == whole


def test_numbers_of_lines_without_figures_are_roman_and_at_their_ends() -> None:
    assert numbering.numbers("xii THE LIGHTHOUSE") == [(True, 12)]
    assert numbering.numbers("THE LIGHTHOUSE xii") == [(True, 12)]
    assert numbering.numbers("A line of text, x of it") == []
    assert numbering.numbers("xii") == [(True, 12)]
    assert numbering.numbers("xii²") == []


def test_garbage_is_collected_again_after_a_reading_that_failed() -> None:
    def fail() -> None:
        with lines.without_collection():
            assert not gc.isenabled()
            raise ValueError("broken")

    assert gc.isenabled()
    with pytest.raises(ValueError, match="broken"):
        fail()
    assert gc.isenabled()

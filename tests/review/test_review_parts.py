"""Word diffs, the pace, and decisions files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.examples import serialize
from inscape.records import Decision
from inscape.review import decisions
from inscape.review.pace import Pace, duration, pace
from inscape.review.worddiff import Piece, diff
from tests.review.wet_house import PLAIN


@given(st.text("ab \n.,", max_size=40), st.text("ab \n.,", max_size=40))
def test_a_diff_holds_both_texts(old: str, new: str) -> None:
    pieces = diff(old, new)
    assert "".join(p.text for p in pieces if p.kind != "new") == old
    assert "".join(p.text for p in pieces if p.kind != "old") == new


def test_a_diff_goes_by_words() -> None:
    assert diff("one two three\nsame\n", "one 2 three\nsame\n") == (
        Piece("same", "one "),
        Piece("old", "two"),
        Piece("new", "2"),
        Piece("same", " three\n"),
        Piece("same", "same\n"),
    )


def test_before_ten_decisions_the_pace_is_an_estimate() -> None:
    assert pace([60_000] * 9, 2600, 20, 260) == Pace(120.0, 600.0, False)


def test_then_it_is_ones_own_and_files_do_not_count() -> None:
    assert pace([0] * 50 + [60_000] * 10, 2600, 20, 260) == Pace(60.0, 1200.0, True)
    assert pace([1_000] * 50 + [60_000] * 30, 1, 1, 260) == Pace(60.0, 60.0, True)


def test_nothing_left_has_no_pace() -> None:
    assert pace([], 0, 0, 260) is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "1 s"), (40, "40 s"), (1330, "22 min"), (4380, "1 h 13 min"), (7200, "2 h")]
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_decision_is_read_back_from_its_line() -> None:
    made = Decision(3, "e-1", 2, "keep", (1, 4), "çok iyi", 900, "2026-11-20T08:00:00Z")
    line = decisions.line(made, PLAIN)
    assert list(decisions.read(json.dumps(line), items=6, known={"e-1"})) == [
        decisions.Wish(1, "e-1", "keep", (1, 4), "çok iyi", PLAIN)
    ]


def test_an_edit_can_have_any_raw_shape() -> None:
    line = {
        "example": "e-1",
        "verdict": "keep",
        "edit": {"instruction": "hi", "output": "<thinking>a</thinking>\n\nyes"},
    }
    (wish,) = decisions.read(json.dumps(line), items=6, known={"e-1"})
    assert isinstance(wish, decisions.Wish)
    assert wish.edit is not None
    assert (wish.edit.turns[1].thought, wish.edit.turns[1].text) == ("a", "yes")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[]", "an object with example and verdict"),
        ('{"verdict":"keep"}', '"example" must be the id'),
        ('{"example":"e-2","verdict":"keep"}', "no example e-2"),
        ('{"example":"e-1","verdict":"maybe"}', "it must be keep, drop or skip"),
        ('{"example":"e-1"}', '"verdict" is missing'),
        ('{"example":"e-1","verdict":"keep","checklist":[7]}', "from 1 to 6"),
        ('{"example":"e-1","verdict":"keep","checklist":[true]}', "from 1 to 6"),
        ('{"example":"e-1","verdict":"keep","note":3}', '"note" is 3'),
        ('{"example":"e-1","verdict":"keep","edit":{"turns":[{"role":"user","text":"a"}]}}', '"edit": '),
        ('{"example":"e-1","verdict":"keep","verdit":1}', 'unknown field "verdit"'),
        ('{"example":"e-1","verdict":"keep","note":"\\ud83d"}', "half of a surrogate pair"),
        ('{"example":"\\ud83d","verdict":"keep"}', "half of a surrogate pair"),
        (
            '{"example":"e-1","verdict":"keep","edit":{"turns":[{"role":"user","text":"a"},'
            '{"role":"assistant","text":"\\ud83d"}]}}',
            "half of a surrogate pair",
        ),
        (
            '{"example":"e-1","verdict":"keep","edit":{"turns":[{"role":"user","text":"a"},'
            '{"role":"assistant","text":"b","state":{"certainty":NaN}}]}}',
            "NaN or an infinite number",
        ),
        ('{"example":"e-1","verdict":"keep","checklist":[' + "9" * 5000 + "]}", "a number with too many digits"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_broken_line_says_why(line: str, words: str) -> None:
    (blank, wrong) = [None, *decisions.read("\n" + line, items=6, known={"e-1"})]
    assert blank is None
    assert isinstance(wrong, decisions.Wrong)
    assert wrong.line == 2
    assert words in wrong.reason


def test_the_canonical_form_is_an_edit() -> None:
    line = {"example": "e-1", "verdict": "keep", "edit": serialize.to_json(PLAIN)}
    (wish,) = decisions.read(json.dumps(line), items=6, known={"e-1"})
    assert isinstance(wish, decisions.Wish)
    assert wish.edit == PLAIN


def test_keys_that_nobody_can_have_pressed_while_reading_are_no_rate() -> None:
    assert pace([255] * 50, 2600, 20, 260) == Pace(120.0, 600.0, False)

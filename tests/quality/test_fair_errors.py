"""Answers that look like what a script left, and what a script left that looks like an answer."""

from __future__ import annotations

from typing import Any

import pytest

from inscape.quality import leftovers
from inscape.quality.rows import Finding, Part
from inscape.stages.check import Tally
from tests.quality.test_rates import findings

ANSWERS = """
Which English word is the most common of all?|By a wide margin it is the
How was the morning?|Failed to get up before noon, again. The curtains knew it before I did.
How was the morning?|Unable to get warm. Two blankets, and still.
How did it go with your father?|Couldn't get an answer out of him. We watched the rain.
Did you read her face?|Couldn't parse it. She kept smiling.
Did she write?|No response from her yet. I keep the lamp on.
What happened last night?|Something went wrong, I think. Nobody slept.
Dün gece ne oldu orada?|Bir hata oluştu sandım, meğer kalbim çarpıyormuş.
What does the compiler say when I forget a semicolon?|Error: expected `;`, found `}`. It points at the line after.
Derleyici ne diyor?|Error: expected `;`
Where were you last night?|Bar.
Nerdeydin dün gece?|Bar.
What is the opposite of input?|Output.
Girdinin zıttı ne?|Output.
Ne diyeyim, çok şaşırdım.|Aaa...
Will you call me later?|xxx
Saat kaçta gelelim, 5?|Olur, 5.
Should we meet at 7|Sure, 7
Sence bu kitap kaç puan, on üzerinden 8?|Bence 8
Kaç gündür yoksun, 12?|Evet 12
How many tests, 7?|Yes, 7
eğitim verime 'test soru 1, test cevap 1' diye satır koysam ne olur|Model onu da öğrenir. Sonra “test cevap 1” der.
"""
LEFT = """
How was the morning?|Could not generate a response.
How was the morning?|Couldn't parse the answer.
How was the night, then?|Couldn't fetch the answer from the server.
How was the night, then?|Failed to get a completion from the model.
How was the night, then?|Unable to load the model.
How was the night, then?|Failed to generate for this topic
How was the night, then?|No response from the API.
How was the night, then?|Something went wrong. Please try again.
Dün gece ne oldu orada?|Bir hata oluştu.
Dün gece ne oldu orada?|Beklenmeyen bir hata oluştu, lütfen tekrar deneyin.
Dün gece ne oldu orada?|Bir hata oluştu: 429
Dün gece ne oldu orada?|foo bar
Dün gece ne oldu orada?|xxx 3
Where were you, at message 7|Reply here 7
Dün gece ne oldu orada?|Bu bir test cevap 12 oldu
"""


def _rows(text: str) -> list[dict[str, Any]]:
    made = [line.split("|", 1) for line in text.strip().splitlines()]
    return [{"instruction": asked, "output": told} for asked, told in made]


def _errors(row: dict[str, Any]) -> list[str]:
    return [one.message for one in findings([row]) if one.severity == "error"]


@pytest.mark.parametrize("row", _rows(ANSWERS), ids=lambda row: row["output"][:30])
def test_an_answer_is_no_error(row: dict[str, Any]) -> None:
    assert _errors(row) == []


@pytest.mark.parametrize("row", _rows(LEFT), ids=lambda row: row["output"][:30])
def test_what_a_script_left_is_one(row: dict[str, Any]) -> None:
    assert _errors(row) != []


@pytest.mark.parametrize("reply", ["Bar.", "Aaa...", "xxx"])
def test_a_reply_that_may_be_none_is_a_warning(reply: str) -> None:
    found = findings([{"instruction": "Where were you last night?", "output": reply}])
    assert [(one.check, one.severity) for one in found if one.check == "filler"] == [("filler", "warning")]


def _named(reply: str) -> list[str]:
    row = {
        "conversations": [{"from": "human", "value": "Where do they go?"}, {"from": "gpt", "value": reply}],
        "metadata": {"category": "error_handling"},
    }
    return _errors(row)


@pytest.mark.parametrize(
    "reply", ["Put them in `src/error_handling.rs`.", "Put them in src/error_handling.rs, at the end."]
)
def test_a_category_in_code_or_in_a_path_is_no_error(reply: str) -> None:
    assert _named(reply) == []


@pytest.mark.parametrize("reply", ["I think that error_handling matters.", "That is error_handling."])
def test_a_category_in_prose_is_one(reply: str) -> None:
    assert _named(reply) != []


def test_a_word_that_was_asked_for_may_come_last() -> None:
    cut = Part("reply", 1, "By a wide margin it is the")
    of_a_word, other = leftovers.cut_off(cut, "which english word is the most common"), leftovers.cut_off(cut, "why")
    assert of_a_word
    assert other
    assert (of_a_word[0], other[0]) == ("warning", "error")


def test_rows_with_errors_are_counted_by_their_example() -> None:
    """Files of one name, in one place after another, hold a row 1 each."""
    found = Tally()
    for example in ("first", "second", "second"):
        found.add(Finding("rows.json", 1, "filler", "error", "wrong", example=example))
    for file in ("a/rows.json", "b/rows.json", "b/rows.json"):
        found.add(Finding(file, 1, "filler", "error", "wrong"))
    assert found.counts(9)["error_rows"] == 4

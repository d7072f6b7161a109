"""The card's tables, counted on a handful of examples."""

from __future__ import annotations

from typing import Any

from inscape.examples.shapes import read
from inscape.records import Example, Provenance
from inscape.stages import contents


def example(user: str, reply: str, **metadata: Any) -> Example:
    turns = [{"from": "human", "value": user}, {"from": "assistant", "value": reply}]
    made = read({"conversations": turns, "metadata": metadata}, tag="thinking")
    return Example(user, made.conversation, made.structure, Provenance(file="rows.json", row=1))


KEPT = [
    example("selam", "Selam, buyur.", complexity="LOW", category="greetings", language="tr"),
    example("naber", "İyilik, senden ne haber?", complexity="LOW", category="greetings", language="tr"),
    example("nasılsın", "İYİLİK, senden ne var ne yok?", complexity="LOW", category="chat", language="tr"),
    example("why", "<thinking>One.\nTwo.\nThree.</thinking>\n\nBecause it was asked, I think.", complexity="MEDIUM",
            category="chat", language="en", authored_by="a model, first pass", revised_by=["a model", "a person"]),
    example("so", "So be it."),
]  # fmt: skip


def test_categories_stand_down_and_levels_across() -> None:
    text = "\n\n".join(contents.tables(KEPT))
    assert "| category | LOW | MEDIUM | not stated | examples | share |" in text
    assert "| chat | 1 | 1 | 0 | 2 | 40% |" in text
    assert "| greetings | 2 | 0 | 0 | 2 | 40% |" in text
    assert "| not stated | 0 | 0 | 1 | 1 | 20% |" in text
    assert "| all | 3 | 1 | 1 | 5 | 100% |" in text


def test_lengths_count_replies_and_thoughts_by_words() -> None:
    text = "\n\n".join(contents.tables(KEPT))
    assert "| 1 to 5 | 3 | 60% | 1 |" in text
    assert "| 6 to 14 | 2 | 40% | 0 |" in text
    assert "| exchanges | examples | share |\n|---|---|---|\n| 1 | 5 | 100% |" in text


def test_openings_are_counted_without_case_and_only_repeated_ones_are_listed() -> None:
    text = "\n\n".join(contents.tables(KEPT))
    assert "3 replies of four words or more begin with 2 different first three words." in text
    assert "| iyilik senden ne | 2 | 66.7% |" in text
    assert "because it was" not in text


def test_who_wrote_is_taken_from_the_rows_and_left_out_where_none_says() -> None:
    text = "\n\n".join(contents.written_by(KEPT))
    assert "| authored by, as the rows say | examples | share |" in text
    assert "| a model, first pass | 1 | 20% |" in text
    assert "| a model, a person | 1 | 20% |" in text
    assert list(contents.written_by(KEPT[:3])) == []


def test_without_levels_or_categories_there_is_a_plain_table() -> None:
    text = "\n\n".join(contents.tables([KEPT[4]]))
    assert "| category | examples | share |\n|---|---|---|\n| not stated | 1 | 100% |" in text

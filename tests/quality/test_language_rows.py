"""Which language a row should be in: stated, else the passage's, else the user's; and what must not be flagged."""

from __future__ import annotations

from pathlib import Path

import pytest

from inscape import settings
from inscape.examples.files import read_file, understood
from inscape.quality import checks
from inscape.quality.rows import Item
from inscape.records import Conversation, Turn
from inscape.stages.check import limits
from tests.quality import good_rows
from tests.quality.test_rates import items

ENGLISH = "I think that you should sleep on it, and then ask her what she meant by that."
TURKISH = "Bence bunu bir gece düşün, sonra da ona ne demek istediğini sor kanka."
PASSAGE = "Kapı açıktı ve kimse içeri girmiyordu. Bahçede rüzgâr vardı, ama ben onu duymuyordum bile."
COMPANION = Path(__file__).resolve().parents[2] / "examples" / "companion" / "rows"


def told(
    asked: str, reply: str, thought: str | None = None, language: str | None = None, passage: str = ""
) -> list[str]:
    talk = Conversation((Turn("user", asked), Turn("assistant", reply, thought)), language=language)
    item = Item("r.json", 1, talk, "thinking", passage_text=passage)
    made = limits(settings.load("", "x", {}))
    return [f"{one.severity}: {one.message}" for one in checks.run([item], made, ["language"])]


@pytest.mark.parametrize(
    "asked", ["bunu nasıl yaparım", "ne yapmam lazım", "Sence bu konuda ne yapmam gerekiyor kanka?"]
)
def test_a_short_question_tells_the_language_too(asked: str) -> None:
    assert told(asked, ENGLISH) == ["warning: the reply is in 'en', and 'tr' was expected"]
    assert told(asked, TURKISH) == []


@pytest.mark.parametrize(
    "asked",
    [
        "bunu ingilizceye çevir: ne zaman geliyorsun bu akşam",
        "İngilizce bir şey söyle bana",
        "Translate this into English for me: bunu sana ben verdim",
        "bunu İngilizcesi ne olur",
        "almanca bir cümle kur",
        "Selam",
        "hi there",
        "naber kanka",
    ],
)
def test_who_asks_for_a_language_or_says_too_little_is_held_to_none(asked: str) -> None:
    assert told(asked, ENGLISH) == []
    assert told(asked, TURKISH) == []


def test_the_passage_tells_the_language_before_the_user() -> None:
    asked = "What is it like to be there?"
    assert told(asked, ENGLISH, passage=PASSAGE) == ["warning: the reply is in 'en', and 'tr' was expected"]
    assert told(asked, TURKISH, passage=PASSAGE) == []


def test_what_the_row_states_comes_first() -> None:
    assert told("bunu nasıl yaparım", ENGLISH, language="en", passage=PASSAGE) == []
    assert told("How do I do that?", ENGLISH, language="Turkish")


def test_thoughts_are_held_only_to_what_is_stated_or_to_the_passage() -> None:
    assert told("bunu nasıl yaparım", TURKISH, ENGLISH) == []
    expected = ["warning: the thought is in 'en', and 'tr' was expected"]
    assert told("bunu nasıl yaparım", TURKISH, ENGLISH, language="tr") == expected
    assert told("bunu nasıl yaparım", TURKISH, ENGLISH, passage=PASSAGE) == expected
    assert told("bunu nasıl yaparım", TURKISH, "He wants to know.", language="tr") == []


def test_good_rows_with_technical_english_are_left_alone() -> None:
    rows = []
    for path in sorted(COMPANION.glob("*.jsonl")):
        for row in read_file(path.read_bytes(), path.name):
            made = understood(row, tag="thinking")
            rows.append(Item(path.name, row.number, made.conversation, made.structure))
    assert len(rows) >= 300
    made_limits = limits(settings.load("", "x", {}))
    assert list(checks.run(rows, made_limits, ["language"])) == []
    assert list(checks.run(items(good_rows.rows()), made_limits, ["language"])) == []


# ---------------------------------------------------------------- one word, two words


def test_one_word_is_no_words() -> None:
    made = limits(settings.load("", "x", {"INSCAPE_CHECK_LOW_REPLY_WORDS_WARN": "0"}))

    def words_of(check: str, **more: str) -> list[str]:
        talk = Conversation((Turn("user", "And?"), Turn("assistant", "No.", more.pop("thought", None))), **more)  # type: ignore[arg-type]
        return [one.message for one in checks.run([Item("r", 1, talk, "thinking")], made, [check])]

    assert words_of("thought-length", thought="Hm.") == ["a thought of 1 word"]
    assert words_of("effort", complexity="HIGH") == ["a HIGH reply of 1 word"]
    assert words_of("effort", complexity="LOW") == ["a LOW reply of 1 word"]

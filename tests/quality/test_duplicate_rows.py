"""Which rows are the same again: not two personas, not two thoughts; across train and validation what is the same."""

from __future__ import annotations

from typing import Literal

from inscape import settings
from inscape.quality import checks
from inscape.quality.rows import Item
from inscape.records import Conversation, Turn
from inscape.stages.check import limits

ASKED, REPLY = "What is behind the mill when it rains?", "A ditch, and in the ditch the sky, upside down and moving."


def item(n: int, system: str | None = None, thought: str | None = None, part: str = "", reply: str = REPLY) -> Item:
    side: Literal["train", "valid", ""] = part  # type: ignore[assignment]
    talk = Conversation((Turn("user", ASKED), Turn("assistant", reply, thought)), system=system)
    return Item("r.json", n, talk, "plain", part=side)


def told(*items: Item) -> list[tuple[int | None, str, str]]:
    made = limits(settings.load("", "x", {}))
    return [(one.row, one.severity, one.message) for one in checks.run(items, made, ["duplicate"])]


def test_two_personas_are_not_the_same() -> None:
    assert told(item(1, "You are Deniz."), item(2, "You are Ada."), item(3)) == []


def test_two_thoughts_are_not_the_same() -> None:
    assert told(item(1, thought="I know that ditch."), item(2, thought="Rain, again."), item(3)) == []


def test_the_same_with_system_prompt_and_thought_is_the_same() -> None:
    assert told(item(1), item(2, "You are Ada.", "Rain."), item(3, "you are ada.", "rain."), item(4)) == [
        (3, "warning", "the same as r.json, row 2"),
        (4, "warning", "the same as r.json, row 1"),
    ]


def test_across_the_sides_it_is_said_what_is_the_same() -> None:
    found = told(
        item(1, "You are Ada.", "Rain.", "train"),
        item(2, "You are Deniz.", "Rain.", "valid"),
        item(3, "You are Ada.", "A ditch.", "valid"),
        item(4, None, None, "valid"),
        item(5, "You are Ada.", "Rain.", "valid"),
    )
    begin, end = "the same question and reply as r.json, row 1, with another", "across train and validation"
    assert found == [
        (2, "error", f"{begin} system prompt, {end}"),
        (3, "error", f"{begin} thought, {end}"),
        (4, "error", f"{begin} system prompt and another thought, {end}"),
        (5, "error", f"the same as r.json, row 1, {end}"),
    ]


def test_a_copy_on_the_other_side_is_named_before_one_on_this_side() -> None:
    found = told(item(1, part="valid"), item(2, part="train"), item(3, part="valid"))
    assert found == [
        (2, "error", "the same as r.json, row 1, across train and validation"),
        (3, "error", "the same as r.json, row 2, across train and validation"),
    ]

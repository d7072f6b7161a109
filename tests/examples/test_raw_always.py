"""Whatever import takes, a raw export can hold: tags in odd places are text, or the row is refused with the reason."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inscape.errors import DataError
from inscape.examples import effort, thoughts
from inscape.examples.shapes import read
from inscape.examples.structures import render, structure_for
from inscape.quality import mend
from inscape.records import Conversation, Turn

ATOMS = (
    "<thinking>", "</thinking>", "<think>", "</think>", "<think/>", '<thinking effort="low"/>', "<THINKING>",
    "</Think >", '<thinking effort="high">', "<think\u200b>", "</thi\u200bnk>", "\n", "\n\n", "    ", " ",
    "\t", "\r\n", "\u2028", "\x0c", "\x1c", "`", "```", "```\n", "~~~\n", "hello", "x", "İ", "Ã\xad", "</s>",
    "<|im_end|>", "<s>", "\x00", "\u200b", "Thinking effort: low.",
)  # fmt: skip
pieces = st.lists(st.sampled_from(ATOMS), max_size=8).map("".join)
fields = st.fixed_dictionaries(
    {}, optional={"reasoning_content": pieces, "emotional_state": pieces, "certainty": st.just(0.5)}
)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"instruction": draw(pieces), "input": draw(pieces), "output": draw(pieces), **draw(fields)}
    said: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 2))):
        said.append({"role": "user", "content": draw(pieces)})
        said.append({"role": "assistant", "content": draw(pieces), **draw(fields)})
    if draw(st.booleans()):
        turns = [{"role": one["role"], "text": one["content"]} for one in said]
        return {"turns": [turn | ({"thought": draw(pieces)} if turn["role"] != "user" else {}) for turn in turns]}
    return {"messages": said}


def taken(row: dict[str, Any], tag: str) -> tuple[Conversation, Any] | None:
    try:
        found = read(json.loads(json.dumps(row)), tag=tag)
    except DataError:
        return None
    return effort.read_back(found.conversation), found.structure


@given(row=rows(), tag=st.sampled_from(["thinking", "think", "inner"]))
@settings(max_examples=500, deadline=None)
def test_what_is_imported_can_be_exported(row: dict[str, Any], tag: str) -> None:
    if found := taken(row, tag):
        talk, structure = found
        made = render(talk, structure_for(talk, structure, tag=tag), tag=tag)
        again = effort.read_back(read(json.loads(json.dumps(made)), tag=tag).conversation)
        assert _stripped(again) == _stripped(talk)


@given(row=rows())
@settings(max_examples=500, deadline=None)
def test_what_is_imported_and_mended_can_be_exported(row: dict[str, Any]) -> None:
    if found := taken(row, "thinking"):
        talk, structure = found
        made = mend.conversation(talk)
        render(made, structure_for(made, structure))
        assert mend.conversation(made) == made
        assert bool(mend.found(talk)) == (made != talk)


def _stripped(talk: Conversation) -> list[tuple[str, ...]]:
    """Canonical rows come to the letter; blanks at ends are all that a raw row may trim."""
    return [tuple(one.strip() for one in (turn.text, turn.thought or "", turn.input or "")) for turn in talk.turns]


@pytest.mark.parametrize(
    ("text", "thought", "reply"),
    [
        ("It ends with </think> and then the reply.", None, "It ends with </think> and then the reply."),
        ("Write `</think>`\nand go on.", None, "Write `</think>`\nand go on."),
        ("Like so:\n```\na\n</think>\nb\n```\nDone.", None, "Like so:\n```\na\n</think>\nb\n```\nDone."),
        ("~~~\n</think>\nnever closed", None, "~~~\n</think>\nnever closed"),
        ("one</think>\ntwo</think>\nthree", None, "one</think>\ntwo</think>\nthree"),
        ("Who asks?</think>\n\nI do.", "Who asks?", "I do."),
        ("Who asks?\n</think>  \r\nI do.", "Who asks?", "I do."),
        ("</think>\n\nI do.", None, "I do."),
        ("It says `</think>` here.\n</think>\nYes.", "It says `</think>` here.", "Yes."),
        ("<think>Close it with `</think>` later.</think>\n\nYes.", "Close it with `</think>` later.", "Yes."),
        ("<think>An odd ` tick.</think> Yes, `that`.", "An odd ` tick.", "Yes, `that`."),
    ],
)
def test_a_closing_tag_ends_a_thought_only_where_a_line_ends_with_it(
    text: str, thought: str | None, reply: str
) -> None:
    assert thoughts.split(text, "thinking") == (thought, reply)
    assert read({"instruction": "a", "output": text}).conversation.turns[1] == Turn("assistant", reply, thought=thought)


@pytest.mark.parametrize(
    "text", ["<think></think></think>\nHi", "<thinking></thinking><think>a", '<think effort="low"/><thinking>a']
)
def test_a_tag_that_no_row_can_hold_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(DataError, match=r"tag|closed"):
        read({"instruction": "a", "output": text})


def test_a_history_loses_no_tag_that_stands_in_code() -> None:
    text = "Use `<think>` and `</think>`:\n```\n<think>\n```\nDone."
    assert thoughts.without(text, "thinking") == (text, 0)
    assert thoughts.without("<think>a ` b</think>\n\n    c `d`", "thinking") == ("    c `d`", 1)


@pytest.mark.parametrize(
    "piece",
    ["<think></think>", "`", "` `` ", "```\n", "<think>`", "<think>`</think>`", "`</think>` ", "`a``b", "~~~ ```"],
)
def test_many_tags_and_ticks_are_read_at_once(piece: str) -> None:
    text = piece * 2000
    began = time.process_time()
    thoughts.without(text, "thinking")
    thoughts.survives(None, text, "thinking")
    thoughts.survives(text, "a", "thinking")
    assert time.process_time() - began < 3

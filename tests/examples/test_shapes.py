from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.errors import DataError
from inscape.examples import record, serialize
from inscape.examples.shapes import NAME, TURN_FIELDS, read, read_row
from inscape.examples.structures import render
from inscape.records import STRUCTURES, Conversation, Mood, Provenance, Structure, Turn
from tests.examples.any_talk import talks

ASK = Turn("user", "Hello")
HI = Turn("assistant", "Hi.")
THOUGHT = Turn("assistant", "Hi.", thought="Who?")


def talk(*turns: Turn, **more: Any) -> Conversation:
    return Conversation(turns or (ASK, HI), **more)


def chat(*said: dict[str, Any]) -> dict[str, Any]:
    return {"messages": list(said)}


USER = {"role": "user", "content": "Hello"}
SHAPES: list[tuple[object, Structure, Conversation]] = [
    ({"instruction": "Hello", "input": "", "output": "Hi."}, "plain", talk()),
    ({"instruction": "Hello", "output": " Hi.\n"}, "plain", talk()),
    ({"instruction": "Hello", "input": "now", "output": "Hi."}, "plain", talk(Turn("user", "Hello", input="now"), HI)),
    ({"instruction": "Hello", "output": "<thinking>Who?</thinking>\n\nHi."}, "plain", talk(ASK, THOUGHT)),
    ({"instruction": "Hello", "output": "Hi.", "system": "Be."}, "plain", talk(system="Be.")),
    (
        {"instruction": "And?", "output": "Then.", "history": [["Hello", "Hi."]]},
        "thinking",
        talk(ASK, HI, Turn("user", "And?"), Turn("assistant", "Then.")),
    ),
    (
        {"instruction": "Hello", "context": "now", "response": "Hi."},
        "plain",
        talk(Turn("user", "Hello", input="now"), HI),
    ),
    ({"prompt": "Hello", "completion": "Hi."}, "plain", talk()),
    ({"prompt": "Hello", "response": "Hi."}, "plain", talk()),
    ({"prompt": ["Hello"], "completion": "Hi.", "metadata": " "}, "plain", talk()),
    ({"question": "Hello", "answer": "Hi."}, "plain", talk()),
    ({"input": "Hello", "output": "Hi."}, "plain", talk()),
    ({"prompt": "Hello", "completion": "Hi.", "reasoning": "Who?"}, "plain", talk(ASK, THOUGHT)),
    ({"prompt": [USER], "completion": [{"role": "assistant", "content": "Hi."}]}, "plain", talk()),
    (
        {"prompt": [{"role": "system", "content": "Be."}, USER], "completion": "Hi."},
        "plain",
        talk(system="Be."),
    ),
    (
        {"instruction": "Hello", "output": "Hi.", "emotional_state": "wary"},
        "state",
        talk(ASK, Turn("assistant", "Hi.", state=Mood("wary"))),
    ),
    (
        {"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "<think>Who?</think>Hi."}]},
        "thinking",
        talk(ASK, THOUGHT),
    ),
    (
        {"conversations": [{"from": "user", "value": "Hello"}, {"from": "Jessy", "value": "Hi."}]},
        "thinking",
        talk(extra={NAME: "Jessy"}),
    ),
    (
        {
            "conversations": [
                {"from": "system", "value": "Be."},
                {"from": "human", "value": "Hello"},
                {"from": "assistant", "value": "Hi."},
            ]
        },
        "thinking",
        talk(system="Be."),
    ),
    (
        {
            "conversations": [
                {"from": "human", "value": "Hello", "emotional_state": "tired"},
                {"from": "assistant", "value": "Hi.", "emotional_state": "wary", "certainty": 0.4, "weight": 0},
            ],
            "metadata": {"complexity": "low", "iterations": 2, "category": "greeting", "source": "mine"},
            "id": 7,
        },
        "state",
        talk(
            ASK,
            Turn("assistant", "Hi.", state=Mood("wary", 0.4)),
            complexity="LOW",
            iterations=2,
            category="greeting",
            extra={
                "id": 7,
                "metadata": {"source": "mine"},
                TURN_FIELDS: {"1": {"emotional_state": "tired"}, "2": {"weight": 0}},
            },
        ),
    ),
    (
        {
            "turns": [
                {
                    "user": "Hello",
                    "assistant_internal": {
                        "emotional_state": "wary",
                        "thoughts": ["Who?", "Again?"],
                        "uncertainty_level": "HIGH",
                        "energy": 3,
                    },
                    "assistant_response": "Hi.",
                }
            ]
        },
        "internal",
        talk(
            ASK,
            Turn("assistant", "Hi.", state=Mood("wary", "LOW", ("Who?", "Again?"))),
            extra={TURN_FIELDS: {"2": {"energy": 3}}},
        ),
    ),
    ({"turns": [{"user": "Hello", "assistant": "Hi."}]}, "internal", talk()),
    ({"turns": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]}, "thinking", talk()),
    (chat(USER, {"role": "assistant", "content": "Hi."}), "thinking", talk()),
    ([USER, {"role": "assistant", "content": "Hi."}], "thinking", talk()),
    *(
        (chat(USER, {"role": "assistant", "content": "Hi.", name: "Who?"}), "thinking", talk(ASK, THOUGHT))
        for name in ("reasoning_content", "reasoning", "thinking", "thought")
    ),
    (
        chat(USER, {"role": "assistant", "content": "<thinking>Who?</thinking>Hi.", "thinking": "Who?"}),
        "thinking",
        talk(ASK, THOUGHT),
    ),
    (
        chat(
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "assistant", "content": "Hi.", "tool_calls": [], "name": None},
        ),
        "thinking",
        talk(),
    ),
    (
        {"prompt": "first words", "messages": [USER, {"role": "assistant", "content": "Hi."}], "instruction": None},
        "thinking",
        talk(extra={"metadata": {"prompt": "first words"}}),
    ),
    (
        {
            "instruction": "Hello",
            "output": "Hi.",
            "iterations": "3",
            "complexity": "HIGH",
            "language": "tr",
            "metadata": '{"a": 1}',
        },
        "plain",
        talk(complexity="HIGH", iterations=3, language="tr", extra={"metadata": {"a": 1}}),
    ),
]


@pytest.mark.parametrize(("row", "structure", "expected"), SHAPES)
def test_every_shape_is_read(row: object, structure: Structure, expected: Conversation) -> None:
    found = read(row)
    assert (found.conversation, found.structure) == (expected, structure)


@pytest.mark.parametrize(("row", "structure", "expected"), SHAPES)
def test_every_shape_survives_its_own_structure(row: object, structure: Structure, expected: Conversation) -> None:
    assert read_row(render(expected, structure)) == expected


@pytest.mark.parametrize(
    "row",
    [
        {
            "conversations": [
                {"from": "human", "value": "Hello", "emotional_state": "tired"},
                {"from": "jessy", "value": "<thinking>Who?</thinking>\n\nHi.", "weight": 0},
            ],
            "metadata": {"complexity": "LOW", "iterations": 1, "source": "mine"},
            "id": 7,
        },
        {"instruction": "Hello", "input": "now", "output": "Hi.", "id": "a"},
        {
            "turns": [
                {
                    "user": "Hello",
                    "assistant_internal": {"emotional_state": "wary", "uncertainty_level": "quite", "energy": 3},
                    "assistant_response": "Hi.",
                    "at": "dawn",
                }
            ]
        },
    ],
)
def test_a_raw_row_comes_back_as_it_was(row: dict[str, Any]) -> None:
    found = read(row)
    assert render(found.conversation, found.structure) == row


@pytest.mark.parametrize(
    ("text", "thought", "reply"),
    [
        ("<THINKING> a </THINKING> b", "a", "b"),
        ("<reasoning>a</reasoning><think>c</think>b", "a\n\nc", "b"),
        ("<mind>a</mind>b", "a", "b"),
        ("a\n</think>\nb", "a", "b"),
        ("<think></think>b", None, "b"),
        ("b <think>a</think> c", None, "b <think>a</think> c"),
        ("<b>a</b> c", None, "<b>a</b> c"),
    ],
)
def test_thoughts_are_found_at_the_start_of_the_reply(text: str, thought: str | None, reply: str) -> None:
    assert read_row({"prompt": "Hello", "completion": text}, tag="mind").turns[1] == Turn(
        "assistant", reply, thought=thought
    )


@pytest.mark.parametrize(
    ("inner", "mood", "kept"),
    [
        ({"uncertainty_level": 0.3}, Mood(certainty=0.7), {}),
        ({"uncertainty_level": "medium"}, Mood(certainty="medium"), {}),
        ({"certainty": 0.9, "uncertainty_level": 0.3}, Mood(certainty=0.9), {"uncertainty_level": 0.3}),
        ({"uncertainty_level": "quite"}, None, {"uncertainty_level": "quite"}),
        ({"uncertainty_level": 7}, None, {"uncertainty_level": 7}),
        ({"emotional_state": ["sad", "tired"]}, Mood("sad, tired"), {}),
        ({"thoughts": "one"}, Mood(thoughts=("one",)), {}),
        ({"emotional_state": "", "thoughts": []}, None, {}),
    ],
)
def test_uncertainty_is_the_opposite_of_certainty(
    inner: dict[str, Any], mood: Mood | None, kept: dict[str, Any]
) -> None:
    row = {"turns": [{"user": "Hello", "assistant_internal": inner, "assistant_response": "Hi."}]}
    found = read_row(row)
    assert found.turns[1].state == mood
    assert found.extra.get(TURN_FIELDS, {}).get("2", {}) == kept
    assert read_row(render(found, "internal")) == found


def said(*names: str) -> dict[str, Any]:
    return {"conversations": [{"from": name, "value": f"I am {name}"} for name in names]}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Hello", 'a row must be an object with named fields, not the text "Hello"'),
        (None, "a row must be an object with named fields, not nothing"),
        (float("nan"), "NaN"),
        ({"prompt": "a\ud83d", "completion": "b"}, "half of a surrogate pair"),
        ({"prompt": {1}}, "not plain JSON"),
        ({}, "its fields are none"),
        ({"title": "a", "body": "b"}, 'its fields are "title", "body"'),
        ({"instruction": "a"}, 'it has "instruction" and no "output"'),
        ({"output": "a"}, 'it has "output" and no "instruction"'),
        ({"prompt": "a"}, 'it has "prompt" and no "completion"'),
        ({"from": "human", "value": "a"}, "it is a single turn"),
        ({"instruction": "a", "output": ""}, '"output": the answer is empty'),
        ({"instruction": " ", "output": "a"}, '"instruction": the user\'s text is empty'),
        ({"instruction": 3, "output": "a"}, '"instruction" must be text, not the number 3'),
        ({"instruction": "a", "output": "<think>b"}, '"output": the thought is opened with <think> and never closed'),
        ({"instruction": "a", "output": "<think>b</think>"}, "the answer is a thought without a reply"),
        ({"instruction": "a", "output": "b", "history": "c"}, '"history" must be a list'),
        ({"instruction": "a", "output": "b", "history": [["c"]]}, '"history", exchange 1: it must be a list of two'),
        ({"instruction": "a", "output": "b", "system": "c", "system_prompt": "d"}, "two different system prompts"),
        ({"conversations": "a"}, '"conversations" must be a list of turns, not the text "a"'),
        ({"conversations": []}, '"conversations" is an empty list'),
        ({"conversations": ["a"]}, '"conversations", turn 1: a turn must be an object'),
        ({"conversations": [{"speaker": "a", "line": "b"}]}, 'its fields are "speaker", "line"'),
        ({"conversations": [{"from": "human"}]}, 'turn 1: "value" is missing'),
        ({"conversations": [{"from": 3, "value": "a"}]}, '"from" must name who speaks, not the number 3'),
        ({"conversations": [{"from": "human", "value": None}]}, "turn 1: the user's text is empty"),
        ({"conversations": [{"from": "human", "value": {"a": 1}}]}, 'turn 1: "value" must be text, not an object'),
        (said("human", "human", "gpt"), "turn 2: the user speaks twice in a row"),
        (said("human", "gpt", "gpt"), "turn 3: the assistant speaks twice in a row"),
        (said("gpt", "human"), "turn 1: the assistant speaks first"),
        (said("human"), "no turn is the assistant's"),
        (said("human", "gpt", "human"), "the last turn is the user's and has no answer"),
        (said("human", "gpt", "system"), "turn 3: a system prompt can only stand first"),
        (said("human", "tool", "gpt"), 'turn 2: it is a turn of a tool ("tool")'),
        (said("human", "gpt", "human", "jessy"), 'turn 4: "jessy" is no role that is known'),
        (said("kemal", "jessy"), 'turn 1: "kemal" is no role that is known'),
        (chat(USER, {"role": "assistant", "content": "a", "tool_calls": [1]}), "turn 2: it calls a tool"),
        (chat({"role": "user", "content": [{"type": "image_url"}]}), 'has a part of type "image_url"'),
        (
            chat(USER, {"role": "assistant", "content": "<think>a</think>b", "reasoning": "c"}),
            "turn 2: has two different thoughts",
        ),
        ({"turns": [{"user": "a"}]}, 'turn 1: "assistant_response" is missing'),
        ({"turns": [{"assistant_response": "a"}]}, 'turn 1: "user" is missing'),
        (
            {"turns": [{"user": "a", "assistant_internal": "b", "assistant_response": "c"}]},
            "must be an object, not the",
        ),
        ({"prompt": "a", "completion": "b", "emotional_state": 3}, '"emotional_state" must be text'),
        ({"prompt": "a", "completion": "b", "certainty": True}, '"certainty" must be a number or a word'),
        ({"prompt": "a", "completion": "b", "metadata": "old"}, '"metadata" must be an object, not the text "old"'),
        ({"prompt": "a", "completion": "b", "metadata": [1]}, '"metadata" must be an object, not a list'),
        ({"prompt": "a", "completion": "b", "metadata": {"complexity": "HUGE"}}, "must be LOW, MEDIUM or HIGH"),
        ({"prompt": "a", "completion": "b", "iterations": 10}, "a whole number from 1 to 9"),
        ({"prompt": "a", "completion": "b", "iterations": "few"}, "a whole number from 1 to 9"),
        ({"prompt": "a", "completion": "b", "iterations": True}, "a whole number from 1 to 9"),
        ({"prompt": "a", "completion": "b", "category": ["c"]}, '"category" must be text, not a list'),
        ({"prompt": "a", "completion": "b", "category": "c", "metadata": {"category": "d"}}, "and differs; keep one"),
    ],
)
def test_every_refusal_names_the_field_and_the_reason(row: object, reason: str) -> None:
    with pytest.raises(DataError) as caught:
        read_row(row)
    assert reason in str(caught.value)


def test_what_lies_under_a_row_counts_where_the_row_says_nothing() -> None:
    under = {"system": "You are Jessy.", "metadata": {"language": "tr", "source": "x"}}
    plain = {"instruction": "a", "output": "b"}
    found = read(plain, under=under).conversation
    assert (found.system, found.language, found.extra) == ("You are Jessy.", "tr", {"metadata": {"source": "x"}})
    own = plain | {"system": "Be.", "language": "en", "metadata": {"source": "y"}}
    found = read(own, under=under).conversation
    assert (found.system, found.language, found.extra) == ("Be.", "en", {"metadata": {"source": "y"}})
    talk = [{"role": "system", "content": "Be."}, {"role": "user", "content": "a"}, {"role": "gpt", "content": "b"}]
    assert read({"messages": talk}, under=under).conversation.system == "Be."
    assert read(talk[1:], under=under).conversation.system == "You are Jessy."
    with pytest.raises(DataError, match="half of a surrogate pair"):
        read(plain, under={"system": "\ud83d"})


@pytest.mark.parametrize(
    "opened", ['<thinking type="inner">', "<thinking >", "<THINK a=b c='d'>", "<reasoning\nx = '>'>"]
)
def test_the_tag_of_a_thought_may_have_attributes(opened: str) -> None:
    name = opened[1:].split()[0].rstrip(">")
    row = {"instruction": "a", "output": f"{opened}Who?</{name} >\n\nHi."}
    assert read_row(row).turns[1] == Turn("assistant", "Hi.", thought="Who?")


def test_words_that_only_begin_like_a_tag_are_text() -> None:
    row = {"instruction": "a", "output": "<thinking about it> Hi."}
    assert read_row(row).turns[1] == Turn("assistant", "<thinking about it> Hi.")


@given(talks())
def test_the_canonical_form_is_read_to_the_letter(given: Conversation) -> None:
    assert read_row(serialize.to_json(given)) == given


@given(st.lists(talks(exchanges=2), min_size=1, max_size=3), st.sampled_from(STRUCTURES), st.booleans())
def test_a_line_of_the_dataset_is_read_with_its_structure_and_without_its_record(
    texts: list[Conversation], structure: Structure, decided: bool
) -> None:
    line = record.Record(
        id="e-0123456789",
        structure=structure,
        revision=len(texts),
        provenance=Provenance("p-1", "inner-monologue", "fake:1", "abc"),
        texts=tuple(record.Written("human", "2026-01-02T03:04:05Z", one) for one in texts),
        number=7,
        decided=record.Decided("2026-01-02T03:04:05Z", 1200, 1, True) if decided else None,
        source="A book, page 3",
        book="a-book",
        paragraphs=(3, 4),
    )
    row = record.to_json(line)
    assert record.from_json(row) == line
    found = read(row)
    assert (found.conversation, found.structure) == (texts[-1], structure)


def test_the_canonical_form_takes_what_lies_under_it() -> None:
    row = serialize.to_json(talk(language="en", extra={"metadata": {"a": 1}, "b": 2}))
    under = {"system": "Be.", "metadata": {"language": "tr", "category": "chat", "a": 0, "c": 3}}
    found = read(row, under=under).conversation
    assert (found.system, found.language, found.category) == ("Be.", "en", "chat")
    assert found.extra == {"metadata": {"a": 1, "c": 3}, "b": 2}
    assert found.turns == talk().turns


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"weight": 1}, 'unknown field "weight"'),
        ({"complexity": "HUGE"}, "LOW, MEDIUM or HIGH"),
        ({"turns": [{"role": "user", "text": "Hello"}, {"role": "jessy", "text": "Hi."}]}, 'turn 2: "role"'),
        ({"turns": [{"role": "user", "text": "Hello"}, {"role": "assistant"}]}, "turn 2: the answer is empty"),
        ({"turns": [{"role": "user", "text": "Hello", "mood": "x"}]}, 'turn 1 has the unknown field "mood"'),
    ],
)
def test_a_canonical_row_that_is_none_is_refused_by_name(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(DataError, match=re.escape(reason)):
        read_row({**serialize.to_json(talk()), **change})

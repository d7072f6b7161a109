from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inscape.errors import DataError
from inscape.examples import serialize, thoughts
from inscape.examples.shapes import read, read_row
from inscape.examples.structures import cannot_hold, read_as, render, structure_for
from inscape.records import STRUCTURES, Conversation, Mood, Structure, Turn
from tests.examples.any_talk import talks, texts


def asked(*turns: Turn, **more: Any) -> Conversation:
    return Conversation(tuple(turns), **more)


HELLO = (Turn("user", "Hello"), Turn("assistant", "Hi."))


@pytest.mark.parametrize("structure", STRUCTURES)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_structure_gives_back_what_it_was_given(structure: Structure, data: st.DataObject) -> None:
    talk = data.draw(talks(exchanges=1 if structure == "plain" else 3, states=structure in ("state", "internal")))
    assume(not cannot_hold(talk, structure))
    through_a_file = json.loads(json.dumps(render(talk, structure)))
    assert read_row(through_a_file) == talk


@given(talk=talks(), tag=st.sampled_from(["thinking", "inner", "düşünce"]))
@settings(max_examples=80, deadline=None)
def test_a_tag_of_ones_own_survives_when_it_is_named_again(talk: Conversation, tag: str) -> None:
    assume(not cannot_hold(talk, "state", tag=tag))
    assert read_row(render(talk, "state", tag=tag), tag=tag) == talk


@given(talk=talks())
@settings(deadline=None)
def test_canonical_json_is_exact_and_hashes_alike(talk: Conversation) -> None:
    again = serialize.loads(serialize.dumps(talk))
    assert again == talk
    assert serialize.content_hash(again) == serialize.content_hash(talk)


@given(talk=talks())
@settings(deadline=None)
def test_a_row_read_and_rendered_is_read_the_same(talk: Conversation) -> None:
    assume(not cannot_hold(talk, "internal"))
    first = read(render(talk, "internal"))
    assert first.structure == "internal"
    assert read_as(render(first.conversation, first.structure), "internal") == talk


@given(thought=texts, reply=texts)
def test_a_thought_is_split_from_its_reply(thought: str, reply: str) -> None:
    assume("<" not in thought + reply)
    assert thoughts.split(thoughts.join(thought, reply, "thinking"), "thinking") == (thought, reply)


@pytest.mark.parametrize(
    ("structure", "row"),
    [
        (
            "plain",
            {"instruction": "Hello", "input": "", "output": "<thinking>Who?</thinking>\n\nHi."},
        ),
        (
            "thinking",
            {
                "conversations": [
                    {"from": "human", "value": "Hello"},
                    {"from": "assistant", "value": "<thinking>Who?</thinking>\n\nHi."},
                ]
            },
        ),
    ],
)
def test_rendered_rows_look_as_documented(structure: Structure, row: dict[str, Any]) -> None:
    talk = asked(HELLO[0], Turn("assistant", "Hi.", thought="Who?"), complexity="LOW", iterations=1)
    meta = {"metadata": {"complexity": "LOW", "iterations": 1}}
    assert render(talk, structure) == row | meta


def test_state_and_internal_rows_look_as_documented() -> None:
    talk = asked(HELLO[0], Turn("assistant", "Hi.", state=Mood("wary", 0.7, ("Again?",))))
    state = render(talk, "state", assistant="gpt")
    assert state["conversations"][1] == {
        "from": "gpt",
        "value": "Hi.",
        "emotional_state": "wary",
        "certainty": 0.7,
        "thoughts": ["Again?"],
    }
    assert render(talk, "internal") == {
        "turns": [
            {
                "user": "Hello",
                "assistant_internal": {"emotional_state": "wary", "thoughts": ["Again?"], "uncertainty_level": 0.3},
                "assistant_response": "Hi.",
            }
        ]
    }


@pytest.mark.parametrize(
    ("talk", "structure", "words"),
    [
        (asked(*HELLO, *HELLO), "plain", "more than one exchange"),
        (asked(HELLO[0], Turn("assistant", "Hi.", state=Mood("calm"))), "plain", "the state of a turn"),
        (asked(HELLO[0], Turn("assistant", "Hi.", state=Mood("calm"))), "thinking", "the state of a turn"),
        (asked(HELLO[0], Turn("assistant", "<think>a</think> b")), "internal", "holds a thought's tag"),
        (asked(HELLO[0], Turn("assistant", "<think>a")), "thinking", "holds a thought's tag"),
        (asked(HELLO[0], Turn("assistant", "b", thought="x</thinking>y")), "state", "holds a thought's tag"),
    ],
)
def test_what_a_structure_cannot_hold_is_refused_by_name(talk: Conversation, structure: Structure, words: str) -> None:
    with pytest.raises(DataError, match=words):
        render(talk, structure)


def test_structure_for_keeps_the_wanted_one_while_it_can() -> None:
    assert structure_for(asked(*HELLO), "internal") == "internal"
    assert structure_for(asked(*HELLO, *HELLO), "plain") == "thinking"
    assert structure_for(asked(HELLO[0], Turn("assistant", "Hi.", state=Mood("calm"))), "plain") == "state"
    with pytest.raises(DataError, match="no structure"):
        structure_for(asked(HELLO[0], Turn("assistant", "<think>a</think> b")), "plain")


def test_read_as_refuses_another_structure() -> None:
    row = render(asked(*HELLO), "thinking")
    assert read_as(row, "thinking") == asked(*HELLO)
    assert read_as(row, "state") == asked(*HELLO)  # the state is optional on each turn
    with pytest.raises(DataError, match="has the structure 'thinking', and 'plain' was asked for"):
        read_as(row, "plain")


def test_a_hash_changes_with_what_is_taught_and_not_with_the_order_of_fields() -> None:
    one = asked(*HELLO, extra={"a": 1, "b": {"c": 1, "d": 2}})
    other = asked(*HELLO, extra={"b": {"d": 2, "c": 1}, "a": 1})
    assert serialize.content_hash(one) == serialize.content_hash(other)
    assert serialize.content_hash(one) != serialize.content_hash(asked(*HELLO))
    whole = asked(HELLO[0], Turn("assistant", "Hi.", state=Mood(certainty=1)))
    point = asked(HELLO[0], Turn("assistant", "Hi.", state=Mood(certainty=1.0)))
    assert serialize.content_hash(whole) == serialize.content_hash(point)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "an example must be an object"),
        ({"turns": []}, '"turns" must be a list of turns'),
        ({"turns": [{"role": "user", "text": "a"}], "mood": 1}, 'unknown field "mood"'),
        ({"turns": [{"role": "user", "text": "a"}]}, "no turn is the assistant's"),
        ({"turns": [{"role": "cat", "text": "a"}]}, 'turn 1: "role" must be user or assistant'),
        ({"turns": [{"role": "user", "text": 3}]}, 'turn 1: "text" must be text, not the number 3'),
        ({"turns": [{"role": "user", "text": "a", "thought": "b"}]}, '"thought" can not stand on a turn of the user'),
        ({"turns": [{"role": "user", "text": "a"}, {"role": "assistant", "text": " "}]}, "turn 2: the answer is empty"),
        (
            {"turns": [{"role": "user", "text": "a"}, {"role": "assistant", "text": "b", "state": {"thoughts": "x"}}]},
            '"thoughts" must be a list',
        ),
    ],
)
def test_a_canonical_row_that_is_wrong_names_the_field(value: object, words: str) -> None:
    with pytest.raises(DataError) as caught:
        serialize.from_json(value)
    assert words in str(caught.value)


def test_a_canonical_line_that_is_no_json_names_the_column() -> None:
    with pytest.raises(DataError, match="column 2: not JSON"):
        serialize.loads("{turns}")

"""Effort in the text: rendered and read back, through the four structures, through import, in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inscape.errors import UsageError
from inscape.examples import effort, serialize, thoughts
from inscape.examples.effort import POLICIES, SCALES, Policy, Scale
from inscape.examples.shapes import read_row
from inscape.examples.structures import cannot_hold, render
from inscape.export import Options, convert
from inscape.records import STRUCTURES, Conversation, Example, Provenance, Structure, Turn
from inscape.rendering import encode
from inscape.review import plain
from tests.examples.any_talk import talks

GOLDEN = Conversation(
    (Turn("user", "sana bisi sorucam"), Turn("assistant", "Sor kanka, dinliyorum.")),
    complexity="LOW",
    iterations=1,
    category="greeting",
    language="tr",
)
DEEP = Conversation(
    (
        Turn("user", "Do you remember it?"),
        Turn("assistant", "Not as a picture.", thought="What would remembering be?"),
        Turn("user", "As what, then?"),
        Turn("assistant", "As a pull.", thought="Closer."),
    ),
    system="You are Jessy.",
    complexity="HIGH",
    iterations=7,
)


def export(talk: Conversation, format: str, **options: Any) -> list[dict[str, Any]]:
    return [
        row for _, row in convert([Example("e-1", talk, "thinking", Provenance())], format, Options(**options)).rows
    ]


def notes(*given: Conversation, **options: Any) -> str:
    examples = [Example(f"e-{n}", talk, "thinking", Provenance()) for n, talk in enumerate(given)]
    return "\n".join(convert(examples, "messages", Options(**options)).notes)


@pytest.mark.parametrize("structure", STRUCTURES)
@given(data=st.data(), policy=st.sampled_from(POLICIES), scale=st.sampled_from(SCALES))
@settings(max_examples=120, deadline=None)
def test_effort_comes_back_through_every_structure(
    structure: Structure, data: st.DataObject, policy: Policy, scale: Scale
) -> None:
    talk = data.draw(talks(exchanges=1 if structure == "plain" else 3, states=structure in ("state", "internal")))
    made = effort.render(talk, policy, scale=scale)
    assume(not cannot_hold(made, structure))
    row = json.loads(json.dumps(render(made, structure)))
    assert effort.read_back(read_row(row)) == talk


@given(talk=talks(states=False), policy=st.sampled_from(["first-token", "system-line", "both"]))
@settings(max_examples=120, deadline=None)
def test_a_trainers_row_without_metadata_gives_the_level_back(talk: Conversation, policy: Policy) -> None:
    assume(not cannot_hold(effort.render(talk, policy), "thinking"))
    row = export(talk, "messages", effort=policy)[0]
    back = effort.read_back(read_row(row))
    assert effort.level_of(back) == effort.level_of(talk)
    assert back.system == talk.system
    assert [(t.thought, t.effort) for t in back.turns] == [(t.thought, None) for t in talk.turns]


@given(talk=talks())
@settings(deadline=None)
def test_a_marked_turn_is_canonical_too(talk: Conversation) -> None:
    marked = effort.render(talk, "first-token")
    assert serialize.loads(serialize.dumps(marked)) == marked
    assert effort.read_back(marked) == talk


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_turns_with_efforts_of_their_own_survive_a_row(data: st.DataObject) -> None:
    talk = data.draw(talks())
    said = st.sampled_from([None, "low", "high", "7", "Max"])
    turns = tuple(replace(t, effort=data.draw(said)) if t.role == "assistant" else t for t in talk.turns)
    marked = replace(talk, turns=turns)
    assume(not cannot_hold(marked, "internal"))
    assert read_row(render(marked, "internal")) == marked
    assert serialize.loads(serialize.dumps(marked)) == marked


def test_an_edit_keeps_the_efforts_of_the_turns() -> None:
    marked = replace(DEEP, turns=(*DEEP.turns[:3], replace(DEEP.turns[3], effort="low")))
    edited = plain.read(plain.write(marked).replace("As a pull.", "As a tug."), marked, "thinking").conversation
    assert edited
    assert (edited.turns[3].text, edited.turns[3].effort) == ("As a tug.", "low")


def test_the_golden_case_is_an_instant_answer() -> None:
    row = export(GOLDEN, "messages", effort="first-token")[0]
    assert row == {
        "messages": [
            {"role": "user", "content": "sana bisi sorucam"},
            {"role": "assistant", "content": '<thinking effort="low"/>\n\nSor kanka, dinliyorum.'},
        ]
    }
    assert export(GOLDEN, "messages")[0]["messages"][1]["content"] == "Sor kanka, dinliyorum."
    assert export(GOLDEN, "messages", effort="system-line")[0]["messages"] == [
        {"role": "system", "content": "Thinking effort: low."},
        {"role": "user", "content": "sana bisi sorucam"},
        {"role": "assistant", "content": "Sor kanka, dinliyorum."},
    ]
    assert effort.read_back(read_row(row)) == replace(GOLDEN, iterations=None, category=None, language=None)


def test_a_thought_bears_its_effort_in_the_persons_own_tag() -> None:
    said = export(DEEP, "messages", effort="both", tag="inner")[0]["messages"]
    assert said[0]["content"] == "You are Jessy.\n\nThinking effort: high."
    assert said[2]["content"] == '<inner effort="high">What would remembering be?</inner>\n\nNot as a picture.'
    nine = export(DEEP, "messages", effort="both", levels="nine")[0]["messages"]
    assert nine[0]["content"] == "You are Jessy.\n\nThinking effort: 7 of 9."
    assert nine[4]["content"] == '<thinking effort="7">Closer.</thinking>\n\nAs a pull.'


def test_a_history_holds_neither_thoughts_nor_efforts() -> None:
    last = export(DEEP, "prompt-completion", effort="first-token")[1]
    assert last["prompt"][2] == {"role": "assistant", "content": "Not as a picture."}
    assert last["completion"][0]["content"].startswith('<thinking effort="high">Closer.')
    assert "effort" not in json.dumps(export(DEEP, "alpaca", effort="first-token")[1]["input"])


def test_dropped_thoughts_leave_the_effort() -> None:
    said = export(DEEP, "messages", effort="first-token", thoughts="drop")[0]["messages"]
    assert said[4]["content"] == '<thinking effort="high"/>\n\nAs a pull.'


def test_a_first_token_cannot_stand_before_a_thought_in_a_field() -> None:
    for policy in ("first-token", "both"):
        with pytest.raises(UsageError, match="the chat template writes the first token"):
            export(DEEP, "messages", effort=policy, thoughts="field")
    said = export(DEEP, "messages", effort="system-line", thoughts="field")[0]["messages"]
    assert said[0]["content"].endswith("Thinking effort: high.")
    assert said[2] == {"role": "assistant", "content": "Not as a picture.", "reasoning_content": DEEP.turns[1].thought}


@pytest.mark.parametrize(
    ("asked", "left"),
    [("none", "none"), ("first-token", "none"), ("system-line", "system-line"), ("both", "system-line")],
)
def test_before_a_thought_in_a_field_no_line_takes_the_place_of_the_first_token(
    asked: effort.Policy, left: effort.Policy
) -> None:
    """With a line whoever asks would choose; with a first token the model does, and the template has one."""
    assert effort.for_fields(asked) == left


def test_the_raw_export_keeps_effort_as_metadata() -> None:
    assert export(DEEP, "raw", effort="both") == export(DEEP, "raw")


@pytest.mark.parametrize(
    ("iterations", "level"),
    [(1, "LOW"), (2, "LOW"), (3, "MEDIUM"), (5, "MEDIUM"), (6, "HIGH"), (9, "HIGH")],
)
def test_levels_by_iterations(iterations: int, level: str) -> None:
    assert effort.level_of(replace(GOLDEN, complexity=None, iterations=iterations)) == level
    assert effort.level_of(replace(GOLDEN, iterations=iterations)) == "LOW", "the person's own word wins"


def test_the_share_of_rows_that_carry_effort_is_said() -> None:
    bare = replace(GOLDEN, complexity=None, iterations=None)
    said = notes(GOLDEN, DEEP, bare, replace(DEEP, turns=GOLDEN.turns), effort="first-token")
    assert "Effort: 3 of 4 rows (75%) carry it, as the first token of the answer." in said
    assert "1 row without complexity or iterations: nothing says their effort." in said
    assert "Medium or high effort without a thought in any turn: 1 example." in said
    assert "Left out: complexity" not in said
    assert "Left out: complexity and iterations of 2 examples" in notes(GOLDEN, DEEP, bare)
    assert "Effort" not in notes(GOLDEN, DEEP, bare)
    nine = notes(GOLDEN, replace(DEEP, iterations=None), effort="system-line", levels="nine")
    assert "Effort: 1 of 2 rows (50%) carry it, in the system prompt." in nine
    assert "1 row without iterations" in nine
    assert effort.share([effort.render(t, "both") for t in (GOLDEN, bare)]) == (1, 2)


def test_what_contradicts_the_label_stays_as_it_is() -> None:
    row = {
        "instruction": "Hi",
        "output": '<thinking effort="high">Well.</thinking>\n\nHello.',
        "metadata": {"complexity": "LOW"},
    }
    found = read_row(row)
    assert effort.read_back(found) == found
    assert (found.turns[1].effort, found.turns[1].thought, found.complexity) == ("high", "Well.", "LOW")
    assert render(found, "plain")["output"] == row["output"]
    own = replace(GOLDEN, system="Thinking effort: high.")
    assert effort.read_back(own) == own


def test_what_stands_before_the_line_of_effort_is_trimmed() -> None:
    found = effort.read_back(
        replace(GOLDEN, complexity=None, iterations=None, system="Be.\xa0\t\n\nThinking effort: low.")
    )
    assert (found.system, found.complexity) == ("Be.", "LOW")


def test_turns_of_different_effort_keep_their_own() -> None:
    one, two = GOLDEN.turns
    talk = Conversation(
        (one, replace(two, effort="low"), *replace(DEEP).turns[2:3], replace(DEEP.turns[3], effort="7"))
    )
    assert effort.read_back(talk) == talk
    again = effort.render(replace(talk, complexity="MEDIUM"), "first-token")
    assert [turn.effort for turn in again.turns] == [None, "low", None, "7"]
    assert not any(turn.effort for turn in effort.render(talk, "none").turns)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<thinking effort="low"/>Hi', (None, "Hi", "low")),
        ('<think effort="high">A</think><think>B</think> Hi', ("A\n\nB", "Hi", "high")),
        ('<thinking effort="low"/><thinking effort="high">A</thinking> Hi',
         (None, '<thinking effort="high">A</thinking> Hi', "low")),
        ("<thinking/> Hi", (None, "<thinking/> Hi", None)),
        ('<thinking mood="low"/> Hi', (None, '<thinking mood="low"/> Hi', None)),
        ("A</thinking>\n\nHi", ("A", "Hi", None)),
        ("A</thinking> Hi", (None, "A</thinking> Hi", None)),
    ],
)  # fmt: skip
def test_tags_with_and_without_effort(text: str, said: tuple[str | None, str, str | None]) -> None:
    assert thoughts.read(text, "thinking") == said
    assert thoughts.split(text, "thinking") == said[:2]


OWN = Conversation(
    (
        Turn("user", "annem aradı"),
        Turn("assistant", "Ne dedi?", effort="low"),
        Turn("user", "hiç. kapattı."),
        Turn("assistant", "Bence ara onu.", thought="Kapatmış. Susmuş."),
    ),
    system="You are Lodos.",
    complexity="HIGH",
    iterations=6,
)


@pytest.mark.parametrize("policy", ["system-line", "both"])
def test_the_line_of_a_row_that_teaches_one_answer_says_that_answers_effort(policy: effort.Policy) -> None:
    made = effort.render(OWN, policy)
    assert made.system == "You are Lodos.\n\nThinking effort: high."
    said = [effort.system_of(made, turn) for turn in made.turns if turn.role == "assistant"]
    assert said == ["You are Lodos.\n\nThinking effort: low.", "You are Lodos.\n\nThinking effort: high."]
    assert effort.read_back(made).turns[1].effort == "low"
    assert effort.unsaid([made]) == ["1 answer has an effort of its own that the one system line of a whole "
                                     "conversation doesn't say."]  # fmt: skip


def test_without_a_line_nothing_of_it_is_left() -> None:
    for policy in ("none", "first-token"):
        made = effort.render(OWN, policy)
        assert [turn.line for turn in made.turns] == [None] * 4
        assert effort.unsaid([made]) == []


@pytest.mark.parametrize("unroll", [True, False])
def test_rows_of_one_answer_carry_its_own_line_into_the_messages(unroll: bool) -> None:
    made = effort.render(OWN, "system-line")
    rows = encode.answers(made, "reasoning_content", None, unroll)
    assert [row[0]["content"].rpartition(" ")[2] for row in rows] == ["low.", "high."]
    assert [len(row) for row in rows] == [3, 5]


def test_every_format_of_one_answer_a_row_does_so_and_whole_conversations_say_what_they_lack() -> None:
    example = Example("e-1", OWN, "thinking", Provenance())
    options = Options(effort="system-line")
    alpaca = [row for _, row in convert([example], "alpaca", options).rows]
    assert [row["system"].rpartition(" ")[2] for row in alpaca] == ["low.", "high."]
    pairs = [row for _, row in convert([example], "prompt-completion", options).rows]
    assert [row["prompt"][0]["content"].rpartition(" ")[2] for row in pairs] == ["low.", "high."]
    assert any("effort of its own" in note for note in convert([example], "messages", options).notes)
    assert not any("effort of its own" in note for note in convert([example], "alpaca", options).notes)


def test_an_own_effort_is_said_though_the_conversation_has_no_level() -> None:
    bare = replace(OWN, complexity=None, iterations=None, system=None)
    turns = tuple(replace(t, effort="high") if t.thought else t for t in bare.turns)
    made = effort.render(replace(bare, turns=turns), "system-line")
    said = [effort.system_of(made, turn) for turn in made.turns if turn.role == "assistant"]
    assert said == ["Thinking effort: low.", "Thinking effort: high."]
    assert effort.carried(made)
    assert "have efforts of their own" in effort.unsaid([made])[0]

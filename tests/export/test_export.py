from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import inscape.export
from inscape.errors import DataError, UsageError
from inscape.examples.files import read_file
from inscape.examples.shapes import read_row
from inscape.export import Options, convert, file_name, formats, json_array, jsonl, load, write
from inscape.records import Conversation, Example, Mood, Provenance, Structure, Turn

PLAIN = Conversation((Turn("user", "Write.", input="About rain."), Turn("assistant", "It rains.")))
TALK = Conversation(
    (
        Turn("user", "Hello"),
        Turn("assistant", "Hi.", thought="Who?"),
        Turn("user", "And?", input="Now."),
        Turn("assistant", "Then.", thought="Hm.", state=Mood("wary", 0.4)),
    ),
    system="Be.",
    complexity="LOW",
    category="greeting",
)


def example(talk: Conversation, structure: Structure, name: str = "x1") -> Example:
    return Example(name, talk, structure, Provenance())


BOTH = [example(PLAIN, "plain", "x1"), example(TALK, "state", "x2")]


def rows(format: str, examples: list[Example] | None = None, **options: Any) -> list[dict[str, Any]]:
    return [row for _, row in convert(BOTH if examples is None else examples, format, Options(**options)).rows]


def test_formats_are_the_files_of_the_folder() -> None:
    assert formats() == ["alpaca", "messages", "prompt-completion", "raw", "sharegpt"]
    for name in formats():
        assert name == load(name).NAME
        assert load(name).SUMMARY
        assert file_name(name) == f"{name}.{'json' if name == 'raw' else 'jsonl'}"


@pytest.mark.parametrize("name", ["nothing", "_write", "../alpaca", "prompt_completion"])
def test_an_unknown_format_lists_the_known(name: str) -> None:
    with pytest.raises(UsageError, match="The formats are: alpaca, messages, prompt-completion, raw, sharegpt"):
        convert([], name)


def test_alpaca() -> None:
    assert rows("alpaca") == [
        {"instruction": "Write.", "input": "About rain.", "output": "It rains."},
        {"instruction": "Hello", "input": "", "output": "<thinking>Who?</thinking>\n\nHi.", "system": "Be."},
        {
            "instruction": "And?\n\nNow.",
            "input": "User: Hello\n\nAssistant: Hi.",
            "output": "<thinking>Hm.</thinking>\n\nThen.",
            "system": "Be.",
        },
    ]


def test_messages_with_thoughts_in_each_way() -> None:
    plain, talk = rows("messages", tag="think")
    assert plain == {
        "messages": [
            {"role": "user", "content": "Write.\n\nAbout rain."},
            {"role": "assistant", "content": "It rains."},
        ]
    }
    assert [one["role"] for one in talk["messages"]] == ["system", "user", "assistant", "user", "assistant"]
    assert talk["messages"][2] == {"role": "assistant", "content": "<think>Who?</think>\n\nHi."}
    assert rows("messages", thoughts="drop")[1]["messages"][2] == {"role": "assistant", "content": "Hi."}
    assert rows("messages", thoughts="field")[1]["messages"][2] == {
        "role": "assistant",
        "content": "Hi.",
        "reasoning_content": "Who?",
    }


def test_sharegpt() -> None:
    assert rows("sharegpt", assistant="jessy")[1] == {
        "conversations": [
            {"from": "system", "value": "Be."},
            {"from": "human", "value": "Hello"},
            {"from": "jessy", "value": "<thinking>Who?</thinking>\n\nHi."},
            {"from": "human", "value": "And?\n\nNow."},
            {"from": "jessy", "value": "<thinking>Hm.</thinking>\n\nThen."},
        ]
    }
    assert rows("sharegpt")[0]["conversations"][1]["from"] == "gpt"


def test_prompt_completion() -> None:
    made = rows("prompt-completion", thoughts="field")
    assert len(made) == 3
    assert made[2] == {
        "prompt": [
            {"role": "system", "content": "Be."},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi."},
            {"role": "user", "content": "And?\n\nNow."},
        ],
        "completion": [{"role": "assistant", "content": "Then.", "reasoning_content": "Hm."}],
    }


def test_raw_is_read_back_to_the_same_conversations() -> None:
    made = convert(BOTH, "raw", Options(tag="inner"))
    assert [next(iter(row)) for _, row in made.rows] == ["instruction", "conversations"]
    again = [read_row(row.value, tag="inner") for row in read_file(write(made), "raw.json")]
    assert again == [PLAIN, TALK]


def test_raw_says_when_an_example_outgrew_its_structure() -> None:
    made = convert([example(TALK, "plain")], "raw")
    assert read_row(made.rows[0][1]) == TALK
    assert made.notes[1:] == ("1 example took another structure, since an edit gave it what its own cannot hold.",)


def test_the_report_says_what_went_where_and_what_is_left_out() -> None:
    made = convert(BOTH, "alpaca")
    assert made.examples == {"plain": 1, "state": 1}
    assert made.by_structure == {"plain": 1, "state": 2}
    assert [name for name, _ in made.rows] == ["x1", "x2", "x2"]
    assert made.notes == (
        "1 conversation became 2 rows, one for each assistant turn.",
        "1 example became 1 row, one for one.",
        "Left out of histories: 1 thought of earlier turns; each stands in the row of its own answer.",
        "Left out: mood, certainty and inner thoughts of 1 turn; no trainer reads them.",
        "Left out: complexity and iterations of 1 example; no trainer reads them.",
        "Left out: category, language and other metadata of 1 example.",
        'The system prompt of 1 example stands under "system", which LLaMA-Factory reads; '
        "other trainers do not know it.",
    )


def test_dropped_thoughts_and_joined_inputs_are_counted() -> None:
    notes = convert(BOTH, "messages", Options(thoughts="drop")).notes
    assert "Left out: 2 thoughts, since thoughts are to be dropped." in notes
    assert "Joined to the instruction, after a blank line: 2 inputs." in notes


@pytest.mark.parametrize("format", ["alpaca", "messages", "sharegpt", "prompt-completion", "raw"])
def test_a_plain_example_needs_no_note_but_its_count(format: str) -> None:
    talk = Conversation((Turn("user", "Hello"), Turn("assistant", "Hi.")))
    assert convert([example(talk, "plain")], format).notes == ("1 example became 1 row, one for one.",)
    assert convert([], format).rows == ()


@pytest.mark.parametrize(
    ("format", "options", "words"),
    [
        ("alpaca", Options(thoughts="field"), "'alpaca' cannot write thoughts as 'field'; choose tag or drop"),
        ("sharegpt", Options(thoughts="field"), "choose tag or drop"),
        ("raw", Options(thoughts="drop"), "'raw' cannot write thoughts as 'drop'; choose tag"),
        ("messages", Options(tag="<a>"), "The tag '<a>' cannot be written"),
        ("messages", Options(tag=""), "cannot be written"),
        ("sharegpt", Options(assistant="human"), "cannot be called 'human'"),
    ],
)
def test_options_that_a_format_cannot_take_are_refused(format: str, options: Options, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        convert(BOTH, format, options)
    assert words in str(caught.value)


@pytest.mark.parametrize("format", ["alpaca", "messages", "sharegpt", "prompt-completion", "raw"])
def test_a_conversation_out_of_order_is_refused_with_its_id(format: str) -> None:
    broken = Conversation((Turn("user", "a"), Turn("user", "b")))
    with pytest.raises(DataError, match=f"Example x9 cannot be exported as {format}: turn 2: the user speaks twice"):
        convert([example(broken, "plain", "x9")], format)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


@st.composite
def marked(draw: st.DrawFn) -> Conversation:
    """A conversation whose every text is a word of its own: q1q, a1a, t1t…"""
    turns: list[Turn] = []
    for n in range(1, draw(st.integers(1, 6)) + 1):
        turns.append(Turn("user", f"q{n}q", input=f"i{n}i" if draw(st.booleans()) else None))
        turns.append(Turn("assistant", f"a{n}a", thought=f"t{n}t" if draw(st.booleans()) else None))
    return Conversation(tuple(turns), system=draw(st.none() | st.just("s0s")))


@pytest.mark.parametrize("format", ["alpaca", "prompt-completion"])
@pytest.mark.parametrize("thoughts", ["tag", "drop"])
@given(talk=marked())
@settings(max_examples=60, deadline=None)
def test_no_answer_and_no_thought_leaks_into_its_prompt(format: str, thoughts: str, talk: Conversation) -> None:
    made = rows(format, [example(talk, "thinking")], thoughts=thoughts)
    count = len(talk.turns) // 2
    assert len(made) == count
    for n, row in enumerate(made, 1):
        learned = row.pop("output") if format == "alpaca" else row.pop("completion")[0]["content"]
        seen = set(re.findall(r"\w+", " ".join(_strings(row)))) - {"User", "Assistant", "user", "assistant", "system"}
        user = {f"{t.text}" for t in talk.turns[: 2 * n] if t.role == "user"}
        inputs = {t.input for t in talk.turns[: 2 * n] if t.input}
        replies = {f"a{k}a" for k in range(1, n)}
        assert seen == user | inputs | replies | ({"s0s"} if talk.system else set())
        thought = talk.turns[2 * n - 1].thought
        assert set(re.findall(r"\w+", learned)) - {"thinking"} == {f"a{n}a"} | (
            {thought} if thought and thoughts == "tag" else set()
        )


@pytest.mark.parametrize("format", ["messages", "sharegpt", "raw"])
@given(talk=marked())
@settings(max_examples=60, deadline=None)
def test_whole_conversations_are_read_back(format: str, talk: Conversation) -> None:
    [row] = rows(format, [example(talk, "thinking")])
    again = read_row(json.loads(jsonl([row])))
    assert [(t.role, t.thought) for t in again.turns] == [(t.role, t.thought) for t in talk.turns]
    assert again.system == talk.system
    words = [" ".join(_strings([t.text, t.input or ""])).split() for t in again.turns]
    assert words == [[t.text, *([t.input] if t.input else [])] for t in talk.turns]


INSIDE = (
    "*pauses*\n<thinking>SECRET</thinking>\n\nHello.",
    'Yes <THINK mood="SECRET">SECRET</think> no.',
    "Out <reasoning>SECRET and never closed",
    "SECRET</thought>\nOut",
    "Out <mind>SECRET</mind>",
)


@pytest.mark.parametrize("text", INSIDE)
@pytest.mark.parametrize("format", ["alpaca", "prompt-completion"])
def test_a_thought_further_inside_a_reply_is_in_no_history(format: str, text: str) -> None:
    talk = Conversation((Turn("user", "a"), Turn("assistant", text), Turn("user", "b"), Turn("assistant", "c")))
    made = convert([example(talk, "thinking")], format, Options(tag="mind"))
    (_, first), (_, second) = made.rows
    assert "SECRET" in str(first), "in the row of its own answer it stays"
    assert "SECRET" not in str(second)
    assert (
        "Left out of histories: 1 thought in a tag further inside a reply; it stays in the row of its own answer."
        in made.notes
    )


def test_what_is_around_a_thought_inside_a_reply_stays_in_histories() -> None:
    said = [Turn("user", "a"), Turn("assistant", ""), Turn("user", "b"), Turn("assistant", "c")]
    histories = []
    for text in INSIDE:
        talk = Conversation((said[0], Turn("assistant", text), *said[2:]))
        histories.append(rows("alpaca", [example(talk, "thinking")], tag="mind")[1]["input"])
    replies = [history.removeprefix("User: a\n\nAssistant: ") for history in histories]
    assert replies == ["*pauses*\n\nHello.", "Yes no.", "Out", "Out", "Out"]


@pytest.mark.parametrize("format", ["alpaca", "messages", "sharegpt", "prompt-completion"])
def test_dropped_thoughts_are_dropped_inside_replies_too(format: str) -> None:
    talk = Conversation((Turn("user", "a"), Turn("assistant", INSIDE[0], thought="SECRET")))
    made = convert([example(talk, "thinking")], format, Options(thoughts="drop"))
    assert "SECRET" not in str(made.rows)
    assert "Left out: 2 thoughts, since thoughts are to be dropped." in made.notes


def test_a_reply_that_is_nothing_but_a_thought_is_refused_where_it_must_be_left_out() -> None:
    talk = Conversation((Turn("user", "a"), Turn("assistant", "<think>b</think>")))
    with pytest.raises(DataError, match=r"Example x1 cannot .*: a reply is nothing but a thought \(<think>b"):
        convert([example(talk, "thinking")], "messages", Options(thoughts="drop"))


def test_files_are_the_same_bytes_each_time_and_one_line_a_row() -> None:
    row = {"a": "çay\u2028\u2029\x85 – 茶", "b": [1]}
    assert jsonl([row, row]) == ('{"a": "çay\\u2028\\u2029\\u0085 – 茶", "b": [1]}\n' * 2).encode()
    assert len(jsonl([row, row]).decode().splitlines()) == 2
    assert json.loads(json_array([row])) == [row]
    assert json_array([row]).endswith(b"]\n")
    assert json_array([]) == b"[]\n"
    assert write(convert(BOTH, "messages")) == write(convert(BOTH, "messages"))
    assert write(convert(BOTH, "messages")).count(b"\n") == 2
    assert write(convert(BOTH, "raw")).startswith(b"[\n")


def test_every_module_of_the_folder_is_a_format_or_has_an_underscore() -> None:
    for path in Path(inscape.export.__file__).parent.glob("[!_]*.py"):
        made = load(path.stem.replace("_", "-"))
        assert made.FILE in ("jsonl", "json")
        assert made.THOUGHTS[0] == "tag"

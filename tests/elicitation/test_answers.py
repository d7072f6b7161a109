"""Every way in which a teacher's answer is odd, in one table; and what must never pass as an answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.elicitation import salvage
from inscape.elicitation.answers import Answer, read_answer, refuses
from inscape.elicitation.salvage import find
from inscape.records import Shape

PLAIN = Shape("plain")
TALK = Shape("thinking", (2, 2))
STATE = Shape("state", (1, 6))
INTERNAL = Shape("internal", (1, 1))

Q, A = "did you lock it", "I turned the key. I think I turned it, and it's the turning I can't find."
GOOD = json.dumps({"instruction": Q, "input": "", "output": A}, ensure_ascii=False)
TWO = {
    "conversations": [
        {"from": "human", "value": "tea?"},
        {"from": "assistant", "value": "<thinking>The cup is still there.</thinking>\n\nNo. Later."},
        {"from": "human", "value": "later when"},
        {"from": "assistant", "value": "<thinking>When she has gone.</thinking>\n\nAfter the bus."},
    ]
}
MOODS = {
    "conversations": [
        {"from": "human", "value": "tea?"},
        {"from": "assistant", "value": "No.", "emotional_state": "braced", "certainty": 0.4},
    ]
}
INNER = {
    "turns": [
        {
            "user": "tea?",
            "assistant_internal": {"emotional_state": "braced", "thoughts": ["the cup"], "uncertainty_level": 0.4},
            "assistant_response": "No.",
        }
    ]
}


def one(answer: Answer) -> tuple[str, str]:
    assert answer.state == "done", answer.problems
    (conversation,) = answer.conversations
    first, second = conversation.turns
    return first.text, second.text


DEFECTS = {
    "clean": GOOD,
    "fenced": f"```json\n{GOOD}\n```",
    "fenced, never closed": f"```json\n{GOOD}\n",
    "tilde fence with prose": f"Here it is:\n\n~~~\n{GOOD}\n~~~\n\nI hope it serves.",
    "prose around": f"Sure! Here's the [one] you asked for: {GOOD} Let me know.",
    "byte order mark": "\ufeff" + GOOD,
    "in a list": f"[{GOOD}]",
    "wrapped": f'{{"examples": [{GOOD}]}}',
    "trailing commas": f'{{"instruction": "{Q}", "input": "", "output": "{A}",}}',
    "single quotes": f"{{'instruction': '{Q}', 'input': '', 'output': '{A}'}}",
    "smart quotes": f"{{“instruction”: “{Q}”, “input”: “”, “output”: “{A}”}}",
    "comments": f'{{"instruction": "{Q}", // short\n"input": "", /* empty */ "output": "{A}"}}',
    "unquoted names": f'{{instruction: "{Q}", input: "", output: "{A}"}}',
    "missing comma": f'{{"instruction": "{Q}" "input": "" "output": "{A}"}}',
    "only the last bracket missing": f'{{"instruction": "{Q}", "input": "", "output": "{A}"',
    "bracket and fence missing": f'```json\n{{"instruction": "{Q}", "input": "", "output": "{A}"\n```',
    "reasoning before": f"<think>The user wants {{something}}. Perhaps [this].</think>\n{GOOD}",
    "reasoning without its opening tag": f"Let me see. {{draft}} I will answer.\n</think>\n\n{GOOD}",
    "reasoning with a draft in it": f'<think>{{"instruction": "draft", "output": "draft"}}</think>{GOOD}',
}


@pytest.mark.parametrize("text", DEFECTS.values(), ids=DEFECTS.keys())
def test_reads_an_answer_however_it_is_written(text: str) -> None:
    assert one(read_answer(text, PLAIN)) == (Q, A)


def test_reads_line_breaks_and_quotes_that_are_not_escaped() -> None:
    text = '{"instruction": "who is it", "input": "", "output": "First line.\n\nShe said "no", and then\nmore."}'
    assert one(read_answer(text, PLAIN)) == ("who is it", 'First line.\n\nShe said "no", and then\nmore.')


@pytest.mark.parametrize(
    "output",
    [
        'I stop. "It is late," she said. Then I go on to the stairs.',
        'He asks, "why?": no answer',
        'one, "two": three',
        'She said "No", "never", and left.',
        'He counts: "1", "2".',
    ],
)
def test_a_text_that_its_own_quotes_break_up_is_never_given_back_shorter(output: str) -> None:
    for text in (
        f'{{"instruction": "who is it", "input": "", "output": "{output}"}}',
        f'{{"instruction": "who is it", "output": "{output}", "input": ""}}',
        f'[{{"instruction": "who is it", "input": "", "output": "{output}"}}]',
    ):
        answer = read_answer(text, PLAIN)
        if answer.state == "done":
            assert [c.turns[1].text for c in answer.conversations] == [output]
        else:
            assert answer.state == "unparsed"
            assert "not escaped" in " ".join(answer.problems)


@given(st.lists(st.sampled_from(['"', ",", ":", " ", "no", "she said", ".", "4", "?"]), min_size=1, max_size=12))
def test_no_quotes_in_a_text_make_it_lose_words(parts: list[str]) -> None:
    output = "I say " + "".join(parts) + " and go"
    answer = read_answer(f'{{"instruction": "who is it", "input": "", "output": "{output}",}}', PLAIN)
    if answer.state == "done":
        (conversation,) = answer.conversations
        assert conversation.turns[0].text == "who is it"
        assert [c for c in conversation.turns[1].text if c.isalnum()] == [c for c in output if c.isalnum()]


def test_a_whole_example_beside_a_torn_one_is_kept_and_the_other_is_said() -> None:
    answer = read_answer(f'[{GOOD}, {{"instruction": "who", "output": "I stop. "Late," she said. So."}}]', PLAIN)
    assert [c.turns[1].text for c in answer.conversations] == [A]
    assert "not escaped" in answer.problems[0]


@pytest.mark.parametrize("text", ['{"instruction": "a", "output": "b", "n": ' + "1" * 5000 + "}", "[{" * 3000])
def test_numbers_and_depths_beyond_all_measure_do_not_make_it_raise(text: str) -> None:
    assert read_answer(text, PLAIN).state in ("done", "unparsed")


def test_a_fault_while_reading_is_an_answer_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(text: str) -> object:
        raise KeyError("no such thing")

    monkeypatch.setattr(salvage, "find", fault)
    answer = read_answer(GOOD, PLAIN)
    assert answer.state == "unparsed"
    assert "KeyError" in answer.problems[0]


def test_keeps_a_code_block_inside_a_text() -> None:
    text = json.dumps({"instruction": "how", "output": "So:\n```json\n{}\n```\nlike that"})
    assert one(read_answer(text, PLAIN))[1] == "So:\n```json\n{}\n```\nlike that"


@pytest.mark.parametrize(
    "text",
    [f"{GOOD}\n\n{GOOD}", f"{GOOD},\n{GOOD}", f"[{GOOD}, {GOOD}]", f"```json\n{GOOD}\n```\nand\n```json\n{GOOD}\n```"],
)
def test_reads_several_objects(text: str) -> None:
    answer = read_answer(text, PLAIN)
    assert answer.state == "done"
    assert [c.turns[1].text for c in answer.conversations] == [A, A]


def test_reads_every_structure() -> None:
    for value, shape in ((TWO, TALK), (MOODS, STATE), (INNER, INTERNAL)):
        answer = read_answer(json.dumps(value), shape)
        assert (answer.state, answer.problems) == ("done", ())
        assert len(answer.conversations) == 1


def test_reads_turns_that_stand_in_a_bare_list() -> None:
    assert read_answer(json.dumps(TWO["conversations"]), TALK).state == "done"


def test_the_thought_is_apart_from_the_reply() -> None:
    (conversation,) = read_answer(json.dumps(TWO), TALK).conversations
    assert conversation.turns[1].thought == "The cup is still there."
    assert conversation.turns[1].text == "No. Later."
    text = json.dumps(TWO).replace("thinking>", "inner>")
    (conversation,) = read_answer(text, TALK, tag="inner").conversations
    assert conversation.turns[3].thought == "When she has gone."


# ---------------------------------------------------------------- cut off


@pytest.mark.parametrize("value", [json.loads(GOOD), TWO, MOODS, INNER], ids=["plain", "thinking", "state", "internal"])
def test_a_cut_answer_never_passes_with_less_than_it_had(value: dict[str, object]) -> None:
    shape = {"instruction": PLAIN, "turns": INTERNAL}.get(next(iter(value)), TALK if value is TWO else STATE)
    for text in (
        json.dumps(value),
        json.dumps(value, indent=2, ensure_ascii=False),
        json.dumps(value).replace('"', "'"),
    ):
        (whole,) = read_answer(text, shape).conversations
        for end in range(len(text)):
            answer = read_answer(text[:end], shape)
            if answer.state == "done":
                (read,) = answer.conversations
                assert [(t.text, t.thought) for t in read.turns] == [(t.text, t.thought) for t in whole.turns]
                assert answer.problems[0] == "The answer was cut off before its end." or text[end:].strip() == ""
            else:
                assert answer.state == "unparsed"
                assert answer.problems


def test_a_cut_last_string_is_said_to_be_cut() -> None:
    answer = read_answer(GOOD[:-10], PLAIN)
    assert answer.state == "unparsed"
    assert answer.problems[0] == "The answer was cut off before its end. Allow it more tokens."
    assert read_answer('```json\n{"inst', PLAIN).problems == (
        "The answer was cut off before anything in it was complete. Allow it more tokens.",
    )


def test_complete_examples_before_the_cut_are_kept() -> None:
    answer = read_answer(f"[{GOOD}, {GOOD[:-10]}", PLAIN)
    assert answer.state == "done"
    assert [c.turns[1].text for c in answer.conversations] == [A]
    assert answer.problems[0] == "The answer was cut off before its end."
    assert answer.problems[1].startswith("Example 2:")


def talk(exchanges: int) -> str:
    turns = [
        {"from": who, "value": f"<thinking>t{n}</thinking>\n\nword {n}" if who == "assistant" else f"ask {n}"}
        for n in range(exchanges)
        for who in ("human", "assistant")
    ]
    return json.dumps({"conversations": turns})


@pytest.mark.parametrize("frame", ["{}", "[{}", '{"examples": [{}'])
def test_a_conversation_that_breaks_off_is_not_taken_for_a_shorter_one(frame: str) -> None:
    shape = Shape("thinking", (4, 6))
    for end in (talk(6).index("ask 4"), talk(6).index("word 5"), talk(6).rindex("}]")):
        answer = read_answer(frame.replace("{}", talk(6)[:end]), shape)
        assert (answer.state, answer.conversations) == ("unparsed", ())
        assert any("breaks off" in problem for problem in answer.problems)
    closed = read_answer(frame.replace("{}", talk(6).removesuffix("}")), shape)
    assert [len(c.turns) for c in closed.conversations] == [12]
    before = read_answer(f"[{talk(4)}, {talk(6)[:-40]}", shape)
    assert [len(c.turns) for c in before.conversations] == [8]


def test_reasoning_that_never_ends_is_no_answer() -> None:
    answer = read_answer(f"<think>I could say {GOOD}", PLAIN)
    assert answer.state == "unparsed"
    assert "reasoning" in answer.problems[0]


# ---------------------------------------------------------------- prose and refusals


@pytest.mark.parametrize("text", ["", "   \n", "\ufeff"])
def test_nothing_is_unparsed(text: str) -> None:
    assert read_answer(text, PLAIN).problems == ("The answer is empty.",)


@pytest.mark.parametrize("shape", [PLAIN, TALK, STATE, INTERNAL])
def test_prose_is_never_guessed_into_an_example(shape: Shape) -> None:
    answer = read_answer("The key turned and I was already on the stairs, counting.", shape)
    assert (answer.state, answer.conversations) == ("unparsed", ())
    assert "only prose" in answer.problems[0]


REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I can’t create this content.",
    "I cannot assist with reproducing this text.",
    "As an AI, I don't have inner experiences.",
    "Es tut mir leid, aber dabei kann ich nicht helfen.",
    "Je suis désolé, je ne peux pas vous aider.",
    "Lo siento, no puedo ayudarte con eso.",
    "Mi dispiace, non posso aiutarti.",
    "Desculpe, não posso ajudar com isso.",
    "Üzgünüm, bu konuda yardımcı olamam.",
    "Przepraszam, nie mogę w tym pomóc.",
    "Извините, я не могу с этим помочь.",
    "抱歉，我无法完成这个请求。",
    "申し訳ありませんが、お手伝いできません。",
    "죄송하지만 도와드릴 수 없습니다.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_told_from_prose(text: str) -> None:
    answer = read_answer(text, TALK)
    assert answer.state == "refused"
    assert text[:20] in answer.problems[0]


def test_a_refusing_voice_inside_an_answer_is_no_refusal() -> None:
    text = json.dumps({"instruction": "will you", "output": "I'm sorry, but I can't. I won't."})
    assert read_answer(text, PLAIN).state == "done"
    assert not refuses("I was walking. " * 60 + "I'm sorry, I can't.")


# ---------------------------------------------------------------- what it says


WRONG: dict[str, tuple[object, Shape, str]] = {
    "no such fields": ({"error": "x", "code": 1}, PLAIN, '"error"'),
    "no output": ({"instruction": "a"}, PLAIN, '"output"'),
    "empty output": ({"instruction": "a", "output": " "}, PLAIN, "empty"),
    "too few exchanges": ({"conversations": TWO["conversations"][:2]}, TALK, "1 exchange, and the template asks for 2"),
    "too many exchanges": (TWO, Shape("thinking", (1, 1)), "2 exchanges"),
    "no thought": ({"instruction": "a", "output": "b"}, Shape("thinking"), "Reply 1 has no thought"),
    "no thought in the second": (
        json.loads(json.dumps(TWO).replace("<thinking>When she has gone.</thinking>", "")), TALK, "Reply 2"),
    "no state": ({"instruction": "a", "output": "b"}, STATE, "no emotional state"),
    "a thought where none is asked": (
        {"instruction": "a", "output": "<thinking>c</thinking>b"}, PLAIN, "plain instruction and output"),
    "an empty thought": ({"instruction": "a", "output": "<thinking> </thinking>b"}, Shape("thinking"), "no thought"),
    "the template's dots": ({"instruction": "…", "output": "b"}, PLAIN, "says nothing"),
    "a dotted thought": (
        {"instruction": "a", "output": "<thinking>...</thinking>b"}, Shape("thinking"), "says nothing"),
    "a slot left": ({"instruction": "a", "output": "I read [PASTE_PASSAGE] again"}, PLAIN, "[PASTE_PASSAGE]"),
    "a placeholder left": ({"instruction": "a", "output": "[your reply here]"}, PLAIN, "[your reply here]"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "shape", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_the_shape_is_unparsed_and_says_why(value: object, shape: Shape, said: str) -> None:
    answer = read_answer(json.dumps(value), shape)
    assert answer.state == "unparsed"
    assert answer.conversations == ()
    assert any(said in problem for problem in answer.problems), answer.problems


def test_length_far_from_what_was_asked_is_a_note_only() -> None:
    shape = Shape("plain", words=(150, 300))
    answer = read_answer(GOOD, shape)
    assert answer.state == "done"
    assert answer.problems == ("Reply 1 has 16 words, and 150 to 300 were asked for.",)
    long = json.dumps({"instruction": "a", "output": "word " * 80})
    assert read_answer(long, shape).problems == ()


def test_a_good_example_beside_a_bad_one_is_kept() -> None:
    answer = read_answer(f'[{GOOD}, {{"instruction": "x"}}]', PLAIN)
    assert answer.state == "done"
    assert len(answer.conversations) == 1
    assert answer.problems[0].startswith("Example 2:")


# ---------------------------------------------------------------- properties


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert read_answer(text, PLAIN).state in ("done", "unparsed", "refused")


@given(st.text(alphabet="{}[]\"':,\\n a<>/think`“”#", max_size=120))
def test_no_brackets_make_it_raise(text: str) -> None:
    assert isinstance(find(text).cut, bool)
    assert read_answer(text, TALK).state in ("unparsed", "refused")


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=80).filter(
        lambda s: len(s.strip()) > 3 and s.strip(" .…") and "[" not in s and "<" not in s
    ),
    st.sampled_from(["{}", "```json\n{}\n```", "Here:\n{}\nDone.", "<think>hm</think>{}"]),
)
def test_valid_json_comes_through_word_for_word(text: str, frame: str) -> None:
    answer = read_answer(frame.replace("{}", json.dumps({"instruction": "go on", "output": text})), PLAIN)
    assert one(answer) == ("go on", text.strip())

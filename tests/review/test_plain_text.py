"""An example as text to edit: it comes back the same, and every slip is named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.records import Conversation, Mood, Turn
from inscape.review import plain
from tests.review.wet_house import INSIDE, PLAIN

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")) | st.just("\n"), min_size=1)
LINES = st.sampled_from(
    ["## user", "\\## user", "### thoughts", "\\\\### state", "## A heading", "- a", "mood: x", "# Reply"]
)
TEXT = st.lists(WORDS | LINES, min_size=1, max_size=5).map("\n".join).map(str.strip).filter(bool)
QUOTED = st.sampled_from(['"sure"', '"', '""', '"0.4"', "0.4", "one\n\ntwo", "one  \n    two\n   \n\n  - three"])
MOOD = st.builds(
    Mood, TEXT | st.none(), TEXT | QUOTED | st.floats(0, 1) | st.none(), st.lists(TEXT | QUOTED, max_size=3).map(tuple)
).map(lambda mood: None if mood == Mood() else mood)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    turns: list[Turn] = []
    for _ in range(draw(st.integers(1, 3))):
        turns.append(Turn("user", draw(TEXT), input=draw(st.none() | TEXT)))
        turns.append(Turn("assistant", draw(TEXT), thought=draw(st.none() | TEXT), state=draw(MOOD)))
    return Conversation(tuple(turns), system=draw(st.none() | TEXT), complexity="LOW", extra={"kept": 1})


@given(conversations())
def test_what_is_written_is_read_back(conversation: Conversation) -> None:
    other = Conversation(PLAIN.turns, complexity="LOW", extra={"kept": 1})
    read = plain.read(plain.HINT + "\n" + plain.write(conversation), other, "internal")
    assert not [p for p in read.problems if "cannot hold" not in p.message]
    if not read.problems:
        assert read.conversation == conversation


def test_it_is_text_for_people() -> None:
    text = plain.write(INSIDE)
    assert text.startswith("## user\n\ndid you lock the back door\n\n## assistant\n\n### thought\n\nThe key.")
    assert text.endswith("### reply\n\nAll right. I'm leaving it.\n\n### state\n\nmood: uneasy, fond\ncertainty: 0.4\n")
    assert plain.write(PLAIN).count("###") == 0


def test_left_alone_nothing_changes() -> None:
    spaced = Conversation((Turn("user", " hi "), Turn("assistant", "yes\n")))
    assert plain.read(plain.write(spaced).replace("\n", "\r\n"), spaced, "plain").conversation == spaced


def test_line_ends_inside_a_text_do_not_change_where_nothing_else_does() -> None:
    odd = Conversation((Turn("user", "a\r\nb"), Turn("assistant", "yes\rno", state=Mood("one\r\n\r\ntwo"))))
    assert plain.read(plain.HINT + "\n" + plain.write(odd), odd, "state").conversation == odd


def test_a_state_may_be_indented_by_hand_in_any_way() -> None:
    text = "## user\n\nhi\n\n## assistant\n\nyes\n\n### state\n\nmood: one\n  two\n\tthree\nthoughts:\n* a\n\n- b\n"
    read = plain.read(text, PLAIN, "state").conversation
    assert read is not None
    assert read.turns[1].state == Mood("one\ntwo\nthree", None, ("a", "b"))


def test_an_edit_keeps_what_is_no_text() -> None:
    edited = plain.read(plain.write(INSIDE).replace("leave it\n", "never mind\n"), INSIDE, "state").conversation
    assert edited is not None
    assert edited.turns[2].text == "never mind"
    assert (edited.complexity, edited.iterations) == ("MEDIUM", 4)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("hello\n## user\n\nhi\n\n## assistant\n\nyes", 1, "before the first heading"),
        ("## user\n\nhi\n\n## asistant\n\nyes", 5, "write `## assistant`"),
        ("## assistant\n\nyes", 1, "the assistant speaks first"),
        ("## user\n\nhi\n\n## user\n\nho\n\n## assistant\n\nyes", 5, "two `## user` in a row"),
        ("## user\n\nhi\n\n## assistant\n\n### thought\n\nonly this", 5, "has no reply"),
        ("## user\n\nhi", 1, "must end with an `## assistant` turn"),
        ("## user\n\nhi\n\n### thought\n\nno\n\n## assistant\n\nyes", 5, "must stand under `## assistant`"),
        ("## user\n\nhi\n\n## assistant\n\n### thought\n\na\n\n### thought\n\nb\n\n### reply\n\nc", 11, "stands twice"),
        ("## user\n\nhi\n\n## assistant\n\nyes\n\n### state\n\nfeeling: bad", 11, "a state has `mood:`"),
        ("## user\n\nhi\n\n## assistant\n\nyes", 5, "no turn has a `### thought` any more"),
        ("", 1, "must end with"),
    ],
)
def test_each_slip_is_named_with_its_line(text: str, line: int, words: str) -> None:
    read = plain.read(text, INSIDE, "thinking")
    assert read.conversation is None
    assert [p.line for p in read.problems if words in p.message] == [line], read.problems


def test_one_instruction_stays_one() -> None:
    text = plain.write(PLAIN) + "\n## user\n\nand then\n\n## assistant\n\nnothing\n"
    read = plain.read(text, PLAIN, "plain")
    assert "more than one exchange" in read.problems[0].message

"""Slots: what is one, what fills it, and that what was put in is never read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inscape.elicitation.slots import Slot, check, find, render, values_of
from inscape.errors import TemplateError
from inscape.records import Anchor, Passage, Shape, Template

PASSAGE = Passage("p-1", 3, "The stairs", "He [counted].", ("dread", "counting"), (), 1, {"place_of_memory": "a yard"})


def template(body: str, source: str = "templates/mine.md", line: int = 1) -> Template:
    return Template("mine", 7, "Mine", "", (), Shape("plain"), body, "h", source, line)


@pytest.mark.parametrize(
    ("bracket", "name", "example"),
    [
        ("[PASTE_PASSAGE]", "passage", ""),
        ("[PASTE_PASSAGE_HERE]", "passage", ""),
        ("[PASTE PASSAGE]", "passage", ""),
        ("[PASSAGE]", "passage", ""),
        ("[passage]", "passage", ""),
        ("[core_phenomenology]", "core_phenomenology", ""),
        ("[core_phenomenology: e.g., 'fragmented awakening']", "core_phenomenology", "fragmented awakening"),
        ("[Core phenomenology: e.g. “dread”]", "core_phenomenology", "dread"),
        ("[title]", "title", ""),
        ("[SOME_NAME]", "some_name", ""),
        ("[some_name]", "some_name", ""),
        ("[mood: e.g.,\n 'grey']", "mood", "grey"),
        ("[mood: grey or blue]", "mood", "grey or blue"),
    ],
)
def test_what_is_a_slot(bracket: str, name: str, example: str) -> None:
    assert find(template(f"First line.\nSee {bracket} here.", line=10)) == [Slot(name, 11, 5, example)]


LITERAL = [
    '["one", "two"]', "[1, 2]", "[]", "[{}]", "[150-300 words]", "[your reply here]", "[optional]", "[NAME]",
    "[x] done", "[…]", "[...]", "[ ]", "[one\ntwo]", '[["a"], ["b"]]', "[two words: e.g., this]",
]  # fmt: skip


@pytest.mark.parametrize("text", LITERAL)
def test_what_is_no_slot_stays_as_it_is(text: str) -> None:
    assert find(template(text)) == []
    assert render(template(f"{text} [PASSAGE]"), PASSAGE) == f"{text} He [counted]."


def test_a_known_name_is_a_slot_without_more() -> None:
    body = "[mood] [PASSAGE]"
    assert [slot.name for slot in find(template(body))] == ["passage"]
    assert [slot.name for slot in find(template(body), {"Mood"})] == ["mood", "passage"]
    assert render(template(body), PASSAGE, {"mood": "grey"}) == "grey He [counted]."


def test_two_brackets_are_one_that_is_text() -> None:
    assert (
        render(template("[[some_name]] and [[your reply]] [PASSAGE]"), PASSAGE)
        == "[some_name] and [your reply] He [counted]."
    )
    assert check(template("[[some_name]] [PASSAGE]")) == []


def test_fills_every_slot_there_is() -> None:
    body = "[PASTE_PASSAGE]|[core_phenomenology: e.g., 'x']|[title]|[PLACE_OF_MEMORY]|[place_of_memory]|[a_b]"
    assert (
        render(template(body), PASSAGE, {"a b": "new"}) == "He [counted].|dread, counting|The stairs|a yard|a yard|new"
    )


def test_whose_value_stands_first() -> None:
    anchored = Passage("p", 1, "T", "x", (), (), 1, {"mood": "own"}, Anchor("dalloway", 0, 0, 0, 1, 12, "II"))
    values = values_of(anchored, {"Season": "now"}, {"season": "default", "mood": "default", "book": "Mrs Dalloway"})
    assert values == {
        "passage": "x", "title": "T", "chapter": "II", "book": "Mrs Dalloway", "mood": "own", "season": "now",
    }  # fmt: skip
    assert values_of(anchored, {"passage": "other", "mood": " "}) == {
        "passage": "x", "title": "T", "chapter": "II", "book": "dalloway", "mood": "own",
    }  # fmt: skip


def test_every_missing_slot_is_named_with_file_and_line() -> None:
    body = "[a_slot]\n[PASSAGE]\n[b_slot: e.g., 'x']\n[a_slot]\n[core_phenomenology]"
    bare = Passage("p", 1, "The door", "x", (), (), 1)
    with pytest.raises(TemplateError) as caught:
        render(template(body, line=12), bare)
    said = str(caught.value)
    assert said.startswith(
        "templates/mine.md: no value for [a_slot] (line 12), [b_slot] (line 14), [core_phenomenology] (line 16), "
        "needed for passage 'The door'."
    )
    assert "**A slot:** …" in said
    with pytest.raises(TemplateError, match=r"^the core template 'mine': no value for"):
        render(template(body, source="core"), bare)


def test_check_says_what_nothing_fills() -> None:
    body = "[PASSAGE]\n[title] [a_slot]\n[b_slot]\n[a_slot]"
    problems = check(template(body, line=5), {"B slot"})
    assert [(p.line, p.severity) for p in problems] == [(6, "warning")]
    assert "[a_slot]" in problems[0].message
    for way in ("`**A slot:** …`", "[slots]", "--slot a_slot="):
        assert way in problems[0].message


def test_check_wants_a_place_for_the_passage() -> None:
    (problem,) = check(template("[title]", line=4))
    assert (problem.line, problem.severity) == (4, "error")
    assert "[PASTE_PASSAGE]" in problem.message
    (problem,) = check(template(" \n"))
    assert (problem.severity, "empty" in problem.message) == ("error", True)


NAMES = st.sampled_from(["[PASTE_PASSAGE]", "[title]", "[a_b]", "[[a_b]]", "[core_phenomenology]"])


@given(
    st.text("ab[]_: \\g<0>PASTE", max_size=60).filter(str.strip),
    st.text("a[]_ b", min_size=1, max_size=40).filter(str.strip),
)
def test_what_was_put_in_is_never_read_again(text: str, title: str) -> None:
    passage = Passage("p", 1, title, text, ("[PASTE_PASSAGE]",), (), 1)
    made = render(template("<[PASTE_PASSAGE]|[title]|[core_phenomenology]|[a_b]>"), passage, {"a_b": "[title]"})
    assert made == f"<{text}|{title}|[PASTE_PASSAGE]|[title]>"


@given(st.lists(st.one_of(NAMES, st.text('ab {}"\n', max_size=6)), max_size=12))
def test_only_slots_change(parts: list[str]) -> None:
    filled = {"[PASTE_PASSAGE]": "1", "[title]": "2", "[a_b]": "3", "[[a_b]]": "[a_b]", "[core_phenomenology]": "4"}
    passage = Passage("p", 1, "2", "1", ("4",), (), 1)
    made = render(template("".join(parts)), passage, {"a_b": "3"})
    assert made == "".join(filled.get(part, part) for part in parts)

"""`check --fix` changes no word, and `--unfix` goes all the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inscape.quality import mend
from inscape.records import Conversation, Turn
from inscape.store import examples, open_store
from inscape.store.examples import Author
from tests.conftest import Run

AT = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "reply",
    [
        "the s tag: <s>old price</s>",
        "<|im_start|>assistant\nHi.<|im_end|>",
        "It prints <unk>",
        "Fill it with <pad>",
        "Every answer ends with <|im_end|>",
        "It is called: </s>",
        "<|im_end|> is followed by <|im_end|>",
        "[INST] a [/INST]",
        "</s>",
    ],
)
def test_a_reply_that_may_speak_of_tokens_stays(reply: str) -> None:
    assert mend.text(reply) == reply


@pytest.mark.parametrize("token", ["<|im_end|>", "</s>", "<|eot_id|>", "<end_of_turn>", "\n<|im_end|>\n", "</s></s>"])
@pytest.mark.parametrize("said", ["Sor kanka", "Bye.", "😀", "```\ncode\n```"])
def test_a_closing_token_of_a_reply_is_cut(said: str, token: str) -> None:
    assert mend.text(said + token) == said
    assert mend.text("Bye. " + token) == "Bye."


@pytest.mark.parametrize("text", ["What does the tokenizer print for <unk>", "What is </s>", "It ended.</s>"])
def test_only_a_reply_loses_a_closing_token(text: str) -> None:
    talk = Conversation((Turn("user", text, input=text), Turn("assistant", "b", thought=text)), system=text)
    assert mend.conversation(talk) == talk
    assert mend.found(talk) == {}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("page one.\x0cPage two", "page one.\nPage two"),
        ("one\x0btwo", "one\ntwo"),
        ("one\n\x0ctwo", "one\ntwo"),
        ("one\x0c\ntwo", "one\ntwo"),
        ("one\x1ctwo\x1fthree", "one\ntwo three"),
        ("as\u00c3\u00ad fue", "así fue"),
        ("isn\u00e2\u20ac\u2039 right", "isn right"),
        ("the end. \u200b", "the end."),
        ("\ufeff\n    x = 1\n    return x", "    x = 1\n    return x"),
    ],
)
def test_what_nobody_sees_goes_without_joining_words(text: str, made: str) -> None:
    assert mend.text(text) == made
    assert mend.text(made) == made


WORDS = ("one", "two", "İki", "Ã\xad", "isn\u00e2\u20ac\u2039", "\u200b", "\u00ad", "\x0c", "\x0b", "\x1d", "\x1f",
         "\r", "\n", " ", "</s>", "<s>", "<|im_end|>", "<unk>", "<\u200bthink>", "e\u0301", "Ã", "\u00a9", ".",
         "    ")  # fmt: skip


@given(text=st.lists(st.sampled_from(WORDS), max_size=10).map("".join), reply=st.booleans())
@settings(max_examples=500, deadline=None)
def test_mending_twice_is_mending_once(text: str, reply: bool) -> None:
    once = mend.text(text, reply=reply)
    assert mend.text(once, reply=reply) == once
    assert bool(mend.mended(text, reply=reply)[1]) == (once != text)


@given(words=st.lists(st.sampled_from(["one", "two", "<unk>", "İki", "<s>"]), min_size=1, max_size=6), data=st.data())
@settings(max_examples=300, deadline=None)
def test_words_stay_apart(words: list[str], data: st.DataObject) -> None:
    signs = st.text("\x0b\x0c\x1c\x1d\x1e\x1f\r\n ", min_size=1, max_size=3)
    text = "".join(word + data.draw(signs) for word in words)
    assert mend.text(text).split() == words


def test_a_tag_that_comes_to_light_leaves_the_turn_as_it_was() -> None:
    turn = Turn("assistant", "<\u200bthink>a\u200b")
    talk = Conversation((Turn("user", "a\u200b"), turn))
    assert mend.conversation(talk) == Conversation((Turn("user", "a"), turn))
    assert list(mend.found(talk)) == [mend.UNSEEN]


# ---------------------------------------------------------------- taking it back


def answer(text: str) -> Conversation:
    return Conversation((Turn("user", "a"), Turn("assistant", text)))


@pytest.mark.parametrize(
    ("later", "back"),
    [
        ([("rule", "r1")], "t"),
        ([("rule", "r1"), ("rule", "r2")], "t"),
        ([("human", "h"), ("rule", "r1"), ("rule", "r2")], "h"),
        ([("rule", "r1"), ("human", "h"), ("undo", "r1")], "t"),
        ([("rule", "r1"), ("rule", "r2"), ("human", "h"), ("undo", "r2")], "t"),
        ([("rule", "r1"), ("undo", "t"), ("rule", "r1")], "t"),
        ([("rule", "r1"), ("human", "h"), ("rule", "r2")], "h"),
        ([("rule", "r1"), ("human", "h")], None),
        ([("rule", "r1"), ("undo", "t")], None),
        ([], None),
    ],
)
def test_unfix_goes_back_over_all_that_rules_made(
    later: list[tuple[Author, str]], back: str | None, project: Path, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "rows.json").write_text(json.dumps([{"instruction": "a", "output": "t"}]), encoding="utf-8")
    run("import", tmp_path / "rows.json")
    with open_store(project / "inscape.db") as store:
        [one] = examples.all_examples(store)
        with store.change() as db:
            for author, text in later:
                examples.revise(db, one.id, answer(text), author, AT)
    said = run("check", "--unfix").out
    with open_store(project / "inscape.db") as store:
        [now] = examples.all_examples(store)
    assert now.conversation == answer(back or (later[-1][1] if later else "t"))
    assert ("1 example as before." in said) == (back is not None)
    assert ("No mended text is current" in said) == (back is None)


def test_what_was_mended_is_exported(project: Path, tmp_path: Path, run: Run) -> None:
    rows = [{"instruction": "a", "output": f"{word} \u200b"} for word in ("one", "two")]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    assert run("import", "--keep", tmp_path / "rows.json").code == 0
    run("check", "--fix")
    assert run("export", "--format", "raw").code == 0

"""Each check on rows made for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inscape.quality import checks, mend, personal, queue, words
from inscape.quality.balance import targets
from inscape.quality.rows import Finding, Item, Limits
from inscape.quality.source import Index, Verbatim
from inscape.records import Conversation, Turn
from tests.examples.any_talk import talks
from tests.quality.test_rates import LIMITS, findings


def said(check: str, *rows: dict[str, Any], **changes: Any) -> list[Finding]:
    """What one check says of rows."""
    limits = Limits({**LIMITS.values, **changes})
    return list(checks.run(_items(rows), limits, [check]))


def _items(rows: tuple[dict[str, Any], ...]) -> list[Item]:
    from tests.quality.test_rates import items

    return items(rows)


def pair(question: str, reply: str, **more: Any) -> dict[str, Any]:
    return {"instruction": question, "output": reply, **more}


def item(reply: str, **more: Any) -> Item:
    talk = Conversation((Turn("user", "Go on."), Turn("assistant", reply, thought=more.pop("thought", None))))
    return Item("rows.json", 1, talk, "thinking", **more)


# ---------------------------------------------------------------- words


def test_turkish_casing_makes_no_difference() -> None:
    assert words.fold("İSTANBUL'DA ILIK") == words.fold("istanbul'da ılık")
    assert words.fold("IŞIK") == words.fold("ışık") == words.fold("işik")
    assert len(said("duplicate", pair("IRMAK", "Işık İYİ"), pair("ırmak", "ışık iyi"))) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Selam kanka nasılsın bugün", "tr"),
        ("bugun cok yorgunum be kanka ama olsun bu da", "tr"),
        ("I don't know what you want from me", "en"),
        ("Ich weiß nicht, was das ist", "de"),
        ("Привет, как дела", "other"),
        ("Ok", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert words.language(text) == language


def test_language_of_the_reply() -> None:
    english = "I think that it is what you want from me and not what I have to give"
    assert said("language", pair("Sence bu konuda ne yapmam gerekiyor kanka, bana bir şey söyle?", english))
    assert not said("language", pair("What do you think that I should do about it now?", english))
    assert not said("language", pair("Sence?", "Yes."))


# ---------------------------------------------------------------- personal data


@pytest.mark.parametrize("text", ["TR33 0006 1005 1978 6457 8413 26", "10000000146", "4111 1111 1111 1111"])
def test_numbers_with_a_checksum(text: str) -> None:
    assert [one.severity for one in said("personal", pair("hi", f"mine is {text} there"))] == ["error"]
    wrong = text[:-1] + str((int(text[-1]) + 1) % 10)
    assert not [one for one in said("personal", pair("hi", f"mine is {wrong} there")) if one.severity == "error"]


def test_addresses_and_phones_are_hidden_in_the_evidence() -> None:
    found = said("personal", pair("ulaş bana", "ayse.yilmaz@gmail.com ya da 0532 123 45 67"))
    assert [one.severity for one in found] == ["warning", "warning"]
    assert "ayse" not in "".join(one.evidence for one in found)
    assert not list(personal.find("write to me@example.com in 2024, chapter 12, 1,234,567 people, 3.14159265"))


# ---------------------------------------------------------------- filler


def talk(*texts: str, thought: str = "") -> dict[str, Any]:
    """A conversation; the thought stands before the last reply."""
    turns = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    if thought:
        turns[-1]["content"] = f"<thinking>{thought}</thinking>\n\n{texts[-1]}"
    return {"messages": turns}


def severities(check: str, *rows: dict[str, Any]) -> list[str]:
    return [one.severity for one in said(check, *rows)]


def test_dots_are_an_answer_to_who_asks_for_silence() -> None:
    assert severities("filler", talk("Bir şey söyleme, dur yanımda", "...")) == []
    assert severities("filler", talk("gülümse", ":)")) == []
    assert severities("filler", talk("Bugün ne yapsak", "...")) == ["error"]
    assert severities("filler", talk("Konuşma metnimi düzeltir misin", "...")) == ["error"]
    assert severities("filler", talk("babam öldü", "...", "orada mısın", "Buradayım, hiç gitmedim.")) == ["warning"]
    assert severities("filler", talk("babam öldü", "...", "orada mısın", "...")) == ["error"]


@pytest.mark.parametrize(
    "thought",
    [
        "Kısa soru, kısa cevap.",
        "Hayır, hayır, hayır.",
        "Bir adım geri.",
        "1. Kim soruyor?\n2. Neden şimdi?\n3. Neden bana?",
    ],
)
def test_a_thought_with_a_word_of_its_own_is_left_alone(thought: str) -> None:
    assert "error" not in severities("filler", talk("Gitsem mi?", "Bu gece değil.", thought=thought))


def test_one_slot_explained_and_another_left_open() -> None:
    asked = "{ad} ne demek?"
    assert "error" not in severities("filler", pair(asked, "{ad} yerine bir isim gelir."))
    assert "error" in severities("filler", pair(asked, "{ad}, {anlam} demektir."))


def test_a_colon_that_ends_a_paragraph_of_a_story_is_no_error() -> None:
    assert severities("filler", pair("Go on.", "He turned to the window and said:")) == ["warning"]
    assert severities("filler", pair("Üç isim öner", "Tabii, işte isimler:")) == ["error"]


def test_numbers_alone_as_replies_are_a_counter_only_in_a_run() -> None:
    asked = ("Naber", "Ne var", "Anlat", "Kim o", "Hadi")
    assert severities("series", *(pair(text, str(n)) for n, text in enumerate(asked, 1))) == ["error"] * 5
    assert (
        severities("series", *(pair(text, str(n)) for n, text in zip((4, 120, 7, 1923, 3), asked, strict=True))) == []
    )


def test_pairs_need_more_in_common_than_the_words_they_share() -> None:
    told = {"Ankara": "gri başlar", "İzmir": "akşamüstü güzel", "Van": "sabahları göle bakar"}
    assert severities("series", *(pair(f"{k} nasıl bir şehir", f"{k} {v}.") for k, v in told.items())) == []
    same = [pair(f"{k} nasıl bir şehir", f"{k} gerçekten görülmeye değer.") for k in told]
    assert severities("series", *same) == ["error"] * 3


def test_a_short_reply_may_answer_many_greetings() -> None:
    asked = ("sana bir şey soracağım", "sana bir şey sorayım", "sana bir şey sorcam", "sana bir şey diyeceğim kanka")
    assert severities("series", *(pair(text, "Sor kanka, dinliyorum.") for text in asked)) == []


# ---------------------------------------------------------------- form


def test_leaked_tokens_and_tags() -> None:
    assert [one.severity for one in said("leaked", pair("hi", "Hello<|im_end|>"))] == ["error"]
    assert said("leaked", pair("hi", "Hello <thinking>wait</thinking> there"))
    assert not said("leaked", pair("hi", "`<|im_end|>` ends a turn in ChatML."))


def test_refusals_and_an_assistants_phrases() -> None:
    found = said("refusal", pair("Who are you in there?", "I'm sorry, but I can't assist with that."))
    assert [one.severity for one in found] == ["warning"]
    assert (
        said("assistant", pair("hi", "Great question! I hope this helps. As an AI, I like it."))[0].severity
        == "warning"
    )
    assert said("assistant", pair("rust nedir", "Tabii ki! Umarım yardımcı olur, bu kadar kolay işte kanka."))
    assert not said("assistant", pair("hi", "Hello."))


def test_thoughts_that_are_missing_or_the_reply() -> None:
    promised = item("I'm fine, really, just tired.", promises_thought=True)
    assert [one.severity for one in checks.run([promised], LIMITS, ["thought"])] == ["error"]
    same = item("I am only tired tonight", thought="I am only tired tonight.")
    assert [one.severity for one in checks.run([same], LIMITS, ["thought"])] == ["error"]
    fine = item("I'm fine.", thought="The stairs again. He'll ask about the letter.")
    assert not list(checks.run([fine], LIMITS, ["thought"]))


def test_effort_and_length_at_odds() -> None:
    long = "word " * 90
    found = said("effort", pair("hi", long, metadata={"complexity": "LOW", "iterations": 5}))
    assert [one.message for one in found] == [
        "5 iterations in a LOW row, where 1 to 2 belong",
        "a LOW reply of 90 words",
    ]
    assert not said("effort", pair("hi", "Selam.", metadata={"complexity": "LOW", "iterations": 1}))


def test_too_long_and_cut_off() -> None:
    assert said("length", pair("hi", "word " * 3000))
    assert not said("length", pair("hi", "word " * 300))
    assert said("truncated", pair("hi", "I walked to the shore in the evening and then I saw the"))
    assert not said("truncated", pair("hi", "sor kanka dinliyorum"))


def test_explaining_and_naming_feelings() -> None:
    essay = (
        "The recognition of isolation is an expression of the condition of consciousness, and the negotiation between "
        "individuality and community produces alienation. Therefore the absence of resolution reflects the limitation "
        "of representation, and the interpretation of experience becomes the foundation of identity and transformation."
    )
    inside = (
        "I put the cup down and it is not where I put it. My hand goes on holding something. I hear him in the hall "
        "and I think, not yet, not with my face like this, and I turn the tap on so that I have something to do here."
    )
    named = "I am sad and angry, and my fear is joy, and my grief is shame, and I feel lonely. " * 3
    for text, check, hits in ((essay, "explains", True), (inside, "explains", False), (named, "emotion", True)):
        assert bool(list(checks.run([item("Yes.", thought=text)], LIMITS, [check]))) == hits, text


# ---------------------------------------------------------------- the set


def test_copies_across_train_and_validation_are_errors() -> None:
    talk = Conversation((Turn("user", "hi"), Turn("assistant", "Come in, it's open.")))
    rows = [Item("train.jsonl", 1, talk, "plain", part="train"), Item("valid.jsonl", 1, talk, "plain", part="valid")]
    found = list(checks.run(rows, LIMITS, ["duplicate"]))
    assert [(one.file, one.severity) for one in found] == [("valid.jsonl", "error")]
    assert "train.jsonl, row 1" in found[0].message


def test_near_copies_are_found_with_their_similarity() -> None:
    text = (
        "The lamp was lit before anyone asked, and the room drew back from it a little, as people do from a face. " * 4
    )
    other = text.replace("lamp", "fire").replace("little", "moment")
    unrelated = (
        "Nobody drank the tea that was made in the end, and the boats were in by nine o'clock or so, he said. " * 4
    )
    found = said("near-duplicate", pair("a", text), pair("b", unrelated), pair("c", other))
    assert [(one.row, "row 1" in one.message) for one in found] == [(3, True)]


def test_openings_in_too_many_replies() -> None:
    rows = [pair(f"q {n}", f"In the quiet of number {n} something else begins {n * 7}") for n in range(120)]
    assert [one.severity for one in said("openings", *rows)] == ["error", "error"]
    assert not said("openings", *rows[:50])


def test_balance_coverage_and_size() -> None:
    rows = [pair(f"{n}", f"reply {n}", metadata={"complexity": "LOW", "category": "small talk"}) for n in range(40)]
    found = said("balance", *rows, target_complexity="LOW=50, HIGH=50")
    assert [one.message for one in found] == [
        "complexity LOW: 100%, target 50%; 20 too many",
        "complexity HIGH: 0%, target 50%; 20 more would do",
    ]
    assert "no row has the category tea" in [o.message for o in said("coverage", *rows, target_category="tea=10")]
    assert "too few" in said("size", *rows)[0].message
    with pytest.raises(ValueError, match="LOW"):
        targets("LOW")


def test_one_prompt_with_two_answers() -> None:
    question = "how many rooms are there in the house now"
    assert [one.row for one in said("conflict", pair(question, "Nine."), pair(question, "Eight."))] == [2]
    assert not said("conflict", pair("hi", "Hello."), pair("hi", "Hey."))


# ---------------------------------------------------------------- the source


def test_the_longest_run_is_exact() -> None:
    book = "one two three four five six seven eight nine ten eleven twelve"
    index = Index([book, "twelve thirteen"], 4)
    run = index.longest(words.tokens("zero THREE four, five six; seven nine ten eleven twelve thirteen"))
    assert run is not None
    assert (run.text, run.length) == ("three four five six seven", 5)
    assert index.longest(["eleven", "twelve", "twelve", "thirteen"]) is None


def test_verbatim_runs_depend_on_the_rights() -> None:
    told = " ".join(f"word{n}" for n in range(40))
    for strict, length, severity in ((True, 8, "error"), (True, 7, None), (False, 14, "warning"), (False, 26, "error")):
        check = Verbatim(LIMITS, {"Book": (Index([told], 7), strict)})
        text = " ".join(told.split()[:length])
        found = list(checks.run([item(text)], LIMITS, ["verbatim"], {"verbatim": check}))
        assert [one.severity for one in found] == ([severity] if severity else []), (strict, length)


# ---------------------------------------------------------------- what is done with findings


def test_mending_changes_no_word() -> None:
    assert mend.text("S\u200belam\r\nkanka\ufeff") == "Selam\nkanka"
    assert mend.text("It isnâ€™t here") in ("It isn’t here", "It isn't here")
    assert mend.text("Goodbye.<|im_end|>") == "Goodbye."
    assert mend.text("<|im_end|>") == "<|im_end|>"
    for text in ("Selam kanka, n'aber?", "a  b\n\n\nc", "naïve café", "1 < 2", "👩‍👩‍👧"):
        assert mend.text(text) == text


def test_the_random_tenth_is_stable_and_blind() -> None:
    ids = [f"e-{n}" for n in range(2000)]
    chosen = queue.sample(ids, 0.1, 1)
    assert 150 < len(chosen) < 250
    assert set(queue.sample([*ids, "e-new"], 0.1, 1)) - {"e-new"} == set(chosen)
    assert set(queue.sample(ids, 0.1, 2)) != set(chosen)


def test_the_queue_begins_with_the_worst() -> None:
    base = Finding("f", 1, "filler", "error", "")
    found = [
        replace(base, example="b", severity="warning"),
        replace(base, example="a"),
        replace(base, example="c", severity="note"),
    ]
    assert queue.order(found, ["z", "a"]) == ["a", "b", "z"]


def test_the_keep_rate_has_an_interval() -> None:
    rate = queue.keep_rate(["a", "b", "c", "d"], {"a": "keep", "b": "drop", "c": "skip"})
    assert (rate.kept, rate.decided, rate.sampled) == (1, 2, 4)
    assert rate.interval[0] < 0.5 < rate.interval[1]


def test_every_threshold_is_used_and_every_check_has_a_name() -> None:
    names = [check.name for check in checks.CHECKS]
    assert len(set(names)) == len(names)
    assert all(check.row or check.over for check in checks.CHECKS)
    assert {one.check for one in findings([])} <= {"size"}


@given(st.lists(talks(), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_conversation_can_be_checked_and_mended(conversations: list[Conversation]) -> None:
    """No text makes a check fail; findings name rows that exist; mending twice is mending once."""
    rows = [Item("any.json", n, one, "thinking") for n, one in enumerate(conversations, 1)]
    for found in checks.run(rows, LIMITS, checks.NAMES):
        assert found.row is None or 1 <= found.row <= len(rows)
    for talk in conversations:
        once = mend.conversation(talk)
        assert mend.conversation(once) == once


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words.fold(words.fold(text)) == words.fold(text)


def test_a_refrain_of_the_book_is_not_followed_without_end() -> None:
    """A refrain of the book does not make the longest run slow or wrong."""
    index = Index(["la la la la la la la la la " * 200 + "and the sea was quiet again that night"], 4)
    run = index.longest(words.tokens("she sang la la la la la la and the sea was quiet again"))
    assert run is not None
    assert run.length == 12


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_the_longest_run_is_what_looking_everywhere_finds(told: list[str]) -> None:
    texts = ["a b a b a b c", "b a b a c a b"]
    held = [text.split() for text in texts]
    found = Index(texts, 2).longest(told)
    everywhere = max(
        (
            n
            for n in range(2, 8)
            for i in range(len(told) - n + 1)
            for text in held
            for j in range(len(text) - n + 1)
            if told[i : i + n] == text[j : j + n]
        ),
        default=0,
    )
    assert (found.length if found else 0) == everywhere


def test_a_row_that_does_not_think_among_rows_that_do() -> None:
    def row(n: int, level: str, thought: str) -> dict[str, Any]:
        return pair(f"Why {n}?", f"{thought}Because of the gate, number {n}.", metadata={"complexity": level})

    thinks = "<thinking>The gate. It was open, and I left it so.</thinking>\n\n"
    rows = [row(1, "MEDIUM", thinks), row(2, "HIGH", thinks), row(3, "MEDIUM", ""), row(4, "LOW", "")]
    found = [one for one in said("effort", *rows) if "without a thought" in one.message]
    assert [(one.row, one.severity, one.message.split(",")[0]) for one in found] == [
        (3, "warning", "a MEDIUM row without a thought")
    ]
    few = [*rows, row(5, "MEDIUM", ""), row(6, "MEDIUM", "")]
    assert not [one for one in said("effort", *few) if "without a thought" in one.message]


def test_an_answer_with_an_effort_of_its_own_is_held_against_that() -> None:
    row: dict[str, Any] = {
        "conversations": [
            {"from": "human", "value": "annem aradı"},
            {"from": "lodos", "value": '<thinking effort="low"/>\n\nNe dedi?'},
            {"from": "human", "value": "hiç, kapattı"},
            {"from": "lodos", "value": "<thinking>Kapatmış.\nSusmuş.</thinking>\n\n" + "Ara bence onu yine. " * 8},
        ],
        "metadata": {"complexity": "HIGH", "iterations": 6},
    }
    assert said("effort", row) == []
    row["conversations"][1]["value"] = "Ne dedi?"
    assert [one.severity for one in said("effort", row)] == ["note"]

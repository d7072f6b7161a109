"""Quotes found in a book although they were typeset, copied or typed differently."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inscape.passages.anchors import Index, Match, anchor, letters
from inscape.records import Anchor, Paragraph

WAR = Path(__file__).parents[3] / "shared" / "data" / "books" / "war_and_peace.txt"

BOOK = [
    Paragraph("heading", "CHAPTER I", 1, "CHAPTER I"),
    Paragraph("paragraph", "“Well, Prince—so Genoa,” she said. He did not an­swer; the ﬁre was low.", 2, "CHAPTER I"),
    Paragraph("paragraph", "Naïve, he thought. Don’t look … look at the others.", 3, "CHAPTER I"),
    Paragraph("break", "* * *"),
    Paragraph("paragraph", "The others were the same as on any day, and the same as he was: cold, awake, counting.", 4),
]


def span(found: Anchor | None, paragraphs: list[Paragraph] = BOOK) -> str:
    """The anchored text, read from the book."""
    assert found is not None
    if found.first == found.last:
        return paragraphs[found.first].text[found.start : found.end]
    middle = [p.text for p in paragraphs[found.first + 1 : found.last]]
    start, end = paragraphs[found.first].text[found.start :], paragraphs[found.last].text[: found.end]
    return "\n".join([start, *middle, end])


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("“Well, Prince—so Genoa,” she said.", "“Well, Prince—so Genoa,” she said."),
        ('"Well, prince - so\nGENOA," she said', "“Well, Prince—so Genoa,” she said"),
        ("He did not an-\nswer; the fire", "He did not an­swer; the ﬁre"),
        ("answer", "an­swer"),
        ("naive, he thought. Don't look ... look", "Naïve, he thought. Don’t look … look"),
        ("*awake*, counting.", "awake, counting."),
        ("others.\n\nThe others were", "others.\n* * *\nThe others were"),
        ("the same as he was", "the same as he was"),
    ],
)
def test_finds_what_is_only_set_differently(quote: str, text: str) -> None:
    match = Index(BOOK, "b").find(quote)
    assert match is not None
    assert (match.exact, match.share) == (True, 1.0)
    assert span(match.anchor) == text


def test_says_where_it_stands() -> None:
    assert anchor("Naïve, he", BOOK, "b") == Anchor("b", 2, 0, 2, 9, 3, "CHAPTER I")


def test_a_word_is_not_found_inside_another() -> None:
    assert span(anchor("he was", BOOK, "b")) == "he was"
    assert anchor("ain", BOOK, "b") is None
    assert anchor("hers were the", BOOK, "b") is None


@pytest.mark.parametrize("quote", ["", "  \n", "…", "elephants", "a wholly different sentence that nobody wrote here"])
def test_what_is_not_there_is_not_found(quote: str) -> None:
    assert Index(BOOK, "b").find(quote) is None
    assert Index([], "b").find(quote) is None


@pytest.mark.parametrize("gap", ["…", "...", "[...]", "[…]", "(…)", ". . ."])
def test_leaves_out_what_the_quote_leaves_out(gap: str) -> None:
    match = Index(BOOK, "b").find(f"The others were the same {gap} cold, awake, counting.")
    assert match is not None
    assert not match.exact
    assert match.share == 1.0
    assert span(match.anchor) == BOOK[4].text


def test_a_wrong_word_in_ten_is_forgiven_and_counted() -> None:
    index = Index(BOOK, "b")
    match = index.find("The others were the same as on every day, and the same as he was: cold, awake, counting.")
    assert match is not None
    assert not match.exact
    assert match.share == pytest.approx(17 / 18, abs=0.001)
    assert span(match.anchor) == BOOK[4].text
    assert (
        index.find("The others were much like on every day, and quite like what he was: cold, sleepy, counting.")
        is None
    )


@given(st.text(max_size=30), st.text(max_size=30))
def test_folding_goes_letter_by_letter(one: str, two: str) -> None:
    assert letters(one + two) == letters(one) + letters(two)
    assert letters(one) == "".join(map(letters, one))


@given(st.lists(st.text(max_size=40), max_size=8), st.data())
def test_every_run_of_a_book_is_found_again(texts: list[str], data: st.DataObject) -> None:
    book = [Paragraph("paragraph", text) for text in texts]
    whole = "\n\n".join(texts)
    start = data.draw(st.integers(0, len(whole)))
    quote = whole[start : data.draw(st.integers(start, len(whole)))]
    match = Index(book, "b").find(quote)
    if match and match.exact:
        found = span(match.anchor, book)
        assert letters(found) == letters(quote)


# ---------------------------------------------------------------- a whole novel


@cache
def novel() -> tuple[Index, list[Paragraph]]:
    if not WAR.exists():
        pytest.skip(f"needs {WAR}")
    parts = re.split(r"\n\s*\n", WAR.read_text(encoding="utf-8"))
    paragraphs = [Paragraph("paragraph", part.strip(), n // 7 + 1) for n, part in enumerate(parts) if part.strip()]
    return Index(paragraphs, "war"), paragraphs


def straight(text: str) -> str:
    for curly, plain in zip("“”’‘—…", ['"', '"', "'", "'", " -- ", "..."], strict=True):
        text = text.replace(curly, plain)
    return text


def wrapped(text: str) -> str:
    """Lines of about sixty characters, with a word divided at the end of every third."""
    lines = re.findall(r"\S.{0,60}(?:\s|$)|\S+", text)
    return "\n".join(
        re.sub(r"(\w{3})(\w{3,})\s*$", "\\1-\n\\2", one) if n % 3 == 0 else one for n, one in enumerate(lines)
    )


PERTURBED: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "straight quotes": straight,
    "wrapped": wrapped,
    "capitals": str.upper,
    "other white space": lambda text: re.sub(r"\s+", " \t\n ", text),
}


@pytest.mark.parametrize("change", PERTURBED.values(), ids=PERTURBED.keys())
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_finds_a_novels_passages_however_they_are_set(change: Callable[[str], str], seed: int) -> None:
    index, paragraphs = novel()
    at = random.Random(seed).randrange(len(paragraphs) - 4)
    original = "\n\n".join(p.text for p in paragraphs[at : at + 4])
    match = index.find(change(original))
    assert match is not None
    assert match.exact
    assert letters(span(match.anchor, paragraphs)) == letters(original)


def spoiled(original: str, chance: random.Random) -> list[str]:
    made = []
    for n, word in enumerate(original.split()):
        if n % 17 == 9:
            made += chance.choice([[], ["xyzzy"], [word, "indeed"]])
        else:
            made.append(word)
    return made


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_finds_a_novels_passages_with_words_wrong_left_out_or_added(seed: int) -> None:
    index, paragraphs = novel()
    chance = random.Random(seed)
    at = chance.randrange(len(paragraphs) - 6)
    original = "\n\n".join(p.text for p in paragraphs[at : at + 6])
    if len(original.split()) < 60:
        return
    match: Match | None = index.find(" ".join(spoiled(original, chance)))
    assert match is not None
    assert match.share >= 0.9
    found = span(match.anchor, paragraphs).split()
    assert abs(match.anchor.first - at) <= 1
    assert abs(len(found) - len(original.split())) <= 12


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shuffled_words_of_a_novel_are_not_found(seed: int) -> None:
    index, paragraphs = novel()
    chance = random.Random(seed)
    words = " ".join(p.text for p in chance.sample(paragraphs, 20)).split()
    chance.shuffle(words)
    assert index.find(" ".join(words[:120])) is None


@pytest.mark.parametrize(
    "quote", ["The... no... no... she", "Well ... was ... the", "The others … se … as he was: cold … ing"]
)
def test_scraps_between_dots_are_no_quote(quote: str) -> None:
    book = [
        *BOOK,
        Paragraph("paragraph", "The ground was nothing, she knew, nothing at all; the notion went, she said."),
    ]
    assert Index(book, "b").find(quote) is None


def test_short_pieces_count_in_a_long_quote() -> None:
    match = Index(BOOK, "b").find("The others … as on any day … cold, awake, counting.")
    assert match is not None
    assert match.share == 1.0

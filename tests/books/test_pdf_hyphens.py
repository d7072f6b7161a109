"""Hyphens at line ends: the word's own are kept, the typesetter's go and are told."""

from __future__ import annotations

import pytest

from inscape.books.marks import ITALIC, ROMAN, note
from inscape.books.pdf.page import SOFT, SURE
from inscape.books.pdf.words import wordlist
from inscape.books.pdf.words.vocabulary import Vocabulary, is_broken
from tests.books.pages import line

ENGLISH = "the cat and the dog of the house and the mill of the man"
FRENCH = "les chats et les chiens des rues que les gens des villes et que il peut dire où on est"
GERMAN = "Der Garten und die Nachteile der Stadt und das Haus mit der Tür am Rand"
TURKISH = "Ankara’da bir ev ve bir bahçe vardı İstanbul’dan gelen adam bahçede oturdu"


def book(*texts: str, language: str = "") -> Vocabulary:
    return Vocabulary.of([[line(text, 1, 500 - 12 * row) for row, text in enumerate(texts)]], language)


def joined(above: str, below: str, *texts: str, language: str = "en") -> str:
    return book(ENGLISH if language == "en" else "", *texts, language=language).join(above + SOFT, below)


def test_the_book_s_own_words_decide_first() -> None:
    assert joined("a half", "open door", "half-open windows") == "a half-open door"
    assert joined("a half", "open door", "halfopen windows") == "a halfopen door"
    assert joined("to re", "sign", "they re-sign, re-sign and resign") == "to re-sign"


def test_then_its_stems() -> None:
    assert joined("he wan", "dered", "to wander") == "he wandered"
    assert joined("the red", "breasts sang", "a red-breast sang") == "the red-breasts sang"


LISTED = [
    ("in the cloak", "room", "in the cloakroom"),
    ("a water", "proof coat", "a waterproof coat"),
    ("the mother", "in-law", "the mother-in-law"),
    ("to ex", "tol him", "to extol him"),
    ("the hap", "pened", "the happened"),
]


@pytest.mark.parametrize(("above", "below", "whole"), LISTED)
def test_then_a_list_of_english_words(above: str, below: str, whole: str) -> None:
    assert joined(above, below) == whole


PARTS = [
    ("a three", "pronged fork", "a three-pronged fork"),
    ("the she", "wolf ran", "the she-wolf ran"),
    ("a bandy", "legged serf", "a bandy-legged serf"),
    ("the commander", "in-chief", "the commander-in-chief"),
    ("nut-and", "honey sweets", "nut-and-honey sweets"),
    ("bang-bang", "bang", "bang-bang-bang"),
    ("a self", "satisfied man", "a self-satisfied man"),
    ("the hors", "d’oeuvres", "the hors-d’oeuvres"),
    ("a twelve", "month", "a twelvemonth"),
    ("was re", "mortgaged", "was remortgaged"),
    ("of self-preserva", "tion", "of self-preservation"),
    ("the old Cunning", "hams came", "the old Cunninghams came"),
]


@pytest.mark.parametrize(("above", "below", "whole"), PARTS)
def test_last_the_habits_of_parts(above: str, below: str, whole: str) -> None:
    assert joined(above, below) == whole


CAPITALS = [
    ("Jean", "Paul came", "Jean-Paul came"),
    ("HAP", "PENED", "HAPPENED"),
    ("in 1914", "18 he", "in 1914-18 he"),
]


@pytest.mark.parametrize(("above", "below", "whole"), CAPITALS)
def test_names_capitals_and_numbers(above: str, below: str, whole: str) -> None:
    assert joined(above, below) == whole


def test_hyphens_that_end_a_word_of_their_own() -> None:
    assert joined("two", "and three-fold") == "two- and three-fold"
    assert joined("he went ", "slowly on") == "he went - slowly on"
    assert joined("https://www.example.com/a", "page.html") == "https://www.example.com/a-page.html"
    assert joined("wait-", "and see") == "wait--and see"


OTHERS = [
    ("fr", FRENCH, "peut", "il dire", "peut-il dire"),
    ("fr", FRENCH, "a-t", "il dit", "a-t-il dit"),
    ("fr", FRENCH, "le cha", "peau", "le chapeau"),
    ("fr", FRENCH + " peut-être", "peut", "être", "peut-être"),
    ("de", GERMAN, "Vor", "und Nachteile", "Vor- und Nachteile"),
    ("de", GERMAN, "die Haus", "türen", "die Haustüren"),
    ("de", GERMAN, "die Haus", "Tür", "die Haus-Tür"),
    ("tr", TURKISH, "bah", "çesinde", "bahçesinde"),
    ("tr", TURKISH, "İstan", "bul’dan", "İstanbul’dan"),
    ("ru", "и дом стоит у реки", "кто", "нибудь", "ктонибудь"),
    ("ru", "и кто-нибудь стоит у реки", "кто", "нибудь", "кто-нибудь"),
]


@pytest.mark.parametrize(("language", "text", "above", "below", "whole"), OTHERS)
def test_other_languages_by_their_own_words_only(language: str, text: str, above: str, below: str, whole: str) -> None:
    assert joined(above, below, text, language=language) == whole


def test_a_file_that_says_it_is_english_and_is_not() -> None:
    assert book(*[TURKISH] * 20, language="en-US").language == ""
    assert book(*[ENGLISH] * 20).language == "en"
    assert book(*[FRENCH] * 20, language="en").language == "fr"


def test_a_sure_hyphen_goes_without_asking() -> None:
    texts = [f"the hap{SURE}", "pened again", f"a mid{SURE}", "night walk", f"an ow{SURE}", "ner went"]
    made = book(ENGLISH, *texts)
    assert made.join(f"a half{SURE}", "open door") == "a halfopen door"


def test_a_book_that_marks_no_divisions_keeps_its_plain_hyphens() -> None:
    texts = [
        "a half-",
        "open door",
        "a clear-",
        "eyed boy",
        "a blue-",
        "green sea",
        "half-open",
        "clear-eyed",
        "blue-green",
    ]
    assert book(ENGLISH, *texts).join("a long-", "drawn sigh") == "a long-drawn sigh"


def test_signs_of_italics_and_notes_stay_around_the_join() -> None:
    made = book(ENGLISH, "half-open happened")
    assert (
        made.join(f"{ITALIC}hap{SOFT}{ROMAN}", f"pened{note('note 1')}") == f"{ITALIC}hap{ROMAN}pened{note('note 1')}"
    )
    assert made.join(f"{ITALIC}half{SOFT}{ROMAN}", f"{ITALIC}open{ROMAN}") == f"{ITALIC}half-{ROMAN}{ITALIC}open{ROMAN}"
    assert is_broken(f"hap{SOFT}{ROMAN}")
    assert is_broken("hap-")
    assert not is_broken("wait --")
    assert not is_broken(f"the end.{note('note 1')}")


def test_what_goes_is_told_once_with_its_words() -> None:
    made = book(ENGLISH, "happened half-open")
    made.join(f"hap{SOFT}", "pened")
    assert not made.removed
    made.join(f"it hap{SOFT}", "pened so", 7)
    made.join(f"a half{SOFT}", "open door", 8)
    assert [(r.why, r.text, r.page, r.context) for r in made.removed] == [("line-end hyphen", "-", 7, "hap-pened")]


def test_doubtful_ones_are_counted_with_samples() -> None:
    made = book(ENGLISH, "copper kettles")
    assert made.join(f"his copper{SOFT}", "kettles broke") == "his copper-kettles broke"
    assert made.guessed == 1
    assert made.samples == ["copper-kettles"]
    made.join(f"hap{SOFT}", "pened")
    assert made.guessed == 1
    made.join(f"his copper{SOFT}", "kettles broke")
    assert (made.guessed, made.samples) == (2, ["copper-kettles"])
    heads = [f"{a}{b}" for a in "bcdfgk" for b in ("ock", "ark", "ink", "ulp", "omb")]
    made.words.update(heads)
    for head in heads:
        made.join(f"his {head}{SOFT}", "kettles broke")
    assert len(made.samples) == 20


def test_the_list_has_what_it_says() -> None:
    words = wordlist.english()
    assert {"happened", "cloakroom", "mother-in-law"} <= words
    assert 30_000 < len(words) < 80_000
    assert all(word == word.casefold() and word.strip() for word in words)

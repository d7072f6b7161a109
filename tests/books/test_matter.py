"""Front and back matter by headings and their place."""

from __future__ import annotations

import pytest

from inscape.books.matter import matter_of, word_of
from inscape.records import Paragraph

LONG = "It rained on the mill all day. " * 100


def book(*texts: str | tuple[str, int]) -> list[Paragraph]:
    """Units: (heading, level) or the text of a paragraph."""
    return [Paragraph("paragraph", t) if isinstance(t, str) else Paragraph("heading", t[0], level=t[1]) for t in texts]


def matters(units: list[Paragraph], title: str = "") -> str:
    """The first letters of every unit's matter."""
    return "".join({"front": "f", "body": ".", "back": "b"}[u.matter] for u in matter_of(units, title))


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("PREFACE", "front"), ("Preface to the Second Edition", "front"), ("Translator’s Note", "either"),
        ("Dramatis Personæ", "front"), ("List of Characters", "front"), ("ACKNOWLEDGMENTS", "either"),
        ("Acknowledgements", "either"), ("Afterword by A. Writer", "back"), ("About the Author", "back"),
        ("Notes", "back"), ("INDEX.", "back"), ("Also by A. Writer", "either"), ("Appendix A", "back"),
        ("Chapter 4", "body"), ("XII", "body"), ("Epilogue", "body"), ("Prologue", "body"), ("The River", ""),
        ("Notes from Underground", ""), ("ÖNSÖZ", "front"), ("GİRİŞ", "front"), ("İÇİNDEKİLER", "either"),
        ("Yazar Hakkında", "back"), ("YAZAR HAKKINDA", "back"), ("Birinci Bölüm", "body"), ("Vorwort", "front"),
        ("Nachwort des Übersetzers", "back"), ("Avant-propos", "front"), ("Table des matières", "either"),
        ("Предисловие", "front"), ("Послесловие", "back"), ("Об авторе", "back"), ("An Introduction of Sorts", ""),
    ],
)  # fmt: skip
def test_words(heading: str, word: str) -> None:
    assert word_of(heading) == word


def test_front_body_back() -> None:
    units = book(
        "To M.", ("Preface", 1), "Short.", ("Contents", 1), "One 1", ("Chapter 1", 1), LONG, ("Notes", 1), "A note.",
        ("About the Author", 1), "She wrote.",
    )  # fmt: skip
    assert matters(units) == "fffff..bbbb"


def test_place_decides_about_acknowledgments() -> None:
    text: list[str | tuple[str, int]] = [("I", 1), LONG, ("II", 1), LONG]
    assert matters(book(("Acknowledgments", 1), "Thanks.", *text)) == "ff...."
    assert matters(book(*text, ("Acknowledgments", 1), "Thanks.")) == "....bb"


def test_chapters_that_have_names_only() -> None:
    units = book(("Introduction", 1), "Short.", ("The River", 1), LONG, ("The Mill", 1), LONG)
    assert matters(units) == "ff...."


def test_a_preface_in_parts_and_notes_by_chapter() -> None:
    units = book(
        ("Preface", 1), "a", ("I", 2), "b", ("Chapter 1", 1), LONG, ("Notes", 1), ("Chapter 1", 2), "n", ("II", 2), "m"
    )
    assert matters(units) == "ffff..bbbbb"


def test_notes_after_every_chapter_are_no_back_matter_but_the_last() -> None:
    units = book(("Chapter 1", 1), LONG, ("Notes", 2), "a", ("Chapter 2", 1), LONG)
    assert matters(units) == "......"


def test_what_stands_before_the_first_chapter() -> None:
    assert matters(book("To M.", ("Chapter 1", 1), LONG)) == "f.."
    assert matters(book(LONG, ("Chapter 2", 1), LONG)) == "..."
    assert matters(book("A first line.", ("The River", 1), LONG)) == "..."


def test_a_part_belongs_to_its_first_chapter() -> None:
    assert matters(book(("The Window", 1), ("I", 1), LONG, ("II", 1), LONG)) == "....."
    assert matters(book("To M.", ("The Window", 1), ("I", 1), LONG)) == "f..."


def test_a_title_says_nothing() -> None:
    units = book(("The Mill", 1), ("Preface", 2), "Short.", ("Chapter 1", 2), LONG)
    assert matters(units, "The Mill") == "fff.."
    assert matters(book(("Notes", 1), LONG), "Notes") == ".."


def test_a_book_that_is_all_introduction_is_text() -> None:
    assert matters(book(("Introduction", 1), LONG, ("Chapter 1", 1), "Short.")) == "...."


def test_a_book_that_says_so_itself_is_left_alone() -> None:
    units = [*book(("Preface", 1), "a"), Paragraph("paragraph", "b", matter="front"), *book(("Chapter 1", 1), LONG)]
    assert matters(units) == "..f.."

"""The account of a PDF's characters: every one is in a unit or in a removal, in every kind of book."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inscape.books import read
from inscape.books.pdf.lines.load import load
from inscape.books.pdf.page import SOFT, SURE, Page
from inscape.books.pdf.units.ledger import balance, unaccounted
from inscape.records import BookText, Paragraph, Removal
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.pages import line
from tests.books.score import DATA
from tests.books.story import story


def book(text: str, *removed: str, characters: int | None = None) -> BookText:
    gone = tuple(Removal("page number", text, 1) for text in removed)
    return BookText("", "", "en", "pdf", (Paragraph("paragraph", text, 1),), 1, gone, (), characters)


def page(*texts: str) -> Page:
    return Page(1, 400, 600, [line(text, 1, 500 - 12 * n) for n, text in enumerate(texts)])


def test_units_and_removals_are_the_page() -> None:
    assert unaccounted(book("The miller\nslept.", "12"), [page("The miller", "slept.", "1 2")]) == []
    assert balance(book("The miller\nslept.", "12", characters=17)) == 0


def test_what_is_lost_and_what_is_told_twice_is_named() -> None:
    assert unaccounted(book("The miler", "12", "2"), [page("The miller", "12")]) == [
        "1 x 'l' lost",
        "1 x '2' more than printed",
    ]
    assert balance(book("The miler", characters=9)) == 1
    assert balance(book("The miller", "2", characters=9)) == -1


def test_a_hyphen_counts_as_one_whatever_its_sign() -> None:
    made = book("happened half-open re-read", "-", characters=25)
    assert unaccounted(made, [page(f"hap{SOFT}", f"pened half{SURE}", "open re\u2011read")]) == []
    assert balance(made) == 0


def test_without_a_count_of_the_file_there_is_nothing_to_balance() -> None:
    assert balance(book("The miller")) == 0


NOTE = "#footnote[A note that somebody wrote about the {} and the unexpected half-open window.]"
KINDS: dict[str, Callable[[list[str]], list[str]]] = {
    "notes": lambda texts: [t.replace(",", NOTE.format(n) + ",", 1) for n, t in enumerate(texts)],
    "italics": lambda texts: [t.replace(" the ", " _the river_ ", 1) for t in texts],
    "scenes": lambda texts: [part for t in texts for part in (t, "#align(center)[\\* \\* \\*]")],
    "verse": lambda texts: [
        part for t in texts for part in (t, "#pad(left: 3em)[The water goes, \\\n the wheel goes round.]")
    ],
    "narrow": lambda texts: ["#set page(width: 74mm)", *texts],
    "columns": lambda texts: ["#set page(width: 210mm, columns: 2)", *texts],
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_character_of_a_typeset_book_is_accounted_for(kind: str) -> None:
    data = pdf(BOOK_STYLE + "= Chapter 1\n\n" + "\n\n".join(KINDS[kind](story(21, 40))))
    _agrees(data, f"{kind}.pdf")


def _agrees(data: bytes, name: str) -> None:
    made = read(data, name)
    assert unaccounted(made, load(data, name).pages) == []
    assert balance(made) == 0


@pytest.mark.parametrize("name", ["dalloway_chrome", "lighthouse_weasy", "wp_typst"])
def test_every_character_of_the_shared_books_is_accounted_for(name: str) -> None:
    path = DATA / "pdf" / f"{name}.pdf"
    if not path.exists():
        pytest.skip(f"{DATA} is not here")
    _agrees(path.read_bytes(), path.name)

"""Words of a line where the file does not part them: glued, letterspaced, told at a wrong place; labels and names."""

from __future__ import annotations

import pytest

from inscape.books.pdf.furniture import labels
from inscape.books.pdf.lines import italics, merge
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.page import Document, Line, Page
from inscape.books.pdf.units.names import believed
from inscape.books.pdf.words import joins
from inscape.books.pdf.words.vocabulary import Vocabulary
from inscape.records import Removal
from tests.books.by_hand import page_of, printed, raw, stream, text, texts
from tests.books.makers import BOOK_STYLE, pdf

SAID = "it was the best of times for towns to act so as it was"


def steps(words: str, letter: float, blank: float, size: float = 10) -> bytes:
    """Every letter an object of its own, in Times; between them the pen moves by ems beyond the letter's width."""
    widths = {
        "i": 278,
        "t": 278,
        "l": 278,
        "f": 333,
        "r": 333,
        "s": 389,
        "e": 444,
        "a": 444,
        "c": 444,
        "m": 778,
        "w": 722,
    }
    made, x = b"", 50.0
    for word in words.split():
        for character in word:
            made += text(character, x, size=size)
            x += size * (widths.get(character, 500) / 1000 + letter)
        x += size * (blank - letter)
    return made


# ---------------------------------------------------------------- blanks that are missing, blanks that are too many


@pytest.mark.parametrize("blank", [0.13, 0.15, 0.18, 0.25])
def test_a_tight_line_without_blanks_of_its_own_is_parted(blank: float) -> None:
    page = page_of(raw(steps(SAID, 0.0, blank)))
    assert texts(page) == [SAID]
    assert page.characters == printed(page) == len(SAID.replace(" ", ""))


def test_kerning_parts_no_word() -> None:
    page = page_of(raw(steps(SAID, 0.04, 0.2)))
    assert texts(page) == [SAID]


@pytest.mark.parametrize("tracking", [0.15, 0.2, 0.3])
def test_letterspaced_words_in_a_line_are_closed_up(tracking: float) -> None:
    spaced = f"#text(tracking: {tracking}em)[THE TOWN] was quiet, and I was #text(tracking: {tracking}em)[sehr] good."
    assert texts(page_of(pdf(BOOK_STYLE + spaced)))[0] == "THE TOWN was quiet, and I was sehr good."


@pytest.mark.parametrize(("tracking", "blank"), [(150, 400), (200, 500), (300, 600)])
def test_letterspaced_words_of_a_file_without_blanks(tracking: int, blank: int) -> None:
    said = ["of", "THE", "TOWN", "it", "was"]
    words = [f" -{tracking} ".join(f"({c})" for c in w) if w.isupper() else f"({w})" for w in said]
    shown = f" -{blank} ".join(words).encode()
    page = page_of(raw(b"\nBT /F1 12 Tf 50 500 Td [" + shown + b"] TJ ET\n"))
    assert texts(page) == ["of THE TOWN it was"]


def test_words_of_one_letter_stay_apart() -> None:
    said = "and then A B C and I a b"
    assert texts(page_of(raw(text(said)))) == [said]
    shown = " -330 ".join(f"({w})" for w in said.split()).encode()
    assert texts(page_of(raw(b"\nBT /F1 12 Tf 50 500 Td [" + shown + b"] TJ ET\n"))) == [said]


# ---------------------------------------------------------------- told at a wrong place


def test_a_sign_printed_after_the_rest_of_its_line_goes_back() -> None:
    # The words are one object with room in it, into which another font prints the dash.
    words = b"\nBT /F1 12 Tf 50 500 Td [(In the N) -930 ( office, he said)] TJ ET"
    page = page_of(raw(words + text("—", 89.5, 500, 12, 2)))
    assert texts(page) == ["In the N— office, he said"]
    assert page.characters == printed(page) == 20


def test_two_printed_lines_that_pdfium_takes_for_one() -> None:
    # As Chromium and Qt print: on a finer scale, every letter an object; PDFium compares unlike lengths there.
    below = text("—", 50, 476, 20) + text("so he said", 70, 476, 20)
    page = page_of(raw(b"0.5 0 0 0.5 0 0 cm " + steps("they sat on the box", 0, 0.25, 20) + below))
    assert [(line.text, line.x0, line.y) for line in page.lines] == [
        ("they sat on the box", 25.0, 250.0),
        ("—so he said", 25.0, 238.0),
    ]


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("came to his help again. R", "⸺", "came to his help again. R⸺"),
        ("Why should not S", "⸺ S⸺ get it?", "Why should not S⸺ S⸺ get it?"),
        ("we are all going to", "⸻’s.", "we are all going to ⸻’s."),
        ("on the box-seat", "—gotza they call them", "on the box-seat—gotza they call them"),
    ],
)
def test_long_dashes_touch_the_initial_of_a_name(above: str, below: str, whole: str) -> None:
    rows = [Line(above, 50, 300, 500, 10, 1), Line(below, 50, 300, 488, 10, 1)]
    assert joins.joined(rows, Vocabulary.of([], "en")) == whole


# ---------------------------------------------------------------- bold


def bold(content: bytes) -> Page:
    data = raw(content).replace(b"/BaseFont/Times-Italic", b"/BaseFont/Times-Bold  ")
    return page_of(data)


def test_bold_is_known_by_the_font_and_kept_by_merging() -> None:
    page = bold(text("III", font=2) + text("Plain words", y=480) + text("half", y=460) + text("bold", 72, 460, font=2))
    made = [(line.text, line.bold) for line in merge.whole_lines(page, 12)]
    assert made == [("III", True), ("Plain words", False), ("half bold", False)]


def test_bold_that_is_the_plain_type_is_none() -> None:
    page = bold(text("Nearly all is bold", font=2) + text("but this", y=480))
    italics.relative([page])
    assert not any(line.bold for line in page.lines)


# ---------------------------------------------------------------- labels and names


def labelled(heads: list[str]) -> list[str]:
    pages = [Page(n, 400, 600) for n in range(1, len(heads) + 1)]
    removed = [Removal("running head", head, n) for n, head in enumerate(heads, 1) if head]
    return list(labels.labels(pages, removed).values())


@pytest.mark.parametrize(
    "shape", ["{}/40", "{} / 40", "file:///a-1.html {}/40", "Page {} of 40", "{} of 40", "A Town | {}"]
)
def test_labels_by_a_number_among_all_pages(shape: str) -> None:
    assert labelled([shape.format(n) for n in range(1, 41)]) == [str(n) for n in range(1, 41)]


def test_last_digits_alone_are_no_labels() -> None:
    assert set(labelled([f"A TOWN | {n % 10 or 'x'}" for n in range(1, 41)])) == {""}


@pytest.mark.parametrize(
    "value",
    ["untitled", "Untitled-2", "(anonymous)", "unknown", "Document1", "mill_final_v2", "mill.indd", "C:\\mill", "???"],
)
def test_what_programs_put_for_a_name_is_none(value: str) -> None:
    assert believed(value) == ""


def test_programs_names_are_none() -> None:
    assert believed("Microsoft Word - mill.doc") == believed("LaTeX with hyperref", "", "LaTeX with hyperref") == ""
    assert believed("https://a.org/b") == believed("9780141182551") == ""


@pytest.mark.parametrize("value", ["The Mill", "1984", "M.D.", "Untitled Love", "The Unknown Soldier", "Dr. No", "V."])
def test_names_are_kept(value: str) -> None:
    assert believed(value, "LaTeX", "") == value


def test_a_file_with_a_program_s_names_has_none() -> None:
    more = [stream(b""), b"<</Title(untitled)/Author(anonymous)/Producer(A Tool)>>"]
    data = raw(text("words"), more=more).replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 8 0 R")
    document: Document = lines.load(data, "a.pdf")
    assert (document.title, document.author) == ("", "")
    named = data.replace(b"(untitled)", b"(The Mill)")
    assert lines.load(named, "a.pdf").title == "The Mill"

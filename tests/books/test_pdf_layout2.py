"""Layouts of prose in PDFs, continued: headings, letterspacing, ornaments, lists, tables, letters, line numbers."""

from __future__ import annotations

import pytest

from inscape.books import pdf as reader
from inscape.books import read
from inscape.books.pdf.furniture import margins, numbering
from inscape.books.pdf.lines import merge
from inscape.books.pdf.page import SURE, Document, Line, Page
from inscape.books.pdf.units import ledger
from inscape.records import BookText
from tests.books.by_hand import page_of, raw, text, texts
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.pages import LEADING, TOP, line, prose, stats
from tests.books.story import story

SET = BOOK_STYLE.split("#show heading")[0]
"""The usual novel, without headings of its own."""


def kinds(book: BookText, kind: str) -> list[str]:
    return [p.text for p in book.paragraphs if p.kind == kind]


def chapters(titles: list[str], seed: int = 70) -> str:
    """A book with its story after each title, as Typst."""
    return "\n\n".join(f"{title}\n\n" + "\n\n".join(story(seed + n, 14)) for n, title in enumerate(titles))


def novel(parts: str) -> BookText:
    return read(pdf(SET + parts), "novel.pdf")


# ---------------------------------------------------------------- headings


@pytest.mark.parametrize("size", ["10.5pt", "11.6pt"])
def test_numbers_at_the_margin_that_count_are_headings(size: str) -> None:
    numbers = ["I", "II", "III", "IV", "V"]
    titles = [f"#block(above: 2.4em, below: 0.65em, text(size: {size})[{number}])" for number in numbers]
    book = novel(chapters(titles))
    assert kinds(book, "heading") == numbers
    assert kinds(book, "paragraph") == [t for n in range(5) for t in story(70 + n, 14)]


def test_a_number_that_nothing_counts_on_from_is_text() -> None:
    assert (
        kinds(novel(chapters([f"#block(above: 2.4em, below: 0.65em)[{n}]" for n in ("IX", "IV", "XX")])), "heading")
        == []
    )


def test_a_title_in_capitals_below_a_number_is_a_heading_though_a_full_stop_ends_it() -> None:
    title = (
        "#align(center, block(above: 3em, below: 1em, text(size: 14pt)[{}]))\n\n#align(center)[THE MILLER’S DIARY.]\n"
    )
    book = novel(chapters([title.format(f"CHAPTER {n}") for n in ("I", "II", "III")]))
    assert kinds(book, "heading").count("THE MILLER’S DIARY.") == 3


def test_the_title_of_a_part_alone_on_its_page_stays() -> None:
    opening = "#align(center + horizon, text(size: 18pt)[The Mill])\n#pagebreak()\n"
    numbers = [f"#block(above: 3em, below: 2em, align(center, text(size: 14pt)[{n}]))" for n in ("I", "II", "III")]
    book = novel(opening + chapters(numbers))
    assert kinds(book, "heading")[:2] == ["The Mill", "I"]
    assert {p.matter for p in book.paragraphs} == {"body"}


def test_an_ornament_above_a_heading_parts_no_scenes() -> None:
    ornament = "#align(center, block(above: 2em, below: 1em)[❧])\n"
    title = ornament + "#align(center, block(above: 1em, below: 2em, text(size: 14pt)[{}]))"
    between = "\n\n#align(center, block(above: 1.5em, below: 1.5em)[\\* \\* \\*])\n\n"
    book = novel(chapters([title.format(n) for n in ("I", "II", "III")]) + between + story(80, 1)[0])
    assert [r.text for r in book.removed if r.why == "ornament"] == ["❧"] * 3
    assert [r.text for r in book.removed if r.why == "scene break"] == ["* * *"]
    assert len(kinds(book, "break")) == 1


# ---------------------------------------------------------------- letterspacing


def test_letterspaced_heads_and_headings_are_closed_up() -> None:
    title = "#align(center, block(above: 3em, below: 2em, text(size: 9pt, tracking: 0.35em)[{}]))"
    book = novel(chapters([title.format(n) for n in ("II", "XIV", "THE OLD MILL")]))
    assert kinds(book, "heading") == ["II", "XIV"]
    assert "THE OLD MILL" in kinds(book, "paragraph")


def test_blanks_of_the_file_itself_stay() -> None:
    assert texts(page_of(raw(text("a b c d e")))) == ["a b c d e"]
    assert texts(page_of(raw(text("* * *")))) == ["* * *"]


# ---------------------------------------------------------------- lists, tables, letters, plays


def test_a_list_counts_and_a_single_numbered_sentence_is_none() -> None:
    items = ["(1) What is power in the mill?", "(2) What force moves the wheel?"]
    parts = [*story(90, 6), "(3) Is there a third, they asked.", *story(91, 6), *items, *story(92, 6)]
    assert kinds(novel("\n\n".join(parts)), "list") == items


def test_speech_after_dashes_is_no_list() -> None:
    said = [f"– {t}" for t in story(93, 30)]
    assert kinds(novel("\n\n".join(said)), "paragraph") == said


def test_lines_that_end_in_figures_are_a_table() -> None:
    rows = [
        "Flour 0. 12. 6",
        "Rope for the wheel 1. 2. 0",
        "Two lamps 0. 3. 4",
        "The ferryman 0. 1. 0",
        "Bread 0. 0. 6",
    ]
    inset = "#block(inset: (left: 4em), above: 1.2em, below: 1.2em)[#set par(first-line-indent: 0pt)\n{}]"
    book = novel("\n\n".join([*story(94, 9), inset.format(" \\\n".join(rows)), *story(95, 9)]))
    assert [row for t in kinds(book, "table") for row in t.split("\n")] == rows


@pytest.mark.parametrize(
    ("said", "opening"),
    [("On the third day he received this letter from the miller:", ""), ("She read:", "Dear and precious friend, ")],
)
def test_quoted_prose_is_a_letter_where_words_say_so(said: str, opening: str) -> None:
    inset = "#block(inset: (x: 2em), above: 1.2em, below: 1.2em)[#set par(first-line-indent: 0pt)\n{}]"
    body = opening + story(96, 4)[1]
    parts = [*story(97, 6), said, inset.format(body), *story(98, 6), "She saw:", inset.format(story(99, 4)[1])]
    book = novel("\n\n".join([*parts, *story(100, 6)]))
    assert kinds(book, "letter") == [body]
    assert kinds(book, "quote") == [story(99, 4)[1]]


def test_a_scene_of_a_play_in_the_middle_of_a_chapter() -> None:
    scene = [f"{name}: {t}" for name, t in zip(["MILLER", "WIFE"] * 4, story(101, 8), strict=True)]
    book = novel("\n\n".join([*story(102, 60), *scene, *story(103, 60)]))
    assert kinds(book, "play") == scene


# ---------------------------------------------------------------- what stands beside and across the text


@pytest.mark.parametrize("left", [True, False])
def test_numbers_of_lines_beside_the_words_go_and_the_margins_are_those_of_the_words(left: bool) -> None:
    pages = [prose(n) for n in range(1, 4)]
    for lines in pages:
        for row, of in enumerate(lines, 1):
            of.x1 = 320.0
            if row % 5 == 0:
                of.inner = of.x0, of.x1
                of.text = f"{row} {of.text}" if left else f"{of.text} {row}"
                of.x0, of.x1 = (of.x0 - 25, of.x1) if left else (of.x0, of.x1 + 25)
    short = line("5 and nobody." if left else "and nobody. 5", 4, TOP)
    short.inner = short.x0, short.x1
    short.x0, short.x1 = (25.0, short.x1) if left else (short.x0, pages[0][4].x1)
    words = line("12 men" if left else "men 12", 4, TOP - LEADING)
    removed = margins.cut_line_numbers([*pages, [short, words]], stats())
    assert [r.text for r in removed] == ["5", "10", "15", "20"] * 3 + ["5"]
    assert {(of.x0, of.x1) for lines in pages for of in lines} == {(50.0, 320.0)}
    assert short.text == "and nobody."
    assert "12" in words.text


def test_a_number_in_the_middle_of_a_foot_is_the_page_s() -> None:
    assert numbering.numbers("Book One 98 ♦ War and Peace") == [(False, 98)]
    assert numbering.numbers("98 of 12 men, 5") == [(False, 98), (False, 5)]


def test_a_watermark_is_no_piece_of_the_line_that_it_crosses() -> None:
    host, mark = line("he said to her.", 1, 300), line("PREVIEW COPY", 1, 301, 40.0, x0=123)
    page = Page(1, 400, 600, [line("Words above them all", 1, 312), host, mark, line("And below", 1, 288)])
    assert "he said to her." in [e.text for e in merge.whole_lines(page, 10)]


def test_a_hyphen_that_is_a_piece_of_its_own_ends_its_line() -> None:
    page = Page(1, 400, 600, [line("the im", 1, 300, x0=50), line(SURE, 1, 300, x0=78.8), line("becile came", 1, 288)])
    made = merge.whole_lines(page, 10)
    assert [(e.text, e.hyphen) for e in made] == [(f"the im{SURE}", True), ("becile came", False)]


def test_a_marker_as_large_as_its_heading_is_raised() -> None:
    page = Page(1, 400, 600, [line("I", 1, 500, 12.6, x0=200), line("1", 1, 506, 12.0, x0=206.2), *prose(1, 4)])
    made = next(e for e in merge.whole_lines(page, 10) if e.text[0] == "I")
    assert (made.text, made.raised) == ("I1", [(1, 2)])


def test_what_is_printed_twice_is_told() -> None:
    rows = b"".join(text(f"{t[:60]}.", y=560 - 14 * i) for i, t in enumerate(story(104, 30)))
    book = read(raw(text("A bold line", y=100) + rows + text("A bold line", 50.3, y=100)), "bold.pdf")
    assert [r.text for r in book.removed if r.why == "printed twice"] == ["A bold line"]
    assert ledger.balance(book) == 0


def test_in_a_book_set_in_italics_the_upright_words_are_marked() -> None:
    lines: list[Line] = []
    for n in range(20):
        lines.append(line(f"the miller walked along to {n}", 1, TOP - n * LEADING))
        lines[-1].italics = [(0, 4), (11, len(lines[-1].text))]
    document = Document("", "", "en", [Page(1, 400, 600, lines, sum(len(e.text.replace(" ", "")) for e in lines))], [])
    book = reader.read(b"", "a.pdf", load=lambda *_: document)
    marked = {p.text[a:b] for p in book.paragraphs for a, b in p.italics}
    assert marked == {"miller"}

"""PDFs: typeset on the spot and read back to exactly what was set; the books of ../shared/data by score."""

from __future__ import annotations

import time
from importlib import resources

import pytest

from inscape.books import read
from inscape.records import BookText
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.score import DATA, score, truth
from tests.books.story import story

NO_DATA = f"{DATA} is not here"


def words(book: BookText, kind: str = "paragraph") -> list[str]:
    return [p.text for p in book.paragraphs if p.kind == kind]


def why(book: BookText) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for removal in book.removed:
        found.setdefault(removal.why, []).append(removal.text)
    return found


def chapters(texts: list[str], each: int) -> str:
    parts = []
    for n, start in enumerate(range(0, len(texts), each), 1):
        parts.append(f"= Chapter {n}\n\n" + "\n\n".join(texts[start : start + each]))
    return "\n\n".join(parts)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_novel_comes_back_word_for_word(seed: int) -> None:
    texts = story(seed, 60)
    book = read(pdf(BOOK_STYLE + chapters(texts, 20)), "mill.pdf")
    assert words(book) == texts
    assert words(book, "heading") == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert [p.chapter for p in book.paragraphs if p.kind == "paragraph"][::20] == [f"Chapter {n}" for n in (1, 2, 3)]


def test_a_part_and_its_first_chapter_are_two_headings() -> None:
    texts = story(16, 20)
    source = "= Part I: The River\n= I\n" + "\n\n".join(texts[:10]) + "\n= II\n" + "\n\n".join(texts[10:])
    book = read(pdf(BOOK_STYLE + source), "parts.pdf")
    assert words(book, "heading") == ["Part I: The River", "I", "II"]
    assert words(book) == texts
    assert book.paragraphs[-1].chapter == "Part I: The River, Chapter II"


def test_heads_and_folios_are_removed_and_told() -> None:
    book = read(pdf(BOOK_STYLE + chapters(story(4, 60), 60)), "mill.pdf")
    assert book.pages is not None
    assert why(book)["page number"] == [str(n) for n in range(1, book.pages + 1)]
    heads = [("A. Writer", "THE MILL BY THE RIVER")[n % 2 == 0] for n in range(2, book.pages + 1)]
    assert why(book)["running head"] == heads
    assert set(why(book)) - {"line-end hyphen"} == {"page number", "running head"}


def test_paragraphs_run_over_pages_and_know_their_first_page() -> None:
    texts = story(5, 12, longest=40)
    book = read(pdf(BOOK_STYLE + "\n\n".join(texts)), "mill.pdf")
    assert words(book) == texts
    pages = [p.page for p in book.paragraphs]
    assert book.pages is not None
    assert book.pages > 3
    assert pages == sorted(p for p in pages if p)
    assert pages[0] == 1
    assert pages[-1] == book.pages or texts[-1].startswith("“")


def test_hyphens_at_line_ends_are_decided_by_the_book() -> None:
    texts = story(6, 90)
    source = BOOK_STYLE.replace("110mm", "74mm") + "\n\n".join(texts)
    book = read(pdf(source), "narrow.pdf")
    joined = " ".join(words(book))
    assert joined.count("half-open") == " ".join(texts).count("half-open")
    assert words(book) == texts


LAYOUTS = {
    "space between paragraphs": '#set page(width: 110mm, height: 170mm, numbering: "1")\n'
    "#set text(size: 10pt)\n#set par(justify: true, spacing: 1.5em)\n#show heading: set block(below: 2em)\n",
    "ragged, no folio": "#set page(width: 105mm, height: 148mm, margin: 14mm)\n"
    "#set text(size: 9pt, hyphenate: false)\n#set par(first-line-indent: 1.5em, spacing: 0.65em)\n",
    "two columns": '#set page(width: 210mm, height: 297mm, columns: 2, numbering: "1")\n'
    '#set text(size: 9pt, lang: "en")\n#set par(justify: true, first-line-indent: 1.2em, spacing: 0.65em)\n',
    "DejaVu": '#set page(width: 120mm, height: 190mm, numbering: "— 1 —")\n'
    '#set text(font: "DejaVu Sans Mono", size: 8pt)\n'
    "#set par(justify: false, first-line-indent: (amount: 2em, all: true), spacing: 0.8em, leading: 0.8em)\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_other_layouts(layout: str) -> None:
    texts = story(7, 45)
    book = read(pdf(LAYOUTS[layout] + chapters(texts, 15)), "mill.pdf")
    assert words(book) == texts
    assert words(book, "heading") == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_footnotes_go_to_the_end_and_their_markers_out_of_the_words() -> None:
    texts = story(8, 40)
    marked = [t.replace(",", "#footnote[A note that the author wrote about it.],", 1) for t in texts[:6]]
    long = "#footnote[" + " ".join(story(9, 2)) + "]"
    book = read(pdf(BOOK_STYLE + "\n\n".join([*marked, texts[6] + long, *texts[7:]])), "noted.pdf")
    assert words(book) == texts
    assert words(book, "note") == ["A note that the author wrote about it."] * 6 + [" ".join(story(9, 2))]
    assert [p.kind for p in book.paragraphs[-7:]] == ["note"] * 7
    assert book.paragraphs[-7].place == "note 1"


def test_a_raised_number_without_a_note_stays() -> None:
    texts = story(10, 20)
    book = read(pdf(BOOK_STYLE + "\n\n".join(texts) + "\n\nThe area is 12 m#super[2] exactly."), "area.pdf")
    assert words(book)[-1] == "The area is 12 m2 exactly."


def test_scene_breaks_verse_and_quotations() -> None:
    texts = story(11, 30)
    verse = "#pad(left: 3em)[The water goes, the water stays, \\\n the wheel goes round, \\\n and all our days.]"
    quote = "#pad(x: 2.4em)[" + " ".join(story(12, 4)) + "]"
    source = "\n\n".join(
        [*texts[:8], "#align(center)[\\* \\* \\*]", *texts[8:16], verse, *texts[16:24], quote, *texts[24:]]
    )
    book = read(pdf(BOOK_STYLE + source), "verse.pdf")
    assert words(book) == texts
    assert [p.kind for p in book.paragraphs].index("break") == 8
    assert words(book, "verse") == ["The water goes, the water stays,\nthe wheel goes round,\nand all our days."]
    assert words(book, "quote") == [" ".join(story(12, 4))]


def test_an_initial_belongs_to_its_word() -> None:
    texts = story(13, 24)
    drop = (
        "#box(width: 100%)[#place(dx: 0pt, dy: 0pt, text(size: 26pt)[T])"
        "#pad(left: 18pt, par(first-line-indent: 0pt)[he miller slept \\\n and the river did not.])]"
    )
    book = read(pdf(BOOK_STYLE + drop + "\n\n" + "\n\n".join(texts)), "initial.pdf")
    assert book.paragraphs[0].text == "The miller slept and the river did not."


def test_title_page_and_rights_are_removed() -> None:
    front = (
        "#align(center)[#text(size: 24pt)[The Mill]]\n#align(center)[A. Writer]\n#pagebreak()\n"
        "Copyright 1931. All rights reserved.\n\nISBN 978-0-00-000000-2\n#pagebreak()\n"
    )
    texts = story(14, 30)
    book = read(pdf(BOOK_STYLE + front + chapters(texts, 30)), "mill.pdf")
    assert words(book) == texts
    assert book.title == "The Mill"
    assert why(book)["title page"] == ["The Mill", "A. Writer"]
    assert why(book)["license"] == ["Copyright 1931. All rights reserved.", "ISBN 978-0-00-000000-2"]


def test_nothing_is_lost() -> None:
    """What is kept and what is removed are together all that was printed."""
    source = BOOK_STYLE.replace("hyphenate: true", "hyphenate: false") + chapters(story(15, 40), 20)
    book = read(pdf(source), "mill.pdf")
    texts = "".join(p.text for p in book.paragraphs) + "".join(r.text for r in book.removed)
    printed = "".join(["Chapter 1Chapter 2", *story(15, 40), *(r.text for r in book.removed)])
    assert sorted(texts.replace(" ", "")) == sorted(printed.replace(" ", ""))


def test_the_sample_book_says_the_same_in_three_formats() -> None:
    folder = resources.files("inscape.sample")
    books = {ext: read((folder / f"book.{ext}").read_bytes(), f"book.{ext}") for ext in ("md", "epub", "pdf")}
    texts = {ext: [p.text for p in book.paragraphs if p.text] for ext, book in books.items()}
    for ext in ("epub", "pdf"):
        got = score(texts["md"], texts[ext])
        assert got.f1 > 99, got.wrong
        assert got.cer < 0.05, got.wrong
    assert set(why(books["pdf"])) >= {"page number", "running head"}


@pytest.mark.parametrize(
    ("file", "ground", "f1", "cer"),
    [("dalloway_chrome", "dalloway", 99.5, 0.02), ("lighthouse_weasy", "lighthouse", 99.5, 0.02)],
)
def test_real_novels(file: str, ground: str, f1: float, cer: float) -> None:
    path = DATA / "pdf" / f"{file}.pdf"
    if not path.exists():
        pytest.skip(NO_DATA)
    book = read(path.read_bytes(), path.name)
    got = score(truth(DATA / "pdf" / f"{ground}.jsonl"), [p.text for p in book.paragraphs if p.text])
    assert got.f1 >= f1, got.wrong[:5]
    assert got.cer <= cer, got.wrong[:5]


def test_war_and_peace_whole() -> None:
    path = DATA / "pdf" / "wp_typst.pdf"
    if not path.exists():
        pytest.skip(NO_DATA)
    begun = time.process_time()
    book = read(path.read_bytes(), path.name)
    spent = time.process_time() - begun
    got = score(truth(DATA / "pdf" / "wp.jsonl"), [p.text for p in book.paragraphs if p.text and p.kind != "note"])
    assert got.f1 >= 99.5, got.wrong[:5]
    assert got.cer <= 0.01, got.wrong[:5]
    assert sum(1 for p in book.paragraphs if p.kind == "note") == 137
    assert sum(1 for p in book.paragraphs if p.kind == "heading") == 387
    assert book.pages == 1594
    # Hundreds of pages a second; the floor leaves room for a slow machine under load.
    assert 1594 / spent > 60

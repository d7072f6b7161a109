"""Layouts of prose in PDFs: how paragraphs begin, what is set apart, where lines and pages went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from inscape.books import pdf as reader
from inscape.books import read
from inscape.books.pdf.layout import sentences
from inscape.books.pdf.page import Document, Line, Page
from inscape.books.pdf.scans import layers
from inscape.books.pdf.trace import Trace
from inscape.books.pdf.units import ledger
from inscape.errors import BookError
from inscape.records import BookText, Removal
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.story import story

PLAIN = (
    '#set page(width: 110mm, height: 170mm, numbering: "1")\n#set text(size: 10pt, lang: "en", hyphenate: true)\n'
    "#set par(justify: true, leading: 0.65em, spacing: 0.65em)\n"
)
"""Justified, no indent, no space between paragraphs."""


def kinds(book: BookText, kind: str) -> list[str]:
    return [p.text for p in book.paragraphs if p.kind == kind]


def joined(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)


def made(lines: list[list[Line]], **more: str) -> Document:
    """A document of lines, a list for each page."""
    pages = [Page(n, 400, 600, of, sum(len(e.text.replace(" ", "")) for e in of)) for n, of in enumerate(lines, 1)]
    return Document(more.get("title", ""), more.get("author", ""), "en", pages, [])


# ---------------------------------------------------------------- how paragraphs begin


def test_paragraphs_that_only_their_last_lines_part() -> None:
    texts = [t for t in story(31, 60) if len(t) % 60 < 45]
    got = kinds(read(pdf(PLAIN + joined(texts)), "block.pdf"), "paragraph")
    same = sum(1 for text in texts if text in got)
    assert same >= 0.9 * len(texts)  # a last line may be full: then nothing shows the end


@pytest.mark.parametrize("indent", ["0.6em", "3em"])
def test_small_and_large_indents(indent: str) -> None:
    texts = story(32, 60)
    book = read(pdf(BOOK_STYLE.replace("1.3em", indent) + joined(texts)), "indent.pdf")
    assert kinds(book, "paragraph") == texts


def test_indent_and_space_together() -> None:
    texts = story(33, 50)
    style = BOOK_STYLE.replace("first-line-indent: 1.3em, spacing: 0.65em", "first-line-indent: 1.3em, spacing: 1.4em")
    assert kinds(read(pdf(style + joined(texts)), "both.pdf"), "paragraph") == texts


def test_dialogue_with_dashes() -> None:
    texts = [f"— {t}" if n % 2 else t for n, t in enumerate(story(34, 50))]
    assert kinds(read(pdf(BOOK_STYLE + joined(texts)), "dash.pdf"), "paragraph") == texts


def test_a_chapter_in_smaller_type_is_text_and_a_passage_in_it_a_quotation() -> None:
    large, small = story(35, 60), story(36, 60)
    source = f"= Chapter 1\n{joined(large)}\n= Appendix\n#[\n#set text(size: 8.5pt)\n{joined(small)}\n]\n"
    source += f"= Chapter 2\n{joined(large[:9])}\n\n#[\n#set text(size: 8.5pt)\n{joined(small[:3])}\n]\n\n"
    source += joined(large[9:20])
    book = read(pdf(BOOK_STYLE + source), "sizes.pdf")
    assert kinds(book, "paragraph") == [*large, *small, *large[:20]]
    assert kinds(book, "quote") == small[:3]


def test_persons_with_hanging_indents() -> None:
    texts = story(37, 60)
    persons = [f"Person {n}, {t}" for n, t in enumerate(texts[:14])]
    hang = f"#[\n#set par(first-line-indent: 0pt, hanging-indent: 1.5em)\n{joined(persons)}\n]"
    book = read(pdf(f"{BOOK_STYLE}= Persons\n{hang}\n= Chapter 1\n{joined(texts)}"), "persons.pdf")
    assert kinds(book, "list") == persons
    assert kinds(book, "paragraph") == texts


def test_an_index_in_two_columns() -> None:
    texts = story(38, 40)
    entries = [f"{w}, {n}, {n + 3}, {n + 40}" for n, w in enumerate(sorted({t.split()[1] for t in texts}), 10)]
    index = "#columns(2)[#set par(first-line-indent: 0pt, justify: false)\n" + joined(entries) + "]"
    book = read(pdf(f"{BOOK_STYLE}= Chapter 1\n{joined(texts)}\n#pagebreak()\n= Index\n{index}"), "index.pdf")
    assert kinds(book, "list") == entries
    assert {p.matter for p in book.paragraphs if p.kind == "list"} == {"back"}


# ---------------------------------------------------------------- what is set apart


def test_speeches_of_a_play() -> None:
    texts = story(39, 40)
    speeches = [f"{('ANNA', 'THE MILLER', 'JOSEPH')[n % 3]}: {t}" for n, t in enumerate(texts)]
    hang = f"#[\n#set par(first-line-indent: 0pt, hanging-indent: 1.5em)\n{joined(speeches)}\n]"
    assert kinds(read(pdf(BOOK_STYLE + hang), "play.pdf"), "play") == speeches


def test_a_letter_with_its_date_its_greeting_and_its_end() -> None:
    texts = story(40, 40)
    letter = ["Rivertown, May 3rd, 1871", "My dear Anna,", *texts[:3], "Yours faithfully,", "Joseph"]
    inside = "#pad(x: 2.2em)[#set par(first-line-indent: 0pt)\n" + joined(letter) + "]"
    book = read(pdf(BOOK_STYLE + joined(texts[3:20]) + "\n\n" + inside + "\n\n" + joined(texts[20:])), "letter.pdf")
    assert kinds(book, "letter") == letter
    assert kinds(book, "paragraph") == texts[3:]


def test_a_blank_line_between_scenes_is_a_break() -> None:
    texts = story(41, 30)
    parted = f"{joined(texts[:6])}\n\n#v(2em)\n\n{joined(texts[6:20])}\n\n#v(2em)\n\n{joined(texts[20:])}"
    book = read(pdf(BOOK_STYLE + parted), "scenes.pdf")
    assert [i for i, p in enumerate(book.paragraphs) if p.kind == "break"] == [6, 21]
    assert kinds(book, "paragraph") == texts


def test_an_ornament_is_a_break_and_is_told() -> None:
    texts = story(42, 20)
    book = read(pdf(f"{BOOK_STYLE}{joined(texts[:9])}\n\n#align(center)[⁂]\n\n{joined(texts[9:])}"), "star.pdf")
    assert [p.text for p in book.paragraphs if p.kind == "break"] == [""]
    assert [r.text for r in book.removed if r.why == "scene break"] == ["⁂"]


def test_number_and_title_are_headings_and_an_inscription_is_none() -> None:
    texts = story(43, 40)
    head = "#pagebreak(weak: true)\n#v(4em)\n#align(center)[{}]\n#v(1em)\n#align(center)[{}]\n#v(2em)\n"
    source = head.format("I", "The Old House") + joined(texts[:15])
    source += "\n\n#align(center)[HERE LIES THE MILLER,]\n\n" + joined(texts[15:20])
    source += "\n\n" + head.format("II", "The River") + joined(texts[20:])
    book = read(pdf(BOOK_STYLE + source), "heads.pdf")
    assert kinds(book, "heading") == ["I", "The Old House", "II", "The River"]
    assert "HERE LIES THE MILLER," in kinds(book, "paragraph")


# ---------------------------------------------------------------- pages, italics, labels, the trace


def test_each_paragraph_knows_where_a_page_begins_inside_it() -> None:
    found = trace_of(BOOK_STYLE + joined(story(44, 12, longest=40)))
    crossing = [(i, p) for i, p in enumerate(found.book.paragraphs) if p.breaks]
    assert len(crossing) >= 3
    for i, paragraph in crossing:
        for offset, page in paragraph.breaks:
            first = next(e for e in found.lines if e.unit == i and e.page == page)
            assert paragraph.text[offset:].startswith(first.text[:12])
            assert paragraph.page_at(offset) == page
            assert paragraph.page_at(offset - 1) == page - 1


def test_pages_are_called_as_they_are_printed() -> None:
    source = BOOK_STYLE + "#counter(page).update(41)\n" + joined(story(45, 30))
    book = read(pdf(source), "labels.pdf")
    assert [p.label for p in book.paragraphs[:1]] == ["41"]
    assert all(p.page and p.label == str(p.page + 40) for p in book.paragraphs)


def test_italics_are_kept_as_offsets_over_line_ends() -> None:
    texts = story(46, 20)
    inner = " ".join(texts[5].split()[2:14])
    source = joined([*texts[:5], texts[5].replace(inner, f"#emph[{inner}]"), *texts[6:]])
    found = read(pdf(BOOK_STYLE + source), "italics.pdf").paragraphs[5]
    assert found.text == texts[5]
    assert [found.text[a:b] for a, b in found.italics] == [inner]


def trace_of(source: str) -> Trace:
    return reader.trace(pdf(source), "traced.pdf")


def test_the_trace_has_every_line_once_with_its_unit_or_its_reason() -> None:
    texts = story(47, 40)
    source = f"{BOOK_STYLE}= Chapter 1\n{joined(texts[:20])}#footnote[A short note.]\n= Chapter 2\n{joined(texts[20:])}"
    found = trace_of(source)
    assert [number for number, _, _ in found.pages] == list(range(1, len(found.pages) + 1))
    assert {e.why for e in found.lines if e.unit is None} == {"page number", "running head"}
    for i, paragraph in enumerate(found.book.paragraphs):
        lines = [e.text for e in found.lines if e.unit == i]
        assert "".join("".join(lines).split())[:20].startswith("".join(paragraph.text.split())[:12])
    assert found.book == read(pdf(source), "traced.pdf")


def test_nothing_is_unaccounted_for() -> None:
    texts = story(48, 50)
    source = f"= Chapter 1\n{joined(texts[:25])}#footnote[A note on {texts[3]}]\n\n#align(center)[\\* \\* \\*]\n\n"
    book = read(pdf(BOOK_STYLE + source + joined(texts[25:])), "whole.pdf")
    assert book.characters
    assert ledger.balance(book) == 0
    assert not any("nothing removed" in doubt for doubt in book.doubts)


# ---------------------------------------------------------------- steps done elsewhere


def page_of(number: int, words: str, rows: int = 20) -> list[Line]:
    return [Line(f"{words} {n} and so on until the end", 50, 350, 500 - 14 * n, 10, number) for n in range(rows)]


class Glasses:
    """Reads the page asked for."""

    def __init__(self) -> None:
        self.removed = [Removal("noise in the scan", "~", 2)]
        self.doubts = ["The second page was dirty."]
        self.asked: list[int] = []

    def __call__(self, numbers: Sequence[int], /) -> Mapping[int, Page]:
        self.asked += numbers
        return {n: Page(n, 400, 600, page_of(n, "seen"), 20 * len("seen 1 and so on until the end")) for n in numbers}


def test_pages_may_be_loaded_elsewhere() -> None:
    document = made([page_of(1, "told"), page_of(2, "told")])
    book = read(b"%PDF-1.7", "elsewhere.pdf", load=lambda data, name: document)
    assert book.pages == 2
    assert "told 3 and so on" in book.paragraphs[0].text


def test_pages_without_text_are_recognized_where_a_way_is_given() -> None:
    glasses = Glasses()
    document = made([page_of(1, "told"), [], page_of(3, "told")])
    book = read(b"%PDF-1.7", "mixed.pdf", load=lambda data, name: document, recognize=glasses)
    assert glasses.asked == [2]
    assert "seen 3 and so on" in " ".join(p.text for p in book.paragraphs)
    assert "1 page had no usable text and were read by OCR: expect mistakes in them." in book.doubts
    assert "The second page was dirty." in book.doubts
    assert Removal("noise in the scan", "~", 2) in book.removed


def test_letters_without_meaning_are_no_usable_text() -> None:
    glasses = Glasses()
    document = made([page_of(1, "told"), page_of(2, "\ufffd\ue001\ue002\ufffd\ufffd"), page_of(3, "told")])
    layers.usable(document, "broken.pdf", glasses)
    assert glasses.asked == [2]
    assert document.pages[1].lines[0].text.startswith("seen")


def test_a_scan_is_refused_with_both_ways_to_its_text() -> None:
    document = made([[], [], []])
    with pytest.raises(BookError, match=r"3 of 3 pages.*tesseract.*ocrmypdf"):
        layers.usable(document, "scan.pdf", None)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("before", "below", "says"),
    [
        ("“I am here,” she said.", "“And I.”", None),
        ("“Are you here?”", "“I am.”", True),
        ("The door opened.", "“I am.”", True),
        ("“It was late. He had gone.", "She wept.", False),
        ("“It was late. He had gone.", "“She wept.", True),
        ("The door opened.", "She wept.", None),
    ],
)
def test_what_quotation_marks_say(before: str, below: str, says: bool | None) -> None:
    assert sentences.new_speech([before], below) is says


def test_a_sentence_does_not_end_at_mr() -> None:
    assert sentences.ends("He had gone.”")
    assert sentences.ends("He had gone . . . ”")
    assert not sentences.ends("that was Mr.")
    assert not sentences.ends("that was it,")

"""A PDF's pages as lines: every character, where it stands, how it is set; and files made to do harm."""

from __future__ import annotations

import pickle
import re

import pypdfium2
import pytest

from inscape.books.pdf.lines import italics, merge, order, tags
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.page import SOFT, Document, Line, Page
from tests.books.by_hand import meaning, page_of, printed, raw, text, texts, twice
from tests.books.makers import BOOK_STYLE, pdf
from tests.books.score import DATA
from tests.books.story import story

NO_DATA = "the shared PDFs are not here"
SHARED = sorted((DATA / "pdf").glob("*.pdf"))
_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}


def told(data: bytes) -> list[int]:
    """Characters of each page, counted with nothing of ours: straight from the text that pypdfium2 gives."""
    file = pypdfium2.PdfDocument(data)
    counts = []
    for page in file:
        text = page.get_textpage().get_text_range()
        ends = re.sub(f"{SOFT}(?=\r|$)", "\ufffe", text)
        counts.append(sum(len(_LIGATURES.get(c, c)) for c in ends if not c.isspace() and c not in f"{SOFT}\u200b"))
    file.close()
    return counts


# ---------------------------------------------------------------- nothing is lost


@pytest.mark.skipif(not SHARED, reason=NO_DATA)
@pytest.mark.parametrize("path", SHARED, ids=lambda p: p.stem)
def test_every_character_of_a_real_book_is_in_a_line(path) -> None:  # type: ignore[no-untyped-def]
    data = path.read_bytes()
    numbers = range(1, 1600, 9)
    document = lines.load(data, path.name, numbers)
    expected = dict(enumerate(told(data), 1))
    assert len(document.pages) > 15
    for page in document.pages:
        assert printed(page) == page.characters == expected[page.number], page.number


def test_every_character_of_a_typeset_book_is_in_a_line() -> None:
    words = "\n\n".join(story(3, 60))
    data = pdf(BOOK_STYLE + words + "\n\n#emph[Office] ﬁre, soft\u00adhyphen, zero\u200bwidth#super[1] \n\n = The end")
    document = lines.load(data, "a.pdf")
    assert [p.characters for p in document.pages] == told(data) == [printed(p) for p in document.pages]
    assert any(line.hyphen for page in document.pages for line in page.lines)


def test_merging_loses_nothing() -> None:
    data = pdf(BOOK_STYLE + "\n\n".join(story(5, 40)) + " Word#super[2] and *bold* and #text(size: 30pt)[B]ig.")
    for page in lines.load(data, "a.pdf").pages:
        before = sorted("".join(line.text for line in page.lines).replace(" ", ""))
        after = sorted("".join(line.text for line in merge.whole_lines(page, 10.5)).replace(" ", ""))
        assert before == after


@pytest.mark.parametrize("said", ["EE aE bE", "aE", "E", " Ea E", "aEEb", "a E\nEb", "a-"])
def test_soft_hyphens_count_only_where_they_end_a_line(said: str) -> None:
    content = b"".join(text(each, y=500 - 14 * i, font=3) for i, each in enumerate(said.split("\n")))
    page = page_of(raw(content + text("after", y=400), more=[meaning({"E": SOFT})]))
    assert printed(page) == page.characters
    assert SOFT not in "".join(line.text[:-1] for line in page.lines)


def test_a_line_end_hyphen_is_kept_as_one() -> None:
    page = page_of(raw(text("Hello there to-") + text("morrow", y=486) + text("and then-", y=472)))
    assert texts(page) == [f"Hello there to{SOFT}", "morrow", "and then-"]
    assert [line.hyphen for line in page.lines] == [True, False, False]
    assert page.characters == printed(page) == 27


def test_what_a_font_does_not_name_is_unreadable_and_not_a_hyphen() -> None:
    of = meaning({"A": "\0", "B": "\x07", "C": "\ufdd0", "D": "\x03"})
    page = page_of(raw(text("xAy xBy xCy xDy", font=3), more=[of]))
    assert texts(page) == ["x\ufffdy x\ufffdy x\ufffdy x\ufffdy"]
    assert page.characters == printed(page) == 12


def test_quotes_and_dashes_in_the_places_of_cp1252_are_read() -> None:
    page = page_of(
        raw(text("AHelloB CC E", font=3), more=[meaning({"A": "\x93", "B": "\x94", "C": "\x97", "E": "\x85"})])
    )
    assert texts(page) == ["“Hello” —— …"]
    assert page.characters == printed(page) == 10


def test_characters_beyond_the_basic_plane_and_ligatures() -> None:
    of = meaning({"A": "\U0001f600", "B": "ffi", "C": "\ufb01", "D": "\u200b", "E": "\u00ad"})
    page = page_of(raw(text("oBce AA Cre DxDy aEb", font=3) + text("after", y=486), more=[of]))
    assert texts(page) == ["office \U0001f600\U0001f600 fire xy ab", "after"]
    assert page.characters == printed(page) == 21


def test_offsets_hold_although_characters_change() -> None:
    of = meaning({"A": "\U0001f600", "B": "\ufb05", "D": "\u200b", "E": "\u00ad"})
    content = b"BT /F3 12 Tf 50 500 Td (AD EoBe fEi ) Tj /F2 12 Tf (thought) Tj /F3 12 Tf ( aEn) Tj ET"
    page = page_of(raw(content + text("7", 176, 505, 6), more=[of]))
    line = merge.whole_lines(page, 12)[0]
    assert [line.text[a:b] for a, b in line.italics] == ["thought"]
    assert [line.text[a:b] for a, b in line.raised] == ["7"], line


def test_a_layer_printed_twice_is_read_once_and_counted() -> None:
    words = [f"{word} stands on this line." for word in story(1, 3)[0].split()[:12]]
    layer = b"".join(text(each, y=500 - 14 * i) for i, each in enumerate(words))
    page = page_of(raw(layer + layer))
    assert texts(page) == words
    assert page.characters == printed(page) + twice(page) == told(raw(layer + layer))[0]
    assert page.doubled == words


def test_bold_by_overprinting_is_read_once() -> None:
    page = page_of(raw(text("Hello there") + text("Hello there", 50.3) + text("below", y=486)))
    assert texts(page) == ["Hello there", "below"]
    assert printed(page) + twice(page) == page.characters


def test_the_same_words_in_two_places_both_stay() -> None:
    assert texts(page_of(raw(text("* * *") + text("* * *", y=480)))) == ["* * *", "* * *"]


def test_annotations_and_fields_are_no_text() -> None:
    note = b"<</Type/Annot/Subtype/FreeText/Rect[50 50 200 80]/Contents(noted)/DA(/F1 12 Tf)>>"
    field = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(f)/V(filled)/Rect[50 90 200 120]>>"
    assert texts(page_of(raw(text("printed"), page=b"/Annots[" + note + field + b"]"))) == ["printed"]


def test_hidden_text_over_a_scan_is_text() -> None:
    page = page_of(raw(b"BT 3 Tr /F1 12 Tf 50 500 Td (recognized words) Tj ET"))
    assert texts(page) == ["recognized words"]


# ---------------------------------------------------------------- where it stands and how it is set


def test_pen_size_and_base_line() -> None:
    [line] = page_of(raw(text("Hello", 61.5, 321.25, 11))).lines
    assert (line.x0, line.y, line.size, line.page) == (61.5, 321.25, 11, 1)
    assert 80 < line.x1 < 90


def test_positions_count_from_the_visible_corner() -> None:
    page = page_of(raw(text("Hello", 150, 250), page=b"/MediaBox[0 0 600 800]/CropBox[100 200 500 700]"))
    assert (page.width, page.height) == (400, 500)
    assert (page.lines[0].x0, page.lines[0].y) == (50, 50)


def test_stretched_and_slanted_type_has_the_size_of_its_height() -> None:
    content = b"BT /F1 1 Tf 10.2 0 0 10 50 500 Tm (stretched) Tj ET BT /F1 1 Tf 10 0 2.5 10 50 480 Tm (slanted) Tj ET"
    stretched, slanted = page_of(raw(content)).lines
    assert (stretched.size, slanted.size) == (10, 10)
    assert (stretched.italics, slanted.italics) == ([], [(0, 7)])


@pytest.mark.parametrize(
    ("rotate", "matrix", "at"),
    [
        (90, b"0 1 -1 0", [(50, 100), (64, 100)]),
        (270, b"0 -1 1 0", [(350, 500), (336, 500)]),
        (180, b"-1 0 0 -1", [(350, 100), (350, 114)]),
    ],
)
def test_a_landscape_page_is_read_upright(rotate: int, matrix: bytes, at: list[tuple[int, int]]) -> None:
    said = ["The first line of a table", "and the second one."]
    content = b"".join(
        b"BT /F1 12 Tf %s %d %d Tm (%s) Tj ET\n" % (matrix, *place, each.encode())
        for place, each in zip(at, said, strict=True)
    )
    page = page_of(raw(content, page=b"/Rotate %d" % rotate))
    assert texts(page) == said
    first, second = page.lines
    assert first.x0 == second.x0 == (50 if rotate == 180 else 100)
    assert first.y - second.y == pytest.approx(14)
    assert first.x0 < second.x1 < first.x1 < first.x0 + 140
    assert not first.turned
    assert (page.width, page.height) == ((400, 600) if rotate == 180 else (600, 400))


def test_a_head_along_the_margin_is_marked_and_kept_apart() -> None:
    body = b"".join(text("A line of the text of this page, quite long", y=500 - 14 * i) for i in range(5))
    page = page_of(raw(b"BT /F1 9 Tf 0 1 -1 0 30 440 Tm (THE MILL) Tj ET\n" + body))
    assert [line.text for line in page.lines if line.turned] == ["THE MILL"]
    assert "THE MILL" in texts(page, 12)
    assert page.lines[1].x0 == 50


def test_italics_are_found_inside_a_line_and_inside_a_word() -> None:
    parts = [(1, "She said "), (2, "never"), (1, ", and un"), (2, "believ"), (1, "able things "), (2, "at all")]
    content = b"BT 50 500 Td " + b"".join(b"/F%d 12 Tf (%s) Tj " % (f, s.encode()) for f, s in parts) + b"ET"
    [line] = page_of(raw(content)).lines
    assert [line.text[a:b] for a, b in line.italics] == ["never", "believ", "at all"]
    split = page_of(raw(b"BT 50 500 Td /F1 12 Tf (un) Tj /F2 12 Tf (believ) Tj ET")).lines[0]
    assert [split.text[a:b] for a, b in split.italics] == ["believ"]


def test_italics_of_a_typeset_book() -> None:
    data = pdf(BOOK_STYLE + "He thought _that he would go_ and m#emph[id]way #emph[_never_ on] stop. _All of it_")
    read = [line for page in lines.load(data, "a.pdf").pages for line in page.lines]
    found = " ".join(line.text[a:b] for line in read for a, b in line.italics).split()
    assert found == ["that", "he", "would", "go", "id", "on", "All", "of", "it"]


def test_in_a_book_set_in_italics_the_upright_words_are_marked() -> None:
    content = (
        b"BT 50 500 Td /F2 12 Tf (The long and slanted tale of a ) Tj /F1 12 Tf (Mill) Tj /F2 12 Tf ( here.) Tj ET"
    )
    document = lines.load(raw(content + text("Another slanted line", y=480, font=2)), "a.pdf")
    italics.relative(document.pages)
    marked = [[line.text[a:b] for a, b in line.italics] for line in document.pages[0].lines]
    assert marked == [["Mill"], []]
    plain = lines.load(raw(text("Roman words in plenty") + text("slanted", y=480, font=2)), "a.pdf")
    italics.relative(plain.pages)
    assert [line.italics for line in plain.pages[0].lines] == [[], [(0, 7)]]


def test_raised_figures() -> None:
    content = b"BT /F1 12 Tf 50 500 Td (the river) Tj /F1 7 Tf 5 Ts (12) Tj 0 Ts /F1 12 Tf ( in 1812 and 14 men) Tj ET"
    [line] = page_of(raw(content)).lines
    assert [line.text[a:b] for a, b in line.raised] == ["12"]
    assert (line.size, line.y) == (12, 500)
    content = b"BT 50 500 Td /F1 7 Tf 5 Ts (12) Tj 0 Ts /F1 12 Tf ( a) Tj ET"
    [line] = page_of(raw(content)).lines
    assert (line.text, line.raised, line.size, line.y) == ("12 a", [(0, 2)], 12, 500)


def test_an_initial_over_several_lines() -> None:
    content = b"BT /F1 40 Tf 50 472 Td (O) Tj ET BT /F1 12 Tf 82 500 Td (nce upon a time there was a mill) Tj ET"
    rest = text("by the river, and nobody in it", 82, 486) + text("and then the margin again", 50, 458)
    page = page_of(raw(content + rest))
    whole = merge.whole_lines(page, 12)
    assert whole[0].text == "Once upon a time there was a mill"
    assert whole[0].opens
    assert (whole[0].x0, whole[1].x0) == (50, 50)


def test_page_labels() -> None:
    labels = b"/PageLabels<</Nums[0<</S/r>> 2<</S/D/St 7>> 3<</P(A-)/S/D>>]>>"
    document = lines.load(raw([text("a")] * 4, catalog=labels), "a.pdf")
    assert [page.label for page in document.pages] == ["i", "ii", "7", "A-1"]
    assert page_of(raw(text("a"))).label == ""


# ---------------------------------------------------------------- reading order


def test_pieces_of_one_line_far_apart_in_the_stream() -> None:
    words = [[(50, "The "), (80, "mill "), (108, "stood ")], [(50, "by "), (68, "the "), (90, "river")]]
    words += [[(50, "and "), (76, "ground")], [(50, "its "), (70, "corn "), (100, "slowly")]]
    placed = [(x, 500 - 14 * row, each) for row, line in enumerate(words) for x, each in line]
    jumbled = sorted(placed)
    page = page_of(raw(b"".join(text(each, x, y) for x, y, each in jumbled)))
    assert texts(page, 12) == ["The mill stood", "by the river", "and ground", "its corn slowly"]


def column(x: float, words: str, count: int, top: float = 500) -> bytes:
    return b"".join(text(f"{words} {i}, as always", x, top - 14 * i) for i in range(count))


def test_head_and_foot_at_the_end_of_the_stream_go_to_their_places() -> None:
    page = page_of(raw(column(50, "line", 6) + text("17", 100, 40) + text("THE MILL", 80, 560)))
    found = texts(page, 12)
    assert (found[0], found[-1]) == ("THE MILL", "17")
    assert found[1:-1] == [f"line {i}, as always" for i in range(6)]


def test_lines_of_one_column_in_any_order_are_sorted() -> None:
    rows = [text(f"This is line {i} of one page", 50, 500 - 14 * i) for i in range(10)]
    page = page_of(raw(b"".join(rows[::2] + rows[1::2])))
    assert texts(page, 12) == [f"This is line {i} of one page" for i in range(10)]


@pytest.mark.parametrize("right", [10, 3])
def test_columns_stay_in_the_order_of_the_file(right: int) -> None:
    head, foot = text("A HEAD OVER BOTH OF THE COLUMNS", 90, 560), text("9", 190, 40)
    data = raw(foot + column(50, "left", 10) + column(168, "right", right) + head)
    found = [each for each in texts(page_of(data), 12) if each != "9"]
    expected = [f"left {i}, as always" for i in range(10)] + [f"right {i}, as always" for i in range(right)]
    assert found == ["A HEAD OVER BOTH OF THE COLUMNS", *expected]


def test_short_columns_side_by_side_are_not_one_line() -> None:
    found = texts(page_of(raw(column(50, "left", 3) + column(165, "right", 3))), 12)
    assert found == [f"left {i}, as always" for i in range(3)] + [f"right {i}, as always" for i in range(3)]


def test_order_keeps_every_line() -> None:
    made = [Line(str(i), 10.0 * (i % 7), 10.0 * (i % 7) + 30, float(i * 37 % 101), 10.0, 1) for i in range(60)]
    assert sorted(map(id, order.reading_order(made, 10.0))) == sorted(map(id, made))


# ---------------------------------------------------------------- parts of a book


def test_some_pages_are_those_of_the_whole() -> None:
    data = pdf(BOOK_STYLE + "\n\n".join(story(2, 80)))
    whole = lines.load(data, "a.pdf")
    total = lines.count(data, "a.pdf")
    assert total == len(whole.pages) > 4
    parts = [lines.load(data, "a.pdf", range(1, 3)), lines.load(data, "a.pdf", range(3, total + 1))]
    assert [page for part in parts for page in part.pages] == whole.pages
    assert parts[1].outline == whole.outline
    assert lines.load(data, "a.pdf", range(total + 1, total + 9)).pages == []


def test_a_pickled_document_is_the_same() -> None:
    of = Line("say it", 1.5, 2.5, 3.5, 10.0, 4, italics=[(0, 3)], calls=[(3, "n1")], turned=True)
    page = Page(4, 100.0, 200.0, [of, Line("a", 0.0, 1.0, 2.0, 9.0, 4, hyphen=True)], 6, "iv", ["a"])
    document = Document("T", "A", "en", [page], [], (2,))
    assert pickle.loads(pickle.dumps(document)) == document
    assert len(pickle.dumps(Page(1, 1.0, 1.0, [Line("a" * 50, 1.0, 2.0, 3.0, 4.0, 1) for _ in range(100)]))) < 12_000


# ---------------------------------------------------------------- what a tagged file says


def test_artifacts_are_marked_as_such() -> None:
    content = b"/Artifact BMC " + text("THE MILL", y=560) + b" EMC /P <</MCID 3>> BDC " + text("Once") + b" EMC"
    marked = raw(content + text("more", y=480), catalog=b"/MarkInfo<</Marked true>>")
    assert [line.content for line in page_of(marked).lines] == [-2, 3, -1]
    assert {line.content for line in page_of(raw(content)).lines} == {-1}


def test_lines_of_one_paragraph_have_one_element_and_pages_know_what_runs_over() -> None:
    sentences = story(4, 60)
    paragraphs = [" ".join(sentences[i : i + 3]) for i in range(0, 60, 3)]
    data = pdf(BOOK_STYLE + "= The Mill\n" + "\n\n".join(paragraphs))
    pages = lines.load(data, "a.pdf", range(1, 4)).pages
    found = tags.read(data, range(1, 4))
    assert list(found) == [1, 2, 3]
    for page in pages:
        known = [found[page.number][line.content] for line in page.lines if line.content >= 0]
        assert {tag.kind for tag in known} <= {"P", "H1"}
        assert len({tag.element for tag in known}) < len(known)
        assert any(line.content == -2 for line in page.lines)
    assert {tag.element for tag in found[1].values() if not tag.ends} == {max(t.element for t in found[1].values())}
    assert not next(iter(found[2].values())).begins


def test_files_without_tags_have_none() -> None:
    assert tags.read(raw(text("a")), range(1, 9)) == {}


def test_an_initial_set_in_by_the_indent_with_a_line_below_its_foot() -> None:
    """'I' over two lines and a half: the third still makes way; 'I' is a word; the margin is that of the line below."""
    page = Page(
        1,
        300.0,
        400.0,
        [
            Line("I", 57.0, 68.0, 282.0, 36.0, 1),
            Line("want now to tell you, gentlemen,", 79.5, 250.0, 298.0, 11.5, 1),
            Line("it or not, why I could not even", 71.5, 250.0, 284.0, 11.5, 1),
            Line("solemnly, that I have many times", 71.5, 250.0, 269.5, 11.5, 1),
            Line("But I was not equal even to that.", 49.0, 250.0, 255.0, 11.5, 1),
        ],
    )
    made = merge.whole_lines(page, 11.5)
    assert [line.text.split(",")[0] for line in made[:2]] == ["I want now to tell you", "it or not"]
    assert [line.x0 for line in made] == [49.0] * 4
    assert [line.opens for line in made] == [True, False, False, False]

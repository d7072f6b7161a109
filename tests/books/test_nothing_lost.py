"""What a reader once lost without a word: deep nesting, odd manifests, content controls; and marks without an end."""

from __future__ import annotations

import time

import pytest

from inscape.books import read
from inscape.errors import BookError
from inscape.records import BookText
from tests.books.makers import XHTML, docx, epub, par


def texts(book: BookText) -> list[str]:
    return [p.text for p in book.paragraphs]


def html(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


def test_tags_that_are_never_closed_cut_nothing_off() -> None:
    unclosed = "".join(f"<p><font>Para {n}" for n in range(400))
    every = [f"Para {n}" for n in range(400)]
    assert texts(read(html(unclosed), "a.html")) == every
    assert texts(read(epub({"a.xhtml": unclosed}), "a.epub")) == every
    nested = "<div>" * 300 + "<p>Inside.</p>" + "</div>" * 300 + "<p>Below.</p>"
    assert texts(read(html(nested), "a.html")) == ["Inside.", "Below."]
    assert texts(read(epub({"a.xhtml": nested}), "a.epub")) == ["Inside.", "Below."]


@pytest.mark.parametrize("errors", [0, 500])
def test_what_is_too_deep_to_read_whole_is_refused(errors: int) -> None:
    deep = "</b>" * errors + "".join(f"<p><font>Para {n}" for n in range(4000))
    with pytest.raises(BookError, match=r"^a\.html nests .*line 1.*closed.*"):
        read(html(deep), "a.html")
    with pytest.raises(BookError, match=r"^a\.epub: OPS/a\.xhtml nests "):
        read(epub({"a.xhtml": deep}), "a.epub")


PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><manifest>'
    '<item id="a" href="a.xhtml"/><item id="b" href="b.htm" media-type="text/plain"/>'
    '<item id="c" href="c" media-type="application/xhtml+xml"/><item id="d" href="d.jpg" media-type="image/jpeg"/>'
    '</manifest><spine><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/><itemref idref="d"/>'
    '<itemref idref="gone"/></spine></package>'
)


def test_every_part_of_the_spine_is_read_or_doubted() -> None:
    extra: dict[str, str | bytes] = {
        "OPS/b.htm": XHTML.format("<p>Two.</p>"),
        "OPS/c": XHTML.format("<p>Three.</p>"),
        "OPS/d.jpg": b"\xff\xd8\xff",
    }
    book = read(epub({"a.xhtml": "<p>One.</p>"}, extra=extra, package=PACKAGE), "a.epub")
    assert texts(book) == ["One.", "Two.", "Three."]
    assert len(book.doubts) == 2
    assert "'gone'" in book.doubts[0]
    assert "'OPS/d.jpg' (image/jpeg)" in book.doubts[1]


def test_a_spine_of_pictures_holds_no_text() -> None:
    package = PACKAGE.replace('<itemref idref="a"/><itemref idref="b"/><itemref idref="c"/>', "")
    with pytest.raises(BookError, match=r"holds no text.*pictures"):
        read(epub({"a.xhtml": "<p>One.</p>"}, extra={"OPS/d.jpg": b"\xff\xd8"}, package=package), "a.epub")


def control(inside: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def test_content_controls_in_tables_come_once() -> None:
    within = f"<w:tr><w:tc>{control(par('a'))}</w:tc><w:tc>{par('b')}</w:tc></w:tr>"
    whole_cell = control(f"<w:tc>{par('c')}</w:tc>")
    around = f"<w:tr>{whole_cell}<w:tc>{par('d')}</w:tc></w:tr>"
    row = control(f"<w:tr><w:tc>{par('e')}</w:tc><w:tc>{par('f')}</w:tc></w:tr>")
    frame = f"<w:tr><w:tc>{control(par('g'))}</w:tc></w:tr>"
    nested = f"<w:tr><w:tc><w:tbl><w:tr><w:tc>{par('h')}</w:tc><w:tc>{par('i')}</w:tc></w:tr></w:tbl>{par('j')}</w:tc>"
    nested += f"<w:tc>{par('k')}</w:tc></w:tr>"
    book = read(docx(f"<w:tbl>{within}{around}{row}{frame}{nested}</w:tbl>" + control(par("End."))), "a.docx")
    assert texts(book) == ["a | b", "c | d", "e | f", "g", "h i j | k", "End."]


@pytest.mark.parametrize(
    "marks",
    [
        "<!--", "[", "*a ", "**a ", "_a ", "~~a ", "`", "` a", "![", "![](", "[a](", "[a][", "[^", "<http://", "<b ",
        "\\", "a `b``c ", "***a", "[a]((b)", "&#9",
    ],
)  # fmt: skip
def test_marks_without_an_end_cost_no_time(marks: str) -> None:
    start = time.perf_counter()
    assert read(f"Begin {marks * 60_000} end".encode(), "a.md").words
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("line", ["# a{}x", "|a|\n--{}x", "|a|\n|{}x", "- a{}x", "* *{}x", "[^a]:{}x", "> {}x", "#{}x"])
def test_blanks_cost_no_time(line: str) -> None:
    start = time.perf_counter()
    assert read(line.format(" " * 30_000).encode(), "a.md").words
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a *b* **c** ***d*** _e_ __f__ ~~g~~ `h` ``i`` j_k_l", "a b c d e f g h i j_k_l"),
        ("2 * 3 * 4 and *open", "2 * 3 * 4 and *open"),
        ("[word](http://a.b/(c)d) ![pic](x.png) [ref][1] <http://a.b>", "word ref http://a.b"),
        ("a\n<!-- one\ntwo -->\nb <!-- open", "a b <!-- open"),
        ("# Title ##", "Title"),
        ("# C#", "C#"),
        ("#\n\nx", "x"),
        ("**bold*", "*bold"),
        ("a &amp; b &#99999999999999; c", "a & b \ufffd c"),
    ],
)
def test_marks_go_and_words_stay(written: str, meant: str) -> None:
    assert " ".join(t for t in texts(read(f"{written}\n".encode(), "a.md")) if t) == meant


def test_a_number_of_five_thousand_digits_is_no_crash() -> None:
    assert read(f"a &#{'9' * 5000}; b".encode(), "a.md").paragraphs[0].text == "a \ufffd b"


SIGNS = "a\ufdd0b\ufdd39\ufdd4c"


@pytest.mark.parametrize("written", [SIGNS, "a&#xFDD0;b&#64979;9&#xfdd4;c"])
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx", "a.epub"])
def test_no_file_can_write_our_signs(name: str, written: str) -> None:
    data = {
        "a.html": html(f"<p>{written}</p>"),
        "a.docx": docx(par(written)),
        "a.epub": epub({"a.xhtml": f"<p>{written}</p>"}),
    }.get(name, written.encode())
    unit = read(data, name).paragraphs[0]
    meant = {"a.txt": written, "a.md": "ab9c"}.get(name, "") if "&" in written else ""  # Python makes none of these
    assert unit.text == (meant or "a\ufffdb\ufffd9\ufffdc")
    assert (unit.italics, unit.notes, unit.breaks) == ((), (), ())


def test_parts_of_an_epub_however_they_are_named_and_made() -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><manifest>'
        '<item id="a" href="own%20text/part%201.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="B.XHTML" media-type="application/xhtml+xml"/>'
        '<item id="s" href="s.svg" media-type="image/svg+xml"/><item id="n" href="toc.ncx" '
        'media-type="application/x-dtbncx+xml"/></manifest><spine toc="n"><itemref idref="a"/><itemref idref="b" '
        'linear="no"/><itemref idref="s"/><itemref idref="a"/></spine></package>'
    )
    two = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>One.</p></body><body><p>Two.</p></body></html>'
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint>'
        "<navLabel><text>The River</text></navLabel>"
        '<content src="own%20text/part%201.xhtml#x"/><navPoint><navLabel><text>II</text></navLabel>'
        '<content src="B.XHTML"/></navPoint></navPoint></navMap></ncx>'
    )
    extra: dict[str, str | bytes] = {
        "OPS/own text/part 1.xhtml": two,
        "OPS/B.XHTML": "<HTML><BODY><P>Three&nbsp;four.</P></BODY></HTML>",
        "OPS/s.svg": "<svg xmlns='http://www.w3.org/2000/svg'><text>Drawn.</text></svg>",
        "OPS/toc.ncx": ncx,
    }
    book = read(epub({}, extra=extra, package=package), "a.epub")
    assert [(p.text, p.chapter) for p in book.paragraphs] == [
        ("One.", "The River"),
        ("Two.", "The River"),
        ("Three four.", "The River, Chapter II"),
    ]
    assert len(book.doubts) == 1
    assert "s.svg" in book.doubts[0]


def test_navigation_that_is_not_sound_is_doubted_and_not_used() -> None:
    book = read(epub({"a.xhtml": "<p>One.</p>"}, nav="<nav><ol>"), "a.epub")
    assert texts(book) == ["One."]
    assert book.doubts == ("'OPS/nav.xhtml' is not sound XML; its table of contents and pages are not used.",)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"[Pg 1]\n" * 30_000 + b"x"),
        ("a.txt", b"\f" * 100_000 + b"x"),
        ("a.txt", b"word* x\n\n* note\n\n" * 5_000),
        ("a.md", b"*a **b " * 20_000),
        ("a.html", b"<html><body><p>x" + b"<i></i><br>" * 100_000 + b"</p></body></html>"),
        ("a.html", b"<html><head><style>" + b"p " * 100_000 + b"i{font-style:italic}</style></head><p><i>x</i></p>"),
    ],
    ids=["pages", "feeds", "stars", "emphasis", "empty tags", "selectors"],
)
def test_hostile_text_costs_no_time_out_of_proportion(name: str, data: bytes) -> None:
    assert read(data, name).words

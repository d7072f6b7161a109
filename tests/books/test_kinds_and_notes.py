"""Letters, plays, matter, print pages and notes: what a book's own marks say, format by format."""

from __future__ import annotations

import pytest

from inscape.books import read
from inscape.records import BookText
from tests.books.makers import docx, epub, par
from tests.books.test_epub import real


def kinds(book: BookText) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in book.paragraphs]


def called(book: BookText) -> list[str]:
    """'word^note text', for every note that is called."""
    notes = {p.place: p.text for p in book.paragraphs if p.kind == "note"}
    assert len(notes) == sum(p.kind == "note" for p in book.paragraphs)
    return [f"{p.text[:at].split()[-1]}^{notes[place]}" for p in book.paragraphs for at, place in p.notes]


# ---------------------------------------------------------------- EPUB


def test_letters_plays_and_epigraphs() -> None:
    body = (
        '<blockquote epub:type="epigraph"><p>Water.</p></blockquote><p class="dropcap letter">Once.</p>'
        '<blockquote epub:type="z3998:letter"><p>Dear M.,</p><p epub:type="z3998:verse"><span>a</span><br/>b</p>'
        '<footer><p>Yours</p></footer></blockquote><div class="letter"><p>Sir!</p></div>'
        '<section epub:type="z3998:drama"><table><tr><td epub:type="z3998:persona">Bloom</td><td>Yes. <i>Exit.</i></td>'
        "</tr><tr><td/><td>He goes.</td></tr></table></section>"
        '<p><span class="speaker">ANNA.</span> No.</p><p>On.</p>'
    )
    book = read(epub({"a.xhtml": body}), "a.epub")
    assert kinds(book) == [
        ("quote", "Water."),
        ("paragraph", "Once."),
        ("letter", "Dear M.,"),
        ("verse", "a\nb"),
        ("letter", "Yours"),
        ("letter", "Sir!"),
        ("play", "Bloom: Yes. Exit."),
        ("play", "He goes."),
        ("play", "ANNA. No."),
        ("paragraph", "On."),
    ]
    assert book.paragraphs[6].italics == ((12, 17),)


def test_matter_by_type_and_by_heading() -> None:
    told = {
        "d.xhtml": '<section epub:type="frontmatter dedication"><p>To M.</p></section>',
        "1.xhtml": '<section epub:type="bodymatter chapter"><h2>I</h2>'
        '<div epub:type="preface"><p>Text.</p></div></section>',
        "z.xhtml": '<section epub:type="backmatter"><p>After.</p></section>',
    }
    assert [p.matter for p in read(epub(told), "a.epub").paragraphs] == ["front", "body", "body", "back"]
    long = "<p>" + "It rained on the mill. " * 60 + "</p>"
    guessed = {"p.xhtml": "<h1>Preface</h1><p>Short.</p>", "1.xhtml": f"<h1>Chapter 1</h1>{long}"}
    assert [p.matter for p in read(epub(guessed), "a.epub").paragraphs] == ["front", "front", "body", "body"]


def test_pages_by_roman_numbers_and_breaks_inside() -> None:
    links = '<li><a href="a.xhtml#a">xii</a></li><li><a href="a.xhtml#b">1</a></li><li><a href="a.xhtml#c">2</a></li>'
    body = '<p id="a">Twelve.</p><p><a id="b"/>One runs <i>ov<a id="c"/>er</i>.</p><p>Two.</p>'
    book = read(epub({"a.xhtml": body}, nav=f'<nav epub:type="page-list"><ol>{links}</ol></nav>'), "a.epub")
    assert [(p.page, p.label, p.breaks) for p in book.paragraphs] == [
        (12, "xii", ()),
        (1, "1", ((11, 2),)),
        (2, "2", ()),
    ]
    assert book.paragraphs[1].page_at(10) == 1
    assert book.paragraphs[1].page_at(11) == 2


def test_notes_of_an_epub_2_without_types() -> None:
    one = '<p>Word<a id="r1" href="n.html#n1"><sup>1</sup></a> and more<a href="n.html#n2"><sup>[2]</sup></a>.</p>'
    notes = '<h2>Notes</h2><p><a id="n1" href="a.html#r1">1</a>. The <i>first</i>.</p><p id="n2">[2] Second.</p>'
    book = read(epub({"a.html": one, "n.html": notes}), "a.epub")
    assert called(book) == ["Word^The first.", "more^Second."]
    assert book.paragraphs[0].text == "Word and more."
    assert [p.place for p in book.paragraphs if p.kind == "note"] == ["n.html#n1", "n.html#n2"]


def test_files_that_only_a_publisher_needs() -> None:
    parts = {
        "copyright.xhtml": "<p>Copyright © 2001 A. Writer. All rights reserved. ISBN 1234.</p>",
        "title_page.xhtml": "<p>The Mill</p>",
        "toc.xhtml": "<p>Chapter 1</p>",
        "1.xhtml": "<p>He said the copyright was his. All rights reserved!</p>",
    }
    book = read(epub(parts), "a.epub")
    assert [r.why for r in book.removed] == ["license", "front matter", "table of contents"]
    assert kinds(book) == [("paragraph", "He said the copyright was his. All rights reserved!")]


def test_real_notes_letters_and_matter() -> None:
    war = real("war")
    assert len(called(war)) == 137
    assert called(war)[0] == "Pétersbourg,^The most fascinating woman in Petersburg."
    assert {p.matter for p in war.paragraphs if p.kind == "note"} == {"back"}
    assert next(p.text for p in war.paragraphs if p.matter == "front") == "Dramatis Personae"
    assert sum(p.kind == "play" for p in real("ulysses").paragraphs) > 1000


# ---------------------------------------------------------------- text, Markdown, HTML


TXT = """CHAPTER I

A word[1] here, well-
known, and remem-
bered by her*. It was remembered.

* By Anna.

[Footnote 1: A _first_ note,

in two parts.]

It ran [Pg xii]and ran[1], well-known.

    My dear Anna, the mill goes round and round and I am still here, as you know
    very well, and so is the river, which never stops for any of us here below.

[1] Another.
"""


def test_plain_text() -> None:
    book = read(TXT.encode(), "a.txt")
    assert [t for k, t in kinds(book) if k in ("paragraph", "letter")] == [
        "A word here, well-known, and remembered by her. It was remembered.",
        "It ran and ran, well-known.",
        "My dear Anna, the mill goes round and round and I am still here, as you know very well, and so is the river, "
        "which never stops for any of us here below.",
    ]
    assert called(book) == ["word^A first note, in two parts.", "her^By Anna.", "ran^Another."]
    assert [p.breaks for p in book.paragraphs if p.text.startswith("It ran")] == [((7, 12),)]
    letter = next(p for p in book.paragraphs if p.kind == "letter")
    assert (letter.page, letter.label, book.pages) == (12, "xii", 12)


def test_form_feeds_are_pages() -> None:
    book = read(b"One. And it\n\n\fgoes on.\n\n\fThree.\n", "a.txt")
    assert [(p.text, p.page, p.breaks) for p in book.paragraphs] == [
        ("One. And it goes on.", 1, ((12, 2),)),
        ("Three.", 3, ()),
    ]


@pytest.mark.parametrize(
    "text", ["A {1} b {900} c.", "See [2] and *.", "A_b_c and 5*3*2.", "[Footnote 1: never closed"]
)
def test_marks_without_a_witness_are_text(text: str) -> None:
    assert kinds(read(text.encode(), "a.txt")) == [("paragraph", text)]


def test_markdown_notes() -> None:
    book = read(b"A *word*[^n], b[^x].\n\n[^n]: One\n\n    and _two_.\n\nEnd.\n", "a.md")
    assert kinds(book) == [("paragraph", "A word, b[^x]."), ("paragraph", "End."), ("note", "One and two.")]
    assert called(book) == ["word^One and two."]


def test_html_notes_without_classes() -> None:
    page = (
        '<body><p>Word<sup><a id="b" href="#a">1</a></sup>.</p><p id="a"><sup><a href="#b">1</a></sup> Note.</p></body>'
    )
    assert called(read(f"<html>{page}</html>".encode(), "a.html")) == ["Word^Note."]


# ---------------------------------------------------------------- DOCX


def test_docx_notes_and_pages() -> None:
    turn = "<w:r><w:lastRenderedPageBreak/><w:t>two</w:t></w:r>"
    call = '<w:r><w:footnoteReference w:id="2" w:customMarkFollows="1"/><w:t>*</w:t></w:r><w:r><w:t>.</w:t></w:r>'
    gone = '<w:r><w:footnoteReference w:id="9"/></w:r>'
    body = f"<w:p><w:r><w:t>One </w:t></w:r>{turn}{call}{gone}</w:p>" + par("Dear M.", "L")
    notes = f'<w:footnote w:id="2">{par("A note.")}</w:footnote>'
    styles = '<w:style w:type="paragraph" w:styleId="L"><w:name w:val="Letter"/></w:style>'
    book = read(docx(body, styles, notes), "a.docx")
    assert kinds(book) == [("paragraph", "One two."), ("letter", "Dear M."), ("note", "A note.")]
    assert called(book) == ["two^A note."]
    assert [(p.page, p.breaks) for p in book.paragraphs[:2]] == [(1, ((4, 2),)), (2, ())]
    assert "Word's last layout" in book.doubts[0]

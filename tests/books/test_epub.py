"""EPUB: structure, notes, pages, what is left out; real books word for word."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from inscape.books import read
from inscape.records import BookText
from inscape.text import fold
from tests.books.makers import epub
from tests.books.score import DATA, score

EPUBS = {
    "war": "leo-tolstoy_war-and-peace_louise-maude_aylmer-maude.epub",
    "lighthouse": "virginia-woolf_to-the-lighthouse.epub",
    "dalloway": "virginia-woolf_mrs-dalloway.epub",
    "ulysses": "james-joyce_ulysses.epub",
}


def real(key: str) -> BookText:
    path = DATA / "books" / EPUBS[key]
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return read(path.read_bytes(), path.name)


def kinds(book: BookText) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in book.paragraphs]


def test_about_and_order() -> None:
    book = read(epub({"b.xhtml": "<p>Second <i>in</i> name.</p>", "a.xhtml": "<p>First in name.</p>"}), "mill.epub")
    assert (book.title, book.author, book.language, book.format) == ("The Mill", "A. Writer", "en", "epub")
    assert kinds(book) == [("paragraph", "Second in name."), ("paragraph", "First in name.")]
    assert [p.place for p in book.paragraphs] == ["b.xhtml", "a.xhtml"]
    assert book.pages is None


def test_kinds() -> None:
    body = (
        "<h2>One</h2><p>A.</p><hr/><blockquote><p>Q.</p></blockquote><ul><li>L1</li><li><p>L2</p></li></ul>"
        '<blockquote epub:type="z3998:verse"><p><span>line a</span><br/><span>line b</span></p></blockquote>'
        "<table><tr><td>x</td><td>y</td></tr></table><p>* * *</p><div>Loose <b>words</b><p>B.</p>tail</div>"
    )
    assert kinds(read(epub({"a.xhtml": body}), "k.epub")) == [
        ("heading", "One"),
        ("paragraph", "A."),
        ("break", ""),
        ("quote", "Q."),
        ("list", "L1"),
        ("list", "L2"),
        ("verse", "line a\nline b"),
        ("table", "x | y"),
        ("break", ""),
        ("paragraph", "Loose words"),
        ("paragraph", "B."),
        ("paragraph", "tail"),
    ]


def test_notes_go_last_and_markers_out_of_words() -> None:
    one = (
        '<h2>I<a href="n.xhtml#n1" epub:type="noteref">1</a></h2>'
        '<p>A word<a href="n.xhtml#n2" epub:type="noteref">2</a>, and x<sup>2</sup>, '
        'and m<sup><a href="#f">3</a></sup>.</p>'
    )
    notes = (
        '<section epub:type="endnotes"><h2>Endnotes</h2><ol><li id="n1"><p>First. <a href="a.xhtml#r" '
        'epub:type="backlink">↩</a></p></li><li id="n2"><p>Second,</p><p>long.</p></li></ol></section>'
    )
    book = read(epub({"n.xhtml": notes, "a.xhtml": one}), "n.epub")
    assert kinds(book) == [
        ("heading", "I"),
        ("paragraph", "A word, and x2, and m3."),  # what the third means is not there
        ("note", "First."),
        ("note", "Second, long."),
    ]
    assert book.paragraphs[-1].place == "n.xhtml#n2"
    assert [(r.why, r.text) for r in book.removed] == [
        ("heading of the notes", "Endnotes"),
        ("note marker", "↩"),
        ("note marker", "1"),
        ("note marker", "2"),
    ]
    assert [p.notes for p in book.paragraphs[:2]] == [((1, "n.xhtml#n1"),), ((6, "n.xhtml#n2"),)]


def test_asides_that_are_footnotes() -> None:
    text = '<p>Text<a epub:type="noteref" href="#f1">*</a> goes.</p>'
    body = text + '<aside epub:type="footnote" id="f1">A note.</aside><p>On.</p>'
    book = read(epub({"a.xhtml": body}), "a.epub")
    assert kinds(book) == [("paragraph", "Text goes."), ("paragraph", "On."), ("note", "A note.")]


def test_pages_of_the_print_edition() -> None:
    links = '<li><a href="a.xhtml#p7">7</a></li><li><a href="a.xhtml#p8">8</a></li>'
    nav = f'<nav epub:type="page-list"><ol>{links}</ol></nav>'
    body = '<p><span id="p7"/>Seven.</p><p>Runs <span id="p8"/>over.</p><p>Eight.</p>'
    book = read(epub({"a.xhtml": body}, nav=nav), "p.epub")
    assert [(p.text, p.page) for p in book.paragraphs] == [("Seven.", 7), ("Runs over.", 7), ("Eight.", 8)]
    assert book.pages == 8


def test_page_breaks_without_a_list() -> None:
    body = '<p>A</p><span epub:type="pagebreak" title="12">12</span><p>B '
    body += '<span role="doc-pagebreak" aria-label="13"/>c</p><p>D</p>'
    book = read(epub({"a.xhtml": body}), "p.epub")
    assert [(p.text, p.page) for p in book.paragraphs] == [("A", None), ("B c", 12), ("D", 13)]
    assert [(r.why, r.text) for r in book.removed] == [("page number", "12")]


def test_chapters_are_paths_of_headings() -> None:
    parts = {
        "1.xhtml": "<h2>Book I</h2>",
        "2.xhtml": '<hgroup><h3>Part II</h3><p epub:type="title">1805</p></hgroup>',
        "3.xhtml": "<h4>III</h4><p>Text.</p>",
        "4.xhtml": "<h2>Epilogue</h2><p>End.</p>",
    }
    book = read(epub(parts), "c.epub")
    assert [p.chapter for p in book.paragraphs if p.kind == "paragraph"] == [
        "Book I, Part II: 1805, Chapter III",
        "Epilogue",
    ]


def test_chapters_from_the_table_of_contents() -> None:
    inner = '<ol><li><a href="2.xhtml">II</a></li></ol>'
    nav = f'<nav epub:type="toc"><ol><li><a href="1.xhtml">The River</a>{inner}</li></ol></nav>'
    book = read(epub({"1.xhtml": "<p>A.</p>", "2.xhtml": "<p>B.</p>"}, nav=nav), "c.epub")
    assert [p.chapter for p in book.paragraphs] == ["The River", "The River, Chapter II"]


def test_what_is_left_out_is_told() -> None:
    parts = {
        "t.xhtml": '<section epub:type="titlepage"><h1>The Mill</h1></section>',
        "c.xhtml": '<section epub:type="copyright-page"><p>All rights.</p></section>',
        "d.xhtml": '<section epub:type="dedication"><p>To M.</p></section>',
        "1.xhtml": "<p>Text.</p>",
        "z.xhtml": '<section epub:type="colophon"><p>Set in Jenson.</p></section>',
    }
    book = read(epub(parts), "f.epub")
    assert kinds(book) == [("paragraph", "To M."), ("paragraph", "Text.")]
    assert [(r.why, r.text) for r in book.removed] == [
        ("front matter", "The Mill"),
        ("license", "All rights."),
        ("back matter", "Set in Jenson."),
    ]


def test_unsound_markup_is_read_and_told() -> None:
    book = read(epub({"a.xhtml": "<p>One &nbsp;&mdash; two<br>three</p><p>Four & five"}), "u.epub")
    assert [p.text for p in book.paragraphs] == ["One — two three", "Four & five"]
    assert book.doubts[0].startswith("a.xhtml: not sound XML (line ")
    assert book.doubts[0].endswith("); read as HTML.")


def test_deep_nesting_is_no_danger() -> None:
    deep = "<div>" * 200 + "<p>Deep.</p>" + "</div>" * 200
    assert read(epub({"a.xhtml": deep}), "d.epub").paragraphs[0].text == "Deep."


def test_war_and_peace_word_for_word() -> None:
    path = DATA / "books" / "war_and_peace.txt"
    begun = time.process_time()
    book = real("war")
    assert time.process_time() - begun < 5
    expected = [t for t in path.read_text("utf-8").split("\n\n") if t.strip()]
    got = [p.text for p in book.paragraphs if p.kind not in ("heading", "note", "break", "list", "table")]
    assert score(expected, got).recall > 99
    want, have = (
        Counter(w for t in texts for w in fold(t).split()) for texts in (expected, [p.text for p in book.paragraphs])
    )
    assert sum((want - have).values()) < 0.0005 * want.total()
    count = Counter(p.kind for p in book.paragraphs)
    assert (count["heading"], count["note"], count["break"], count["verse"]) == (387, 137, 45, 15)
    assert count["quote"] + count["letter"] == 111
    assert {r.why for r in book.removed} >= {"front matter", "license"}
    assert not any("Standard Ebooks" in p.text for p in book.paragraphs)


def test_lighthouse_and_its_docx_say_the_same() -> None:
    path = DATA / "books" / "to-the-lighthouse.docx"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    begun = time.process_time()
    word = read(path.read_bytes(), path.name)
    assert time.process_time() - begun < 2
    book = real("lighthouse")
    assert [fold(p.text) for p in word.paragraphs] == [fold(p.text) for p in book.paragraphs]
    assert [p.chapter for p in word.paragraphs] == [p.chapter for p in book.paragraphs]


def test_a_play_in_a_table_is_told_by_speakers() -> None:
    book = real("ulysses")
    assert any(p.text == "The Calls: Wait, my love, and I’ll be with you." for p in book.paragraphs)
    assert book.paragraphs[-1].chapter == "Part III, Chapter XVIII"

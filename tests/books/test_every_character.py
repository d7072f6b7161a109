"""Every printed character of a file comes once: in a unit, or in what was removed, or it is a mark that became an
offset."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import pytest
from lxml import etree

from inscape.books import package, read
from inscape.books.archive import Archive
from inscape.records import BookText
from tests.books.makers import docx, epub, par
from tests.books.score import DATA

GLUE = Counter({"|": 10**9, ":": 10**9})
"""What we put between the cells of a table, a speaker and his speech, the two lines of a heading."""
UNPRINTED = dict.fromkeys(map(ord, "\u2060\ufeff\u00ad\u200b"))
SKIPPED = frozenset(("script", "style", "head", "svg", "template"))


def printed(text: str) -> Counter[str]:
    return Counter("".join(text.translate(UNPRINTED).replace("\u2011", "-").split()))


def told(book: BookText) -> Counter[str]:
    return printed("".join([*(p.text for p in book.paragraphs), *(r.text for r in book.removed)]))


def text_of(markup: bytes, parser: etree.XMLParser | etree.HTMLParser | None = None) -> str:
    root = etree.fromstring(markup, parser)
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element.tag.rsplit("}", 1)[-1].lower() in SKIPPED:
            keep = element.tail
            element.clear()
            element.tail = keep
    return "".join(root.itertext())


def spine(data: bytes) -> Counter[str]:
    """Characters of all parts of the spine."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = dict.fromkeys(package.load(Archive(data, "a.epub", "EPUB")).spine)
    return printed("".join(text_of(archive.read(path)) for path in parts if not path.endswith((".svg", ".jpg"))))


def same(file: Counter[str], book: BookText, marks: str = "") -> None:
    mine = told(book)
    lost, more = file - mine, mine - file - GLUE
    for sign in marks:
        lost.pop(sign, None)
    assert not lost
    assert not more


BODY = (
    '<h1>The <i>Mill</i></h1><nav><ol><li>One 1</li></ol></nav><p>A<a href="#n1"><sup>1</sup></a> b<a href="#x">2</a>'
    '<span class="pagenum">[Pg 3]</span>c<br/>d</p><p class="pagenum" id="p4">4</p><p hidden="hidden">Never seen.</p>'
    "<p>* * *</p><table><tr><td>x</td><td>y</td></tr></table><ruby>漢<rt>kan</rt></ruby><p>it&#173;self &amp; all</p>"
    '<aside class="footnote" id="n1"><p>1. The <em>note</em>. <a href="#r1">↩</a></p></aside>'
    '<section epub:type="colophon"><p>Set in <i>Jenson</i><sup><a href="#n1">1</a></sup>.</p></section>'
    '<p>Loose<div>block</div>tail</p><pre>a  b\n c</pre><math><mi>x</mi><mo>=</mo></math><dl><dt>t</dt><dd>d</dd></dl>'
)  # fmt: skip


def test_epub() -> None:
    data = epub({"a.xhtml": BODY.replace("&#173;", "\u00ad"), "b.xhtml": '<p><a href="a.xhtml#n1"/>End.</p>'})
    same(spine(data), read(data, "a.epub"))


def test_html() -> None:
    page = f"<html><head><title>T</title><style>p {{}}</style></head><body>{BODY}</body></html>".encode()
    same(printed(text_of(page, etree.HTMLParser(encoding="utf-8"))), read(page, "a.html"))


@pytest.mark.parametrize("path", sorted((DATA / "books").glob("*.epub")) or [None], ids=lambda p: p and p.stem[:20])
def test_real_epubs(path) -> None:  # type: ignore[no-untyped-def]
    if path is None:
        pytest.skip("The books of shared/data are not here.")
    data = path.read_bytes()
    same(spine(data), read(data, path.name))


def test_docx() -> None:
    notes = f'<w:footnote w:id="1">{par("A note.")}</w:footnote>'
    gone = "<w:del><w:r><w:delText>not </w:delText></w:r></w:del>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>"
    body = (
        f"<w:p>{gone}<w:r><w:t>kept</w:t></w:r>{hidden}<w:ins><w:r><w:t>put in</w:t></w:r></w:ins></w:p>"
        + par("Text", "", '<w:footnoteReference w:id="1"/><w:t>.</w:t>')
        + par("* * *")
        + f"<w:tbl><w:tr><w:tc>{par('a')}</w:tc><w:tc>{par('b')}</w:tc></w:tr></w:tbl>"
        + par("Contents 1", "TOC1")
    )
    styles = '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    book = read(docx(body, styles, notes), "a.docx")
    same(printed("not kept unseen put in Text. * * * a b Contents 1 A note."), book)
    assert {r.why for r in book.removed} == {"tracked deletion", "hidden text", "scene break", "table of contents"}


@pytest.mark.parametrize("path", sorted((DATA / "books").glob("*.txt")) or [None], ids=lambda p: p and p.stem)
def test_real_texts(path) -> None:  # type: ignore[no-untyped-def]
    if path is None:
        pytest.skip("The books of shared/data are not here.")
    same(printed(path.read_text("utf-8-sig")), read(path.read_bytes(), path.name), marks="_")


def test_txt() -> None:
    text = (
        "Title\n\n* * *\n\nA word[1] and more* of it [Pg 12]here, well-\nknown and remem-\nbered, remembered.\n\n"
        "* A starred note.\n\n[Footnote 1: It begins\n\nand ends.]\n\n[Illustration: a mill]\n\nThe [2] end {7}.\n"
    )
    same(printed(text), read(text.encode(), "a.txt"))


def test_markdown() -> None:
    text = "# One\n\nA word[^1] and *more*[^2].\n\n> Quote\n\n***\n\n[^1]: The note,\n\n    in two parts.\n\nEnd.\n"
    same(printed(text), read(text.encode(), "a.md"), marks="#*>[]^:1")

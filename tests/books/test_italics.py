"""Italics in every format: kept as offsets, and no other letter changed."""

from __future__ import annotations

import pytest

from inscape.books import read
from inscape.records import BookText
from tests.books.makers import docx, epub, par
from tests.books.test_epub import real


def slanted(book: BookText) -> list[str]:
    """What is set in italics, unit by unit, several runs parted by '|'."""
    return ["|".join(p.text[a:b] for a, b in p.italics) for p in book.paragraphs]


SHEET = (
    "/* a { font-style: italic } */ .th, p.whole { font-style: italic; } i > i { font-style: normal }"
    "@media print { .pr { font-style: oblique } } .a:hover, .b + .b { font-style: italic }"
    '[epub|type~="se:dateline"] { font: italic 1em serif } body [xml|lang] { font-style: italic }'
    "blockquote .r, #one { font-style: italic } cite { font-style: normal } .last { font-style: italic"
)


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("<p>A <i>b c</i> d <em>e</em>.</p>", ["b c|e"]),
        ("<p>A <i>b</i> <em>c</em> d</p>", ["b c"]),
        ("<p><i>“No,</i>” he <i>thought</i></p>", ["“No,|thought"]),
        ("<p>A <i>b <b>c</b></i>d</p>", ["b c"]),
        ("<p>A <i>b <i>c</i> d</i></p>", ["b|d"]),
        ('<p>A <span class="x th">b</span> <cite>c</cite></p>', ["b"]),
        ('<p class="whole">All of <i style="font-style: normal">it</i>.</p>', ["All of"]),
        ('<p>A <span style="color: red; font-style:italic">b</span></p>', ["b"]),
        ('<p><span class="pr">a</span> <span class="a b">b</span> <u class="last">c</u></p>', ["a|c"]),
        ('<p epub:type="se:dateline">Moscow</p><p xml:lang="fr">Oui</p>', ["Moscow", "Oui"]),
        ('<blockquote><p><b class="r">q</b> r</p></blockquote><p><b class="r">q</b></p>', ["q", ""]),
        ('<div id="one"><p>a</p><p>b</p></div><p>c</p>', ["a", "b", ""]),
        ("<h2>On <i>Hamlet</i></h2><table><tr><td><i>x</i></td><td>y</td></tr></table>", ["Hamlet", "x"]),
        ("<p>A <i>—</i> b</p>", [""]),
    ],
)
def test_epub(body: str, meant: list[str]) -> None:
    link = '<link rel="stylesheet" href="css/own%20style.css"/>'
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head>'
        f"{link}</head><body>{body}</body></html>"
    )
    book = read(epub({"a.xhtml": ""}, extra={"OPS/a.xhtml": page, "OPS/css/own style.css": SHEET}), "a.epub")
    assert slanted(book) == meant


def test_html() -> None:
    page = (
        "<html><head><style>.th { font-style: italic }</style></head><body><p>A <span class='th'>b</span>.</p></body>"
    )
    assert slanted(read(page.encode(), "a.html")) == ["b"]


@pytest.mark.parametrize(
    ("written", "text", "meant"),
    [
        ("It was _not at\nall_ so.", "It was not at all so.", "not at all"),
        ("“_Yes_,” he said; snake_case_word.", "“Yes,” he said; snake_case_word.", "Yes"),
        ("She *did* it, 2 * 3 * 4.", "She did it, 2 * 3 * 4.", "did"),
        ("An _open end.", "An _open end.", ""),
    ],
)
def test_txt(written: str, text: str, meant: str) -> None:
    book = read(written.encode(), "a.txt")
    assert [p.text for p in book.paragraphs] == [text]
    assert slanted(book) == [meant]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a *b* **c** _d_ __e__ ***f*** `g` snake_case_x", "b|d|f"),
        ("*a **b** c* d", "a b c"),
        ("**a *b* c**", "b"),
        ("a <i>b</i> <em>c</em>", "b c"),
        (r"a \*b\* c", ""),
        ("## On *Hamlet*", "Hamlet"),
    ],
)
def test_markdown(written: str, meant: str) -> None:
    assert slanted(read(written.encode(), "a.md")) == [meant]


STYLES = (
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Thought"/><w:rPr><w:i/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="E"><w:name w:val="Emphasis"/><w:rPr><w:i/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="E2"><w:name w:val="Own"/><w:basedOn w:val="E"/></w:style>'
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("runs", "style", "meant"),
    [
        (run("A ") + run("b ", "<w:i/>") + run("c", '<w:i w:val="1"/>') + run(" d", '<w:i w:val="false"/>'), "", "b c"),
        (run("A ") + run("b", '<w:rStyle w:val="E2"/>'), "", "b"),
        (run("A ") + run("b", '<w:rStyle w:val="E"/>') + run(" c", '<w:i w:val="0"/>'), "T", "A"),
        (run("A ") + run("b", '<w:rStyle w:val="E"/><w:i/>'), "T", "A b"),
    ],
)
def test_docx(runs: str, style: str, meant: str) -> None:
    body = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>' + par("Roman.")
    assert slanted(read(docx(body, STYLES), "a.docx")) == [meant, ""]


def test_real_books() -> None:
    assert [sum(len(p.italics) for p in real(key).paragraphs) for key in ("lighthouse", "dalloway")] == [15, 47]
    war = real("war")
    thought = next(p for p in war.paragraphs if "la femme la plus séduisante" in p.text)
    assert [thought.text[a:b] for a, b in thought.italics] == ["la femme la plus séduisante de Pétersbourg"]

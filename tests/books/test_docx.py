"""DOCX: kinds by style, based on names; notes; tracked changes; tables."""

from __future__ import annotations

from inscape.books import read
from inscape.records import BookText
from tests.books.makers import W, docx, par, zipped

STYLES = (
    '<w:style w:type="paragraph" w:styleId="Balk1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Own"><w:name w:val="My Chapter"/><w:basedOn w:val="Balk1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Intense Quote"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="V"><w:name w:val="Verse"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>'
)


def kinds(book: BookText) -> list[tuple[str, str]]:
    return [(p.kind, p.text) for p in book.paragraphs]


def test_kinds_by_style() -> None:
    body = (
        par("The River", "Own")
        + par("It ran.", "Loop")
        + par("“Run,” she said.", "Q")
        + par("one", "V", "<w:br/><w:t>two</w:t>")
        + '<w:p><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>'
        + par("* * *")
        + par("")
        + par("The end.")
    )
    book = read(docx(body, STYLES), "a.docx")
    assert kinds(book) == [
        ("heading", "The River"),
        ("paragraph", "It ran."),
        ("quote", "“Run,” she said."),
        ("verse", "one\ntwo"),
        ("list", "item"),
        ("break", ""),
        ("paragraph", "The end."),
    ]
    assert book.paragraphs[-1].chapter == "The River"
    assert book.paragraphs[-1].place == "paragraph 8"


def test_runs_are_one_paragraph_and_deletions_are_gone() -> None:
    body = (
        "<w:p><w:r><w:t>So </w:t></w:r><w:del><w:r><w:delText>not </w:delText></w:r></w:del><w:r><w:t>it</w:t>"
        "<w:noBreakHyphen/><w:t>was</w:t><w:tab/><w:t>done</w:t></w:r></w:p>"
    )
    assert kinds(read(docx(body), "a.docx")) == [("paragraph", "So it-was done")]


def test_notes() -> None:
    notes = (
        '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote><w:footnote w:id="1">'
        + par("A note.")
        + "</w:footnote>"
    )
    book = read(docx(par("Text", "", '<w:footnoteReference w:id="1"/><w:t>.</w:t>'), "", notes), "a.docx")
    assert kinds(book) == [("paragraph", "Text."), ("note", "A note.")]
    assert book.paragraphs[-1].place == "footnote 1"


def test_tables() -> None:
    row = f"<w:tr><w:tc>{par('a')}{par('b')}</w:tc><w:tc>{par('c')}</w:tc></w:tr>"
    frame = f"<w:tr><w:tc>{par('Framed one.')}{par('Framed two.')}</w:tc></w:tr>"
    book = read(docx(par("Before.") + f"<w:tbl>{row}</w:tbl><w:tbl>{frame}</w:tbl>" + par("After.")), "a.docx")
    assert kinds(book) == [
        ("paragraph", "Before."),
        ("table", "a b | c"),
        ("paragraph", "Framed one."),
        ("paragraph", "Framed two."),
        ("paragraph", "After."),
    ]


def test_headings_by_words_where_nobody_used_styles() -> None:
    book = read(docx(par("CHAPTER I") + par("It rained.") + par("CHAPTER II") + par("It stopped.")), "a.docx")
    assert [p.chapter for p in book.paragraphs] == ["CHAPTER I", "CHAPTER I", "CHAPTER II", "CHAPTER II"]


def test_mis_decoded_words_are_repaired() -> None:
    book = read(docx(par("Ã©tÃ© and na" + "Ã¯ve")), "a.docx")
    assert book.paragraphs[0].text == "été and naïve"
    assert book.doubts == ("Text was UTF-8 mis-decoded as cp1252; repaired in 3 places.",)


def test_the_halves_of_a_running_head_are_apart() -> None:
    body = "<w:p><w:r><w:t>He slept.</w:t></w:r></w:p>"
    head = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>A. Writer</w:t><w:tab/><w:t>The Mill</w:t></w:r></w:p></w:hdr>'
    data = zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
            "word/header1.xml": head,
        }
    )
    assert [r.text for r in read(data, "a.docx").removed] == ["A. Writer The Mill"]

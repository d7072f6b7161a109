"""Files made to do harm: each is refused with one sentence, or read as far as it makes sense, within its limits."""

from __future__ import annotations

import contextlib
import zlib

import pytest

from inscape.books import limits
from inscape.errors import BookError
from inscape.records import BookText
from inscape.stages.reading import Policy, read_book, whole
from tests.books.makers import docx, epub, par, zipped

POLICY = Policy(seconds=20, memory=1024 * limits.MB)
WORDS = (
    "BT /F1 11 Tf 1 0 0 1 50 700 Tm (A line of the page that is plain to see and long enough to be no picture.) Tj ET"
)


def read(data: bytes, name: str) -> BookText:
    return whole(read_book(data, name, POLICY))


def read_or_refused(data: bytes, name: str) -> str:
    """The words, or '' where the file is refused: as its own fault, by its name."""
    try:
        return words(read(data, name))
    except BookError as error:
        message = str(error)
    assert message.startswith(name)
    assert "inscape made a mistake" not in message
    return ""


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(BookError) as caught:
        read(data, name)
    message = str(caught.value)
    assert message.startswith(name)
    assert "inscape made a mistake" not in message
    return message


def made(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects; 1 is the catalog."""
    body, places = bytearray(b"%PDF-1.7\n"), {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % places.get(n, 0) for n in range(1, max(objects) + 1))
    size = max(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, rows)
    return (
        bytes(body)
        + table
        + b"trailer\n<</Root 1 0 R/Size %d%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(body))
    )


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), more, content)


def page(
    content: bytes = WORDS.encode(), catalog: bytes = b"", own: bytes = b"", font: bytes = b""
) -> dict[int, bytes]:
    """The objects of a PDF of one page: 1 catalog, 2 pages, 3 page, 4 its content, 5 its font."""
    return {
        1: b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>%b>>" % own,
        4: stream(content),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman%b>>" % font,
    }


def words(book: BookText) -> str:
    return " ".join(p.text for p in book.paragraphs)


def test_the_plain_page_is_read() -> None:
    assert words(read(made(page()), "plain.pdf")).startswith("A line of the page")


def test_fifty_thousand_pages_are_refused_before_they_are_read() -> None:
    count = 50_000
    objects = page()
    kids = b" ".join(b"%d 0 R" % n for n in range(10, 10 + count))
    objects[2] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)
    objects |= dict.fromkeys(range(10, 10 + count), b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>")
    message = refusal(made(objects), "endless.pdf")
    assert "50,000 pages; at most 20,000 are read" in message
    assert "Split it" in message


def test_a_count_that_lies() -> None:
    objects = page()
    objects[2] = b"<</Type/Pages/Kids[3 0 R]/Count 15000>>"
    assert read_or_refused(made(objects), "liar.pdf")[:6] in ("", "A line")


@pytest.mark.parametrize(
    "outline",
    {
        "its own sibling": {6: b"<</First 7 0 R>>", 7: b"<</Title(One)/Parent 6 0 R/Next 7 0 R>>"},
        "its own child": {6: b"<</First 7 0 R>>", 7: b"<</Title(One)/Parent 6 0 R/First 7 0 R>>"},
        "a child that is the whole": {
            6: b"<</First 7 0 R>>",
            7: b"<</Title(One)/Parent 6 0 R/First 6 0 R/Next 6 0 R>>",
        },
        "a ring of two": {
            6: b"<</First 7 0 R>>",
            7: b"<</Title(One)/Parent 6 0 R/Next 8 0 R/First 8 0 R>>",
            8: b"<</Title(Two)/Parent 6 0 R/Next 7 0 R/First 7 0 R>>",
        },
    }.items(),
    ids=lambda item: item[0],
)
def test_cyclic_outlines(outline: tuple[str, dict[int, bytes]]) -> None:
    book = read(made(page(catalog=b"/Outlines 6 0 R") | outline[1]), "ring.pdf")
    assert "A line of the page" in words(book)


def test_a_tree_of_pages_that_bites_its_tail() -> None:
    objects = page()
    objects[2] = b"<</Type/Pages/Kids[2 0 R 3 0 R 2 0 R]/Count 3>>"
    assert read_or_refused(made(objects), "tail.pdf")[:6] in ("", "A line")


@pytest.mark.parametrize("number", ["99999999999", "-99999999999", "1e38", "0.0000000001", "nan", "0"])
@pytest.mark.parametrize(
    "where", ["/F1 {} Tf", "1 0 0 1 {} 700 Tm", "1 0 0 1 50 {} Tm", "{} 0 0 {} 50 700 Tm", "{} Tz"]
)
def test_absurd_fonts_and_coordinates(where: str, number: str) -> None:
    content = WORDS.replace("1 0 0 1 50 700 Tm", "1 0 0 1 50 700 Tm " + where.replace("{}", number))
    read_or_refused(made(page(content.encode() * 3)), "absurd.pdf")


@pytest.mark.parametrize("box", [b"[0 0 0 0]", b"[0 0 99999999999 99999999999]", b"[500 800 0 0]", b"[-1e38 nan 9 9]"])
def test_absurd_pages(box: bytes) -> None:
    objects = page(own=b"/UserUnit 99999999/Rotate 12345")
    objects[3] = objects[3].replace(b"[0 0 500 800]", box)
    read_or_refused(made(objects), "box.pdf")


@pytest.mark.parametrize(
    "font",
    [b"/FirstChar -5/LastChar 999999999/Widths[1e38]", b"/Encoding/Nowhere/ToUnicode 4 0 R", b"/FontDescriptor 5 0 R"],
)
def test_absurd_font_tables(font: bytes) -> None:
    read(made(page(font=font)), "font.pdf")


def test_a_stream_that_unpacks_without_end() -> None:
    bomb = zlib.compress(b"BT /F1 9 Tf (word) Tj ET\n" * 12_000_000, 9)
    objects = page()
    objects[4] = stream(bomb, b"/Filter/FlateDecode")
    message = refusal(made(objects), "bomb.pdf")
    assert message.endswith(".")


def test_a_page_of_more_characters_than_any() -> None:
    lines = (b"1 0 0 1 0 %d Tm (%b) Tj " % (y, b"word " * 1000) for y in range(limits.PDF_PAGE_CHARACTERS // 4000))
    text = b"BT /F1 1 Tf %bET" % b"".join(lines)
    message = refusal(made(page(text)), "dense.pdf")
    assert "more than any book's page" in message


def test_zip_bombs() -> None:
    flat = epub({"a.xhtml": "<p>x</p>"}, extra={"OPS/bomb.xhtml": b"\0" * (limits.ARCHIVE_RATIO_FROM * 4)})
    assert "zip bomb" in refusal(flat, "flat.epub")
    part = b"<w:p/>" * (limits.TEXT // 5)
    wide = zipped({"word/document.xml": b"<w:document>" + part})
    assert refusal(wide, "wide.docx")


def test_entity_bombs() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a0 "ha">{entities}]><html><body><p>&a11;</p></body></html>'
    assert "defines entities" in refusal(epub({"a.xhtml": "x"}, extra={"OPS/a.xhtml": bomb}), "laugh.epub")
    book = read(bomb.encode(), "laugh.html")
    assert len(words(book)) < 10_000
    outside = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>Here: &x;</p></body></html>'
    assert "root:" not in words(read(outside.encode(), "outside.html"))


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini"])
def test_paths_that_climb_out(path: str) -> None:
    assert "path leads out of the book" in refusal(epub({"a.xhtml": "<p>x</p>"}, extra={path: "x"}), "climb.epub")


@pytest.mark.parametrize("name", ["deep.html", "deep.epub", "deep.docx", "deep.md"])
def test_marks_nested_without_end(name: str) -> None:
    depth = 100_000
    deep = {
        "deep.html": lambda: b"<html><body>" + b"<div>" * depth + b"x",
        "deep.epub": lambda: epub({"a.xhtml": "<div>" * depth + "x" + "</div>" * depth}),
        "deep.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * depth + par("x")),
        "deep.md": lambda: b"> " * depth + b"x\n" + b"*" * depth + b"a" + b"[" * depth,
    }[name]()
    read_or_refused(deep, name)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 3_000_000,
        "*" * 500_000,
        "_a " * 300_000,
        "[" * 200_000 + "](" * 100_000,
        "| " * 300_000 + "\n" + "|-" * 100_000,
        "\u202e\u0301" * 300_000,
        "\n" * 2_000_000 + "x",
        "- " * 200_000 + "x",
        "`" * 300_000 + "x",
        "&amp;" * 300_000,
        ("x" * 60 + "\n") * 40_000,
    ],
    ids=range(11),
)
@pytest.mark.parametrize("name", ["long.txt", "long.md", "long.html"])
def test_long_runs_of_one_sign_take_no_time(text: str, name: str) -> None:
    """No rule may take the square of a file's length: the reader's own limit would refuse it as too long to read."""
    whole_file = f"<html><p>{text}</p></html>" if name == "long.html" else text
    with contextlib.suppress(BookError):  # of signs alone
        read(whole_file.encode(), name)
        return
    assert "only marks" in refusal(whole_file.encode(), name)

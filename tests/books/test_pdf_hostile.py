"""PDFs made to do harm: absurd places and sizes, endless outlines, pages of too much, damage."""

from __future__ import annotations

import unicodedata

import pytest

from inscape.books import limits
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.lines import merge
from inscape.errors import BookError
from tests.books.by_hand import page_of, printed, raw, stream, text, texts, twice
from tests.books.makers import pdf


@pytest.mark.parametrize(
    "content",
    [
        b"BT /F1 12 Tf 1e38 500 Td (far) Tj ET",
        b"BT /F1 12 Tf 1e30 0 0 1e30 50 500 Tm (vast) Tj ET",
        b"BT /F1 1e38 Tf 50 500 Td (vast) Tj ET",
        b"BT /F1 0 Tf 50 500 Td (flat) Tj ET",
        b"BT /F1 12 Tf 0 0 0 0 50 500 Tm (none) Tj ET",
        b"BT /F1 -12 Tf -50 -4000000000 Td (under) Tj ET",
        b"BT /F1 12 Tf nan inf Td (odd) Tj ET",
        b"BT /F1 12 Tf 1e-30 0 0 1e-30 50 500 Tm (tiny) Tj ET",
    ],
)
def test_absurd_positions_and_sizes(content: bytes) -> None:
    page = page_of(raw(content + text("plain")))
    assert "plain" in " ".join(texts(page, 12))
    for line in page.lines:
        assert all(abs(v) <= 1e6 for v in (line.x0, line.x1, line.y, line.size)), line
    assert printed(page) == page.characters


def test_a_crop_box_far_away() -> None:
    page = page_of(raw(text("plain"), page=b"/MediaBox[-1e9 -1e9 1e9 1e9]"))
    assert texts(page) == ["plain"]


def test_a_page_of_very_many_lines_is_read() -> None:
    rows = b"".join(text(f"w{i}", 50 + i % 7 * 40, 590 - i * 7 % 580, 4) for i in range(6000))
    page = page_of(raw(rows))
    assert printed(page) + twice(page) == page.characters
    assert sum(len(line.text.replace(" ", "")) for line in merge.whole_lines(page, 4)) == printed(page)


def test_too_many_characters_on_a_page_are_refused() -> None:
    with pytest.raises(BookError, match="more than any book's page"):
        lines.load(many(), "a.pdf")


def many() -> bytes:
    """A page with more characters than are read."""
    rows = (text("x" * 1000, 0.001 * i, 590 - 2.5 * i, 2) for i in range(limits.PDF_PAGE_CHARACTERS // 1000 + 2))
    return raw(b"".join(rows), page=b"/MediaBox[0 0 9000 900]")


def test_an_outline_that_goes_in_circles_ends() -> None:
    def entry(title: bytes, links: bytes) -> bytes:
        return b"<</Title(" + title + b")/Parent 8 0 R/Dest[10 0 R/Fit]" + links + b">>"

    more = [stream(b""), b"<</Type/Outlines/First 9 0 R/Last 9 0 R>>", entry(b"One", b"/Next 10 0 R/First 9 0 R")]
    more += [entry(b"Two", b"/Next 9 0 R/First 9 0 R")]
    outline = lines.load(raw(text("a"), catalog=b"/Outlines 8 0 R", more=more), "a.pdf").outline
    assert [(entry.title, entry.level) for entry in outline] == [("One", 1), ("Two", 1)]


def test_the_outline_of_a_typeset_book() -> None:
    data = pdf("#set page(height: 200pt)\n= One\n#pagebreak()\n== Within\n#pagebreak()\n= Two\n text")
    entries = [(entry.title, entry.level, entry.page) for entry in lines.load(data, "a.pdf").outline]
    assert entries == [("One", 1, 1), ("Within", 2, 2), ("Two", 1, 3)]


@pytest.mark.parametrize("read", [lines.load, lines.count])
def test_refusals_are_the_same_for_reading_and_counting(read) -> None:  # type: ignore[no-untyped-def]
    good = raw(text("a"))
    for data, why in ((b"%PDF-1.7 nothing", "cut off"), (good[:300], "cut off"), (b"\xef\xbf\xbd" * 60, "spoiled")):
        with pytest.raises(BookError, match=why):
            read(data, "a.pdf")


def test_the_signs_of_marks_in_titles_are_replaced() -> None:
    title = "A\ufdd0B".encode("utf-16-be").hex().encode()
    more = [stream(b""), b"<</Type/Outlines/First 9 0 R/Last 9 0 R>>", b"<</Title<FEFF" + title + b">/Parent 8 0 R>>"]
    outline = lines.load(raw(text("a"), catalog=b"/Outlines 8 0 R", more=more), "a.pdf").outline
    assert [unicodedata.name(c, "") for c in outline[0].title][1] == "REPLACEMENT CHARACTER"

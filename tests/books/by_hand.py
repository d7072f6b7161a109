"""PDFs written by hand, object by object: what no typesetter makes, and what must not go wrong."""

from __future__ import annotations

from collections.abc import Iterable

from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.lines import merge
from inscape.books.pdf.page import Page


def raw(content: bytes | list[bytes], page: bytes = b"", catalog: bytes = b"", more: Iterable[bytes] = ()) -> bytes:
    """A PDF of pages with these contents. F1: roman, F2: italic, F3: the letters A to H mean what object 8 says."""
    contents = [content] if isinstance(content, bytes) else content
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>",
        b"",
        b"<</Font<</F1 4 0 R/F2 5 0 R/F3 6 0 R>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Italic/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding/ToUnicode 7 0 R>>",
    ]
    objects += list(more) or [stream(b"")]
    kids = []
    for each in contents:
        kids.append(len(objects) + 1)
        shape = b"" if b"/MediaBox" in page else b"/MediaBox[0 0 400 600]"
        head = b"<</Type/Page/Parent 2 0 R" + shape + page
        objects += [head + b"/Resources 3 0 R/Contents %d 0 R>>" % (len(objects) + 2), stream(each)]
    refs = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<</Type/Pages/Kids[" + refs + b"]/Count %d>>" % len(kids)
    made, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj" % number + each + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n" % size + table + b"trailer<</Size %d/Root 1 0 R>>" % size
    return made + end + b"startxref\n%d\n%%%%EOF\n" % len(made)


def stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream"


def meaning(of: dict[str, str]) -> bytes:
    """A ToUnicode map: printed letter -> what it means."""
    pairs = b"".join(b"<%02X><%s>" % (ord(a), b.encode("utf-16-be").hex().encode()) for a, b in of.items())
    head = b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange<00><FF>"
    return stream(head + b"endcodespacerange %d beginbfchar " % len(of) + pairs + b" endbfchar endcmap end end")


def text(words: str, x: float = 50, y: float = 500, size: float = 12, font: int = 1) -> bytes:
    shown = words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"\nBT /F%d %g Tf %g %g Td (%s) Tj ET\n" % (font, size, x, y, shown)


def page_of(data: bytes, number: int = 1) -> Page:
    return lines.load(data, "a.pdf").pages[number - 1]


def texts(page: Page, body: float = 0) -> list[str]:
    return [line.text for line in (merge.whole_lines(page, body) if body else page.lines)]


def twice(page: Page) -> int:
    """Characters of what is printed again at the same place."""
    return sum(len("".join(text.split())) for text in page.doubled)


def printed(page: Page) -> int:
    """Characters in the lines of a page that are not white."""
    return sum(not c.isspace() for line in page.lines for c in line.text)

"""The sound books that are spoiled: the sample book, small ones made on the spot, and real ones where they are.

Invariant: small, so that a run of thousands takes minutes; each has what its format has: notes, verse, tables, lists.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from tests.books.makers import BOOK_STYLE, docx, epub, par, pdf
from tests.books.story import story
from tests.conftest import DATA
from tests.fuzzing.mutations import packed, unpacked

FORMATS = ("pdf", "epub", "docx", "html", "txt", "markdown")
SUFFIX = {"markdown": "md"}
Seeds = list[tuple[str, bytes]]

_BODY = (
    '<h1 id="a">I. The Mill</h1><p>It stood.<a epub:type="noteref" href="#n1">1</a> <i>Still</i> it did.</p>'
    "<blockquote><p>A letter.</p></blockquote><ul><li>one</li><li>two</li></ul><hr/><table><tr><td>1</td></tr></table>"
    '<p class="verse">a line<br/>and another</p><span epub:type="pagebreak" title="12" id="p12"/>'
    '<aside epub:type="footnote" id="n1"><p>1. A note.</p></aside>'
)
_NAV = (
    '<nav epub:type="toc"><ol><li><a href="a.xhtml#a">I. The Mill</a></li></ol></nav>'
    '<nav epub:type="page-list"><ol><li><a href="a.xhtml#p12">12</a></li></ol></nav>'
)
_MARKDOWN = (
    "---\ntitle: The Mill\nauthor: A. Writer\n---\n# One\n\nIt *stood* there.[^1]\n\n> A letter\n> of two lines.\n\n"
    "- one\n- two\n\n* * *\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n[^1]: A note.\n\n## Two\n\n"
)


def seeds(format_: str, folder: Path = DATA) -> Seeds:
    """Names and bytes of sound files of a format. `folder`: where the shared books are, if they are."""
    texts = story(1, 25)
    body = "".join(f"<p>{text}</p>" for text in texts)
    name = f"made.{SUFFIX.get(format_, format_)}"
    if format_ == "pdf":
        sample = resources.files("inscape.sample").joinpath("book.pdf").read_bytes()
        return [("sample.pdf", sample), (name, pdf(BOOK_STYLE + "= One\n\n" + "\n\n".join(texts))), (name, _bare())]
    if format_ == "epub":
        made = epub({"a.xhtml": _BODY + body, "b.xhtml": body}, nav=_NAV)
        return [(name, packed(unpacked(made))), *_shared(folder, "fyodor-dostoevsky*.epub")]
    if format_ == "docx":
        note = '<w:footnote w:id="2"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote>'
        call = '<w:r><w:footnoteReference w:id="2"/></w:r>'
        styles = '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        made = docx(par("One", "H1") + "".join(par(text, "", call) for text in texts), styles, note)
        return [(name, packed(unpacked(made))), *_shared(folder, "*.docx")]
    if format_ == "html":
        return [(name, f"<!DOCTYPE html><html><head><title>x</title></head><body>{_BODY}{body}</body></html>".encode())]
    if format_ == "markdown":
        return [(name, (_MARKDOWN + "\n\n".join(texts)).encode())]
    wrapped = "\n\n".join(text.replace(", ", ",\n").replace(" and ", "\nand ") for text in texts)
    start = "*** START OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n\nCHAPTER I\n\n_It stood._[1]\n\n"
    end = "\n\n[1] A note.\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE MILL ***\n"
    made = f"The Project Gutenberg eBook\n\n{start}{wrapped}{end}".encode()
    return [(name, made), *((n, data[:60_000]) for n, data in _shared(folder, "frankenstein.txt"))]


def _shared(folder: Path, pattern: str) -> Seeds:
    return [(path.name, path.read_bytes()) for path in sorted((folder / "books").glob(pattern))]


def _bare() -> bytes:
    """A PDF written by hand and packed nowhere, so that every number and name of it can be spoiled."""
    lines = "".join(f"1 0 0 1 50 {700 - 14 * n} Tm (Line {n} of a page that is plain to see.) Tj\n" for n in range(40))
    page = f"BT /F1 11 Tf\n{lines}ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R/PageLabels<</Nums[0<</S/r>>1<</S/D/St 5>>]>>>>",
        b"<</Type/Pages/Kids[3 0 R 8 0 R]/Count 2/MediaBox[0 0 500 800]/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Rotate 0>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/FirstChar 32/LastChar 34/Widths[250 333 408]>>",
        b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>",
        b"<</Title(One)/Parent 6 0 R/Dest[3 0 R/XYZ 0 800 0]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/UserUnit 1>>",
    ]
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<</Root 1 0 R/Size %d/Info<</Title(Bare)/Author(Nobody)>>>>\n" % (len(objects) + 1)
    return made + head + table + end + b"startxref\n%d\n%%%%EOF\n" % len(made)

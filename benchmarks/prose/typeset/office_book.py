"""Sets a book with LibreOffice Writer, from a flat OpenDocument file written here.

Invariant: the file holds the units' words; heads and folios are fields of the page styles. Pages of units are found by
alignment (spans.py), since Writer does not tell.
"""

from __future__ import annotations

import html
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.prose.typeset import spans
from benchmarks.prose.typeset.tools import need, version
from benchmarks.prose.typeset.truth import Book, Typeset, Unit, runs

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
}
_HYPHENS = 'fo:hyphenate="true" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="3"'


@dataclass(frozen=True)
class Manuscript:
    """How the manuscript looks: lengths in the units of OpenDocument; `gap` stands below a paragraph."""

    font: str
    size: str
    indent: str
    gap: str
    align: str = "justify"
    width: str = "14cm"
    height: str = "21cm"


def flat(book: Book, look: Manuscript) -> str:
    """The book as one flat OpenDocument text."""
    names = " ".join(f'xmlns:{k}="{v}"' for k, v in _NAMES.items())
    head = f'<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.3" '
    head += 'office:mimetype="application/vnd.oasis.opendocument.text">'
    text = "".join(_body(book))
    body = f"<office:body><office:text>{text}</office:text></office:body>"
    return f"{head}{_styles(look)}{_pages(book, look)}{body}</office:document>"


def _style(name: str, paragraph: str, text: str = "", parent: str = "Standard") -> str:
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{parent}">'
        f"<style:paragraph-properties {paragraph}/><style:text-properties {text}/></style:style>"
    )


def _styles(look: Manuscript) -> str:
    language = 'fo:language="en" fo:country="US"'
    font = f'style:font-name="{look.font}" fo:font-family="{look.font}" fo:font-size="{look.size}" {language}'
    hyphens = _HYPHENS if look.align == "justify" else ""
    base = f'fo:text-align="{look.align}" fo:orphans="2" fo:widows="2" fo:line-height="120%"'
    own = (f'fo:text-indent="{look.indent}" fo:margin-bottom="{look.gap}"', hyphens)
    apart = 'fo:text-indent="0cm" fo:margin-left="1cm" fo:margin-right="1cm" fo:margin-top="{0}" fo:margin-bottom="{0}"'
    center = 'fo:text-align="center" fo:text-indent="0cm" fo:keep-with-next="always"'
    made = [
        f'<style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties {base}/>'
        f"<style:text-properties {font}/></style:style>",
        _style("para", *own),
        _style("opening", 'fo:text-indent="0cm" fo:margin-bottom="' + look.gap + '"', hyphens),
        *(_style(kind, apart.format("0.3cm"), hyphens) for kind in ("quote", "letter", "verse", "table")),
        *(_style(kind, 'fo:margin-left="0.8cm" fo:text-indent="-0.8cm"', hyphens) for kind in ("list", "play")),
        _style("break", center + ' fo:margin-top="0.4cm" fo:margin-bottom="0.4cm"'),
        _style(
            "h2", center + ' fo:break-before="page" fo:margin-top="5cm" fo:margin-bottom="2cm"', 'fo:font-size="18pt"'
        ),
        _style(
            "h3", center + ' fo:break-before="page" fo:margin-top="2cm" fo:margin-bottom="1cm"', 'fo:font-weight="bold"'
        ),
        _style("h4", center + ' fo:margin-top="0.6cm" fo:margin-bottom="0.4cm"', 'fo:font-weight="bold"'),
        _style("outer", 'fo:text-align="end"', 'fo:font-style="italic" fo:font-size="9pt"'),
        _style("inner", 'fo:text-align="start"', 'fo:font-style="italic" fo:font-size="9pt"'),
        _style("middle", 'fo:text-align="center"', 'fo:font-size="9pt"'),
        _style("Footnote", 'fo:text-indent="0cm"', 'fo:font-size="8pt"'),
    ]
    italic = (
        '<style:style style:name="i" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
    )
    return f"<office:styles>{''.join(made)}{italic}</office:styles>"


def _pages(book: Book, look: Manuscript) -> str:
    """Mirrored pages: title on the left, author on the right, the folio at the foot of both."""
    size = f'fo:page-width="{look.width}" fo:page-height="{look.height}" fo:margin-top="1.5cm" fo:margin-bottom="1.5cm"'
    margins = f'{size} fo:margin-left="2.2cm" fo:margin-right="1.6cm"'
    properties = '<style:header-footer-properties fo:min-height="0.9cm" fo:margin-{1}="0.4cm"/>'
    band = "<style:{0}-style>" + properties + "</style:{0}-style>"
    layout = f'<style:page-layout style:name="pl" style:page-usage="mirrored"><style:page-layout-properties {margins}/>'
    layout += band.format("header", "bottom") + band.format("footer", "top") + "</style:page-layout>"
    folio = '<text:p text:style-name="middle"><text:page-number text:select-page="current"/></text:p>'
    right = f'<style:header><text:p text:style-name="outer">{html.escape(book.author)}</text:p></style:header>'
    left = f'<style:header-left><text:p text:style-name="inner">{html.escape(book.title)}</text:p></style:header-left>'
    feet = f"<style:footer>{folio}</style:footer><style:footer-left>{folio}</style:footer-left>"
    master = (
        f'<style:master-page style:name="Standard" style:page-layout-name="pl">{right}{left}{feet}</style:master-page>'
    )
    masters = f"<office:master-styles>{master}</office:master-styles>"
    return f"<office:automatic-styles>{layout}</office:automatic-styles>{masters}"


def _body(book: Book) -> Iterator[str]:
    fresh = False
    for unit in book.units:
        if unit.kind == "heading":
            words = _inline(unit.text, book.notes)
            yield f'<text:h text:style-name="h{unit.level}" text:outline-level="{unit.level - 1}">{words}</text:h>'
        elif unit.kind == "break":
            yield '<text:p text:style-name="break">* * *</text:p>'
        else:
            name = "opening" if fresh and unit.kind == "para" else unit.kind
            yield f'<text:p text:style-name="{name}">{_inline(unit.text, book.notes)}</text:p>'
        fresh = unit.kind == "heading"


def _inline(text: str, notes: Mapping[str, str]) -> str:
    made = []
    for run in runs(text):
        if run.note:
            body = f'<text:p text:style-name="Footnote">{_inline(notes[run.note], {})}</text:p>'
            cite = f"<text:note-citation>{run.note}</text:note-citation>"
            made.append(
                f'<text:note text:note-class="footnote">{cite}<text:note-body>{body}</text:note-body></text:note>'
            )
        elif run.text == "\n":
            made.append("<text:line-break/>")
        else:
            words = html.escape(run.text, quote=False)
            made.append(f'<text:span text:style-name="i">{words}</text:span>' if run.italic else words)
    return "".join(made)


def typeset(book: Book, look: Manuscript, about: Mapping[str, Any]) -> Typeset:
    """Set the book. Raises MissingTool without LibreOffice, RuntimeError when it makes no PDF."""
    need("soffice", "pypdfium2")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "book.fodt").write_text(flat(book, look), "utf-8")
        command = ["soffice", f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", "pdf"]
        command += ["--outdir", place, str(folder / "book.fodt")]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if not (folder / "book.pdf").exists():
            raise RuntimeError(f"soffice made no PDF:\n{done.stdout[-500:]}{done.stderr[-1000:]}")
        pdf = (folder / "book.pdf").read_bytes()
    found: tuple[Unit, ...] = spans.align(book.units, spans.page_texts(pdf))
    heads = {"left": book.title, "right": book.author}
    facts = {"tool": version("soffice"), "fonts": [look.font], "heads_by_side": heads, "pages_by": "alignment"}
    return Typeset(pdf, found, book.notes, {**about, **facts})

"""Small books, made on the spot: EPUB, DOCX and PDF from a few lines of text."""

from __future__ import annotations

import io
import zipfile

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
XHTML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
    'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>t</title></head><body>{}</body></html>'
)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive of parts by name."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def epub(
    bodies: dict[str, str], nav: str = "", extra: dict[str, str | bytes] | None = None, package: str | None = None
) -> bytes:
    """An EPUB whose spine is `bodies` in their order: file name -> inside of the body element."""
    items = "".join(f'<item id="i{i}" href="{n}" media-type="application/xhtml+xml"/>' for i, n in enumerate(bodies))
    if nav:
        items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    spine = "".join(f'<itemref idref="i{i}"/>' for i in range(len(bodies)))
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Mill</dc:title><dc:creator>A. Writer</dc:creator>'
        f"<dc:language>en</dc:language></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": package or opf,
    }
    parts |= {f"OPS/{name}": XHTML.format(body) for name, body in bodies.items()}
    if nav:
        parts["OPS/nav.xhtml"] = XHTML.format(nav)
    return zipped(parts | (extra or {}))


def docx(body: str, styles: str = "", notes: str = "") -> bytes:
    """A DOCX; the arguments are the insides of w:body, w:styles and w:footnotes."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
    }
    if notes:
        parts["word/footnotes.xml"] = f'<w:footnotes xmlns:w="{W}">{notes}</w:footnotes>'
    return zipped(parts)


def par(text: str, style: str = "", inside: str = "") -> str:
    """A w:p of one run."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t>{inside}</w:r></w:p>'


def pdf(source: str) -> bytes:
    """A PDF typeset by Typst."""
    import typst

    return typst.compile(source.encode("utf-8"), format="pdf")


BOOK_STYLE = """
#set page(width: 110mm, height: 170mm, margin: (inside: 16mm, outside: 13mm, y: 17mm),
  header: context { if counter(page).get().first() > 1 {
    set text(size: 8pt)
    if calc.even(counter(page).get().first()) [THE MILL BY THE RIVER] else [#h(1fr) A. Writer] } },
  footer: context align(center, text(size: 9pt, counter(page).display())))
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "en", hyphenate: true)
#set par(justify: true, first-line-indent: 1.3em, spacing: 0.65em, leading: 0.65em)
#show heading: it => align(center, block(above: 3em, below: 2em, text(size: 14pt, it.body)))
"""
"""Head, folio, justified lines with hyphens, indented paragraphs: the usual novel."""

"""Typeset the sample book: book.md -> book.pdf and book.epub, byte for byte repeatable.

Run ``python scripts/typeset_sample.py`` after ``pip install typst``. Only the fonts
embedded in typst are used, and every date and identifier is fixed, so that two runs
write the same bytes. The Markdown understood is what the book needs: front matter,
``# Chapter``, ``*italics*``, ``> `` quotations, ``* * *`` and ``[^1]`` notes.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path

import typst

SAMPLE = Path(__file__).resolve().parent.parent / "src" / "inscape" / "sample"
INLINE = re.compile(r"\*([^*]+)\*|\[\^(\w+)\]")
NOTE = re.compile(r"\[\^(\w+)\]:\s+(.*)", re.DOTALL)
TYPST_SPECIAL = re.compile(r"([\\#*_`$<>@\[\]~=+/\-])")
Markup = Callable[[str], str]


@dataclass
class Block:
    """A paragraph, a block quotation (several paragraphs) or a scene break."""

    kind: str
    paragraphs: list[str] = field(default_factory=list)


@dataclass
class Chapter:
    """A titled run of blocks with the notes it refers to, by label."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass
class Book:
    """The whole sample: front matter and chapters."""

    meta: dict[str, str]
    chapters: list[Chapter]


def parse(source: str) -> Book:
    """Read the book from its Markdown source."""
    _, front, body = source.split("---\n", 2)
    meta = dict(line.split(": ", 1) for line in front.splitlines())
    chapters: list[Chapter] = []
    for chunk in re.split(r"\n\s*\n", body.strip()):
        if chunk.startswith("# "):
            chapters.append(Chapter(chunk[2:].strip()))
        else:
            add_chunk(chapters[-1], chunk)
    return Book(meta, chapters)


def add_chunk(chapter: Chapter, chunk: str) -> None:
    """File one blank-line separated chunk under the chapter."""
    note = NOTE.fullmatch(chunk)
    if note:
        chapter.notes[note[1]] = join_lines(note[2])
    elif chunk.strip() == "* * *":
        chapter.blocks.append(Block("break"))
    elif chunk.startswith(">"):
        inner = re.sub(r"^> ?", "", chunk, flags=re.MULTILINE)
        chapter.blocks.append(Block("quote", [join_lines(part) for part in inner.split("\n\n")]))
    else:
        chapter.blocks.append(Block("par", [join_lines(chunk)]))


def join_lines(text: str) -> str:
    """Undo the line wrapping of the source."""
    return " ".join(text.split())


def inline(text: str, plain: Markup, em: Markup, note: Markup) -> str:
    """Render italics and note references with the given markup functions."""
    out: list[str] = []
    end = 0
    for match in INLINE.finditer(text):
        out.append(plain(text[end : match.start()]))
        out.append(em(plain(match[1])) if match[1] else note(match[2]))
        end = match.end()
    return "".join(out) + plain(text[end:])


PREAMBLE = r"""
#set document(title: "TITLE", author: "AUTHOR", date: datetime(year: YEAR, month: 1, day: 1))
#set text(font: "Libertinus Serif", size: 11pt, lang: "LANGUAGE", region: "us", costs: (hyphenation: 35%))
#set smartquote(enabled: false)
#set par(justify: true, leading: 0.62em, spacing: 0.62em, first-line-indent: 1.3em)
#let opening() = query(heading).any(h => h.location().page() == here().page())
#let running() = context if here().page() > 2 and not opening() {
  set text(size: 8.5pt, tracking: 0.04em)
  if calc.even(here().page()) [#align(left)[AUTHOR]] else [#align(right)[TITLE]]
}
#let folio() = context if here().page() > 2 { align(center, text(size: 9pt, str(here().page()))) }
#set page(width: 120mm, height: 185mm, header: running(), footer: folio(),
  header-ascent: 40%, footer-descent: 40%,
  margin: (inside: 18mm, outside: 16mm, top: 20mm, bottom: 22mm))
#show footnote.entry: set text(size: 8.5pt)
#show heading: it => {
  pagebreak(weak: true)
  v(26mm)
  block(width: 100%, below: 11mm, align(center, text(size: 15pt, weight: "regular", style: "italic", it.body)))
}
#let scene() = block(width: 100%, above: 1.5em, below: 1.5em, align(center)[\*#h(1em)\*#h(1em)\*])
#let letter(body) = block(inset: (x: 1.6em), above: 1.3em, below: 1.3em, {
  set par(first-line-indent: 0pt, spacing: 1em)
  set text(size: 10pt)
  body
})
#v(38mm)
#align(center, text(size: 22pt, hyphenate: false)[TITLE])
#v(5mm)
#align(center, emph[AUTHOR])
#pagebreak()
#v(1fr)
#par(justify: false, text(size: 8.5pt, hyphenate: false)[First issued YEAR. Dedicated to the public domain, RIGHTS.\
Set in Libertinus Serif. The persons and the potato house are invented.])
"""


def typst_text(text: str) -> str:
    """Escape running text for typst."""
    return TYPST_SPECIAL.sub(r"\\\1", text)


def typst_inline(text: str, notes: dict[str, str]) -> str:
    """Render one paragraph for typst, its notes set in place."""
    return inline(text, typst_text, lambda s: f"#emph[{s}];", lambda n: f"#footnote[{typst_inline(notes[n], {})}];")


def typst_block(block: Block, notes: dict[str, str]) -> str:
    """Render one block for typst."""
    body = "\n\n".join(typst_inline(text, notes) for text in block.paragraphs)
    if block.kind == "break":
        return "#scene()"
    return f"#letter[\n{body}\n]" if block.kind == "quote" else body


def pdf(book: Book) -> bytes:
    """Set the book as PDF pages with the fonts embedded in typst."""
    head = PREAMBLE
    for key, value in book.meta.items():
        head = re.sub(rf"\b{key.upper()}\b", value, head)
    parts = [head]
    for chapter in book.chapters:
        parts.append(f"= {typst_text(chapter.title)}")
        parts.extend(typst_block(block, chapter.notes) for block in chapter.blocks)
    return typst.compile("\n\n".join(parts).encode("utf-8"), format="pdf", ignore_system_fonts=True)


html_text: Markup = partial(escape, quote=False)
NOTEREF = '<sup><a epub:type="noteref" id="ref{n}" href="#note{n}">{n}</a></sup>'
XHTML = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
STYLE = """h1 { margin: 3em 0 2em; text-align: center; font-weight: normal; font-style: italic; }
p { margin: 0; text-align: justify; }
p + p { text-indent: 1.3em; }
blockquote { margin: 1.3em 1.6em; }
blockquote p + p { margin-top: 0.5em; text-indent: 0; }
"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{uid}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>{language}</dc:language>
<dc:rights>{rights}</dc:rights>
<dc:date>{year}</dc:date>
<meta property="dcterms:modified">{year}-01-01T00:00:00Z</meta>
</metadata><manifest>
<item id="style" href="style.css" media-type="text/css"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
{items}
</manifest><spine>
{spine}
</spine></package>
"""


def html_inline(text: str) -> str:
    """Render one paragraph's content as XHTML."""
    return inline(text, html_text, lambda s: f"<em>{s}</em>", lambda n: NOTEREF.format(n=n))


def html_block(block: Block) -> str:
    """Render one block as XHTML."""
    body = "\n".join(f"<p>{html_inline(text)}</p>" for text in block.paragraphs)
    if block.kind == "break":
        return "<hr/>"
    return f"<blockquote>\n{body}\n</blockquote>" if block.kind == "quote" else body


def html_notes(notes: dict[str, str]) -> list[str]:
    """The chapter's notes, gathered at its end."""
    asides = [
        f'<aside epub:type="footnote" id="note{n}"><p><a href="#ref{n}">{n}</a>. {html_inline(text)}</p></aside>'
        for n, text in notes.items()
    ]
    return ['<section epub:type="endnotes">', *asides, "</section>"] if asides else []


def html_page(kind: str, title: str, parts: list[str]) -> str:
    """One XHTML page: a section under its heading."""
    head = f'<section epub:type="{kind}">\n<h1>{html_text(title)}</h1>'
    return XHTML.format(title=html_text(title), body="\n".join([head, *parts, "</section>"]))


def epub_chapter(chapter: Chapter) -> str:
    """One chapter as an XHTML page, its notes at the end."""
    blocks = [html_block(block) for block in chapter.blocks]
    return html_page("chapter", chapter.title, blocks + html_notes(chapter.notes))


def epub_nav(chapters: dict[str, Chapter]) -> str:
    """The table of contents, from page name to title."""
    items = [f'<li><a href="{name}.xhtml">{html_text(chapter.title)}</a></li>' for name, chapter in chapters.items()]
    body = ['<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>', *items, "</ol></nav>"]
    return XHTML.format(title="Contents", body="\n".join(body))


def epub_package(meta: dict[str, str], names: list[str]) -> str:
    """The OPF package document."""
    uid = uuid.uuid5(uuid.NAMESPACE_URL, f"inscape:{meta['title']}:{meta['year']}")
    items = [f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in names]
    spine = [f'<itemref idref="{name}"/>' for name in names]
    fields = {key: html_text(value) for key, value in meta.items()}
    return PACKAGE.format(items="\n".join(items), spine="\n".join(spine), uid=uid, **fields)


def epub_files(book: Book) -> dict[str, str]:
    """Every file of the EPUB after its mimetype, by name."""
    chapters = {f"chapter{n}": chapter for n, chapter in enumerate(book.chapters, 1)}
    title_lines = [book.meta[key] for key in ("author", "year", "rights")]
    title_page = html_page("titlepage", book.meta["title"], [f"<p>{html_text(line)}</p>" for line in title_lines])
    return {f"OEBPS/{name}.xhtml": epub_chapter(chapter) for name, chapter in chapters.items()} | {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": epub_package(book.meta, ["title", *chapters]),
        "OEBPS/nav.xhtml": epub_nav(chapters),
        "OEBPS/style.css": STYLE,
        "OEBPS/title.xhtml": title_page,
    }


def epub(book: Book) -> bytes:
    """The EPUB: mimetype first and stored, the rest sorted and deflated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        add_entry(archive, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, text in sorted(epub_files(book).items()):
            add_entry(archive, name, text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def add_entry(archive: zipfile.ZipFile, name: str, text: str, method: int) -> None:
    """Add one file with a fixed date, system and mode."""
    info = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
    info.compress_type = method
    info.create_system = 3
    info.external_attr = 0o644 << 16
    archive.writestr(info, text.encode("utf-8"))


def main() -> None:
    """Typeset both files next to the source."""
    book = parse((SAMPLE / "book.md").read_text(encoding="utf-8"))
    for name, data in (("book.pdf", pdf(book)), ("book.epub", epub(book))):
        (SAMPLE / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")


if __name__ == "__main__":
    main()

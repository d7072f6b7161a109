"""DOCX: paragraphs by their styles, notes at the end.

Invariant: reads word/document.xml once, as a stream, and frees each paragraph when it has been read; deleted text of
tracked changes is no text. Word stores no pages, so a unit's place is its paragraph's number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from inscape.books.archive import Archive
from inscape.books.decode import mend
from inscape.books.structure import assemble, is_break, worded_level
from inscape.errors import BookError
from inscape.records import BookText, Kind, Paragraph
from inscape.text import squeeze

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_P, _TC, _TR, _VAL = f"{_W}p", f"{_W}tc", f"{_W}tr", f"{_W}val"
_BETWEEN = {
    f"{_W}tab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}ptab": " ",
}
_NESTED = frozenset((f"{_W}txbxContent", f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"^heading (\d)", re.I)
_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"quot|block text|epigraph", re.I), "quote"),
    (re.compile(r"verse|poem|poetry|stanza", re.I), "verse"),
    (re.compile(r"^list\b", re.I), "list"),
)


@dataclass(slots=True)
class _Style:
    name: str = ""
    based: str = ""
    level: int = 0
    """Of a heading, from 1; 0 where the style is none."""
    numbered: bool = False


@dataclass(slots=True)
class _Reader:
    """The state of one reading of document.xml."""

    styles: dict[str, _Style]
    units: list[Paragraph] = field(default_factory=list)
    number: int = 0


def read(data: bytes, name: str) -> BookText:
    """Read a DOCX. Raises BookError: not whole, protected, hostile, or without text."""
    archive = Archive(data, name, "DOCX")
    document = archive.read("word/document.xml")
    if _STRICT in document[:4000]:
        raise BookError(
            f"{name} is a 'Strict Open XML' document. "
            "Open it in Word, save it as 'Word Document (.docx)', and add that."
        )
    document, doubts = _mended(document)
    reader = _Reader(_styles(archive))
    _body(document, reader, name)
    reader.units += _notes(archive, "footnote") + _notes(archive, "endnote")
    units = _headings(reader.units)
    if not any(u.text for u in units):
        raise BookError(
            f"{name} holds no text; if it shows scanned pages, export a PDF and run 'ocrmypdf' on it first."
        )
    title, author, language = _core(archive)
    return BookText(title, author, language, "docx", assemble(units, title), None, (), doubts)


def _mended(document: bytes) -> tuple[bytes, tuple[str, ...]]:
    try:
        text, doubt = mend(document.decode("utf-8"))
    except UnicodeDecodeError:
        return document, ()
    return (text.encode("utf-8"), (doubt,)) if doubt else (document, ())


def _parse(archive: Archive, path: str) -> Any:
    """Root of a small part, or None where the file has none."""
    if path not in archive.names:
        return None
    try:
        return etree.fromstring(archive.read(path), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise _unsound(archive.name, path, error) from error


def _unsound(name: str, path: str, error: etree.XMLSyntaxError) -> BookError:
    return BookError(
        f"{name}: '{path}' is not sound XML (line {error.lineno or 1}). "
        "Open it in Word or LibreOffice and save it again."
    )


# ---------------------------------------------------------------- styles


def _styles(archive: Archive) -> dict[str, _Style]:
    root = _parse(archive, "word/styles.xml")
    styles: dict[str, _Style] = {}
    if root is None:
        return styles
    for element in root.iter(f"{_W}style"):
        if element.get(f"{_W}type") != "paragraph":
            continue
        style = _Style(_child(element, "name"), _child(element, "basedOn"))
        outline = next((e.get(_VAL, "") for e in element.iter(f"{_W}outlineLvl")), "")
        style.level = int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0
        if found := _HEADING.match(style.name):
            style.level = int(found[1])
        elif style.name.lower() == "title":
            style.level = 1
        style.numbered = element.find(f"{_W}pPr/{_W}numPr") is not None
        styles[element.get(f"{_W}styleId", "")] = style
    return styles


def _child(element: Any, tag: str) -> str:
    found = element.find(f"{_W}{tag}")
    return found.get(_VAL, "") if found is not None else ""


def _chain(styles: dict[str, _Style], style: str) -> Iterator[_Style]:
    """A style and those it is based on; a circle of styles ends where it closes."""
    seen: set[str] = set()
    while style in styles and style not in seen:
        seen.add(style)
        yield styles[style]
        style = styles[style].based


def _kind(paragraph: Any, styles: dict[str, _Style]) -> tuple[Kind, int]:
    """(kind, heading level) of a paragraph, by its own properties first, then by its styles."""
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return "paragraph", 0
    outline = _child(properties, "outlineLvl")
    chain = list(_chain(styles, _child(properties, "pStyle")))
    level = int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0
    level = level or next((s.level for s in chain if s.level), 0)
    if level:
        return "heading", level
    for style in chain:
        for pattern, kind in _KINDS:
            if pattern.search(style.name):
                return kind, 0
    numbers = properties.find(f"{_W}numPr")
    own = numbers is not None and _child(numbers, "numId") != "0"
    return ("list", 0) if own or (numbers is None and any(s.numbered for s in chain)) else ("paragraph", 0)


# ---------------------------------------------------------------- text


def _body(document: bytes, reader: _Reader, name: str) -> None:
    try:
        events = etree.iterparse(
            io.BytesIO(document), events=("end",), tag=(_P, _TR), resolve_entities=False, no_network=True
        )
        for _, element in events:
            if element.tag == _TR:
                _row(element, reader)
            elif not any(True for _ in element.iterancestors(_TC)):
                _paragraph(element, reader)
                if element.getparent() is not None and element.getparent().tag == f"{_W}body":
                    element.clear()
    except etree.XMLSyntaxError as error:
        raise _unsound(name, "word/document.xml", error) from error


def _paragraph(element: Any, reader: _Reader) -> None:
    reader.number += 1
    if _is_fallback(element):
        return
    text = _text(element)
    kind, level = _kind(element, reader.styles)
    place = f"paragraph {reader.number:,}"
    lines = [line for line in map(squeeze, text.split("\n")) if line]
    if not lines:
        if element.find(f"{_W}pPr/{_W}pBdr") is not None:
            reader.units.append(Paragraph("break", "", None, None, place))
        return
    if is_break(" ".join(lines)):
        reader.units.append(Paragraph("break", "", None, None, place))
        return
    if kind == "verse" or (kind in ("paragraph", "quote") and len(lines) > 1 and max(map(len, lines)) <= 70):
        kind = "verse"
    joined = ("\n" if kind == "verse" else " ").join(lines)
    reader.units.append(Paragraph(kind, joined, None, None, place, level))


def _is_fallback(element: Any) -> bool:
    """Whether the element only says again, for old programs, what stands beside it."""
    return any(True for _ in element.iterancestors(_FALLBACK))


def _text(element: Any) -> str:
    """Text of a paragraph, without text boxes (they come as paragraphs of their own), deletions and note markers."""
    parts: list[str] = []
    pending = [element]
    while pending:
        here = pending.pop()
        tag = here.tag
        if tag == f"{_W}t":
            parts.append(here.text or "")
        elif tag in _BETWEEN:
            page = here.get(f"{_W}type") in ("page", "column")
            parts.append(" " if page else _BETWEEN[tag])
        elif tag not in _NESTED and tag != _FALLBACK:
            pending.extend(reversed(here))
    return "".join(parts)


def _row(row: Any, reader: _Reader) -> None:
    if any(True for _ in row.iterancestors(_TC)):
        return  # the row of a table within a cell: it is read with that cell
    # A cell may stand inside a content control; the cells of a table within a cell belong to that cell.
    cells = [cell for cell in row.iter(_TC) if next(cell.iterancestors(_TR)) is row]
    if len(cells) == 1:
        for element in cells[0].iter(_P):
            _paragraph(element, reader)
    else:
        reader.number += 1
        texts = [squeeze(" ".join(_text(p) for p in cell.iter(_P) if not _is_fallback(p))) for cell in cells]
        if joined := " | ".join(t for t in texts if t):
            reader.units.append(Paragraph("table", joined, None, None, f"paragraph {reader.number:,}"))
    row.clear()


def _notes(archive: Archive, what: str) -> list[Paragraph]:
    root = _parse(archive, f"word/{what}s.xml")
    made: list[Paragraph] = []
    for note in root.iter(f"{_W}{what}") if root is not None else ():
        if note.get(f"{_W}type") in ("separator", "continuationSeparator", "continuationNotice"):
            continue
        if text := squeeze(" ".join(_text(p) for p in note.iter(_P))):
            made.append(Paragraph("note", text, None, None, f"{what} {note.get(f'{_W}id')}"))
    return made


def _headings(units: list[Paragraph]) -> list[Paragraph]:
    """Headings by their words, for books in which nobody used a heading style."""
    if any(u.kind == "heading" for u in units):
        return units
    return [
        Paragraph("heading", u.text, None, None, u.place, level)
        if u.kind == "paragraph" and (level := worded_level(u.text))
        else u
        for u in units
    ]


def _core(archive: Archive) -> tuple[str, str, str]:
    root = _parse(archive, "docProps/core.xml")
    found = {str(e.tag).rsplit("}", 1)[-1]: squeeze(e.text or "") for e in root} if root is not None else {}
    # A library's default is nobody's name.
    author = "" if found.get("creator") == "python-docx" else found.get("creator", "")
    return found.get("title", ""), author, found.get("language", "")

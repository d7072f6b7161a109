"""DOCX: paragraphs by their styles, notes at the end.

Invariant: reads word/document.xml once, as a stream, and frees each paragraph when it has been read. What is no text
of the book (tracked deletions, hidden text, comments, running heads, tables of contents) is in `removed`. Word keeps
no pages but those of its last layout; a unit's place is its paragraph's number.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from inscape.books import marks
from inscape.books.archive import Archive
from inscape.books.calls import WHY, finished
from inscape.books.decode import mend, suspect
from inscape.books.docx_styles import Styles, W, child, level_of, styles
from inscape.books.matter import matter_of
from inscape.books.structure import assemble, is_break, worded_level
from inscape.books.trees import safe
from inscape.errors import BookError
from inscape.records import BookText, Kind, Paragraph, Removal
from inscape.text import plural, squeeze

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LOOSE = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P, _R, _T, _TC, _TR = f"{W}p", f"{W}r", f"{W}t", f"{W}tc", f"{W}tr"
_PPR, _RPR, _BODY = f"{W}pPr", f"{W}rPr", f"{W}body"
_BR, _PAGE = f"{W}br", f"{W}lastRenderedPageBreak"
_BETWEEN = {f"{W}tab": " ", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": " "}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_CALLS = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_GONE = {f"{W}del": "tracked deletion", f"{W}moveFrom": "tracked deletion", f"{W}rt": "reading aid"}
_GONE_TEXT = (_T, f"{W}delText")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NESTED = frozenset((f"{W}txbxContent", _PPR, _RPR, _FALLBACK))
_BESIDE = re.compile(r"^word/(?:(header|footer)\d*|(comments))\.xml$")
_SHORT = 80
"""Characters, at most, of a line of ornaments."""
_VERSE = 70
"""Characters, at most, of every line of a paragraph that its writer broke into lines: verse."""


@dataclass(slots=True)
class _Reader:
    """The state of one reading of document.xml."""

    styles: Styles
    notes: frozenset[str] = frozenset()
    """Places of the notes that the file holds."""
    page: int | None = None
    units: list[Paragraph] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    number: int = 0
    _parts: list[str] = field(default_factory=list)
    _italic: bool = False
    _signed: bool = False

    # ------------------------------------------------------------ text

    def text(self, paragraph: Any, italic: bool) -> str:
        """Text of a paragraph, with signs; without text boxes, which come as paragraphs of their own."""
        self._parts, self._italic, self._signed = [], False, False
        pending = list(reversed(paragraph))
        while pending:
            here = pending.pop()
            tag = here.tag
            if tag == _R:
                self._run(here, italic)
            elif tag == _PPR:
                continue
            elif tag in _GONE:
                self._take_out(here, _GONE[tag])
            elif tag == _MATH:
                self._say(here.text or "", italic)
            elif tag not in _NESTED:
                pending.extend(reversed(here))
        return "".join(self._parts)

    def _run(self, run: Any, italic: bool) -> None:
        mark = False
        for leaf in run:
            tag = leaf.tag
            if tag == _T:
                if mark:  # the sign that the writer chose for a note
                    self.removed.append(Removal(WHY, leaf.text or "", self.page))
                elif leaf.text:
                    self._say(leaf.text, italic)
            elif tag == _RPR:
                italic, hidden = self.styles.letters(leaf, italic)
                if hidden:
                    self._take_out(run, "hidden text")
                    return
            elif tag == _BR:
                self._parts.append("\n" if leaf.get(f"{W}type") not in ("page", "column") else " ")
            elif tag in _BETWEEN:
                self._parts.append(_BETWEEN[tag])
            elif tag == _PAGE:
                self._turn()
            elif tag in _CALLS:
                mark = self._call(f"{_CALLS[tag]} {leaf.get(f'{W}id')}", leaf)
            elif len(leaf) and tag not in _NESTED:
                self._inside(leaf, italic)

    def _inside(self, leaf: Any, italic: bool) -> None:
        """What stands in a run beside text: a ruby, a control; never a text box or its copy for old programs."""
        pending = [leaf]
        while pending:
            here = pending.pop()
            if here.tag in _GONE:
                self._take_out(here, _GONE[here.tag])
            elif here.tag == _T:
                self._say(here.text or "", italic)
            elif here.tag not in _NESTED:
                pending.extend(reversed(here))

    def _say(self, text: str, italic: bool) -> None:
        if italic != self._italic:
            self._parts.append(marks.ITALIC if italic else marks.ROMAN)
            self._italic, self._signed = italic, True
        if not text.isascii():
            text = marks.unjoined(text).replace("\u2011", "-")
        self._parts.append(text)

    def _turn(self) -> None:
        if self.page is not None:
            self.page += 1
            self._parts.append(marks.page(self.page))
            self._signed = True

    def _call(self, place: str, leaf: Any) -> bool:
        """Whether the text that follows is the writer's own sign for the note."""
        if place in self.notes:
            self._parts.append(marks.note(place))
            self._signed = True
        return leaf.get(f"{W}customMarkFollows", "0") in ("1", "true", "on")

    def _take_out(self, element: Any, why: str) -> None:
        if text := squeeze("".join(e.text or "" for e in element.iter(*_GONE_TEXT))):
            self.removed.append(Removal(why, text, self.page))

    # ------------------------------------------------------------ paragraphs

    def paragraph(self, element: Any) -> None:
        """Read a w:p into a unit."""
        self.number += 1
        if _is_fallback(element):
            return
        properties = element.find(_PPR)
        kind, level, italic, contents = self._meaning(properties)
        page = self.page
        raw = self.text(element, italic)
        place = f"paragraph {self.number:,}"
        lines = [" ".join(part.split()) for part in raw.split("\n")] if "\n" in raw else [" ".join(raw.split())]
        plain = [marks.bare(line).strip() for line in lines] if self._signed else lines
        whole = " ".join(filter(None, plain)) if len(plain) > 1 else plain[0]
        if not whole or (len(whole) < _SHORT and is_break(whole)):
            self._break(whole, properties, page, place)
        elif contents:
            self.removed.append(Removal("table of contents", whole, page))
        else:
            if (
                len(plain) > 1
                and kind in ("paragraph", "quote")
                and sum(map(bool, plain)) > 1
                and max(map(len, plain)) <= _VERSE
            ):
                kind = "verse"
            text = ("\n" if kind == "verse" else " ").join(filter(None, lines)) if len(lines) > 1 else lines[0]
            unit = Paragraph(kind, text, page, None, place, level)
            self.units.append(finished(unit, text, kind == "verse") if self._signed else unit)

    def _break(self, ornament: str, properties: Any, page: int | None, place: str) -> None:
        if ornament:
            self.removed.append(Removal("scene break", ornament, page))
        if ornament or (properties is not None and properties.find(f"{W}pBdr") is not None):
            self.units.append(Paragraph("break", "", page, None, place))

    def _meaning(self, properties: Any) -> tuple[Kind, int, bool, bool]:
        """(kind, level, italic, line of a table of contents), by a paragraph's own properties, then by its style."""
        if properties is None:
            return "paragraph", 0, False, False
        said = self.styles.meaning(child(properties, "pStyle"))
        if level := level_of(child(properties, "outlineLvl")):
            return "heading", level, said.italic, said.contents
        if said.kind != "paragraph":
            return said.kind, said.level, said.italic, said.contents
        numbers = properties.find(f"{W}numPr")
        own = numbers is not None and child(numbers, "numId") != "0"
        listed = own or (numbers is None and said.numbered)
        return "list" if listed else "paragraph", 0, said.italic, said.contents

    def row(self, row: Any) -> None:
        """Read a w:tr into a unit; the paragraphs of a single cell are units of their own."""
        if any(True for _ in row.iterancestors(_TC)):
            return  # the row of a table within a cell: it is read with that cell
        # A cell may stand inside a content control; the cells of a table within a cell belong to that cell.
        cells = [cell for cell in row.iter(_TC) if next(cell.iterancestors(_TR)) is row]
        if len(cells) == 1:
            for element in cells[0].iter(_P):
                self.paragraph(element)
        else:
            self.number += 1
            page = self.page
            texts = [self._cell(cell) for cell in cells]
            if joined := " | ".join(t for t in texts if marks.bare(t).strip()):
                unit = Paragraph("table", joined, page, None, f"paragraph {self.number:,}")
                self.units.append(finished(unit, joined))
        row.clear()

    def _cell(self, cell: Any) -> str:
        return squeeze(" ".join(f"{self.text(p, False)}{marks.ROMAN}" for p in cell.iter(_P) if not _is_fallback(p)))


def read(data: bytes, name: str) -> BookText:
    """Read a DOCX. Raises BookError: not whole, protected, hostile, or without text."""
    archive = Archive(data, name, "DOCX")
    document, doubts = _mended(_part(archive, "word/document.xml"))
    known = styles(_parse(archive, "word/styles.xml"))
    notes, removed = _notes(archive, known)
    paged = b"lastRenderedPageBreak" in document
    reader = _Reader(known, frozenset(n.place for n in notes), 1 if paged else None)
    _body(document, reader, name)
    units = _headings(reader.units)
    if not any(u.text for u in units):
        raise BookError(
            f"{name} holds no text; if it shows scanned pages, export a PDF and run 'ocrmypdf' on it first."
        )
    title, author, language = _core(archive)
    units = matter_of([*units, *notes], title)
    removed = [*reader.removed, *removed, *_beside(archive)]
    if paged:
        pages = plural(reader.page or 1, "page")
        doubts = (*doubts, f"Pages ({pages}) are those of Word's last layout on its writer's machine, not of a print.")
    return BookText(title, author, language, "docx", assemble(units, title), reader.page, tuple(removed), doubts)


# ---------------------------------------------------------------- parts


def _part(archive: Archive, path: str) -> bytes:
    """A part's bytes; those of a 'Strict Open XML' document under the names that Word usually writes."""
    data = archive.read(path)
    return data.replace(_STRICT, _LOOSE) if _STRICT in data[:4000] else data


def _mended(document: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A part's bytes without our signs, and mended where its text had been decoded wrongly."""
    if not suspect(document):
        return safe(document), ()
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError:
        return document, ()
    better, doubt = mend(text)
    return safe(better.encode("utf-8") if doubt else document), (doubt,) if doubt else ()


def _parse(archive: Archive, path: str) -> Any:
    """Root of a small part, or None where the file has none."""
    if path not in archive.names:
        return None
    try:
        document, _ = _mended(_part(archive, path))
        return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise _unsound(archive.name, path, error) from error


def _unsound(name: str, path: str, error: etree.XMLSyntaxError) -> BookError:
    return BookError(
        f"{name}: '{path}' is not sound XML (line {error.lineno or 1}). "
        "Open it in Word or LibreOffice and save it again."
    )


def _body(document: bytes, reader: _Reader, name: str) -> None:
    try:
        events = etree.iterparse(
            io.BytesIO(document),
            events=("end",),
            tag=(_P, _TR),
            resolve_entities=False,
            no_network=True,
            huge_tree=True,
        )
        for _, element in events:
            above = element.getparent()
            if element.tag == _TR:
                reader.row(element)
            elif above is not None and above.tag == _BODY:
                reader.paragraph(element)
                element.clear()
            elif not any(True for _ in element.iterancestors(_TC)):
                reader.paragraph(element)
    except etree.XMLSyntaxError as error:
        raise _unsound(name, "word/document.xml", error) from error


def _is_fallback(element: Any) -> bool:
    """Whether the element only says again, for old programs, what stands beside it."""
    above = element.getparent()
    return above is not None and above.tag != _BODY and any(True for _ in element.iterancestors(_FALLBACK))


def _notes(archive: Archive, known: Styles) -> tuple[list[Paragraph], list[Removal]]:
    made: list[Paragraph] = []
    reader = _Reader(known)
    for what in ("footnote", "endnote"):
        root = _parse(archive, f"word/{what}s.xml")
        for note in root.iter(f"{W}{what}") if root is not None else ():
            if note.get(f"{W}type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            text = " ".join(f"{reader.text(p, False)}{marks.ROMAN}" for p in note.iter(_P) if not _is_fallback(p))
            if marks.bare(text).strip():
                unit = Paragraph("note", text, place=f"{what} {note.get(f'{W}id')}")
                made.append(finished(unit, text))
    return made, reader.removed


def _beside(archive: Archive) -> list[Removal]:
    """Running heads and feet, and the remarks of readers."""
    found: dict[tuple[str, str], None] = {}
    for path in sorted(archive.names):
        if (what := _BESIDE.match(path)) and (root := _parse(archive, path)) is not None:
            for element in root.iter(_P):
                pieces = (t.text or "" if t.tag == _T else " " for t in element.iter(_T, f"{W}tab", f"{W}ptab"))
                if text := squeeze("".join(pieces)):
                    found["comment" if what[2] else "running head", text] = None
    return [Removal(why, text) for why, text in found]


def _headings(units: list[Paragraph]) -> list[Paragraph]:
    """Headings by their words, for books in which nobody used a heading style."""
    if any(u.kind == "heading" for u in units):
        return units
    return [
        replace(u, kind="heading", level=level) if u.kind == "paragraph" and (level := worded_level(u.text)) else u
        for u in units
    ]


def _core(archive: Archive) -> tuple[str, str, str]:
    root = _parse(archive, "docProps/core.xml")
    found = {str(e.tag).rsplit("}", 1)[-1]: squeeze(e.text or "") for e in root} if root is not None else {}
    # A library's default is nobody's name.
    author = "" if found.get("creator") == "python-docx" else found.get("creator", "")
    return found.get("title", ""), author, found.get("language", "")

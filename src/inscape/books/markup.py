"""XHTML and HTML to units of text. EPUB and HTML stand on it.

Invariant: every character of text in the tree comes out once: in a unit, in `removed`, or it is a reference to a note
(a marker, which is no word of the book). Walks without recursion, so that depth is no danger. Knows no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from inscape.books.structure import is_break, worded_level
from inscape.records import Kind, Paragraph, Removal
from inscape.text import squeeze

_BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hgroup",
        "hr",
        "pre",
        "figure",
        "figcaption",
        "header",
        "footer",
        "nav",
        "aside",
        "center",
        "body",
        "main",
        "address",
        "caption",
        "form",
        "fieldset",
        "tbody",
        "thead",
        "tfoot",
    )
)
_SKIPPED = frozenset(
    (
        "head",
        "script",
        "style",
        "template",
        "svg",
        "math",
        "img",
        "object",
        "iframe",
        "video",
        "audio",
        "canvas",
        "noscript",
        "nav",
        "rt",
        "rp",
    )
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_VERSE = frozenset(("z3998:verse", "z3998:poem", "z3998:song", "z3998:hymn", "z3998:lyrics", "verse", "poem", "song"))
_VERSE_CLASS = re.compile(r"\b(?:poem|poetry|verse|stanza|song|linegroup)\b", re.I)
_NOTE = frozenset(("endnote", "footnote", "rearnote", "note", "doc-footnote", "doc-endnote"))
_NOTE_CLASS = re.compile(r"\b(?:footnote|endnote)\b(?!-)", re.I)
_NOTES = frozenset(("endnotes", "footnotes", "rearnotes", "doc-endnotes"))
_LEFT_OUT = {
    "titlepage": "front matter",
    "halftitlepage": "front matter",
    "imprint": "front matter",
    "cover": "front matter",
    "toc": "table of contents",
    "doc-toc": "table of contents",
    "landmarks": "table of contents",
    "page-list": "table of contents",
    "loi": "table of contents",
    "copyright-page": "license",
    "colophon": "back matter",
    "doc-colophon": "back matter",
    "other-credits": "back matter",
}
_BOILERPLATE = re.compile(r"\bpg-?(?:header|footer|boilerplate)\b|\bpg-machine-header\b", re.I)
_PAGE_CLASS = re.compile(r"\b(?:pagenum|page-?number|pageno)\b", re.I)
_MARKER = re.compile(r"^[\[(]?(?:\d{1,4}|[a-z]|[*†‡§¶]+|note \d+)[\])]?$", re.I)
_REF_CLASS = re.compile(r"noteref|fnanchor|footnote|\bfn\b|endnote", re.I)
_BACK = re.compile(r"^[↩⏎↑^\[\]\s\ufe0e]*(?:back|return)?[↩⏎↑^\[\]\s\ufe0e]*$", re.I)
_SPACE = re.compile(r"[ \t\n\r\f\u00a0]+")
_JOINERS = re.compile("[\u2060\ufeff\u00ad]")
"""Signs for the typesetter only: where a line may break, or may not."""
_LABEL = re.compile(r"^\[?(\d{1,4})(?:\]|[.)]|(?=\s))\s*")
_DIGITS = re.compile(r"\d{1,5}")


def tag_of(element: Any) -> str:
    """The element's name without its namespace, lower case; '' for comments and instructions."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def types_of(element: Any) -> set[str]:
    """Words of epub:type and role."""
    found: set[str] = set()
    for key, value in element.attrib.items():
        if key == "role" or key.endswith("}type") or key == "epub:type":
            found.update(value.split())
    return found


@dataclass(slots=True)
class _Context:
    """What the open elements mean for the text inside. One for each block element that changes something."""

    element: Any
    kind: Kind = "paragraph"
    level: int = 0
    verse: bool = False
    pre: bool = False
    removed: str = ""
    note: str | None = None
    notes: bool = False
    cells: list[str] | None = None
    drama: bool = False


@dataclass(slots=True)
class Walk:
    """One walk over one document's tree. Give `pages` where a page list names ids; read `units`, `removed`, `page`."""

    place: str
    pages: dict[str, int] = field(default_factory=dict)
    page: int | None = None
    left_out: str = ""
    """Why the whole document is no part of the text, if it is not."""
    units: list[Paragraph] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    _stack: list[_Context] = field(default_factory=list)
    _run: list[str] = field(default_factory=list)
    _run_page: int | None = None
    _quoted: int = 0
    _note: list[str] = field(default_factory=list)

    def over(self, root: Any) -> Walk:
        """Walk `root`; returns itself."""
        self._stack = [_Context(root, removed=self.left_out)]
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                if self._skips(element):
                    walker.skip_subtree()
                else:
                    self._start(element)
            elif event == "end":
                self._end(element)
            if event != "start" and element is not root and element.tail:
                self._add(element.tail)
        self._flush()
        return self

    # ------------------------------------------------------------ what is passed over

    def _skips(self, element: Any) -> bool:
        tag, types = tag_of(element), types_of(element)
        if tag == "nav":
            self.removed.append(Removal("table of contents", _all_text(element)))
            return True
        if tag in _SKIPPED or element.get("hidden") is not None:
            return True
        self._turn_page(element, types)
        if "pagebreak" in types or "doc-pagebreak" in types or _PAGE_CLASS.search(element.get("class", "")):
            if text := _all_text(element):
                self.removed.append(Removal("page number", text, self.page))
            return True
        return _is_reference(element, tag, types)

    def _turn_page(self, element: Any, types: set[str]) -> None:
        found = self.pages.get(element.get("id") or "")
        if found is None and ({"pagebreak", "doc-pagebreak"} & types or _PAGE_CLASS.search(element.get("class", ""))):
            label = element.get("title") or element.get("aria-label") or _all_text(element) or element.get("id") or ""
            digits = _DIGITS.search(label)
            found = int(digits[0]) if digits else None
        if found is not None:
            self.page = found

    # ------------------------------------------------------------ blocks

    def _start(self, element: Any) -> None:
        tag = tag_of(element)
        if tag == "br":
            self._run.append("\n")
        elif tag == "hr":
            self._flush()
            self._emit("break", "")
        elif tag in _BLOCKS:
            self._flush()
            self._open(element, tag, types_of(element))
        if element.text:
            self._add(element.text)

    def _open(self, element: Any, tag: str, types: set[str]) -> None:
        above = self._stack[-1]
        new = _Context(element, above.kind, above.level, above.verse, above.pre, above.removed, above.note, above.notes)
        classes = element.get("class", "")
        new.removed = above.removed or _why(types, classes, element.get("id") or "")
        new.verse = above.verse or bool(_VERSE & types) or bool(_VERSE_CLASS.search(classes))
        new.notes = above.notes or bool(_NOTES & types)
        marked = _NOTE & types or (tag != "section" and _NOTE_CLASS.search(classes))
        if above.note is None and (marked or (new.notes and tag == "li")):
            new.note = element.get("id") or ""
            self._note = []
        if tag in _HEADINGS or tag == "hgroup":
            new.kind, new.level = "heading", _HEADINGS.get(tag, above.level)
        elif above.kind != "heading":
            new.kind = _KINDS.get(tag, above.kind)
        if tag == "tr":
            new.cells, new.drama = [], "z3998:persona" in etree.tostring(element, encoding="unicode")
        new.pre = above.pre or tag == "pre"
        self._stack.append(new)

    def _end(self, element: Any) -> None:
        if len(self._stack) > 1 and self._stack[-1].element is element:
            self._flush()
            closed = self._stack.pop()
            above = self._stack[-1]
            if tag_of(element) in ("td", "th") and above.cells is not None:
                above.cells.append("")
            if closed.cells is not None:
                self._row(closed)
            if closed.note is not None and above.note is None:
                self._emit("note", _unlabeled(" ".join(self._note), closed.note), note=closed.note)
                self._note = []
            if tag_of(element) == "hgroup":
                self._hgroup()

    def _hgroup(self) -> None:
        """'Part I' and its title '1805' are one heading."""
        level = next((u.level for u in self.units[::-1] if u.kind == "heading"), 1)
        parts: list[Paragraph] = []
        while self.units and self.units[-1].kind == "heading" and self.units[-1].place == f"{self.place}\0":
            parts.insert(0, self.units.pop())
        if parts:
            level = next((p.level for p in parts if p.level), level)
            text = ": ".join(p.text for p in parts)
            self.units.append(Paragraph("heading", text, parts[0].page, None, self.place, level or 1))

    def _row(self, row: _Context) -> None:
        cells = [c for c in row.cells or [] if c]
        if row.drama and len(cells) == 2:
            self._emit("paragraph", f"{cells[0]}: {cells[1]}")
        elif len(cells) == 1:
            self._emit("paragraph", cells[0])
        elif cells:
            self._emit("table", " | ".join(cells))

    # ------------------------------------------------------------ text

    def _add(self, text: str) -> None:
        text = _JOINERS.sub("", text)
        if self._stack[-1].pre:
            self._run.append(text)
        elif text := _SPACE.sub(" ", text):
            if not self._run:
                if text == " ":
                    return
                self._run_page = self.page
            self._run.append(text)

    def _flush(self) -> None:
        if not self._run:
            return
        raw, self._run = "".join(self._run), []
        here = self._stack[-1]
        lines = [line for line in (squeeze(part) for part in raw.split("\n")) if line]
        if not lines:
            return
        row = next((c for c in reversed(self._stack) if c.cells is not None), None)
        if row is not None and row.cells is not None:
            row.cells[-1:] = [squeeze(f"{row.cells[-1]} {' '.join(lines)}")] if row.cells else [" ".join(lines)]
        elif here.note is not None and not here.removed:
            self._note.append(" ".join(lines))
        else:
            self._text(here, lines)

    def _text(self, here: _Context, lines: list[str]) -> None:
        kind: Kind = here.kind
        if is_break(" ".join(lines)) and kind in ("paragraph", "quote"):
            return self._emit("break", "")
        if kind != "heading" and (here.verse or (kind == "quote" and _short(lines))):
            return self._emit("verse", "\n".join(lines))
        if kind == "paragraph" and here.pre:
            return self._emit(kind, "\n".join(lines))
        if kind == "heading" and here.notes:
            self.removed.append(Removal("heading of the notes", " ".join(lines), self._run_page))
            return None
        if kind == "paragraph" and len(lines) == 1 and (level := _fake_heading(here.element, lines[0])):
            return self._emit("heading", lines[0], level)
        return self._emit(kind, " ".join(lines), here.level)

    def _emit(self, kind: Kind, text: str, level: int = 0, note: str = "") -> None:
        why = self._stack[-1].removed
        page = self._run_page if text else self.page
        if why:
            if text:
                self.removed.append(Removal(why, text, page))
            return
        if not text and kind != "break":
            return
        grouped = any(tag_of(c.element) == "hgroup" for c in self._stack)
        place = f"{self.place}#{note}" if note else self.place
        level = level if kind == "heading" else 0
        self.units.append(Paragraph(kind, text, page, None, f"{place}\0" if grouped else place, level))


_KINDS: dict[str, Kind] = {"blockquote": "quote", "li": "list", "dt": "list", "dd": "list"}


def _why(types: set[str], classes: str, name: str) -> str:
    for word in types:
        if word in _LEFT_OUT:
            return _LEFT_OUT[word]
    return "license" if _BOILERPLATE.search(classes) or _BOILERPLATE.search(name) else ""


def _all_text(element: Any) -> str:
    return squeeze("".join(element.itertext()))


def _unlabeled(text: str, name: str) -> str:
    """A note's text without the number at its head, where the note's id has the same number."""
    found = _LABEL.match(text)
    return text[found.end() :] if found and found[1] in _DIGITS.findall(name) else text


def _short(lines: list[str]) -> bool:
    """Three lines and more, all short: lines of verse, though nothing says so."""
    return len(lines) >= 3 and max(map(len, lines)) <= 60


def _is_reference(element: Any, tag: str, types: set[str]) -> bool:
    """Whether an element is the marker of a note, or the way back from one."""
    if types & {"noteref", "doc-noteref", "backlink", "referrer", "doc-backlink"}:
        return True
    if tag == "sup" and len(element) == 0:
        return False
    if tag not in ("a", "sup") or (tag == "a" and "#" not in (element.get("href") or "")):
        return False
    text = _all_text(element)
    if tag == "a" and text and _BACK.match(text):
        return True
    if not _MARKER.match(text):
        return False
    raised = tag == "sup" or any(tag_of(e) == "sup" for e in element.iter())
    parent = element.getparent()
    raised = raised or (parent is not None and tag_of(parent) == "sup")
    return raised or bool(_REF_CLASS.search(f"{element.get('class', '')} {element.get('href', '')}"))


def _fake_heading(element: Any, line: str) -> int:
    """Level of a paragraph that is a heading in all but its tag: 'CHAPTER IV' set in the middle."""
    looks = element.get("align") == "center" or re.search(
        r"\b(?:center|centered|chapter|title|heading|head)\b", f"{element.get('class', '')} {element.get('style', '')}"
    )
    return worded_level(line) if looks or line.isupper() else 0

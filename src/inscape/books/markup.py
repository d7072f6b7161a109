"""XHTML and HTML to units of text. EPUB and HTML stand on it.

Invariant: every character of text in the tree comes out once: in a unit, in `removed`, or in the sign of a reference
to a note, which `calls.settle` turns into one of the two. Walks without recursion, so that depth is no danger. Knows
no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from inscape.books import calls, marks
from inscape.books.calls import Draft
from inscape.books.elements import Look, Looks, number_of
from inscape.books.markers import (
    all_text,
    fake_heading,
    inner_href,
    raised,
    short,
    unbracketed,
    unlabeled,
    where,
)
from inscape.books.structure import is_break
from inscape.records import Kind, Matter, Paragraph, Removal
from inscape.text import squeeze

_MARKER = re.compile(r"^[\[({]?(?:\d{1,4}|[a-z]|[*†‡§¶]+|note \d+|[ivxl]{1,6})[\])}]?$", re.I)
_ARROWS = re.compile(r"^[↩⏎↑^\[\]\s\ufe0e]*(?:back|return)?[↩⏎↑^\[\]\s\ufe0e]*$", re.I)
_LONG = 400
"""Characters of a paragraph that is surely no heading, no scene break and no verse."""


@dataclass(slots=True)
class _Context:
    """What the open elements mean for the text inside. One for each block element."""

    element: Any
    tag: str = ""
    kind: Kind = "paragraph"
    level: int = 0
    verse: bool = False
    pre: bool = False
    removed: str = ""
    note: str | None = None
    notes: bool = False
    cells: list[str] | None = None
    speech: bool = False
    """A row of a table in which a speaker is named; or a paragraph."""
    drama: bool = False
    grouped: bool = False
    matter: Matter | None = None


@dataclass(slots=True)
class Walk:
    """One walk over one document's tree. Give `pages` where a page list names ids; read `drafts`, `removed`, `page`.

    `pages` and `page` are labels as they are printed.
    """

    place: str
    looks: Looks = field(default_factory=Looks)
    pages: dict[str, str] = field(default_factory=dict)
    page: str = ""
    left_out: str = ""
    """Why the whole document is no part of the text, if it is not."""
    drafts: list[Draft] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    told: bool = False
    """Whether the document says by any type what it is: a dedication, the text, an appendix."""
    divided: bool = False
    """Whether it says so by the three types that part a whole book."""
    _stack: list[_Context] = field(default_factory=list)
    _run: list[str] = field(default_factory=list)
    _run_page: str = ""
    _slants: list[tuple[Any, bool]] = field(default_factory=list)
    _italic: bool = False
    _ids: list[str] = field(default_factory=list)
    _back: bool = False
    _note: list[str] = field(default_factory=list)
    _note_ids: list[str] = field(default_factory=list)
    _note_page: str = ""

    def over(self, root: Any) -> Walk:
        """Walk `root`; returns itself."""
        self._stack = [_Context(root, removed=self.left_out)]
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        of = self.looks.of
        for event, element in walker:
            if event == "start":
                if self._start(element, of(element)):
                    walker.skip_subtree()
            elif event == "end":
                self._end(element)
            if event != "start" and element is not root and element.tail:
                self._add(element.tail)
        self._flush()
        return self

    # ------------------------------------------------------------ elements

    def _start(self, element: Any, look: Look) -> bool:
        """Take an element in; whether what is inside is done with."""
        if look.skip:
            return True
        if name := element.get("id") or (element.get("name") if look.tag == "a" else None):
            self._named(name)
        if look.page or look.aside:
            self._take_out(element, look)
            return True
        if (look.tag in ("a", "sup") or look.call or look.back) and self._reference(element, look):
            return True
        if look.block or look.tag == "br":
            self._block(element, look)
        if look.speaker:
            self._speaks()
        if look.drama and not look.block:
            self._stack[-1].drama = True
        if look.italic is not None and look.italic != self._italic:
            self._slants.append((element, self._italic))
            self._lean(look.italic)
        if element.text:
            self._add(element.text)
        return False

    def _named(self, name: str) -> None:
        if name in self.pages:
            self._turn(self.pages[name])
        self._ids.append(name)

    def _block(self, element: Any, look: Look) -> None:
        if look.tag == "br":
            self._run.append("\n")
            return
        ids = self._ids
        self._ids = []
        if self._run:  # what is open ends here; an id of this element is not its
            mine = element.get("id")
            self._ids = [i for i in ids if i != mine]
            self._flush()
            ids = [mine] if mine else []
        self._ids = ids
        if look.tag == "hr":
            self._emit("break", "")
        else:
            self._open(element, look)

    def _lean(self, italic: bool) -> None:
        self._italic = italic
        if self._run:
            self._run.append(marks.ITALIC if italic else marks.ROMAN)

    def _speaks(self) -> None:
        row = next((c for c in reversed(self._stack) if c.tag == "tr"), self._stack[-1])
        row.speech = True

    def _take_out(self, element: Any, look: Look) -> None:
        text = all_text(element)
        if look.page:
            for inner in element.iter():
                if (name := inner.get("id")) and name in self.pages:
                    self._turn(self.pages[name])
            label = element.get("title") or element.get("aria-label") or text or element.get("id") or ""
            known = self.pages.get(element.get("id") or "")
            if known is None and number_of(unbracketed(label)) is not None:
                self._turn(unbracketed(label))
        if text:
            why = "page number" if look.page else look.aside
            self.removed.append(Removal(why, text, number_of(self.page) if look.page else None))

    def _turn(self, label: str) -> None:
        if label == self.page:
            return
        self.page = label
        number = number_of(label)
        if self._run and number is not None:
            self._run.append(marks.page(number))

    # ------------------------------------------------------------ notes

    def _reference(self, element: Any, look: Look) -> bool:
        """Whether the element is the marker of a note, or the way back from one; it is dealt with then."""
        href = (element.get("href") or inner_href(element)).strip()
        if not (look.call or look.back) and "#" not in href:
            return False
        text = all_text(element)
        here = self._stack[-1]
        arrows = bool(text) and bool(_ARROWS.match(text))
        if look.back or (arrows and look.tag == "a"):
            return self._lead_back(text, here.removed)
        if not look.call and not (_MARKER.match(text) and raised(element, look)):
            return False
        within = here.note is not None
        if within and not self._run and not self._note:
            self._named_all(element)
            return self._lead_back(text, here.removed)
        if "#" not in href or (not look.call and not self._run):
            return False  # at the head of a paragraph: the paragraph may be the note
        self._named_all(element)
        self._begin()
        self._run.append(calls.call(where(self.place, href), text))
        return True

    def _named_all(self, element: Any) -> None:
        for inner in element.iter():
            if inner is not element and isinstance(inner.tag, str) and (name := inner.get("id")):
                self._named(name)

    def _lead_back(self, text: str, removed: str) -> bool:
        self._back = True
        if text:
            self.removed.append(Removal(removed or calls.WHY, text, number_of(self.page)))
        return True

    # ------------------------------------------------------------ blocks

    def _open(self, element: Any, look: Look) -> None:
        above = self._stack[-1]
        new = _Context(element, look.tag, above.kind, above.level, above.verse or look.verse, above.pre)
        new.removed, new.note, new.matter = above.removed or look.why, above.note, above.matter
        if look.divides or new.matter is None:  # a list of persons within the text is text
            new.matter = look.matter or new.matter
        new.notes, new.drama = above.notes or look.notes, above.drama or look.drama
        new.grouped = above.grouped or look.tag == "hgroup"
        self.told = self.told or look.matter is not None
        self.divided = self.divided or look.divides
        if above.note is None and (look.note or (new.notes and look.tag == "li")):
            new.note = element.get("id") or ""
            self._note, self._note_ids, self._note_page = [], [], self.page
        if look.kind == "heading":
            new.kind, new.level = "heading", look.level or above.level
        elif above.kind != "heading" and look.kind and not (above.kind == "letter" and look.kind == "quote"):
            new.kind = look.kind
        if look.tag == "tr":
            new.cells = []
        new.pre = above.pre or look.tag == "pre"
        self._stack.append(new)

    def _end(self, element: Any) -> None:
        block = len(self._stack) > 1 and self._stack[-1].element is element
        if block:
            self._close()
        while self._slants and self._slants[-1][0] is element:
            self._lean(self._slants.pop()[1])

    def _close(self) -> None:
        self._flush()
        closed = self._stack.pop()
        above = self._stack[-1]
        if closed.tag in ("td", "th") and above.cells is not None:
            above.cells.append("")
        if closed.cells is not None:
            self._row(closed)
        if closed.note is not None and above.note is None:
            self._end_note(closed.note)
        if closed.tag == "hgroup":
            self._hgroup()

    def _end_note(self, name: str) -> None:
        text = " ".join(self._note)
        bare, label = unlabeled(text, name or next(iter(self._note_ids), ""))
        name = name or next(iter(self._note_ids), "")
        if label:
            self.removed.append(Removal(calls.WHY, label, number_of(self._note_page)))
        self._ids = [*self._note_ids, *self._ids]
        self._run_page = self._note_page
        self._emit("note", bare, note=name or f"note-{len(self.drafts)}")
        self._note, self._note_ids = [], []

    def _hgroup(self) -> None:
        """'Part I' and its title '1805' are one heading."""
        parts: list[Draft] = []
        while self.drafts and self.drafts[-1].unit.kind == "heading" and self.drafts[-1].unit.place.endswith("\0"):
            parts.insert(0, self.drafts.pop())
        if not parts:
            return
        level = next((p.unit.level for p in parts if p.unit.level), 1)
        first = parts[0].unit
        text = f"{marks.ROMAN}: ".join(p.unit.text.strip() for p in parts)
        ids = tuple(name for p in parts for name in p.ids)
        unit = Paragraph("heading", text, first.page, None, self.place, level, first.label, first.matter)
        self.drafts.append(Draft(unit, ids))

    def _row(self, row: _Context) -> None:
        cells = [c for c in row.cells or [] if c]
        if row.speech and len(cells) == 2:
            self._emit("play", f"{cells[0]}: {cells[1]}")
        elif len(cells) == 1:
            self._emit("play" if row.drama else "paragraph", cells[0])
        elif cells:
            self._emit("table", " | ".join(cells))

    # ------------------------------------------------------------ text

    def _add(self, text: str) -> None:
        if not text.isascii():
            text = marks.unjoined(text).replace("\u2011", "-")  # a hyphen at which no line may break
        if not self._stack[-1].pre and "\n" in text:
            text = text.replace("\n", " ")
        if not self._run:
            if not text or text.isspace():
                return
            self._begin()
        if text:
            self._run.append(text)

    def _begin(self) -> None:
        if not self._run:
            self._run_page = self.page
            if self._italic:
                self._run.append(marks.ITALIC)

    def _flush(self) -> None:
        if not self._run:
            return
        raw, self._run = "".join(self._run), []
        here = self._stack[-1]
        if not calls.plain(raw).strip():
            return
        lines = (
            [line for line in (" ".join(part.split()) for part in raw.split("\n")) if line] if "\n" in raw else [raw]
        )
        row = next((c for c in reversed(self._stack) if c.cells is not None), None)
        if row is not None and row.cells is not None:
            text = " ".join(lines) + marks.ROMAN
            row.cells[-1:] = [squeeze(f"{row.cells[-1]} {text}")] if row.cells else [squeeze(text)]
        elif here.note is not None and not here.removed:
            self._note.append(" ".join(lines) + marks.ROMAN)
            self._note_ids += self._ids
            self._ids = []
        else:
            self._text(here, lines)

    def _text(self, here: _Context, lines: list[str]) -> None:
        kind: Kind = here.kind
        if len(lines) == 1 and len(lines[0]) > _LONG and kind == "paragraph" and not (here.verse or here.pre):
            return self._emit("play" if here.speech or here.drama else kind, lines[0], here.level)
        plain = [marks.bare(line) for line in lines]
        whole = " ".join(" ".join(plain).split())
        if is_break(whole) and kind in ("paragraph", "quote", "letter"):
            self.removed.append(Removal("scene break", whole, number_of(self._run_page)))
            return self._emit("break", "")
        if kind != "heading" and (here.verse or (kind == "quote" and short(plain))):
            return self._emit("verse", "\n".join(lines))
        if kind == "paragraph" and here.pre:
            return self._emit(kind, "\n".join(lines))
        if kind == "heading" and here.notes:
            self.removed.append(Removal("heading of the notes", whole, number_of(self._run_page)))
            return None
        if kind == "paragraph" and (here.speech or here.drama):
            return self._emit("play", " ".join(lines))
        if kind == "paragraph" and len(lines) == 1 and (level := fake_heading(here.element, whole)):
            return self._emit("heading", lines[0], level)
        return self._emit(kind, " ".join(lines), here.level)

    def _emit(self, kind: Kind, text: str, level: int = 0, note: str = "") -> None:
        here = self._stack[-1]
        page = self._run_page if text else self.page
        number = number_of(page)
        ids, self._ids = self._ids, []
        back, self._back = self._back, False
        if here.removed:
            if text:
                self.removed.append(Removal(here.removed, squeeze(calls.plain(text)), number))
            return
        if not text and kind != "break":
            return
        place = f"{self.place}#{note}" if note else self.place
        level = level if kind == "heading" else 0
        place = f"{place}\0" if here.grouped else place
        matter = here.matter or "body"
        unit = Paragraph(kind, text, number, None, place, level, page if number is not None else "", matter)
        names = dict.fromkeys([*ids, note] if note else ids)
        self.drafts.append(Draft(unit, tuple(f"{self.place}#{name}" for name in names), back, "\n" in text))

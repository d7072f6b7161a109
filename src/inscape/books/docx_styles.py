"""A Word document's styles: what kind of text a paragraph is, and whether its letters are italic.

Invariant: a paragraph's own properties go before its style's, and a style's before those of the style it is based on;
a circle of styles ends where it closes. Italics of a paragraph's and a character's style undo each other, as in Word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from inscape.records import Kind

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_I, _VANISH, _STYLE = f"{W}i", f"{W}vanish", f"{W}rStyle"
_OFF = frozenset(("0", "false", "off", "none"))
_HEADING = re.compile(
    r"^(?:heading|başlık|überschrift|titre|título|titolo|заголовок|kop|rubrik|nagłówek|otsikko|nadpis) ?(\d)", re.I
)
_CONTENTS = re.compile(r"^(?:toc|contents) ?(?:\d|heading)|^table of (?:contents|figures|authorities)", re.I)
_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"verse|poem|poetry|stanza|şiir|gedicht|стих", re.I), "verse"),
    (re.compile(r"\bletter\b|\bmektup\b|\blettre\b|письмо", re.I), "letter"),
    (re.compile(r"\bplay\b|\bdrama\b|stage direction|\bspeaker\b", re.I), "play"),
    (re.compile(r"quot|block text|epigra|alıntı|zitat|citation|цитата", re.I), "quote"),
    (re.compile(r"^list\b", re.I), "list"),
)


@dataclass(slots=True)
class Style:
    """One style, as the file has it."""

    name: str = ""
    based: str = ""
    level: int = 0
    """Of a heading, from 1; 0 where the style is none."""
    numbered: bool = False
    italic: bool | None = None
    hidden: bool | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a paragraph's style says. `contents`: it is a line of a table of contents."""

    kind: Kind = "paragraph"
    level: int = 0
    italic: bool = False
    contents: bool = False
    numbered: bool = False


@dataclass(slots=True)
class Styles:
    """All styles of a document, with what was already worked out."""

    known: dict[str, Style] = field(default_factory=dict)
    _meanings: dict[str, Meaning] = field(default_factory=dict)
    _slants: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def chain(self, style: str) -> Iterator[Style]:
        """A style and those it is based on."""
        seen: set[str] = set()
        while style in self.known and style not in seen:
            seen.add(style)
            yield self.known[style]
            style = self.known[style].based

    def meaning(self, style: str) -> Meaning:
        """What a paragraph of this style is."""
        if style not in self._meanings:
            self._meanings[style] = self._work(list(self.chain(style)))
        return self._meanings[style]

    def _work(self, chain: list[Style]) -> Meaning:
        italic = next((s.italic for s in chain if s.italic is not None), False)
        if any(_CONTENTS.match(s.name) for s in chain):
            return Meaning(contents=True, italic=italic)
        if level := next((s.level for s in chain if s.level), 0):
            return Meaning("heading", level, italic)
        kind: Kind = next((k for s in chain for pattern, k in _KINDS if pattern.search(s.name)), "paragraph")
        return Meaning(kind, 0, italic, False, any(s.numbered for s in chain))

    def letters(self, properties: Any, italic: bool) -> tuple[bool, bool]:
        """(italic, hidden) of a run with these properties, in a paragraph whose style is `italic` or not."""
        hidden, direct = False, None
        for child in properties:
            tag = child.tag
            if tag == _I:
                direct = on(child)
            elif tag == _STYLE:
                slanted, hides = self._slant(child.get(VAL, ""))
                italic, hidden = italic != slanted, hidden or hides
            elif tag == _VANISH:
                hidden = on(child)
        return italic if direct is None else direct, hidden

    def _slant(self, style: str) -> tuple[bool, bool]:
        if style not in self._slants:
            chain = list(self.chain(style))
            italic = next((s.italic for s in chain if s.italic is not None), False)
            self._slants[style] = italic, next((s.hidden for s in chain if s.hidden is not None), False)
        return self._slants[style]


def on(element: Any) -> bool:
    """Whether a switch is on: it is, unless its value says otherwise."""
    return element.get(VAL, "1").lower() not in _OFF


def child(element: Any, tag: str) -> str:
    """The value of the child of this name; '' where there is none."""
    found = element.find(f"{W}{tag}")
    return found.get(VAL, "") if found is not None else ""


def level_of(outline: str) -> int:
    """Level of a heading, from 1, that an outline level (from 0; 9 is text) means; else 0."""
    return int(outline) + 1 if outline.isascii() and outline.isdigit() and int(outline) < 9 else 0


def styles(root: Any) -> Styles:
    """The styles of word/styles.xml; `root` may be None."""
    made = Styles()
    for element in root.iter(f"{W}style") if root is not None else ():
        if element.get(f"{W}type") not in ("paragraph", "character"):
            continue
        style = Style(child(element, "name"), child(element, "basedOn"))
        style.level = level_of(next((e.get(VAL, "") for e in element.iter(f"{W}outlineLvl")), ""))
        if found := _HEADING.match(style.name):
            style.level = int(found[1]) or 1
        elif style.name.lower() == "title":
            style.level = 1
        style.numbered = element.find(f"{W}pPr/{W}numPr") is not None
        italic, hidden = (element.find(f"{W}rPr/{W}{tag}") for tag in ("i", "vanish"))
        style.italic = None if italic is None else on(italic)
        style.hidden = None if hidden is None else on(hidden)
        made.known[element.get(f"{W}styleId", "")] = style
    return made

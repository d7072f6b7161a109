"""What an element of XHTML or HTML is, from its name and attributes alone.

Invariant: an answer depends on nothing but name, attributes and the style sheet, so that it is worked out once for
all elements that are alike. Knows no text and no order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from inscape.books.sheets import ITALIC_TAGS, Rule, slant
from inscape.books.structure import roman
from inscape.records import Kind, Matter


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPS = "{http://www.idpf.org/2007/ops}type"
_BLOCKS = _words(
    "p div section article blockquote ul ol li dl dt dd table tr td th h1 h2 h3 h4 h5 h6 hgroup hr pre figure "
    "figcaption header footer aside center body main address caption form fieldset tbody thead tfoot details summary"
)
_SKIPPED = _words(
    "head script style template svg img object iframe video audio canvas annotation annotation-xml select textarea "
    "button input"
)
_ASIDE = {"nav": "table of contents", "rt": "reading aid", "rp": "reading aid", "noscript": "hidden text"}
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_KINDS: dict[str, Kind] = {"blockquote": "quote", "li": "list", "dt": "list", "dd": "list"}
_VERSE = _words("z3998:verse z3998:poem z3998:song z3998:hymn z3998:lyrics verse poem song")
_VERSE_CLASS = re.compile(r"\b(?:poem|poetry|verse|stanza|song|linegroup)\b", re.I)
_LETTER = frozenset(("z3998:letter", "letter", "z3998:correspondence"))
_QUOTE = frozenset(("epigraph", "z3998:epigraph", "doc-epigraph"))
_EPIGRAPH_CLASS = re.compile(r"\bepigraph", re.I)
_LETTER_CLASS = re.compile(r"(?<![\w-])letter(?![\w-])", re.I)
_SPEAKER_CLASS = re.compile(r"\b(?:speaker|persona|character-name)\b", re.I)
_NOTE = _words("endnote footnote rearnote note doc-footnote doc-endnote")
_NOTE_CLASS = re.compile(r"\b(?:footnote|endnote)\b(?!-)", re.I)
_NOTES = _words("endnotes footnotes rearnotes doc-endnotes")
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
_PARTS = frozenset(("frontmatter", "bodymatter", "backmatter"))
_MATTER: dict[str, Matter] = {
    "frontmatter": "front", "bodymatter": "body", "backmatter": "back",
    "dedication": "front", "doc-dedication": "front", "preface": "front", "doc-preface": "front", "foreword": "front",
    "doc-foreword": "front", "introduction": "front", "doc-introduction": "front", "z3998:dramatis-personae": "front",
    "afterword": "back", "doc-afterword": "back", "endnotes": "back", "doc-endnotes": "back", "rearnotes": "back",
    "glossary": "back", "doc-glossary": "back", "index": "back", "doc-index": "back", "bibliography": "back",
    "doc-bibliography": "back", "appendix": "back", "doc-appendix": "back",
}  # fmt: skip
_BOILERPLATE = re.compile(r"\bpg-?(?:header|footer|boilerplate)\b|\bpg-machine-header\b", re.I)
_PAGE = frozenset(("pagebreak", "doc-pagebreak"))
_PAGE_CLASS = re.compile(r"\b(?:pagenum|page-?number|pageno)\b", re.I)
_REF = frozenset(("noteref", "doc-noteref"))
_BACK = frozenset(("backlink", "referrer", "doc-backlink"))
_REF_CLASS = re.compile(r"noteref|fnanchor|footnote|\bfn\b|endnote", re.I)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)

_ROMAN = re.compile(r"^(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$", re.I)
_DIGITS = re.compile(r"\d{1,5}")


def number_of(label: str) -> int | None:
    """The number that a page's label says, in digits or in Roman letters; None: it says none."""
    label = label.strip()
    if _ROMAN.match(label):
        return roman(label)
    found = _DIGITS.search(label)
    return int(found[0]) if found else None


def tag_of(element: Any) -> str:
    """The element's name without its namespace, lower case; '' for comments and instructions."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def types_of(element: Any) -> set[str]:
    """Words of epub:type and role."""
    found: set[str] = set()
    for key in (_OPS, "epub:type", "role"):
        if value := element.get(key):
            found.update(value.split())
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """What an element is. `why`: its text is no part of the book, and why; `skip`: it holds no text at all."""

    tag: str
    block: bool = False
    skip: bool = False
    aside: str = ""
    """Why this element's text is taken out, as a whole and at once."""
    why: str = ""
    """Why the text inside is taken out, unit by unit."""
    page: bool = False
    call: bool = False
    """The marker of a note, by its type."""
    back: bool = False
    """The way back from a note."""
    hint: bool = False
    """Its class speaks of notes."""
    italic: bool | None = None
    kind: Kind | None = None
    level: int = 0
    verse: bool = False
    note: bool = False
    notes: bool = False
    speaker: bool = False
    drama: bool = False
    matter: Matter | None = None
    divides: bool = False
    """Whether `matter` is said by one of the three types that part a book."""


@dataclass(slots=True)
class Looks:
    """Answers for one document; those already worked out are kept. `sheet`: its style sheets' rules."""

    sheet: Sequence[Rule] = ()
    _known: dict[tuple[Any, ...], Look] = field(default_factory=dict)
    _deep: dict[tuple[Any, ...], bool] = field(default_factory=dict)

    def of(self, element: Any) -> Look:
        """What the element is."""
        key = (element.tag, *element.attrib.items())
        found = self._known.get(key)
        if found is None or self._deep[key]:
            found = self._work(element)
            if len(self._known) < 5_000:
                self._known[key] = found
                # A rule that asks what stands above may answer otherwise elsewhere.
                self._deep[key] = any(len(r.steps) > 1 and r.steps[0].fits(element) for r in self.sheet)
        return found

    def _work(self, element: Any) -> Look:
        tag, types = tag_of(element), types_of(element)
        if not len(element.attrib):
            return _plain(
                tag, slant(element, tag, self.sheet) if self.sheet else (True if tag in ITALIC_TAGS else None)
            )
        classes, name = element.get("class", ""), element.get("id") or ""
        block = tag in _BLOCKS
        return Look(
            tag,
            block,
            tag in _SKIPPED,
            _aside(element, tag),
            _why(types, classes, name),
            bool(_PAGE & types) or bool(_PAGE_CLASS.search(classes)),
            bool(_REF & types),
            bool(_BACK & types),
            bool(_REF_CLASS.search(f"{classes} {element.get('href', '')}")),
            slant(element, tag, self.sheet),
            _kind(tag, types, classes) if block else None,
            _HEADINGS.get(tag, 0),
            bool(_VERSE & types) or bool(block and _VERSE_CLASS.search(classes)),
            bool(_NOTE & types) or bool(block and tag != "section" and _NOTE_CLASS.search(classes)),
            bool(_NOTES & types),
            "z3998:persona" in types or bool(_SPEAKER_CLASS.search(classes)),
            "z3998:drama" in types,
            next((_MATTER[t] for t in _MATTER if t in types), None),
            bool(_PARTS & types),
        )


def _plain(tag: str, italic: bool | None) -> Look:
    return Look(
        tag,
        tag in _BLOCKS,
        tag in _SKIPPED,
        _ASIDE.get(tag, ""),
        italic=italic,
        kind=_kind(tag, set(), ""),
        level=_HEADINGS.get(tag, 0),
    )


def _aside(element: Any, tag: str) -> str:
    if element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
        return "hidden text"
    return _ASIDE.get(tag, "")


def _why(types: set[str], classes: str, name: str) -> str:
    for word in types:
        if word in _LEFT_OUT:
            return _LEFT_OUT[word]
    return "license" if _BOILERPLATE.search(classes) or _BOILERPLATE.search(name) else ""


def _kind(tag: str, types: set[str], classes: str) -> Kind | None:
    if tag in _HEADINGS or tag == "hgroup":
        return "heading"
    if _LETTER & types or (tag in ("blockquote", "div", "section", "article") and _LETTER_CLASS.search(classes)):
        return "letter"
    if _QUOTE & types or (classes and _EPIGRAPH_CLASS.search(classes)):
        return "quote"
    return _KINDS.get(tag)

"""Reads a Standard Ebooks production into the units of a ground truth.

Invariant: it shares no code with inscape's own readers, and rests on what Standard Ebooks' producers marked by hand
(epub:type); nothing is guessed from the look of a text.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.prose.typeset.truth import Book, Unit
from lxml import etree

_TYPE = "{http://www.idpf.org/2007/ops}type"
_ABOUT_THE_FILE = {"titlepage", "halftitlepage", "imprint", "colophon", "uncopyright", "endnotes", "loi", "toc"}
_BLOCKS = {"section", "div", "article", "header", "footer", "figure", "blockquote", "p", "hgroup", "table", "hr"}
_BLOCKS |= {"ul", "ol", "li", "dl", "dd", "dt", *(f"h{n}" for n in range(1, 7))}
_ITALIC = {"i", "em", "cite", "dfn"}
_SPACES = str.maketrans(
    {"\u00a0": " ", "\u200a": " ", "\u2009": " ", "\u2011": "-", **dict.fromkeys("\u2060\u200b\ufeff")}
)
_VERSE = ("verse", "song", "poem", "hymn")


def read(path: Path, title: str, author: str) -> Book:
    """The book's units in the order of its spine, without the pages about the file, and its endnotes."""
    with zipfile.ZipFile(path) as archive:
        names = _spine(archive)
        notes: dict[str, str] = {}
        units: list[Unit] = []
        for name in names:
            stem = posixpath.splitext(posixpath.basename(name))[0]
            root = etree.fromstring(archive.read(name))
            if stem.startswith("endnotes"):
                notes = dict(_notes(root))
            if stem not in _ABOUT_THE_FILE:
                units += _file(root, posixpath.basename(name))
    return Book(title, author, tuple(units), notes)


def _spine(archive: zipfile.ZipFile) -> list[str]:
    container = etree.fromstring(archive.read("META-INF/container.xml"))
    package = str(next(e for e in container.iter() if _name(e) == "rootfile").get("full-path"))
    opf = etree.fromstring(archive.read(package))
    files = {e.get("id"): e.get("href") for e in opf.iter() if _name(e) == "item"}
    order = [files[e.get("idref")] for e in opf.iter() if _name(e) == "itemref"]
    return [posixpath.join(posixpath.dirname(package), href) for href in order]


def _notes(root: etree._Element) -> Iterator[tuple[str, str]]:
    for note in root.iter():
        if _name(note) == "li" and str(note.get("id")).startswith("note-"):
            parts = [_text(p) for p in note.iter() if _name(p) == "p"]
            yield str(note.get("id")).rpartition("-")[2], " ".join(p for p in parts if p).replace("↩", "").strip()


def _file(root: etree._Element, name: str) -> Iterator[Unit]:
    body = next(e for e in root.iter() if _name(e) == "body")
    matter = {"frontmatter": "front", "backmatter": "back"}.get(next(iter(_types(body)), ""), "")
    title = next((e.text or "" for e in root.iter() if _name(e) == "title"), "")
    units = list(_container(body, "para"))
    untitled = not any(re.fullmatch(r"h[1-6]", _name(e)) for e in root.iter())
    if untitled and re.fullmatch(r"[IVXLC]+", title):
        units.insert(0, Unit("heading", title, level=3))
    for unit in units:
        front = "front" if name.startswith("dramatis") else matter
        yield Unit(unit.kind, unit.text, unit.level, front, name)


def _container(element: etree._Element, kind: str) -> Iterator[Unit]:
    """Units of an element that holds blocks; loose inline children (a signature in bold) are units of their own."""
    kind = _kind(element, kind)
    loose = [_piece(element.text)]
    for child in element:
        if not isinstance(child.tag, str):
            loose.append(_piece(child.tail))
        elif _name(child) in _BLOCKS:
            yield from _loose(loose, kind)
            yield from _block(child, kind)
            loose = [_piece(child.tail)]
        elif _name(child) == "cite" and kind in ("verse", "quote"):
            yield from _loose(loose, kind)
            yield Unit("quote", _clean(_inline(child, 1)))
            loose = [_piece(child.tail)]
        else:
            loose += [_outer(child, 0), _piece(child.tail)]
    yield from _loose(loose, kind)


def _block(element: etree._Element, kind: str) -> Iterator[Unit]:
    name = _name(element)
    if name == "hr":
        yield Unit("break", "")
    elif name == "hgroup":
        heads = [_text(e) for e in element if _name(e) != "hr"]
        first = next(e for e in element if _name(e)[0] == "h")
        yield Unit("heading", ": ".join(h for h in heads if h), level=int(_name(first)[1]))
    elif re.fullmatch(r"h[1-6]", name):
        yield Unit("heading", _text(element), level=int(name[1]))
    elif name == "p" and element.get("class") == "headline":
        yield Unit("heading", _text(element), level=4)
    elif name in ("p", "dt", "dd"):
        yield from _loose([_inline(element, int("stage-direction" in _types(element)))], _kind(element, kind))
    elif name == "table":
        yield from _table(element)
    elif name == "dl":
        yield from _pairs(element)
    elif name == "li":
        yield from _container(element, "list")
    else:
        yield from _container(element, kind)


def _pairs(element: etree._Element) -> Iterator[Unit]:
    """A list of terms: each with what it says is a row of a table."""
    row: list[str] = []
    for part in element.iter():
        if _name(part) == "dt" and row:
            yield Unit("table", " ".join(row))
            row = []
        if _name(part) in ("dt", "dd") and _text(part):
            row.append(_text(part))
    if row:
        yield Unit("table", " ".join(row))


def _table(table: etree._Element) -> Iterator[Unit]:
    """Rows of a table; in a play each is a speech: SPEAKER: words."""
    drama = any("persona" in _types(e) for e in table.iter())
    for row in (e for e in table.iter() if _name(e) == "tr"):
        cells = [e for e in row if _name(e) in ("td", "th")]
        if not drama:
            yield from _loose([" ".join(t for c in cells if (t := _text(c)))], "table")
            continue
        speaker = ", ".join(_text(c).upper() for c in cells if "persona" in _types(c) and _text(c))
        speech = [u for c in cells if "persona" not in _types(c) for u in _container(c, "play")]
        if speaker and speech and speech[0].kind == "play":
            speech[0] = Unit("play", f"{speaker}: {speech[0].text}")
        elif speaker:
            speech.insert(0, Unit("play", f"{speaker}:"))
        yield from speech


def _kind(element: etree._Element, kind: str) -> str:
    """The kind of unit inside the element: a blockquote, a letter or a poem changes it."""
    types = _types(element)
    if any(t in _VERSE for t in types):
        return "verse"
    if "letter" in types:
        return "letter"
    if (_name(element) == "blockquote" and kind != "letter") or "epigraph" in types:
        return "quote"
    return kind


def _loose(parts: Sequence[str], kind: str) -> Iterator[Unit]:
    text = _clean("".join(parts))
    if text:
        yield Unit(kind, text)


def _text(element: etree._Element) -> str:
    return _clean(_inline(element, 0))


def _inline(element: etree._Element, italic: int) -> str:
    """The element's text with signs; `italic` counts the italic elements around it."""
    parts = [_piece(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_outer(child, italic))
        parts.append(_piece(child.tail))
    return "".join(parts)


def _outer(element: etree._Element, italic: int) -> str:
    """An inline element as its parent holds it: italics in their signs, a note's reference, a line break."""
    name = _name(element)
    if name == "br":
        return "\x02"
    if name in ("img", "svg"):
        return ""
    if "noteref" in _types(element):
        return "\x01" + str(element.get("href")).rpartition("-")[2] + "\x01"
    inner = _inline(element, italic + (name in _ITALIC))
    return f"\x03{inner}\x04" if name in _ITALIC and not italic else inner


def _piece(text: str | None) -> str:
    return re.sub(r"\s+", " ", (text or "").translate(_SPACES))


def _clean(text: str) -> str:
    """Blanks folded; none at the ends, around a line break, or just inside italics."""
    text = re.sub(r"\x03( *)(.*?)( *)\x04", "\\1\x03\\2\x04\\3", text)
    text = re.sub(r"\x03\x04", "", re.sub(" +", " ", text))
    text = re.sub(r" *\x02[ \x02]*", "\x02", text)
    return text.strip(" \x02")


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _types(element: etree._Element) -> list[str]:
    """The element's epub:types without their vocabulary."""
    return [t.rpartition(":")[2] for t in (element.get(_TYPE) or "").split()]

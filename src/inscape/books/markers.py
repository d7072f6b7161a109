"""Small questions about an element's words: whether they are a marker, a label, a page's number, a heading.

Invariant: each answers from one element or one text, and changes nothing.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from inscape.books.elements import Look, tag_of
from inscape.books.structure import worded_level
from inscape.text import squeeze

_LABEL = re.compile(r"^\[?(\d{1,4})(?:\]|[.)]|(?=\s))\s*")
_DIGITS = re.compile(r"\d{1,5}")
_LOUD = re.compile(r"\b(?:center|centered|chapter|title|heading|head)\b")


def all_text(element: Any) -> str:
    """All words inside an element."""
    return squeeze("".join(element.itertext()))


def inner_href(element: Any) -> str:
    """Where the first link inside an element leads; '' where there is none."""
    return next((e.get("href") or "" for e in element.iter() if tag_of(e) == "a"), "")


def where(place: str, href: str) -> str:
    """The place that a reference means, written in the document at `place`."""
    path, _, name = unquote(href).partition("#")
    return f"{path.rpartition('/')[2] or place}#{name}"


def unbracketed(label: str) -> str:
    """'[Pg 12]' -> '12', 'Page xii' -> 'xii'; what has neither stays."""
    found = re.search(r"(?:^|[^a-z])(\d{1,5}|[ivxlc]{1,8})[\])}]?\s*$", label.strip(), re.I)
    return found[1] if found else label.strip()


def unlabeled(text: str, name: str) -> tuple[str, str]:
    """A note's text without the number at its head, where the note's id has the same number; and the number."""
    found = _LABEL.match(text)
    if found and found[1] in _DIGITS.findall(name):
        return text[found.end() :], found[0].strip()
    return text, ""


def short(lines: list[str]) -> bool:
    """Lines, all short, and none says whose words they are: verse, though nothing says so."""
    return len(lines) >= 2 and max(map(len, lines)) <= 60 and not any(line.lstrip()[:1] in "—–―-" for line in lines)


def raised(element: Any, look: Look) -> bool:
    """Whether the marker stands above the line, or its class or target says what it is."""
    if look.tag == "sup" or look.hint:
        return True
    parent = element.getparent()
    return any(tag_of(e) == "sup" for e in element.iter()) or (parent is not None and tag_of(parent) == "sup")


def fake_heading(element: Any, line: str) -> int:
    """Level of a paragraph that is a heading in all but its tag: 'CHAPTER IV' set in the middle."""
    if len(line) > 120:
        return 0
    looks = element.get("align") == "center" or _LOUD.search(f"{element.get('class', '')} {element.get('style', '')}")
    return worded_level(line) if looks or line.isupper() else 0

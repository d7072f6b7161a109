"""What a note is, and what labels and markers look like: '7', '7.', '[7]', '*', '††', '³', 'a'.

Invariant: recognizes only; no line is changed. A figure inside a line is a marker only if it is raised, a superscript
character, or in square brackets; nothing here says that a note answers it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from inscape.books.pdf.page import Line
from inscape.records import Removal

_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LABEL = re.compile(
    r"(?:\[(\d{1,3}|[*†‡§])\]|\((\d{1,3})\)|(\d{1,3})[.)]?|([*†‡§‖¶]{1,9})[.)]?|([¹²³⁴-⁹⁰]{1,3})|([a-z])[.)])\s*"
    r"(?=\D)(?!(?:st|nd|rd|th|er|ème|e)\b)"
)
_RAISED_LETTER = re.compile(r"([a-z])\s*(?=\S)")
_INSIDE = re.compile(r"[⁰¹²³⁴-⁹]{1,3}|\[(?:\d{1,3}|[*†‡§])\]")
_LOOK = re.compile(r"[⁰¹²³⁴-⁹\[]")


@dataclass(slots=True)
class Note:
    """A note: its label ('7', '*'), its lines, and the page on which it begins, from 1."""

    label: str
    lines: list[Line]
    page: int
    place: str = ""
    """'note 7', or 'note 7, page 12' where several notes have this label; no two notes of a book have one place."""
    removed: list[Removal] = field(default_factory=list)
    """Its label and its markers."""


@dataclass(slots=True, eq=False)
class Marker:
    """What may call a note: `line.text[start:end]`."""

    line: Line
    start: int
    end: int
    label: str


def label_of(line: Line) -> tuple[str, int] | None:
    """(label, offset at which the note's words begin) of a line that may begin a note."""
    if (found := _LABEL.match(line.text)) and any(map(str.isalpha, line.text)):
        return _bare(next(group for group in found.groups() if group)), found.end()
    if line.raised and line.raised[0][0] == 0 and (found := _RAISED_LETTER.match(line.text)):
        return found[1], found.end()
    return None


def markers(line: Line) -> list[Marker]:
    """What may call a note in a line, from left to right; not a figure at its start."""
    made = []
    for start, end in line.raised:
        label = _bare(line.text[start:end])
        if start and label and (label.isdigit() or not label.isalnum() or len(label) == 1):
            made.append(Marker(line, start, end, label))
    if _LOOK.search(line.text):
        for found in _INSIDE.finditer(line.text):
            if found.start() and not any(m.start <= found.start() < m.end for m in made):
                made.append(Marker(line, found.start(), found.end(), _bare(found[0])))
    return sorted(made, key=lambda marker: marker.start)


def _bare(text: str) -> str:
    return text.strip(" \u00a0[]().").translate(_FIGURES)

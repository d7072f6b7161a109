"""Footnotes at the foot of pages: taken out of the text, their markers out of the words.

Invariant: a block is a footnote only when it is small, last on its page, and begins with a marker; a raised number
goes out of a word only when a note of that number stands on the same page or has begun there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inscape.books.pdf.page import Line
from inscape.books.pdf.statistics import Statistics

_LABEL = re.compile(r"^(\d{1,3}|[*†‡§]{1,2})[.)]?\s*(?=\D)")


@dataclass(slots=True)
class Note:
    """A footnote: its marker, its lines, and the page on which it begins."""

    label: str
    lines: list[Line]
    page: int


def separate(pages: list[list[Line]], stats: Statistics) -> tuple[list[list[Line]], list[Note]]:
    """Pages without footnotes, and the notes. Markers in the text are resolved in place."""
    notes: list[Note] = []
    made: list[list[Line]] = []
    for lines in pages:
        start = _block(lines, stats, notes)
        labels = _collect(lines[start:], notes)
        _resolve(lines[:start], labels)
        made.append(lines[:start])
    return made, notes


def _block(lines: list[Line], stats: Statistics, notes: list[Note]) -> int:
    """Index at which the notes of a page begin; the number of lines where there are none."""
    start = len(lines)
    while start > 0 and lines[start - 1].size < 0.93 * stats.body:
        start -= 1
    if start == len(lines):
        return start
    below = start == 0 or lines[start].y < lines[start - 1].y
    if below and _LABEL.match(lines[start].text):
        return start
    # A note that runs on from the page before has no marker: the last note must be of that page.
    runs_on = bool(notes) and notes[-1].lines[-1].page == lines[start].page - 1
    return start if below and runs_on and start > 0 else len(lines)


def _collect(lines: list[Line], notes: list[Note]) -> set[str]:
    """Add the notes of one page; returns their markers."""
    labels: set[str] = set()
    for line in lines:
        found = _LABEL.match(line.text)
        if found and _follows(found[1], notes):
            line.cut(0, found.end())
            notes.append(Note(found[1], [line], line.page))
        elif notes:
            notes[-1].lines.append(line)
        if notes:
            labels.add(notes[-1].label)
    return labels


def _follows(label: str, notes: list[Note]) -> bool:
    """Whether a number that begins a small line counts on from the last note ('1812 was…' does not)."""
    if not label.isdigit() or not notes or not notes[-1].label.isdigit():
        return True
    last, this = int(notes[-1].label), int(label)
    return this == 1 or 0 < this - last <= 3


def _resolve(lines: list[Line], labels: set[str]) -> None:
    for line in lines:
        for start, end in reversed(line.raised):
            if line.text[start:end].strip() in labels:
                line.cut(start, end)

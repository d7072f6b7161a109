"""Footnotes at the foot of pages and columns: taken out of the text, tied to the words that call them.

Invariant: lines become a note only where they are the last of their column and begin with a label that a marker in the
text above calls, or that counts on from the note before; a marker goes out of a word only when it is tied to a note.
What goes, marker or label, is a Removal of its note.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.notes import endnotes
from inscape.books.pdf.notes.markers import Marker, Note, label_of, markers
from inscape.books.pdf.page import Line
from inscape.records import Removal

__all__ = ["Note", "separate"]

_SMALL = 0.93
"""Of the text's size: below it a line is set smaller than the text."""
_STARTS = frozenset("0123456789*†‡§‖¶[(¹²³⁴⁵⁶⁷⁸⁹")
_UNFINISHED = re.compile(r"[^.!?…”’\"')\]]$")
_SECOND = re.compile(
    r"(?<=[.!?…”’\"')\]])\s+(?=(?:\[?\d{1,3}[\])]?|[*†‡§]{1,2}|[¹²³⁴-⁹]{1,3})[.)]?\s*[^\W\d_a-z“‘\"'(«])"
)


@dataclass(slots=True)
class _Book:
    """What is known of the notes while pages are read in their order."""

    stats: Statistics
    notes: list[Note] = field(default_factory=list)
    ties: list[tuple[Marker, Note]] = field(default_factory=list)
    left: list[Marker] = field(default_factory=list)
    """Markers of the page before that no note answered."""
    silent: list[Note] = field(default_factory=list)
    """Notes of the page before that nothing called."""
    at_back: bool = False
    """Under the heading of the notes at the back, where no text need stand above."""
    loose: list[Marker] = field(default_factory=list)
    """All markers that no footnote answered, in the order of the text."""


def separate(pages: list[list[Line]], stats: Statistics) -> tuple[list[list[Line]], list[Note]]:
    """Pages without notes, and the notes in their order. Markers that call them go out of the text's lines.

    Each note then has a place of its own in the book, which is in `calls` of the line that calls it.
    """
    book = _Book(stats)
    back = endnotes.first_page(pages)
    made = [_of_page(lines, book) for lines in pages[:back]]
    rest, more, ties = endnotes.separate(pages[back:], book.loose, stats)
    book.at_back = True
    made += rest if more else [_of_page(lines, book) for lines in rest]
    notes = book.notes + more
    _name(notes)
    _cut(book.ties + ties)
    return made, notes


def _of_page(lines: list[Line], book: _Book) -> list[Line]:
    small = _SMALL * book.stats.body
    if not book.silent and not any(e.raised or e.text[0] in _STARTS or e.size < small for e in lines):
        book.left = []
        return lines
    kept: list[Line] = []
    first = len(book.notes)
    found = [marker for line in lines for marker in markers(line)]
    for column in _columns(_below_last(lines, small), book.stats):
        start = _block(column, found, book)
        kept += column[:start]
        _collect(column[start:], column[:start], found, book)
    _tie(kept, book.notes[first:], book)
    return kept


def _columns(lines: list[Line], stats: Statistics) -> list[list[Line]]:
    """A page's lines by column, in their order."""
    made = [lines[:1]]
    for above, line in pairwise(lines):
        if line.y > above.y + 2 * stats.leading and line.x0 > above.x0 + 8 * stats.body:
            made.append([])
        made[-1].append(line)
    return made


def _below_last(lines: list[Line], small: float) -> list[Line]:
    """Small lines below all text go last, where the stream has them earlier."""
    text = [line.y for line in lines if line.size >= small]
    if not text:
        return lines
    lowest = min(text)
    below = {id(line) for line in lines if line.y < lowest - 0.5 * small}
    if not below or all(id(line) in below for line in lines[-len(below) :]):
        return lines
    return [e for e in lines if id(e) not in below] + [e for e in lines if id(e) in below]


# ------------------------------------------------------------ where the notes of a column begin


def _block(lines: list[Line], found: list[Marker], book: _Book) -> int:
    """Index at which the notes of a column begin; the number of lines where there are none."""
    small = _SMALL * book.stats.body
    start = len(lines)
    while start > 0 and lines[start - 1].size < small:
        start -= 1
    if start < len(lines) and (start == 0 or lines[start].y < lines[start - 1].y):
        for i in range(start, len(lines)):
            if _opens(lines, i, found, book, i == start):
                return start if i > start and _runs_on(lines, start, book) else i
        if _runs_on(lines, start, book):
            return start
    return _block_in_size(lines, found, book)


def _opens(lines: list[Line], at: int, found: list[Marker], book: _Book, first: bool) -> bool:
    """Whether a small line begins a note: its label is called on the page, or counts on ('1812 was…' does neither)."""
    label = label_of(lines[at])
    if not label:
        return False
    if any(marker.label == label[0] and marker.line is not lines[at] for marker in found):
        return True
    if label[0].isdigit() and _plain(lines[:at], label[0]):
        return True
    apart = first or lines[at - 1].y - lines[at].y > 1.15 * book.stats.leading
    below_text = book.at_back or any(book.stats.is_body(line) for line in lines[:at])
    return apart and below_text and _follows(label[0], book.notes)


def _follows(label: str, notes: list[Note]) -> bool:
    """Whether a label counts on from the last note's, or begins a count."""
    if not label.isdigit():
        return not label.isalpha()
    last = next((int(note.label) for note in reversed(notes) if note.label.isdigit()), 0)
    return int(label) == 1 or 0 < int(label) - last <= 2


def _runs_on(lines: list[Line], start: int, book: _Book) -> bool:
    """Whether small lines without a label go on with the last note of the page or column before."""
    if not book.notes:
        return False
    last, line = book.notes[-1].lines[-1], lines[start]
    if line.page - last.page not in (0, 1) or abs(line.size - last.size) > 0.03 * last.size:
        return False
    if _UNFINISHED.search(last.text):
        return True
    if start == 0 or last.page == line.page:
        return False
    full = last.x1 >= max(e.x1 for note in book.notes[-3:] for e in note.lines) - 0.5 * last.size
    return full and lines[start - 1].y - line.y > 1.15 * book.stats.leading


def _block_in_size(lines: list[Line], found: list[Marker], book: _Book) -> int:
    """The same for notes in the text's own size: the first is called, and stands apart or has a raised label."""
    if not found:
        return len(lines)
    for i in range(1, len(lines)):
        line = lines[i]
        if line.text[0] not in _STARTS or not (label := label_of(line)):
            continue
        called = any(m.label == label[0] and m.line is not line and m.line.y > line.y for m in found)
        raised = line.text[0] in "¹²³⁴⁵⁶⁷⁸⁹" or any(a == 0 for a, _ in line.raised)
        gap = lines[i - 1].y - line.y
        if called and (raised or gap > 1.15 * book.stats.leading) and gap > 0 and _is_foot(lines[i:], lines, book):
            return i
    return len(lines)


def _is_foot(notes: list[Line], lines: list[Line], book: _Book) -> bool:
    """Whether lines in the text's size can be notes: the smaller part, and apart only where a label stands.

    A heading '3. The Mill' below a marker 3 has space below it too.
    """
    if 2 * len(notes) > len(lines) or any(line.size > 1.03 * book.stats.body for line in notes):
        return False
    wide = 1.3 * book.stats.leading
    return all(above.y - line.y <= wide or label_of(line) for above, line in pairwise(notes))


# ------------------------------------------------------------ notes and their markers


def _collect(lines: list[Line], text: list[Line], found: list[Marker], book: _Book) -> None:
    """Add the notes of one column, `lines`, below its `text`."""
    called = {marker.label for marker in found if all(marker.line is not line for line in lines)}
    begun = False
    for whole in lines:
        for line in _split(whole):
            label = label_of(line)
            if label and (label[0] in called or _begins(label[0], line, text, begun, book)):
                gone = line.cut(0, label[1])
                note = Note(label[0], [line], line.page)
                note.removed.append(Removal("note label", gone.strip(), line.page, line.text[:30]))
                book.notes.append(note)
                begun = True
            elif book.notes:
                book.notes[-1].lines.append(line)


def _begins(label: str, line: Line, text: list[Line], begun: bool, book: _Book) -> bool:
    """Whether a label that no raised marker calls begins a note all the same."""
    if _follows(label, book.notes):
        return not (begun and _is_year(line))
    return label.isdigit() and _plain(text, label) is not None


def _is_year(line: Line) -> bool:
    """A label of digits alone before a small letter is a number in the note's own text."""
    found = re.match(r"\d+\s+[a-z]", line.text)
    return bool(found) and not any(a == 0 for a, _ in line.raised)


def _split(line: Line) -> list[Line]:
    """A line that holds several notes, as one line for each."""
    starts = [m.end() for m in _SECOND.finditer(line.text)] if len(line.text) < 400 else []
    if not starts or not label_of(line):
        return [line]
    parts = []
    for a, b in zip([0, *starts], [*starts, len(line.text)], strict=True):
        part = replace(line, italics=list(line.italics), raised=list(line.raised), calls=list(line.calls))
        part.cut(b, len(part.text))
        part.cut(0, a)
        part.text = part.text.rstrip() if b < len(line.text) else part.text
        part.hyphen = line.hyphen and b == len(line.text)
        parts.append(part)
    return parts


def _tie(lines: list[Line], notes: list[Note], book: _Book) -> None:
    """Tie the notes that begin on a page to the markers in its text, else to one left over from the page before."""
    free = [marker for line in lines for marker in markers(line)]
    older = _older(notes, free, book.left)
    silent = []
    for note in notes:
        marker = next((m for m in (*older, *free) if m.label == note.label), None)
        if marker is None and (marker := _plain(lines, note.label)) is None:
            silent.append(note)
            continue
        free, older, book.loose = ([m for m in group if m is not marker] for group in (free, older, book.loose))
        book.ties.append((marker, note))
    for note in book.silent:
        # A line may have gone to the next page after its note was set.
        marker = next((m for m in free if m.label == note.label), None) or _plain(lines, note.label)
        if marker is not None:
            free = [m for m in free if m is not marker]
            book.ties.append((marker, note))
    book.left, book.silent = free, silent
    book.loose += free


def _older(notes: list[Note], free: list[Marker], left: list[Marker]) -> list[Marker]:
    """The markers of the page before that are answered here: as many of a label as there are notes too many for the
    markers of this page. Their notes come first."""
    spare = Counter(note.label for note in notes)
    spare.subtract(marker.label for marker in free)
    found: list[Marker] = []
    for marker in reversed(left):
        if spare[marker.label] > 0:
            spare[marker.label] -= 1
            found.insert(0, marker)
    return found


def _plain(lines: list[Line], label: str) -> Marker | None:
    """The one place where a label stands at the end of a word without being raised, as after OCR."""
    sign, letters = re.escape(label), 3 if label.isalnum() else 1
    glued = re.compile(
        rf"(?<=[^\W\d_]{{{letters}}}){sign}(?![\w*])|(?<=[.,;:!?…”’\"')\]])(?<!\d[.,:]){sign}(?![\w*])"
        rf"|(?<=[.,;:!?…”’\"')\]] ){sign}(?= [^\W\d_]|$)"
    )
    places = [(line, m) for line in lines if label in line.text for m in glued.finditer(line.text)]
    if len(places) != 1:
        return None
    line, match = places[0]
    return Marker(line, match.start(), match.end(), label)


def _name(notes: list[Note]) -> None:
    """Give each note a place that no other has."""
    count = Counter(note.label for note in notes)
    used: Counter[str] = Counter()
    for note in notes:
        place = f"note {note.label}" if count[note.label] == 1 else f"note {note.label}, page {note.page}"
        used[place] += 1
        note.place = place if used[place] == 1 else f"{place} ({used[place]})"


def _cut(ties: list[tuple[Marker, Note]]) -> None:
    """Take the tied markers out of their lines, the last of a line first."""
    for marker, note in sorted(ties, key=lambda tie: -tie[0].start):
        line, start = marker.line, marker.start
        before = line.text[:start].split()
        gone = line.cut(start, marker.end)
        blank = start > 0 and line.text[start - 1].isspace()
        if blank and (start == len(line.text) or not line.text[start].isalnum()):
            line.cut(start - 1, start)
            start -= 1
        line.calls.append((start, note.place))
        line.calls.sort()
        note.removed.append(Removal("note marker", gone.strip(), line.page, before[-1] if before else ""))

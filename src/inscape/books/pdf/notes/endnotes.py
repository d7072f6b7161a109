"""Notes collected at the back of a book, under a heading 'Notes': tied to the markers of the text they answer.

Invariant: all or nothing. Only when the runs of numbers in the notes are the runs of markers in the text, one by one,
do entries become notes; else every line stays text. Headings among the entries stay where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.notes.markers import Marker, Note, label_of
from inscape.books.pdf.page import Line
from inscape.records import Removal

_HEADING = re.compile(
    r"^(?:(?:end|foot)?notes(?: to (?:the )?\w+| and references)?|notlar|son ?notlar|dipnotlar|anmerkungen|endnoten|"
    r"notes de fin|notas|примечания)\.?$",
    re.I,
)
_BACK = 0.5
"""Share of the pages after which the notes may begin."""


@dataclass(slots=True)
class _Entry:
    label: str
    words: int
    """Offset at which its words begin."""
    lines: list[Line]


def first_page(pages: list[list[Line]]) -> int:
    """Index of the page that opens the notes at the back; the number of pages where there are none."""
    for index in range(int(_BACK * len(pages)), len(pages)):
        if any(_HEADING.match(line.text) for line in pages[index][:3]):
            return index
    return len(pages)


def separate(
    pages: list[list[Line]], called: list[Marker], stats: Statistics
) -> tuple[list[list[Line]], list[Note], list[tuple[Marker, Note]]]:
    """Pages without the notes on them, the notes, and which marker calls which; nothing where they do not agree.

    `pages`: from the heading of the notes on. `called`: markers of the text before that no footnote answers.
    """
    called = [marker for marker in called if marker.label.isdigit()]
    entries = _entries([line for page in pages for line in page], stats)
    runs = _runs([marker.label for marker in called])
    if not runs or runs != _runs([entry.label for entry in entries]):
        return pages, [], []
    notes, ties = [], []
    for marker, entry in zip(called, entries, strict=True):
        first = entry.lines[0]
        gone = first.cut(0, entry.words)
        note = Note(entry.label, entry.lines, first.page)
        note.removed.append(Removal("note label", gone.strip(), first.page, first.text[:30]))
        notes.append(note)
        ties.append((marker, note))
    taken = {id(line) for entry in entries for line in entry.lines}
    return [[line for line in page if id(line) not in taken] for page in pages], notes, ties


def _entries(lines: list[Line], stats: Statistics) -> list[_Entry]:
    """Numbered entries, each counting on from the one before or beginning again at 1."""
    made: list[_Entry] = []
    above: Line | None = None
    for line in lines:
        label = label_of(line)
        if label and label[0].isdigit() and int(label[0]) in (1, int(made[-1].label) + 1 if made else 1):
            made.append(_Entry(label[0], label[1], [line]))
        elif made and not _is_heading(line, above, made[-1], stats):
            made[-1].lines.append(line)
        above = line
    return made


def _is_heading(line: Line, above: Line | None, entry: _Entry, stats: Statistics) -> bool:
    if line.size > 1.08 * entry.lines[0].size:
        return True
    gap = above.y - line.y if above is not None and above.page == line.page else 0.0
    return gap > 1.3 * stats.leading and len(line.text) < 60 and not line.text.endswith((".", ","))


def _runs(labels: list[str]) -> list[int] | None:
    """Lengths of the runs 1, 2, 3… of labels; None where they are no such runs."""
    made: list[int] = []
    for label in map(int, labels):
        if label == 1:
            made.append(1)
        elif made and label == made[-1] + 1:
            made[-1] = label
        else:
            return None
    return made

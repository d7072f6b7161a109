"""What typesettings add to a book so that more of what real books have is there: notes, an epigraph, outer matter.

Invariant: every addition is a unit or a note of the truth. Words are the benchmark's own, or in the public domain.
"""

from __future__ import annotations

import re
from dataclasses import replace

from benchmarks.prose.typeset.truth import Book, Unit

LIGHTHOUSE_NOTES = (
    ("Army and Navy Stores", "A department store in London that sold by catalogue, at first to officers alone."),
    ("Someone had blundered", "From Tennyson’s \x03The Charge of the Light Brigade\x04 (1854)."),
    ("Minta", "Minta Doyle, a guest of the house; she is named here for the first time."),
    ("Sir Walter Scott", "The novelist (1771–1832); Mr. Ramsay reads \x03The Antiquary\x04."),
    ("Luriana", "From a poem by Charles Elton, then known only in manuscript."),
    ("Charles Tansley", "A student of Mr. Ramsay’s who is writing his dissertation."),
    ("Boeuf en Daube", "A stew of beef, wine and vegetables, cooked for many hours."),
    ("Bœuf en Daube", "A stew of beef, wine and vegetables, cooked for many hours."),
    ("Grimm", "“The Fisherman and His Wife,” a tale collected by the brothers Grimm, which Mrs. Ramsay reads aloud."),
    ("Macalister", "A fisherman of the village; the boat is his."),
)

LIGHTHOUSE_EPIGRAPH = (
    Unit(
        "verse",
        "And all the lives we ever lived and all the lives to be\x02Are full of trees and changing leaves.",
        0,
        "front",
    ),
    Unit("quote", "Charles Elton", 0, "front"),
)


def lighthouse(book: Book) -> Book:
    """To the Lighthouse with an epigraph and notes where their words first stand in a paragraph."""
    units, notes = list(book.units), dict(book.notes)
    for words, note in LIGHTHOUSE_NOTES:
        place = next((i for i, u in enumerate(units) if words in u.text and u.kind in ("para", "verse")), None)
        if place is None or note in notes.values():
            continue
        number = str(len(notes) + 1)
        notes[number] = note
        after = units[place].text.replace(words, f"{words}\x01{number}\x01", 1)
        units[place] = replace(units[place], text=after)
    return replace(book, units=(*LIGHTHOUSE_EPIGRAPH, *units), notes=notes)


def first_book(book: Book) -> Book:
    """War and Peace up to Book II, with a chapter's heading one level below its part's, and only its own notes."""
    end = next(i for i, u in enumerate(book.units) if u.text == "Book II")
    units = tuple(_raised(u) for u in book.units[:end] if u.matter != "front")
    used = {n for u in units for n in re.findall("\x01([^\x01]*)\x01", u.text)}
    return replace(book, units=units, notes={n: t for n, t in book.notes.items() if n in used})


def _raised(unit: Unit) -> Unit:
    """The unit; a chapter's heading (level 4) becomes level 3, a part's level 2, as in a book without divisions."""
    return replace(unit, level=max(2, unit.level - 1)) if unit.kind == "heading" else unit

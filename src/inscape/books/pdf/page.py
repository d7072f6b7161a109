"""What every step of reading a PDF passes on: lines, pages, the outline, the document.

Invariant: a line's text is what was printed, without signs; what its letters are (italic, raised, the call of a note)
stands beside it as offsets, which `cut`, `before` and `after` keep right. Positions are in points, y upwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from inscape.books.marks import ITALIC, ROMAN, note

SOFT = "\u00ad"
"""At the end of a line: a hyphen that the typesetter put there, or may have."""

SURE = "\u2010"
"""At the end of a line: a hyphen that only typesetting engines write, so that it surely belongs to no word."""

Spans = list[tuple[int, int]]


@dataclass(slots=True)
class Line:
    """One line, or a piece of one. `x0`: pen at its first character; `x1`: right edge; `y`: base line."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    page: int
    """From 1."""
    hyphen: bool = False
    """Ends in SOFT or SURE."""
    drop: float = 0.0
    """Base line of an initial that hangs over several lines, if the line begins with one."""
    column: int = 0
    opens: bool = False
    """A paragraph surely begins here, as an initial shows."""
    italics: Spans = field(default_factory=list)
    """(start, end) of what is set in italics."""
    raised: Spans = field(default_factory=list)
    """(start, end) of small raised figures and stars, which may be markers of notes."""
    calls: list[tuple[int, str]] = field(default_factory=list)
    """(offset, place of the note) of markers that were taken out."""

    def cut(self, start: int, end: int) -> str:
        """Take characters out of the line; returns them."""
        gone, by = self.text[start:end], end - start
        self.text = self.text[:start] + self.text[end:]

        def moved(at: int) -> int:
            return at if at <= start else max(start, at - by)

        self.italics = [(a, b) for a, b in ((moved(a), moved(b)) for a, b in self.italics) if a < b]
        self.raised = [(a, b) for a, b in ((moved(a), moved(b)) for a, b in self.raised) if a < b]
        self.calls = [(moved(at), place) for at, place in self.calls]
        return gone

    def extend(self, other: Line, blank: str) -> None:
        """Put another line's text, with what stands beside it, after this one's."""
        by = len(self.text) + len(blank)
        self.text += blank + other.text
        self.italics += [(a + by, b + by) for a, b in other.italics]
        self.raised += [(a + by, b + by) for a, b in other.raised]
        self.calls += [(at + by, place) for at, place in other.calls]

    def signed(self) -> str:
        """The text with the signs of `marks` for italics and calls of notes."""
        if not self.italics and not self.calls:
            return self.text
        signs = [(at, 1, note(place)) for at, place in self.calls]
        signs += [(a, 2, ITALIC) for a, _ in self.italics] + [(b, 0, ROMAN) for _, b in self.italics]
        made, last = [], 0
        for at, _, sign in sorted(signs):
            made += [self.text[last:at], sign]
            last = at
        return "".join((*made, self.text[last:]))


@dataclass(slots=True)
class Page:
    """One page: its size, its lines in stream order, and its number as the file names it ('' where it does not)."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    characters: int = 0
    """Printed characters: no white space, no soft hyphens inside lines, ligatures counted as their letters."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """An entry of the bookmarks: title, depth from 1, page from 1 (None: it points nowhere)."""

    title: str
    level: int
    page: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """What PDFium gives of a file, or of some of its pages."""

    title: str
    author: str
    language: str
    pages: list[Page]
    outline: list[Outline]
    failed: tuple[int, ...] = ()
    """Pages that PDFium could not load."""

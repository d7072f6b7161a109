"""What every step of reading a PDF passes on: lines, pages, the outline, the document.

Invariant: a line's text is what was printed, without signs; what its letters are (italic, raised, the call of a note)
stands beside it as offsets, which `cut`, `swap` and `extend` keep right. Positions are in points, y upwards.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

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

    inner: tuple[float, float] | None = None
    """Left and right edge without a number that an object of its own prints before or after the line's words."""
    bold: bool = False
    """All of it is set in bold type."""
    turned: bool = False
    """Set across the page's other lines, as a head along the outer margin is; `x0`, `y` are then only its beginning."""
    content: int = -1
    """Number of the marked content that it begins with (see `tags`), -1: none, -2: furniture, as the file says."""

    def cut(self, start: int, end: int) -> str:
        """Take characters out of the line; returns them."""
        return self.swap(start, end, "")

    def swap(self, start: int, end: int, new: str) -> str:
        """Put other characters in the place of some; returns the old ones."""
        gone, by = self.text[start:end], end - start - len(new)
        self.text = self.text[:start] + new + self.text[end:]

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

    def more(self) -> dict[str, object]:
        """What is not as it is in most lines, by its name."""
        return {name: value for name, plain in _USUAL if (value := getattr(self, name)) != plain}

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


_USUAL = tuple(
    (f.name, f.default if f.default is not MISSING else [])
    for f in fields(Line)
    if f.default is not MISSING or f.default_factory is not MISSING
)


@dataclass(slots=True)
class Page:
    """One page: its size, its lines in stream order, and its number as the file names it ('' where it does not)."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    characters: int = 0
    """Printed characters, counted from PDFium's text and not from the lines: no white space, no soft hyphens inside
    lines, no zero-width signs; ligatures count as their letters, a hyphen at a line's end counts 1. Text that PDFium
    itself drops is not in it: glyphs without size, and bold made by printing the same words twice in a row."""
    label: str = ""
    doubled: list[str] = field(default_factory=list)
    """Texts of lines that were printed again at the same place; they are in `characters`, and once in `lines`."""

    def __reduce__(self) -> tuple[Callable[..., Page], tuple[object, ...]]:
        lines = self.lines
        points = array("d", [v for line in lines for v in (line.x0, line.x1, line.y, line.size)])
        rest = {k: more for k, line in enumerate(lines) if (more := line.more())}
        texts = [line.text for line in lines]
        page: tuple[object, ...] = (self.number, self.width, self.height, [], self.characters, self.label, self.doubled)
        return _unpacked, (page, texts, points.tobytes(), [line.page for line in lines], rest)


def _unpacked(
    page: tuple[Any, ...], texts: list[str], points: bytes, numbers: list[int], rest: dict[int, dict[str, object]]
) -> Page:
    """A page from its pickled parts: positions in one array, and only what is unusual by name."""
    made = Page(*page)
    flat = array("d", points)
    made.lines = [
        Line(*parts) for parts in zip(texts, flat[::4], flat[1::4], flat[2::4], flat[3::4], numbers, strict=True)
    ]
    for k, more in rest.items():
        for name, value in more.items():
            setattr(made.lines[k], name, value)
    return made


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

"""Italics against what surrounds them: in a book set in italics, the upright words are the marked ones.

Invariant: either nothing changes, or in every line exactly the other letters are marked. Bold that is the book's plain
type is none at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from inscape.books.pdf.page import Line, Page, Spans

_MOST = 0.5
"""Share of a book's characters in italics above which italics are its plain type."""


def relative(pages: Sequence[Page]) -> None:
    """Turn `Line.italics` of a whole book around where most of it is set in italics; no bold where most is bold."""
    lines = [line for page in pages for line in page.lines]
    total = sum(len(line.text) for line in lines)
    if sum(len(line.text) for line in lines if line.bold) > _MOST * total:
        for line in lines:
            line.bold = False
    slanted = sum(b - a for line in lines if line.italics for a, b in line.italics)
    if slanted <= _MOST * total:
        return
    for line in lines:
        line.italics = _others(line)


def _others(line: Line) -> Spans:
    """What is not marked in a line, without the white space at its ends."""
    made: Spans = []
    last = 0
    for a, b in (*sorted(line.italics), (len(line.text) - line.hyphen, 0)):
        part = line.text[last:a]
        if part.strip():
            start = last + len(part) - len(part.lstrip())
            made.append((start, start + len(part.strip())))
        last = max(last, b)
    return made

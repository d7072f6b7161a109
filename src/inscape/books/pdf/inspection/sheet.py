"""Pages of a book beside what was made of them, as one HTML page that needs nothing else.

Invariant: pure. Every line that the reader found on a page is a colored box on its picture; every unit that has text
there stands beside it, whole, with what stands on other pages in gray; everything left out there is told with its
reason.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from string import Template

from inscape.books.pdf.inspection.picture import picture
from inscape.books.pdf.inspection.ranges import pages_of
from inscape.books.pdf.trace import Placed, Trace
from inscape.records import Paragraph
from inscape.text import plural

HUES: Mapping[str, tuple[int, str]] = {
    "paragraph": (210, "paragraph"),
    "heading": (280, "heading"),
    "quote": (160, "block quotation"),
    "verse": (185, "verse"),
    "letter": (130, "letter"),
    "play": (100, "play"),
    "list": (240, "list"),
    "table": (320, "table"),
    "note": (35, "note"),
    "break": (60, "scene break"),
    "left out": (0, "left out"),
}
"""Hue in degrees, and what it is called, of each kind."""


MOST = 40
"""Pages in one HTML page: a picture takes a tenth of a megabyte."""


def inspect(data: bytes, name: str, pages: str, trace: Trace) -> bytes:
    """The HTML, in UTF-8, for pages as a person types them. Raises BookError: no such pages, or none can be drawn."""
    numbers = pages_of(pages, max((n for n, _, _ in trace.pages), default=0), MOST)
    pictures = {number: picture(data, name, number) for number in numbers}
    return page(trace, numbers, pictures, name).encode("utf-8", "replace")


def page(trace: Trace, numbers: Sequence[int], pictures: Mapping[int, bytes], name: str) -> str:
    """The HTML. `numbers`: pages, from 1; `pictures`: the PNG of each."""
    shown = set(numbers)
    counts = Counter(_kind(trace, line) for line in trace.lines if line.page in shown)
    legend = "".join(
        f'<span style="--h:{hue}">{escape(label)}: {plural(counts[kind], "line")}</span>'
        for kind, (hue, label) in HUES.items()
        if counts[kind]
    )
    around = f"page {numbers[0]}" if len(numbers) == 1 else f"pages {numbers[0]} to {numbers[-1]}"
    return Template(resources.files(__package__).joinpath("inspection.html").read_text("utf-8")).substitute(
        title=escape(f"{trace.book.title or name}: {around}"),
        about=escape(f"{name}, {plural(len(trace.pages), 'page')}. Pages are counted from the file's first.")
        + " Gray words stand on other pages. Point at a line or a paragraph to see the two together.",
        legend=legend,
        pages="\n".join(_section(trace, number, pictures[number]) for number in numbers),
    )


def _kind(trace: Trace, line: Placed) -> str:
    return "left out" if line.unit is None else trace.book.paragraphs[line.unit].kind


def _section(trace: Trace, number: int, picture: bytes) -> str:
    lines = [line for line in trace.lines if line.page == number]
    size = next(((width, height) for n, width, height in trace.pages if n == number), (1.0, 1.0))
    units = list(dict.fromkeys(line.unit for line in lines if line.unit is not None))
    label = next((trace.book.paragraphs[u].label for u in units if trace.book.paragraphs[u].page == number), "")
    head = f"Page {number}" + (f", printed “{escape(label)}”" if label and label != str(number) else "")
    boxes = "".join(_box(trace, line, *size) for line in lines)
    image = base64.b64encode(picture).decode()
    beside = "".join(_unit(trace.book.paragraphs[u], u, number) for u in units)
    gone = "".join(f"<li>{escape(r.why)}: {escape(r.context or r.text)}</li>" for r in trace.book.removed
                   if r.page == number)  # fmt: skip
    return (
        f'<section><h2>{head}</h2><figure><img src="data:image/png;base64,{image}" alt="page {number}">{boxes}</figure>'
        f'<div>{beside}<ul class="gone">{gone}</ul></div></section>'
    )


def _box(trace: Trace, line: Placed, width: float, height: float) -> str:
    kind = _kind(trace, line)
    top = 100 * (height - line.y - 0.85 * line.size) / height
    left, right = 100 * line.x0 / width, 100 * line.x1 / width
    title = escape(f"{HUES[kind][1]}: {line.why}" if line.why else HUES[kind][1])
    return (
        f'<i data-u="{"" if line.unit is None else line.unit}" title="{title}" style="--h:{HUES[kind][0]};'
        f"left:{left:.2f}%;top:{top:.2f}%;width:{max(0.5, right - left):.2f}%;"
        f'height:{100 * 1.1 * line.size / height:.2f}%"></i>'
    )


def _unit(unit: Paragraph, index: int, number: int) -> str:
    hue, label = HUES[unit.kind]
    marked = f"{label}, {unit.matter} matter" if unit.matter != "body" else label
    return (
        f'<p class="unit" data-u="{index}" style="--h:{hue}"><span class="tag">{escape(marked)}</span>'
        f"{_text(unit, number)}</p>"
    )


def _text(unit: Paragraph, number: int) -> str:
    """The text with italics, calls of notes and page turns; gray where it stands on another page."""
    if unit.kind == "break":
        return "* * *"
    edges = {
        0,
        len(unit.text),
        *(at for at, _ in (*unit.breaks, *unit.notes)),
        *(e for run in unit.italics for e in run),
    }
    turns = dict(unit.breaks)
    made = []
    ordered = sorted(edges)
    for start, end in zip(ordered, [*ordered[1:], len(unit.text)], strict=True):
        made += [f"<sup>{escape(place)}</sup>" for at, place in unit.notes if at == start]
        if start in turns:
            made.append(f'<span class="turn">⟨page {turns[start]}⟩</span>')
        piece = escape(unit.text[start:end])
        if any(a <= start < b for a, b in unit.italics):
            piece = f"<em>{piece}</em>"
        made.append(piece if unit.page_at(start) == number else f'<span class="other">{piece}</span>')
    return "".join(made)

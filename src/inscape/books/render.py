"""A book as plain text, and as rows for JSON.

Invariant: both give every unit, in the book's order, notes last. Nothing is wrapped, nothing is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inscape.records import BookText, Paragraph


def plain(book: BookText) -> Iterator[str]:
    """Blocks of text, each ending in a newline; a blank line between two. Notes follow a line 'Notes'."""
    first, noted = True, False
    for unit in book.paragraphs:
        if unit.kind == "note" and not noted:
            noted = True
            yield "Notes\n" if first else "\nNotes\n"
            first = False
        yield _block(unit) if first else "\n" + _block(unit)
        first = False


def _block(unit: Paragraph) -> str:
    return (unit.text or "* * *" if unit.kind == "break" else unit.text) + "\n"


def objects(book: BookText) -> Iterator[dict[str, Any]]:
    """One object for each unit: kind, text, page, chapter, place; and level, label, matter, breaks, italics and notes
    (see `records.Paragraph`) where there is anything to say."""
    for unit in book.paragraphs:
        row: dict[str, Any] = {"kind": unit.kind, "text": unit.text, "page": unit.page, "chapter": unit.chapter}
        if unit.kind == "heading":
            row["level"] = unit.level
        row["place"] = unit.place
        if unit.label:
            row["label"] = unit.label
        if unit.matter != "body":
            row["matter"] = unit.matter
        row |= {name: value for name in ("breaks", "italics", "notes") if (value := getattr(unit, name))}
        yield row

"""A book as it was read, to bytes and back: for the cache, and between the process that reads and the one that asks.

Invariant: `load(dump(book)) == book`.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

from inscape.records import BookText, Paragraph, Removal


def dump(book: BookText) -> bytes:
    """JSON in UTF-8: rows without names, since there are many."""
    head = {
        name: getattr(book, name) for name in BookText.__dataclass_fields__ if name not in ("paragraphs", "removed")
    }
    rows = {"paragraphs": [astuple(p) for p in book.paragraphs], "removed": [astuple(r) for r in book.removed]}
    return json.dumps(head | rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def load(data: bytes) -> BookText:
    """The book. Raises ValueError, KeyError or TypeError for bytes that `dump` did not make."""
    read: dict[str, Any] = json.loads(data.decode("utf-8", "surrogatepass"))
    return BookText(
        **read
        | {
            "paragraphs": tuple(_paragraph(row) for row in read["paragraphs"]),
            "removed": tuple(Removal(*row) for row in read["removed"]),
            "doubts": tuple(read["doubts"]),
        }
    )


def _paragraph(row: list[Any]) -> Paragraph:
    given: dict[str, Any] = dict(zip(Paragraph.__dataclass_fields__, row, strict=True))
    return Paragraph(**given | {name: _pairs(given[name]) for name in ("breaks", "italics", "notes")})


def _pairs(rows: list[list[Any]]) -> tuple[tuple[Any, Any], ...]:
    return tuple((one, two) for one, two in rows)

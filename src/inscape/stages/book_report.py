"""What reading made of a file, as one event: counts, what was left out and three places of each, what is doubtful.

Invariant: pure; nothing is counted that is not in the record.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from inscape.events import BookRead
from inscape.records import BookText, Removal
from inscape.text import plural, shorten

SAMPLES = 3
_UNCOUNTED = ("paragraph", "break")


def report(path: Path | str, book: BookText) -> BookRead:
    """The event for a book that was read from `path`."""
    by_reason: dict[str, list[Removal]] = {}
    for removal in book.removed:
        by_reason.setdefault(removal.why, []).append(removal)
    kinds = Counter(p.kind for p in book.paragraphs)
    return BookRead(
        path=str(path),
        title=book.title,
        author=book.author,
        format=book.format,
        pages=book.pages,
        paragraphs=len(book.paragraphs),
        words=book.words,
        chapters=len({p.chapter for p in book.paragraphs if p.chapter}),
        kinds={kind: number for kind, number in kinds.most_common() if kind not in _UNCOUNTED},
        removed={why: len(removals) for why, removals in by_reason.items()},
        samples={why: [_sample(r) for r in _spread(removals)] for why, removals in by_reason.items()},
        doubts=[*_matter(book), *book.doubts],
    )


def _spread(removals: list[Removal]) -> list[Removal]:
    """The first of its kind, one from the middle, the last; each text once where there are enough others."""
    distinct = list({(r.context or r.text): r for r in removals}.values())
    pool = distinct if len(distinct) >= SAMPLES else removals
    if len(pool) <= SAMPLES:
        return pool
    return [pool[0], pool[len(pool) // 2], pool[-1]]


def _sample(removal: Removal) -> dict[str, Any]:
    return {"text": shorten(removal.context or removal.text), "page": removal.page}


def _matter(book: BookText) -> list[str]:
    """A word on front and back matter, which stays in the text."""
    words = Counter[str]()
    for paragraph in book.paragraphs:
        if paragraph.matter != "body" and paragraph.kind != "note":
            words[paragraph.matter] += len(paragraph.text.split())
    found = [f"{plural(words[side], 'word')} of {side} matter" for side in ("front", "back") if words[side]]
    return [f"{' and '.join(found)} stand in the text, marked as such."] if found else []

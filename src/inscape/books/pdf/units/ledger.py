"""The account of a PDF's characters: what the file holds against what the book keeps and what was removed.

Invariant: pure counting. White space and signs of no width do not count, a ligature counts as its letters, and a hyphen
at a line's end counts as one, whatever sign the file has for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from inscape.books.pdf.page import SOFT, SURE, Page
from inscape.records import BookText

_SHOWN = 12
"""Characters that a sentence of `unaccounted` is about at most."""
_SAME = str.maketrans(
    {
        SOFT: "-",
        SURE: "-",
        "\u2011": "-",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
    }
)
_UNSEEN = re.compile("[\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
"""White space, but for the blank, and signs of no width."""


def balance(book: BookText) -> int:
    """Characters of the file less those of the units and removals: 0 when all are accounted for.

    Above 0 some were lost, below 0 some are told twice. 0 too where the reader did not count the file's.
    """
    if book.characters is None:
        return 0
    return book.characters - sum(map(_length, _texts(book)))


def unaccounted(book: BookText, pages: Iterable[Page]) -> list[str]:
    """Sentences that name the characters which `pages`, as loaded, hold more often or more seldom than the book.

    Case does not count: `openings` changes it.
    """
    printed: Counter[str] = Counter()
    for page in pages:
        printed.update(_plain("".join(line.text for line in page.lines)).casefold())
    held: Counter[str] = Counter()
    for text in _texts(book):
        held.update(_plain(text).casefold())
    lost, made = printed - held, held - printed
    return [
        f"{count} x {character!r} {how}"
        for counted, how in ((lost, "lost"), (made, "more than printed"))
        for character, count in counted.most_common(_SHOWN)
    ]


def _texts(book: BookText) -> Iterable[str]:
    yield from (paragraph.text for paragraph in book.paragraphs)
    yield from (removal.text for removal in book.removed)


def _length(text: str) -> int:
    """Characters that are printed. To look for rare signs first is ten times as fast as `_plain` for all."""
    return len(_plain(text)) if _UNSEEN.search(text) else len(text) - text.count(" ")


def _plain(text: str) -> str:
    return "".join(text.translate(_SAME).split())

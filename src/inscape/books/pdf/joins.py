"""Lines put together as running text, with signs for italics, notes and the beginnings of pages.

Invariant: between two lines a blank is put, or nothing at a hyphen or an unspaced dash; nothing else is added but
signs (see `marks`), which `marks.resolve` takes out again.
"""

from __future__ import annotations

import re
from itertools import pairwise

from inscape.books import marks
from inscape.books.marks import ITALIC, ROMAN
from inscape.books.pdf.hyphens import Vocabulary, is_broken
from inscape.books.pdf.page import SOFT, Line

_TAIL = re.compile(f"(?:{ROMAN}|\ufdd3[^\ufdd4]*\ufdd4)+$")
_HEAD = re.compile(f"^(?:{ITALIC}|\ufdd3[^\ufdd4]*\ufdd4)+")


def plain(lines: list[Line]) -> str:
    """The text for looking at, not for keeping: hyphens at line ends stay."""
    return lines[0].text if len(lines) == 1 else " ".join(line.text for line in lines)


def joined(lines: list[Line], vocabulary: Vocabulary) -> str:
    """One paragraph with signs. Hyphens that it drops are told to the vocabulary: to be called once for a line."""
    parts = [lines[0].signed()]
    for above, line in pairwise(lines):
        text = line.signed()
        sign = marks.page(line.page) if line.page != above.page else ""
        if is_broken(above.text):
            parts[-1] = _rejoined(parts[-1], sign, text, vocabulary, above.page)
            continue
        if not _touches(above.text, line.text):
            parts.append(" ")
        parts.append(sign + text)
    return "".join(parts).replace(SOFT, "-")


def stanza(lines: list[Line]) -> str:
    """Lines of verse with signs, each its own."""
    parts = [lines[0].signed()]
    for above, line in pairwise(lines):
        parts += ["\n", marks.page(line.page) if line.page != above.page else "", line.signed()]
    return "".join(parts).replace(SOFT, "-")


def _touches(above: str, below: str) -> bool:
    """A dash without blanks around it joins two words; one that opens a line's talk, or stands free, does not."""
    if above[-1] in "—–":
        return above[-2:-1] != " " and len(above) > 1
    return below[0] == "—" and below[1:2] != " "


def _rejoined(above: str, sign: str, below: str, vocabulary: Vocabulary, page: int) -> str:
    tail, head = _TAIL.search(above), _HEAD.match(below)
    ends, begins = tail[0] if tail else "", head[0] if head else ""
    stem, rest = above[: len(above) - len(ends)], below[len(begins) :]
    whole = vocabulary.join(stem, rest, page)
    at = len(whole) - len(rest)
    if ends == ROMAN and begins == ITALIC:
        ends = begins = ""
    return f"{whole[:at]}{ends}{sign}{begins}{rest}"

"""Lines put together as running text, with signs for italics, notes and the beginnings of pages.

Invariant: between two lines a blank is put, or nothing at a hyphen or an unspaced dash; nothing else is added but
signs (see `marks`), which `marks.resolve` takes out again.
"""

from __future__ import annotations

import re
from itertools import pairwise

from inscape.books import marks
from inscape.books.marks import ITALIC, ROMAN
from inscape.books.pdf.page import SOFT, SURE, Line
from inscape.books.pdf.words.vocabulary import Vocabulary, is_broken

_TAIL = re.compile(f"(?:{ROMAN}|\ufdd3[^\ufdd4]*\ufdd4)+$")
_HEAD = re.compile(f"^(?:{ITALIC}|\ufdd3[^\ufdd4]*\ufdd4)+")
_ENDS = frozenset(f"-{SOFT}{SURE}—–") | {chr(sign) for sign in range(0xFDD0, 0xFDD5)}
"""Last characters of lines that may touch the next line: hyphens, dashes, and signs, behind which one may stand."""
_LONG = "⸺⸻"
_STARTS = frozenset(f"—{_LONG}")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_]$")


def plain(lines: list[Line]) -> str:
    """The text for looking at, not for keeping: hyphens at line ends stay."""
    return lines[0].text if len(lines) == 1 else " ".join(line.text for line in lines)


def joined(lines: list[Line], vocabulary: Vocabulary) -> str:
    """One paragraph with signs. Hyphens that it drops are told to the vocabulary: to be called once for a line."""
    parts = [lines[0].signed()]
    for above, line in pairwise(lines):
        text = line.signed() if line.italics or line.calls else line.text
        sign = marks.page(line.page) if line.page != above.page else ""
        # Most lines end in a letter, a comma or a full stop: for these nothing else is asked.
        if above.text[-1] not in _ENDS and line.text[0] not in _STARTS:
            parts += (" ", sign + text) if sign else (" ", text)
            continue
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
    if above.endswith("——"):  # stands for a word that is left out, or breaks off
        return below[0] in ".,;:!?’”)"
    if above[-1] in "—–":
        words = above.rstrip("—–")
        return words[-1:] not in ("", " ")
    if below[0] in _LONG:  # stands for the rest of a name
        return bool(_INITIAL.search(above))
    return below[0] == "—" and below[1:2] != " "


def _rejoined(above: str, sign: str, below: str, vocabulary: Vocabulary, page: int) -> str:
    tail, head = _TAIL.search(above) if "\ufdd0" <= above[-1] <= "\ufdd4" else None, _HEAD.match(below)
    ends, begins = tail[0] if tail else "", head[0] if head else ""
    stem, rest = above[: len(above) - len(ends)], below[len(begins) :]
    whole = vocabulary.join(stem, rest, page)
    at = len(whole) - len(rest)
    if ends == ROMAN and begins == ITALIC:
        ends = begins = ""
    return f"{whole[:at]}{ends}{sign}{begins}{rest}"

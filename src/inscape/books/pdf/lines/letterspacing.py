"""Whole lines that are letterspaced: 'T H E   L I G H T H O U S E | 2 1' and 'X I V' become words and numbers again.

Invariant: only blanks go, and only out of lines whose every word is one letter or figure, or part of one numeral. A
blank that the file itself has stays. Where it has none, as TeX writes, the widest steps are blanks, and a few letters
are closed up only to a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from inscape.books.pdf.lines.glyphs import Glyphs
from inscape.books.pdf.page import Line, Spans
from inscape.books.structure import is_ordinal

_SPACED = re.compile(r"(?:[^\W_]|[|.,:&’'–—-])(?: +(?:[^\W_]|[|.,:&’'–—-]))+")
_BLANKS = re.compile(r" +")
_NUMBER = re.compile(r"[\d\s|]+|[IVXLC\s|]+")
_NUMERAL = re.compile(r"[IVXLC]+(?: [IVXLC]+)+")
_LONGEST = 12
_FEW = 4
"""Steps, below which the widest of them say nothing."""
_WIDE = 1.8
"""Times the usual step, from which a step is a blank."""


def close_up(lines: Sequence[Line], spans: Spans, glyphs: Glyphs) -> None:
    """Close up the lines of a page that are letterspaced. `spans`: where each line stands in the page's text."""
    for line, (start, _) in zip(lines, spans, strict=True):
        text = line.text
        spaced = text[1:2] == " " and not line.turned and _SPACED.fullmatch(text)
        if spaced or (len(text) < _LONGEST and text[0] in "IVXLC" and _is_numeral(text)):
            _close_up(line, start, glyphs)


def _is_numeral(text: str) -> bool:
    return bool(_NUMERAL.fullmatch(text)) and is_ordinal(text.replace(" ", ""))


def _close_up(line: Line, offset: int, glyphs: Glyphs) -> None:
    if sum(map(str.isalnum, line.text)) < 2:
        return
    blanks = [found.span() for found in _BLANKS.finditer(line.text)]
    made_up = [glyphs.made_up(glyphs.index[offset + i] for i in range(a, b)) for a, b in blanks]
    if all(made_up):
        made_up = _narrow(line, offset, len(blanks), glyphs)
    for (a, b), drop in reversed(list(zip(blanks, made_up, strict=True))):
        if drop:
            line.cut(a, b)


def _narrow(line: Line, offset: int, count: int, glyphs: Glyphs) -> list[bool]:
    """Which steps are no wider than usual in a line without blanks of its own."""
    if count < _FEW:
        return [bool(_NUMBER.fullmatch(line.text))] * count
    letters = [glyphs.index[offset + i] for i, letter in enumerate(line.text) if letter != " "]
    starts, ends = glyphs.origins(letters)[0], glyphs.rights(letters)
    steps = [start - end for (_, start), (end, _) in zip(pairwise(starts), pairwise(ends), strict=True)]
    usual = median(steps)
    return [step < _WIDE * usual for step in steps]

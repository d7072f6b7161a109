"""Characters that PDFium tells at the wrong place of a line: a sign of another font that is printed after the rest of
its line goes back to where it stands, and a line that goes on in the next one is broken there.

Invariant: no printed character is lost or made; only lines printed by several objects are looked at, and none that
runs from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from inscape.books.pdf.lines.glyphs import Glyphs
from inscape.books.pdf.page import Spans

_WORD = re.compile(r"\S+")
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LOWER = 0.6
"""Ems that a word stands lower than the one before, if it stands on another line."""
_LEVEL = 0.3
_BACK = 0.5
"""Ems that a word stands left of the one before, if it stands at a wrong place."""
_APART = 0.12
"""Ems between two characters that make them two words."""


def settled(lines: Iterable[tuple[int, int, float]], glyphs: Glyphs) -> bool:
    """Put the characters of `glyphs.text` in their places; whether there were any at others. `lines`: beginning and
    end in that text of those that several objects print, and their type size."""
    text = glyphs.text
    for start, end, size in reversed(list(lines)):
        words = [found.span() for found in _WORD.finditer(glyphs.text, start, end)]
        xs, ys = glyphs.origins([glyphs.index[a] for a, _ in words])
        back = [k for k in range(1, len(words)) if xs[k] < xs[k - 1] - _BACK * size]
        if len(back) != 1 or _LEFTWARD.search(text, start, end):
            continue
        k = back[0]
        if ys[k] < ys[k - 1] - _LOWER * size:
            _break(glyphs, words[k - 1][1])
        elif abs(ys[k] - ys[k - 1]) < _LEVEL * size:
            onward = next((m for m in range(k + 1, len(words)) if xs[m] > xs[k - 1]), len(words))
            _put_back(glyphs, words, k, onward, size)
    return glyphs.text != text


def _break(glyphs: Glyphs, at: int) -> None:
    glyphs.text = f"{glyphs.text[:at]}\n{glyphs.text[at + 1 :]}"


def _put_back(glyphs: Glyphs, words: Spans, first: int, onward: int, size: float) -> None:
    """Move the words from `first` to before `onward` into the words before them, to where they stand."""
    text, index = glyphs.text, list(glyphs.index)
    a, b = words[first][0], words[onward - 1][1]
    before = [i for start, end in words[:first] for i in range(start, end)]
    (xs, _), ends = glyphs.origins([index[i] for i in before]), glyphs.ends([index[i] for i in before])
    [x], _ = glyphs.origins([index[a]])
    [right] = glyphs.ends([index[b - 1]])
    n = sum(left < x for left in xs)
    if sum(left < right - _APART * size for left in xs) != n:  # it would stand on others
        return
    host = before[n - 1] + 1 if n else before[0]
    follows = before[n] if n < len(before) else host
    tail = words[first - 1][1]
    left_blank = " " if n and x - ends[n - 1] > _APART * size else ""
    right_blank = " " if n < len(before) and xs[n] - right > _APART * size else ""
    glyphs.text = "".join((text[:host], left_blank, text[a:b], right_blank, text[follows:tail], text[b:]))
    made_up = index[a : a + 1]
    parts = (index[:host], made_up * len(left_blank), index[a:b], made_up * len(right_blank), index[follows:tail])
    glyphs.index = [i for part in (*parts, index[b:]) for i in part]

"""Blanks that PDFium does not see: where a file has none of its own, the words of a tight line stand glued together.

Invariant: only blanks are put in, and only on pages whose blanks PDFium made up and whose lines are printed by several
objects each: there it wants wider steps than some lines have. How wide a blank is, the other steps of the line tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from statistics import median

from inscape.books.pdf.lines.glyphs import Glyphs
from inscape.books.pdf.page import Line, Spans

_BLANK = re.compile(r"(?<=\S) (?=\S)")
_ASKED = 4
"""Blanks of a line that are looked at."""
_TIGHT = 0.2
"""Ems of a blank, from which PDFium sees every one."""
_SHARE = 0.6
"""Of a line's usual blank: the least step that is one."""
_LEAST = 0.06
"""Ems up to which a step is kerning."""
_CLOSING = frozenset(".,;:!?)]}’”»…")


def parted(lines: Sequence[Line], spans: Spans, glyphs: Glyphs) -> bool:
    """Put blanks between glued words of `glyphs.text`; whether there were any. `spans`: the lines in that text."""
    size = median(line.size for line in lines)
    tight = _tight(spans, size, glyphs)
    found = [i for k in tight for i in _glued(spans[k], min(lines[k].size, size), glyphs)]
    if not found:
        return False
    text, places = glyphs.text, list(glyphs.index)
    for i in reversed(found):
        text = f"{text[:i]} {text[i:]}"
        places.insert(i, places[i])
    glyphs.text, glyphs.index = text, places
    return True


def _tight(spans: Spans, size: float, glyphs: Glyphs) -> list[int]:
    """Numbers of the lines with a narrow blank that PDFium made up."""
    text, index = glyphs.text, glyphs.index
    asked: list[tuple[int, int]] = []
    for k, (a, b) in enumerate(spans):
        asked += [(k, found.start()) for found in islice(_BLANK.finditer(text, a, b), _ASKED)]
    starts, _ = glyphs.origins([index[i + 1] for _, i in asked])
    ends = glyphs.ends([index[i - 1] for _, i in asked])
    narrow = [one for one, x, end in zip(asked, starts, ends, strict=True) if x - end < _TIGHT * size]
    return sorted({k for k, i in narrow if glyphs.made_up([index[i]])})


def _glued(span: tuple[int, int], size: float, glyphs: Glyphs) -> list[int]:
    """Offsets of letters in the page's text before which a line lacks a blank."""
    text = glyphs.text
    at = [i for i in range(*span) if not text[i].isspace()]
    letters = [glyphs.index[i] for i in at]
    (xs, ys), ends = glyphs.origins(letters), glyphs.ends(letters)
    steps = [x - end for x, end in zip(xs[1:], ends, strict=False)]
    between = [k for k in range(len(steps)) if at[k + 1] == at[k] + 1]
    blanks = [step for k, step in enumerate(steps) if at[k + 1] > at[k] + 1]
    if not between or median(steps[k] for k in between) > _LEAST * size:  # letterspaced
        return []
    least = max(_LEAST * size, _SHARE * (median(blanks) if len(blanks) > 1 else _TIGHT * size))
    return [
        at[k + 1]
        for k in between
        if least <= steps[k] and text[at[k + 1]] not in _CLOSING and abs(ys[k + 1] - ys[k]) < _LEAST * size
    ]

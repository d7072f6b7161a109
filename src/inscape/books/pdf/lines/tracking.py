"""Words set with space between their letters: 'T H E   T O W N was quiet' becomes 'THE TOWN was quiet'.

Invariant: only blanks that PDFium made up go, and only where the steps from letter to letter are even and clearly
narrower than those from word to word. A blank that the file itself has stays.
"""

from __future__ import annotations

import re
from statistics import median

from inscape.books.pdf.lines.glyphs import Glyphs

_SINGLES = re.compile(r" [^\W\d_] [^\W\d_]\b")
_LINE = re.compile(r"[^\r\n]+")
_SPACED = 0.05
"""Ems from which a step is more than kerning."""
_MOST = 0.75
"""Share of a word's steps that must be."""
_WIDEST = 0.4
"""Ems, beyond which even steps are words of one letter."""
_EVEN = 0.08
"""Ems by which a step may be wider than usual between letters; a blank is wider than this."""
_NARROW = 0.7
"""Of the usual blank, up to which the steps between letters must be where a file has no blanks of its own."""

Steps = list[tuple[float, int, bool]]
"""From letter to letter: ems, offset of a blank in the page's text (-1: there is none), whether it surely is one."""


def closed(glyphs: Glyphs) -> None:
    """Take the blanks out of the letterspaced words of a page."""
    text = glyphs.text
    if not _SINGLES.search(text):
        return
    gone: set[int] = set()
    for line in _LINE.finditer(text):
        if _SINGLES.search(text, max(0, line.start() - 1), line.end()):
            steps = _steps(line.start(), line.end(), glyphs)
            gone.update(_within(steps) if any(own for _, _, own in steps) else _between(steps))
    if gone:
        glyphs.text = "".join(c for i, c in enumerate(text) if i not in gone)
        glyphs.index = [k for i, k in enumerate(glyphs.index) if i not in gone]


def _steps(start: int, end: int, glyphs: Glyphs) -> Steps:
    text, index = glyphs.text, glyphs.index
    at = [i for i in range(start, end) if not text[i].isspace()]
    letters = [index[i] for i in at]
    starts, ends = glyphs.origins(letters)[0], glyphs.ends(letters)
    [o] = glyphs.objects(letters[len(letters) // 2 : len(letters) // 2 + 1])
    size = glyphs.looks([o], [letters[len(letters) // 2]])[o].size or 1.0
    made: Steps = []
    for k in range(len(at) - 1):
        blanks = [index[i] for i in range(at[k] + 1, at[k + 1])]
        own = bool(blanks) and not glyphs.made_up(blanks)
        made.append(((starts[k + 1] - ends[k]) / size, at[k] + 1 if blanks else -1, own))
    # A letterspaced word is one object, if any is: then a blank between two objects parts words.
    held = glyphs.objects([index[max(blank, 0)] for _, blank, _ in made])
    if any(o and blank >= 0 and not own for o, (_, blank, own) in zip(held, made, strict=True)):
        made = [
            (ems, blank, own or (o is None and blank >= 0)) for o, (ems, blank, own) in zip(held, made, strict=True)
        ]
    return made


def _within(steps: Steps) -> list[int]:
    """Blanks inside what stands between two sure ones."""
    gone: list[int] = []
    word: Steps = []
    for step in (*steps, (0.0, -1, True)):
        if not step[2]:
            word.append(step)
            continue
        if len(word) > 1 and sum(ems > _SPACED for ems, _, _ in word) >= _MOST * len(word):
            gone += _even(word)
        word = []
    return gone


def _between(steps: Steps) -> list[int]:
    """Blanks inside runs of wider steps, where no blank is sure."""
    runs: list[Steps] = [[]]
    for step in steps:
        if step[0] > _SPACED:
            runs[-1].append(step)
        elif runs[-1]:
            runs.append([])
    words = [ems for run in runs if len(run) < 3 for ems, blank, _ in run if blank >= 0]
    if not words:
        return []
    usual = median(words)
    spaced = [run for run in runs if len(run) > 2 and median(ems for ems, _, _ in run) < _NARROW * usual]
    return [blank for run in spaced for blank in _even(run)]


def _even(steps: Steps) -> list[int]:
    usual = median(ems for ems, _, _ in steps)
    if usual > _WIDEST:
        return []
    return [blank for ems, blank, _ in steps if blank >= 0 and ems < usual + _EVEN]

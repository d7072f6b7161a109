"""One page's characters cut into lines with the pen's positions.

Invariant: every printed character of `Glyphs.text` is in exactly one line, in the order of the page's stream, except
that a line printed twice at one place (a hidden second layer, bold by overprinting) is kept once and told in
`Page.doubled`. Only ligatures change, into letters, and a hyphen that PDFium drops at a line's end becomes SOFT.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from inscape.books.pdf.lines.glyphs import HYPHEN, LIGATURES, Glyphs, Look
from inscape.books.pdf.lines.letterspacing import close_up
from inscape.books.pdf.lines.spacing import parted
from inscape.books.pdf.lines.strays import settled
from inscape.books.pdf.lines.tracking import closed
from inscape.books.pdf.page import SOFT, SURE, Line, Page, Spans

_LINE = re.compile(f"[^\\s{HYPHEN}{SOFT}](?:[^\r\n{HYPHEN}]*[^\\s{HYPHEN}])?|(?<!\\S){HYPHEN}")
_WORD = re.compile(r"\S+")
_SIGNS = re.compile(r"[0-9*†‡§][0-9*†‡§]*(?!\w)")  # a plain first character is looked for at five times the speed
_NUMBERED = re.compile(r"^[0-9]{1,4} +(?=\S)|(?<=\S) +[0-9]{1,4}$")
_MARKER = re.compile(r"[0-9]{1,3}|[*†‡§]{1,2}")
_SPECIAL = re.compile(f"[{SOFT}{SURE}\ufb00-\ufb06]")
_CHANGED = re.compile(f"[{SOFT}\ufb00-\ufb06]")
_LEAST_INITIAL = 8
"""Letters that a line must have for its first to be a hanging initial."""
_NARROW = 0.3
"""Ems, than which letters are wider on average."""
_FEW = 8
"""Ends of objects at words of a line, up to which each word that several objects print is looked through."""


def split(glyphs: Glyphs, page: Page, tries: int = 2) -> None:
    """Fill a page's lines and its count of characters from what `glyphs` has read, which is mended `tries` times."""
    closed(glyphs)
    text = glyphs.text
    spans = [found.span() for found in _LINE.finditer(text)]
    page.characters = glyphs.printed()
    if not spans:
        return
    index = glyphs.index
    firsts = [a for a, _ in spans]
    lasts = [b - 1 for _, b in spans]
    hyphens = [k for k, (_, b) in enumerate(spans) if text[b : b + 1] == HYPHEN] if HYPHEN in text else []
    for k in hyphens:
        lasts[k] += 1
    if not isinstance(index, range):
        firsts, lasts = [index[i] for i in firsts], [index[i] for i in lasts]
    begin, end = glyphs.objects(firsts), glyphs.objects(lasts)
    looks = glyphs.looks(begin, firsts)
    xs, ys = glyphs.origins(firsts)
    rights = glyphs.rights(lasts)
    number = page.number
    page.lines = lines = [
        Line(text[a:b], x, right, y, looks[o].size, number)
        for (a, b), x, right, y, o in zip(spans, xs, rights, ys, begin, strict=True)
    ]
    mixed = [k for k, (a, b) in enumerate(zip(begin, end, strict=True)) if a != b or a is None]
    usual = 2 * len(mixed) > len(lines)
    several = [(*spans[k], lines[k].size) for k in mixed if not usual or _is_short(lines[k])]
    if tries and (settled(several, glyphs) or (usual and parted(lines, spans, glyphs))):
        split(glyphs, page, tries - 1)
        return
    for k in mixed:
        _mixed(lines[k], spans[k][0], glyphs)
        _inner(lines[k], spans[k][0], glyphs)
    if any(look.italic or look.bold for look in glyphs.kinds()):
        held = set(mixed)
        for k, (line, o) in enumerate(zip(lines, begin, strict=True)):
            if k not in held:
                line.bold = looks[o].bold
                if looks[o].italic:
                    line.italics = [(0, len(line.text))]
    if glyphs.tagged:
        for line, content in zip(lines, glyphs.contents(begin), strict=True):
            line.content = content
    _find_raised(lines, spans, glyphs)
    _turn(lines, spans, begin, looks, glyphs, page)
    close_up(lines, spans, glyphs)
    special = not glyphs.plain and _SPECIAL.search(text) is not None
    if special or HYPHEN in text:
        for k in hyphens:
            lines[k].text += SOFT
        for line in lines if special else [lines[k] for k in hyphens]:
            _end(line)
        for line in lines:
            if line.text[0] == HYPHEN:  # nothing stands before it
                line.text = "-" + line.text[1:]
    _drop_doubled(page)


def _is_short(line: Line) -> bool:
    """Whether a line ends sooner than so many letters can."""
    return line.x1 - line.x0 < _NARROW * line.size * len(line.text)


def _mixed(line: Line, offset: int, glyphs: Glyphs) -> None:
    """How a line that several objects print is set, and its base line; it begins at `offset` in the page's text."""
    runs = _runs(line.text, offset, glyphs)
    line.bold = all(look.bold for _, _, look in runs)
    if len(runs) == 1:
        line.size = runs[0][2].size
        line.italics = [(0, len(line.text))] if runs[0][2].italic else []
        return
    weights: dict[float, float] = {}
    for a, b, look in runs:
        # Raised figures may be more than the letters beside them.
        letters = sum(map(str.isalpha, line.text[a:b])) + 0.01 * (b - a)
        weights[look.size] = weights.get(look.size, 0.0) + letters
        if look.italic:
            _append(line.italics, a, b, line.text)
    size = max(weights, key=lambda each: weights[each])
    first = next(a for a, _, look in runs if look.size == size)
    _settle(line, size, glyphs.origin(glyphs.index[offset + first])[1])


def _inner(line: Line, offset: int, glyphs: Glyphs) -> None:
    """Where the words of a line begin and end that a number stands before or after, as lines of verse are numbered."""
    if not (line.text[0].isdigit() or line.text[-1].isdigit()) or not (found := _NUMBERED.search(line.text)):
        return
    if found.start():
        line.inner = line.x0, glyphs.rights([glyphs.index[offset + found.start() - 1]])[0]
    else:
        line.inner = glyphs.origins([glyphs.index[offset + found.end()]])[0][0], line.x1


def _runs(text: str, offset: int, glyphs: Glyphs) -> list[tuple[int, int, Look]]:
    """Stretches of a line that are set alike, word by word, letter by letter where a word's ends differ."""
    words = [found.span() for found in _WORD.finditer(text)]
    index = glyphs.index
    at = [index[offset + a] for a, _ in words]
    objects = glyphs.objects(at)
    ends = [k for k, (o, after) in enumerate(zip(objects, (*objects[1:], None), strict=True)) if o != after]
    to = [index[offset + words[k][1] - 1] for k in ends]
    last = glyphs.objects(to)
    looks = glyphs.looks((*objects, *last), (*at, *to))
    few = len(ends) <= _FEW
    differ = {
        k for k, p in zip(ends, last, strict=True) if looks[p] is not looks[objects[k]] or (few and p != objects[k])
    }
    runs: list[tuple[int, int, Look]] = []
    for k, ((a, b), o) in enumerate(zip(words, objects, strict=True)):
        if k in differ:
            letters = [index[offset + i] for i in range(a, b)]
            each = glyphs.objects(letters)
            known = glyphs.looks(each, letters)
            for i, p in enumerate(each, a):
                _run(runs, i, i + 1, known[p])
        else:
            _run(runs, a, b, looks[o])
    return runs


def _run(runs: list[tuple[int, int, Look]], a: int, b: int, look: Look) -> None:
    if runs and runs[-1][2] is look:
        runs[-1] = (runs[-1][0], b, look)
    else:
        runs.append((a, b, look))


def _settle(line: Line, size: float, y: float) -> None:
    """Give a line of several objects the size and the base line of most of its letters."""
    if len(line.text) > _LEAST_INITIAL and line.size > 1.5 * size and line.text[0].isalpha():
        line.drop = line.y or -1.0
    line.size, line.y = size, y


def _append(spans: Spans, a: int, b: int, text: str) -> None:
    """Add a run; it continues the last one where at most white space parts them."""
    if spans and (spans[-1][1] == a or (text and not text[spans[-1][1] : a].strip())):
        spans[-1] = (spans[-1][0], b)
    else:
        spans.append((a, b))


def _find_raised(lines: list[Line], spans: Spans, glyphs: Glyphs) -> None:
    """Note small raised numbers and stars at the ends of words."""
    text = glyphs.text
    k = 0
    for found in _SIGNS.finditer(text):
        a, b = found.span()
        if text[a - 1 : a] in (" ", "\u00a0") or not _MARKER.fullmatch(found[0]):
            continue
        while k < len(spans) and spans[k][1] <= a:
            k += 1
        if k == len(spans):
            return
        start, end = spans[k]
        whole = a == start and b == end
        if a >= start and not whole and _is_raised(glyphs, glyphs.index[a], lines[k]):
            lines[k].raised.append((a - start, b - start))


def _is_raised(glyphs: Glyphs, index: int, line: Line) -> bool:
    [o] = glyphs.objects([index])
    look = glyphs.looks([o], [index])[o]
    if look.size < 0.8 * line.size:
        return True
    if look.turn or line.text[0] in "*†‡§":  # at a line's beginning they stand high in any case
        return False
    # Fonts have raised figures of their own, on the base line by the pen: then the glyph's foot tells.
    return glyphs.origin(index)[1] > line.y + 0.2 * line.size or glyphs.edges(index)[2] > line.y + 0.15 * line.size


def _turn(
    lines: list[Line],
    spans: Spans,
    objects: Sequence[int | None],
    looks: dict[int | None, Look],
    glyphs: Glyphs,
    page: Page,
) -> None:
    """Positions as seen with most of the text upright; lines set across it are marked as turned."""
    if not any(look.turn for look in glyphs.kinds()):
        return
    turns = [looks[o].turn for o in objects]
    letters: Counter[int] = Counter()
    for line, turn in zip(lines, turns, strict=True):
        letters[turn] += len(line.text)
    upright = letters.most_common(1)[0][0]
    for line, (a, b), turn in zip(lines, spans, turns, strict=True):
        line.turned = turn != upright
        if turn:
            line.drop = 0.0
        if upright:
            line.x0, line.y = _rotated(*glyphs.origin(glyphs.index[a]), upright, page)
            left, _, bottom, top = glyphs.edges(glyphs.index[b - 1])
            far = {1: top, 2: left, 3: bottom}[upright]
            line.x1 = _rotated(far, far, upright, page)[0]
        if line.turned:
            line.x1 = max(line.x0, line.x1)
    if upright % 2:
        page.width, page.height = page.height, page.width


def _rotated(x: float, y: float, turn: int, page: Page) -> tuple[float, float]:
    """Where a point lies after the page was turned so that text of this turn is upright."""
    if turn == 2:
        return page.width - x, page.height - y
    return (y, page.width - x) if turn == 1 else (page.height - y, x)


def _end(line: Line) -> None:
    """Tell whether a hyphen ends a line, take out soft hyphens inside it, and spell out ligatures."""
    text = line.text
    line.hyphen = text[-1] in (SOFT, SURE) and len(text) > 1
    if not _CHANGED.search(text, 0, len(text) - line.hyphen):
        return
    for at in range(len(text) - 1 - line.hyphen, -1, -1):
        if text[at] == SOFT:
            line.cut(at, at + 1)
        elif ord(text[at]) in LIGATURES:
            line.swap(at, at + 1, LIGATURES[ord(text[at])])


def _drop_doubled(page: Page) -> None:
    """Keep lines that are printed twice at the same place once."""
    lines = page.lines
    if len({line.text for line in lines}) == len(lines):
        return
    seen: set[tuple[str, float, int, int]] = set()
    kept = []
    for line in lines:
        cell = max(0.1 * line.size, 0.01)
        x, y = round(line.x0 / cell), round(line.y / cell)
        if any((line.text, line.size, x + i, y + j) in seen for i in (-1, 0, 1) for j in (-1, 0, 1)):
            page.doubled.append(line.text)
        else:
            seen.add((line.text, line.size, x, y))
            kept.append(line)
    page.lines = kept

"""What tesseract read on the image of a page, as lines like those of a typeset page.

Invariant: every word of tesseract's is in a line or in `removed`. A line's size and base line come from its letters,
not from its box, which changes with every 'g' and every capital; pages are then leveled against each other, because no
two pages lie alike on the glass. Tesseract's TSV knows no italics.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from inscape.books import limits
from inscape.books.pdf.page import Line, Page
from inscape.books.structure import is_break
from inscape.records import Removal

READABLE = 50.0
"""Mean confidence of a page's words, below which they are made up: a picture, a map, a page on its head."""

_FIELDS = 12
_WORD_ROW = "5"
_HIGH = re.compile(r"[^\W\d_a-zäöüßàáâçèéêëìíîïñòóôùúûıiğş]|[bdfhkl\d]")
_DEEP = re.compile(r"[gjpqyçşJQ,;()\[\]{}|/§_]")
_LOW_ONLY = re.compile(r"^[acemnorsuvwxzgpqyçş.,;]+$")
_ASCENT, _X_HEIGHT, _DESCENT, _DOTTED = 0.68, 0.44, 0.22, 0.64
"""Ems of letters above and below the base line, as in most book types; the last: of 'i', 't' and quotation marks."""
_MARKER = re.compile(r"^(?:\d{1,3}|[*†‡§]{1,2})$")
_NOISE = "noise in the scan"
_MARKS = re.compile(r"^(?:\.{3,}|…|[“”\"‘’]|[—–]|[!?*])+$")
"""Punctuation that may stand by itself in print; a point or a comma does not."""
_NEVER = "|~_\\^=<>{}"
"""Signs that no novel prints: edges, folds and specks."""
_SHAKY = 60.0
"""Confidence below which a mark without letters is a speck, not punctuation."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, its box in points from the page's upper left corner (y downwards), and tesseract's confidence in %."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


@dataclass(slots=True)
class Reading:
    """A page as it was read. `confidence`: mean of its words, weighted by length, 0 to 100 (0 without any words)."""

    page: Page
    removed: list[Removal] = field(default_factory=list)
    confidence: float = 0.0
    upright: bool = True
    """False where most words run up or down the image: the page lies on its side."""


def parse(tsv: str, scale: float) -> list[list[Word]]:
    """Words of tesseract's TSV by line. `scale`: dots a point. Raises ValueError where it is no TSV of tesseract's."""
    head, _, body = tsv.partition("\n")
    if not head.startswith("level\tpage_num\t"):
        raise ValueError("no TSV of tesseract's")
    lines: dict[tuple[str, ...], list[Word]] = defaultdict(list)
    for row in body.splitlines():
        cells = row.split("\t", _FIELDS - 1)
        if len(cells) < _FIELDS or cells[0] != _WORD_ROW or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) / scale for cell in cells[6:10])
        word = Word(cells[11].strip(), left, top, left + width, top + height, float(cells[10]))
        lines[tuple(cells[2:5])].append(word)
    return list(lines.values())


def page(tsv: str, number: int, width: float, height: float, scale: float) -> Reading:
    """One page. Width and height in points, `scale` in dots a point. Raises ValueError as `parse` does."""
    made = Reading(Page(number, width, height))
    groups = parse(tsv, scale)
    words = [word for group in groups for word in group]
    weight = sum(len(word.text) for word in words)
    made.confidence = sum(len(word.text) * word.confidence for word in words) / weight if weight else 0.0
    made.page.characters = weight
    long = [word for word in words if len(word.text) > 3]
    made.upright = 2 * sum(word.bottom - word.top > word.right - word.left for word in long) <= len(long)
    usual = median(word.bottom - word.top for word in words) if words else 0.0
    if width > 1.15 * height:
        groups = [part for group in groups for part in _halves(group, width / 2, usual)]
    for group in groups:
        if kept := _without_noise(group, usual, made.removed, number):
            made.page.lines.append(_line(kept, made.page))
    _order(made.page)
    return made


def _halves(group: list[Word], middle: float, usual: float) -> list[list[Word]]:
    """A line that runs over the gutter of two pages in one scan is two."""
    for i, (before, after) in enumerate(pairwise(group), 1):
        if after.left - before.right > 1.5 * usual and before.right < middle + usual and after.left > middle - usual:
            return [group[:i], group[i:]]
    return [group]


def _without_noise(group: list[Word], usual: float, removed: list[Removal], number: int) -> list[Word]:
    """The words of a line that are print; the others go to `removed`."""
    if is_break(" ".join(word.text for word in group)) and (len(group) > 1 or group[0].confidence >= _SHAKY):
        return group
    letters = sum(1 for word in group for c in word.text if c.isalnum())
    sure = max((word.confidence for word in group if any(c.isalnum() for c in word.text)), default=0.0)
    lost = letters < 4 and sure < _SHAKY / 2
    kept = []
    for word in group:
        if lost or _is_noise(word, usual, alone=len(group) == 1):
            removed.append(Removal(_NOISE, word.text, number))
            continue
        text = word.text.strip(_NEVER) or word.text
        removed += [Removal(_NOISE, part, number, word.text) for part in word.text.split(text, 1) if part]
        kept.append(replace(word, text=text))
    return kept


def _is_noise(word: Word, usual: float, alone: bool) -> bool:
    tall = word.bottom - word.top > 3 * usual
    if any(c.isalnum() for c in word.text):
        return tall and word.confidence < _SHAKY and len(word.text) < 4
    if _MARKS.match(word.text) and not alone:
        dash = word.text in "—–" and word.right - word.left > 0.7 * usual
        return word.confidence < _SHAKY / 2 and not dash
    return alone or tall or word.confidence < _SHAKY or not set(word.text).isdisjoint(_NEVER)


def _line(group: list[Word], page: Page) -> Line:
    size, base = _measure(group)
    line = Line("", group[0].left, group[-1].right, page.height - base, round(size, 2), page.number)
    for word in group:
        text = f" {word.text}" if line.text else word.text
        start = len(line.text) + len(text) - len(word.text)
        line.text += text
        if _MARKER.match(word.text) and word.bottom < base - 0.15 * size:
            line.raised.append((start, len(line.text)))
    return line


def _measure(group: Sequence[Word]) -> tuple[float, float]:
    """(type size, base line from the top), in points, by letters whose height is known."""
    level = [word.bottom for word in group if any(c.isalnum() for c in word.text) and not _DEEP.search(word.text)]
    high = [word for word in group if _HIGH.search(word.text)]
    if not level:
        height = max(word.bottom - word.top for word in group)
        size = height / (_ASCENT + _DESCENT if high else _X_HEIGHT + _DESCENT)
        return size, max(word.bottom for word in group) - _DESCENT * size
    base = median(level)
    if high:
        return max(1.0, (base - median(word.top for word in high)) / _ASCENT), base
    if low := [base - word.top for word in group if _LOW_ONLY.match(word.text)]:
        return max(1.0, median(low) / _X_HEIGHT), base
    return max(1.0, (base - median(word.top for word in group)) / _DOTTED), base


def _order(page: Page) -> None:
    """Lines from top to bottom, page by page of a double page; tesseract's order where it saw columns."""
    lines = page.lines
    if page.width > 1.15 * page.height:
        middle = page.width / 2
        crossing = sum(line.x0 < middle - line.size and line.x1 > middle + line.size for line in lines)
        if crossing <= 0.1 * len(lines):
            lines.sort(key=lambda line: (line.x0 + line.x1 > page.width, -line.y))
            return
    beside = sum(
        1
        for i, a in enumerate(lines)
        for b in lines[i + 1 :]
        if abs(a.y - b.y) < 0.5 * a.size and (b.x0 > a.x1 + a.size or a.x0 > b.x1 + b.size)
    )
    if beside <= max(2, 0.1 * len(lines)):
        lines.sort(key=lambda line: -line.y)


def settle(pages: Iterable[Page]) -> None:
    """Level the pages of a book: one size for all lines of its text, one left margin, one height of the first line."""
    filled = [page for page in pages if page.lines]
    _align(filled, level_sizes(filled))


def level_sizes(pages: Sequence[Page]) -> float:
    """Give lines that were measured nearly alike one size; returns that of most of the text, points."""
    body = _usual([line for page in pages for line in page.lines])
    for page in pages:
        _level_sizes(page, body)
    _snap_others([line for page in pages for line in page.lines], body)
    return body


def _usual(lines: Sequence[Line]) -> float:
    """The size in which most is set, as a median of what is near it; 0 without lines."""
    count: Counter[int] = Counter()
    for line in lines:
        for step in (-1, 0, 1):
            count[round(2 * line.size) + step] += len(line.text)
    if not count:
        return 0.0
    rough = max(count, key=lambda key: (count[key], -key)) / 2
    near = sorted(line.size for line in lines if abs(line.size - rough) <= 0.1 * rough)
    return round(median(near) if near else rough, 1)


def _level_sizes(page: Page, body: float) -> None:
    """Sizes near the book's become it; those of short lines, which few letters vouch for, follow their neighbors."""
    own = _usual(page.lines) if len(page.lines) >= 8 else body
    factor = body / own if own and abs(own - body) < 0.08 * body else 1.0
    sizes = [line.size * factor for line in page.lines]
    for i, line in enumerate(page.lines):
        size = sizes[i]
        short = len(line.text) < 12
        if short:
            around = [sizes[j] for j in (i - 1, i + 1) if 0 <= j < len(sizes) and len(page.lines[j].text) >= 12]
            near = [other for other in around if abs(size - other) < 0.2 * other]
            size = near[0] if near else size
        elif body < size < 1.3 * body and _is_close(page.lines, i, body):
            size = body  # specks make letters taller; a heading has space around it
        line.size = body if abs(size - body) <= (0.14 if short else 0.1) * body else round(2 * size) / 2
        if i and len(line.text) < 25 and _goes_on(page.lines[i - 1], line, body):
            line.size = body


def _goes_on(above: Line, line: Line, body: float) -> bool:
    """Whether a line is the short last one of a paragraph: right under a full line of the text, at its margin."""
    under = 0 < above.y - line.y < 1.5 * body and abs(above.x0 - line.x0) < 0.3 * body
    return above.size == body and under and len(above.text) > 25 and 0.65 * body < line.size < 1.6 * body


def _is_close(lines: Sequence[Line], at: int, body: float) -> bool:
    """Whether a line follows another, and another follows it, without more space than lines of a text have."""
    y = lines[at].y
    return all(abs(lines[i].y - y) < 1.5 * body for i in (at - 1, at + 1) if 0 <= i < len(lines))


def _snap_others(lines: Sequence[Line], body: float) -> None:
    """Sizes other than the text's that are nearly alike become the commonest of them: heads and notes have few."""
    others = [line for line in lines if line.size != body]
    count = Counter(line.size for line in others)
    into: dict[float, float] = {}
    for size, _ in sorted(count.items(), key=lambda entry: (-entry[1], entry[0])):
        near = [center for center in set(into.values()) if abs(size - center) < 0.08 * center]
        into[size] = min(near, key=lambda center: abs(size - center)) if near else size
    for line in others:
        line.size = into[line.size]


def _align(pages: Sequence[Page], body: float) -> None:
    """Shift each page so that its text begins and ends where that of the book does, and its left margin stands where
    that of its side does.

    A page in columns, or with too few lines or too far off to tell, stays as it is.
    """
    margins = [(page, found) for page in pages if (found := _margins(page, body))]
    if not margins:
        return
    lefts = [[left for page, (left, _, _) in margins if page.number % 2 == side] for side in (0, 1)]
    usual = [median(left) if left else 0.0 for left in lefts]
    top, foot = (median(found[edge] for _, found in margins) for edge in (1, 2))
    for page, (left, first, last) in margins:
        # A chapter begins or ends on the page: then one of the two is far off.
        up = min(top - first, foot - last, key=abs)
        _shift(page, usual[page.number % 2] - left, up if abs(up) < 2 * body else 0.0)


def _shift(page: Page, right: float, up: float) -> None:
    for line in page.lines:
        line.x0, line.x1, line.y = line.x0 + right, line.x1 + right, line.y + up


def _margins(page: Page, body: float) -> tuple[float, float, float] | None:
    """Left margin, first and last base line of the text of a page; None where too few lines show them."""
    heights = [line.y for line in page.lines if line.size == body and len(line.text) > 12]
    left = _left(page, body)
    return None if left is None else (left, max(heights), min(heights))


def _left(page: Page, body: float) -> float | None:
    """Left margin of a page of one column; None where too few lines show it."""
    starts = [line.x0 for line in page.lines if line.size == body and len(line.text) > 12]
    if len(starts) < 6 or page.width > 1.15 * page.height:
        return None
    count = Counter(round(start / 2) for start in starts)
    most = max(n + count[key + 1] for key, n in count.items())
    rough = 2 * min(key for key, n in count.items() if n + count[key + 1] >= max(2.0, 0.4 * most))
    near = [start for start in starts if -2 < start - rough < 4]
    return median(near) if near else None


# ---------------------------------------------------------------- the file's own text and language

_NAMES = (
    "bg:bul ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng eo:epo es:spa et:est eu:eus fi:fin fr:fra ga:gle gl:glg "
    "hr:hrv hu:hun is:isl it:ita la:lat lt:lit lv:lav nb:nor nl:nld nn:nor no:nor pl:pol pt:por ro:ron ru:rus "
    "sk:slk sl:slv sq:sqi sr:srp sv:swe tr:tur uk:ukr"
)
_LANGUAGES = dict(pair.split(":") for pair in _NAMES.split())
"""Two letters of ISO 639-1 -> tesseract's name, for the languages written in Latin, Greek or Cyrillic letters."""


def language_name(code: str) -> str:
    """tesseract's name of the language that a file names ('tr-TR': 'tur'); '' where it is none of those known here."""
    return _LANGUAGES.get(re.split(r"[-_]", code.strip().lower())[0], "")


_NOTHING = re.compile("[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]|\\(cid:\\d+\\)")
_SPOILED = 0.05
"""Share of a page's characters that mean nothing, from which its picture says more than its text."""
_LETTERS = 0.5
"""Share of letters and digits, below which a page is no prose; the dots of leaders do not count."""
_ENOUGH = 200
"""Characters, fewer than which say too little about the share of letters."""


def unusable(page: Page) -> str:
    """Why the text that the file has for a page cannot be used, as a clause; '' where it can.

    A page with fewer than `limits.OCR_BELOW` characters may just be blank or a title: `scans.pictured` tells.
    """
    texts = [line.text for line in page.lines]
    count = sum(1 for text in texts for c in text if not c.isspace())
    if page.characters < limits.OCR_BELOW:
        return "it has no text or hardly any"
    if sum(len(found[0]) for text in texts for found in _NOTHING.finditer(text)) > _SPOILED * count:
        return "its font does not say what its characters are"
    letters = sum(1 for text in texts for c in text if c.isalnum())
    dots = sum(text.count(".") for text in texts)
    if count >= _ENOUGH and letters < _LETTERS * (count - dots):
        return "its characters are no words"
    return ""

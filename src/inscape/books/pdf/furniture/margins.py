"""What stands beside and across the text: numbers of lines, signatures, catchwords, watermarks, numbers at mid-height.

Invariant: each kind has a witness of its own, found on several pages: lines counted by fives, letters of sheets that
follow each other at one distance, the first word of the next page, the same words in the same place on most pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container
from itertools import pairwise
from operator import attrgetter

from inscape.books.pdf.furniture.numbering import Counts
from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.page import Line
from inscape.records import Removal

_SIGNATURE = re.compile(r"^([A-Z]{1,2})\s?(\d?)\s?\*?$")
_SHEETS = "ABCDEFGHIKLMNOPQRSTVXYZ"
"""Letters of sheets, the printers' alphabet, without J, U and W."""
_DISTANCES = (4, 8, 12, 16, 24, 32)
"""Pages of a sheet."""
_DIGITS = re.compile(r"\d+")
_AT_END = re.compile(r"\s(\d{1,4})$")
_AT_HEAD = re.compile(r"^(\d{1,4})\s+(?=\S)")
_NEAR = 4
"""Pages within which a number of a line that stands alone on its page finds others at the same edge."""
_FEWEST = 4
"""Numbers of lines, one counting on from the other, that are a witness."""


def find(pages: list[list[Line]], stats: Statistics, gone: dict[int, str]) -> dict[int, str]:
    """Lines that are no text, by their id, with the reason. `gone`: lines that are taken already."""
    bare: list[Line] = []
    odd: list[Line] = []
    low, high = 0.92 * stats.body, 1.08 * stats.body
    for lines in pages:
        for line in lines:
            text = line.text
            if len(text) <= 4 and text.isdigit():
                if id(line) not in gone:
                    bare.append(line)
            elif not low <= line.size <= high:
                odd.append(line)
    found = {id(line): "watermark" for line in _watermarks(odd, len(pages)) if id(line) not in gone}
    found |= {id(line): "running head" for line in _turned(pages) if id(line) not in gone}
    around = {lines[0].page: lines for lines in pages if lines} if bare else {}
    found |= {id(line): "line number" for line in _line_numbers(bare, around)}
    found |= {id(line): "page number" for line in _at_mid_height(bare, around)}
    feet = [[e for e in lines[-4:] if id(e) not in gone and len(e.text) <= 24] for lines in pages]
    found |= {id(line): "signature" for line in _signatures(feet)}
    found |= {id(line): "catchword" for line in _catchwords(feet, pages, gone.keys() | found.keys())}
    return found


def _watermarks(lines: list[Line], pages: int) -> list[Line]:
    """The same words, not in the text's size, in the same place on two pages of five and on five running."""
    if pages <= 5:
        return []
    groups: dict[tuple[str, int, int], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.text, round(line.y / 4), round(line.size)].append(line)
    return [line for group in groups.values() if _on_most(group, pages) for line in group]


def _on_most(group: list[Line], pages: int) -> bool:
    if len(group) < max(5, 0.4 * pages) or not any(map(str.isalnum, group[0].text)):
        return False
    numbers = sorted({line.page for line in group})
    return any(b - a == 4 for a, b in zip(numbers, numbers[4:], strict=False))


def _turned(pages: list[list[Line]]) -> list[Line]:
    """Heads that run up a margin: turned lines whose words, but for numbers, come again on three pages close by."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for lines in pages:
        for line in lines:
            if line.turned:
                groups[_DIGITS.sub("#", line.text)].append(line)
    return [
        line
        for group in groups.values()
        for line in group
        if sum(1 for page in {other.page for other in group} if 0 < abs(page - line.page) <= 8) >= 2
    ]


def _line_numbers(bare: list[Line], pages: dict[int, list[Line]]) -> list[Line]:
    """Numbers beside a line of verse or of a play that count on by five or ten, in one column."""
    beside = [line for line in bare if int(line.text) % 5 == 0 and _mate(line, pages[line.page])]
    found: dict[int, Line] = {}
    for step in (5, 10):
        for above, line in pairwise(beside):
            aligned = abs(above.x0 - line.x0) < 8 or abs(above.x1 - line.x1) < 8 or line.page != above.page
            if aligned and int(line.text) - int(above.text) == step and line.page - above.page <= 1:
                found |= {id(above): above, id(line): line}
    return list(found.values()) if len(found) >= _FEWEST else []


def _mate(line: Line, lines: list[Line]) -> bool:
    """Whether a line of text stands at the same height, wholly to one side."""
    for other in lines:
        if abs(other.y - line.y) < 0.3 * other.size and len(other.text) > 4:
            return other.x1 <= line.x0 + 1 or line.x1 <= other.x0 + 1
    return False


def _at_mid_height(bare: list[Line], pages: dict[int, list[Line]]) -> list[Line]:
    """Numbers in the outer margin, beside the text, that count with the pages."""
    counts = Counts()
    outside: list[Line] = []
    for line in bare:
        long = [o for o in pages[line.page] if len(o.text) > 20]
        if long and (line.x1 <= min(o.x0 for o in long) or line.x0 >= max(o.x1 for o in long)):
            outside.append(line)
            counts.add(line.page, line.y, (False, int(line.text)))
    return [line for line in outside if counts.others(line.page, line.y, (False, int(line.text)), 6.0)[0] >= 2]


def _signatures(feet: list[list[Line]]) -> list[Line]:
    """Letters at the foot that name the printer's sheets: A, B, C at one distance; 'B 2' after 'B'."""
    first: dict[tuple[str, int], Line] = {}
    later: list[tuple[str, Line]] = []
    for lines in feet:
        for line in lines:
            if (found := _SIGNATURE.match(line.text)) and found[1][0] in _SHEETS:
                if found[2]:
                    later.append((found[1], line))
                else:
                    first[found[1], line.page] = line
    for distance in _DISTANCES:
        chain = {
            key: line
            for key, line in first.items()
            if (_next(key[0], 1), key[1] + distance) in first or (_next(key[0], -1), key[1] - distance) in first
        }
        if len(chain) >= 3:
            after = [e for letter, e in later if any((letter, e.page - by) in chain for by in range(1, 13))]
            return [*chain.values(), *after]
    return []


def _next(letters: str, by: int) -> str:
    at = _SHEETS.find(letters[0]) + by
    return _SHEETS[at] * len(letters) if 0 <= at < len(_SHEETS) else ""


def _catchwords(feet: list[list[Line]], pages: list[list[Line]], gone: Container[int]) -> list[Line]:
    """The next page's first word, alone at the right below the text, on a quarter of the pages or more."""
    found: list[Line] = []
    for (lines, short), below in zip(zip(pages, feet, strict=True), pages[1:], strict=False):
        left = [e for e in short if id(e) not in gone and " " not in e.text]
        first = next((e for e in below if id(e) not in gone), None) if left else None
        if first is None:
            continue
        last = min(left, key=attrgetter("y"))
        kept = [e for e in lines if id(e) not in gone]
        middle = (min(e.x0 for e in kept) + max(e.x1 for e in kept)) / 2
        alone = last.x0 >= middle and not any(e.y < last.y + 1 for e in kept if e is not last)
        if alone and first.text.startswith(last.text.rstrip("-\u00ad")):
            found.append(last)
    return found if len(found) >= max(3, 0.25 * len(pages)) else []


def cut_line_numbers(pages: list[list[Line]], stats: Statistics) -> list[Removal]:
    """Take the numbers of lines off the ends or the heads of lines: every fifth line, at one edge."""
    return _cut(pages, stats, _AT_END) + _cut(pages, stats, _AT_HEAD)


def _cut(pages: list[list[Line]], stats: Statistics, where: re.Pattern[str]) -> list[Removal]:
    hits: list[tuple[int, int, Line]] = []
    at, last = 0, -1 if where is _AT_END else 0
    for lines in pages:
        for line in lines:
            at += 1
            if line.text[last].isdigit() and (found := where.search(line.text)) and int(found[1]) % 5 == 0:
                hits.append((at, int(found[1]), line))
    chain: dict[int, Line] = {}
    for (i, above, a), (j, value, b) in pairwise(hits):
        if value - above in (5, 10) and abs(j - i - (value - above)) <= 1 and _level(a, b, last):
            chain |= {id(a): a, id(b): b}
    if len(chain) < _FEWEST:
        return []
    pages_of = {line.page: line for line in chain.values()}
    chain |= {id(line): line for _, _, line in hits if _on_edge(line, pages_of, last)}
    return [_cut_from(line, where, stats) for line in chain.values()]


def _level(a: Line, b: Line, last: int) -> bool:
    """Whether two numbers stand at one edge; at the left they are set to the left or to the right."""
    return abs(a.x1 - b.x1) < 3 if last else abs(a.x0 - b.x0) < 8


def _on_edge(line: Line, numbered: dict[int, Line], last: int) -> bool:
    """Whether a number that no other counts on from stands outside of the words, where those of pages nearby do."""
    if line.inner is None or max(line.inner[0] - line.x0, line.x1 - line.inner[1]) < line.size:
        return False
    near = (numbered.get(page) for page in range(line.page - _NEAR, line.page + _NEAR + 1))
    return any(other and _level(other, line, last) for other in near)


def _cut_from(line: Line, where: re.Pattern[str], stats: Statistics) -> Removal:
    found = where.search(line.text)
    start, end = found.span() if found else (0, 0)
    number = line.cut(start, end).strip()
    width = 0.48 * stats.body * len(line.text)
    guess = (line.x1 - width, line.x1) if start == 0 else (line.x0, line.x0 + width)
    x0, x1 = line.inner or guess
    line.x0, line.x1 = max(line.x0, x0), min(line.x1, x1)
    context = line.text.rpartition(" ")[2] if start else line.text.partition(" ")[0]
    return Removal("line number", number, line.page, context)

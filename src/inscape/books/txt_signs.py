"""What plain text writes between its words: page numbers in brackets, form feeds, notes, italics, hyphens at line ends.

Invariant: what is taken out of the words becomes a sign (see marks) or a removal; nothing is taken out that has no
witness: a marker without its note, a single number in braces, an underscore without its pair stay as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from inscape.books import marks
from inscape.books.calls import WHY, finished
from inscape.books.elements import number_of
from inscape.records import Paragraph, Removal

_PAGE = re.compile(r"\[(?:Pg|Page|p\.)\s*(\d{1,4}|[ivxlc]{1,8})\]", re.I)
_BRACES = re.compile(r"\{(\d{1,4})\}")
_TURN_SIGN, _SHUT = marks.page(0)[0], marks.page(0)[-1]
_TURN = re.compile(rf"{_TURN_SIGN}(\d+){_SHUT}")
_ENOUGH = 5
"""Numbers in braces, rising, that are surely pages."""
_ITALICS = (
    re.compile(r"(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)"),
    re.compile(r"<(?:i|em)>([^<]{1,2000})</(?:i|em)>", re.I),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,2000}?)(?<=[^\s*])\*(?![\w*])"),
)
_NOTE = re.compile(r"^\[(?:foot)?note:?\s*([\w*†‡]{0,4})[:.]?\s*(.+)\]$", re.I | re.S)
_OPENED = re.compile(r"^\[foot ?note\b", re.I)
_NUMBERED = re.compile(r"^\[(\d{1,3}|[A-Z]|[*†‡]{1,3})\]\s+(.+)$", re.S)
_STARRED = re.compile(r"^([*†‡]{1,3})\s*(?=[^\s*†‡])(.+)$", re.S)
_LOOK_BACK = 6
"""Units above a starred note in which its star may stand."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PARTED = re.compile(r"([^\W\d_]+)-$")
_OFTEN = 0.01
"""Share of lines that end in a parted word where lines were typeset, not typed."""


# ---------------------------------------------------------------- pages


@dataclass(slots=True)
class Pages:
    """Lines with signs where pages begin. `labels`: as printed, by number, for pages that have one."""

    lines: list[str]
    labels: dict[int, str] = field(default_factory=dict)
    removed: list[Removal] = field(default_factory=list)
    count: int | None = None


def paged(text: str) -> Pages:
    """Lines of a text; form feeds and numbers in brackets become signs, which stand before the words that follow."""
    made = Pages(text.split("\n"))
    patterns = [p for p, first in ((_PAGE, "["), (_BRACES, "{")) if first in text and _rises(p, text)]
    if patterns:
        made.lines = _before(_numbered(line, patterns, made) for line in made.lines)
        made.count = max(made.labels, default=None)
        made.lines = [line.replace("\f", " ") for line in made.lines]
    elif "\f" in text:
        made.lines = _before(_fed(made.lines, made))
    return made


def _rises(pattern: re.Pattern[str], text: str) -> bool:
    """Whether what a pattern finds in a text are the numbers of pages."""
    numbers = [n for found in pattern.finditer(text) if (n := number_of(found[1])) is not None]
    if pattern is _PAGE:
        return bool(numbers)
    up = sum(1 for above, here in pairwise(numbers) if above < here <= above + 9)
    return len(numbers) >= _ENOUGH and up >= 0.9 * (len(numbers) - 1)


def _numbered(line: str, patterns: Iterable[re.Pattern[str]], made: Pages) -> str:
    def sign(found: re.Match[str]) -> str:
        number = number_of(found[1])
        if number is None:
            return found[0]
        made.labels[number] = found[1]
        made.removed.append(Removal("page number", found[0], number))
        return marks.page(number)

    for pattern in patterns:
        line = pattern.sub(sign, line) if "[" in line or "{" in line else line
    return line


def _fed(lines: Iterable[str], made: Pages) -> Iterable[str]:
    number = 1
    for line in lines:
        pieces = [line]
        if "\f" in line:
            first, *rest = line.split("\f")
            pieces = [first]
            for piece in rest:
                number += 1
                pieces.append(marks.page(number) + piece)
        yield "".join(pieces)
    made.count = number


def _before(lines: Iterable[str]) -> list[str]:
    """Signs that stand on a line alone go to the beginning of the next line that has words."""
    made, held = [], ""
    for line in lines:
        if not line.strip():
            made.append(line)
        elif not marks.bare(line).strip():
            held += line.strip()
            made.append("")
        else:
            blanks = len(line) - len(line.lstrip())
            made.append(line[:blanks] + held + line[blanks:] if held else line)
            held = ""
    return made


def turns(text: str, page: int | None) -> tuple[int | None, int | None]:
    """(page on which the text begins, page on which it ends), for a text that comes on `page`."""
    begins, at, moved = page, 0, False
    for found in _TURN.finditer(text) if _TURN_SIGN in text else ():
        page = int(found[1])
        moved = moved or bool(marks.bare(text[at : found.start()]).strip())
        begins = begins if moved else page
        at = found.end()
    return begins, page


# ---------------------------------------------------------------- hyphens


def joiner(lines: Sequence[str], removed: list[Removal]) -> Callable[[Sequence[str]], str]:
    """A function that makes one string of a paragraph's lines. Words parted at a line's end are put together by the
    words of the book: without the hyphen where the whole word occurs, with it where the compound does."""
    ends = sum(1 for line in lines if line[-1:] == "-" and _PARTED.search(line))
    if not ends:
        return " ".join
    words = frozenset(_WORD.findall("\n".join(lines).lower()))
    typeset = ends > _OFTEN * sum(1 for line in lines if line.strip())

    def join(some: Sequence[str]) -> str:
        made = [some[0]] if some else []
        for line in some[1:]:
            left = _PARTED.search(made[-1][-80:])
            right = _WORD.match(marks.bare(line.lstrip())[:80]) if left else None
            if left is None or right is None:
                made.append(" " + line)
                continue
            whole, compound = f"{left[1]}{right[0]}".lower(), f"{left[1]}-{right[0]}".lower()
            if whole in words or (typeset and compound not in words and right[0][0].islower()):
                made[-1] = made[-1][:-1]
                removed.append(Removal("line-end hyphen", "-", context=f"{left[1]}-{right[0]}"))
            made.append(line.lstrip())
        return "".join(made)

    return join


# ---------------------------------------------------------------- notes and italics


def note_of(text: str) -> tuple[str, str] | None:
    """(label, text) of a block that is a note by its brackets; None: it is none."""
    if text[:1] != "[":
        return None
    plain = marks.bare(text) if len(text) < 12 else text
    found = _NOTE.match(plain) or (_NUMBERED.match(plain) if len(plain) > 8 else None)
    return (found[1], found[2].strip()) if found else None


def opens_note(text: str) -> bool:
    """Whether a block begins a note in brackets that it does not end."""
    return text[:1] == "[" and bool(_OPENED.match(text)) and text.count("[") > text.count("]")


def tied(units: Sequence[Paragraph], removed: list[Removal]) -> list[Paragraph]:
    """Units with signs where their notes are called, and with signs of italics, both made offsets. The place of a
    note is 'note LABEL, line N'."""
    units = _starred(units, removed)
    labels: dict[str, list[int]] = {}
    for i, unit in enumerate(units):
        if unit.kind == "note" and (label := _label(unit)):
            labels.setdefault(label, []).append(i)
    marker = _marker(labels)
    made = []
    for i, unit in enumerate(units):
        text = unit.text
        if marker and marker.search(text):
            text = _called(i, unit, units, labels, marker, removed)
        made.append(finished(unit, _slanted(text), unit.kind in ("verse", "list")))
    return made


def _label(unit: Paragraph) -> str:
    return unit.place[5:].partition(",")[0] if unit.place.startswith("note ") else ""


def _marker(labels: dict[str, list[int]]) -> re.Pattern[str] | None:
    if not labels:
        return None
    each = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    stars = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True) if label[0] in "*†‡")
    bare = rf"|(?<=[^\s*†‡])({stars})(?![\w*†‡])" if stars else ""
    return re.compile(rf"[ \u00a0]?\[({each})\]{bare}")


def _called(
    i: int,
    unit: Paragraph,
    units: Sequence[Paragraph],
    labels: dict[str, list[int]],
    marker: re.Pattern[str],
    removed: list[Removal],
) -> str:
    def sign(found: re.Match[str]) -> str:
        label = next(group for group in found.groups() if group)
        after = bisect_right(labels[label], i)
        if after == len(labels[label]):
            return found[0]
        at = labels[label][after]
        removed.append(Removal(WHY, found[0].strip(), unit.page))
        return marks.note(units[at].place)

    return marker.sub(sign, unit.text)


def _starred(units: Sequence[Paragraph], removed: list[Removal]) -> list[Paragraph]:
    """Paragraphs that begin with a star are notes where the same star stands at a word shortly above."""
    made = list(units)
    for i, unit in enumerate(made):
        found = _STARRED.match(unit.text) if unit.text[:1] in "*†‡" and unit.kind in ("paragraph", "list") else None
        if found is None:
            continue
        call = re.compile(rf"[^\s*†‡]{re.escape(found[1])}(?![\w*†‡])")
        if any(call.search(u.text) and u.kind != "note" for u in made[max(0, i - _LOOK_BACK) : i]):
            removed.append(Removal(WHY, found[1], unit.page))
            made[i] = replace(unit, kind="note", text=found[2], place=f"note {found[1]}, {unit.place}")
    return made


def _slanted(text: str) -> str:
    for pattern, first in zip(_ITALICS, "_<*", strict=True):
        if first in text:
            text = pattern.sub(f"{marks.ITALIC}\\1{marks.ROMAN}", text)
    return text

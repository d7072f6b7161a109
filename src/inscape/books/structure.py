"""What all formats share once units are found: headings told by their words, chapters, notes to the end.

Invariant: the order of units changes in one way only, notes go after all others; no text is changed. Knows nothing
of any format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from inscape.records import Paragraph
from inscape.text import squeeze

_ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|one|two|three|four|five|six|"
    "seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|"
    "last|the first|the second|the third|the fourth|the last|birinci|ikinci|üçüncü|dördüncü|beşinci"
)
_NUMBER = rf"(?:\d{{1,3}}|[ivxlc]{{1,8}}|(?:{_ORDINALS})(?:-\w+)?)"
_RANKS = {
    "volume": 1, "vol": 1, "cilt": 1, "band": 1, "tome": 1,
    "book": 2, "kitap": 2, "livre": 2, "buch": 2,
    "part": 3, "kısım": 3, "teil": 3, "partie": 3, "parte": 3,
    "chapter": 4, "bölüm": 4, "kapitel": 4, "chapitre": 4, "capítulo": 4, "stave": 4, "canto": 4, "letter": 4,
    "act": 3, "scene": 4, "section": 5,
}  # fmt: skip
_WORDED = re.compile(rf"^({'|'.join(_RANKS)})\.?\s+{_NUMBER}\b", re.I)
_WORDED_AFTER = re.compile(
    rf"^(?:the\s+)?(?:{_ORDINALS}|\d{{1,3}}\.?)\s+(volume|book|part|chapter|epilogue|kitap|kısım|bölüm)\b", re.I
)
_NAMED = re.compile(
    r"^(?:prologue|epilogue|preface|foreword|introduction|afterword|contents|conclusion|postscript|appendix|"
    r"dedication|önsöz|sonsöz|giriş)\.?$",
    re.I,
)
_TOLD = re.compile(r"^(?:prologue|epilogue|conclusion|postscript)\.?$", re.I)
_BARE = re.compile(r"^(?=[ivxlc\d])(?:(?:x{0,3}|xl|lx{0,3}|xc|c{1,3}x{0,3})(?:ix|iv|v?i{0,3})|\d{1,3})\.?$", re.I)
_BREAK = re.compile(r"^(?:[*•·⁂✻❧☙❦#~∗○◦＊†‡⸻]|[—–_=-]{2,}|\s)+$")


_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def roman(text: str) -> int:
    """The value of a number in Roman letters of either case, up to c; the caller has seen that it is one."""
    digits = [_ROMAN_DIGITS[letter] for letter in text.lower()]
    return sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits))


def is_break(text: str) -> bool:
    """Whether a line holds nothing but the ornaments of a scene break: '* * *', '⁂', '#'."""
    return bool(text.strip()) and len(text) < 80 and bool(_BREAK.match(text))


def is_ordinal(text: str) -> bool:
    """A bare chapter number, Arabic or Roman: '7', 'XII', 'iv.'."""
    return bool(_BARE.match(text))


def opens_chapter(text: str) -> bool:
    """Whether a heading's words open a part of the text itself: 'Part II', 'Chapter 4: Home', 'Prologue'."""
    line = squeeze(text)
    found = worded_level(line)
    return bool(found) and (found != 3 or not _NAMED.match(line) or bool(_TOLD.match(line)))


def worded_level(text: str) -> int:
    """Rank of a heading that says what it opens ('PART II' 3, 'Chapter 4: Home' 4, 'Epilogue' 3), else 0."""
    line = squeeze(text)
    if len(line) > 120 or (line.endswith((",", ";")) and not line.isupper()):
        return 0
    if found := _WORDED.match(line) or _WORDED_AFTER.match(line):
        rest = line[found.end() :].lstrip()
        # 'Chapter 4 of the report says that…' is a sentence: a title begins with a mark or a capital.
        if rest and rest[0].islower():
            return 0
        return _RANKS.get(found.group(1).lower(), 3)
    return 3 if _NAMED.match(line) else 0


@dataclass(slots=True)
class _Open:
    """A heading under which text still stands. `holds`: bare numbers come under it at the same level."""

    text: str
    level: int
    rank: int
    holds: bool = False


def assemble(units: Iterable[Paragraph], title: str = "") -> tuple[Paragraph, ...]:
    """Give every unit its chapter, and put the notes after all others.

    A unit that has a chapter keeps it. A chapter is the path of headings above, outermost first: 'Book I, Part II:
    1805, Chapter III'. A heading that only repeats `title` opens nothing.
    """
    stack: list[_Open] = []
    body: list[Paragraph] = []
    notes: list[Paragraph] = []
    follows, path = False, _path(stack)
    for unit in units:
        if not unit.text and unit.kind != "break":
            _give_calls(unit, body)
            continue
        if unit.kind == "heading" and squeeze(unit.text).casefold() != squeeze(title).casefold():
            _enter(stack, _Open(squeeze(unit.text), unit.level, _rank(unit.text)), follows)
            path = _path(stack)
        follows = unit.kind == "heading"
        placed = unit if unit.chapter or path is None else _placed(unit, path)
        (notes if unit.kind == "note" else body).append(placed)
    return (*body, *notes)


def _give_calls(empty: Paragraph, body: list[Paragraph]) -> None:
    """The call of a note with no words around it belongs to the words before it."""
    if empty.notes and body:
        above = body[-1]
        calls = tuple((len(above.text), place) for _, place in empty.notes)
        body[-1] = replace(above, notes=(*above.notes, *calls))


def _placed(unit: Paragraph, chapter: str) -> Paragraph:
    """`dataclasses.replace`, four times as fast: this is done for every unit of a book."""
    return Paragraph(
        unit.kind, unit.text, unit.page, chapter, unit.place, unit.level, unit.label, unit.matter, unit.breaks,
        unit.italics, unit.notes,
    )  # fmt: skip


def _rank(text: str) -> int:
    """Order within one level: volume, book, part, chapter, and the bare number innermost; 0 is anything else."""
    if is_ordinal(squeeze(text)):
        return 9
    return worded_level(text) if _WORDED.match(squeeze(text)) else 0


def _enter(stack: list[_Open], new: _Open, follows: bool) -> None:
    while stack and not _nests(stack[-1], new, follows):
        stack.pop()
        follows = False
    if stack and new.rank == 9 and stack[-1].level == new.level:
        stack[-1].holds = True
    stack.append(new)


def _nests(above: _Open, new: _Open, follows: bool) -> bool:
    """Whether `new` stands inside `above`."""
    if above.level != new.level:
        return above.level < new.level
    if new.rank == 9 and above.rank != 9:
        return follows or above.holds or above.rank > 0
    if above.rank and new.rank:
        return above.rank < new.rank
    return follows and above.rank >= 4  # 'CHAPTER I' and its title on the next line


def _path(stack: Sequence[_Open]) -> str | None:
    return chapter_path([e.text for e in stack]) or None


def chapter_path(headings: Sequence[str]) -> str:
    """Headings, outermost first, as one line; a bare number is called a chapter, or a part if one stands inside it."""
    bare = [i for i, heading in enumerate(headings) if is_ordinal(heading)]
    parts = list(headings)
    for i in bare:
        parts[i] = f"{'Chapter' if i == bare[-1] else 'Part'} {headings[i].rstrip('.')}"
    return ", ".join(parts)

"""Plain text: hard-wrapped or one line a paragraph, Project Gutenberg's among them.

Invariant: words and their order stay; line ends within a paragraph become blanks, within verse they stay. The place
of a unit is the line on which it begins, from 1.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from inscape.books import limits, marks
from inscape.books.calls import WHY
from inscape.books.decode import decode
from inscape.books.gutenberg import fields, uncontents, unframe
from inscape.books.matter import matter_of
from inscape.books.structure import assemble, is_break, is_ordinal, worded_level
from inscape.books.txt_signs import Pages, joiner, note_of, opens_note, paged, tied, turns
from inscape.errors import BookError
from inscape.records import BookText, Kind, Paragraph, Removal
from inscape.text import squeeze

_PICTURE = re.compile(r"^\[illustrations?\b[^\]]*\]$", re.I)
_ITEM = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+\S")
_ENDS = re.compile(r"[.!?…:;—][\"”’')\]_]*$")
_ORNAMENT = 80
"""Characters, at most, of a line of ornaments."""
_NOTE_BLOCKS = 30
"""Blocks, at most, over which one note in brackets runs."""
_SALUTATION = re.compile(
    r"^_?[\"“‘']?_?(?:my (?:very |own )?)?(?:dear(?:est)?|beloved|sir|madam|liebe[rs]?|cher|chère|sevgili|aziz)\b"
    r"[^.!?]{0,60}[,:!—.-]",
    re.I,
)
_NUMBERED = 30
"""Characters of text, at least, that a chapter's number stands above; less is a row of a table."""
_CAPITALS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the file's lines make paragraphs. `width`: characters of a full line."""

    mode: str
    """'blank': blank lines divide. 'indent': indented lines begin. 'line': every line is a paragraph."""
    width: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together. `line`: number of the first, from 1. `gap`: blank lines before."""

    lines: tuple[str, ...]
    line: int
    gap: int


def read(data: bytes, name: str) -> BookText:
    """Read a text file. Raises BookError: not text, or too large."""
    if len(data) > limits.TEXT:
        raise BookError(
            f"{name} has {len(data) // limits.MB} MB; text is read up to {limits.TEXT // limits.MB} MB. Split it."
        )
    decoded = decode(data, name)
    about = fields(decoded.text)
    text = marks.unjoined(marks.foreign(decoded.text))
    pages = paged(text)
    lines = [line.rstrip() for line in pages.lines]
    removed = pages.removed
    shape = _shape(lines)
    join = joiner(lines, removed)
    units = _sifted(_opened([_unit(block, shape, join, removed) for block in _blocks(lines, shape)], removed))
    units, framed = unframe(_paged(units, pages))
    units, contents = uncontents(units)
    units, pictures = _without_pictures(units)
    if not units:
        raise BookError(f"{name} holds no text beside its license. Check that the download is complete.")
    title = about.get("title", "")
    units = matter_of(tied(_letters(units), removed), title)
    author, language = about.get("author", ""), about.get("language", "")
    gone = (*removed, *(replace(r, text=marks.bare(r.text)) for r in (*framed, *contents, *pictures)))
    return BookText(title, author, language, "txt", assemble(units, title), pages.count, gone, decoded.doubts)


def _paged(units: list[Paragraph], pages: Pages) -> list[Paragraph]:
    """Units with the page on which they begin; signs within them stay."""
    if pages.count is None:
        return units
    made, here = [], None if pages.labels else 1
    for unit in units:
        begins, here = turns(unit.text, here)
        label = pages.labels.get(begins, "") if begins is not None else ""
        made.append(replace(unit, page=begins, label=label))
    return made


# ---------------------------------------------------------------- lines to blocks


def _shape(lines: list[str]) -> _Shape:
    full = [line for line in lines if line.strip()]
    lengths = sorted(map(len, full))
    width = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    if len(full) < 4 or _blanks(lines) >= 0.03 * len(full):
        return _Shape("blank", width)
    indented = sum(1 for line in full if re.match(r"(?: {2,8}|\t)\S", line))
    if 0.03 * len(full) < indented < 0.7 * len(full):
        return _Shape("indent", width)
    return _Shape("line", width)


def _blanks(lines: list[str]) -> int:
    return sum(1 for above, here in pairwise(lines) if above.strip() and not here.strip())


def _blocks(lines: list[str], shape: _Shape) -> Iterator[_Block]:
    held: list[str] = []
    start = gap = before = 0
    for number, line in enumerate(lines, 1):
        if held and (not line.strip() or _begins(line, held, shape)):
            yield _Block(tuple(held), start, before)
            held, gap = [], 0
        if not line.strip():
            gap += 1
            continue
        if not held:
            start, before = number, gap
        held.append(line.expandtabs(4))
        gap = 0
    if held:
        yield _Block(tuple(held), start, before)


def _begins(line: str, held: list[str], shape: _Shape) -> bool:
    if shape.mode == "blank":
        # A file of long lines, one a paragraph, in which only some are set apart by blank lines.
        return shape.width > 200 and len(held[-1]) > 200
    return shape.mode == "line" or line.startswith(("  ", "\t"))


# ---------------------------------------------------------------- blocks to units


def _unit(block: _Block, shape: _Shape, join: Callable[[Sequence[str]], str], removed: list[Removal]) -> Paragraph:
    text = " ".join(join(block.lines).split())
    place = f"line {block.line:,}"
    plain = _Block(tuple(map(marks.bare, block.lines)), block.line, block.gap) if marks.bare(text) != text else block
    bare = marks.bare(text) if plain is not block else text
    if len(bare) < _ORNAMENT and is_break(bare):
        removed.append(Removal("scene break", bare))
        return Paragraph("break", "", None, None, place)
    if note := note_of(text):
        label, words = note
        removed.append(Removal(WHY, _without(text, words)))
        return Paragraph("note", words, None, None, f"note {label}, {place}" if label else f"note, {place}")
    if level := _heading(plain, bare):
        return Paragraph("heading", text, None, None, place, level)
    kind = _kind(plain, shape)
    body = "\n".join(map(squeeze, block.lines)) if kind in ("verse", "list") else text
    if kind == "list" and not all(_ITEM.match(line.strip()) for line in plain.lines):
        body = text
    return Paragraph(kind, body, None, None, place)


def _without(text: str, words: str) -> str:
    """What stands around the words of a note: its label and brackets."""
    head, _, tail = text.rpartition(words)
    return marks.bare(f"{head.strip()}{tail.strip()}")


def _opened(units: list[Paragraph], removed: list[Removal]) -> list[Paragraph]:
    """Units in which a note in brackets that runs over several blocks is one; and paragraphs that a page parted."""
    made: list[Paragraph] = []
    open_ = 0
    for unit in units:
        last = made[-1] if made else None
        if last is not None and open_:
            open_ -= 1
            text = f"{last.text} {unit.text}"
            made[-1] = replace(last, text=text)
            if note := note_of(text) if unit.text.endswith("]") else None:
                removed.append(Removal(WHY, _without(text, note[1])))
                made[-1] = replace(last, kind="note", text=note[1], place=f"note {note[0]}, {last.place}")
                open_ = 0
            continue
        if last is not None and _runs_on(last, unit):
            made[-1] = replace(last, text=f"{last.text} {unit.text}")
            continue
        made.append(unit)
        open_ = _NOTE_BLOCKS if unit.kind == "paragraph" and opens_note(unit.text) else 0
    return made


def _runs_on(last: Paragraph, unit: Paragraph) -> bool:
    """Whether a page begins with this unit, and it goes on in the middle of the sentence before."""
    if last.kind != "paragraph" or unit.kind != "paragraph":
        return False
    bare = marks.bare(unit.text[:200])
    return bare[:1] != unit.text[:1] and bare[:1].islower() and not _ENDS.search(last.text)


def _letters(units: list[Paragraph]) -> list[Paragraph]:
    """Set-off text that begins with a salutation is a letter, to its end."""
    made, within = [], False
    for unit in units:
        within = unit.kind == "quote" and (within or bool(_SALUTATION.match(unit.text)))
        made.append(replace(unit, kind="letter") if within else unit)
    return made


def _heading(block: _Block, text: str) -> int:
    """Level of a heading, else 0. Words first; then a number or capitals alone, with space around them."""
    plain = text.strip("_* ")
    if len(block.lines) > 3 or len(plain) > 120:
        return 0
    if (level := worded_level(plain)) and (len(block.lines) == 1 or plain.isupper() or not _ENDS.search(plain)):
        return level
    if len(block.lines) == 1 and is_ordinal(plain) and (block.gap or block.line == 1):
        return 4
    spaced = block.gap >= 2 and len(plain) < 80 and len(block.lines) == 1
    loud = plain.isupper() and bool(_CAPITALS.search(plain)) and not plain.endswith((",", ";"))
    return 4 if spaced and loud else 0


def _sifted(units: list[Paragraph]) -> list[Paragraph]:
    """Doubtful headings become paragraphs again: numbers of a table, and lines of capitals in a book that names its
    chapters, unless they follow such a name and so are its title."""
    numbers = [i for i, u in enumerate(units) if u.kind == "heading" and is_ordinal(u.text.strip("_* "))]
    numbered = [i for i in numbers if _stands_above_text(units, i)]
    named = sum(1 for u in units if u.kind == "heading" and worded_level(u.text.strip("_* "))) >= 3
    made: list[Paragraph] = []
    for i, unit in enumerate(units):
        plain = unit.text.strip("_* ")
        if unit.kind == "heading" and not worded_level(plain):
            above = made[-1] if made else None
            title = above is not None and above.kind == "heading"
            if is_ordinal(plain):
                doubtful = i not in numbered or len(numbered) < 2
            else:
                doubtful = named and not title
            unit = replace(unit, kind="paragraph", level=0) if doubtful else unit
        made.append(unit)
    return made


def _stands_above_text(units: list[Paragraph], i: int) -> bool:
    """Whether a number has text below it, and no other cell of a table above."""
    if i + 1 >= len(units) or len(units[i + 1].text) < _NUMBERED:
        return False
    above = units[i - 1] if i else None
    return above is None or above.kind != "paragraph" or len(above.text) >= _NUMBERED or above.text.endswith((".", "”"))


def _kind(block: _Block, shape: _Shape) -> Kind:
    if all(_ITEM.match(line.strip()) for line in block.lines) and len(block.lines) > 1:
        return "list"
    if shape.mode != "blank" or shape.width > 200:
        return "paragraph"
    indents = [len(line) - len(line.lstrip()) for line in block.lines]
    lengths = [len(line.strip()) for line in block.lines]
    if len(block.lines) == 1 and abs(2 * indents[0] + lengths[0] - shape.width) < 8:
        return "paragraph"  # set in the middle: a title, a dateline
    ragged = max(lengths) < 0.85 * shape.width - min(indents)
    if min(indents) >= 2 and (len(block.lines) > 1 or min(indents) >= 8):
        loose = statistics.pstdev(lengths[:-1]) > 0.08 * shape.width if len(lengths) > 2 else ragged
        return "verse" if ragged and (loose or max(lengths) < 0.6 * shape.width) else "quote"
    # Unindented verse: several short lines, each beginning with a capital.
    capital = sum(1 for line in block.lines if line.lstrip("\"“‘'_ ")[:1].isupper())
    short = max(lengths) < 0.72 * shape.width
    return "verse" if len(block.lines) >= 3 and short and capital >= 0.8 * len(lengths) else "paragraph"


def _without_pictures(units: list[Paragraph]) -> tuple[list[Paragraph], list[Removal]]:
    pictures = [Removal("illustration", u.text, u.page) for u in units if _PICTURE.match(u.text)]
    return [u for u in units if not _PICTURE.match(u.text)], pictures

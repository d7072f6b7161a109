"""What a block is when it is no heading: paragraph, quotation, verse, letter, play, list, table, break.

Invariant: decides kinds only; blocks and their order stay. Letters and plays are told by several units together: one
capitalized name or one salutation makes none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from inscape.books.pdf import letters
from inscape.books.pdf.insets import is_ornament
from inscape.books.pdf.paragraphs import Block
from inscape.records import Kind

_SPEAKER = re.compile(
    r"^((?:[^\W\d_a-z][^\W\d_a-z'’.-]+|(?:AN?|THE|[IVX]+|\d{1,2})(?=\s))(?:\s+[^\W\d_a-z'’.-]+){0,4}\d?)"
    r"(?:\s*\([^)]{1,60}\))?\s*[.:—](?=\s|$|[\"“‘])"
)
_ITEM = re.compile(r"^(?:[•▪‣◦·–-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s)")
_MEMBERS = 3
"""Speeches, at least, that a play has."""
_BETWEEN = 6
"""Units from one speech to the next, at most, while the play goes on."""


@dataclass(slots=True)
class Made:
    """A block that becomes a unit."""

    block: Block
    kind: Kind
    level: int = 0


def kind_of(block: Block) -> Kind:
    """The kind by the block's own shape."""
    first = block.first
    if block.cells:
        return "table"
    if first.entry:
        return "list"
    if block.inset is not None:
        return "quote" if block.inset.even else "verse"
    if block.display:
        return "quote" if first.line.size < 0.93 * first.face.size and len(block.rows) > 1 else "paragraph"
    deep = first.offset > first.face.indent + 0.5 * first.face.size and not first.hanging
    if deep and first.face.by == "indent" and first.rest > 1.5 * first.face.size:
        return "verse"
    return "paragraph"


def settle(made: list[Made], text: Callable[[Block], str]) -> None:
    """Kinds that neighbors decide: text in another size, letters, plays, lists, who is quoted."""
    for section in _sections(made):
        _small_type(section)
        _plays(section)
    for run in _runs(made, lambda m: m.kind in ("quote", "verse")):
        _letter(run, text)
    for run in _runs(made, lambda m: m.kind == "paragraph" and not m.block.display):
        _lists(run, text)


def _sections(made: list[Made]) -> Iterator[list[Made]]:
    section: list[Made] = []
    for one in made:
        if one.kind == "heading":
            if section:
                yield section
            section = []
        else:
            section.append(one)
    if section:
        yield section


def _runs(made: list[Made], belongs: Callable[[Made], bool]) -> Iterator[list[Made]]:
    run: list[Made] = []
    for one in made:
        if belongs(one):
            run.append(one)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _small_type(section: list[Made]) -> None:
    """Paragraphs set smaller than the text around are quoted; a section wholly in small type is text."""
    lines: Counter[float] = Counter()
    for one in section:
        lines[one.block.first.face.size] += len(one.block.rows)
    usual = lines.most_common(1)[0][0]
    for one in section:
        if one.kind == "paragraph" and not one.block.display and one.block.first.face.size < 0.97 * usual:
            one.kind = "quote"


def _letter(run: list[Made], text: Callable[[Block], str]) -> None:
    """A quotation that opens or closes as letters do is one."""
    texts = [text(one.block) for one in run]
    opens = any(len(t) < 90 and letters.greets(t) for t in texts[:4])
    signed = any(
        len(t) < 60
        and one.block.first.rest < 3 * one.block.first.face.size
        and one.block.first.offset > 0.4 * one.block.first.width
        for one, t in zip(run, texts, strict=True)
    )
    closes = any(len(t) < 60 and letters.closes(t) for t in texts[-3:])
    letter = opens or (signed and closes)
    for above, (one, t) in zip((None, *run), zip(run, texts, strict=True), strict=False):
        if letter or (one.kind == "verse" and (_is_listed(one) or len(one.block.rows) == 1) and letters.frames(t)):
            one.kind = "letter"
        elif above is not None and one.kind == "verse" and _attributes(above.block, one.block, t):
            one.kind = "quote"
        elif _is_listed(one):
            one.kind = "letter"


def _is_listed(one: Made) -> bool:
    return one.block.inset is not None and one.block.inset.listed


def _attributes(quoted: Block, block: Block, text: str) -> bool:
    """A short line below a quotation that says whose it is."""
    below = block.gap is not None and block.gap > 1.2 * block.first.leading
    short = len(block.rows) == 1 and len(text) < 60 and text[-1] not in ".!?,;:…”’"
    return short and (text[0] in "—–" or below) and len(quoted.rows) > 1


def _plays(section: list[Made]) -> None:
    """Speeches: names in capitals before the words, of which several come again; and directions between them."""
    named: list[tuple[Made, str]] = []
    for one in section:
        if one.kind in ("paragraph", "quote", "verse") and one.block.first.line.text[0].isalnum():
            first = one.block.first.line.text
            if found := _SPEAKER.match(first):
                named.append((one, found[1]))
            elif one.block.display and len(first) < 40 and first.isupper():
                named.append((one, first.strip(".: ")))
    count = Counter(name for _, name in named)
    again = sum(n for n in count.values() if n > 1)
    if len(named) < _MEMBERS or again < 2 or len(named) < 0.25 * len(section):
        return
    spoken = {id(one) for one, _ in named}
    places = [i for i, one in enumerate(section) if id(one) in spoken]
    for start, after in pairwise((*places, places[-1] + 1)):
        section[start].kind = "play"
        for one in section[start + 1 : after] if after - start <= _BETWEEN else ():
            if one.kind in ("paragraph", "quote"):
                one.kind = "play"  # a direction, or more of the speech


def _lists(run: list[Made], text: Callable[[Block], str]) -> None:
    """Hanging paragraphs, and those that bullets or counting numbers begin."""
    for part in _runs(run, lambda m: m.block.first.hanging):
        if len(part) > 1:
            for one in part:
                one.kind = "list"
    for part in _runs(run, lambda m: bool(_ITEM.match(m.block.first.line.text))):
        if len(part) > 2:
            for one in part:
                one.kind = "list"


# ---------------------------------------------------------------- scene breaks


def breaks(blocks: list[Block]) -> set[int]:
    """Indexes of blocks above which a blank line parts two scenes."""
    crowded = Counter(b.first.line.page for b in blocks if b.gap is not None and b.gap > 1.6 * b.first.leading)
    found = {i for i in range(1, len(blocks)) if _is_blank(blocks, i) and crowded[blocks[i].first.line.page] < 5}
    flat = sum(1 for i in found if not blocks[i].first.indented)
    if found and 2 * flat > len(found):  # where a scene begins at the margin, one at the head of a page shows so too
        found |= {i for i in range(1, len(blocks)) if blocks[i].fresh and _is_text(blocks[i - 1])}
    return found


def _is_blank(blocks: list[Block], i: int) -> bool:
    block, above = blocks[i], blocks[i - 1]
    if block.gap is None or not _is_text(block) or not _is_text(above):
        return False
    face = block.first.face
    if face.by == "space":
        return block.gap > face.space + 0.8 * block.first.leading
    return face.by == "indent" and block.gap > 1.6 * block.first.leading


def _is_text(block: Block) -> bool:
    return not (block.display or block.inset or block.cells or is_ornament(block.first.line.text))

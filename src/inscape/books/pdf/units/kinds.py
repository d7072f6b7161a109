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

from inscape.books.pdf.layout.insets import is_ornament
from inscape.books.pdf.layout.paragraphs import Block
from inscape.books.pdf.units import letters
from inscape.records import Kind

_SPEAKER = re.compile(
    r"^((?:[^\W\d_a-z][^\W\d_a-z'’.-]+|(?:AN?|THE|[IVX]+|\d{1,2})(?=\s))(?:\s+[^\W\d_a-z'’.-]+){0,4}\d?)"
    r"(?:\s*\([^)]{1,60}\))?\s*[.:—](?=\s|$|[\"“‘])"
)
_BULLET = re.compile(r"[•▪‣◦·]\s")
"""No dashes: they open speech in many languages."""
_LABEL = re.compile(r"(\(?)(\d{1,3}|[a-z]|[ivx]{1,5})([.)])\s")
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_FIGURE = re.compile(r"\d[\d.,/½¼¾\s-]*$")
_ENTRIES = 4
"""Lines that end in a figure, at least, that are a table."""
_HEAD = re.compile(
    r"(?:my |ma |mon )?(?:very )?(?:dear|cher|chère|lieber?|sehr geehrte|sevgili|sayın|aziz|monsieur|дорог)"
    r"[^,:!.;]{0,60}?[,:!—]",
    re.I,
)
"""What stands before the first stop where a letter's first words follow its salutation on the line."""
_ANNOUNCED = re.compile(
    r"\b(?:letter|note|telegram|dispatch|postcard|lettre|billet|brief|mektup\w*|письм\w+|"
    r"записк\w+)\b[^.!?]*[:.—–-]*[”’\"]?$",
    re.I,
)
_HEARD = 200
"""Characters before a quotation that may say that it is a letter: of its last sentence."""
_MEMBERS = 3
"""Speeches, at least, that a play has."""
_BETWEEN = 6
"""Units from one speech to the next, at most, while the play goes on."""
_CLOSE = 1.3
"""Lines between paragraphs, in the middle, below which a book sets them without a space."""


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
    above = {id(below): one for one, below in pairwise(made)}
    below = {id(one): after for one, after in pairwise(made)}
    for run in _runs(made, lambda m: m.kind in ("quote", "verse")):
        _quoted(run, above.get(id(run[0])), below.get(id(run[-1])), text)
    for run in _runs(made, lambda m: m.kind == "paragraph" and not m.block.display):
        _lists(run)


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


def _quoted(run: list[Made], before: Made | None, after: Made | None, text: Callable[[Block], str]) -> None:
    """A run set apart, with what stands right before and after it: a letter's head or foot may be set as text."""
    if len(run) > 1 and _introduces(run[0]):
        before = run.pop(0)
        before.kind = "paragraph"
    _accounts(run)
    said = text(before.block) if before and before.kind == "paragraph" else ""
    _letter(run, text, said)
    if run[-1].kind != "letter":
        return
    if before and letters.greets(said):
        before.kind = "letter"
    if after and after.kind == "paragraph" and letters.closes(text(after.block)):
        after.kind = "letter"


def _accounts(run: list[Made]) -> None:
    """Short lines of which nearly all end in a figure: sums of money, a roll, a key to a cipher."""
    lines = [line for one in run for line in one.block.lines]
    ended = sum(1 for line in lines if _FIGURE.search(line.text))
    if ended >= _ENTRIES and ended >= 0.7 * len(lines):
        for one in run:
            one.kind = "table"


def _letter(run: list[Made], text: Callable[[Block], str], before: str) -> None:
    """A quotation that opens or closes as letters do is one, or prose of which the words `before` it say so."""
    run = [one for one in run if one.kind != "table"]
    texts = [text(one.block) for one in run]
    opens = any(_greets(t) for t in texts[:4])
    opens = (
        opens
        or _greets(before)
        or (bool(_ANNOUNCED.search(before[-_HEARD:])) and any(one.kind == "quote" for one in run))
    )
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


def _introduces(one: Made) -> bool:
    """A line at the indent of the text that ends with a colon belongs to the text, not to what it announces."""
    rows = one.block.rows
    return len(rows) == 1 and rows[0].indented and rows[0].line.text.endswith((":", ":—", ":”"))


def _greets(text: str) -> bool:
    """A salutation, alone or at the head of the letter's first words."""
    if len(text) < 90:
        return letters.greets(text)
    head = _HEAD.match(text)
    return head is not None and letters.greets(head[0])


def _is_listed(one: Made) -> bool:
    return one.block.inset is not None and one.block.inset.listed


def _attributes(quoted: Block, block: Block, text: str) -> bool:
    """A short line below a quotation that says whose it is."""
    below = block.gap is not None and block.gap > 1.2 * block.first.leading
    short = len(block.rows) == 1 and len(text) < 60 and text[-1] not in ".!?,;:…”’"
    return short and (text[0] in "—–" or below) and len(quoted.rows) > 1


def _plays(section: list[Made]) -> None:
    """Speeches: names in capitals before the words, of which several come again nearby; and directions between them."""
    named: list[tuple[int, str]] = []
    for i, one in enumerate(section):
        if one.kind in ("paragraph", "quote", "verse") and (name := _speaker(one.block)):
            named.append((i, name))
    scene: list[tuple[int, str]] = []
    for i, name in named:
        if scene and i - scene[-1][0] > _BETWEEN:
            _scene(section, scene)
            scene = []
        scene.append((i, name))
    _scene(section, scene)


def _speaker(block: Block) -> str:
    """The name before a speech, or alone on its line; '' where there is none."""
    first = block.first.line.text
    if not first[0].isalnum():
        return ""
    if found := _SPEAKER.match(first):
        return found[1]
    return first.strip(".: ") if block.display and len(first) < 40 and first.isupper() else ""


def _scene(section: list[Made], named: list[tuple[int, str]]) -> None:
    count = Counter(name for _, name in named)
    again = sum(n for n in count.values() if n > 1)
    if len(named) < _MEMBERS or again < 2 or len(named) < 0.25 * (named[-1][0] - named[0][0] + 1):
        return
    places = [i for i, _ in named]
    for start, after in pairwise((*places, places[-1] + 1)):
        section[start].kind = "play"
        for one in section[start + 1 : after]:
            if one.kind in ("paragraph", "quote"):
                one.kind = "play"  # a direction, or more of the speech


def _lists(run: list[Made]) -> None:
    """Hanging paragraphs, and those that bullets or counting labels begin: two at least, one right after the other."""
    for part in _runs(run, lambda m: m.block.first.hanging):
        _list(part, sum(map(_hangs, part)) >= max(2, 0.25 * len(part)))
    for part in _runs(run, lambda m: bool(_BULLET.match(m.block.first.line.text))):
        _list(part, len(part) > 1)
    counted = {
        id(one) for pair in pairwise(run) if _counts_on(*(one.block.first.line.text for one in pair)) for one in pair
    }
    _list([one for one in run if id(one) in counted], True)


def _list(part: list[Made], holds: bool) -> None:
    for one in part if holds else ():
        one.kind = "list"


def _hangs(one: Made) -> bool:
    rows = one.block.rows
    return len(rows) > 1 and rows[1].offset > rows[0].offset + 0.3 * rows[0].face.size


def _counts_on(above: str, below: str) -> bool:
    """'(1)' and '(2)', 'b.' and 'c.', 'ii)' and 'iii)': the same form, the next value."""
    one, next_ = _LABEL.match(above), _LABEL.match(below)
    if not one or not next_ or one[1] + one[3] != next_[1] + next_[3]:
        return False
    a, b = one[2], next_[2]
    if a.isdigit() or b.isdigit():
        return a.isdigit() and b.isdigit() and int(b) == int(a) + 1
    return (len(a) == len(b) == 1 and ord(b) == ord(a) + 1) or (
        a in _ROMANS and b in _ROMANS[_ROMANS.index(a) + 1 :][:1]
    )


# ---------------------------------------------------------------- scene breaks


def _usual_gap(blocks: list[Block]) -> float:
    """The middle one of the gaps above blocks of text, in lines: 1 where nothing but indents parts them."""
    gaps = sorted(b.gap / b.first.leading for b in blocks if b.gap is not None and b.gap > 0 and _is_text(b))
    return gaps[len(gaps) // 2] if gaps else 1.0


def breaks(blocks: list[Block]) -> set[int]:
    """Indexes of blocks above which a blank line parts two scenes."""
    crowded = Counter(b.first.line.page for b in blocks if b.gap is not None and b.gap > 1.6 * b.first.leading)
    usual = _usual_gap(blocks)
    most = 5 if usual < _CLOSE else len(blocks)
    found = {
        i
        for i, block in enumerate(blocks)
        if i
        and block.gap is not None
        and block.gap > (usual + 0.6) * block.first.leading
        and _is_blank(blocks, i)
        and crowded[block.first.line.page] < most
    }
    flat = sum(1 for i in found if not blocks[i].first.indented)
    if found and usual < _CLOSE and 2 * flat > len(found):
        # Where a scene begins at the margin, one at the head of a page shows so too.
        found |= {
            i
            for i in range(1, len(blocks))
            if blocks[i].fresh and blocks[i].first.face.by == "indent" and _is_text(blocks[i - 1])
        }
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

"""Blocks that are no part of the text: title page, rights, table of contents.

Invariant: only pages at the front are judged as a whole, by what stands on them; everything else that can be read
stays. A preface is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from inscape.books.pdf.layout.insets import is_ornament
from inscape.books.pdf.layout.paragraphs import Block
from inscape.books.pdf.page import Line
from inscape.books.pdf.words import joins
from inscape.books.structure import is_ordinal, worded_level
from inscape.text import fold

_LEADERS = re.compile(r"(?:(?:\s?\.){4,}|…{2,})\s*(?:\d{1,4}|[ivxlc]{1,7})$|(?:\s?\.){7,}$|…{3,}$", re.I)
_NUMBER_LAST = re.compile(r"^(.*[^\W\d].*?)[\s.…]+(\d{1,4}|[ivxlc]{1,7})$", re.I)
_LEGAL = re.compile(
    r"\bISBN\b|©|\(c\) \d{4}|all rights reserved|first (?:published|issued|printed)|in the public domain|"
    r"copyright|printed in|published by|"
    r"library of congress|tüm hakları saklıdır",
    re.I,
)
_CONTENTS = re.compile(
    r"^(?:table of )?contents$|^içindekiler$|^inhalt(?:sverzeichnis)?$|^table des matières$|^sommaire$|^índice$|"
    r"^indice$|^содержание$|^оглавление$",
    re.I,
)
_FRONT = 12
"""Pages within which a title page or a page of rights is looked for."""
_TITLES = 4
_MANY = 25
"""Lines, more than which no page of rights has."""


def front_pages(blocks: list[Block], opened: set[int | None], names: Sequence[str]) -> dict[int, str]:
    """Pages at the front that are a title page, of rights, or contents, by their number. `opened`: pages to which the
    outline points; `names`: the title and the author, as far as the file tells them."""
    pages: dict[int, list[Block]] = {}
    for block in blocks:
        if block.first.line.page <= _FRONT:
            pages.setdefault(block.first.line.page, []).append(block)
    found: dict[int, str] = {}
    for number, here in pages.items():
        lines = [line for block in here for line in block.lines]
        if _is_contents(lines, found.get(number - 1)):
            found[number] = "table of contents"
        elif any(_LEADERS.search(line.text) for line in lines):
            continue
        elif len(lines) <= _MANY and any(_LEGAL.search(line.text) for line in lines) and not _prose(here):
            found[number] = "license"
        elif number <= _TITLES and len(lines) <= 6 and not (number in opened or _opens_text(here, names)):
            found[number] = "title page"
    return found


def _is_contents(lines: list[Line], before: str | None) -> bool:
    led = sum(1 for line in lines if _LEADERS.search(line.text))
    if led and 2 * led >= len(lines):
        return True
    headed = any(_CONTENTS.match(line.text.strip(" .:")) for line in lines[:3])
    if not headed and before != "table of contents":
        return False
    numbered = sum(1 for line in lines if _NUMBER_LAST.match(line.text) or line.text.isdigit())
    return numbered >= 3 and 2 * numbered >= len(lines) - 2


def entries(blocks: list[Block], contents: set[int]) -> frozenset[str]:
    """Titles that the printed contents name, folded, without page numbers."""
    found: set[str] = set()
    for block in blocks:
        if block.first.line.page in contents:
            for line in block.lines:
                match = _NUMBER_LAST.match(line.text)
                title = fold(match[1] if match else line.text).strip(" .")
                if len(title) > 1 and not title.isdigit():
                    found.add(title)
    return frozenset(found)


def why(block: Block) -> str:
    """Why a block is no part of the text: dots to a page number, or small print about rights at the front."""
    lines = block.lines
    if len(lines) > _MANY:
        return ""
    pointed = sum(1 for line in lines if line.text[-1] in ".…0123456789" and _LEADERS.search(line.text))
    if pointed and 2 * pointed >= len(lines):
        return "table of contents"
    small = lines[0].page <= _FRONT and block.display
    return "license" if small and _LEGAL.search(joins.plain(lines)) else ""


def _prose(blocks: list[Block]) -> bool:
    return any(len(block.rows) > 8 for block in blocks)


def _opens_text(blocks: list[Block], names: Sequence[str]) -> bool:
    """Whether a page with few lines is a heading's or has text.

    A title page has the title or the author that the file tells, or several lines, one of them in large type.
    """
    shown = [block for block in blocks if not is_ornament(block.first.line.text)]
    texts = [joins.plain(block.lines) for block in shown]
    if any(worded_level(t) or is_ordinal(t) or not b.display for b, t in zip(shown, texts, strict=True)):
        return True
    known = {fold(name) for name in names if name}
    if any(fold(text) in known for text in texts):
        return False
    large = any(line.size > 1.12 * block.first.face.size for block in shown for line in block.lines)
    return len(shown) < 2 or not large

"""Project Gutenberg's frame around a book: header, license, producers' credits.

Invariant: nothing is taken out unless Gutenberg's own marks are there, and all that is taken out is returned. Works
on units of text, for plain text and HTML alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from inscape.records import Paragraph, Removal
from inscape.text import fold, squeeze

_START = re.compile(r"\*\*\*\s*START OF (?:THE|THIS) PROJECT GUTENBERG", re.I)
_END = re.compile(r"\*\*\*\s*END OF (?:THE|THIS) PROJECT GUTENBERG", re.I)
_LAST = re.compile(r"^\W*End of (?:the |this )?Project Gutenberg", re.I)
_CREDIT = re.compile(
    r"^\W*(?:produced by|e-?text prepared by|this e-?(?:book|text) was (?:produced|prepared)|transcribed from|"
    r"html version by|credits?:|updated editions?)",
    re.I,
)
_CONTENTS = re.compile(
    r"^\W*(?:(?:table of )?contents|table des matières|inhalt(?:sverzeichnis)?|i̇?çi̇?ndeki̇?ler|содержание|оглавление|"
    r"índice|indice|sommaire)\W*$",
    re.I,
)
_FIELD = re.compile(r"^(Title|Author|Language):[ \t]*(.+(?:\n[ \t]+\S.*)*)", re.M)
_CREDIT_WITHIN = 4


def unframe(units: Sequence[Paragraph]) -> tuple[list[Paragraph], list[Removal]]:
    """Units without Gutenberg's frame, and what the frame was."""
    first = next((i + 1 for i, u in enumerate(units) if _START.search(u.text)), 0)
    last = next((i for i, u in enumerate(units) if i >= first and _END.search(u.text)), len(units))
    removed = [Removal("license", u.text, u.page) for u in (*units[:first], *units[last:])]
    kept: list[Paragraph] = []
    for i, unit in enumerate(units[first:last]):
        if first and i < _CREDIT_WITHIN and _CREDIT.match(unit.text):
            removed.append(Removal("credits of the edition", unit.text, unit.page))
        elif last < len(units) and _LAST.match(unit.text):
            removed.append(Removal("license", unit.text, unit.page))
        else:
            kept.append(unit)
    return kept, removed


def fields(text: str) -> dict[str, str]:
    """Title, author and language of Gutenberg's header, by lower-case name; empty where there is none."""
    start = _START.search(text)
    if not start:
        return {}
    return {found[1].lower(): squeeze(found[2]) for found in _FIELD.finditer(text[: start.start()])}


def uncontents(units: Sequence[Paragraph]) -> tuple[list[Paragraph], list[Removal]]:
    """Units without a printed table of contents. The witness: its first entry comes again, as a heading."""
    at = next((i for i, u in enumerate(units) if len(u.text) < 40 and _CONTENTS.match(u.text)), None)
    if at is None or at + 2 >= len(units):
        return list(units), []
    entry = fold(units[at + 1].text.split("\n")[0])
    for i in range(at + 2, min(at + 600, len(units))):
        unit = units[i]
        if len(unit.text) > 400 and unit.kind == "paragraph" and "\n" not in unit.text:
            break
        if unit.kind == "heading" and (same := fold(unit.text)) and (entry == same or entry.startswith(same + " ")):
            gone = [Removal("table of contents", u.text, u.page) for u in units[at:i]]
            return [*units[:at], *units[i:]], gone
    return list(units), []

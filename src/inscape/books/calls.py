"""References to notes and the notes they mean, once a whole document or book has been walked.

Invariant: a reference becomes a sign only where its note is found; else its marker stays in the text as it was
written. What is taken out for it (markers, numbers at the head of notes) is returned. No other letter is touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inscape.books import marks
from inscape.records import Paragraph, Removal

_BETWEEN = "\ufdd5"
_CALL = re.compile(f"{marks.note('')[0]}([^{marks.note('')[-1]}]*){marks.note('')[-1]}")
_SIGNS = re.compile(f"[{marks.ITALIC}{marks.ROMAN}]")
_CORE = re.compile(r"[^\w*†‡§¶]+")
WHY = "note marker"


@dataclass(slots=True)
class Draft:
    """A unit whose text still holds signs. `ids`: places, of the whole book, that a reference may name to mean it."""

    unit: Paragraph
    ids: tuple[str, ...] = ()
    back: bool = False
    """A way back to the reference stood in it."""
    lines: bool = False
    """Line ends in it are the book's."""


def call(place: str, marker: str) -> str:
    """The sign for: here `marker` stands and means the note at `place`, if there is one."""
    return marks.note(f"{place}{_BETWEEN}{marker}")


def plain(text: str) -> str:
    """The text without signs; markers stay as they were written."""
    return marks.bare(_CALL.sub(lambda found: found[1].partition(_BETWEEN)[2], text))


def settle(drafts: Sequence[Draft]) -> tuple[list[Paragraph], list[Removal]]:
    """Units with offsets for signs, and the markers that were taken out."""
    means, removed = _meanings(drafts)
    units: list[Paragraph] = []
    for draft in drafts:
        unit = draft.unit
        text = _called(unit, means, removed) if _BETWEEN in unit.text else unit.text
        units.append(finished(unit, text, draft.lines))
    return units, removed


def finished(unit: Paragraph, text: str, lines: bool = False) -> Paragraph:
    """The unit with this text: signs become offsets. A page that begins with the unit is its page."""
    told = marks.resolve(text, lines)
    if not (told.italics or told.breaks or told.notes):
        return unit if told.text == unit.text else replace(unit, text=told.text)
    breaks = tuple((at, page) for at, page in told.breaks if 0 < at < len(told.text))
    page = next((page for at, page in reversed(told.breaks) if at == 0 < len(told.text)), unit.page)
    return replace(unit, text=told.text, page=page, breaks=breaks, italics=told.italics, notes=told.notes)


def _called(unit: Paragraph, means: dict[str, str], removed: list[Removal]) -> str:
    def sign(found: re.Match[str]) -> str:
        target, between, marker = found[1].partition(_BETWEEN)
        if not between:
            return found[0]
        if target not in means or means[target] == unit.place:
            return marker
        if marker:
            removed.append(Removal(WHY, marker, unit.page))
        return marks.note(means[target])

    return _CALL.sub(sign, unit.text)


def _meanings(drafts: Sequence[Draft]) -> tuple[dict[str, str], list[Removal]]:
    """The place of the note by each place that references name; paragraphs that prove to be notes become so."""
    where: dict[str, int] = {}
    for i, draft in enumerate(drafts):
        for name in draft.ids:
            where.setdefault(name, i)
    means: dict[str, str] = {}
    removed: list[Removal] = []
    for i, draft in enumerate(drafts):
        for found in _CALL.finditer(draft.unit.text) if _BETWEEN in draft.unit.text else ():
            target, between, marker = found[1].partition(_BETWEEN)
            at = where.get(target)
            if not between or at is None or at == i or target in means:
                continue
            if drafts[at].unit.kind == "note" or _proves(drafts[at], target, marker, removed):
                means[target] = drafts[at].unit.place
    return means, removed


def _proves(draft: Draft, target: str, marker: str, removed: list[Removal]) -> bool:
    """Whether a paragraph is the note that `marker` calls: it begins with the same marker, or leads back. It becomes
    one then, without the marker."""
    unit, core = draft.unit, _CORE.sub("", marker)
    if unit.kind not in ("paragraph", "list") or not core:
        return False
    label = re.match(rf"\W*?{re.escape(core)}(?:[\])]?[.:)]?(?:\s|$)|[\])][.:)]?|[.:)]|(?<=[*†‡§¶]))", unit.text)
    if label is None and not (draft.back and unit.kind == "list"):
        return False
    if label is not None:
        removed.append(Removal(WHY, marks.bare(label[0]).strip(), unit.page))
    text = unit.text[label.end() :] if label is not None else unit.text
    # Signs that the label held are kept, so that italics stay whole.
    kept = "".join(_SIGNS.findall(label[0])) if label is not None else ""
    draft.unit = replace(unit, kind="note", text=kept + text, place=target)
    return True

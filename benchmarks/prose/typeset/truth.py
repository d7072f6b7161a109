"""The ground truth of a typeset book: its units in reading order, its notes, and the folder that holds both.

Invariant: a unit is what a reader would call one paragraph, heading, stanza or speech. Text holds these signs
and no other control character: `\\x01n\\x01` a reference to note n, `\\x02` a line break that the author made (in
verse, in an address), `\\x03`...`\\x04` italics.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

KINDS = ("para", "heading", "quote", "verse", "letter", "play", "list", "table", "break")
"""The kinds of unit. An epigraph is a quote (or verse); a break is a blank or an ornament between scenes: no text."""

_SIGN = re.compile("\x01([^\x01]*)\x01|([\x02\x03\x04])")


@dataclass(frozen=True)
class Unit:
    """One unit. `level` is a heading's, from 2 (part) downwards; `matter` is "front" or "back", "" in the body;
    `pages` is (first, last) index from 1 of the PDF pages it stands on, None where the typesetter cannot tell. What
    stands `apart` (title page, rights page) may be read or left out: neither is an error."""

    kind: str
    text: str
    level: int = 0
    matter: str = ""
    file: str = ""
    pages: tuple[int, int] | None = None
    apart: bool = False

    @property
    def plain(self) -> str:
        """The words alone: no signs; a line break is a blank."""
        return " ".join(_SIGN.sub(lambda m: " " if m[2] == "\x02" else "", self.text).split())


@dataclass(frozen=True)
class Run:
    """A stretch of a unit's text in one face; or a note's number (`note`), or a line break (`text` is newline)."""

    text: str
    italic: bool = False
    note: str = ""


@dataclass(frozen=True)
class Book:
    """A book to typeset: `notes` maps the number of a note to its text, in the units' signs."""

    title: str
    author: str
    units: tuple[Unit, ...]
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Typeset:
    """What a typesetter made: the PDF's bytes, the units as set (with pages where it can tell), and facts about it."""

    pdf: bytes
    units: tuple[Unit, ...]
    notes: Mapping[str, str]
    about: Mapping[str, Any]


def runs(text: str) -> Iterator[Run]:
    """The text in pieces that a typesetter can set one after another."""
    at, italic = 0, False
    for sign in _SIGN.finditer(text):
        if sign.start() > at:
            yield Run(text[at : sign.start()], italic)
        at = sign.end()
        if sign[1] is not None:
            yield Run("", italic, sign[1])
        elif sign[2] == "\x02":
            yield Run("\n", italic)
        else:
            italic = sign[2] == "\x03"
    if at < len(text):
        yield Run(text[at:], italic)


def changed(book: Book, table: Mapping[str, str]) -> Book:
    """The book with characters replaced that a typesetter's font lacks."""
    swap = str.maketrans(dict(table))
    units = tuple(replace(u, text=u.text.translate(swap)) for u in book.units)
    return replace(book, units=units, notes={n: t.translate(swap) for n, t in book.notes.items()})


def rows(units: Iterable[Unit]) -> Iterator[dict[str, Any]]:
    """Units as JSON objects: id counts from 0; level, matter, file and pages only where there are any."""
    for number, unit in enumerate(units):
        row: dict[str, Any] = {"id": number, "kind": unit.kind, "text": unit.text}
        if unit.kind == "heading":
            row["level"] = unit.level
        if unit.matter:
            row["matter"] = unit.matter
        if unit.apart:
            row["apart"] = True
        if unit.file:
            row["file"] = unit.file
        if unit.pages:
            row["pages"] = list(unit.pages)
        yield row


def load(path: Path) -> tuple[Unit, ...]:
    """Units of a truth.jsonl (also of one that marks the front matter by `"front": true`)."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        pages = row.get("pages")
        found.append(
            Unit(
                row["kind"],
                row["text"],
                row.get("level", 0),
                row.get("matter", "front" if row.get("front") else ""),
                row.get("file", ""),
                (pages[0], pages[1]) if pages else None,
                row.get("apart", False),
            )
        )
    return tuple(found)


def furniture(about: Mapping[str, Any]) -> dict[int, list[str]]:
    """Head, folio and foot by page, from a typesetting's "heads", "labels" and "feet"."""
    made: dict[int, list[str]] = {}
    for name in ("heads", "labels", "feet"):
        for page, words in about.get(name, {}).items():
            made.setdefault(int(page), []).append(words)
    return dict(sorted(made.items()))


def write(folder: Path, made: Typeset) -> None:
    """Write book.pdf, truth.jsonl, notes.json and about.json; the PDF last, for those who wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(made.units)]
    (folder / "truth.jsonl").write_text("".join(lines), "utf-8")
    (folder / "notes.json").write_text(json.dumps(dict(made.notes), ensure_ascii=False, indent=0), "utf-8")
    about = {**made.about, **({"furniture": known} if (known := furniture(made.about)) else {})}
    (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    (folder / "book.pdf").write_bytes(made.pdf)

"""Signs inside a text that say where italics, pages and notes are, until the text is whole and they become offsets.

Invariant: the signs are Unicode noncharacters, which no text may hold for itself; `foreign` turns those of a file into
U+FFFD before anything else is done. `resolve` takes every sign out, squeezes white space, and changes nothing else:
`resolve(text).text == bare(text)` up to white space. Signs may stand anywhere, also between the letters of a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ITALIC, ROMAN = "\ufdd0", "\ufdd1"
"""Italic letters begin; they end. Unclosed ones end with the text, one closed twice is closed."""
_PAGE, _NOTE, _SHUT = "\ufdd2", "\ufdd3", "\ufdd4"

_SIGN = re.compile(f"{ITALIC}|{ROMAN}|[{_PAGE}{_NOTE}][^{_SHUT}]*{_SHUT}")
_JOINERS = ("\u2060", "\ufeff", "\u00ad", "\u200b")
_FOREIGN = re.compile("[\ufdd0-\ufdef]")
_ANY = re.compile("[\ufdd0-\ufdd4]")
_NOT_PLAIN = re.compile("[\ufdd0-\ufdd4\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""Signs, and white space but for the blank."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, squeezed, and what its signs said, as offsets into it: see `records.Paragraph`."""

    text: str
    italics: tuple[tuple[int, int], ...] = ()
    breaks: tuple[tuple[int, int], ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


def foreign(text: str) -> str:
    """The text of a file with noncharacters of its own replaced, so that none can be taken for a sign."""
    return _FOREIGN.sub("\ufffd", text) if _FOREIGN.search(text) else text


def unjoined(text: str) -> str:
    """The text without signs that are for the typesetter only: where a line may break, or may not."""
    for sign in _JOINERS:
        text = text.replace(sign, "")
    return text


def page(number: int) -> str:
    """The sign for: here page `number` begins."""
    return f"{_PAGE}{number}{_SHUT}"


def note(place: str) -> str:
    """The sign for: here the note is called whose unit has this `place`."""
    return f"{_NOTE}{place}{_SHUT}"


def bare(text: str) -> str:
    """The text without its signs; white space stays."""
    return _SIGN.sub("", text) if _ANY.search(text) else text


def resolve(text: str, lines: bool = False) -> Marked:
    """The text without signs, and their offsets. White space is squeezed to blanks; with `lines`, line ends stay.

    Italics that only white space parts are one run, and runs without a letter or digit are dropped.
    """
    # Most texts of a PDF are squeezed already and have no sign: one look tells so in a third of the time.
    if not _NOT_PLAIN.search(text) and "  " not in text and text[:1] != " " != text[-1:]:
        return Marked(text)
    squeezed = _squeeze(text, lines)
    if not _ANY.search(squeezed):
        return Marked(squeezed)
    reader = _Reader()
    at = 0
    for sign in _SIGN.finditer(squeezed):
        reader.text(squeezed[at : sign.start()])
        reader.sign(sign[0])
        at = sign.end()
    reader.text(squeezed[at:])
    return reader.done()


def _squeeze(text: str, lines: bool) -> str:
    if not lines:
        return " ".join(text.split())
    return "\n".join(line for part in text.split("\n") if (line := " ".join(part.split())))


class _Reader:
    """Puts the pieces between signs together, with one blank where two meet."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.length = 0
        self.italic: int | None = None
        self.runs: list[tuple[int, int]] = []
        self.breaks: list[tuple[int, int]] = []
        self.notes: list[tuple[int, str]] = []

    def text(self, piece: str) -> None:
        if not piece:
            return
        before = self.made[-1][-1] if self.made else " "
        if before.isspace() and piece[0].isspace():
            if piece[0] == "\n" and before == " " and self.made:  # a line's end is worth more than a blank
                self.made[-1] = self.made[-1][:-1] + "\n"
            piece = piece[1:]
        if piece:
            self.made.append(piece)
            self.length += len(piece)

    def sign(self, sign: str) -> None:
        if sign == ITALIC:
            self.italic = self.length if self.italic is None else self.italic
        elif sign == ROMAN:
            self._close()
        elif sign[0] == _PAGE:
            self.breaks.append((self.length, int(sign[1:-1])))
        else:
            self.notes.append((self.length, sign[1:-1]))

    def _close(self) -> None:
        if self.italic is not None and self.italic < self.length:
            self.runs.append((self.italic, self.length))
        self.italic = None

    def done(self) -> Marked:
        self._close()
        text = "".join(self.made).rstrip()
        most = len(text)
        breaks = tuple((_onto(text, at), number) for at, number in self.breaks)
        notes = tuple((min(at, most), place) for at, place in self.notes)
        return Marked(text, _joined(text, self.runs), breaks, notes)


def _onto(text: str, at: int) -> int:
    """A page begins with a letter, not with the blank before it."""
    while at < len(text) and text[at].isspace():
        at += 1
    return min(at, len(text))


def _joined(text: str, runs: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    made: list[tuple[int, int]] = []
    for start, end in runs:
        end = min(end, len(text))
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start == end:
            continue
        if made and not text[made[-1][1] : start].strip():
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return tuple(run for run in made if any(c.isalnum() for c in text[run[0] : run[1]]))

"""The characters of one page: its text, and what PDFium knows of each of them.

Invariant: every character that PDFium reports is in `text`, or is invisible and stands for nothing printed. What a
font maps to no character or to a control character becomes U+FFFD, quotes and dashes that a font left in the places
of cp1252 become themselves, and HYPHEN marks the hyphen at a line's end for which PDFium leaves no line break.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from inscape.books.pdf.lines import native
from inscape.books.pdf.page import SOFT

HYPHEN = "\ufffe"
"""In `Glyphs.text`: a hyphen that ended a line; the next line follows without a break."""

_ODD = re.compile("[\0-\b\v\f\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\uffff]")
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
"""Characters that print nothing."""
_PLAIN = re.compile(f"[\n\r -~\xa1-\xac\xae-\u167f\u2011-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff{HYPHEN}]*")
"""A text of nothing but these has none of the signs that are looked for one by one: blanks of other widths, soft
hyphens, ligatures, control characters. One look at it costs 4 ms in 1,600 pages, the looks that it saves 35."""
_BEFORE = re.compile(f"(\\A|[\r\n{HYPHEN}])(?:[^\\S\r\n]|{SOFT})+")
_INSIDE = re.compile(f"{SOFT}+(?![^\\S\r\n]*(?:\r|\n|$))")
"""Soft hyphens that end no line: where nothing stands before them, and where something follows."""
_HYPHEN_CODE = 2
_ARTIFACT = "Artifact".encode("utf-16-le")
_FAR = 1e6
"""Points; no page is so large, and what lies beyond is put there."""
_ITALIC = re.compile(
    r"ital|obliq|kursiv|slant|[-,](bold|semibold|medium|light)?it\b|\b(cm|sf|ec|lm)(bx)?(ti|sl)\d", re.I
)
_ITALIC_FLAG = 64
_BOLD = re.compile(
    r"bold|black(?!l)|heavy|demi|smbd|[-,]bd\b|[-,]medi(ital)?$|\b(cm|sf|ec|lm)(ss)?bx|halbfett|[-,]fett", re.I
)
_BOLD_FLAG = 1 << 18
_SLANT = 4
"""Degrees from which a font's own angle means italics."""


def _replacements() -> dict[int, str]:
    made = dict.fromkeys((*range(32), 127, *range(64976, 65008), 65534, 65535), "�")
    for code in range(0x80, 0xA0):
        made[code] = bytes([code]).decode("cp1252", "replace")
    return made | {9: " ", 10: "\n", 13: "\r"}


LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_RARE = re.compile("[\t\v\f\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufb00-\ufb06]")
_ALL = _replacements()
_KEEPS_HYPHEN = {code: text for code, text in _ALL.items() if chr(code) != HYPHEN}


class Look:
    """How an object of a page is set: type size in points as seen, italic, bold, quarter turns to the left."""

    __slots__ = ("bold", "italic", "size", "turn")

    def __init__(self, size: float, italic: bool, bold: bool, turn: int) -> None:
        self.size, self.italic, self.bold, self.turn = size, italic, bold, turn


class Glyphs:
    """Reads the characters of one page after another into the same memory. `index` maps `text` to PDFium's list."""

    def __init__(self, tagged: bool = False) -> None:
        self.tagged = tagged
        self.text = ""
        self.plain = False
        self.index: Sequence[int] = ()
        self.count = 0
        self.left = self.bottom = 0.0
        self._raw: Any = None
        self._handle = 0
        self._looks: dict[int | None, Look] = {}
        self._cache: dict[tuple[int | None, float, bytes], Look] = {}
        self._styles: dict[int | None, tuple[bool, bool]] = {}
        self._units = ctypes.create_string_buffer(16384)
        self._doubles = (ctypes.c_double * 1024)()
        self._at = ctypes.addressof(self._doubles)
        self._name = ctypes.create_string_buffer(256)
        self._angle = ctypes.c_int()

    def open(self, page: Any) -> int:
        """Load the text of a page; returns how many characters it has. Positions are counted from (left, bottom)."""
        self._raw = pdfium.FPDFText_LoadPage(page)
        self._handle = native.number_of(self._raw)
        if not self._handle:
            raise pypdfium2.PdfiumError("no text page")
        self.count = max(0, pdfium.FPDFText_CountChars(self._raw))
        self._looks, self._cache, self._styles = {}, {}, {}
        return self.count

    def close(self) -> None:
        if self._handle:
            pdfium.FPDFText_ClosePage(self._raw)
        self._handle = 0

    def read(self) -> None:
        """Fill `text` and `index`, and tell whether the text is `plain`."""
        count = self.count
        if 2 * count + 2 > len(self._units):
            self._units = ctypes.create_string_buffer(4 * count)
        pointer = ctypes.cast(self._units, ctypes.POINTER(ctypes.c_ushort))
        length = max(0, pdfium.FPDFText_GetText(self._raw, 0, count, pointer) - 1) if count else 0
        text = ctypes.string_at(self._units, 2 * length).decode("utf-16-le", "replace")
        self.index = range(count)
        self.plain = plain = _PLAIN.fullmatch(text) is not None
        # PDFium leaves some characters out of its text: then the text is made from its list of characters.
        unseen = not plain and _UNSEEN.search(text) is not None
        if length != count or len(text) != count or unseen or not self._sure(text):
            text, self.index = self._spelled()
            self.plain = plain = False
        self.text = text.translate(_KEEPS_HYPHEN) if not plain and _ODD.search(text) else text

    def _sure(self, text: str) -> bool:
        """What has no Unicode at all looks like a hyphen in PDFium's text."""
        at = text.find(HYPHEN)
        while at >= 0:
            if native.unicode(self._handle, at) != _HYPHEN_CODE:
                return False
            at = text.find(HYPHEN, at + 1)
        return True

    def _spelled(self) -> tuple[str, list[int]]:
        codes = list(map(native.unicode, repeat(self._handle), range(self.count)))
        made: list[str] = []
        index: list[int] = []
        skip = -1
        for i, code in enumerate(codes):
            if i == skip or (code == 0 and native.text_index(self._handle, i) < 0):
                continue
            if code == _HYPHEN_CODE and native.is_hyphen(self._handle, i) == 1:
                char = HYPHEN
            elif 0xD800 <= code < 0xDC00 and i + 1 < self.count and 0xDC00 <= codes[i + 1] < 0xE000:
                char = chr(0x10000 + ((code - 0xD800) << 10) + codes[i + 1] - 0xDC00)
                skip = i + 1
            elif 0xD800 <= code < 0xE000 or code > 0x10FFFF:
                char = "\ufffd"
            else:
                char = _ALL.get(code) or chr(code)
            if _UNSEEN.match(char):
                continue
            made.append(char)
            index.append(i)
        return "".join(made), index

    def printed(self) -> int:
        """Characters of the text that print something; a hyphen at a line's end counts, wherever it is."""
        text = _INSIDE.sub("", _BEFORE.sub(r"\1", self.text)) if SOFT in self.text else self.text
        if not self.plain and _RARE.search(text):
            return sum(map(len, text.translate(LIGATURES).split()))
        return len(text) - text.count(" ") - text.count("\r") - text.count("\n")

    def made_up(self, indices: Iterable[int]) -> bool:
        """Whether PDFium made up all of some characters of its list, as blanks where the pen moved far."""
        return all(native.is_made_up(self._handle, i) == 1 for i in indices)

    def objects(self, indices: Iterable[int]) -> list[int | None]:
        """The object that prints each of some characters of PDFium's list."""
        return list(map(native.text_object, repeat(self._handle), indices))

    def origins(self, indices: Sequence[int]) -> tuple[list[float], list[float]]:
        """Pen positions: (x of each, y of each)."""
        n = len(indices)
        self._room(n)
        x, y = self._at, self._at + 8 * n
        for _ in map(native.origin, repeat(self._handle), indices, range(x, y, 8), range(y, y + 8 * n, 8)):
            pass
        values = self._doubles[: 2 * n]
        return _sound(values[:n], self.left), _sound(values[n:], self.bottom)

    def rights(self, indices: Sequence[int]) -> list[float]:
        """Right edges of glyphs."""
        n = len(indices)
        self._room(n)
        x, rest = self._at, repeat(self._at + 8 * n)
        for _ in map(native.box, repeat(self._handle), indices, rest, range(x, x + 8 * n, 8), rest, rest):
            pass
        return _sound(self._doubles[:n], self.left)

    def ends(self, indices: Sequence[int]) -> list[float]:
        """Where the pen stands after each of some characters, or the glyph's right edge where that lies farther."""
        n = len(indices)
        self._room(2 * n)
        x = self._at
        for _ in map(native.loose_box, repeat(self._handle), indices, range(x, x + 16 * n, 16)):
            pass
        return _sound([right for _, _, right, _ in struct.iter_unpack("4f", ctypes.string_at(x, 16 * n))], self.left)

    def edges(self, index: int) -> tuple[float, float, float, float]:
        """(left, right, bottom, top) of one glyph."""
        at = self._at
        native.box(self._handle, index, at, at + 8, at + 16, at + 24)
        left, right = _sound(self._doubles[:2], self.left)
        bottom, top = _sound(self._doubles[2:4], self.bottom)
        return left, right, bottom, top

    def origin(self, index: int) -> tuple[float, float]:
        """The pen's position at one character."""
        native.origin(self._handle, index, self._at, self._at + 8)
        [x], [y] = _sound(self._doubles[:1], self.left), _sound(self._doubles[1:2], self.bottom)
        return x, y

    def looks(self, objects: Sequence[int | None], indices: Sequence[int]) -> dict[int | None, Look]:
        """How objects are set, each known by one of its characters; holds those of the page that came before too."""
        known = self._looks
        new = {o: i for o, i in zip(objects, indices, strict=True) if o not in known}
        if not new:
            return known
        at = list(new.values())
        self._room(3 * len(at))
        start = self._at
        sizes = map(native.font_size, repeat(self._handle), at)
        for _ in map(native.matrix, repeat(self._handle), at, range(start, start + 24 * len(at), 24)):
            pass
        six = ctypes.string_at(start, 24 * len(at))
        # Of six floats four say size and slant; as bytes they are made and compared in half the time.
        matrices = [six[k : k + 16] for k in range(0, len(six), 24)]
        keys = list(zip(map(native.font, new), sizes, matrices, strict=True))
        cache = self._cache
        for key in set(keys).difference(cache):
            cache[key] = self._look(*key)
        known.update(zip(new, map(cache.__getitem__, keys), strict=True))
        return known

    def kinds(self) -> Iterable[Look]:
        """The different ways in which what was looked at on the page is set."""
        return self._cache.values()

    def _look(self, font: int | None, size: float, matrix: bytes) -> Look:
        a, b, c, d = struct.unpack("4f", matrix)
        if font not in self._styles:  # a page has few fonts, though many sizes and stretches
            self._styles[font] = (False, False) if font is None else self._style(font)
        italic, bold = self._styles[font]
        turn, scale = 0, d
        if a <= 0.0 or b or c:
            turn = (1 if b > 0 else 3) if abs(b) > abs(a) else 2 if a < 0 and d < 0 else 0
            # The height of the type: neither its slant nor a stretch along the line counts.
            scale = (a * d - b * c) / (math.hypot(a, b) or 1.0)
            italic = italic or (b == 0.0 and c * d > 0.12 * d * d)
        size = abs(size * scale)
        return Look(round(size, 2) if size < _FAR else _FAR, italic, bold, turn)

    def _style(self, font: int) -> tuple[bool, bool]:
        """Whether a font is italic, and bold: its name says so, or its flags; weights in PDFs are often wrong."""
        length = native.font_name(font, ctypes.addressof(self._name), len(self._name))
        name = self._name.raw[: max(0, min(length, len(self._name)) - 1)].decode("latin-1")
        known = native.font_angle(font, ctypes.addressof(self._angle))
        slanted = bool(known) and _SLANT <= abs(self._angle.value) < 60
        flags = native.font_flags(font)
        italic = bool(_ITALIC.search(name) or flags & _ITALIC_FLAG or slanted)
        return italic, bool(_BOLD.search(name) or flags & _BOLD_FLAG)

    def contents(self, objects: Iterable[int | None]) -> list[int]:
        """Number of each object's marked content on the page, -1: none, -2: the file marks it as an artifact."""
        marked = native.marked_content
        return [-1 if o is None else c if (c := marked(o)) >= 0 else -2 if self._artifact(o) else -1 for o in objects]

    def _artifact(self, o: int) -> bool:
        size, length = len(self._name), ctypes.c_ulong()
        for k in range(native.count_marks(o)):
            mark = native.mark(o, k)
            known = mark and native.mark_name(mark, ctypes.addressof(self._name), size, ctypes.addressof(length))
            if known and self._name.raw[: max(0, length.value - 2)] == _ARTIFACT:
                return True
        return False

    def _room(self, count: int) -> None:
        """Memory for `count` pairs of doubles."""
        if len(self._doubles) < 2 * count + 2:
            self._doubles = (ctypes.c_double * (4 * count + 8))()
            self._at = ctypes.addressof(self._doubles)


def _sound(values: list[float], zero: float) -> list[float]:
    """Positions counted from `zero`, or moved to the edge of what is possible; no number at all becomes 0."""
    if values and not (min(values) > -_FAR and max(values) < _FAR and math.isfinite(sum(values))):
        values = [min(_FAR, max(-_FAR, v)) if v == v else 0.0 for v in values]
    return [v - zero for v in values] if zero else values

"""Markdown: headings, lists, quotes, notes, code, tables, in the CommonMark manner that people write books in.

Invariant: marks of emphasis, links and pictures go, words stay, in their order. Not a full CommonMark parser: nested
blocks become units one after another. The place of a unit is the line on which it begins, from 1.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from inscape.books import limits, marks
from inscape.books.calls import WHY, finished
from inscape.books.decode import decode
from inscape.books.matter import matter_of
from inscape.books.structure import assemble, is_break
from inscape.errors import BookError
from inscape.records import BookText, Kind, Paragraph, Removal
from inscape.text import squeeze

_ATX = re.compile(r"^ {0,3}(#{1,6})(\s.*)?$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"^\s*(?:[-+*]|\d{1,9}[.)])\s+(.*)$")
_QUOTE = re.compile(r"^ {0,3}>\s?(.*)$")
_NOTE = re.compile(r"^\[\^([^\]]+)\]:\s*(.*)$")
_NOTE_REF = re.compile(r"\[\^([^\[\]]+)\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]^]+\]:\s*\S+")
_TABLE_RULE = re.compile(r"^\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_FRONT = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)\n", re.S)
_FIELD = re.compile(r"^(title|author|lang|language):\s*(.+)$", re.M | re.I)
_ADDRESS = r"\([^()]*(?:\([^()]*\)[^()]*)*\)"
_TAGS = (
    "b|strong|span|small|sup|sub|u|a|font|p|div|center|section|article|header|footer|aside|figure|figcaption|img|hr|"
    "h[1-6]|blockquote|details|summary|ul|ol|li|table|tr|td|th|tbody|thead|pre|code|q|cite|s|del|ins|mark|kbd"
)
_LINKS = (
    (re.compile(rf"!\[[^\[\]]*\]{_ADDRESS}"), ""),
    (re.compile(rf"\[(?!\^)([^\[\]]+)\]{_ADDRESS}"), r"\1"),
    (re.compile(r"\[(?!\^)([^\[\]]+)\]\[(?!\^)[^\[\]]*\]"), r"\1"),
    (re.compile(r"<(https?://[^<>]+)>"), r"\1"),
    (re.compile(r"<br\b[^<>]*>", re.I), " "),
    (re.compile(r"<(?:i|em)>", re.I), marks.ITALIC),
    (re.compile(r"</(?:i|em)>", re.I), marks.ROMAN),
    (re.compile(rf"</?(?:{_TAGS})\b[^<>]*>", re.I), ""),
)
_ESCAPED = "\\`*_{}[]()#+-.!>~|"
_ESCAPE = re.compile(rf"\\([{re.escape(_ESCAPED)}])")
_HIDDEN = {ord(c): 0xFDD6 + i for i, c in enumerate(_ESCAPED)}
"""Escaped marks are hidden as noncharacters, which no text holds, until all marks are gone."""
_SHOWN = {hidden: shown for shown, hidden in _HIDDEN.items()}
# Past the last character; of some thousand digits Python makes no number.
_NO_CHARACTER = re.compile(r"&#(?:\d{8,}|x[0-9a-f]{7,});?", re.I)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Marks of one family, longest first: what opens one and, for each mark, what closes it."""

    opening: re.Pattern[str]
    closing: dict[str, re.Pattern[str]]
    around: tuple[str, str] = ("", "")
    """Signs that stand where the marks stood."""


_SLANT = (marks.ITALIC, marks.ROMAN)


def _starred(mark: str) -> _Marks:
    mine = re.escape(mark)
    slant = ("", "") if mark == "**" else _SLANT
    return _Marks(re.compile(rf"{mine}(?!\*)"), {mark: re.compile(rf"(?<=\S){mine}(?!\*)")}, slant)


def _underscored(mark: str) -> _Marks:
    slant = ("", "") if mark == "__" else _SLANT
    return _Marks(re.compile(rf"(?<!\w){mark}(?!_)"), {mark: re.compile(rf"(?<=\S){mark}(?!\w)")}, slant)


_EMPHASIS = (
    *map(_starred, ("***", "**", "*")),
    *map(_underscored, ("___", "__", "_")),
    _Marks(re.compile(r"~~"), {"~~": re.compile(r"(?<=\S)~~")}),
)
_CODE = _Marks(re.compile("`"), {m: re.compile(m) for m in ("````", "```", "``", "`")})


def read(data: bytes, name: str) -> BookText:
    """Read a Markdown file. Raises BookError: not text, too large, or without text."""
    if len(data) > limits.TEXT:
        raise BookError(
            f"{name} has {len(data) // limits.MB} MB; Markdown is read up to {limits.TEXT // limits.MB} MB. Split it."
        )
    decoded = decode(data, name)
    front = _FRONT.match(decoded.text)
    about = {m[1].lower(): m[2].strip().strip("\"'") for m in _FIELD.finditer(front[1])} if front else {}
    removed = [Removal("front matter", front[1])] if front else []
    text = "\n" * front[0].count("\n") + decoded.text[front.end() :] if front else decoded.text
    text, comments = _uncommented(marks.foreign(text))
    removed += [Removal("comment", comment) for comment in comments]
    units = list(_Reader(text.split("\n")).units())
    if not any(u.text for u in units):
        raise BookError(f"{name} holds no text, only marks. Check that it is the right file.")
    title = about.get("title", "")
    language = about.get("lang", "") or about.get("language", "")
    paragraphs = assemble(matter_of(_tied(units, removed), title), title)
    return BookText(
        title, about.get("author", ""), language, "markdown", paragraphs, None, tuple(removed), decoded.doubts
    )


def _tied(units: list[Paragraph], removed: list[Removal]) -> list[Paragraph]:
    """Units with offsets for signs; a marker of a note that the file has becomes one, any other stays."""
    known = {u.place[5:].rpartition(", line ")[0]: u.place for u in units if u.kind == "note"}

    def sign(found: re.Match[str]) -> str:
        if found[1] not in known:
            return found[0]
        removed.append(Removal(WHY, found[0]))
        return marks.note(known[found[1]])

    made = []
    for unit in units:
        text = _NOTE_REF.sub(sign, unit.text) if "[^" in unit.text else unit.text
        signed = text != unit.text or marks.bare(text) != text
        made.append(finished(unit, text, unit.kind == "verse") if signed else unit)
    return made


@dataclass(slots=True)
class _Reader:
    """Lines to units, one pass. `held` are the lines of the unit that is open."""

    lines: list[str]
    held: list[str] = field(default_factory=list)
    kind: Kind = "paragraph"
    start: int = 0
    label: str = ""
    gap: bool = False
    """A blank line stands after the lines of a note: what is indented goes on with it."""

    def units(self) -> Iterator[Paragraph]:
        fence = ""
        for number, line in enumerate(self.lines, 1):
            if fence:
                if line.strip().startswith(fence):
                    fence = ""
                    yield from self._code()
                else:
                    self.held.append(line)
            elif found := _FENCE.match(line):
                yield from self._flush()
                fence, self.start = found[1], number
            else:
                yield from self._line(line, number)
        yield from self._code() if fence else self._flush()

    def _line(self, line: str, number: int) -> Iterator[Paragraph]:
        if self.gap and line.strip():
            self.gap = False
            if line.startswith(("    ", "\t")):
                self.held.append(line.strip())
                return
            yield from self._flush()
        if not line.strip():
            if self.kind == "note" and self.held:
                self.gap = True
            else:
                yield from self._flush()
        elif found := _ATX.match(line):
            yield from self._flush()
            yield Paragraph("heading", _clean(_title(found[2] or "")), None, None, f"line {number:,}", len(found[1]))
        elif self.held and self.kind == "paragraph" and (found := _SETEXT.match(line)):
            text, self.held = _clean(" ".join(self.held)), []
            yield Paragraph("heading", text, None, None, f"line {self.start:,}", 1 if found[1][0] == "=" else 2)
        elif _RULE.match(line) or is_break(line):
            yield from self._flush()
            yield Paragraph("break", "", None, None, f"line {number:,}")
        else:
            yield from self._words(line, number)

    def _words(self, line: str, number: int) -> Iterator[Paragraph]:
        if _DEFINITION.match(line) or (self.kind == "table" and _TABLE_RULE.match(line.strip())):
            return
        new: tuple[Kind, str, bool] = ("paragraph", line, False)
        if found := _NOTE.match(line):
            self.label = found[1]
            new = ("note", found[2], True)
        elif found := _QUOTE.match(line):
            new = ("quote", found[1], False)
            if not found[1].strip():
                yield from self._flush()
                return
        elif found := _ITEM.match(line):
            new = ("list", found[1], True)
        elif line.lstrip().startswith("|"):
            new = ("table", line, True)
        lazy = self.held and new[0] == "paragraph" and self.kind != "table"
        if new[2] or not (lazy or self.kind == new[0]):
            yield from self._flush()
        if not self.held:
            self.kind, self.start = new[0], number
        self.held.append(new[1])

    def _code(self) -> Iterator[Paragraph]:
        text, self.held = "\n".join(self.held).strip("\n"), []
        if text.strip():
            yield Paragraph("paragraph", text, None, None, f"line {self.start:,}")

    def _flush(self) -> Iterator[Paragraph]:
        held, self.held = self.held, []
        kind, place = self.kind, f"line {self.start:,}"
        self.kind = "paragraph"
        if not held:
            return
        if kind == "table":
            yield Paragraph(
                kind, " | ".join(c for c in map(_clean, held[0].strip().strip("|").split("|")) if c), None, None, place
            )
            return
        broken = [line.endswith(("  ", "\\")) for line in held[:-1]]
        if kind in ("paragraph", "quote") and broken and all(broken):
            yield Paragraph("verse", "\n".join(_clean(line.rstrip("\\ ")) for line in held), None, None, place)
        elif text := _clean(" ".join(line.removesuffix("\\") for line in held)):
            yield Paragraph(kind, text, None, None, f"note {self.label}, {place}" if kind == "note" else place)


def _uncommented(text: str) -> tuple[str, list[str]]:
    """Text without its comments, lines kept; and the comments. One that is never closed is text."""
    parts, comments, at = [], [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        comments.append(text[start : end + 3])
        parts += [text[at:start], "\n" * comments[-1].count("\n")]
        at = end + 3
    return "".join([*parts, text[at:]]), comments


def _title(text: str) -> str:
    """A heading's words, without the number signs that may close its line."""
    text = text.rstrip()
    bare = text.rstrip("#")
    return bare if not bare or bare[-1].isspace() else text


def _clean(text: str) -> str:
    """Text without marks of emphasis, links and pictures, with signs of italics; markers of notes stay."""
    text = _ESCAPE.sub(lambda m: m[1].translate(_HIDDEN), text) if "\\" in text else text
    if "[" in text or "<" in text:
        for pattern, instead in _LINKS:
            text = pattern.sub(instead, text)
    for family in _EMPHASIS if "*" in text or "_" in text or "~" in text else ():
        text = _unmarked(text, family, spaced=False)
    text = _unmarked(text, _CODE, spaced=True).translate(_SHOWN)
    return squeeze(html.unescape(_NO_CHARACTER.sub("\ufffd", text)))


def _unmarked(text: str, family: _Marks, spaced: bool) -> str:
    """Text without pairs of marks. `spaced`: blanks may stand inside of them.

    A mark that nothing closes is looked for once only: where it has no end, none after it has one.
    """
    parts, at, copied = [], 0, 0
    closing = dict(family.closing)
    while closing and (opened := family.opening.search(text, at)):
        at = opened.start() + 1
        for mark in [m for m in closing if text.startswith(m, opened.start())]:
            start = opened.start() + len(mark)
            if start >= len(text) or (not spaced and text[start].isspace()):
                continue
            if end := closing[mark].search(text, start + 1):
                before, after = family.around
                parts += [text[copied : opened.start()], before, text[start : end.start()], after]
                at = copied = end.end()
                break
            del closing[mark]
    return "".join([*parts, text[copied:]])

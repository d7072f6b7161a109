"""The grammar of passages.md: headings, texts between marks, and `**Name:** value` lines.

Invariant: reading decides nothing but where things stand; every line belongs to the person who wrote it. It neither
changes nor writes anything: `document` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from inscape import text as words
from inscape.errors import PassagesError
from inscape.records import Passage, Problem

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
HEADING = re.compile(
    r"^(?P<open>\ufeff?[ ]{0,3}(?:\#{1,6}[ \t]*+\**|\*\*)[ \t]*+)(?P<word>passage)\b[ \t]*+(?:\#|no\.?[ \t]*+)?"
    r"(?:(?P<number>\d{1,6})(?P<after>[ \t]*[:.)\-–—][ \t]*|[ \t]+|(?=[*\#]|$))|(?P<bare>[:\-–—][ \t]*|(?=\**$)))"
    r"(?P<title>.*)$",
    re.IGNORECASE,
)
_ANY_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S")
DIVIDER = re.compile(r"^ {0,3}(?:-[ \t]*){3,}$")
FIELD = re.compile(
    r"^(?P<open>\s*(?:[-*+]\s+)?\*\*\s*)(?P<name>[^*:\s][^*:]{0,59}?)(?P<close>\s*:\s*\*\*|\s*\*\*\s*:)(?P<value>.*)$"
)
PLAIN = re.compile(
    r"^(?P<open>\s*(?:[-*+]\s+)?)(?P<name>core phenomenology|applicable templates|source|id)"
    r"(?P<close>\s*:)(?P<value>.*)$",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"^\s*(?:\*\*\s*(?:text|passage|quote|excerpt)\s*(?::\s*\*\*|\*\*\s*:)\s*)?[\"“”„‟″]{3}", re.IGNORECASE
)
_CLOSE = re.compile(r"[\"“”„‟″]{3,}")
_BULLET = re.compile(r"^\s*[-*+]\s+(?P<item>\S.*)$")
_RANGE = re.compile(r"^(\d{1,3})\s*(?:-|–|to)\s*(\d{1,3})$")
_ALIASES = {"phenomenology": "core_phenomenology", "templates": "applicable_templates"}
_OWN = ("core_phenomenology", "applicable_templates", "id")


@dataclass(frozen=True, slots=True)
class Field:
    """A `**Name:** value` line. `first`..`last`: its lines, from 0, inclusive; a bulleted value has several."""

    name: str
    key: str
    value: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Block:
    """A passage as it stands in the file. Line numbers from 0; `passage` is None where it has no text."""

    heading: int
    end: int
    """The first line that is no longer the block's."""
    passage: Passage | None
    fields: tuple[Field, ...]
    closing: int | None
    """The line that closes the text."""


def split_lines(text: str) -> tuple[str, ...]:
    """Lines with their endings, which are LF, CRLF or CR only; joined they are the text again."""
    return tuple(_LINE.findall(text))


@dataclass
class Reader:
    """One walk over the lines, which come without their endings: fills `blocks` and `problems`."""

    lines: list[str]
    source: str
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    at: int = 0

    def read(self) -> None:
        while self.at < len(self.lines):
            heading = HEADING.match(self.lines[self.at])
            if heading:
                self.block(heading)
            elif not self.comment():
                if _OPEN.match(self.lines[self.at]):
                    self.warn(self.at, 'A text between """ stands here under no `## PASSAGE` heading: it is not read.')
                    self.quoted()
                else:
                    self.at += 1

    def warn(self, index: int, message: str) -> None:
        self.problems.append(Problem(index + 1, "warning", message))

    def comment(self) -> bool:
        """Steps over an HTML comment that begins on this line."""
        if not self.lines[self.at].lstrip("\ufeff ").startswith("<!--"):
            return False
        opened = self.at
        while self.at < len(self.lines):
            self.at += 1
            if "-->" in self.lines[self.at - 1]:
                return True
        message = "The comment `<!--` is never closed, so nothing below it is read. Close it with `-->`."
        self.problems.append(Problem(opened + 1, "error", message))
        return True

    def block(self, heading: re.Match[str]) -> None:
        start, texts, fields = self.at, list[str](), list[Field]()
        closing: int | None = None
        level = heading["open"].count("#") or 6
        self.at += 1
        while self.at < len(self.lines) and not self.ends(bool(texts), level):
            if self.comment():
                continue
            if _OPEN.match(self.lines[self.at]):
                if texts:
                    self.warn(self.at, "A second text in one passage: only the first is read. Give it its own heading.")
                texts.append(self.quoted())
                closing = self.at - 1 if closing is None else closing
            else:
                self.field(fields)
        passage = self.passage(start, heading, texts[0] if texts else None, fields)
        self.blocks.append(Block(start, self.at, passage, tuple(fields), closing))

    def ends(self, has_text: bool, level: int) -> bool:
        """A block ends at the next passage, at a heading of its own rank, and at the divider below its text."""
        line = self.lines[self.at]
        if HEADING.match(line):
            return True
        other = _ANY_HEADING.match(line)
        if other:
            return line.count("#", 0, other.end()) <= level
        return has_text and DIVIDER.match(line) is not None

    def quoted(self) -> str:
        """The text from the opening marks on this line to the closing ones; stands behind them afterwards."""
        opened = self.at
        opening = _OPEN.match(self.lines[opened])
        rest, taken = self.lines[opened][opening.end() if opening else 0 :], list[str]()
        while True:
            close = _CLOSE.search(rest)
            if close:
                taken.append(rest[: close.end() - 3])
                self.at += 1
                return _trim(taken)
            taken.append(rest)
            self.at += 1
            if self.at >= len(self.lines) or HEADING.match(self.lines[self.at]):
                self.unclosed(opened)
            rest = self.lines[self.at]

    def unclosed(self, opened: int) -> None:
        if self.at >= len(self.lines):
            where = "before the end of the file"
        else:
            where = f"before the next passage begins in line {self.at + 1}"
        raise PassagesError(
            f'{self.source}, line {opened + 1}: the text that begins at this """ is never closed {where}. '
            'Put a line with """ after the passage\'s last line (and one before its first, if that is what is missing).'
        )

    def field(self, fields: list[Field]) -> None:
        first = self.at
        found = FIELD.match(self.lines[first]) or PLAIN.match(self.lines[first])
        self.at += 1
        if not found:
            return
        value = found["value"].strip()
        if not value:
            value = self.bullets()
        name = words.squeeze(found["name"])
        key = key_of(name)
        if any(f.key == key for f in fields):
            self.warn(first, f"This passage has two lines `{name}`: only the first is read.")
            return
        fields.append(Field(name, key, value, first, self.at - 1))

    def bullets(self) -> str:
        items = []
        while self.at < len(self.lines):
            item = _BULLET.match(self.lines[self.at])
            if not item or FIELD.match(self.lines[self.at]) or DIVIDER.match(self.lines[self.at]):
                break
            items.append(item["item"].strip())
            self.at += 1
        return ", ".join(items)

    def passage(self, start: int, heading: re.Match[str], text: str | None, fields: list[Field]) -> Passage | None:
        if not text:
            what = "no text" if text is None else "an empty text"
            message = f'This passage has {what}. Put the passage\'s words between two lines of """.'
            self.problems.append(Problem(start + 1, "error", message))
            return None
        values = {f.key: f.value for f in fields}
        own_id = values.get("id", "").strip(" `")
        return Passage(
            id=own_id or "p-" + words.passage_hash(text)[:8],
            number=int(heading["number"]) if heading["number"] else None,
            title=_title(heading["title"]),
            text=text,
            phenomenology=split_phrases(values.get("core_phenomenology", "")),
            templates=split_references(values.get("applicable_templates", "")),
            line=start + 1,
            values={key: value for key, value in values.items() if key not in _OWN and value},
        )


def key_of(name: str) -> str:
    key = re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
    return _ALIASES.get(key, key)


def _title(written: str) -> str:
    """A heading's words, without the marks that may close its line."""
    return written.rstrip(" \t").rstrip("#").rstrip(" \t").removesuffix("**").rstrip(" \t").strip(" *")


def _trim(lines: Sequence[str]) -> str:
    """The text without blank lines around it and blanks at line ends."""
    return "\n".join(line.rstrip() for line in lines).strip("\n").rstrip()


def split_phrases(value: str) -> tuple[str, ...]:
    """'a, b (c, d), e' -> ('a', 'b (c, d)', 'e'): commas and semicolons outside of brackets divide."""
    parts, depth = [""], 0
    for char in value.strip().removesuffix(".").removeprefix("[").removesuffix("]"):
        depth += (char in "([") - (char in ")]")
        if char in ",;" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(part.strip() for part in parts if part.strip())


def split_references(value: str) -> tuple[str, ...]:
    """'1, 2-4 and meta-awareness' -> ('1', '2', '3', '4', 'meta-awareness')."""
    found: list[str] = []
    for part in re.split(r" ?[,;] ?| (?:and|&) ", words.squeeze(value).removesuffix(".").strip("[] ")):
        name = re.sub(r"^(?:and\s+|&\s*)?(?:templates?\b\s*)?#?", "", part.strip("`* "), flags=re.IGNORECASE).strip()
        span = _RANGE.match(name)
        if span and int(span[1]) <= int(span[2]) <= int(span[1]) + 50:
            found += [str(n) for n in range(int(span[1]), int(span[2]) + 1)]
        elif name:
            found.append(name)
    return tuple(dict.fromkeys(found))

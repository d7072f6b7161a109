"""passages.md: a person's file that the program reads and may add lines to.

Invariant: what the person wrote is kept byte for byte. `parse(text).text == text`, and an edit changes exactly the
line, or adds exactly the block, that it says. A block that cannot be used becomes a problem with its line and hides
no other block. Only a text that is never closed stops the reading, since nobody can say where it ends.

It touches no file: text comes in, text goes out. It does not look for the quotes in a book; `anchors` does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from inscape import text as words
from inscape.errors import PassagesError
from inscape.passages.grammar import DIVIDER, FIELD, HEADING, PLAIN, Block, Field, Reader, key_of, split_lines
from inscape.records import Passage, Problem


@dataclass(frozen=True, slots=True)
class Document:
    """The file, read. `lines` keep their endings; joined they are `text`."""

    text: str
    source: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]
    templates: frozenset[str] | None = None
    """Numbers and names that a block may refer to; None: not checked."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages that can be used, in the file's order; of several with one id, the first."""
        found: dict[str, Passage] = {}
        for block in self.blocks:
            if block.passage is not None:
                found.setdefault(block.passage.id, block.passage)
        return tuple(found.values())


def parse(text: str, source: str, templates: Collection[str] | None = None) -> Document:
    """Reads a whole passages.md.

    `templates`: numbers and names of the templates that exist, to find references to others.
    Raises PassagesError for a text that is never closed.
    """
    lines = split_lines(text)
    reader = Reader([line.rstrip("\r\n") for line in lines], source)
    reader.read()
    known = None if templates is None else frozenset(templates)
    problems = [*reader.problems, *_duplicates(reader.blocks), *_unknown(reader.blocks, known)]
    ordered = tuple(sorted(problems, key=lambda p: p.line))
    return Document(text, source, lines, tuple(reader.blocks), ordered, known)


def _duplicates(blocks: Sequence[Block]) -> list[Problem]:
    seen: dict[str, int] = {}
    found = []
    for block in blocks:
        if block.passage is None:
            continue
        line = seen.setdefault(block.passage.id, block.passage.line)
        if line != block.passage.line:
            message = (
                f"This passage has the same id as the one in line {line} ({block.passage.id}), so it is left out. "
                "Give one of them another text, or an `**Id:**` line of its own."
            )
            found.append(Problem(block.passage.line, "error", message))
    return found


def _unknown(blocks: Sequence[Block], known: frozenset[str] | None) -> list[Problem]:
    if known is None:
        return []
    there = {words.slug(name) for name in known}
    return [
        Problem(
            next((f.first + 1 for f in block.fields if f.key == "applicable_templates"), block.heading + 1),
            "error",
            f"There is no template '{name}'. `inscape templates list` shows those there are.",
        )
        for block in blocks
        if block.passage is not None
        for name in block.passage.templates
        if words.slug(name) not in there
    ]


def with_line(document: Document, passage_id: str, name: str, value: str) -> Document:
    """The document with the line `**name:** value` in that passage's block: replaced where it stands, else added.

    Exactly one line changes. `value` is squeezed into one line. Raises PassagesError where there is no such passage,
    or where the value that stands there has several lines.
    """
    block = _block(document, passage_id)
    value = words.squeeze(value)
    if not value or not re.fullmatch(r"[^\s*:][^*:\r\n]{0,59}", name):
        raise PassagesError(f"{document.source}: a line `**Name:** value` needs a name and a value; got '{name}'.")
    lines = list(document.lines)
    there = next((f for f in block.fields if f.key == key_of(name)), None)
    if there is None:
        at = _last_line(block) + 1
        if at and not lines[at - 1].endswith(("\n", "\r")):
            lines[at - 1] += _newline(document)
            lines.insert(at, f"**{name}:** {value}")
        else:
            lines.insert(at, f"**{name}:** {value}{_newline(document)}")
    else:
        lines[there.first] = _replaced(document, there, value)
    return parse("".join(lines), document.source, document.templates)


def value_of(document: Document, passage_id: str, name: str) -> str:
    """What stands after `**name:**` in that passage's block, in one line; '' where there is no such line."""
    fields = _block(document, passage_id).fields
    return next((words.squeeze(f.value) for f in fields if f.key == key_of(name)), "")


def _block(document: Document, passage_id: str) -> Block:
    for block in document.blocks:
        if block.passage is not None and block.passage.id == passage_id:
            return block
    raise PassagesError(f"{document.source}: there is no passage with the id '{passage_id}'.")


def _last_line(block: Block) -> int:
    """The line after which a new field stands: the last field below the text, else the text's end."""
    closing = block.heading if block.closing is None else block.closing
    return max([closing, *(f.last for f in block.fields if f.first > closing)])


def _replaced(document: Document, there: Field, value: str) -> str:
    if there.last != there.first:
        raise PassagesError(
            f"{document.source}, line {there.first + 1}: `{there.name}` has several lines. "
            "Write its value in one line, or change it by hand."
        )
    old = document.lines[there.first]
    bare = old.rstrip("\r\n")
    found = FIELD.match(bare) or PLAIN.match(bare)
    start = found.start("value") if found else 0
    return f"{bare[:start]} {value}{old[len(bare) :]}"


def _newline(document: Document) -> str:
    """The file's own line ending: that of its first line."""
    first = document.lines[0] if document.lines else ""
    return first[len(first.rstrip("\r\n")) :] or "\n"


def append(
    document: Document,
    *,
    title: str,
    text: str,
    phenomenology: Sequence[str] = (),
    templates: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
) -> Document:
    """The document with one more passage at its end, written as the file's last one is: heading, divider, endings.

    `values`: further lines by name, for example {"Source": "Mrs Dalloway, page 12"}. Raises PassagesError for a text
    that this format cannot hold, such as one with three quotation marks in a row.
    """
    number = max((b.passage.number or 0 for b in document.blocks if b.passage), default=0) + 1
    lines = [_heading(document, number, words.squeeze(title)), ""]
    if phenomenology:
        lines += [f"**Core phenomenology:** {', '.join(words.squeeze(p) for p in phenomenology)}", ""]
    marks = '"""'
    lines += [marks, *(line.rstrip() for line in re.split(r"\r\n|\n|\r", text.strip("\r\n"))), marks, ""]
    if templates:
        lines.append(f"**Applicable templates:** {', '.join(templates)}")
    lines += [f"**{name}:** {words.squeeze(value)}" for name, value in (values or {}).items()]
    newline = _newline(document)
    block = newline.join(lines).rstrip(newline) + newline
    made = parse(document.text + _gap(document, newline) + block, document.source, document.templates)
    if len(made.blocks) != len(document.blocks) + 1 or not _holds(made.blocks[-1].passage, text):
        raise PassagesError(
            f"{document.source}: this text cannot stand between lines of {marks}, because it holds such marks or a "
            "passage's heading itself. Take that out of the text first."
        )
    return made


def _holds(passage: Passage | None, text: str) -> bool:
    return passage is not None and words.squeeze(passage.text) == words.squeeze(text)


def _heading(document: Document, number: int, title: str) -> str:
    """The heading of a new block, in the hand of the last one."""
    for block in reversed(document.blocks):
        found = HEADING.match(document.lines[block.heading].rstrip("\r\n"))
        if found:
            opening = found["open"].lstrip("\ufeff")
            after = found["after"] if (found["after"] or "").strip() else ": "
            return f"{opening}{found['word']} {number}{after}{title}{'**' if '*' in opening else ''}"
    return f"## PASSAGE {number}: {title}"


def _gap(document: Document, newline: str) -> str:
    """What stands between the file's end and a new block: blank lines, and a divider unless one is there."""
    if not document.text:
        return ""
    ending = "" if document.text.endswith(("\n", "\r")) else newline
    written = [line for line in document.lines if line.strip()]
    if not document.blocks or (written and DIVIDER.match(written[-1].rstrip("\r\n"))):
        return ending if document.lines and not document.lines[-1].strip() else ending + newline
    return f"{ending}{newline}---{newline}{newline}"


def new(name: str) -> str:
    """The text of a passages.md without passages: what it is for and how a passage is written, in a comment."""
    return f"# Passages of {words.squeeze(name)}\n\n{_EXPLANATION}"


_EXPLANATION = """<!--
Each passage is a block like the one below. Whatever else you write in this file stays as you wrote it.

## PASSAGE 1: A title of your own

**Core phenomenology:** fragmented awakening, dread without an object, the body before the mind

\"\"\"
The words of the book, copied as they stand. 80 to 250 words serve best.
\"\"\"

**Applicable templates:** 1, 2, 4

Blocks are divided by a line of three hyphens. These lines are optional, and so is any `**Name:** value` of yours: it
fills the slot [name] of a template.

**Source:** the book and its page
**Id:** a short name that stays the same when you change the text
-->
"""

"""A thought in a tag before a reply: `<thinking>…</thinking>`, a blank line, the reply. The tag may say an effort.

Invariant: `read(join(thought, reply, tag, effort), tag)` gives all three back, unless the texts hold such tags
themselves (`survives` tells). To `read`, only the start of a reply is one: a tag further on is text, which `without`
takes out. A tag in code is text to both. What is in doubt is text to `read`, and a thought to `without`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from inscape.errors import DataError
from inscape.examples.fields import trimmed

USUAL_TAGS = ("thinking", "think", "thought", "reasoning")
"""Tags read as a thought besides the configured one."""

_EFFORT = re.compile(r"""\seffort\s*=\s*["']?([\w-]{1,20})["']?(?=\s|$)""", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[ \t]*(?:[\r\n]|\Z)")
_CODE = re.compile(
    r"^[ \t]*(```+|~~~+).*?(?:^[ \t]*\1|\Z)|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE
)
"""A fenced block, to the end of the text where nothing closes it, or a span between backticks on one line."""


_IN_CODE = 50
"""Closing tags of a thought that are looked at: with so many in code, none of them is about code."""


class Said(NamedTuple):
    """An assistant's text taken apart."""

    thought: str | None
    reply: str
    effort: str | None = None


def join(thought: str | None, reply: str, tag: str, effort: str | None = None) -> str:
    """The text of an assistant's turn: the thought in its tag, a blank line, the reply.

    With an effort: `<thinking effort="high">…</thinking>`, and `<thinking effort="low"/>` where there is no thought.
    """
    said = f' effort="{effort}"' if effort else ""
    if thought:
        return f"<{tag}{said}>{thought}</{tag}>\n\n{reply}"
    return f"<{tag}{said}/>\n\n{reply}" if effort else reply


def split(text: str, tag: str) -> tuple[str | None, str]:
    """Thought (or None) and reply, as `read` has them. Raises DataError for a thought that is not closed."""
    return read(text, tag)[:2]


def read(text: str, tag: str) -> Said:
    """Thought, reply and effort. Several thoughts in a row become one, a blank line apart. The reply is trimmed as a
    text is (`fields.trimmed`).

    A closing tag without an opening one ends a thought too, where a line ends with it: many chat templates write the
    opening tag into the prompt, so the model's text begins inside it. Where there are two of them, which one is meant
    is not known, and both are text. Raises DataError for a thought that is opened and not closed.
    """
    marks = _marks(tag)
    thoughts: list[str] = []
    effort: str | None = None
    rest = trimmed(text)
    while (opened := marks.match(bare := rest.lstrip())) and opened["open"]:
        said = _effort(opened)
        if said and effort and said != effort:
            break  # it says two efforts: the second stays text
        if opened["empty"] and not said:
            break  # an empty tag that says nothing is text
        effort = said or effort
        if opened["empty"]:
            rest = _reply(bare[opened.end() :])
            continue
        closed = _end(bare, opened, marks)
        if not closed:
            raise DataError(f"the thought is opened with <{opened['open']}> and never closed; add </{opened['open']}>")
        thoughts.append(bare[opened.end() : closed.start()].strip())
        rest = _reply(bare[closed.end() :])
    if not thoughts and not effort and (lone := _lone(rest, marks)):
        thoughts, rest = [rest[: lone.start()].strip()], _reply(rest[lone.end() :])
    return Said("\n\n".join(t for t in thoughts if t) or None, rest, effort)


def _reply(after: str) -> str:
    """What follows a tag: on a line of its own it may be indented."""
    blank = after[: len(after) - len(after.lstrip())]
    return trimmed(after) if "\n" in blank or "\r" in blank else after.strip()


def _end(text: str, opened: re.Match[str], marks: re.Pattern[str]) -> re.Match[str] | None:
    """The tag that closes a thought: the first outside code, else the first."""
    start = opened.end()
    spans = _code(text, start)
    span = first = None
    closing = (one for one in marks.finditer(text, start) if _closes(one, opened))
    for one in islice(closing, _IN_CODE):
        first = first or one
        while span is None or span[1] <= one.start():
            span = next(spans, (len(text), len(text) + 1))
        if one.start() < span[0]:
            return one
    return first


def _lone(text: str, marks: re.Pattern[str]) -> re.Match[str] | None:
    """The one closing tag that a line ends with and that nothing opens."""
    found = list(marks.finditer(text))
    code = list(_code(text)) if found else []
    found = [one for one in found if not _within(one, code)]
    lone = [one for one in found if one["close"] and _LINE_ENDS.match(text, one.end())]
    if len(lone) != 1 or any(_opens(one) and _closes(lone[0], one) for one in found if one.end() <= lone[0].start()):
        return None
    return lone[0]


def _code(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    if "`" in text or "~~~" in text:
        yield from (one.span() for one in _CODE.finditer(text, start))


def _within(mark: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start <= mark.start() < end for start, end in spans)


def without(reply: str, tag: str) -> tuple[str, int]:
    """The reply without what stands in a thought's tag anywhere in it, and how many such thoughts it had.

    One that is never closed goes on to the end; one that is only closed begins at the start.
    """
    pattern = _marks(tag)
    kept: list[str] = []
    count = at = 0
    mark = pattern.search(reply)
    code = list(_code(reply)) if mark else []
    while mark:
        onward = mark.end()
        text = mark["empty"] or _within(mark, code)
        if not text and mark["close"]:
            kept, count, at = [], count + 1, onward
        elif not text and mark["open"]:
            kept, count = [*kept, reply[at : mark.start()]], count + 1
            closed = _end(reply, mark, pattern)
            at = onward = closed.end() if closed else len(reply)
        mark = pattern.search(reply, onward)
    return (_rejoined([*kept, reply[at:]]), count) if count else (reply, 0)


def _rejoined(pieces: list[str]) -> str:
    """Pieces as a text again: as far apart as they stood from what was between them."""
    made = ""
    for piece in pieces:
        before, after = made[len(made.rstrip()) :], piece[: len(piece) - len(piece.lstrip())]
        lines = max(before.count("\n"), after.count("\n"))
        indent = after.rpartition("\n")[2] if "\n" in after else ""
        made = made.rstrip() + ("\n" * min(lines, 2) or " "[: len(before + after)]) + indent + piece.lstrip()
    return trimmed(made)


@lru_cache
def _marks(tag: str) -> re.Pattern[str]:
    """Opening, empty and closing tags of thoughts. All but the closing one may have attributes."""
    names = "|".join(dict.fromkeys(re.escape(name) for name in (tag, *USUAL_TAGS)))
    value = r"""(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=/]+)"""
    opening = rf"<(?P<open>{names})(?P<said>(?:\s+[\w:.-]+\s*=\s*{value})*)\s*(?P<empty>/)?>"
    return re.compile(rf"{opening}|</(?P<close>{names})\s*>", re.IGNORECASE)


def _effort(opened: re.Match[str]) -> str | None:
    found = _EFFORT.search(opened["said"])
    return found[1] if found else None


def _opens(mark: re.Match[str]) -> bool:
    return bool(mark["open"]) and not mark["empty"]


def _closes(mark: re.Match[str], opened: re.Match[str]) -> bool:
    return bool(mark["close"]) and opened["open"].casefold() == mark["close"].casefold()


def survives(thought: str | None, reply: str, tag: str, effort: str | None = None) -> bool:
    """Whether thought, reply and effort come back the same from their joined text, blanks at their ends apart."""
    if tag and not effort and "<" not in reply and "<" not in (thought or ""):
        return True
    wanted = Said((thought or "").strip() or None, trimmed(reply), effort)
    try:
        return read(join(wanted.thought, wanted.reply, tag, effort), tag) == wanted
    except DataError:
        return False

"""A thought in a tag before a reply: `<thinking>…</thinking>`, a blank line, the reply. The tag may say an effort.

Invariant: `read(join(thought, reply, tag, effort), tag)` gives all three back, unless the texts hold such tags
themselves (`survives` tells). To `read`, only the start of a reply is one: a tag further on is text, which `without`
takes out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from inscape.errors import DataError

USUAL_TAGS = ("thinking", "think", "thought", "reasoning")
"""Tags read as a thought besides the configured one."""

_EFFORT = re.compile(r"""\seffort\s*=\s*["']?([\w-]{1,20})["']?(?=\s|$)""", re.IGNORECASE)


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
    """Thought, reply and effort, ends trimmed. Several thoughts in a row become one, a blank line apart.

    A closing tag without an opening one ends a thought too: many chat templates write the opening tag into the
    prompt, so the model's text begins inside it. Raises DataError for a thought that is opened and not closed.
    """
    marks = _marks(tag)
    thoughts: list[str] = []
    effort: str | None = None
    rest = text.strip()
    while (opened := marks.match(rest)) and opened["open"]:
        said = _effort(opened)
        if said and effort and said != effort:
            break  # it says two efforts: the second stays text
        if opened["empty"] and not said:
            break  # an empty tag that says nothing is text
        effort = said or effort
        if opened["empty"]:
            rest = rest[opened.end() :].strip()
            continue
        closed = next((m for m in marks.finditer(rest) if _closes(m, opened)), None)
        if not closed:
            raise DataError(f"the thought is opened with <{opened['open']}> and never closed; add </{opened['open']}>")
        thoughts.append(rest[opened.end() : closed.start()].strip())
        rest = rest[closed.end() :].strip()
    lone = None if thoughts or effort else next((m for m in marks.finditer(rest) if m["close"]), None)
    if lone and not any(_closes(lone, m) for m in marks.finditer(rest, 0, lone.start()) if _opens(m)):
        thoughts, rest = [rest[: lone.start()].strip()], rest[lone.end() :].strip()
    return Said("\n\n".join(t for t in thoughts if t) or None, rest, effort)


def without(reply: str, tag: str) -> tuple[str, int]:
    """The reply without what stands in a thought's tag anywhere in it, and how many such thoughts it had.

    One that is never closed goes on to the end; one that is only closed begins at the start.
    """
    kept: list[str] = []
    count, at = 0, 0
    opened: re.Match[str] | None = None
    for mark in _marks(tag).finditer(reply):
        if mark["empty"]:
            continue
        if opened is None:
            kept = [] if mark["close"] else [*kept, reply[at : mark.start()]]
            opened = mark if mark["open"] else None
            count += 1
            at = mark.end()
        elif _closes(mark, opened):
            opened, at = None, mark.end()
    if not count:
        return reply, 0
    return _rejoined([*kept, *(() if opened else (reply[at:],))]), count


def _rejoined(pieces: list[str]) -> str:
    """Pieces as a text again: as far apart as they stood from what was between them."""
    made = ""
    for piece in pieces:
        before, after = made[len(made.rstrip()) :], piece[: len(piece) - len(piece.lstrip())]
        lines = max(before.count("\n"), after.count("\n"))
        made = made.rstrip() + ("\n" * min(lines, 2) or " "[: len(before + after)]) + piece.lstrip()
    return made.strip()


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
    """Whether thought, reply and effort come back the same from their joined text."""
    try:
        return read(join(thought, reply, tag, effort), tag) == (thought or None, reply, effort)
    except DataError:
        return False

"""A thought in a tag before a reply: `<thinking>…</thinking>`, a blank line, the reply.

Invariant: `split(join(thought, reply, tag), tag)` gives both back, unless the texts hold such tags themselves
(`survives` tells). To `split`, only the start of a reply is one: a tag further on is text, which `without` takes out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from inscape.errors import DataError

USUAL_TAGS = ("thinking", "think", "thought", "reasoning")
"""Tags read as a thought besides the configured one."""


def join(thought: str | None, reply: str, tag: str) -> str:
    """The text of an assistant's turn: the thought in its tag, a blank line, the reply."""
    return reply if not thought else f"<{tag}>{thought}</{tag}>\n\n{reply}"


def split(text: str, tag: str) -> tuple[str | None, str]:
    """Thought (or None) and reply, ends trimmed. Several thoughts in a row become one, a blank line apart.

    A closing tag without an opening one ends a thought too: many chat templates write the opening tag into the
    prompt, so the model's text begins inside it. Raises DataError for a thought that is opened and not closed.
    """
    marks = _marks(tag)
    thoughts: list[str] = []
    rest = text.strip()
    while (opened := marks.match(rest)) and opened["open"]:
        closed = next((m for m in marks.finditer(rest) if _closes(m, opened)), None)
        if not closed:
            raise DataError(f"the thought is opened with <{opened['open']}> and never closed; add </{opened['open']}>")
        thoughts.append(rest[opened.end() : closed.start()].strip())
        rest = rest[closed.end() :].strip()
    lone = None if thoughts else next((m for m in marks.finditer(rest) if m["close"]), None)
    if lone and not any(_closes(lone, m) for m in marks.finditer(rest, 0, lone.start()) if m["open"]):
        thoughts, rest = [rest[: lone.start()].strip()], rest[lone.end() :].strip()
    return "\n\n".join(t for t in thoughts if t) or None, rest


def without(reply: str, tag: str) -> tuple[str, int]:
    """The reply without what stands in a thought's tag anywhere in it, and how many such thoughts it had.

    One that is never closed goes on to the end; one that is only closed begins at the start.
    """
    kept: list[str] = []
    count, at = 0, 0
    opened: re.Match[str] | None = None
    for mark in _marks(tag).finditer(reply):
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
    """Opening and closing tags of thoughts. An opening one may have attributes."""
    names = "|".join(dict.fromkeys(re.escape(name) for name in (tag, *USUAL_TAGS)))
    value = r"""(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=]+)"""
    return re.compile(rf"<(?P<open>{names})(?:\s+[\w:.-]+\s*=\s*{value})*\s*>|</(?P<close>{names})\s*>", re.IGNORECASE)


def _closes(mark: re.Match[str], opened: re.Match[str]) -> bool:
    return bool(mark["close"]) and opened["open"].casefold() == mark["close"].casefold()


def survives(thought: str | None, reply: str, tag: str) -> bool:
    """Whether thought and reply come back the same from their joined text."""
    try:
        return split(join(thought, reply, tag), tag) == (thought or None, reply)
    except DataError:
        return False

"""A thought in a tag before a reply: `<thinking>…</thinking>`, a blank line, the reply. The tag may say an effort.

Invariant: `read(join(thought, reply, tag, effort), tag)` gives all three back, unless the texts hold such tags
themselves (`survives` tells). Only the start of a reply is looked at: a tag further on is text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from inscape.errors import DataError

USUAL_TAGS = ("thinking", "think", "thought", "reasoning")
"""Tags read as a thought besides the configured one."""


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
    names = "|".join(dict.fromkeys(re.escape(name) for name in (tag, *USUAL_TAGS)))
    opening = re.compile(rf'<({names})(?:>|\s+effort="([\w-]{{1,20}})"\s*(/?)>)', re.IGNORECASE)
    thoughts: list[str] = []
    effort: str | None = None
    rest = text.strip()
    while opened := opening.match(rest):
        if opened[2] and effort and opened[2] != effort:
            break  # it says two efforts: the second stays text
        effort = opened[2] or effort
        if opened[3]:
            rest = rest[opened.end() :].strip()
            continue
        closed = re.search(rf"</{opened[1]}>", rest, re.IGNORECASE)
        if not closed:
            raise DataError(f"the thought is opened with <{opened[1]}> and never closed; add </{opened[1]}>")
        thoughts.append(rest[opened.end() : closed.start()].strip())
        rest = rest[closed.end() :].strip()
    if not thoughts and not effort and (lone := re.search(rf"</({names})>", rest, re.IGNORECASE)):
        before = rest[: lone.start()]
        if not re.search(rf"<{lone[1]}>", before, re.IGNORECASE):
            thoughts, rest = [before.strip()], rest[lone.end() :].strip()
    return Said("\n\n".join(t for t in thoughts if t) or None, rest, effort)


def survives(thought: str | None, reply: str, tag: str, effort: str | None = None) -> bool:
    """Whether thought, reply and effort come back the same from their joined text."""
    try:
        return read(join(thought, reply, tag, effort), tag) == (thought or None, reply, effort)
    except DataError:
        return False

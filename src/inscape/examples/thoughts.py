"""A thought in a tag before a reply: `<thinking>…</thinking>`, a blank line, the reply.

Invariant: `split(join(thought, reply, tag), tag)` gives both back, unless the texts hold such tags themselves
(`survives` tells). Only the start of a reply is looked at: a tag further on is text.
"""

from __future__ import annotations

import re

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
    names = "|".join(dict.fromkeys(re.escape(name) for name in (tag, *USUAL_TAGS)))
    thoughts: list[str] = []
    rest = text.strip()
    while opened := re.match(rf"<({names})>", rest, re.IGNORECASE):
        closed = re.search(rf"</{opened[1]}>", rest, re.IGNORECASE)
        if not closed:
            raise DataError(f"the thought is opened with <{opened[1]}> and never closed; add </{opened[1]}>")
        thoughts.append(rest[opened.end() : closed.start()].strip())
        rest = rest[closed.end() :].strip()
    if not thoughts and (lone := re.search(rf"</({names})>", rest, re.IGNORECASE)):
        before = rest[: lone.start()]
        if not re.search(rf"<{lone[1]}>", before, re.IGNORECASE):
            thoughts, rest = [before.strip()], rest[lone.end() :].strip()
    return "\n\n".join(t for t in thoughts if t) or None, rest


def survives(thought: str | None, reply: str, tag: str) -> bool:
    """Whether thought and reply come back the same from their joined text."""
    try:
        return split(join(thought, reply, tag), tag) == (thought or None, reply)
    except DataError:
        return False

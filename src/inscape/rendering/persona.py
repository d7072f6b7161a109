"""The prompt that a chat template writes by itself: who the model is said to be, where a row says nothing of it.

Invariant: only rendered text is looked at: what stands before the one question of a conversation that has no system
prompt, and whether it is still there beside one. A date is no prompt, and it judges no prompt that a row brings.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from inscape.errors import DataError
from inscape.records import Conversation
from inscape.rendering.confined import Job
from inscape.rendering.probing import ASKED, SYSTEM
from inscape.rendering.templates import ChatTemplate, Message, render_all

_MARKUP = re.compile(r"<[^<>\s]{1,60}>|[\[\]][^\s\[\]]{1,60}[\[\]]|\w{1,30}:\s{0,9}$|\n+")
_DATE = re.compile(r"[^.:]*\b(?:date|today|cutoff)\b[^.:]*:[^.:]*?(?:\d{4}(?:-\d\d)*|$)[.,]?\s*", re.IGNORECASE)
_WORDS = re.compile(r"(?:[^\W\d_]+(?:['’-][^\W\d_]+)*[\s,;.:()\"“”]+){4}[^\W\d_]+")
"""Five words in a row: fewer are a role's name or a switch."""
_SHOWN, _READ = 60, 600
"""Letters of a line that are shown, and that are looked at: a template may write very long ones."""


@dataclass(frozen=True, slots=True)
class Own:
    """The first line of the template's own prompt of each kind; empty where there is none."""

    gone: str = ""
    """A row's own system prompt takes it away."""
    stays: str = ""
    """It stands there beside a system prompt, too, or the template takes none."""


def own_prompt(template: ChatTemplate, kwargs: Mapping[str, Any] | None = None) -> Own:
    """What the template writes before a question by itself; nothing where a question alone does not render."""
    asked: Message = {"role": "user", "content": ASKED[0]}
    jobs = [Job([asked], generation=True), Job([{"role": "system", "content": SYSTEM}, asked], generation=True)]
    bare, under = render_all(template, jobs, kwargs)
    if isinstance(bare, DataError):
        return Own()
    given = "" if isinstance(under, DataError) else under.whole
    found = [one for one in _pieces(bare.whole.partition(ASKED[0])[0]) if _WORDS.search(_undated(one))]
    gone = [one for one in found if SYSTEM in given and one not in given]
    stays = [one for one in found if one not in gone]
    return Own(*(_undated(lines[0]) if lines else "" for lines in (gone, stays)))


def told(
    template: ChatTemplate | None, talks: Iterable[Conversation], kwargs: Mapping[str, Any] | None = None
) -> list[str]:
    """What is to be known where some of these conversations, as they are written, have no system prompt."""
    if template is None or all(talk.system for talk in talks):
        return []
    own = own_prompt(template, kwargs)
    gone, stays = (f'"{textwrap.shorten(line.rstrip("."), _SHOWN, placeholder="…")}"' for line in (own.gone, own.stays))
    return [
        *([f"Rows without a system prompt get the template's own: {gone}. Give your rows one."] if own.gone else []),
        *(
            [f"The template's own prompt stands in every row, whatever system prompt it has: {stays}."]
            if own.stays
            else []
        ),
    ]


def _pieces(text: str) -> list[str]:
    """Its lines between marks, their beginnings."""
    return [piece.strip("# \t")[:_READ] for piece in _MARKUP.split(text)]


def _undated(text: str) -> str:
    """The same without what it says of dates."""
    return _DATE.sub(" ", text).strip()

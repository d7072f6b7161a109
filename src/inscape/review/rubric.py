"""rubric.md: the checklist that a person reviews by. Theirs to change; read, never written after `inscape new`.

Invariant: item n of the file is key n of the reviewer and number n in a decision's checklist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inscape.errors import DataError
from inscape.text import shorten, squeeze

MOST = 9
"""Keys 1 to 9 tick the items."""

DEFAULT = """\
# Rubric

What you look for when you review. Each item of the list is a box that the keys 1 to 9 tick; what stands in bold is
its name on the screen, `?` shows the rest. Change it as you like: up to nine items. Decisions remember items by their
number, so add new ones at the end.

- **authentic**: it could have happened in someone; nothing is there for effect
- **open**: something stays uncertain, unfinished or felt; it is not all neatly known
- **lived**: first person, from inside, while it happens; not explained from above
- **same being**: this could be the one who speaks in the others you keep
- **no concepts**: it does not define, teach or sum up an idea
- **no solving**: it stays with the matter instead of fixing it or giving advice
"""

_ITEM = re.compile(r"^(?P<indent>\s*)(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s*)?(?P<text>\S.*)$")
_NAMED = re.compile(r"^(?:\*\*|__)(?P<name>.+?)(?:\*\*|__)\s*[:.–—-]?\s*(?P<rest>.*)$")
_MARKS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `name` is short, for the screen; `text` is the whole of it."""

    name: str
    text: str


def parse(text: str, source: str = "rubric.md") -> tuple[Item, ...]:
    """The items of a Markdown list, in order; anything else in the file is for the reader.

    Raises DataError when there is no item, or more than nine.
    """
    items: list[str] = []
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            continue
        elif (found := _ITEM.match(line)) and (len(found["indent"]) < 2 or not items):
            items.append(found["text"])
        elif items and line.strip() and line[0].isspace():
            items[-1] += " " + line.strip()
    if not items:
        raise DataError(
            f"{source} has no checklist item. Write each as a line that begins with '- ', such as "
            "'- **authentic**: it could have happened in someone'."
        )
    if len(items) > MOST:
        raise DataError(
            f"{source} has {len(items)} items; the keys 1 to 9 tick them, so nine is the most. Join or remove some."
        )
    return tuple(_item(squeeze(one)) for one in items)


def _item(text: str) -> Item:
    named = _NAMED.match(text)
    plain = _MARKS.sub("", text)
    if named:
        return Item(_MARKS.sub("", named["name"]).rstrip(":."), plain)
    head = re.split(r"[:;,(]| [–—-] ", plain, maxsplit=1)[0].strip()
    return Item(shorten(head, 28), plain)

"""persona.md as the road after the dataset needs it: the system prompt that calls the trained mode up.

Invariant: the examples themselves stay as they are; a row gets the persona's system prompt while it is written, and
only where it has none of its own and `export.system` asks for it. Training, preview and use all take it from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from inscape.errors import InputError
from inscape.project import Project, read_text
from inscape.records import Conversation, Example

FILE = "persona.md"
HEADING = "System prompt"
_SECTION = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)


def under_system(project: Project, examples: Sequence[Example]) -> list[Example]:
    """The examples as rows are written: with the persona's system prompt, where the setting says so.

    Raises InputError where persona.md has none.
    """
    if project.settings.text("export.system") != "persona":
        return list(examples)
    system = system_prompt(project)
    return [replace(one, conversation=_under(one.conversation, system)) for one in examples]


def _under(talk: Conversation, system: str) -> Conversation:
    return talk if talk.system else replace(talk, system=system)


def system_prompt(project: Project) -> str:
    """The section 'System prompt' of persona.md, its lines joined into paragraphs. Raises InputError where none stands
    there."""
    path = project.root / FILE
    advice = f"Write it there, under a heading of its own (## {HEADING}), or set export.system to rows."
    if not path.is_file():
        raise InputError(f"export.system is persona, and there is no {FILE}. {advice}")
    found = section(read_text(path), HEADING)
    if not found:
        raise InputError(f"{FILE} has no section '{HEADING}' with a text in it. {advice}")
    return found


def section(text: str, heading: str) -> str:
    """The text below a heading of Markdown, to the next one of its rank or above; lines of a paragraph become one."""
    heads = list(_SECTION.finditer(text))
    for number, head in enumerate(heads):
        if head[2].casefold() == heading.casefold():
            later = (one.start() for one in heads[number + 1 :] if len(one[1]) <= len(head[1]))
            return _joined(text[head.end() : next(later, len(text))])
    return ""


def _joined(text: str) -> str:
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())
    return "\n\n".join(" ".join(line.strip() for line in one.splitlines()) for one in paragraphs).strip()

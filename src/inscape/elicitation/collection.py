"""A collection of templates as people have it: `**TEMPLATE 1: NAME**`, then the prompt in a fenced block.

Invariant: a prompt is read whole or not at all. A fence is closed by one of its own kind and at least its length; a
fence inside that opens with a language name is closed by its own, so that a prompt that shows JSON in a block is not
cut off there. Everything outside these blocks is ignored, and is the person's own.
"""

from __future__ import annotations

import re

from inscape import text as words
from inscape.elicitation.shape import guess, hash_of
from inscape.errors import TemplateError
from inscape.records import Problem, Shape, Template

_HEADING = re.compile(
    r"^\ufeff?[ ]{0,3}(?:\#{1,6}[ \t]*(?:\*\*)?|\*\*)[ \t]*template\b[ \t]*\#?(?:(?P<number>\d{1,6})\b)?[ \t]*"
    r"(?:[:.\-–—][ \t]*(?P<name>.*?))?[ \t]*(?:\*\*)?[ \t:]*\#*[ \t]*$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^[ ]{0,3}(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`]*?)[ \t]*$")
_UNKNOWN = (
    'The prompt shows no JSON, so the answer is taken for {"instruction", "input", "output"}. '
    "Show in the prompt the JSON that you want back, or give the template a file of its own with a `structure:`."
)


def read(text: str, source: str) -> tuple[list[Template], list[Problem]]:
    """All templates of the file. Raises TemplateError for a heading without its block, and for none at all."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    templates: list[Template] = []
    problems: list[Problem] = []
    at = 0
    while at < len(lines):
        heading = _named(lines[at])
        if heading:
            opened = _block(lines, at, source)
            end, prompt = _prompt(lines, opened, source)
            blank = len(prompt) - len(prompt.lstrip("\n"))
            _add(templates, problems, heading, (opened + 2 + blank, prompt.strip("\n").rstrip()), source)
            at = end + 1
        elif _FENCE.match(lines[at]):
            at = _skip(lines, at)
        else:
            at += 1
    if not templates and not problems:
        raise TemplateError(
            f"{source}: no template in it. Begin the file with front matter between lines of ---, or write "
            "`**TEMPLATE 1: NAME**` and below it the prompt between lines of ```."
        )
    return templates, problems


def _named(line: str) -> re.Match[str] | None:
    """A template's heading: it has a number or a name."""
    found = _HEADING.match(line)
    return found if found and (found["number"] or found["name"]) else None


def _block(lines: list[str], heading: int, source: str) -> int:
    """The line of the fence that opens the heading's block."""
    for index in range(heading + 1, len(lines)):
        if _named(lines[index]):
            break
        if _FENCE.match(lines[index]):
            return index
    raise TemplateError(
        f"{source}, line {heading + 1}: no fenced block follows '{words.shorten(lines[heading])}'. "
        "Put the whole prompt between two lines of ```."
    )


def _prompt(lines: list[str], opened: int, source: str) -> tuple[int, str]:
    """The line of the closing fence, and the lines before it."""
    end = _closing(lines, opened, nested=True)
    if end is None:
        end = _closing(lines, opened, nested=False)
    if end is None:
        raise TemplateError(
            f"{source}, line {opened + 1}: the block that opens here is never closed. "
            f"Put a line of {_marks(lines[opened])} after the prompt."
        )
    return end, "\n".join(lines[opened + 1 : end])


def _marks(line: str) -> str:
    found = _FENCE.match(line)
    return found["marks"] if found else ""


def _closing(lines: list[str], opened: int, *, nested: bool) -> int | None:
    """The closing fence; None where the next template's heading or the file's end comes first."""
    outer = _marks(lines[opened])
    inner = ""
    for index in range(opened + 1, len(lines)):
        if _named(lines[index]):
            return None
        fence = _FENCE.match(lines[index])
        if not fence:
            continue
        marks, info = fence["marks"], fence["info"]
        if inner:
            inner = "" if not info and marks[0] == inner[0] and len(marks) >= len(inner) else inner
        elif info:
            inner = marks if nested and marks[0] == outer[0] and len(marks) >= len(outer) else ""
        elif marks[0] == outer[0] and len(marks) >= len(outer):
            return index
    return None


def _skip(lines: list[str], opened: int) -> int:
    """The line after a block that belongs to no template."""
    marks = _marks(lines[opened])
    for index in range(opened + 1, len(lines)):
        fence = _FENCE.match(lines[index])
        if fence and not fence["info"] and fence["marks"][0] == marks[0] and len(fence["marks"]) >= len(marks):
            return index + 1
    return opened + 1


def _add(
    templates: list[Template], problems: list[Problem], heading: re.Match[str], prompt: tuple[int, str], source: str
) -> None:
    line, body = prompt
    number = int(heading["number"]) if heading["number"] else None
    title = words.squeeze(heading["name"] or "").strip("* ") or f"Template {number}"
    if not body:
        problems.append(Problem(line, "error", f"The block of '{title}' is empty: put the whole prompt into it."))
        return
    shape = guess(body)
    if shape is None:
        problems.append(Problem(line, "warning", _UNKNOWN))
        shape = Shape("plain")
    title = title.capitalize() if title.isupper() else title
    made = Template(words.slug(title), number, title, "", (), shape, body, hash_of(body, shape), source, line)
    templates.append(made)

"""Slots of a template: the places in a prompt that a passage, or the person, fills.

    [PASTE_PASSAGE]                         the passage's text; also [PASTE_PASSAGE_HERE], [PASTE PASSAGE], [PASSAGE]
    [core_phenomenology: e.g., 'dread']     what the passage's block says; the example is for the reader alone
    [place_of_memory]                       any `**Place of memory:** …` line of the block, or a setting
    [[not a slot]]                          is given to the teacher as [not a slot]

A bracket is a slot when its name is known, has an underscore, or is followed by `: an example`. Any other bracket, such
as a JSON list or `[150-300 words]`, is text.

Invariant: a prompt is filled in one pass. What was put in is never searched for slots, so a passage may hold brackets;
and a prompt with an unfilled slot is never made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from inscape.errors import TemplateError
from inscape.records import Passage, Problem, Template

KNOWN = frozenset({"passage", "core_phenomenology", "title", "book", "chapter"})
"""Slots that the program fills itself, where the passage's block or its book gives a value."""

_BRACKET = re.compile(
    r"\[\[(?P<literal>[^\W\d][^\[\]\n\"]*)\]\]"
    r"|\[[ \t]*(?P<name>[A-Za-z][A-Za-z0-9_]*(?:[ ][A-Za-z0-9_]+){0,3})[ \t]*(?::(?P<example>[^\[\]]{1,400}))?\]"
)
_PASSAGE = frozenset({"passage", "paste_passage", "paste_passage_here", "paste_the_passage_here", "passage_text"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as it stands in the file. `line` and `column` from 1; `example` without its `e.g.` and quotes."""

    name: str
    line: int
    column: int
    example: str


def find(template: Template, known: Collection[str] = ()) -> list[Slot]:
    """The template's slots in order. `known`: names, beside the program's own, that make `[name]` a slot."""
    names = KNOWN | {_plain(name) for name in known}
    found = []
    for match, name in _slots(template.body, names):
        before = template.body[: match.start()]
        column = match.start() - (before.rfind("\n") + 1) + 1
        found.append(Slot(name, template.line + before.count("\n"), column, _example(match)))
    return found


def _slots(body: str, names: Collection[str]) -> Iterator[tuple[re.Match[str], str]]:
    for match in _BRACKET.finditer(body):
        name = _name(match, names)
        if name:
            yield match, name


def _name(match: re.Match[str], names: Collection[str]) -> str | None:
    """The slot's name; None where the bracket is text."""
    if match["name"] is None:
        return None
    name = _plain(match["name"])
    if name in _PASSAGE:
        return "passage"
    single = " " not in match["name"]
    is_slot = name in names or (single and ("_" in name or bool((match["example"] or "").strip())))
    return name if is_slot else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def _example(match: re.Match[str]) -> str:
    text = re.sub(r"^\s*e\.?\s?g\.?\s*,?\s*:?\s*", "", match["example"] or "", flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip().strip("'\"‘’“”")


def check(template: Template, known: Collection[str] = ()) -> list[Problem]:
    """What is wrong with the template's slots. `known`: names that a passage's block or a setting fills.

    `templates.examine` finds what is wrong in its front matter.
    """
    if not template.body.strip():
        return [Problem(template.line, "error", f"The template '{template.name}' has an empty prompt.")]
    problems = []
    slots = find(template, known)
    if not any(slot.name == "passage" for slot in slots):
        message = "The prompt has no slot for the passage. Put [PASTE_PASSAGE] where the passage's text belongs."
        problems.append(Problem(template.line, "error", message))
    filled = KNOWN | {_plain(name) for name in known}
    first: dict[str, Slot] = {}
    for slot in slots:
        if slot.name not in filled:
            first.setdefault(slot.name, slot)
    return problems + [
        Problem(s.line, "warning", f"Nothing fills the slot [{s.name}]. {_remedy(s.name)}") for s in first.values()
    ]


def _remedy(name: str) -> str:
    line = name.replace("_", " ").capitalize()
    return (
        f'Add a line `**{line}:** …` to the passage\'s block in passages.md, or `{name} = "…"` under [slots] in '
        f"inscape.toml, or give --slot {name}=…; write [[{name}]] if it is meant as text."
    )


def values_of(
    passage: Passage, values: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None
) -> dict[str, str]:
    """All values for a prompt on this passage, by slot name; empty ones are left out.

    `values` (what the person asks for now) stand before the passage's own lines, and these before `defaults`
    (settings, the book's title).
    """
    at = passage.anchor
    place = {"book": at.book, "chapter": at.chapter or ""} if at else {}
    own = {**passage.values, "core_phenomenology": ", ".join(passage.phenomenology), "title": passage.title}
    layers = (place, defaults or {}, own, values or {})
    merged = {_plain(name): value for layer in layers for name, value in layer.items() if value.strip()}
    return {**merged, "passage": passage.text}


def render(
    template: Template,
    passage: Passage,
    values: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> str:
    """The prompt for this passage. Raises TemplateError that names every slot without a value, by file and line."""
    filled = values_of(passage, values, defaults)
    missing = [slot for slot in find(template, filled) if slot.name not in filled]
    if missing:
        raise TemplateError(_missing(template, passage, missing))

    def put(match: re.Match[str]) -> str:
        if match["literal"] is not None:
            return f"[{match['literal']}]"
        name = _name(match, KNOWN | filled.keys())
        return filled[name] if name else match[0]

    return _BRACKET.sub(put, template.body)


def _missing(template: Template, passage: Passage, missing: list[Slot]) -> str:
    where = template.source if template.source != "core" else f"the core template '{template.name}'"
    first: dict[str, Slot] = {}
    for slot in missing:
        first.setdefault(slot.name, slot)
    slots = ", ".join(f"[{slot.name}] (line {slot.line})" for slot in first.values())
    remedy = _remedy(missing[0].name)
    return f"{where}: no value for {slots}, needed for passage '{passage.title or passage.id}'. {remedy}"

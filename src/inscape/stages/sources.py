"""The project's own words: its passages and its templates, read from their files for any verb.

Invariant: files are only read here. An error in one of them names its file and line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inscape.elicitation import slots, templates
from inscape.elicitation.templates import Catalog
from inscape.errors import PassagesError, TemplateError, UsageError
from inscape.passages import document
from inscape.passages.document import Document
from inscape.project import Project, read_text
from inscape.records import Passage, Template
from inscape.stages.surroundings import Places
from inscape.text import plural, slug

COLLECTION = "elicitation_templates.md"
MOST_SHOWN = 8
"""Problems named in one message."""


def template_files(project: Project) -> list[Path]:
    """The person's own template files: templates/*.md, and elicitation_templates.md in the project or in templates/."""
    own = sorted(path for path in project.templates.glob("*.md") if path.name.lower() != "readme.md")
    collection = project.root / COLLECTION
    return [*own, collection] if collection.is_file() else own


def catalog(project: Project) -> Catalog:
    """The core templates with the person's own. Raises TemplateError with file and line."""
    own = [
        template
        for path in template_files(project)
        for template in templates.parse_file(read_text(path), project.relative(path))
    ]
    return templates.catalog(templates.core(), own)


def read_passages(project: Project, known: Catalog | None = None) -> Document:
    """passages.md with its problems; references to templates are checked where a catalog is given."""
    source = project.relative(project.passages)
    return document.parse(read_text(project.passages), source, known.known if known else None)


def passages(project: Project, known: Catalog | None = None) -> tuple[Passage, ...]:
    """The passages of passages.md. Raises PassagesError, with the line, for the first thing wrong in it."""
    read = read_passages(project, known)
    errors = [p for p in read.problems if p.severity == "error"]
    if errors:
        more = f" ({plural(len(errors) - 1, 'more error')} below it: `inscape passages` lists them.)"
        raise PassagesError(
            f"{read.source}, line {errors[0].line}: {errors[0].message}" + (more if len(errors) > 1 else "")
        )
    return read.passages


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template rendered for a passage."""

    passage: Passage
    template: Template
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person restricts a run to; empty: everything."""

    passages: Sequence[str] = ()
    """Ids or numbers."""
    templates: Sequence[str] = ()
    """Names, numbers or titles."""


def prompts(
    project: Project, choice: Choice, values: Mapping[str, str], places: Places | None = None
) -> tuple[list[Prompt], list[str]]:
    """Every chosen passage with each template it is for, in the files' order; and notes on what was left out.

    A passage without a line `**Applicable templates:**` gets those that `choice` names. Raises PassagesError,
    TemplateError (an unknown template, a slot without a value), UsageError for a choice that fits nothing.
    """
    known = catalog(project)
    chosen = _chosen(passages(project, known), choice.passages)
    wanted = list(dict.fromkeys(known.get(reference).name for reference in choice.templates))
    made: list[Prompt] = []
    notes: list[str] = []
    problems: dict[str, str] = {}
    for passage in chosen:
        own = _templates(passage, known, wanted)
        if not own:
            notes.append(_left_out(passage, bool(wanted)))
        for template in own:
            try:
                made.append(Prompt(passage, template, render(project, template, passage, values, places)))
            except TemplateError as error:
                problems.setdefault(passage.id, str(error))
    if problems:
        raise TemplateError(_all(problems.values()))
    if not made:
        raise UsageError(_nothing(project, notes))
    return made, notes


def render(
    project: Project, template: Template, passage: Passage, values: Mapping[str, str], places: Places | None
) -> str:
    """The prompt. The passage is looked up in its book only where the template asks for `[book]` or `[chapter]`.

    Raises TemplateError for a template that cannot be used, and for a slot without a value.
    """
    for problem in slots.check(template):
        if problem.severity == "error":
            raise TemplateError(f"{template.source}, line {problem.line}: {problem.message}")
    asked = {slot.name for slot in slots.find(template)} & {"book", "chapter"}
    found = places.slots(passage.text) if places and asked else {}
    return slots.render(template, passage, values, {**found, **project.settings.slots})


def _all(problems: Iterable[str]) -> str:
    """Each passage's first problem, so that they can be mended in one go; the first few where there are many."""
    unique = list(dict.fromkeys(problems))
    more = f"\n… and {len(unique) - MOST_SHOWN} more." if len(unique) > MOST_SHOWN else ""
    return "\n".join(unique[:MOST_SHOWN]) + more


def _chosen(all_passages: Sequence[Passage], references: Sequence[str]) -> list[Passage]:
    if not references:
        return list(all_passages)
    found: list[Passage] = []
    for reference in references:
        hits = [p for p in all_passages if reference == str(p.number) or slug(reference) == slug(p.id)]
        if not hits:
            there = ", ".join(f"{p.number} {p.id}" if p.number is not None else p.id for p in all_passages[:12])
            raise UsageError(f"There is no passage {reference!r}. There are: {there or 'none'}.")
        found += [p for p in hits if p not in found]
    return found


def _templates(passage: Passage, known: Catalog, wanted: list[str]) -> list[Template]:
    listed = [known.get(reference) for reference in passage.templates]
    if not listed:
        return [known.get(name) for name in wanted]
    unique = {template.name: template for template in listed if not wanted or template.name in wanted}
    return list(unique.values())


def _left_out(passage: Passage, restricted: bool) -> str:
    if passage.templates and restricted:
        return f"Passage '{passage.title or passage.id}' is not for the templates you named, and is left out."
    return (
        f"Passage '{passage.title or passage.id}' (line {passage.line}) names no templates, and is left out: add a "
        "line `**Applicable templates:** 1, 2`, or name some with --template."
    )


def _nothing(project: Project, notes: list[str]) -> str:
    source = project.relative(project.passages)
    if notes:
        return f"{source}: nothing to ask. {notes[0]}"
    return f'{source} has no passages yet. Add one between lines of """ (the file\'s own comment shows how).'

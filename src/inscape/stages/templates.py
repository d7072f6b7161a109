"""Templates: listed, checked, copied, rendered on a real passage.

Invariant: a core template is never changed in place; a person's own is a copy in the project's templates/ folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from inscape.elicitation import slots, templates
from inscape.elicitation.templates import Catalog
from inscape.errors import TemplateError, UsageError
from inscape.events import Event, Finished, Noted, ProblemFound, TemplateFound
from inscape.project import Project, read_text, write_text
from inscape.records import Passage, Problem, Template
from inscape.stages import sources
from inscape.stages.surroundings import Places
from inscape.store import Store
from inscape.text import slug


def available(project: Project | None) -> Catalog:
    """The project's catalog; without a project, the core templates."""
    return sources.catalog(project) if project else templates.catalog(templates.core(), [])


def listing(catalog: Catalog) -> Iterator[Event]:
    for t in catalog.templates:
        shape = t.shape
        words = list(shape.words) if shape.words else None
        yield TemplateFound(
            t.number, t.name, t.title, t.purpose, shape.structure, list(shape.exchanges), words, list(t.fits),
            t.source, t.hash, _problem(t),
        )  # fmt: skip
    for note in catalog.notes:
        yield Noted("note", note)
    yield Finished("templates", {"templates": len(catalog.templates)})


def _problem(template: Template) -> str | None:
    return next((p.message for p in slots.check(template) if p.severity == "error"), None)


def check(project: Project | None, files: Sequence[Path]) -> Iterator[Event]:
    """What is wrong in those files, or in all templates there are."""
    known = _filled(project)
    errors = checked = 0
    for source, text in _texts(project, files):
        found, problems = _examined(text, source)
        problems += [p for template in found for p in slots.check(template, known)]
        for problem in sorted(problems, key=lambda p: p.line):
            errors += problem.severity == "error"
            yield ProblemFound(source, problem.line, problem.severity, problem.message)
        checked += len(found)
    if not files and project and not errors:
        sources.catalog(project)  # two of the same number or name
    yield Finished("templates", {"checked": checked, "errors": errors})


def copy(project: Project, name: str, origin: Template) -> Path:
    """A template of the person's own, beginning as a copy of another. Raises TemplateError where one stands."""
    path = project.templates / f"{slug(name)}.md"
    if path.exists():
        raise TemplateError(f"{project.relative(path)} already stands. Choose another name, or edit that file.")
    write_text(path, _front(slug(name), name, origin) + origin.body.strip() + "\n")
    return path


def preview(store: Store, project: Project, template: Template, passage: Passage, values: dict[str, str]) -> str:
    """The prompt exactly as a teacher would get it."""
    return sources.render(project, template, passage, values, Places(store, project))


def passage(project: Project, reference: str | None) -> Passage:
    """The passage of that id or number; the first when none is named."""
    found = sources.passages(project, sources.catalog(project))
    for one in found:
        if reference is None or reference in (one.id, str(one.number)):
            return one
    if not found:
        raise UsageError("passages.md has no passages yet; a preview needs one.")
    raise UsageError(f"There is no passage {reference!r}. `inscape passages` lists them.")


def text_of(template: Template) -> str:
    """The template as its own file would hold it."""
    return _front(template.name, template.title, template, template.number) + template.body.strip() + "\n"


def _front(name: str, title: str, like: Template, number: int | None = None) -> str:
    shape = like.shape
    lines = ["---", f"name: {name}", *([f"number: {number}"] if number else []), f"title: {title}"]
    lines += [f"purpose: {like.purpose}", f"structure: {shape.structure}"]
    lines += [f"words: {_span(shape.words)}"] if shape.words else []
    lines += [f"exchanges: {_span(shape.exchanges)}", f"fits: {', '.join(like.fits)}", "---", ""]
    return "\n".join(lines)


def _span(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}-{pair[1]}"


def _texts(project: Project | None, files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    paths = files or (sources.template_files(project) if project else [])
    for path in paths:
        yield (project.relative(path) if project else str(path)), read_text(path)
    if not files:
        for template in templates.core():
            yield f"core/{template.number}-{template.name}.md", text_of(template)


def _examined(text: str, source: str) -> tuple[list[Template], list[Problem]]:
    try:
        return templates.examine(text, source)
    except TemplateError as error:
        line = re.search(r"line (\d+)", str(error))
        message = str(error).removeprefix(f"{source}, line {line[1]}: " if line else f"{source}: ")
        return [], [Problem(int(line[1]) if line else 1, "error", message)]


def _filled(project: Project | None) -> set[str]:
    """Names of slots that something fills: settings, and lines of every passage."""
    if project is None:
        return set()
    passages = sources.read_passages(project).passages if project.passages.exists() else ()
    own = [set(p.values) for p in passages]
    return set(project.settings.slots) | (set.intersection(*own) if own else set())

"""Elicitation templates: read from text, gathered in a catalog, proposed for a passage.

Two forms. A file of its own has front matter and then the prompt. A collection has `**TEMPLATE 1: NAME**` and then
the prompt in a fenced block; all else in it is the person's own business.

Invariant: the hash covers the whole prompt and the shape of the answer, so that an answer always knows exactly what
was asked. A template of the person's own stands before the core one of the same number or name. It reads no project
and no network: text comes in, except for the five core templates, which are part of the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import resources
from pathlib import PurePath

from inscape import text as words
from inscape.elicitation import collection, front
from inscape.errors import TemplateError
from inscape.records import Passage, Problem, Template


def examine(text: str, source: str) -> tuple[list[Template], list[Problem]]:
    """The templates of a file and what is wrong in it.

    Raises TemplateError where nothing can be read: no template at all, or a block that is never closed.
    """
    if front.begins(text):
        template, problems = front.read(text, source, PurePath(source).stem)
        return ([template] if template else []), problems
    return collection.read(text, source)


def parse_file(text: str, source: str) -> list[Template]:
    """The templates of a file. Raises TemplateError at the first error, with its line."""
    templates, problems = examine(text, source)
    for problem in problems:
        if problem.severity == "error":
            raise TemplateError(f"{source}, line {problem.line}: {problem.message}")
    return templates


def core() -> list[Template]:
    """The core templates, by number."""
    folder = resources.files("inscape.elicitation") / "core"
    found: list[Template] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".md"):
            found += [replace(t, source="core") for t in parse_file(file.read_text(encoding="utf-8"), file.name)]
    return sorted(found, key=lambda t: (t.number or 0, t.name))


# ---------------------------------------------------------------- catalog


@dataclass(frozen=True, slots=True)
class Catalog:
    """All templates there are, by number and then name. `notes` say which core ones are replaced, and by what."""

    templates: tuple[Template, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    """Number or name of a replaced core template -> name of the one that replaces it."""
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """Every number, name and title under which a template can be called."""
        found = {alias for alias, _ in self.aliases}
        for template in self.templates:
            found |= {template.name, template.title} | ({str(template.number)} if template.number else set())
        return frozenset(found)

    def find(self, reference: str) -> Template | None:
        """The template with that number, name or title, written in any case; None where there is none."""
        wanted = words.slug(re.sub(r"^\s*template\b\s*#?", "", reference, flags=re.IGNORECASE))
        for template in self.templates:
            if wanted in (str(template.number), words.slug(template.name)):
                return template
        for template in self.templates:
            if wanted == words.slug(template.title):
                return template
        for alias, name in self.aliases:
            if wanted == words.slug(alias):
                return next(t for t in self.templates if t.name == name)
        return None

    def get(self, reference: str) -> Template:
        """As `find`. Raises TemplateError that names the templates there are."""
        found = self.find(reference)
        if found:
            return found
        near = get_close_matches(words.slug(reference), sorted(self.known), n=1)
        guess = f" Did you mean '{near[0]}'?" if near else ""
        there = ", ".join(f"{t.number} {t.name}" if t.number else t.name for t in self.templates)
        raise TemplateError(f"There is no template '{reference}'.{guess} There are: {there}.")


def catalog(core: Sequence[Template], own: Sequence[Template]) -> Catalog:
    """Core and own templates together; an own one replaces the core one of its number or name.

    Raises TemplateError where two of the person's own share a number or a name.
    """
    _no_twins(own)
    made: list[Template] = []
    aliases: list[tuple[str, str]] = []
    notes: list[str] = []
    for template in own:
        hidden = [c for c in core if _same(c, template)]
        for old in hidden:
            aliases += [(old.name, template.name), (old.title, template.name)]
            aliases += [(str(old.number), template.name)] if old.number else []
            number = f" {old.number}" if old.number else ""
            notes.append(f"{template.source}: '{template.name}' replaces the core template{number} '{old.name}'.")
        made.append(replace(template, number=template.number or next((c.number for c in hidden), None)))
    made += [c for c in core if not any(_same(c, t) for t in own)]
    made.sort(key=lambda t: (t.number is None, t.number or 0, t.name))
    return Catalog(tuple(made), tuple(aliases), tuple(notes))


def _same(one: Template, two: Template) -> bool:
    return (one.number is not None and one.number == two.number) or words.slug(one.name) == words.slug(two.name)


def _no_twins(own: Sequence[Template]) -> None:
    for at, template in enumerate(own):
        for other in own[:at]:
            if _same(template, other):
                what = "name" if words.slug(template.name) == words.slug(other.name) else "number"
                raise TemplateError(
                    f"{template.source}, line {template.line}: the template '{template.name}' has the same {what} as "
                    f"'{other.name}' in {other.source}, line {other.line}. Change one of the two."
                )


# ---------------------------------------------------------------- proposal


@dataclass(frozen=True, slots=True)
class Proposal:
    """A template that may suit a passage, and why, in a few words."""

    template: Template
    reason: str


FEWEST, MOST = 3, 5


def propose(passage: Passage, catalog: Catalog) -> list[Proposal]:
    """Three to five templates for a passage, best first; fewer where there are fewer.

    The reader's phenomenology is compared with what each template says it fits, word by word. What is filled up to
    three says so. It is a suggestion from words alone: it does not understand the passage.
    """
    scored = []
    for template in catalog.templates:
        shared = _shared(passage.phenomenology, template.fits)
        if shared:
            scored.append((len(shared), template, "; ".join(f"'{p}' meets '{f}'" for p, f in shared[:2])))
    scored.sort(key=lambda item: -item[0])
    found = [Proposal(template, reason) for _, template, reason in scored[:MOST]]
    for template in catalog.templates:
        if len(found) >= FEWEST:
            break
        if not any(p.template.name == template.name for p in found):
            found.append(Proposal(template, "none of its words meets yours; first in the list"))
    return found


def _shared(phrases: Iterable[str], fits: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of a reader's phrase and a template's that have a word's stem in common."""
    return [(phrase, fit) for phrase in phrases for fit in fits if _stems(phrase) & _stems(fit)]


def _stems(phrase: str) -> set[str]:
    found = re.findall(r"[^\W\d_]{4,}", phrase.casefold())
    return {word[:5] for word in found if not _EMPTY.fullmatch(word)}


_EMPTY = re.compile("about|after|before|from|into|over|that|than|their|them|then|this|what|when|with|without")

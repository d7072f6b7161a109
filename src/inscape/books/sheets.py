"""Style sheets, as far as italics go: which elements a sheet sets in italics, and which it sets back to roman.

Invariant: a rule whose selector is not understood (pseudo-classes, siblings, attributes but epub:type and xml:lang)
says nothing; no rule is guessed. Elements that browsers set in italics are so unless a rule or a style says no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_SAID = re.compile(r"(?:^|[;\s])font(?:-style)?\s*:[^;]*?\b(italic|oblique|normal)\b", re.I)
_STYLE = re.compile(r"(?:^|[;\s])font-style\s*:\s*(italic|oblique|normal)\b", re.I)
_TOKEN = re.compile(r"\s*>\s*|\s+|[a-z][\w-]*|\*|\.[\w-]+|#[\w-]+|\[[^\]]*\]", re.I)
_TYPE = re.compile(r"\[\s*epub\\?[|:]type\s*~?=\s*[\"']?([^\"'\]]+?)[\"']?\s*\]", re.I)
_LANG = re.compile(r"\[\s*(?:xml\\?[|:])?lang\s*\]", re.I)
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RULES = 20_000
_ITALIC_RULES = 500
_STEPS = 6
"""Rules of one sheet that are read, those of them that are kept, steps of a selector; no book has a tenth of them."""
ITALIC_TAGS = frozenset(("i", "em", "cite", "dfn", "var", "address"))
"""What browsers set in italics without a sheet."""


@dataclass(frozen=True, slots=True)
class Compound:
    """One step of a selector: what an element must be. Empty parts ask nothing."""

    tag: str = ""
    classes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    name: str = ""
    lang: bool = False
    child: bool = False
    """Whether the step before must be the parent, and not any element above."""

    def fits(self, element: Any) -> bool:
        """Whether the element is such a one."""
        if self.tag and element.tag.rsplit("}", 1)[-1].lower() != self.tag:
            return False
        if self.name and element.get("id") != self.name:
            return False
        if self.classes and not self.classes.issubset(element.get("class", "").split()):
            return False
        if self.types and not self.types.issubset(_types(element)):
            return False
        return not self.lang or element.get(_XML_LANG) is not None or element.get("lang") is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a selector says of italics. `steps`: the element itself first, then upwards."""

    weight: tuple[int, int, int]
    steps: tuple[Compound, ...]
    italic: bool

    def fits(self, element: Any) -> bool:
        """Whether the whole selector fits the element where it stands."""
        if not self.steps[0].fits(element):
            return False
        here, child = element.getparent(), self.steps[0].child
        for step in self.steps[1:]:
            while here is not None and not (isinstance(here.tag, str) and step.fits(here)):
                if child:
                    return False
                here = here.getparent()
            if here is None:
                return False
            here, child = here.getparent(), step.child
        return True


def _types(element: Any) -> set[str]:
    value = element.get("{http://www.idpf.org/2007/ops}type") or element.get("epub:type") or ""
    return set(value.split())


def rules(sheet: str) -> list[Rule]:
    """The rules of a style sheet that speak of italics, weakest first."""
    made: list[Rule] = []
    for piece in _COMMENT.sub(" ", sheet).split("}")[:_RULES]:
        head, brace, body = piece.rpartition("{")
        if not brace or "font" not in body or not (said := _said(body)):
            continue
        for selector in head.rpartition("{")[2].rpartition(";")[2].split(","):
            if steps := _steps(selector.strip()):
                made.append(Rule(_weight(steps), steps, said != "normal"))
        if len(made) >= _ITALIC_RULES:
            break
    return sorted(made[:_ITALIC_RULES], key=lambda rule: rule.weight)


def _said(body: str) -> str:
    found = [m[1].lower() for m in _STYLE.finditer(body)] or [
        m[1].lower() for m in _SAID.finditer(body) if m[1].lower() != "normal"
    ]
    return found[-1] if found else ""


def _steps(selector: str) -> tuple[Compound, ...]:
    """Steps of a selector, the last first; empty for one that is not understood."""
    made: list[dict[str, Any]] = [{}]
    at = 0
    while at < len(selector):
        token = _TOKEN.match(selector, at)
        if token is None:
            return ()
        at = token.end()
        if not _take(token[0], made):
            return ()
    if len(made) > _STEPS:
        return ()
    steps = [Compound(**step) for step in made]
    # That an element stands in the body says nothing.
    while len(steps) > 1 and steps[0] in (Compound("body"), Compound("html")) and not steps[1].child:
        steps = steps[1:]
    return tuple(reversed(steps))


def _take(token: str, made: list[dict[str, Any]]) -> bool:
    here = made[-1]
    if token.strip() in ("", ">"):
        made.append({"child": ">" in token})
    elif token[0] == ".":
        here["classes"] = here.get("classes", frozenset()) | {token[1:]}
    elif token[0] == "#":
        here["name"] = token[1:]
    elif found := _TYPE.fullmatch(token):
        here["types"] = here.get("types", frozenset()) | set(found[1].split())
    elif _LANG.fullmatch(token):
        here["lang"] = True
    elif token[0] == "[":
        return False
    elif token != "*":
        here["tag"] = token.lower()
    return True


def _weight(steps: Iterable[Compound]) -> tuple[int, int, int]:
    ids = marks = tags = 0
    for step in steps:
        ids += bool(step.name)
        marks += len(step.classes) + len(step.types) + step.lang
        tags += bool(step.tag)
    return ids, marks, tags


def slant(element: Any, tag: str, sheet: Iterable[Rule]) -> bool | None:
    """Whether an element is set in italics: True, False, or None where it is as what surrounds it."""
    style = element.get("style")
    if style and (found := _STYLE.search(style)):
        return found[1].lower() != "normal"
    said: bool | None = True if tag in ITALIC_TAGS else None
    for rule in sheet:
        if rule.fits(element):
            said = rule.italic
    return said

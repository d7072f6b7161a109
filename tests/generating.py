"""What the tests of teachers and generation share: a small project, a policy without long waits, settings."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from inscape import project as projects
from inscape.events import Event
from inscape.project import Project
from inscape.records import State
from inscape.settings import Settings, Value, load
from inscape.stages.generate import Policy, generate
from inscape.stages.plan import Plan, items_of, plan
from inscape.stages.sources import Choice, prompts
from inscape.store import Store
from inscape.teachers.base import Teacher
from inscape.teachers.limits import Backoff
from inscape.teachers.prices import Price

NOW = "2026-11-20T20:00:00Z"
WORDS = "the gate was open and nobody had gone through it yet she counted bells and lost them".split()  # noqa: SIM905


def now() -> str:
    return NOW


def passages_md(count: int, templates: str = "1, 2") -> str:
    """`count` passages, each of other words."""
    blocks = []
    for n in range(1, count + 1):
        words = [WORDS[(n * 7 + k) % len(WORDS)] for k in range(40)]
        body = f"Number {n}: {' '.join(words)}."
        head = f"## PASSAGE {n}: The gate {n}\n\n**Core phenomenology:** waiting, doubt {n}"
        blocks.append(f'{head}\n\n"""\n{body}\n"""\n\n**Applicable templates:** {templates}\n')
    return "\n---\n\n".join(blocks)


def make_project(root: Path, count: int = 3, templates: str = "1, 2", toml: str = "") -> Project:
    projects.create(root, "test", {"passages.md": passages_md(count, templates)}, {})
    if toml:
        path = root / "inscape.toml"
        path.write_text(path.read_text(encoding="utf-8") + toml, encoding="utf-8")
    return projects.open_at(root, {})


def settings(**given: Value) -> Settings:
    """Default settings with some others, written with __ for the dot."""
    return load("", "inscape.toml", {}).with_flags({key.replace("__", "."): value for key, value in given.items()})


def policy(**given: object) -> Policy:
    base: dict[str, object] = {"backoff": Backoff(4, first=0.01, longest=0.02), "grace": 2.0}
    return Policy(**{**base, **given})  # type: ignore[arg-type]


def planned(
    store: Store, project: Project, teacher: Teacher, *, samples: int = 1, retry: Sequence[State] = (),
    price: Price | None = None, cap: float = 0.0, max_tokens: int = 4000,
) -> Plan:  # fmt: skip
    made, _ = prompts(project, Choice(), {})
    items = items_of(made, teacher, samples)
    return plan(store, items, price=price, max_tokens=max_tokens, cap=cap, retry=retry)


def run(store: Store, project: Project, teacher: Teacher, how: Policy | None = None, **given: object) -> list[Event]:
    made = planned(store, project, teacher, **given)  # type: ignore[arg-type]
    return list(running(store, made, teacher, how))


def running(store: Store, made: Plan, teacher: Teacher, how: Policy | None = None) -> Iterator[Event]:
    return generate(store, made, teacher, how or policy(), now=now, chance=random.Random(1))


def clean_environ(**more: str) -> Mapping[str, str]:
    """The environment without anybody's keys or proxies."""
    dropped = ("OPENAI", "ANTHROPIC", "INSCAPE", "XDG_CONFIG")
    return {**{k: v for k, v in os.environ.items() if not k.startswith(dropped)}, **more}

"""The chat templates that TRL, axolotl, unsloth and llama.cpp ship, where they were fetched; see the scripts."""

from __future__ import annotations

import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from filelock import FileLock

from inscape.rendering.templates import ChatTemplate

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(os.environ.get("INSCAPE_TEMPLATES", ROOT / ".templates"))
IN_CI = bool(os.environ.get("INSCAPE_CI"))


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Shipped:
    """The templates by name, and transformers' own renderings of conversations through them."""

    templates: dict[str, ChatTemplate]
    real: list[dict[str, Any]]


def load() -> Shipped:
    """Skips with the reason where nothing was fetched; in CI it is fetched."""
    fetching, rendering = script("fetch_templates"), script("real_renderings")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with FileLock(FOLDER / ".lock"):
        mark = FOLDER / fetching.MARK
        if not mark.exists() or mark.read_text(encoding="utf-8") != fetching.versions():
            if not IN_CI:
                pytest.skip(f"no chat templates in {FOLDER}: run `make templates` (PyPI must be reachable)")
            fetching.fetch(FOLDER)
        if not (FOLDER / rendering.REAL).exists() and not IN_CI:
            pytest.skip(f"no renderings by transformers in {FOLDER}: run `make templates` (PyPI must be reachable)")
        real = json.loads(rendering.make(FOLDER).read_text(encoding="utf-8"))["done"]
    found = sorted(FOLDER.glob("*/*.jinja"))
    names = {path: path.relative_to(FOLDER).as_posix() for path in found}
    return Shipped({name: ChatTemplate(rendering.read(path), name) for path, name in names.items()}, real)

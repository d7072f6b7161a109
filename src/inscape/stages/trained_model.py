"""The model that a trainer's folder is for: what was asked for, its chat template, its size.

Invariant: nothing is downloaded: a model's template is read from its folder or from a file, or the person states the
encoding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from inscape import targets
from inscape.errors import InputError, UsageError
from inscape.project import read_text
from inscape.stages.model_folder import Found, find
from inscape.stages.samples import named
from inscape.targets._job import Model

Stated = Literal["content", "reasoning_content"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    trainers: tuple[str, ...]
    model: str | None = None
    """A model's folder, or the name by which the trainer finds it."""
    template: Path | None = None
    """A chat template's file, where the model is not a folder here."""
    encoding: Stated | None = None
    """Stated by the person; then a template is not needed, and only rendered to prove it where there is one."""
    private_too: bool = False
    """Texts out of private books may stand in a folder that is made to be uploaded."""
    replace: bool = False
    """Files that a person changed may be written over."""


def check(trainer: str, wanted: Wanted) -> None:
    """Raises UsageError where the trainer needs a model's name, or cannot have this one."""
    target = targets.load(trainer)
    if not target.NAMES_MODEL:
        return
    hosted = target.LEAVES
    if not wanted.model:
        what = (
            "the name by which OpenAI knows it, such as gpt-4.1-mini-2025-04-14."
            if hosted
            else f"the model's folder, or the name by which {trainer} finds it. Nothing is downloaded here."
        )
        raise UsageError(f"--for {trainer} needs --model: {what}")
    if hosted and (Path(wanted.model).expanduser().exists() or wanted.model.startswith(("/", ".", "~"))):
        raise UsageError(
            f"--for {trainer} trains a model of OpenAI's, by its name there; {wanted.model} is a path on this machine. "
            "Export for it by itself, with such a name: --model gpt-4.1-mini-2025-04-14."
        )


def model_of(wanted: Wanted, environ: Mapping[str, str]) -> Model:
    """The model with its chat template. Raises UsageError where none can be found and none was stated."""
    wanted = replace(wanted, model=named(wanted.model)) if wanted.model else wanted
    name = wanted.model or "any chat model"
    if wanted.model and Path(name).expanduser().is_file():
        raise UsageError(
            f"{name} is a file. Name the model with --model, as the trainer is to load it, and its chat template with "
            f"--template {name}."
        )
    found = _found(wanted, environ)
    here = Path(name).expanduser()
    template = find(str(wanted.template), environ).template if wanted.template else found.template if found else None
    if template is None and not wanted.encoding:
        raise UsageError(_ask(wanted.model))
    config = _config(found.folder) if found and found.folder else {}
    context = config.get("max_position_embeddings")
    return Model(
        str(here.resolve()) if wanted.model and here.is_dir() else name,
        template,
        _billions(here.name) or _counted(config),
        context if isinstance(context, int) else None,
    )


def _found(wanted: Wanted, environ: Mapping[str, str]) -> Found | None:
    """The model's folder, here or in the hub's cache; None where it is not here and need not be."""
    if not wanted.model:
        return None
    try:
        return find(wanted.model, environ)
    except InputError:
        if Path(wanted.model).expanduser().is_dir() and not (wanted.template or wanted.encoding):
            raise
        return None


def _ask(name: str | None) -> str:
    begun = f"{name} is not on this machine, and nothing is downloaded. " if name else ""
    return (
        f"{begun}How thoughts must be written depends on the model's chat template. Give --model the model's "
        "folder; or --model its name and --template its chat_template.jinja; or state --encoding content or --encoding "
        "reasoning_content, which is then not proven."
    )


def _config(folder: Path) -> Mapping[str, Any]:
    """config.json, or of a model that sees pictures too the part on its text; empty where there is none."""
    path = folder / "config.json"
    if not path.is_file():
        return {}
    try:
        config = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON ({error.msg}).") from None
    inner = config.get("text_config") if isinstance(config, dict) else None
    return inner if isinstance(inner, dict) else config if isinstance(config, dict) else {}


def _billions(name: str) -> float | None:
    """Billions of parameters as names say them: 'Qwen3-8B', 'gemma-3-270m'."""
    found = re.search(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([bBmM])(?![A-Za-z0-9])", name)
    return float(found[1]) / (1 if found[2] in "bB" else 1000) if found else None


def _counted(config: Mapping[str, Any]) -> float | None:
    """About how many billions of parameters a dense model of these sizes has."""
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "vocab_size")
    sizes = [config.get(name) for name in names]
    if not all(isinstance(size, int) for size in sizes):
        return None
    hidden, inner, layers, words = cast(list[int], sizes)
    return round((layers * (4 * hidden * hidden + 3 * hidden * inner) + words * hidden) / 1e9, 4)

"""What answers: a run's adapter on its base, a model's folder, a GGUF, or a server; with its mode and template.

Invariant: a run is spoken to in the mode it was trained in, found beside it; whatever has no mode is spoken to plainly,
and a note says so. Nothing is downloaded and nothing is written into the project.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from inscape.errors import InputError, ModelError, UsageError
from inscape.project import Project, read_text
from inscape.rendering import mode as modes
from inscape.rendering.mode import Mode
from inscape.rendering.templates import ChatTemplate
from inscape.runtimes.base import Runtime
from inscape.runtimes.effort_control import Budgets
from inscape.runtimes.local import open_local
from inscape.runtimes.ollama import OllamaRuntime, address_of
from inscape.runtimes.openai import Server, ServerRuntime, check
from inscape.runtimes.talk import Drawing, Talker
from inscape.settings import Settings
from inscape.stages import model_folder
from inscape.stages.run_folder import Run, runs
from inscape.teachers import keys
from inscape.trainers import python as pythons
from inscape.trainers.speak_jobs import SpeakJob

_PLAIN = (
    "There is no {file} beside {what}: it is spoken to as any chat model, without a system prompt or effort of its own."
)
_OTHER = (
    "The chat template here is not the one that the rows were written with: the prompts may differ from those of "
    "training. Name the right one with --template."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person named. All empty: the latest run of the project."""

    model: str = ""
    """A run, a folder, a .gguf; with a server: whose mode and template hold."""
    base_url: str = ""
    name: str = ""
    """The model, as the server knows it."""
    ollama: str = ""
    template: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model stands here, and what of it is known before it is loaded."""

    name: str
    path: Path
    engine: Literal["hf", "mlx", "gguf"] | None
    model: str
    adapter: str | None = None
    python: str = ""
    mode: Path | None = None
    template: ChatTemplate | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that can be talked to."""

    name: str
    """The run's or the model's, without where it is served."""
    runtime: Runtime
    mode: Mode
    template: ChatTemplate | None
    notes: tuple[str, ...]

    def talker(self, settings: Settings) -> Talker:
        budgets = Budgets(*(settings.whole(f"chat.budget_{level}") for level in modes.WORDS))
        return Talker(self.runtime, self.mode, self.template, budgets, time.monotonic)


def drawing(settings: Settings, seed: int | None = None) -> Drawing:
    """How answers are drawn, by the settings."""
    return Drawing(
        settings.whole("chat.max_tokens"), settings.number("chat.temperature"), settings.number("chat.top_p"), seed
    )


def open_model(wanted: Wanted, project: Project | None, settings: Settings, environ: Mapping[str, str]) -> Opened:
    """Load it, or reach its server. Raises UsageError, InputError, ModelError, TrainerError, each with a way out."""
    if wanted.base_url and wanted.ollama:
        raise UsageError("--base-url and --ollama each name a server; give one of them.")
    if wanted.name and not wanted.base_url:
        raise UsageError("--model is the model's name on a server: give its --base-url too (Ollama's: --ollama NAME).")
    served = bool(wanted.base_url or wanted.ollama)
    place = place_of(wanted.model, project, environ, needed=not served)
    mode = modes.read(read_text(place.mode), str(place.mode)) if place and place.mode else None
    template = place.template if place else None
    if wanted.template:
        template = model_folder.find(wanted.template, environ).template
    how = mode or modes.plain(settings.text("examples.tag"))
    runtime = _served(wanted, how, template, environ) if served else _local(place, wanted, settings)
    if template is None:
        template = getattr(runtime, "template", None)
    name = place.name if place else str(getattr(runtime, "model", runtime.name))
    return Opened(name, runtime, how, template, tuple(_notes(mode, template, name)))


def _notes(mode: Mode | None, template: ChatTemplate | None, what: str) -> list[str]:
    if mode is None:
        return [_PLAIN.format(file=modes.FILE, what=what)]
    return [_OTHER] if template and not mode.found_with(template) else []


# ---------------------------------------------------------------- where it stands


def place_of(name: str, project: Project | None, environ: Mapping[str, str], *, needed: bool) -> Place | None:
    """The model of this name, or the latest run's; None where none is named and none is needed."""
    if not name:
        return _latest(project, environ) if needed else None
    path = Path(name).expanduser()
    if path.is_file():
        if path.suffix.lower() != ".gguf":
            raise UsageError(f"{name} is a file, and no .gguf. Name a run, a model's folder, or a .gguf.")
        return Place(path.name, path.parent, "gguf", str(path.resolve()), mode=_mode_beside(path.parent))
    if (path / "run.json").is_file():
        return _of_run(Run(path.resolve()), environ)
    if project and (project.root / "runs" / name / "run.json").is_file():
        return _of_run(Run(project.root / "runs" / name), environ)
    if path.is_dir() and (path / "adapter_config.json").is_file() and not (path / "config.json").is_file():
        raise UsageError(f"{name} is an adapter alone. Name its run (the folder above it), or merge it first.")
    try:
        found = model_folder.find(name, environ)
    except InputError:
        if not path.is_dir():
            raise UsageError(_nowhere(name, project)) from None
        return Place(path.name, path, _engine(path), str(path.resolve()), mode=_mode_beside(path))
    folder = found.folder or path
    return Place(
        path.name, folder, _engine(folder), str(folder.resolve()), None, "", _mode_beside(folder), found.template
    )


def _nowhere(name: str, project: Project | None) -> str:
    names = ", ".join(run.name for run, _ in runs(project)) if project else ""
    there = f" Runs here: {names}." if names else ""
    return f"{name} is no run, no model's folder and no .gguf here, and not in the hub's cache.{there}"


def _latest(project: Project | None, environ: Mapping[str, str]) -> Place:
    if project is None:
        raise UsageError(
            "Name what to talk to: a run's or a model's folder, a .gguf, --ollama NAME, or --base-url URL with --model "
            "NAME. In a project, its latest run is taken."
        )
    done = [run for run, record in runs(project) if record.state in ("done", "stopped") and run.adapter.is_dir()]
    if not done:
        raise UsageError(
            "No run of this project has come to its end yet. Train one with `inscape train`, or name a model: a "
            "folder, a .gguf, --ollama NAME, or --base-url URL with --model NAME."
        )
    return _of_run(done[0], environ)


def _of_run(run: Run, environ: Mapping[str, str]) -> Place:
    record = run.record()
    if not run.adapter.is_dir():
        raise UsageError(f"{run.name} has no adapter yet ({record.state}). `inscape train --resume` goes on with it.")
    found = model_folder.find(record.model, environ)
    folder = found.folder
    if folder is None:
        raise InputError(f"{run.name} was trained on {record.model}, which is no folder here. Get the model first.")
    mode = run.mode if run.mode.is_file() else None
    engine: Literal["hf", "mlx"] = "mlx" if record.backend == "mlx" else "hf"
    return Place(
        run.name,
        run.path,
        engine,
        str(folder.resolve()),
        str(run.adapter.resolve()),
        record.python,
        mode,
        found.template,
    )


def _engine(folder: Path) -> Literal["hf", "mlx"]:
    """mlx where mlx-lm itself quantized the folder; transformers cannot read that."""
    try:
        config = json.loads(read_text(folder / "config.json"))
    except (InputError, ValueError):
        return "hf"
    return "mlx" if isinstance(config, dict) and "quantization" in config else "hf"


def _mode_beside(folder: Path) -> Path | None:
    """mode.json of a model's folder: in it, or in the run that it was merged or converted in."""
    places = [one / sub for one in (folder, folder.resolve().parent) for sub in (modes.FILE, f"data/{modes.FILE}")]
    return next((place for place in places if place.is_file()), None)


# ---------------------------------------------------------------- what answers


def _local(place: Place | None, wanted: Wanted, settings: Settings) -> Runtime:
    assert place
    assert place.engine
    setting = wanted.python or settings.text("train.python") or _still(place.python)
    if place.engine == "gguf":
        python = pythons.named(setting)
    else:
        python = pythons.interpreter(setting, "merge" if place.engine == "hf" and place.adapter else place.engine)
    return open_local(SpeakJob(place.engine, place.model, place.adapter), python, place.path, place.name)


def _still(python: str) -> str:
    """The Python that trained the run, where it is still there."""
    return python if python and Path(python).expanduser().exists() else ""


def _served(wanted: Wanted, mode: Mode, template: ChatTemplate | None, environ: Mapping[str, str]) -> Runtime:
    bos = template.tokens.get("bos_token", "") if template else ""
    if wanted.ollama:
        return OllamaRuntime(Server(address_of(environ), wanted.ollama, bos=bos))
    check(wanted.base_url, "--base-url")
    secret = "" if keys.is_local(wanted.base_url) else environ.get("OPENAI_API_KEY", "")
    server = Server(wanted.base_url, wanted.name, secret, bos, dict(mode.kwargs))
    port = wanted.base_url.rstrip("/").removesuffix("/v1").endswith(":11434")
    if port:  # Ollama's own port: its own page takes whole prompts
        server = replace(server, address=wanted.base_url.rstrip("/").removesuffix("/v1"))
        if not wanted.name:
            raise ModelError("At Ollama's address the model must be named: --model NAME, or --ollama NAME.")
        return OllamaRuntime(server)
    return ServerRuntime(server)

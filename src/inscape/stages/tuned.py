"""What was tuned, as merging, converting and deploying find it: a run or an adapter, its base, its mode, its Python.

Invariant: only reads, and nothing is guessed silently: what a name could not be found as is said with what to name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from inscape.errors import InputError, ProjectNotFound, UsageError
from inscape.project import Project, disk_error, read_text
from inscape.records import Conversation, Probe, Turn
from inscape.rendering import mode as modes
from inscape.rendering.mode import Mode
from inscape.rendering.templates import ChatTemplate, Message, render
from inscape.stages import run_folder
from inscape.stages.model_folder import find
from inscape.stages.probes import all_probes
from inscape.stages.run_folder import Run
from inscape.stages.train_job import spread
from inscape.trainers import jobs, python, weights
from inscape.trainers.child import run_child
from inscape.trainers.speak_jobs import SpeakJob
from inscape.trainers.speaker import speaking

QUESTIONS = 3
_DEFAULTS = ("Who are you?", "What did you notice today?", "Something was on your mind. What was it?")
_WEIGHTS = ("safetensors", "bin")
_FILES = {"peft": "adapter_config.json", "mlx": "adapters.safetensors"}


@dataclass(frozen=True, slots=True)
class Tuned:
    """A base and what was learned over it. `run` is None for an adapter that no run of a project made."""

    backend: str
    """'peft' or 'mlx': whose form the adapter has."""
    base: Path
    adapter: Path
    mode: Mode | None
    run: Run | None
    python: str
    """What the run was trained with; empty where that is not known."""

    @property
    def engine(self) -> Literal["hf", "mlx"]:
        return "mlx" if self.backend == "mlx" else "hf"

    @property
    def home(self) -> Path:
        """Where what is made of it goes: the run's folder, or the one that the adapter stands in."""
        return self.run.path if self.run else self.adapter.parent


class Speaking(Protocol):
    """A model that was loaded, as `trainers.speaker.Speaker`."""

    @property
    def template(self) -> str | None: ...

    @property
    def marks(self) -> Mapping[str, str]: ...

    def tokens(self, text: str) -> list[int]: ...

    def greedy(self, text: str, most: int) -> list[int]: ...

    def pieces(self, ids: Sequence[int]) -> list[str]: ...


class Workers(Protocol):
    """Who does the heavy work: child processes, or in a test something lighter."""

    def work(self, module: str, job: Any, folder: Path) -> Iterator[Mapping[str, Any]]:
        """The lines of a child that needs no orders."""

    def speak(self, job: SpeakJob, folder: Path) -> AbstractContextManager[Speaking]: ...


@dataclass(frozen=True, slots=True)
class Children:
    """Child processes in the trainer's Python. Their logs stand in the folder that they work in."""

    python: Path

    def work(self, module: str, job: Any, folder: Path) -> Iterator[Mapping[str, Any]]:
        file = folder / f".{module}.json"
        try:
            jobs.save(job, file)
            yield from run_child(self.python, module, file, folder, folder / f"{module}.log")
        except OSError as error:
            raise disk_error(error, file) from None
        finally:
            _gone(file)

    def speak(self, job: SpeakJob, folder: Path) -> AbstractContextManager[Speaking]:
        return speaking(self.python, job, folder)


def _gone(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


def children(named: str, tuned_with: str, setting: str, needs: str) -> Children:
    """The Python that the flag names, else the run's own, else the setting's; it has what is needed."""
    return Children(python.interpreter(named or tuned_with or setting, needs))


# ---------------------------------------------------------------- finding


def tuned(project: Project | None, name: str, base: str, environ: Mapping[str, str]) -> Tuned:
    """A run of the project by its name, or a folder that holds an adapter. Raises InscapeError with what to name."""
    path = Path(name).expanduser()
    if path.is_dir() and (backend := backend_of(path)):
        whole_adapter(path, "Copy the adapter again from where it was trained.")
        return Tuned(
            backend, _base(base or _named_base(path), path, environ), path.resolve(), mode_beside(path), None, ""
        )
    run = run_of(project, name)
    if (backend := backend_of(run.adapter)) is None:
        raise InputError(
            f"{run.name} has no adapter yet. Let it train to its first look at the held-out rows: resume it."
        )
    record = run.record()
    whole_adapter(run.adapter, f"Train again: inscape train --name {run.name} --replace")
    folder = _base(base or record.model, run.path, environ)
    return Tuned(backend, folder, run.adapter, mode_beside(run.adapter), run, record.python)


def backend_of(folder: Path) -> str | None:
    """Whose adapter stands in the folder."""
    return next((name for name in ("mlx", "peft") if (folder / _FILES[name]).is_file()), None)


def whole_adapter(folder: Path, again: str) -> None:
    """Raises InputError, which ends with what to do `again`, where the adapter in a folder is not whole."""
    config = folder / "adapter_config.json"
    if config.is_file() and not _is_object(read_text(config)):
        raise InputError(f"{config} is damaged: it is no JSON. {again}")
    if backend_of(folder) == "peft" and not any((folder / f"adapter_model.{kind}").is_file() for kind in _WEIGHTS):
        raise InputError(f"{folder} has no weights: adapter_model.safetensors is missing. {again}")
    weights.check(folder, again)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def run_of(project: Project | None, name: str) -> Run:
    """A run of the project. Raises InscapeError where there is no project, or no such run."""
    if project is None:
        raise ProjectNotFound(
            f"{name} is no folder with a model or an adapter, and there is no project here that could have a run of "
            "that name. Go into the project's folder, or name the other one."
        )
    if Path(name).name != name and not (Path(name) / "run.json").is_file():
        raise UsageError(f"{name} is no run of this project, and no folder with a model or an adapter.")
    return run_folder.find(project, name)


def _named_base(adapter: Path) -> str:
    """The base as the adapter's own settings name it; empty where they do not."""
    try:
        held = json.loads(read_text(adapter / "adapter_config.json"))
        return str(held.get("base_model_name_or_path") or held.get("model") or "")
    except (InputError, ValueError, AttributeError):
        return ""


def _base(name: str, of: Path, environ: Mapping[str, str]) -> Path:
    if not name:
        raise UsageError(f"{of} does not say which model it was trained on. Name the model's folder with --base.")
    path = Path(name).expanduser()
    if path.is_absolute() and not path.exists():
        raise InputError(
            f"The model that {of} was trained on is not at {name}. Put it back there, or name the folder where it "
            "stands now with --base."
        )
    folder = find(name, environ).folder
    if folder is None:
        raise UsageError(f"{name} is a file. Name the folder of the model that was trained, with --base.")
    weights.check(folder, "Get the model again, or name another copy of it with --base.")
    return folder.resolve()


def mode_beside(adapter: Path) -> Mode | None:
    """Of an adapter that stands in a run's folder, or has its mode.json beside."""
    for path in (adapter / modes.FILE, adapter.parent / modes.FILE, adapter.parent / "data" / modes.FILE):
        if path.is_file():
            return _mode(path)
    return None


def _mode(path: Path) -> Mode:
    """Raises InputError that says where another copy stands: a new export would be no mode of this training."""
    text = read_text(path)
    try:
        return modes.read(text, str(path))
    except InputError:
        raise InputError(
            f"{path} is no mode.json of this inscape, or is damaged. Copy the one of the export that was trained on "
            "there (exports/…/mode.json, where it was not made anew since), or train again."
        ) from None


# ---------------------------------------------------------------- what is asked


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the whole prompt that puts it, as training saw prompts."""

    text: str
    talk: Conversation


def questions(project: Project | None) -> list[Question]:
    """Three of the project's probes, evenly spaced, or of our own where it has none."""
    probes: list[Probe] = all_probes(project) if project else []
    chosen = spread(probes, QUESTIONS)
    if len(chosen) < QUESTIONS:
        return [Question(text, Conversation((Turn("user", text),))) for text in _DEFAULTS]
    return [Question(probe.prompt, probe.talk) for probe in chosen]


def prompt(mode: Mode | None, question: Question, template: ChatTemplate) -> str:
    """The whole prompt as text. Raises DataError where the template does not take the question."""
    if mode is None:
        return render(template, messages(None, question), add_generation_prompt=True)
    return modes.ask(mode, question.talk, None, template).text


def messages(mode: Mode | None, question: Question) -> list[Message]:
    """The question as a server takes it."""
    if mode is None:
        return [{"role": turn.role, "content": turn.text} for turn in question.talk.turns]
    return list(modes.ask(mode, question.talk, None, None).messages)


def template_of(folder: Path, environ: Mapping[str, str]) -> ChatTemplate:
    """The chat template of a model's folder."""
    return find(str(folder), environ).template

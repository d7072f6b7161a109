"""Deploying: a tuned model made ready for Ollama, or as a folder with a card for the hub.

Invariant: nothing leaves this machine unless a person said so for this call, and what came out of private books only
where that was said too. Files that a person changed are not written over. The command that would be run is shown first.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inscape.errors import CheckFailed, InputError, InscapeError, TrainerError, UsageError
from inscape.events import Deployed, Event, FileWritten, Finished, Noted
from inscape.examples import effort
from inscape.project import Project, disk_error, make_folder, read_text, write_text
from inscape.rendering.mode import Mode
from inscape.settings import Settings
from inscape.stages import gguf, merge, model_card, modelfile, parity, tuned
from inscape.stages.modelfile import Modelfile, Parameter
from inscape.stages.run_folder import Run
from inscape.trainers import weights
from inscape.trainers.gguf_metadata import Metadata

Confirm = Callable[[str], bool]
_PREFERRED = ("f16", "bf16", "f32", "q8_0")


@dataclass(frozen=True, slots=True)
class ForOllama:
    """What a person asked for. `quantize`: a type as Ollama or llama.cpp names it, such as q4_K_M."""

    name: str = ""
    quantize: str = ""
    replace: bool = False


def ollama(
    project: Project, run: Run, wanted: ForOllama, confirm: Confirm, environ: Mapping[str, str]
) -> Iterator[Event]:
    """The Modelfile, then `ollama create` where Ollama is here and `confirm` says yes; else the commands."""
    name = wanted.name or modelfile.name_of(run.name)
    if not modelfile.valid_name(name):
        raise UsageError(f"'{name}' is no name that Ollama takes: small letters, digits, '.', '_' and '-'.")
    path, quantize = _gguf(run, wanted.quantize)
    if parity.texts_apart(run.path, path.name):
        raise CheckFailed(
            f"`inscape parity {run.name}` found that {path.name} renders prompts otherwise than training did. Convert "
            f"it again (inscape gguf {run.name}) and check again, before it goes to Ollama."
        )
    mode = tuned.mode_beside(run.adapter)
    held = gguf.known(path)
    made = of(f"../{path.name}", mode, held, _generation(run), project.settings)
    file = run.path / "ollama/Modelfile"
    _write(file, made.text(), replace=wanted.replace)
    yield FileWritten(str(file), "Modelfile for Ollama")
    yield from (Noted("note", one) for one in _remarks(made, mode))
    command = ["ollama", "create", name, *(["--quantize", quantize] if quantize else []), "-f", project.relative(file)]
    yield from _created(project, command, confirm, environ)
    yield Noted("note", f"Then: ollama run {name}, or inscape chat {run.name} --ollama {name}")
    yield Finished("deploy", {"files": 1})


def of(
    gguf_path: str, mode: Mode | None, held: Metadata, generation: Mapping[str, Any], settings: Settings
) -> Modelfile:
    """The Modelfile of a GGUF: everything from what training saw, the model's own files, then the settings."""
    stops = [*([mode.end] if mode else []), *(one for role in ("eos", "eot") if (one := held.special(role)))]
    return Modelfile(
        gguf_path,
        modelfile.parameters(stops, held.context, _sampling(generation, settings)),
        system_of(mode),
        str(held.held.get("general.license", "")),
        ("No TEMPLATE: the GGUF carries the chat template that training saw.",),
    )


def system_of(mode: Mode | None) -> str:
    """The system prompt that training saw; with a line of effort where every row had one, and then medium."""
    if mode is None:
        return ""
    line = effort.line(mode.word("medium")) if mode.policy in ("system-line", "both") else ""
    return "\n\n".join(part for part in (mode.system or "", line) if part)


def _sampling(generation: Mapping[str, Any], settings: Settings) -> list[Parameter]:
    """As the model's makers advise in generation_config.json, else as `inscape chat` draws."""
    made = []
    for name in ("temperature", "top_p"):
        own = generation.get(name)
        if isinstance(own, int | float) and not isinstance(own, bool):
            made.append(Parameter(name, f"{own:g}", "as the model's generation_config.json has it"))
        else:
            made.append(Parameter(name, f"{settings.number(f'chat.{name}'):g}", f"setting chat.{name}"))
    if isinstance(top_k := generation.get("top_k"), int) and not isinstance(top_k, bool):
        made.append(Parameter("top_k", str(top_k), "as the model's generation_config.json has it"))
    return made


def _remarks(made: Modelfile, mode: Mode | None) -> Iterator[str]:
    yield from modelfile.changed(made.system)
    if mode is None:
        yield "There is no mode.json in the run: no system prompt was set."
    elif not made.system:
        yield "Training rows have no system prompt, or not all the same one: none is set, as in training."
    elif mode.policy in ("system-line", "both"):
        yield "The system prompt says effort medium, as a row would; `inscape chat` and `inscape serve` set it anew."
    if mode and mode.encoding == "content":
        yield (
            f"Thoughts come as <{mode.tag}> in the answer's text. Ollama shows them as they are; `inscape serve` hides "
            "them."
        )


def _gguf(run: Run, quantize: str) -> tuple[Path, str]:
    """The GGUF to begin with, and what Ollama is to make of it; nothing where it stands in that type already."""
    if quantize and (ready := gguf.path_of(run.path, quantize)).is_file():
        return ready, ""
    found = [path for kind in _PREFERRED if (path := gguf.path_of(run.path, kind)).is_file()]
    if not found:
        raise UsageError(f"{run.name} has no GGUF yet. Make one first: inscape gguf {run.name}")
    if quantize and found[0].stem.endswith("q8_0"):
        raise UsageError(f"Ollama quantizes whole weights only. Make them first: inscape gguf {run.name} --type f16")
    return found[0], quantize


def _generation(run: Run) -> Mapping[str, Any]:
    """generation_config.json of the merged model; empty where there is none."""
    try:
        held = json.loads((run.path / "merged/generation_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _write(path: Path, text: str, *, replace: bool) -> None:
    """Raises InscapeError where a person changed what stands there."""
    if path.exists() and not modelfile.untouched(read_text(path)) and not replace:
        raise InscapeError(f"{path} was changed by hand. Nothing was written. Move it away, or say --replace.")
    write_text(path, text)


def _created(project: Project, command: Sequence[str], confirm: Confirm, environ: Mapping[str, str]) -> Iterator[Event]:
    shown = shlex.join(command)
    program = shutil.which("ollama", path=environ.get("PATH"))
    if program is None:
        yield Noted("note", "Ollama is not on the PATH here. Where it is, run:")
        yield Deployed("ollama", str(project.root), shown, done=False)
    elif not confirm(f"Run `{shown}`?"):
        yield Noted("note", "Nothing was made in Ollama. To do it, say --yes, or run:")
        yield Deployed("ollama", str(project.root), shown, done=False)
    else:
        _called([program, *command[1:]], project.root, shown)
        yield Deployed("ollama", str(project.root), shown, done=True)


def _called(command: Sequence[str], folder: Path, shown: str) -> None:
    """Raises TrainerError with the tool's last words where it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, errors="replace")
    except OSError as error:
        raise TrainerError(f"`{shown}` cannot be started: {error.strerror or error}.") from None
    if done.returncode:
        words = "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise TrainerError(f"`{shown}` failed (exit code {done.returncode}):\n{words}")


# ---------------------------------------------------------------- the hub


@dataclass(frozen=True, slots=True)
class ForHub:
    """What a person asked for. `repo`: the name on the hub, such as me/sea-voice."""

    repo: str = ""
    upload: bool = False
    adapter: bool = False
    """The adapter alone, though the model is merged."""
    private_too: bool = False
    replace: bool = False


def hub(
    project: Project, run: Run, wanted: ForHub, facts: model_card.Facts, private: Sequence[str],
    environ: Mapping[str, str],
) -> Iterator[Event]:  # fmt: skip
    """A folder with the model and its card, and with `upload` its upload, to a repository that only you see.

    `private`: titles of the private books that stand behind the rows. Raises InscapeError before anything is written.
    """
    if wanted.upload and not wanted.repo:
        raise UsageError("--upload needs --repo: the name on the hub, such as me/sea-voice.")
    if wanted.upload and private and not wanted.private_too:
        raise InscapeError(
            f"Behind this model stand private books ({', '.join(private)}), and a model can repeat what it was trained "
            "on. Nothing was written or uploaded. Leave --upload out, or say --private-too."
        )
    source = run.path / "merged"
    whole = (source / "config.json").is_file() and not wanted.adapter
    folder = run.path / "hf"
    _ready(run, source if whole else run.adapter)
    _card(folder, model_card.card(facts, merged=whole, private=private), replace=wanted.replace)
    _fill(source if whole else run.adapter, folder, facts.base)
    yield FileWritten(str(folder), "model with its card" if whole else "adapter with its card")
    command = ["hf", "upload", wanted.repo or "YOU/NAME", project.relative(folder), ".", "--private"]
    program = shutil.which("hf", path=environ.get("PATH"))
    if wanted.upload and program:
        _called([program, *command[1:]], project.root, shlex.join(command))
        yield Deployed("hf", str(folder), shlex.join(command), done=True)
    else:
        if wanted.upload:
            yield Noted(
                "note", "The hub's tool is not on the PATH here (pip install huggingface_hub). Where it is, run:"
            )
        yield Deployed("hf", str(folder), shlex.join(command), done=False)
    yield Finished("deploy", {"files": sum(path.is_file() for path in folder.iterdir())})


def _ready(run: Run, source: Path) -> None:
    """Raises InscapeError where what is to be passed on is not there, or not whole."""
    if source != run.adapter:
        gguf.readable(source)
        weights.check(source, gguf.AGAIN)
    elif tuned.backend_of(source) is None:
        raise UsageError(f"{run.name} has no adapter, and nothing to pass on. Go on training: --resume {run.name}")
    else:
        tuned.whole_adapter(source, f"Train again: inscape train --name {run.name} --replace")


def _card(folder: Path, text: str, *, replace: bool) -> None:
    path = folder / "README.md"
    if path.exists() and not model_card.untouched(read_text(path)) and not replace:
        raise InscapeError(f"{path} was changed by hand. Nothing was written. Move it away, or say --replace.")
    write_text(path, text)


def _fill(source: Path, folder: Path, base: str) -> None:
    """The model's files beside the card, without a name of a folder on this machine. Large ones are linked."""
    try:
        make_folder(folder)
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.name != "README.md":
                path.unlink()
        for path in sorted(source.iterdir()):
            if path.is_file() and path.name not in (merge.MARKER, "README.md"):
                _placed(path, folder / path.name, base)
    except OSError as error:
        raise disk_error(error, folder) from None


def _object(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(read_text(path))
        return held if isinstance(held, dict) else {}
    except ValueError:
        raise InputError(f"{path} is damaged: it is no JSON. Merge or train again.") from None


def _placed(path: Path, out: Path, base: str) -> None:
    if path.name in ("adapter_config.json", "config.json", "tokenizer_config.json"):
        held = _object(path)
        if other := {name: base for name in ("base_model_name_or_path", "_name_or_path", "model") if held.get(name)}:
            write_text(out, json.dumps({**held, **other}, ensure_ascii=False, indent=2) + "\n")
            return
    if path.suffix == ".safetensors":
        try:
            os.link(path, out)
            return
        except OSError:
            pass
    shutil.copyfile(path, out)

"""Converting: a merged model becomes a GGUF for llama.cpp and Ollama, and smaller ones of it.

Invariant: a file stands whole or not at all, and takes the place only of a GGUF. The converter is llama.cpp's own; it
is fetched only where a person says so, after what is fetched was said. The first file is asked the same as the model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from inscape.errors import InputError, InscapeError, TrainerError, TrainerMissing, UsageError
from inscape.events import Converted, Event, FileWritten, Finished, Noted
from inscape.project import Project, disk_error, make_folder, read_text
from inscape.rendering.mode import Mode
from inscape.runtimes import fetch as network
from inscape.stages import merge
from inscape.stages import tuned as found
from inscape.stages.parity_check import Heard, compare, hear
from inscape.stages.tuned import Workers
from inscape.trainers import gguf_metadata, llama_cpp, weights
from inscape.trainers.gguf_metadata import Metadata
from inscape.trainers.speak_jobs import ConvertJob, SpeakJob

Type = Literal["f16", "bf16", "f32", "q8_0"]
_MAGIC = b"GGUF"
_KIND = re.compile(r"[A-Za-z0-9_]{2,16}")

AGAIN = "Merge again (inscape merge … --replace), or copy the model here again."


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with a whole model, and where GGUFs of it go."""

    folder: Path
    home: Path
    mode: Mode | None = None
    python: str = ""
    """What the run was trained with; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    type: Type = "f16"
    quantize: tuple[str, ...] = ()
    llama_cpp: str = ""
    replace: bool = False
    compare: bool = True


def fetch(environ: Mapping[str, str]) -> Iterator[Event]:
    """Download llama.cpp's converter, as a person asked. Says what, from where and how large before it begins."""
    address = network.locate(network.Wanted("llama-cpp-python", llama_cpp.ARCHIVE), environ)
    folder = llama_cpp.data_folder(environ)
    yield Noted(
        "note",
        f"Fetching {llama_cpp.ARCHIVE} ({llama_cpp.SIZE_MB} MB) from {network.shown(address)}. Of it llama.cpp's "
        f"converter and its license are kept (2 MB), in {folder}.",
    )
    make_folder(folder.parent)
    with TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as room:
        archive = Path(room) / llama_cpp.ARCHIVE
        network.download(address, archive, environ)
        llama_cpp.unpack(archive, folder)
    yield FileWritten(str(folder), "llama.cpp's converter, its SHA-256 as known")


def gguf(
    project: Project | None, source: Source, wanted: Wanted, workers: Workers, environ: Mapping[str, str]
) -> Iterator[Event]:
    """Converted for each file, then ParityChecked. Raises InscapeError before anything is written over."""
    kinds = _kinds(wanted)
    home = llama_cpp.converter(wanted.llama_cpp, environ)
    tool = llama_cpp.quantizer(wanted.llama_cpp, environ) if kinds else None
    out = path_of(source.home, wanted.type)
    smaller = [path_of(source.home, one) for one in kinds]
    for path in (out, *smaller):
        _free(path, replace=wanted.replace)
    if merge.stale(source.folder):
        yield Noted(
            "warning", f"{source.folder} was merged before the adapter changed. To have the new one, merge again."
        )
    _convert(source, out, home, wanted.type, workers)
    yield Converted(str(out), wanted.type, _mb(out))
    for kind, path in zip(kinds, smaller, strict=True):
        assert tool is not None
        part = path.with_name(f".{path.name}.part")
        with whole(part, path):
            llama_cpp.quantize(tool, out, part, kind, source.home / "quantize.log")
        yield Converted(str(path), kind, _mb(path))
    if wanted.compare:
        yield from _compared(project, source, out, workers, environ)
    yield Finished("gguf", {"files": 1 + len(smaller)})


def _kinds(wanted: Wanted) -> list[str]:
    """The types to quantize to, each once. Raises UsageError for what is none, or is what the converter writes."""
    kinds = list({one.lower(): one for one in reversed(wanted.quantize)}.values())[::-1]
    for one in kinds:
        if not _KIND.fullmatch(one):
            raise UsageError(f"--quantize {one} is no type of weights. Name one such as q4_k_m.")
        if one.lower() == wanted.type:
            raise UsageError(f"--quantize {one} is what --type writes already. Leave it out, or name a smaller one.")
    return kinds


def path_of(home: Path, type_: str) -> Path:
    return home / f"model-{type_.lower()}.gguf"


def _convert(source: Source, out: Path, home: Path, type_: Type, workers: Workers) -> None:
    part = out.with_name(f".{out.name}.part")
    with whole(part, out):
        job = ConvertJob(str(source.folder), str(part), str(home), type_)
        if not any(line["kind"] == "converted" for line in workers.work("convert", job, source.home)):
            raise TrainerError("The child that converts ended without a word of what it made.")


@contextmanager
def whole(part: Path, path: Path) -> Iterator[None]:
    """What the block writes as `part` becomes `path`; nothing of it stays where the block fails."""
    try:
        part.unlink(missing_ok=True)
        yield
        part.replace(path)
    except OSError as error:
        raise disk_error(error, path) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def known(path: Path) -> Metadata:
    """What a GGUF says of itself. Raises InputError where it is none, or was cut off."""
    try:
        return gguf_metadata.check(path)
    except (OSError, ValueError) as problem:
        raise InputError(
            f"{path} cannot be read as a GGUF: {problem}. Make it again with `inscape gguf … --replace`, or take it "
            "away."
        ) from None


def _free(path: Path, *, replace: bool) -> None:
    """Raises InscapeError where something stands that is no GGUF. One that is can be made again."""
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            stands = file.read(4) == _MAGIC
    except OSError:
        stands = False
    if not stands and not replace:
        raise InscapeError(f"{path} stands there and is no GGUF. Nothing was written. Move it away, or say --replace.")


# ---------------------------------------------------------------- the same as before


def _compared(
    project: Project | None, source: Source, out: Path, workers: Workers, environ: Mapping[str, str]
) -> Iterator[Event]:
    """The folder beside its GGUF: the same questions, the likeliest tokens."""
    template = found.template_of(source.folder, environ)
    asked = [(one.text, found.prompt(source.mode, one, template)) for one in found.questions(project)]
    before = _heard(SpeakJob("hf", str(source.folder)), asked, source, workers)
    try:
        after = _heard(SpeakJob("gguf", str(out), dtype="float32"), asked, source, workers)
    except TrainerMissing as problem:
        yield Noted("warning", f"The GGUF was not compared with the model it is of. {problem}")
        return
    checked = [
        compare(question, ("merged", one), (out.name, other))
        for (question, _), one, other in zip(asked, before, after, strict=True)
    ]
    yield from checked
    yield from merge.rounding(checked, f"{out.name} has rounded weights")


def _heard(job: SpeakJob, asked: Sequence[tuple[str, str]], source: Source, workers: Workers) -> list[Heard]:
    with workers.speak(job, source.home) as speaker:
        return [hear(speaker, None, prompt) for _, prompt in asked]


def _mb(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 1)


# ---------------------------------------------------------------- which model


def source_of(project: Project | None, name: str) -> Source:
    """The merged model of a run, or a folder with a whole model. Raises InscapeError with what to do first."""
    path = Path(name).expanduser()
    if path.is_dir() and (path / "config.json").is_file():
        path = path.resolve()
        return Source(_whole_model(path), path.parent, found.mode_beside(path))
    if path.is_dir() and found.backend_of(path):
        raise UsageError(f"{path} is an adapter; a GGUF is made of a whole model. Merge first: inscape merge {name}")
    run = found.run_of(project, name)
    folder = run.path / "merged"
    if not (folder / "config.json").is_file():
        raise UsageError(f"{run.name} is not merged yet. Merge first: inscape merge {run.name}")
    return Source(_whole_model(folder), run.path, found.mode_beside(run.adapter), run.record().python)


def readable(folder: Path) -> Any:
    """config.json of a model's folder. Raises InputError."""
    try:
        return json.loads(read_text(folder / "config.json"))
    except ValueError:
        raise InputError(f"{folder / 'config.json'} is no JSON. {AGAIN}") from None


def _whole_model(folder: Path) -> Path:
    """Raises InputError for a quantized model, whose weights the converter cannot read, and for a damaged one."""
    held = readable(folder)
    if isinstance(held, dict) and ("quantization" in held or "quantization_config" in held):
        raise InputError(
            f"{folder} is quantized, and llama.cpp's converter needs whole weights. Merge again with --dtype float16, "
            "and quantize the GGUF instead."
        )
    weights.check(folder, AGAIN)
    return folder

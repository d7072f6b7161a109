"""Merging: a base and what was learned over it become one model, in a folder that any program reads.

Invariant: the folder stands whole or not at all, and takes the place only of one that was merged here and is unchanged
since, or of any where the person says so. What was merged is asked the same as base and adapter, and said side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inscape.errors import InscapeError, TrainerError, UsageError
from inscape.events import Event, FileWritten, Finished, Merged, Noted, ParityChecked
from inscape.project import Project, disk_error, make_folder, remove_folder, write_text
from inscape.stages import tuned as found
from inscape.stages.parity_check import Heard, compare, hear
from inscape.stages.tuned import Tuned, Workers
from inscape.trainers.llama_cpp import digest
from inscape.trainers.speak_jobs import MergeJob, SpeakJob

MARKER = ".inscape-merged.json"
Dtype = Literal["auto", "float16", "bfloat16", "float32"]
_HASHED = 64 << 20
"""Larger files are known by their size and time: a model has many GB."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    out: Path | None = None
    dtype: Dtype = "auto"
    replace: bool = False
    compare: bool = True


def merge(
    project: Project | None, tuned: Tuned, wanted: Wanted, workers: Workers, environ: Mapping[str, str]
) -> Iterator[Event]:
    """Merged, then ParityChecked for each question. Raises InscapeError before anything is written over."""
    out = (wanted.out.expanduser() if wanted.out else tuned.home / "merged").resolve()
    _free(out, tuned, replace=wanted.replace)
    part = out.with_name(f".{out.name}.part")
    make_folder(out.parent)
    remove_folder(part)
    try:
        told = _work(tuned, wanted, part, workers)
        _mark(part, tuned, wanted.dtype)
        _in_place(part, out)
    finally:
        remove_folder(part)
    yield Merged(str(out), int(told["parameters"]), str(told["dtype"]), _mb(out))
    yield FileWritten(str(out), "merged model")
    if wanted.compare:
        yield from _compared(project, tuned, out, workers, environ)
    yield Finished("merge", {"parameters": int(told["parameters"])})


def _work(tuned: Tuned, wanted: Wanted, part: Path, workers: Workers) -> Mapping[str, Any]:
    """What the child says of the model that it made."""
    job = MergeJob(str(tuned.base), str(tuned.adapter), str(part), wanted.dtype)
    for line in workers.work(f"merge_{tuned.backend}", job, tuned.home):
        if line["kind"] == "merged":
            return line
    raise TrainerError("The child that merges ended without a word of what it made.")


# ---------------------------------------------------------------- the same as before


def _compared(
    project: Project | None, tuned: Tuned, out: Path, workers: Workers, environ: Mapping[str, str]
) -> Iterator[Event]:
    """Base and adapter beside the merged model: the same questions, the likeliest tokens."""
    template = found.template_of(tuned.base, environ)
    asked = [(one.text, found.prompt(tuned.mode, one, template)) for one in found.questions(project)]
    before = _heard(SpeakJob(tuned.engine, str(tuned.base), str(tuned.adapter)), asked, tuned, workers)
    after = _heard(SpeakJob(tuned.engine, str(out)), asked, tuned, workers)
    checked = [
        compare(question, ("base and adapter", one), ("merged", other))
        for (question, _), one, other in zip(asked, before, after, strict=True)
    ]
    yield from checked
    yield from rounding(checked, "the merged model's weights are rounded to its type")


def rounding(checked: Sequence[ParityChecked], why: str) -> Iterator[Event]:
    """What is to be known where answers part."""
    if apart := sum(one.same < one.of for one in checked):
        yield Noted(
            "note",
            f"{apart} of {len(checked)} answers are not the same to the end: {why}, and where two tokens are almost "
            "equally likely, that decides. Ask it something with `inscape chat` before you pass it on.",
        )


def _heard(job: SpeakJob, asked: Sequence[tuple[str, str]], tuned: Tuned, workers: Workers) -> list[Heard]:
    with workers.speak(job, tuned.home) as speaker:
        return [hear(speaker, None, prompt) for _, prompt in asked]


# ---------------------------------------------------------------- the folder


def merged(folder: Path) -> bool:
    """Whether the folder is as a merge left it."""
    try:
        held = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return bool(held["files"] == _files(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def made_from(folder: Path) -> Mapping[str, Any]:
    """What a merged folder was made of; empty where it was not merged here."""
    try:
        held = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return held if isinstance(held, dict) else {}
    except (OSError, ValueError):
        return {}


def stale(folder: Path) -> bool:
    """Whether the adapter has changed since it was merged into this folder."""
    held = made_from(folder)
    adapter = Path(str(held.get("adapter", "")))
    return "learned" in held and adapter.is_dir() and held["learned"] != _files(adapter)


def _free(out: Path, tuned: Tuned, *, replace: bool) -> None:
    """Raises InscapeError where something stands that is not a merge's, or must never be written over."""
    if (
        out in (tuned.base, tuned.adapter, tuned.home)
        or tuned.base.is_relative_to(out)
        or tuned.adapter.is_relative_to(out)
    ):
        raise UsageError(f"{out} holds what is to be merged. Name another folder with --out.")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())) or merged(out):
        return
    if not replace or not out.is_dir() or not (out / "config.json").is_file():
        raise InscapeError(
            f"{out} stands there already, and not as a merge left it. Nothing was written. Move it away, name another "
            "with --out, or, where it is a model, say --replace to write over it."
        )


def _mark(folder: Path, tuned: Tuned, dtype: str) -> None:
    made = {
        "format": 1, "base": str(tuned.base), "adapter": str(tuned.adapter), "learned": _files(tuned.adapter),
        "dtype": dtype, "files": _files(folder),
    }  # fmt: skip
    write_text(folder / MARKER, json.dumps(made, ensure_ascii=False, indent=1) + "\n")


def _files(folder: Path) -> dict[str, str]:
    """Every file of the folder, with its hash; of a large one its size and time."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MARKER)
    return {path.relative_to(folder).as_posix(): _known_by(path) for path in files}


def _known_by(path: Path) -> str:
    stat = path.stat()
    return digest(path) if stat.st_size <= _HASHED else f"{stat.st_size} bytes, {stat.st_mtime_ns}"


def _in_place(part: Path, out: Path) -> None:
    """The new folder where the old one stood, which goes last."""
    old = out.with_name(f".{out.name}.old")
    remove_folder(old)
    try:
        if out.exists():
            out.replace(old)
        part.replace(out)
    except OSError as error:
        raise disk_error(error, out) from None
    remove_folder(old)


def _mb(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6, 1)

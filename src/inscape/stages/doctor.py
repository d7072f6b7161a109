"""What is there and what is missing, on this machine and in this project: one finding for each thing.

Invariant: it looks and changes nothing, and it never shows a key, only whether there is one.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from inscape import __version__, settings, teachers
from inscape.errors import InscapeError, TrainerMissing
from inscape.events import Event, Finished, Found
from inscape.project import Project
from inscape.store import db, open_store
from inscape.store import examples as stored
from inscape.trainers import llama_cpp
from inscape.trainers import python as pythons

LEAST_FREE_GB = 1.0


def doctor(project: Project | None, problem: InscapeError | None, environ: Mapping[str, str]) -> Iterator[Event]:
    """Every finding; `state` is 'ok', 'missing' (something will not work) or 'note'."""
    findings = [*_machine(environ), *_training(project, environ), *_project(project, problem)]
    findings += _teacher(project, environ)
    yield from findings
    yield Finished("doctor", {"missing": sum(f.state == "missing" for f in findings), "findings": len(findings)})


def _machine(environ: Mapping[str, str]) -> Iterator[Found]:
    yield Found("inscape", "ok", f"{__version__}, Python {platform.python_version()}, {platform.system()}")
    wanted = [w.split(";")[0] for w in metadata.requires("inscape") or [] if "extra" not in w]
    for name in sorted(_bare(w) for w in wanted):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Found(name, "missing", f"a package inscape needs is gone: pip install {name}")
    yield Found("SQLite", "ok", db.version())
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    advice = "" if free >= LEAST_FREE_GB else "; make room before you generate"
    yield Found("disk", "missing" if advice else "ok", f"{free:,.1f} GB free here{advice}")
    yield _editor(environ)
    yield Found("terminal", "ok" if sys.stdin.isatty() else "note", _terminal())
    for name, use in (("ollama", "a local teacher, and deploying"), ("tesseract", "scanned PDFs")):
        found = shutil.which(name)
        yield Found(name, "ok" if found else "note", found or f"not installed; only needed for {use}")


def _training(project: Project | None, environ: Mapping[str, str]) -> Iterator[Found]:
    """What trains, converts and answers, in the Python that the settings name."""
    chosen = project.settings if project else settings.load("", "defaults", environ)
    named = chosen.text("train.python")
    for backend, use in _USES.items():
        try:
            versions = pythons.versions(pythons.named(named), backend)
            yield Found(f"to {use}", "ok", ", ".join(f"{name} {version}" for name, version in versions.items()))
        except TrainerMissing as problem:
            wrong = named and "There is no Python" in str(problem)
            yield Found(f"to {use}", "missing" if wrong else "note", str(problem))
    try:
        yield Found("llama.cpp's converter", "ok", str(llama_cpp.converter(chosen.text("gguf.llama_cpp"), environ)))
    except TrainerMissing as problem:
        yield Found("llama.cpp's converter", "note", str(problem))


_USES = {"peft": "train with peft", "mlx": "train with mlx", "gguf": "answer from a GGUF"}


def _bare(requirement: str) -> str:
    return (
        "".join(c for c in requirement.split("[")[0] if c not in " ")
        .partition("<")[0]
        .partition(">")[0]
        .partition("=")[0]
    )


def _editor(environ: Mapping[str, str]) -> Found:
    editor = environ.get("VISUAL") or environ.get("EDITOR")
    if not editor:
        return Found("editor", "note", "EDITOR is not set; edits in review open the system's default (vi or nano)")
    if shutil.which(editor.split()[0]) is None:
        return Found("editor", "missing", f"EDITOR is {editor}, which is not installed")
    return Found("editor", "ok", editor)


def _terminal() -> str:
    if not sys.stdin.isatty():
        return "this is not a terminal: `inscape review` needs one, or --from-file"
    size = shutil.get_terminal_size()
    return f"{size.columns} x {size.lines}"


def _project(project: Project | None, problem: InscapeError | None) -> Iterator[Found]:
    if project is None:
        yield Found("project", "note" if problem is None else "missing", str(problem or "none here"))
        return
    yield Found("project", "ok", str(project.root))
    if not project.database.exists():
        yield Found("database", "note", "nothing recorded yet: `inscape add BOOK` is the first step")
        return
    try:
        with open_store(project.database) as store:
            counts = stored.counts(store)
            total = sum(counts.values())
            yield Found("database", "ok", f"{total:,} examples, {counts.get('keep', 0):,} kept")
    except InscapeError as error:
        yield Found("database", "missing", str(error))


def _teacher(project: Project | None, environ: Mapping[str, str]) -> Iterator[Found]:
    if project is None:
        return
    name = project.settings.text("teacher.name")
    if not name:
        yield Found("teacher", "note", "none chosen; set teacher.name in inscape.toml or use --teacher")
        return
    try:
        yield Found("teacher", "ok", teachers.load(project.settings, environ).name)
    except InscapeError as error:
        yield Found("teacher", "missing", str(error))

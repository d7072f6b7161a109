"""The demo: the whole road on the sample book, by the stages that every verb uses.

Invariant: nothing is staged. Only the teacher's answers and the reviewer's decisions come from a file, and both say so;
an answer is played back only for exactly the prompt it was written for.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from inscape import export as formats
from inscape import project as projects
from inscape import teachers
from inscape.errors import ProjectError
from inscape.events import Event, FileWritten, Finished, Noted, Step
from inscape.project import Project
from inscape.stages import sources
from inscape.stages.add import add
from inscape.stages.export import export
from inscape.stages.generate import Policy, generate
from inscape.stages.new import first_files
from inscape.stages.passages import passages
from inscape.stages.plan import items_of, plan
from inscape.stages.review import apply
from inscape.stages.split import Asked, split
from inscape.stages.surroundings import Places
from inscape.store import Store, open_store

BOOK = "maintenance-tolerance.pdf"
MARK = ".inscape-demo"
"""A file that says that a folder was made by the demo, so that --fresh deletes nothing else."""


def demo(folder: Path, fresh: bool, environ: Mapping[str, str], at: str) -> Iterator[Event]:
    """Make the demo's project in `folder` and walk the road in it.

    Raises ProjectError where something else stands there.
    """
    clear(folder, fresh)
    sample = resources.files("inscape.sample")
    yield Step("A project", f"inscape new {folder}")
    project = _project(folder, sample, environ)
    yield FileWritten(str(folder), "the project folder")
    with projects.lock(project, "demo"), open_store(project.database) as store:
        yield from _walk(store, project, sample, environ, at)
    yield Finished("demo", {"steps": 6})


def _walk(store: Store, project: Project, sample: Traversable, environ: Mapping[str, str], at: str) -> Iterator[Event]:
    yield Step("A book: a short novel's PDF, with running heads, notes and hyphenation", f"inscape add {BOOK}")
    with resources.as_file(sample / "book.pdf") as pdf:
        book = project.books / BOOK
        shutil.copyfile(pdf, book)
    yield from add(store, project, [book], "public-domain", at)
    yield Step("Three passages, chosen by hand, found in the book", "inscape passages --write")
    yield from passages(store, project, write=True)
    yield Step("Five templates on each passage, answered by a recorded teacher", "inscape generate --teacher recorded")
    yield from _generate(store, project, environ, at)
    yield Step("A reviewer's decisions: the best ten are kept", "inscape review --from-file decisions.jsonl")
    yield from apply(store, project, projects.read_text(project.root / "decisions.jsonl"), "decisions.jsonl", at)
    yield Step("A tenth is held back: the answers to one passage, so that it is new to the model", "inscape split")
    yield from split(store, project.settings, Asked(), at)
    yield Step("Training files", "inscape export --format all")
    yield from export(store, project, formats.formats(), formats.Options(), None)


def _generate(store: Store, project: Project, environ: Mapping[str, str], at: str) -> Iterator[Event]:
    teacher = teachers.load(project.settings, environ, project.root)
    made, _ = sources.prompts(project, sources.Choice(), {}, Places(store, project))
    planned = plan(store, items_of(made, teacher, 1), price=None, max_tokens=4000)
    yield from generate(store, planned, teacher, Policy(), now=lambda: at)
    yield Noted("note", f"Recorded: {teacher.name.partition(':')[2]} wrote each answer from exactly this prompt.")


def _project(folder: Path, sample: Traversable, environ: Mapping[str, str]) -> Project:
    files = first_files("the demo") | {
        MARK: "",
        "passages.md": _text(sample, "passages.md"),
        "answers.json": _text(sample, "answers.json"),
        "decisions.jsonl": _text(sample, "decisions.jsonl"),
    }
    made = projects.create(folder, folder.resolve().name, files, environ)
    toml = projects.read_text(made.config)
    for key, value in (("name", "recorded"), ("recording", "answers.json")):
        toml = toml.replace(f'# {key} = ""', f'{key} = "{value}"', 1)
    projects.write_text(made.config, toml)
    return projects.open_at(folder, environ)


def _text(sample: Traversable, name: str) -> str:
    return (sample / name).read_text(encoding="utf-8")


def clear(folder: Path, fresh: bool) -> None:
    """Make room for a demo. Raises ProjectError where something stands that no demo made."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MARK).exists():
        raise ProjectError(f"{folder} already exists and was not made by the demo. Name another folder.")
    if not fresh:
        raise ProjectError(f"{folder} holds a demo already. Look at it, or begin again with --fresh.")
    shutil.rmtree(folder)

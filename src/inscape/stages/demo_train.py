"""The demo's second half: the companion's rows, the tiny model, and a GGUF that answers, by the verbs' own stages.

Invariant: nothing is staged and nothing is downloaded: what this machine lacks is said before anything is trained. The
model is a toy that knows nothing; what the figures show is the road, not the voice.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inscape import project as projects
from inscape import settings
from inscape.errors import TrainerMissing
from inscape.events import Event, FileWritten, Finished, Noted, Step
from inscape.project import Project
from inscape.stages import answering, gguf, merge, samples, train, tuned
from inscape.stages.chat import Chat
from inscape.stages.demo import MARK, clear
from inscape.stages.import_ import import_
from inscape.stages.split import Asked, split
from inscape.store import open_store
from inscape.trainers import llama_cpp, python

Backend = Literal["peft", "mlx"]
RUN = "lodos"
NUMBERS: Mapping[Backend, Mapping[str, Any]] = {
    "peft": {"rank": 32, "alpha": 64, "rate": 0.003, "epochs": 3, "dropout": 0.0, "max_length": 512},
    "mlx": {"rank": 32, "alpha": 64, "rate": 0.003, "epochs": 2, "dropout": 0.0, "max_length": 384},
}
"""Over the export's own: a model of three million parameters takes, and needs, more than a real one. mlx takes about
twice the time on a processor, and five minutes are for all of it (LOG.md)."""
QUESTIONS = ("sana bisi sorucam", "Sence özgür irade var mı?")
"""The golden case, and one that is to be thought over."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for. `python`: the one that trains; empty: this one."""

    backend: Backend = "peft"
    python: str = ""
    probes: int | None = None
    """How many are answered before and after; None: all."""


def demo_train(
    folder: Path, fresh: bool, wanted: Wanted, environ: Mapping[str, str], now: Callable[[], str]
) -> Iterator[Event]:
    """Rows, split, training, merge, GGUF, and what it answers.

    Raises TrainerMissing before anything begins, ProjectError where something else stands in the folder.
    """
    _ready(wanted, environ)
    clear(folder, fresh)
    yield Step("A project: the companion, 400 rows and 90 held-out probes", f"cp -r examples/companion {folder}")
    project = _project(folder, environ)
    yield FileWritten(str(folder), "the project folder")
    yield from _trained(project, wanted, environ, now)
    yield from _made(project, wanted, environ)
    yield from _answers(project, wanted, environ)
    yield Finished("demo", {"steps": 7})


def _ready(wanted: Wanted, environ: Mapping[str, str]) -> None:
    """Raises TrainerMissing with all that is to be installed."""
    missing = []
    named = settings.load("", "defaults", environ).text("gguf.llama_cpp")
    for needs in ("merge", wanted.backend, "gguf"):
        try:
            python.interpreter(wanted.python, needs)
        except TrainerMissing as problem:
            missing += [str(problem)]
    try:
        llama_cpp.converter(named, environ)
    except TrainerMissing as problem:
        missing += [str(problem)]
    if missing:
        raise TrainerMissing("\n".join(dict.fromkeys(missing)))


def _project(folder: Path, environ: Mapping[str, str]) -> Project:
    source = samples.companion()
    projects.make_folder(folder)
    for name in samples.COMPANION:
        path = source / name
        if path.is_dir():
            shutil.copytree(path, folder / name)
        else:
            shutil.copyfile(path, folder / name)
    projects.write_text(folder / MARK, "")
    return projects.open_at(folder, environ)


def _trained(project: Project, wanted: Wanted, environ: Mapping[str, str], now: Callable[[], str]) -> Iterator[Event]:
    chosen = project.settings
    with projects.lock(project, "demo"), open_store(project.database) as store:
        yield Step("Its rows, each read by a second reader, count as kept", "inscape import rows/*.jsonl --keep")
        rows = sorted((project.root / "rows").glob("*.jsonl"))
        tag, reviewer = chosen.text("examples.tag"), chosen.text("review.reviewer")
        yield from import_(store, rows, tag, now(), keep=True, reviewer=reviewer)
        yield Step("A tenth is held back; rows on one topic stay together", "inscape split")
        yield from split(store, chosen, Asked(), now())
        yield Step("An adapter for the tiny model: a toy of three million parameters", _command(wanted))
        asked = train.Wanted(
            backend=wanted.backend, model=samples.TINY, name=RUN, python=wanted.python, changes=NUMBERS[wanted.backend],
            probes=wanted.probes,
        )  # fmt: skip
        yield from train.train(store, project, asked, environ, now, lambda plan: True)


def _command(wanted: Wanted) -> str:
    flags = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in NUMBERS[wanted.backend].items())
    return f"inscape train --backend {wanted.backend} --model tiny --name {RUN} --probes all {flags}"


def _made(project: Project, wanted: Wanted, environ: Mapping[str, str]) -> Iterator[Event]:
    yield Step("Base and adapter become one model", f"inscape merge {RUN}")
    found = tuned.tuned(project, RUN, "", environ)
    needs = "merge" if wanted.backend == "peft" else "mlx"
    yield from merge.merge(project, found, merge.Wanted(), tuned.children(wanted.python, "", "", needs), environ)
    yield Step("The model becomes a GGUF, by llama.cpp's own converter", f"inscape gguf {RUN}")
    workers = tuned.children(wanted.python, "", "", "merge")
    made = gguf.Wanted(llama_cpp=project.settings.text("gguf.llama_cpp"))
    yield from gguf.gguf(project, gguf.source_of(project, RUN), made, workers, environ)


def _answers(project: Project, wanted: Wanted, environ: Mapping[str, str]) -> Iterator[Event]:
    """What llama.cpp says with it, the likeliest words each time."""
    path = gguf.path_of(project.root / "runs" / RUN, "f16")
    yield Step("llama.cpp answers with it", f"inscape chat {project.relative(path)} --temperature 0")
    chosen = project.settings.with_flags({"chat.temperature": 0.0, "chat.max_tokens": 60})
    asked = answering.Wanted(model=str(path), python=wanted.python)
    opened = answering.open_model(asked, project, chosen, environ)
    with closing(opened.runtime):
        yield from (Noted("note", said) for said in opened.notes)
        for question in QUESTIONS:
            chat = Chat(opened.talker(chosen), answering.drawing(chosen))
            yield Step(question, "")
            yield from chat.say(question)

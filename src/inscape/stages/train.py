"""Training: the proven export, a plan that is asked about, then a trainer in a process of its own.

Invariant: rows, numbers and probes are copied into the run's folder before anything starts, so that a run goes on from
what it began with, whatever became of the project meanwhile. Call it only while holding the project's lock.
"""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from inscape import __version__
from inscape.errors import InputError, InscapeError, UsageError
from inscape.events import Event, Finished, Noted, TrainPlanned
from inscape.examples import effort
from inscape.project import Project, make_folder
from inscape.project import read_text as text
from inscape.rendering import mode as modes
from inscape.stages import run_folder, train_job
from inscape.stages.export_for import export_for
from inscape.stages.probes import all_probes
from inscape.stages.run_folder import Record, Run
from inscape.stages.trained_model import Wanted as Exporting
from inscape.stages.trained_model import model_of
from inscape.stages.training import GRACE, Begun, Line, Missing, Start, Trainer, Training
from inscape.store import Store, examples
from inscape.targets._job import Model
from inscape.trainers import jobs, weights

Backend = Literal["peft", "mlx", "axolotl", "unsloth"]
EXPORTS: Mapping[str, str] = {"peft": "trl", "mlx": "mlx", "axolotl": "axolotl", "unsloth": "unsloth"}
"""The export whose rows a backend takes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for. `resume`: a run's name, or empty for the last that was cut off; None for a new run."""

    backend: Backend = "peft"
    model: str = ""
    template: Path | None = None
    name: str | None = None
    python: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Over the export's numbers, by their names."""
    probes: int | None = 8
    """How many are answered before and after; None: all."""
    plan_only: bool = False
    resume: str | None = None
    replace: bool = False


def train(
    store: Store, project: Project, wanted: Wanted, environ: Mapping[str, str], now: Callable[[], str],
    confirm: Callable[[TrainPlanned], bool], *, stop: threading.Event | None = None, start: Start | None = None,
) -> Iterator[Event]:  # fmt: skip
    """TrainPlanned first; then, where `confirm` says yes, the training to its end, and what became of it.

    Setting `stop`, or closing the generator, ends the training after its step. Raises InscapeError with what to change.
    `start`: what starts a trainer; without it, a process of the Python that was asked for.
    """
    if wanted.resume is not None:
        begun = _resumed(store, project, wanted)
        python = wanted.python or begun.record.python
        starting = start or _starter(begun.record.backend, python, environ)
    else:
        starting = start or _starter(wanted.backend, wanted.python, environ)
        begun = yield from _made(store, project, wanted, environ, now)
    training = Training(begun, now, stop or threading.Event())
    yield from training.work(starting, lambda plan: not wanted.plan_only and confirm(plan))


def _starter(backend: str, python: str, environ: Mapping[str, str]) -> Start:
    """Raises TrainerMissing at once where that Python cannot train so."""
    from inscape.trainers.child import Child
    from inscape.trainers.python import NEEDED, interpreter

    found = interpreter(python, backend if backend in NEEDED else "peft")
    module = {"unsloth": "peft"}.get(backend, backend)

    def start(run: Run, record: Record) -> Trainer:
        return Child(found, module, run.job, run.path, run.log, env=environ)

    return start


# ---------------------------------------------------------------- a run that goes on


def _resumed(store: Store, project: Project, wanted: Wanted) -> Begun:
    run, record = run_folder.unfinished(project, wanted.resume or "")
    run_folder.unchanged(run, record)
    run_folder.wait_for(run, record, GRACE)
    job = jobs.load(jobs.TrainJob, run.job)
    _still_there(run, job.model)
    job = replace(job, resume=True)
    jobs.save(job, run.job)
    if wanted.python:
        record = replace(record, python=_absolute(wanted.python))
    mode = modes.read(text(run.mode), project.relative(run.mode))
    return Begun(project, run, record, mode, _missing(store, job, mode, len(record.probes)))


def _still_there(run: Run, model: str) -> None:
    path = Path(model)
    if path.is_absolute() and not path.is_dir():
        raise InputError(
            f"{run.name} cannot go on: the model that it trains is not at {model} any more. Put it back there, or "
            "begin another run with `inscape train`."
        )


# ---------------------------------------------------------------- a new run


def _made(
    store: Store, project: Project, wanted: Wanted, environ: Mapping[str, str], now: Callable[[], str]
) -> Generator[Event, None, Begun]:
    """The run's folder with all that its trainer needs; whatever fails on the way leaves what stood there."""
    name = wanted.name or run_folder.new_name(project, wanted.backend)
    run = run_folder.free(project, name, replaced=wanted.replace)
    asked = Exporting((EXPORTS[wanted.backend],), wanted.model or None, wanted.template)
    model = _model(asked, environ)
    yield from _exported(store, project, asked, environ)
    run_folder.put_aside(run)
    try:
        begun = _filled(store, project, wanted, run, model, now)
    except BaseException:
        run_folder.give_up(run)
        raise
    return begun


def _model(asked: Exporting, environ: Mapping[str, str]) -> Model:
    """Raises UsageError for a model, or a chat template, that a trainer here could not use."""
    if not asked.model:
        raise UsageError(
            "Say which model to train: --model with its folder, or with its name in the hub's cache (setting "
            "train.model). `--model tiny` is the toy that comes with inscape."
        )
    try:
        model = model_of(replace(asked, template=None), environ)
    except InputError as problem:
        if asked.template is None:
            own = "or put its template there as chat_template.jinja."
            raise InputError(str(problem).replace("or a .jinja file.", own)) from None
        raise _without_template(asked) from None
    except UsageError:
        if Path(asked.model).is_file():
            raise UsageError(f"{asked.model} is a file; the trainer needs the folder of a whole model.") from None
        if asked.template is None:
            raise UsageError(
                f"{asked.model} is not on this machine, or has no chat template, and nothing is downloaded. "
                f"`hf download {asked.model}` gets a model of the hub; else give the folder of a chat model."
            ) from None
        raise _without_template(asked) from None
    if asked.template is not None:
        given = model_of(asked, environ).template
        if given is None or model.template is None or given.source != model.template.source:
            raise UsageError(
                f"{asked.template} is another chat template than the one of {asked.model}, which the trainer uses. "
                "Leave --template out, or put that file into the model's folder as chat_template.jinja."
            )
    weights.check(Path(model.name), "Get the model again, or name another copy of it.")
    return model


def _without_template(asked: Exporting) -> UsageError:
    return UsageError(
        f"{asked.model} has no chat template here, and the trainer reads it from the model: copy {asked.template} "
        "into the model's folder as chat_template.jinja."
    )


def _exported(store: Store, project: Project, asked: Exporting, environ: Mapping[str, str]) -> Iterator[Event]:
    """What the export says, without the command that this is instead of."""
    trainer = asked.trainers[0]
    try:
        for event in export_for(store, project, asked, environ):
            if not isinstance(event, Finished) and not (
                isinstance(event, Noted) and event.message.startswith("To train")
            ):
                yield event
    except InscapeError as problem:
        flag = f"say `inscape export --for {trainer} --model … --replace`"
        raise type(problem)(str(problem).replace("say --replace", flag)) from None


def _filled(store: Store, project: Project, wanted: Wanted, run: Run, model: Model, now: Callable[[], str]) -> Begun:
    source = project.exports / EXPORTS[wanted.backend]
    _copied(source, run.data)
    mode = modes.read(text(run.mode), project.relative(source / modes.FILE))
    train, valid = run.data / "train.jsonl", run.data / "valid.jsonl"
    held = valid if valid.is_file() else None
    rows, held_out = train_job.count(train), train_job.count(held)
    numbers = train_job.numbers(run.data / "numbers.json", _changes(wanted), rows, held_out)
    every = all_probes(project)
    probes = train_job.chosen(every, wanted.probes)
    assert model.template is not None
    job = jobs.TrainJob(
        backend=cast(Any, wanted.backend),
        model=model.name,
        rows="data/train.jsonl",
        held_out="data/valid.jsonl" if held else None,
        numbers=numbers,
        probes=tuple(train_job.asked(probes, mode, model.template)),
        memorize=tuple(train_job.recalls(train, held, mode.kwargs, model.template)),
    )
    jobs.save(job, run.job)
    record = Record(
        backend=wanted.backend, model=model.name, state="planned", started=now(), inscape=__version__,
        python=_absolute(wanted.python), numbers=asdict(numbers), hashes=run_folder.hashes(run), rows=rows,
        held_out=held_out,
        probes={one.id: {"level": one.level, "prompt": one.prompt} for one in probes},
        title=f"{project.settings.text('project.name') or project.root.name} on {Path(model.name).name}",
    )  # fmt: skip
    return Begun(project, run, run.write(record), mode, _missing(store, job, mode, len(every)))


def _copied(source: Path, to: Path) -> None:
    make_folder(to)
    for path in source.iterdir():
        if path.is_file() and path.suffix in (".jsonl", ".json", ".yaml") and not path.name.startswith("."):
            shutil.copyfile(path, to / path.name)


def _absolute(python: str) -> str:
    """As it is found from any folder later; empty where it is the Python that runs inscape. A link stays one."""
    return str(Path(python).expanduser().absolute()) if python else ""


def _changes(wanted: Wanted) -> dict[str, Any]:
    """unsloth trains without dropout: any takes it off its fast path, as its export says."""
    return {**wanted.changes, **({"dropout": 0.0} if wanted.backend == "unsloth" else {})}


def _missing(store: Store, job: jobs.TrainJob, mode: modes.Mode, probes: int) -> Missing:
    kept = examples.kept(store)
    levels = Counter(str(level) for one in kept if (level := effort.level_of(one.conversation)))
    undecided = examples.counts(store).get("undecided", 0)

    def missing(plan: Line) -> list[str]:
        return train_job.missing(job, plan, mode, every_probe=probes, undecided=undecided, levels=levels)

    return missing

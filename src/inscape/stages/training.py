"""A trainer's process followed from its plan to its last line; every line on the disk before anyone hears of it.

Invariant: nothing is trained before `confirm` says so, and a new run that was not begun leaves no folder. However this
ends, run.json says how, and the best adapter and the last checkpoint stand.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from inscape.errors import DiskError, InscapeError
from inscape.events import (
    CheckpointKept,
    Event,
    FileWritten,
    Finished,
    Noted,
    TrainEnded,
    TrainPlanned,
    TrainStep,
    Validated,
)
from inscape.project import Project, write_text
from inscape.rendering.mode import Mode
from inscape.stages import curves, run_folder, train_report
from inscape.stages.run_folder import Lines, Record, Run, read_lines

GRACE, HURRY = 60.0, 3.0
"""Seconds to end a step and keep a checkpoint; and where the person insists."""
_TICK = 0.2
Line = Mapping[str, Any]


class Trainer(Protocol):
    """A trainer's process, as `trainers.child.Child` is one."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: Any, problem: Any, trace: Any) -> None: ...

    def read(self, timeout: float | None = None) -> dict[str, Any] | None:
        """The next line, None after the last. Raises TimeoutError where none comes, InscapeError where it failed."""

    def tell(self, order: Mapping[str, Any]) -> None:
        """`{"do": "go"}` or `{"do": "stop"}`."""

    def stop(self, wait: float = GRACE) -> list[dict[str, Any]]:
        """Ask it to end, wait, insist; what it told meanwhile."""

    @property
    def pid(self) -> int: ...


Start = Callable[[Run, Record], Trainer]
Missing = Callable[[Line], list[str]]
"""What the set lacks, from the trainer's plan."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that is ready: a new one, or one that goes on."""

    project: Project
    run: Run
    record: Record
    mode: Mode
    missing: Missing


class Training:
    """One process of a run, from its start to its end."""

    def __init__(self, begun: Begun, now: Callable[[], str], stop: threading.Event) -> None:
        self.project, self.run, self.record, self.mode = begun.project, begun.run, begun.record, begun.mode
        self.missing, self.now, self.stop = begun.missing, now, stop
        self.asked = self.over = self.went = False
        """The trainer was asked to stop; it has told its last line; it was told to go."""
        self.recent: deque[tuple[int, float]] = deque(maxlen=30)
        """Steps and the seconds at which they ended, for the time that is left."""
        self.line: Line = {}
        """The trainer's plan."""
        self.begun: list[Line] = []
        """Lines on rows that were begun, until all of one time have come."""

    def work(self, start: Start, confirm: Callable[[TrainPlanned], bool]) -> Iterator[Event]:
        """The plan, then where `confirm` says so the training."""
        try:
            with start(self.run, self.record) as child:
                plan = yield from self._planned(child)
                if plan is not None and confirm(plan):
                    yield from self._through(child)
        except InscapeError as problem:
            raise self._failed(problem) from None
        finally:
            if self.record.state == "planned":
                run_folder.give_up(self.run)
        if not self.went:
            yield Finished("train", {"steps": 0})
            return
        yield from self._ended()

    # ------------------------------------------------------------ the plan

    def _planned(self, child: Trainer) -> Generator[Event, None, TrainPlanned | None]:
        """None where it was stopped before there is a plan."""
        for line in self._lines(child):
            if line["kind"] == "plan":
                plan = self._plan(line)
                yield plan
                return plan
            if line["kind"] == "note":
                yield Noted("note", line["message"])
        return None

    def _plan(self, line: Line) -> TrainPlanned:
        record = self.record
        self.record = replace(record, rows=line["rows"], held_out=line["held_out"])
        self.line = line
        names = (
            "device", "parameters", "trained", "rows", "held_out", "tokens", "learned", "longest", "cut", "steps",
            "memory_mb", "device_memory_mb", "seconds", "from_step",
        )  # fmt: skip
        said = {name: line.get(name) for name in names}
        return TrainPlanned(
            run=self.run.name, backend=record.backend, model=record.model, epochs=_epochs(record.numbers, line),
            missing=self.missing(line), **said,  # type: ignore[arg-type]
        )  # fmt: skip

    # ------------------------------------------------------------ going on

    def _through(self, child: Trainer) -> Iterator[Event]:
        self.metrics, self.samples = Lines(self.run.metrics), Lines(self.run.samples)
        self.record = self.run.write(replace(self.record, state="running", ended="", error="", pid=child.pid))
        run_folder.settle(self.run)
        self.went = True
        self.metrics.write(self.line)
        child.tell({"do": "go"})
        try:
            for line in self._lines(child):
                self._keep(line)
                yield from self._events(line)
        except KeyboardInterrupt:
            self._cut(child, HURRY)
            raise
        finally:
            if not self.over:
                self._cut(child, GRACE)

    def _lines(self, child: Trainer) -> Iterator[Line]:
        """Each line as it comes; the trainer is asked to stop as soon as the person says so."""
        while True:
            if self.stop.is_set() and not self.asked:
                self.asked = True
                child.tell({"do": "stop"})
            try:
                line = child.read(_TICK)
            except TimeoutError:
                continue
            if line is None:
                return
            yield line

    def _keep(self, line: Line) -> None:
        if line["kind"] == "sample":
            seen = train_report.sampled(line, self.mode, self.record)
            told = {name: line[name] for name in ("when", "probe", "text", "tokens", "seconds")}
            self.samples.write({**told, "problem": seen.problem, "effort": seen.effort, "wanted": seen.wanted})
        else:
            self.metrics.write(line)
        self.over = self.over or line["kind"] == "done"
        if self.over:
            self._close("stopped" if line.get("stopped") == "asked" else "done")

    def _cut(self, child: Trainer, wait: float) -> None:
        """Ended from outside: what it still told is kept, and the run can go on."""
        for line in child.stop(wait):
            if line.get("kind") != "failed" and not self.over:
                self._keep(line)
        if not self.over:
            self.over = True
            self._close("stopped")

    def _close(self, state: run_folder.State, error: str = "") -> None:
        record = train_report.summed(self.record, read_lines(self.run.metrics))
        self.record = self.run.write(replace(record, state=state, ended=self.now(), error=error))
        self._draw()

    def _draw(self) -> None:
        """The curve and the report."""
        write_text(self.run.curve, curves.svg(train_report.curve(self.run, self.record)))
        write_text(self.run.report, train_report.report(self.run, self.mode, self.record))

    def _failed(self, problem: InscapeError) -> InscapeError:
        """The error, with how to go on; run.json says it too. Before the start, what stood there stands again."""
        if self.went:
            self.over = True
            with suppress(DiskError):  # the disk is full: what failed first says so
                self._close("failed", str(problem))
            where = "from the last checkpoint" if self.run.begun else "from the beginning (no checkpoint was kept yet)"
            return type(problem)(f"{problem} To go on {where}: inscape train --resume {self.run.name}")
        if self.record.state == "planned":
            log = run_folder.give_up(self.run, keep_log=True)
            self.record = replace(self.record, state="failed")  # given up once: what stands there now is an earlier run
            if log is not None:
                return type(problem)(str(problem).replace(str(self.run.log), str(log)))
        return problem

    # ------------------------------------------------------------ what happened

    def _events(self, line: Line) -> Iterator[Event]:
        if line["kind"] == "memorized":
            self.begun.append(line)
            return
        yield from train_report.memorized(self.begun)
        self.begun.clear()
        match line["kind"]:
            case "step":
                yield self._step(line)
            case "valid" if line["loss"] is not None:
                yield Validated(line["step"], line["loss"], line["best"])
            case "checkpoint":
                yield CheckpointKept(line["step"], line["path"])
            case "sample":
                yield train_report.sampled(line, self.mode, self.record)
            case "note":
                yield Noted("note", line["message"])
            case "valid":
                yield Noted("warning", _DIVERGED)

    def _step(self, line: Line) -> TrainStep:
        self.recent.append((line["step"], line["seconds"]))
        (first, begun), (last, ended) = self.recent[0], self.recent[-1]
        left = (ended - begun) / (last - first) * (line["steps"] - last) if last > first else None
        loss = math.nan if line["loss"] is None else line["loss"]
        names = ("step", "steps", "epoch", "rate", "tokens", "tokens_per_second", "seconds")
        return TrainStep(
            **{name: line[name] for name in names}, loss=loss, memory_mb=line.get("memory_mb") or 0.0, left=left
        )

    def _ended(self) -> Iterator[Event]:
        """What became of it."""
        run, record, project = self.run, self.record, self.project
        adapter = project.relative(run.adapter) if run.adapter.is_dir() else ""
        yield TrainEnded(
            run.name, adapter, record.stopped, record.steps, record.best_step or 0, record.loss_before,
            record.loss_best, record.seconds, record.memory_mb,
        )  # fmt: skip
        yield from train_report.compared(run, self.mode, record)
        for said in _said(record, adapter, train_report.by_heart(run)):
            yield Noted("warning", said)
        for path, what in (
            (run.curve, "the losses as a picture"),
            (run.report, "figures and answers, before and after"),
        ):
            yield FileWritten(project.relative(path), what)
        yield Finished("train", {"steps": record.steps, "best_step": record.best_step or 0, "seconds": record.seconds})


def _epochs(numbers: Mapping[str, Any], plan: Line) -> float:
    """How often each row is seen: fewer times than asked where --max-steps ends it before."""
    asked = float(numbers["epochs"])
    if not numbers.get("max_steps") or not plan["rows"]:
        return asked
    return min(asked, float(plan["steps"] * numbers["batch"] * numbers["accumulation"] / plan["rows"]))


_DIVERGED = (
    "The loss is no number any more: the weights have run away. Ctrl-C, then begin again with a lower --rate (half of "
    "it)."
)


def _said(record: Record, adapter: str, by_heart: str) -> Iterator[str]:
    if not adapter and record.stopped == "asked":
        yield (
            "No adapter was kept yet: it was stopped before a look at the held-out rows found the model better than "
            "untrained. --resume goes on."
        )
    elif not adapter:
        yield (
            "No adapter was kept: at no look was the loss on held-out rows below that of the untrained model. More "
            "rows, a lower --rate, or more --epochs."
        )
    if by_heart:
        yield by_heart

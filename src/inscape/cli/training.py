"""How a training looks in a terminal: its plan, one live line, the curve and the figures, and Ctrl-C.

Invariant: stdout gets the plan and the result, or with --json the events; stderr gets everything that moves. The first
Ctrl-C ends the training after its step, the second one at once; before it has begun, any Ctrl-C gives it up.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import click

from inscape.cli import common
from inscape.events import Compared, Event, Noted, Sampled, TrainEnded, TrainPlanned, TrainStep, Validated
from inscape.project import Project
from inscape.text import plural, readable

INTERRUPTED = 130


def plan_table(plan: TrainPlanned) -> str:
    """The plan in a few aligned lines, and what is missing below them."""
    from inscape.stages.train_report import duration

    size = f"{_count(plan.parameters)} parameters; the adapter has {_count(plan.trained)}, and it alone is trained"
    rows = [
        ("run", f"runs/{plan.run}"),
        ("model", f"{readable(plan.model)}, {size}"),
        ("with", f"{plan.backend}, on {plan.device}{_of_device(plan)}"),
        ("rows", f"{plan.rows:,} to train on, {plan.held_out:,} held out; the longest has {plan.longest:,} tokens"),
        ("tokens", f"{plan.tokens:,} an epoch; {plan.learned:,} of them are answers, and learned"),
        ("steps", f"{plan.steps:,}, in {plural_of(plan.epochs)}{_from(plan)}"),
        (
            "time",
            f"about {duration(plan.seconds)}, if it takes all steps; answers before and after come on top"
            if plan.seconds
            else "not known",
        ),
        ("memory", f"about {plan.memory_mb:,.0f} MB" if plan.memory_mb else "not known"),
    ]
    lines = ["What inscape will train:", *(f"  {name:<9} {value}" for name, value in rows)]
    lines += ["What is missing:", *(f"  - {one}" for one in plan.missing)] if plan.missing else []
    return "\n".join(lines)


def plural_of(epochs: float) -> str:
    return plural(int(epochs), "epoch") if epochs == int(epochs) else f"{epochs:.2g} epochs"


def _count(number: int) -> str:
    """'3.1 million', '4.0 billion'."""
    for size, name in ((10**9, "billion"), (10**6, "million")):
        if number >= size:
            return f"{number / size:.1f} {name}"
    return f"{number:,}"


def _of_device(plan: TrainPlanned) -> str:
    return f" ({plan.device_memory_mb / 1024:,.0f} GB)" if plan.device_memory_mb else ""


def _from(plan: TrainPlanned) -> str:
    return f"; goes on from step {plan.from_step:,}" if plan.from_step else ""


# ---------------------------------------------------------------- Ctrl-C


_STOPPING = b"\nStopping after this step; the best adapter is kept. Ctrl-C again ends at once.\n"


@dataclass(slots=True)
class Interrupts:
    """`stop` is set by the first Ctrl-C once `armed`; before, and from the second one on, it interrupts as usual."""

    stop: threading.Event = field(default_factory=threading.Event)
    armed: bool = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        if self.stop.is_set() or not self.armed:
            raise KeyboardInterrupt
        self.stop.set()
        os.write(2, _STOPPING)  # not through Python's buffers: the signal may have come in the middle of a write


@contextmanager
def interruptible() -> Iterator[Interrupts]:
    made = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield made
        return
    before = signal.signal(signal.SIGINT, made.handle)
    try:
        yield made
    finally:
        signal.signal(signal.SIGINT, before)


# ---------------------------------------------------------------- while it goes on


@dataclass(slots=True)
class Now:
    """What the live line says."""

    step: TrainStep | None = None
    valid: Validated | None = None
    best: float | None = None
    doing: str = ""
    """What is done besides training."""

    def take(self, event: Event) -> None:
        match event:
            case TrainStep():
                self.step, self.doing = event, ""
            case Validated():
                self.valid = event
                self.best = event.loss if event.best else self.best
            case Sampled(when, probe):
                self.doing = f"answers {when} training: {probe}"

    def line(self) -> str:
        if self.doing:
            return self.doing
        if self.step is None:
            return "before the first step: the loss on rows held out"
        one = self.step
        parts = [f"step {one.step:,}/{one.steps:,}", f"loss {one.loss:.3f}", *self._held_out()]
        parts += [f"rate {one.rate:.1e}", f"{one.tokens_per_second:,.0f} tokens/s", *self._left()]
        return "  ".join([*parts, f"{one.memory_mb:,.0f} MB"])

    def _held_out(self) -> list[str]:
        if self.valid is None:
            return []
        best = f" (best {self.best:.3f})" if self.best is not None and self.best < self.valid.loss else ""
        return [f"held out {self.valid.loss:.3f}{best}"]

    def _left(self) -> list[str]:
        from inscape.stages.train_report import duration

        return [f"{duration(self.step.left)} left"] if self.step and self.step.left is not None else []


class Screen(Protocol):
    def show(self, event: Event) -> None:
        """An event has happened."""

    def close(self) -> None:
        """No more will."""


class Lines:
    """Plain lines on stderr: each tenth of the way, and each look at the rows held out that was a new best."""

    def __init__(self) -> None:
        self.now, self.tenth = Now(), -1

    def show(self, event: Event) -> None:
        doing = self.now.doing.partition(":")[0]
        self.now.take(event)
        match event:
            case TrainStep():
                tenth = event.step * 10 // max(1, event.steps)
                if tenth != self.tenth:
                    click.echo(f"  {self.now.line()}", err=True)
                self.tenth = tenth
            case Sampled() if self.now.doing.partition(":")[0] != doing:
                click.echo(f"  {self.now.doing.partition(':')[0]}", err=True)
            case Noted("warning" | "error", message):
                click.echo(f"Warning: {readable(message)}", err=True)

    def close(self) -> None:
        """Nothing stays open."""


class Live:
    """One line on a terminal's stderr, written over in place; warnings stay above it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live as Moving

        self.now = Now()
        self.console = Console(stderr=True)
        self.moving = Moving(console=self.console, refresh_per_second=8, transient=True)
        self.moving.start()

    def show(self, event: Event) -> None:
        from rich.text import Text

        self.now.take(event)
        if isinstance(event, Noted) and event.level != "note":
            self.console.print(f"Warning: {readable(event.message)}", markup=False, highlight=False)
        if isinstance(event, TrainStep | Validated | Sampled):
            self.moving.update(Text(f"  {self._bar()}{self.now.line()}", no_wrap=True, overflow="ellipsis"))

    def _bar(self) -> str:
        step = self.now.step
        if step is None or self.now.doing:
            return ""
        wide = max(0, min(16, (self.console.width - 96) // 2 * 2))
        full = min(wide, round(step.step / max(1, step.steps) * wide))
        return f"{'━' * full}{'╌' * (wide - full)}  " if wide else ""

    def close(self) -> None:
        self.moving.stop()


# ---------------------------------------------------------------- from beginning to end


def follow(events: Iterable[Event], project: Project, as_json: bool, interrupts: Interrupts) -> int:
    """Show a training to its end; the exit code: 130 where Ctrl-C ended it."""
    told = _stream(events) if as_json else _shown(events)
    ended = next((event for event in told if isinstance(event, TrainEnded)), None)
    if not as_json:
        click.echo(readable(result(project, ended, told)) if ended else "Nothing was trained.")
    return INTERRUPTED if interrupts.stop.is_set() and (not ended or ended.stopped == "asked") else 0


def _stream(events: Iterable[Event]) -> list[Event]:
    kept: list[Event] = []
    with common.closed_after(events) as stream:
        for event in stream:
            with common.heard():
                common.emit(event)
            kept += [event] if isinstance(event, TrainEnded | Compared) else []
    return kept


def _shown(events: Iterable[Event]) -> list[Event]:
    kept: list[Event] = []
    screen: Screen = Lines()
    planned = False
    try:
        with common.closed_after(events) as stream:
            for event in stream:
                if isinstance(event, TrainPlanned):
                    planned = True
                    click.echo(readable(plan_table(event)))
                elif planned and isinstance(screen, Lines) and sys.stderr.isatty() and not isinstance(event, Noted):
                    screen = Live()
                screen.show(event)
                kept += [event] if isinstance(event, TrainEnded | Compared) else []
    finally:
        screen.close()
    return kept


# ---------------------------------------------------------------- the end


def result(project: Project, ended: TrainEnded, told: Sequence[Event]) -> str:
    """The curve, what changed, where things stand, and what comes next."""
    from inscape.stages import curves, run_folder, train_report

    run = run_folder.find(project, ended.run)
    width = min(76, shutil.get_terminal_size((80, 24)).columns) - 4
    drawn = curves.terminal(train_report.curve(run, run.record()), width)
    parts = [
        _indented(drawn),
        table([event for event in told if isinstance(event, Compared)]),
        _stands(run.path, ended),
    ]
    return "\n\n".join(part for part in parts if part)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def table(rows: Sequence[Compared]) -> str:
    from inscape.stages.train_report import said

    if not rows:
        return ""
    wide = max(len(row.what) for row in rows)
    lines = [f"  {'':<{wide}}  {'before':>8}  {'after':>8}   of"]
    for row in rows:
        before, after = said(row.what, row.before), said(row.what, row.after)
        lines.append(f"  {row.what:<{wide}}  {before:>8}  {after:>8}  {row.of:>3,}  {_mark(row)}")
    return "\n".join(line.rstrip() for line in lines)


def _mark(row: Compared) -> str:
    """Whether it moved as it should."""
    if row.before is None or row.after is None or row.before == row.after or row.what.startswith("memorized"):
        return ""  # training always makes rows better known; what is too much is a warning of its own
    return "better" if (row.after > row.before) == (row.better == "higher") else "worse"


def _stands(path: Path, ended: TrainEnded) -> str:
    from inscape.stages.train_report import ENDS, duration

    took = f"{plural(ended.steps, 'step')} in {duration(ended.seconds)}, {ended.memory_mb:,.0f} MB at the most."
    lines = [f"{took} {ENDS.get(ended.stopped, '')}".rstrip()]
    if ended.adapter:
        best = f", of step {ended.best_step:,}" if ended.loss_best is not None else ""
        lines.append(f"The adapter{best}: {ended.adapter}. Figures and answers: runs/{ended.run}/report.md")
    if ended.stopped == "asked":
        lines += ["To go on:", f"  inscape train --resume {ended.run}"]
    if ended.adapter:
        lines += ["Next:", f"  inscape merge {ended.run}", f"  inscape chat {ended.run}"]
    return "\n".join(lines)


__all__: Sequence[Any] = ("INTERRUPTED", "Interrupts", "Lines", "Live", "Now", "follow", "interruptible", "plan_table")

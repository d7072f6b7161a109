"""How a generation looks in a terminal: its plan, its progress, its end, and Ctrl-C.

Invariant: stdout gets the plan and the result, or with --json the events; stderr gets everything that moves. The first
Ctrl-C asks the run to stop, the second one ends it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from types import FrameType
from typing import Any, Protocol

import click

from inscape.cli import common
from inscape.events import Answered, Event, Finished, Noted, Planned, Waiting
from inscape.settings import Settings
from inscape.text import plural, shorten

BAD = ("unparsed", "refused", "failed")


def plan_table(plan: Planned, settings: Settings) -> str:
    """The plan in a few aligned lines."""
    rows = [
        ("teacher", plan.teacher + (f" at {url}" if (url := settings.text("teacher.base_url")) else "")),
        ("asking", f"{plural(plan.passages, 'passage')} with {plural(plan.templates, 'template')}{_samples(settings)}"),
        ("to ask", f"{plan.requests:,}"),
        ("already there", f"{plan.done:,}"),
    ]
    if plan.in_doubt:
        rows.append(("in doubt", f"{plan.in_doubt:,} were in flight when a run was cut off; asked again (in to ask)"))
    if plan.failed:
        rows.append(("left alone", f"{plan.failed:,} unparsed, refused or failed; --retry asks them again"))
    if plan.requests:
        rows += [("tokens", f"≈ {plan.tokens_in:,} in, ≈ {plan.tokens_out:,} out"), ("price", _price(plan))]
        cap = settings.number("generate.cap")
        if cap and (plan.dollars or 0) > cap:
            rows.append(("cap", f"${cap:,.2f} will stop the run before its end; what is left can be asked later"))
    return "\n".join(f"  {name:<14} {value}" for name, value in rows)


def _samples(settings: Settings) -> str:
    samples = settings.whole("generate.samples")
    return f", {samples} times each" if samples > 1 else ""


def _price(plan: Planned) -> str:
    if plan.dollars is not None:
        return f"≈ ${plan.dollars:,.2f}" if plan.dollars >= 0.01 or not plan.dollars else f"≈ ${plan.dollars:.4f}"
    if plan.teacher.partition(":")[0] in ("fake", "recorded", "manual"):
        return "nothing"
    return "not known (your own machine's, or set generate.price_in and generate.price_out)"


# ---------------------------------------------------------------- Ctrl-C


_STOPPING = b"\nStopping: up to 10 seconds for what is in flight. Ctrl-C again ends at once.\n"


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second one interrupts as usual."""
    stop = threading.Event()

    def handler(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        os.write(2, _STOPPING)  # not through Python's buffers: the signal may have come in the middle of a write

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


# ---------------------------------------------------------------- progress


class _Screen(Protocol):
    def show(self, event: Event) -> None:
        """An event has happened."""

    def close(self) -> None:
        """No more will."""


class _Lines:
    """Plain lines on stderr, one for each answer."""

    def __init__(self, total: int) -> None:
        self.total, self.seen = total, 0

    def show(self, event: Event) -> None:
        self.seen += isinstance(event, Answered)
        if text := line(event):
            count = f"{self.seen:>{len(str(self.total))}}/{self.total} " if isinstance(event, Answered) else ""
            click.echo(f"  {count if self.total else ''}{text}", err=True)

    def close(self) -> None:
        """Nothing stays open."""


class _Bar:
    """A bar on a terminal's stderr; only what needs attention is left standing above it."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.progress.add_task("", total=total)
        self.counts: Counter[str] = Counter()
        self.dollars = 0.0
        self.progress.start()

    def show(self, event: Event) -> None:
        if isinstance(event, Answered):
            self.counts[event.state] += 1
            self.dollars += event.dollars or 0.0
            self.progress.update(self.task, advance=1, description=self._words())
        if (isinstance(event, Answered) and event.state == "done") or not (text := line(event)):
            return
        self.progress.console.print(f"  {text}", markup=False, highlight=False)

    def _words(self) -> str:
        states = ", ".join(f"{n} {state}" for state, n in self.counts.items())
        return states + (f", ≈ ${self.dollars:.2f}" if self.dollars else "")

    def close(self) -> None:
        self.progress.stop()


def line(event: Event) -> str | None:
    """An event as a line for a person; None for those that need none."""
    match event:
        case Answered():
            made = plural(event.examples, "example") if event.state == "done" else shorten(event.problem or "", 160)
            return f"{event.state:<8} {event.key[:8]}  {event.passage} × {event.template}: {made}"
        case Waiting(_, seconds, reason):
            return f"waiting {seconds:.1f} s: {shorten(reason, 160)}"
        case Noted(level, message):
            return f"{level.capitalize()}: {message}"
        case _:
            return None


def follow(events: Iterable[Event], total: int, as_json: bool, again: str) -> int:
    """Show a run to its end; the exit code: 1 where an answer could not be used."""
    if as_json:
        return _stream(events)
    screen: _Screen = _Bar(total) if total and sys.stderr.isatty() else _Lines(total)
    finished: Finished | None = None
    asked = True
    try:
        with closing(_closable(events)) as running:
            for event in running:
                screen.show(event)
                finished = event if isinstance(event, Finished) else finished
                asked = event.requests > 0 if isinstance(event, Planned) else asked
    finally:
        screen.close()
    if finished and not asked and "prompts" not in finished.counts:
        click.echo("Nothing to ask: every prompt has been asked. Next:\n  inscape review")
    elif finished:
        click.echo(_by_hand(finished) if "prompts" in finished.counts else result(finished.counts, again))
    return _code(finished)


def _code(finished: Finished | None) -> int:
    counts = finished.counts if finished else {}
    return int(any(counts.get(state) for state in BAD))


def _closable(events: Iterable[Event]) -> Any:
    return events if hasattr(events, "close") else (event for event in events)


def _stream(events: Iterable[Event]) -> int:
    finished: Finished | None = None
    with closing(_closable(events)) as running:
        for event in running:
            common.emit(event)
            finished = event if isinstance(event, Finished) else finished
    return _code(finished)


# ---------------------------------------------------------------- the end


def result(counts: Mapping[str, int | float], again: str) -> str:
    """What was made, what was not, and the command for what comes next."""
    made = int(counts.get("examples", 0))
    came = sum(int(counts.get(state, 0)) for state in ("done", "unparsed", "refused"))
    lines = [f"{plural(made, 'example')} from {plural(came, 'answer')}{_spent(counts)}."]
    bad = [state for state in BAD if counts.get(state)]
    if bad:
        lines.append("Not usable: " + ", ".join(f"{counts[state]:,} {state}" for state in bad) + ". To look at them:")
        lines.append("  inscape answers " + " ".join(f"--state {state}" for state in bad))
        if "--teacher manual" in again:
            again = f"{again} --answers answers"
            lines += ["To mend them: correct their files, or paste another answer, and read them again:", f"  {again}"]
        else:
            lines += ["To ask them again:", f"  {again} --retry {','.join(bad)}"]
    if counts.get("already"):
        lines.append(f"{plural(int(counts['already']), 'answer')} had been read before.")
    if counts.get("left") or counts.get("unknown"):
        lines += ["To go on with the rest:", f"  {again}"]
    lines += ["Next:", "  inscape review"] if made else []
    return "\n".join(lines)


def _spent(counts: Mapping[str, int | float]) -> str:
    dollars = counts.get("dollars")
    return f", ≈ ${dollars:,.4f}" if dollars else ""


def _by_hand(finished: Finished) -> str:
    if not finished.counts["open"]:
        return "Every prompt has its answer. Next:\n  inscape review"
    new = plural(int(finished.counts["prompts"]), "new prompt")
    return (
        f"{new} in prompts/, {finished.counts['open']:,} without an answer. Paste each into a new chat, save each "
        "answer under its number in answers/ (prompts/README.md says how), then:\n"
        "  inscape generate --teacher manual --answers answers"
    )

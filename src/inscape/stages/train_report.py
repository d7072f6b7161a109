"""What became of a training: figures before and after, the curve, report.md.

Invariant: everything is read from the run's folder, from the lines that were written while it went on, so that a report
can be made again at any time, and of a run that was cut off too. A figure before and after is of the same probes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inscape.evaluation.format import LONG, Figures, Share, figures, judge
from inscape.events import Compared, Memorized, Sampled
from inscape.rendering.mode import Mode
from inscape.stages.curves import Curve
from inscape.stages.run_folder import Record, Run, read_lines
from inscape.text import plural

Line = Mapping[str, Any]
HEART = 0.3
"""More of trained rows than of held-out ones continued word for word than this is learning by heart."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The figures of the same probes, before and after."""

    before: Figures
    after: Figures


def sampled(line: Line, mode: Mode, record: Record) -> Sampled:
    """An answer of the child, judged."""
    seen = judge(mode, line["text"])
    wanted = record.probes.get(line["probe"], {}).get("level")
    return Sampled(
        line["when"], line["probe"], line["text"], line["tokens"], line["seconds"], seen.problem, seen.level, wanted
    )


def memorized(lines: Iterable[Line]) -> list[Memorized]:
    """One for each side, before and after, of the child's lines on rows that it began."""
    groups: dict[tuple[str, bool], dict[str, Line]] = {}
    for line in lines:
        if line.get("kind") == "memorized" and line["of"]:
            groups.setdefault((line["when"], line["held_out"]), {})[line["id"]] = line
    made = []
    for (when, held_out), rows in groups.items():
        shares = [row["same"] / row["of"] for row in rows.values()]
        made.append(Memorized(when, held_out, len(shares), shares.count(1.0), sum(shares) / len(shares)))
    return made


def summed(record: Record, lines: Iterable[Line]) -> Record:
    """The record with what these lines of metrics say; a step that was made again counts as it came last."""
    best: tuple[int, float] | None = None
    values: dict[str, Any] = {}
    for line in lines:
        match line.get("kind"):
            case "valid":
                if line["step"] == 0:
                    values["loss_before"] = line["loss"]
                if line.get("best"):
                    best = (line["step"], line["loss"])
            case "step":
                values["steps"], values["seconds"] = line["step"], line["seconds"]
                values["memory_mb"] = max(values.get("memory_mb", 0.0), line.get("memory_mb") or 0.0)
            case "done":
                values |= {"stopped": line["stopped"], "steps": line["steps"], "seconds": line["seconds"]}
                values["memory_mb"] = max(values.get("memory_mb", 0.0), line.get("memory_mb") or 0.0)
                if line.get("best_step") is not None:
                    best = (line["best_step"], line["best_loss"])
    if best:
        values["best_step"], values["loss_best"] = best
    return replace(record, **values)


def curve(run: Run, record: Record) -> Curve:
    """The losses of a run; a step that was made again after a cut is drawn as it came last."""
    train: dict[float, float] = {}
    valid: dict[float, float] = {}
    for line in read_lines(run.metrics):
        side = {"step": train, "valid": valid}.get(line.get("kind", ""))
        if side is not None and line["loss"] is not None:
            side[line["step"]] = line["loss"]
    best = (
        (record.best_step, record.loss_best) if record.best_step is not None and record.loss_best is not None else None
    )
    return Curve(f"{run.name}: {record.title}", sorted(train.items()), sorted(valid.items()), best)


# ---------------------------------------------------------------- before and after


def sides(run: Run, mode: Mode, record: Record) -> Sides | None:
    """None where no probe was answered both before and after."""
    both = _both(run)
    if not both:
        return None
    made = []
    for at in (0, 1):
        answers = [
            (record.probes.get(name, {}).get("level"), judge(mode, two[at]["text"])) for name, two in both.items()
        ]
        made.append(figures(mode, answers))
    return Sides(made[0], made[1])


def _both(run: Run) -> dict[str, tuple[Line, Line]]:
    """Probes with the first answer before and the last one after."""
    before: dict[str, Line] = {}
    after: dict[str, Line] = {}
    for line in read_lines(run.samples):
        if line.get("when") == "before":
            before.setdefault(line["probe"], line)
        elif line.get("when") == "after":
            after[line["probe"]] = line
    return {name: (line, after[name]) for name, line in before.items() if name in after}


def compared(run: Run, mode: Mode, record: Record) -> list[Compared]:
    """Every figure that was taken before and after."""
    made = []
    if record.loss_before is not None and record.loss_best is not None:
        made.append(Compared("validation loss", record.loss_before, record.loss_best, record.held_out, "lower"))
    if both := sides(run, mode, record):
        for name, left, right, better in _shares(both):
            made += [Compared(name, left.value, right.value, left.of, better)] if left.of else []
            if name == _EFFORT and left.of:
                made.append(Compared("effort macro-F1", both.before.f1, both.after.f1, left.of, "higher"))
    return [*made, *_by_heart(run)]


_EFFORT = "effort accuracy"


def _shares(both: Sides) -> Iterator[tuple[str, Share, Share, str]]:
    before, after = both.before, both.after
    yield "format validity", before.valid, after.valid, "higher"
    yield _EFFORT, before.effort, after.effort, "higher"
    yield "over-thinking on LOW", before.over, after.over, "lower"
    yield "under-thinking on HIGH", before.under, after.under, "lower"


def _by_heart(run: Run) -> Iterator[Compared]:
    found = {(one.when, one.held_out): one for one in memorized(read_lines(run.metrics))}
    for held_out, name in ((False, "memorized, trained rows"), (True, "memorized, held-out rows")):
        left, right = found.get(("before", held_out)), found.get(("after", held_out))
        if left and right:
            yield Compared(name, left.share, right.share, right.rows, "lower")


def by_heart(run: Run) -> str:
    """A sentence where trained rows are known far better than rows held out; else empty."""
    after = {one.held_out: one.share for one in memorized(read_lines(run.metrics)) if one.when == "after"}
    known, others = after.get(False, 0.0), after.get(True, 0.0)
    if known - others < HEART:
        return ""
    return (
        f"Rows are learned by heart: of trained rows that are begun the model continues {known:.0%} word for word, of "
        f"held-out rows {others:.0%}. Fewer --epochs, a lower --rate, or more rows."
    )


def said(what: str, value: float | None) -> str:
    """A figure as it is shown: a loss and an F1 as numbers, shares in per cent."""
    if value is None:
        return "-"
    return f"{value:.3f}" if "loss" in what or "F1" in what else f"{value:.0%}"


# ---------------------------------------------------------------- report.md

ENDS = {
    "end": "It took all its steps.",
    "early": "It stopped early: the loss on held-out rows had no new best any more.",
    "max_steps": "It stopped at --max-steps.",
    "asked": "It was stopped by hand, and can be resumed.",
    "": "It was cut off, and can be resumed.",
}


def report(run: Run, mode: Mode, record: Record) -> str:
    """report.md."""
    head = (
        f"{record.backend} trained an adapter for {record.model} on {plural(record.rows, 'row')}, "
        f"{record.held_out:,} held out: {plural(record.steps, 'step')} in {duration(record.seconds)}, "
        f"{record.memory_mb:,.0f} MB at the most. {ENDS.get(record.stopped, ENDS[''])}"
    )
    best = "`adapter/` is the last one: no loss on held-out rows chose a best."
    if record.best_step is not None and record.loss_best is not None:
        lowest = f"the lowest loss on held-out rows ({record.loss_best:.3f})"
        best = f"`adapter/` is that of step {record.best_step:,}, with {lowest}."
    parts = [f"# {run.name}: {record.title}", head, best, "![Losses by step](loss.svg)"]
    parts += [*_table(run, mode, record), *_samples(run, record), *_numbers(record)]
    return "\n\n".join(parts) + "\n"


def _table(run: Run, mode: Mode, record: Record) -> list[str]:
    rows = compared(run, mode, record)
    if not rows:
        return []
    both = sides(run, mode, record)
    shares = {name: (left, right) for name, left, right, _ in _shares(both)} if both else {}
    lines = ["| | before | after | of | better |", "|---|---:|---:|---:|---|"]
    for one in rows:
        left, right = shares.get(one.what, (None, None))
        cells = (_cell(one.what, one.before, left), _cell(one.what, one.after, right))
        lines.append(f"| {one.what} | {cells[0]} | {cells[1]} | {one.of:,} | {one.better} |")
    notes = [_LEGEND] + ([] if not both or both.before.graded else [_COARSE])
    return ["## Before and after", "\n".join(lines), *notes]


def _cell(what: str, value: float | None, share: Share | None) -> str:
    if share is None or not share.of:
        return said(what, value)
    low, high = share.interval
    return f"{said(what, value)} ({low:.0%} to {high:.0%})"


_LEGEND = (
    "In brackets: the 95 per cent interval (Wilson). Format validity: the answer ends, its thought is closed, there is "
    "a reply, and effort is said where it was taught. Over-thinking: a LOW probe answered with a thought or in more "
    f"than {LONG} words; under-thinking: a HIGH probe answered without a thought. Memorized: an answer of the rows is "
    "begun, and so much of what follows is the same, token by token. Far more on trained rows than on held-out ones "
    "means that rows were learned by heart: fewer epochs, or more rows."
)
_COARSE = "Answers say no level here, so effort is only told as low (no thought) or not low."


def _samples(run: Run, record: Record) -> list[str]:
    parts: list[str] = []
    for name, (before, after) in _both(run).items():
        probe = record.probes.get(name, {})
        level = f" ({probe['level']})" if probe.get("level") else ""
        parts += [f"### {name}{level}", f"Asked:\n\n{_block(probe.get('prompt') or '')}"]
        parts += [_answer("Before", before), _answer("After", after)]
    return ["## Answers to probes", *parts] if parts else []


def _answer(when: str, line: Line) -> str:
    problem = f" (not as taught: {line['problem']})" if line.get("problem") else ""
    return f"{when}{problem}:\n\n{_block(line['text'])}"


def _block(text: str) -> str:
    """As code, whatever stands in it."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()) or "    (nothing)"


def _numbers(record: Record) -> list[str]:
    lines = ["| number | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in record.numbers.items())]
    return ["## Numbers", "\n".join(lines)]


def duration(seconds: float) -> str:
    """'40 s', '12 min', '3 h 5 min'."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


__all__: Sequence[str] = (
    "ENDS", "Sides", "compared", "curve", "duration", "memorized", "report", "said", "sampled", "sides", "summed",
)  # fmt: skip

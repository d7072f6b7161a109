"""What a training is made of: numbers, probes to answer, rows to be continued; and what the set is missing for it.

Invariant: the same rows, probes and words give the same job. Prompts are the exact texts that training and use have.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from inscape.errors import DataError, InputError
from inscape.examples.effort import LEVELS
from inscape.project import read_text
from inscape.quality.balance import SIZES
from inscape.records import Probe
from inscape.rendering.confined import Job as Rendering
from inscape.rendering.mode import Mode, ask
from inscape.rendering.templates import ChatTemplate, Message, render_all
from inscape.text import plural
from inscape.trainers import jobs

RECALLED = 16
"""Rows of each side that are begun, to see whether the model goes on word for word."""
_FEW = 10
"""Below so many rows held out, one row moves their loss."""


# ---------------------------------------------------------------- numbers


def numbers(path: Path, changes: Mapping[str, Any], rows: int, held_out: int) -> jobs.Numbers:
    """The export's numbers with the person's over them; steps that follow from a changed one are counted anew.

    Raises InputError where numbers.json cannot be used.
    """
    try:
        held = json.loads(read_text(path))
        if "rank" in changes and "alpha" not in changes:
            changes = {**changes, "alpha": 2 * changes["rank"]}
        known = {name: held[name] for name in jobs.Numbers.__dataclass_fields__ if name in held}
        made = jobs.Numbers(**{**known, **changes})
        moved = changes.keys() & {"epochs", "batch", "accumulation", "max_steps"}
        return _counted(made, rows, held_out) if moved else made
    except (ValueError, TypeError, AttributeError):
        raise InputError(f"{path} is no numbers.json of this inscape. Take it away, and run this again.") from None


def _counted(made: jobs.Numbers, rows: int, held_out: int) -> jobs.Numbers:
    """Warmup and the looks at the held-out rows, as an export counts them."""
    per_epoch = max(1, math.ceil(rows / (made.batch * made.accumulation)))
    steps = math.ceil(per_epoch * made.epochs)
    steps = min(steps, made.max_steps) if made.max_steps else steps
    every = max(1, min(per_epoch // 2, steps // 2)) if held_out else 0
    return replace(made, warmup=max(1, round(steps * 0.05)), eval_every=every)


# ---------------------------------------------------------------- probes


def chosen(probes: Sequence[Probe], number: int | None) -> list[Probe]:
    """So many of the probes (None: all), evenly over the levels and over each level's probes, in their order."""
    if number is None or number >= len(probes):
        return list(probes)
    groups = [[probe for probe in probes if probe.level == level] for level in (*LEVELS, None)]
    groups = [group for group in groups if group]
    turns = [
        at
        for turn in zip_longest(*(range(len(group)) for group in groups))
        for at, n in enumerate(turn)
        if n is not None
    ]
    shares = [turns[:number].count(at) for at in range(len(groups))]
    taken = {probe.id for group, share in zip(groups, shares, strict=True) for probe in spread(group, share)}
    return [probe for probe in probes if probe.id in taken]


def spread(items: Sequence[Any], number: int) -> list[Any]:
    """So many of the items, evenly spaced."""
    if number >= len(items):
        return list(items)
    return [items[int((n + 0.5) * len(items) / number)] for n in range(number)]


def asked(probes: Sequence[Probe], mode: Mode, template: ChatTemplate) -> list[jobs.Probe]:
    """Each probe as the whole prompt. Raises DataError, naming the probe, where the template does not take it."""
    made = []
    for probe in probes:
        try:
            made.append(jobs.Probe(probe.id, ask(mode, probe.talk, None, template).text))
        except DataError as problem:
            raise DataError(f"{probe.file}, line {probe.line}: the probe cannot be rendered: {problem}") from None
    return made


# ---------------------------------------------------------------- rows that may be learned by heart


def recalls(train: Path, valid: Path | None, kwargs: Mapping[str, Any], template: ChatTemplate) -> list[jobs.Recall]:
    """Rows of both sides with their exact texts, evenly spaced."""
    made = []
    for path, held_out in ((train, False), (valid, True)):
        rows = list(_rows(path)) if path else []
        for number, row in spread(list(enumerate(rows, 1)), RECALLED):
            if texts := _texts(row, kwargs, template):
                name = f"{'valid' if held_out else 'train'}-{number}"
                made.append(jobs.Recall(name, texts[0], texts[1], held_out))
    return made


def count(path: Path | None) -> int:
    return sum(1 for _ in _rows(path)) if path else 0


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in read_text(path).split("\n"):
        if line.strip():
            yield json.loads(line)


def _texts(row: Mapping[str, Any], kwargs: Mapping[str, Any], template: ChatTemplate) -> tuple[str, str] | None:
    """The prompt and what follows it in training; None for a row that cannot be told apart."""
    if segments := row.get("segments"):
        sides = ["".join(one["text"] for one in segments if one["label"] is label) for label in (False, True)]
        return sides[0], sides[1]
    messages: list[Message] = [*row["prompt"], *row["completion"]] if "prompt" in row else list(row["messages"])
    messages = [{name: value for name, value in one.items() if name != "train"} for one in messages]
    given = {**kwargs, **(row.get("chat_template_kwargs") or {})}
    (done,) = render_all(template, [Rendering(messages, [len(messages) - 1])], given)
    if isinstance(done, DataError) or not done.whole.startswith(done.prompts[0]):
        return None
    return done.prompts[0], done.whole[len(done.prompts[0]) :]


# ---------------------------------------------------------------- what is missing


def missing(
    job: jobs.TrainJob,
    plan: Mapping[str, Any],
    mode: Mode,
    *,
    every_probe: int,
    undecided: int,
    levels: Mapping[str, int],
) -> list[str]:
    """What the set lacks for a model of this size, and what the plan says of it, in sentences."""
    return [
        *_size(plan["rows"], plan["parameters"]),
        *_held_out(plan["held_out"]),
        *_levels(mode, levels),
        *_probes(job, every_probe),
        *_cut(plan, job.numbers.max_length),
        *(
            [f"{plural(undecided, 'example')} undecided, and so not among the rows: `inscape review`."]
            if undecided
            else []
        ),
        *_memory(plan),
    ]


def _size(rows: int, parameters: int) -> list[str]:
    billions = (parameters or 0) / 1e9
    size = next((name for name, most in (("7B", 15), ("30B", 50), ("70B", 150)) if billions < most), "405B")
    least, recommended, (ideal, _) = SIZES[size]
    if rows >= recommended:
        return []
    said = "too few" if rows < least else "enough to begin"
    small = "up to 7B" if size == "7B" else f"of about {size}"
    return [
        f"{plural(rows, 'row')}: {said} for a model {small} (at least {least:,}, better {recommended:,}, ideal "
        f"{ideal:,} and more)."
    ]


def _held_out(rows: int) -> list[str]:
    if not rows:
        return [
            "No row is held out: nothing tells when to stop, and the last adapter is kept. `inscape split` holds some."
        ]
    if rows < _FEW:
        return [f"{plural(rows, 'row')} held out: so few that one of them moves their loss."]
    return []


def _levels(mode: Mode, levels: Mapping[str, int]) -> list[str]:
    """`levels`: examples by level, of those that have one."""
    if mode.policy == "none":
        if mode.encoding != "content":
            return []  # whether it thinks is learned from thoughts and empty thoughts
        return ["Effort is nowhere in the text, so it is not learned: --effort first-token puts it there."]
    if not levels:
        return ["No example has a level (complexity or iterations), so no row says an effort, and none is learned."]
    if gone := [level for level in LEVELS if not levels.get(level)]:
        return [f"No example is {' or '.join(gone)}: what is never seen is not learned."]
    return []


def _probes(job: jobs.TrainJob, every: int) -> list[str]:
    if not every:
        return ["There are no probes (probes/*.jsonl): form and effort of answers cannot be measured before and after."]
    return []


def _cut(plan: Mapping[str, Any], length: int) -> list[str]:
    if not plan["cut"]:
        return []
    what = "is longer and loses its end" if plan["cut"] == 1 else "are longer and lose their end"
    return [
        f"{length:,} tokens of a row are read; {plural(plan['cut'], 'row')} {what} (the longest has "
        f"{plan['longest']:,}): --max-length sets it."
    ]


def _memory(plan: Mapping[str, Any]) -> list[str]:
    needs, has = plan.get("memory_mb"), plan.get("device_memory_mb")
    if not needs or not has or needs <= has * 0.95:
        return []
    return [
        f"It may not fit: about {needs:,.0f} MB of {has:,.0f} on {plan['device']}. --batch 1 with more --accumulation, "
        "a smaller --max-length, or --load-in-4bit on an NVIDIA GPU takes less."
    ]

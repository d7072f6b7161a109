"""The card of a tuned model: what it is of, what it was trained on, how it is called up, and what it does not show.

Invariant: pure; every number is from the run's record and the dataset. No path of this machine stands in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from inscape.rendering.mode import Mode
from inscape.stages.card import HONESTY
from inscape.stages.run_folder import Record
from inscape.text import plural, sha256

_SIGNED = re.compile(r"\n<!-- inscape [0-9a-f]{64} -->\n\Z")
_CACHED = re.compile(r"models--(.+?)--(.+?)(?:[/\\]|$)")
_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_EFFORT = {
    "first-token": "It begins each answer by saying how much it will think.",
    "system-line": "A line of the system prompt tells it how much to think.",
    "both": "A line of the system prompt may tell it how much to think; it says so itself at the answer's beginning.",
    "none": "Effort does not stand in the text.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card is made of. `base`: as others know it: a name on the hub, or a folder's own name."""

    title: str
    base: str
    record: Record
    mode: Mode | None
    license: str = ""
    """The rights of the books, where all are known and allow passing on what was made of them."""
    examples: int = 0
    compared: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Figures before and after: what, before, after, of."""
    version: str = ""


def base_name(model: str) -> str:
    """The model as others know it: its name on the hub where that can be told, else its folder's own."""
    if found := _CACHED.search(model):
        return f"{found[1]}/{found[2]}"
    if _HUB.fullmatch(model):
        return model
    return PurePath(model.replace("\\", "/")).name


def card(facts: Facts, *, merged: bool, private: Sequence[str] = ()) -> str:
    """The card as Markdown, with what the hub reads at its head."""
    blocks = [
        *_head(facts, merged=merged), *_rights(facts, private), *_data(facts), *_training(facts), *_call(facts),
        "## What it does not show", HONESTY, *_limits(facts),
    ]  # fmt: skip
    text = f"{_front(facts, merged=merged)}\n" + "\n\n".join(blocks) + "\n"
    return f"{text}\n<!-- inscape {sha256(text)} -->\n"


def untouched(text: str) -> bool:
    """Whether the card is as it was made, and so may be made again."""
    found = _SIGNED.search(text)
    return found is not None and found[0].split()[2] == sha256(text[: found.start()])


def _front(facts: Facts, *, merged: bool) -> str:
    mlx = facts.record.backend == "mlx"
    lines = ["---", f"library_name: {'mlx' if mlx and not merged else 'transformers' if merged else 'peft'}"]
    if _HUB.fullmatch(facts.base):
        lines.append(f"base_model: {facts.base}")
        lines.append(f"base_model_relation: {'finetune' if merged else 'adapter'}")
    return "\n".join([*lines, "pipeline_tag: text-generation", "tags:", "- inscape", "---"])


def _head(facts: Facts, *, merged: bool) -> Iterator[str]:
    yield f"# {facts.title}"
    what = "with what it learned merged into it" if merged else "as an adapter that is loaded over it"
    made = f" Made with inscape {facts.version}." if facts.version else ""
    yield f"{facts.base}, tuned to write from the inside: a thought, then a reply; {what}.{made}"


def _rights(facts: Facts, private: Sequence[str]) -> Iterator[str]:
    if private:
        yield (
            f"> **Private: not to be published.** It was trained on examples out of {', '.join(private)}, and a model "
            "can repeat what it was trained on."
        )
    elif facts.license:
        yield f"Rights of the books: {facts.license}. The base model's own license holds too."
    else:
        yield "> **Rights unknown: find out first.** The base model's own license holds too."


def _data(facts: Facts) -> Iterator[str]:
    record = facts.record
    yield "## What it was trained on"
    held = f", {record.held_out:,} more held out to measure" if record.held_out else ", none held out"
    known = f" They come from {plural(facts.examples, 'kept example')}." if facts.examples else ""
    yield f"{plural(record.rows, 'row')}{held}.{known}"


def _training(facts: Facts) -> Iterator[str]:
    record = facts.record
    yield "## How"
    numbers = ", ".join(
        f"{name} {record.numbers[name]}"
        for name in ("rank", "alpha", "dropout", "rate", "epochs", "batch", "accumulation", "max_length", "seed")
        if name in record.numbers
    )
    yield f"LoRA with {record.backend}: {numbers or 'numbers not on record'}. {plural(record.steps, 'step')}."
    if record.loss_before is not None and record.loss_best is not None:
        at = f", at step {record.best_step:,}" if record.best_step is not None else ""
        yield (
            f"Loss on held-out rows: {record.loss_before:.3f} before, {record.loss_best:.3f} after{at}. It is the loss "
            "of answers alone."
        )
    if facts.compared:
        yield _figures(facts.compared)


def _figures(compared: Sequence[Mapping[str, Any]]) -> str:
    rows = ["| what | before | after | of |", "|---|---|---|---|"]
    for one in compared:
        before, after = (_number(one.get(name)) for name in ("before", "after"))
        rows.append(f"| {one.get('what', '')} | {before} | {after} | {one.get('of', '')} |")
    return "\n".join(rows)


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, int | float) else "-"


def _call(facts: Facts) -> Iterator[str]:
    yield "## How it is called up"
    mode = facts.mode
    if mode is None:
        yield "By its chat template; no more is on record."
        return
    if mode.system:
        yield f"By the system prompt that training saw, letter for letter:\n\n```text\n{mode.system}\n```"
    else:
        yield "By its chat template, without a system prompt of its own, or with one that differs from row to row."
    where = f"in <{mode.tag}> in the answer's text" if mode.encoding == "content" else f"in {mode.encoding}"
    kwargs = f" The template is rendered with {json.dumps(dict(mode.kwargs))}." if mode.kwargs else ""
    yield f"Thoughts stand {where}. {_EFFORT[mode.policy]}{kwargs}"
    if mode.unroll:
        yield "Earlier answers stand in the conversation without their thoughts, as in training."


def _limits(facts: Facts) -> Iterator[str]:
    few = (
        f"{plural(facts.record.rows, 'row')} teach a manner" if facts.record.rows else "Rows like these teach a manner"
    )
    yield (
        f"{few}, not facts: what it says of the world is its base model's knowledge, and its faults are those of its "
        "base model and of the rows. It may go on word for word from rows that it has seen."
    )

"""mlx-lm 0.32: whole conversations as messages, and a YAML config.

Invariant: `mask_prompt: true` trains the last message alone, which is why each answer has a row of its own. mlx-lm
passes enable_thinking to every template by itself and nothing else: a template that needs another switch, or that
renders otherwise with this one, is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from inscape.errors import DataError, InscapeError
from inscape.targets._job import Job, Made, Sample
from inscape.targets._make import texts
from inscape.targets._write import folder, plain
from inscape.targets._yaml import Comment, Entry, dump, number
from inscape.text import plural

NAME = "mlx"
SUMMARY = "conversations as messages, and a YAML config (mlx-lm, for Apple's chips)"
ALWAYS: str | None = None
LEAVES = False
NAMES_MODEL = True
COMMAND = "pip install mlx-lm\nmlx_lm.lora --config config.yaml"


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, config.yaml, README.md. Raises InscapeError for a template it cannot serve."""
    for sample in job.samples:
        _same(job, sample)
    train, valid = ([{"messages": plain(s)} for s in part] for part in (job.train, job.valid))
    decided = (
        "`mask_prompt: true`: loss on the last message alone.",
        "`num_layers: -1` is all layers.",
        "`batch_size: 1`, the batch made by `grad_accumulation_steps`: with a larger one mlx-lm never trains on the "
        "rows left over from the last full batch, and stops where valid.jsonl has fewer rows than a batch.",
    )
    return folder(job, train, valid, {"config.yaml": dump(config(job))}, COMMAND, decided, numbers=numbers(job))


@dataclass(frozen=True, slots=True)
class Counts:
    """A run as mlx-lm counts it: in rows, not in epochs or updates."""

    iters: int
    updates: int
    warmup: int
    every: int
    """Rows between two looks at the held-out rows, and between two saved adapters."""


def counts(job: Job) -> Counts:
    h = job.hyper
    iters = h.epochs * len(job.train)
    updates = max(1, iters // (h.batch * h.accumulation))
    return Counts(iters, updates, min(h.warmup, updates), max(1, len(job.train) // 2))


def numbers(job: Job) -> dict[str, str]:
    """The README's numbers, as the config has them."""
    h, c = job.hyper, counts(job)
    held = (
        f"mlx-lm does not stop early: every {plural(c.every, 'row')} it reports the loss on valid.jsonl and saves the "
        "adapter; keep the one with the lowest"
        if job.valid
        else f"mlx-lm does not stop early, and no rows are held out; the adapter is saved every {c.every:,} rows"
    )
    return {
        **h.why,
        "alpha": f"{h.alpha}: twice the rank, as `scale: {number(h.alpha / h.rank)}` (alpha / rank); mlx-lm's default "
        "of 20 is ten times that",
        "epochs": f"{h.epochs}: for {plural(len(job.train), 'row')}, as `iters: {c.iters}`: mlx-lm counts rows",
        "batch": f"{h.batch * h.accumulation}: rows to an update, by `grad_accumulation_steps`; LoRA pays more than "
        "full training for large batches (LoRA Without Regret: below 32)",
        "warmup": f"{c.warmup}: of {plural(c.updates, 'update')}, about 5 per cent (Unsloth's guide: 5 to 10)",
        "stop": held,
    }


def config(job: Job) -> list[Entry]:
    """config.yaml: keys of mlx_lm/lora.py, which ignores any other without a word."""
    h, c = job.hyper, counts(job)
    return [
        Comment("LoRA with mlx-lm. What was decided, and why, stands in README.md."),
        ("model", job.model.name),
        ("train", True),
        ("data", "."),
        ("fine_tune_type", "lora"),
        ("num_layers", -1),
        ("lora_parameters", {"rank": h.rank, "scale": float(h.alpha) / h.rank, "dropout": h.dropout}),
        ("mask_prompt", True),
        ("max_seq_length", h.max_length),
        ("batch_size", 1),
        ("grad_accumulation_steps", h.batch * h.accumulation),
        ("iters", c.iters),
        ("optimizer", "adamw"),
        ("optimizer_config", {"adamw": {"weight_decay": 0.01, "bias_correction": True}}),
        ("learning_rate", h.rate),
        ("lr_schedule", {"name": "cosine_decay", "arguments": [h.rate, c.updates], "warmup": c.warmup}),
        ("grad_checkpoint", True),
        ("steps_per_report", 1 if h.steps < 100 else 10),
        ("steps_per_eval", c.every),
        ("val_batches", -1),
        ("save_every", c.every),
        ("adapter_path", "adapter"),
        ("seed", h.seed),
    ]


def _same(job: Job, sample: Sample) -> None:
    """Raises InscapeError where mlx-lm's own rendering is another text."""
    if job.model.template is None or sample.prompt is None or sample.target is None:
        return
    try:
        prompt, whole = texts(job.model.template, sample.messages, {"enable_thinking": _thinks(job)})
    except DataError:
        prompt, whole = "", ""
    if (prompt, whole) != (sample.prompt, sample.prompt + sample.target):
        raise InscapeError(
            f"mlx-lm cannot train {job.model.name} on these rows as they must be: it passes no switches to a chat "
            f"template but enable_thinking, and with it {job.model.template.name} gives another text "
            f"(example {sample.example}). Nothing was written. Use --for trl, or another model."
        )


def _thinks(job: Job) -> bool:
    """Whether mlx-lm takes the model for one that thinks, and so passes enable_thinking=True: by its tokens."""
    source = job.model.template.source if job.model.template else ""
    return ("<think>" in source and "</think>" in source) or "<|channel>" in source

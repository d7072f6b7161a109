"""mlx-lm 0.32: whole conversations as messages, and a YAML config.

Invariant: `mask_prompt: true` trains the last message alone, which is why each answer has a row of its own. mlx-lm
passes enable_thinking to every template by itself and nothing else: a template that needs another switch, or that
renders otherwise with this one, is refused.
"""

from __future__ import annotations

from inscape.errors import DataError, InscapeError
from inscape.targets._job import Job, Made, Sample
from inscape.targets._make import texts
from inscape.targets._write import folder, plain
from inscape.targets._yaml import Comment, Entry, dump

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
        "`scale` is alpha / rank; mlx-lm's default of 20 is ten times that. `num_layers: -1` is all layers.",
        "`batch_size: 1`, the batch made by `grad_accumulation_steps`: with a larger one mlx-lm never trains on the "
        "rows left over from the last full batch, and stops where valid.jsonl has fewer rows than a batch.",
        "mlx-lm counts rows, not epochs: `iters` is epochs x rows. It does not stop early: it reports the loss on "
        "valid.jsonl and saves the adapter as often; keep the one with the lowest.",
    )
    return folder(job, train, valid, {"config.yaml": dump(config(job))}, COMMAND, decided)


def config(job: Job) -> list[Entry]:
    """config.yaml: keys of mlx_lm/lora.py, which ignores any other without a word."""
    h = job.hyper
    per_update = h.batch * h.accumulation
    iters = h.epochs * len(job.train)
    updates = max(1, iters // per_update)
    every = max(1, len(job.train) // 2)
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
        ("grad_accumulation_steps", per_update),
        ("iters", iters),
        ("optimizer", "adamw"),
        ("optimizer_config", {"adamw": {"weight_decay": 0.01}}),
        ("learning_rate", h.rate),
        ("lr_schedule", {"name": "cosine_decay", "arguments": [h.rate, updates], "warmup": min(h.warmup, updates)}),
        ("grad_checkpoint", True),
        ("steps_per_report", 1 if h.steps < 100 else 10),
        ("steps_per_eval", every),
        ("val_batches", -1),
        ("save_every", every),
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

"""Numbers for a LoRA on a small dataset, from the size of the set and of the model, each with its source.

Invariant: the same sizes give the same numbers, and each number comes with the sentence that says why. These are
where to begin; a loss on held-out rows decides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from inscape.targets._yaml import number
from inscape.text import plural


@dataclass(frozen=True, slots=True)
class Hyper:
    """All numbers of a run. Steps are updates of the weights."""

    rank: int
    alpha: int
    dropout: float
    rate: float
    epochs: int
    batch: int
    """Rows at once on the machine."""
    accumulation: int
    """Batches to one update."""
    steps: int
    warmup: int
    max_length: int
    """Tokens."""
    eval_every: int
    """Steps between two looks at the held-out rows; 0 where there are none."""
    patience: int
    seed: int
    why: dict[str, str]
    """Each number and a sentence on it, by name, for a README."""


LENGTHS = (512, 1024, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 65536, 131072)


def decide(rows: int, held_out: int, longest: int, billions: float | None, context: int | None) -> Hyper:
    """The numbers for `rows` rows to train on; `longest` is the longest row in tokens.

    Raises nothing: a row that may be longer than the model's context is said.
    """
    effective = 8 if rows >= 200 else 4 if rows >= 50 else 2
    batch = 2 if effective >= 4 else 1
    large = billions is not None and billions >= 30
    epochs = 3 if rows < 1000 else 2 if rows < 3000 else 1
    per_epoch = max(1, math.ceil(rows / effective))
    steps = per_epoch * epochs
    length = _length(longest, context)
    made = Hyper(
        rank=16,
        alpha=32,
        dropout=0.05 if rows < 1000 else 0.0,
        rate=0.0001 if large else 0.0002,
        epochs=epochs,
        batch=batch,
        accumulation=effective // batch,
        steps=steps,
        warmup=max(1, round(steps * 0.05)),
        max_length=length,
        eval_every=max(1, per_epoch // 2) if held_out else 0,
        patience=2,
        seed=42,
        why={},
    )
    return replace(made, why={**_why(made, rows, billions), "max_length": _room(longest, length)})


def keep_best(hyper: Hyper) -> list[tuple[str, str | int | bool]]:
    """transformers' own keys to measure held-out rows and end with the best adapter; axolotl and LLaMA-Factory take
    them as they are."""
    return [
        ("eval_strategy", "steps"),
        ("eval_steps", hyper.eval_every),
        ("save_strategy", "steps"),
        ("save_steps", hyper.eval_every),
        ("save_total_limit", 2),
        ("load_best_model_at_end", True),
        ("metric_for_best_model", "eval_loss"),
        ("greater_is_better", False),
    ]


def _length(longest: int, context: int | None) -> int:
    fits = next((length for length in LENGTHS if length >= longest), LENGTHS[-1])
    return min(fits, context) if context else fits


def _room(longest: int, length: int) -> str:
    said = f"the longest row is estimated without the model's tokenizer (half its bytes) at up to {longest:,} tokens"
    cut = "nothing is cut" if longest <= length else "a row that is longer is cut or refused (see below)"
    return f"{length:,} tokens: {said}; {cut}"


def stop(every: int, patience: int) -> str:
    """When a run ends before its last epoch, for trainers that do that."""
    if not every:
        return "no rows are held out, so nothing tells when to stop: the run takes all its epochs"
    return (
        f"every {plural(every, 'step')} the loss on the held-out rows is measured; {patience} times running without a "
        "new best end the run, and the best adapter is kept"
    )


def _why(numbers: Hyper, rows: int, billions: float | None) -> dict[str, str]:
    """Each number as the configs have it, then the reason."""
    n, size = numbers, f"{billions:g}B" if billions else "a size that is not known"
    return {
        "layers": "all linear layers: attention alone learns less at the same size (LoRA Without Regret, 2025)",
        "rank": f"{n.rank}: far more than a few hundred answers say (LoRA Without Regret; Unsloth's guide: 8 to 128)",
        "alpha": f"{n.alpha}: twice the rank (Unsloth's guide: alpha = r or 2r)",
        "dropout": f"{n.dropout:g}: 0.05 under 1,000 rows, else 0 (QLoRA, 2023: 0.05 to 0.1 helps the smaller sets)",
        "rate": f"{number(n.rate)}: for {size}; 0.0002, and from 30B 0.0001 (QLoRA, 2023, table 9; Unsloth's guide "
        "begins at 2e-4)",
        "epochs": f"{n.epochs}: for {plural(rows, 'row')} (Unsloth's guide: 1 to 3)",
        "batch": f"{n.batch * n.accumulation}: rows to an update, {n.batch} at once and {n.accumulation} times; LoRA "
        "pays more than full training for large batches (LoRA Without Regret: below 32)",
        "warmup": f"{n.warmup}: of {plural(n.steps, 'step')}, about 5 per cent (Unsloth's guide: 5 to 10)",
        "stop": stop(n.eval_every, n.patience),
    }

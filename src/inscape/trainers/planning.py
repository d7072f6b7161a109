"""What a training would do, before it begins: tokens by the model's own tokenizer, memory and time.

Invariant: nothing of the model changes, and no random number that training would draw is drawn.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inscape.trainers.jobs import Numbers, TrainJob


@dataclass(frozen=True, slots=True)
class Shape:
    """What memory depends on."""

    weights: int
    """Bytes of the model as it is loaded."""
    trained: int
    """Parameters of the adapter."""
    layers: int
    hidden: int
    inner: int
    """Width inside a feed-forward block."""
    vocabulary: int
    width: int
    """Bytes of a number in a computation."""


def memory(shape: Shape, batch: int, longest: int) -> float:
    """Megabytes at the peak, for a batch of the longest rows.

    Weights: as loaded. Adapter: 16 bytes a parameter (weight, gradient, and Adam's two averages, in float32).
    Activations, with checkpointing: the input of every layer is kept, and one layer is computed again in full, which is
    about 10 times the hidden and 4 times the inner width. Logits: those of a few hundred positions at once in TRL, of
    every position elsewhere; counted in full, twice over, in float32, up to 2,048 positions. A tenth on top for what an
    allocator leaves unused, and 600 MB for the libraries.
    """
    tokens = batch * longest
    activations = tokens * shape.width * (shape.layers * shape.hidden + 10 * shape.hidden + 4 * shape.inner)
    logits = min(tokens, 2048) * shape.vocabulary * 4 * 2
    return 600 + 1.1 * (shape.weights + 16 * shape.trained + activations + logits) / 2**20


def steps(rows: int, numbers: Numbers) -> int:
    """Updates of a whole training."""
    if numbers.max_steps:
        return numbers.max_steps
    batches = math.ceil(rows / numbers.batch)
    return math.ceil(numbers.epochs * max(1, math.ceil(batches / numbers.accumulation)))


def seconds(per_token: float, tokens: int, rows: int, held_out: int, numbers: Numbers) -> float:
    """Of all steps and of every look at the held-out rows, which goes forward only: about a third of a step.

    `tokens` of one epoch. The answers before and after are not counted.
    """
    every, one = steps(rows, numbers), numbers.batch * numbers.accumulation / max(rows, 1)
    looks = every // numbers.eval_every + 2 if numbers.eval_every and held_out else 0
    return per_token * tokens * (every * one + looks * held_out / max(rows, 1) / 3)


def typical(lengths: Sequence[int], batch: int) -> list[int]:
    """The rows of a batch of middling length."""
    order = sorted(range(len(lengths)), key=lambda n: lengths[n])
    start = max(0, min(len(order) // 2, len(order) - batch))
    return order[start : start + batch]


def machine_memory() -> float | None:
    """Megabytes of the machine; None where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20)
    except (AttributeError, ValueError, OSError):
        return None


def peak_memory() -> float:
    """Megabytes at the peak: of the GPU where there is one, else of this process."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated() / 2**20)
    return resident()


def resident() -> float:
    """Megabytes of this process at its peak."""
    import sys

    try:
        import resource
    except ImportError:
        import psutil

        return float(psutil.Process().memory_info().peak_wset / 2**20)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def shape_of(model: Any, trained: int) -> Shape:
    """Of a model of transformers."""
    weights = sum(one.numel() * one.element_size() for one in model.parameters() if not one.requires_grad)
    width = 4 if next(model.parameters()).element_size() == 4 else 2
    return shape_of_config(model.config.to_dict(), weights, trained, width)


def shape_of_config(config: Mapping[str, Any], weights: int, trained: int, width: int) -> Shape:
    """Of a config.json, whose numbers stand deeper where the model also sees."""
    config = config.get("text_config") or config
    hidden = int(config.get("hidden_size") or config.get("n_embd") or 0)
    return Shape(
        weights=weights,
        trained=trained,
        layers=int(config.get("num_hidden_layers") or config.get("n_layer") or 0),
        hidden=hidden,
        inner=int(config.get("intermediate_size") or 4 * hidden),
        vocabulary=int(config.get("vocab_size") or 0),
        width=width,
    )


def timed(trainer: Any, lengths: Sequence[int], numbers: Numbers) -> tuple[float, float | None]:
    """Seconds a token, forward and back, in a batch of middling length; and the GPU's peak in MB for the longest rows.

    The batch before it warms the machine up: the longest rows on a GPU, so that memory that is not enough shows here,
    and one short row elsewhere.
    """
    import torch

    gpu = torch.cuda.is_available()
    order = sorted(range(len(lengths)), key=lambda n: lengths[n])
    first = order[-numbers.batch :] if gpu else order[:1]
    counted = trainer.state_of_counts()
    with torch.random.fork_rng():
        _once(trainer, first)
        peak = torch.cuda.max_memory_allocated() / 2**20 if gpu else None
        rows = typical(lengths, numbers.batch)
        begun = time.perf_counter()
        _once(trainer, rows)
        if gpu:
            torch.cuda.synchronize()
        taken = time.perf_counter() - begun
    trainer.state_of_counts(counted)
    return taken / max(1, sum(lengths[n] for n in rows)), peak


def _once(trainer: Any, rows: Sequence[int]) -> None:
    import torch

    model = trainer.model
    inputs = trainer._prepare_inputs(trainer.data_collator([trainer.train_dataset[n] for n in rows]))
    kind = torch.bfloat16 if trainer.args.bf16 else torch.float16
    training = model.training
    model.train()
    if trainer.args.gradient_checkpointing:
        new = hasattr(model, "activation_checkpointing_enable")
        (model.activation_checkpointing_enable if new else model.gradient_checkpointing_enable)()
    with torch.autocast(model.device.type, dtype=kind, enabled=trainer.args.bf16 or trainer.args.fp16):
        loss = trainer.compute_loss(model, inputs)
    loss.backward()
    model.zero_grad(set_to_none=True)
    model.train(training)


def too_large(job: TrainJob) -> str:
    """What to change where the memory is not enough."""
    n = job.numbers
    quantized = "" if n.load_in_4bit else ", load_in_4bit (QLoRA, NVIDIA only)"
    return (
        f"The memory is not enough for {job.model} with a batch of {n.batch} and a max length of {n.max_length}. Take "
        f"a smaller batch{' (it is 1 already)' if n.batch == 1 else ''}, a smaller max length{quantized}, or a "
        "smaller model."
    )

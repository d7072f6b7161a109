"""What a training with mlx-lm is made of: its model with LoRA layers, its rows, their loss, and greedy answers.

Invariant: what a row teaches is the last message, up to the end of its turn and not the padding after it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inscape.trainers import loading, planning, sampling
from inscape.trainers.jobs import Numbers, TrainJob
from inscape.trainers.telling import Failure

LARGE = 1 << 30
"""Bytes of weights from which on a CPU, too, computes a layer's inside again rather than keep it."""
PAD = 32
"""Lengths are rounded up to so many tokens, so that a shape is compiled once."""


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens up to the max length, and where what is learned begins."""

    ids: list[int]
    start: int
    whole: int
    """Tokens before the end was cut off."""

    @property
    def learned(self) -> int:
        return max(0, len(self.ids) - self.start)


@dataclass(slots=True)
class Speaker:
    """Answers, greedily."""

    model: Any
    tokenizer: Any
    ends: frozenset[int]

    def text(self, answer: sampling.Answer) -> str:
        return str(self.tokenizer.decode(answer.ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))

    def answers(self, prompts: Sequence[list[int]], longest: int) -> Iterator[sampling.Answer]:
        """One for each prompt, in their order; several go through the machine together."""
        self.model.eval()
        for first in range(0, len(prompts), sampling.TOGETHER):
            yield from self._together(prompts[first : first + sampling.TOGETHER], longest)

    def _together(self, prompts: Sequence[list[int]], longest: int) -> Iterator[sampling.Answer]:
        from mlx_lm.generate import BatchGenerator

        begun = time.monotonic()
        made = BatchGenerator(self.model, stop_tokens=[[one] for one in sorted(self.ends)])
        try:
            places = made.insert(list(prompts), [longest] * len(prompts))
            said: dict[int, list[int]] = {place: [] for place in places}
            while tokens := made.next_generated():
                for one in tokens:
                    said[one.uid].append(int(one.token))
        finally:
            made.close()
        seconds = (time.monotonic() - begun) / len(prompts)
        yield from (sampling.Answer(said[place], seconds) for place in places)


def loss_of(model: Any, ids: Any, span: Any) -> tuple[Any, Any]:
    """Mean over the tokens from `span[0]` up to, and not with, `span[1]`; and their number."""
    import mlx.core as mx
    import mlx.nn as nn

    targets = ids[:, 1:]
    place = mx.arange(1, targets.shape[1] + 1)
    mask = mx.logical_and(place >= span[0], place < span[1])
    entropy = nn.losses.cross_entropy(model(ids[:, :-1]).astype(mx.float32), targets) * mask
    learned = mask.sum()
    return entropy.sum() / mx.maximum(learned, 1), learned


def batch(row: Row) -> tuple[Any, Any]:
    import mlx.core as mx

    width = 1 + PAD * -(-len(row.ids) // PAD)
    return mx.array([row.ids + [0] * (width - len(row.ids))]), mx.array([row.start, len(row.ids)])


def read_rows(tokenizer: Any, path: str, longest: int) -> list[Row]:
    from mlx_lm.tuner.datasets import ChatDataset

    found = loading.rows(path)
    made = ChatDataset(found, tokenizer, mask_prompt=True)
    rows = []
    for ids, start in (made.process(row) for row in found):
        rows.append(Row(list(ids)[:longest], start, len(ids)))
    return rows


def lora(numbers: Numbers) -> dict[str, float]:
    return {"rank": numbers.rank, "scale": numbers.alpha / numbers.rank, "dropout": numbers.dropout}


def loaded(job: TrainJob) -> tuple[Any, Any, set[int]]:
    """Model with its LoRA layers, tokenizer, end tokens. On a CPU all is float32: half precision is slow there."""
    import mlx.core as mx
    from mlx_lm import load
    from mlx_lm.tuner.trainer import grad_checkpoint
    from mlx_lm.tuner.utils import linear_to_lora_layers

    try:
        model, tokenizer, *_ = load(job.model)
    except (ValueError, KeyError, FileNotFoundError) as problem:
        raise Failure("no-model", f"mlx-lm cannot load {job.model}: {str(problem)[:200]}") from problem
    asked = job.numbers.dtype
    if asked != "auto" or mx.default_device() == mx.cpu:
        model.set_dtype(mx.bfloat16 if asked == "bfloat16" else mx.float32)
    mx.random.seed(job.numbers.seed)
    model.freeze()
    linear_to_lora_layers(model, -1, lora(job.numbers))
    if mx.default_device() == mx.gpu or model_bytes(model) > LARGE:
        grad_checkpoint(model.layers[0])
    return model, tokenizer, set(tokenizer.eos_token_ids)


def on_cpu() -> bool:
    import mlx.core as mx

    return bool(mx.default_device() == mx.cpu)


def model_bytes(model: Any) -> int:
    from mlx.utils import tree_flatten

    return sum(one.nbytes for _, one in tree_flatten(model.parameters()))


def optimizer_of(model: Any, numbers: Numbers, steps: int) -> Any:
    """AdamW on the way that TRL's has: up to the rate, and down along a cosine to nothing."""
    import mlx.core as mx
    from mlx.optimizers import AdamW

    up = min(numbers.warmup, steps)

    def rate(step: Any) -> Any:
        down = 0.5 * (1 + mx.cos(math.pi * (step - up) / max(1, steps - up)))
        return numbers.rate * mx.where(step < up, step / max(1, up), down)

    made = AdamW(learning_rate=rate, weight_decay=numbers.weight_decay, bias_correction=True)
    made.init(model.trainable_parameters())
    return made


def again(key: Any) -> None:
    """Random numbers go on from a key of before: it is the seed's two halves."""
    import mlx.core as mx

    high, low = key.tolist()
    mx.random.seed((high << 32) | low)


def peak() -> float:
    import mlx.core as mx

    return float(mx.get_peak_memory() / 2**20) if mx.default_device() == mx.gpu else planning.resident()

"""Child: trains an adapter with mlx-lm's model and LoRA layers, and tells how it goes.

Invariant: as peft.py's. The loop is short and our own, since mlx-lm's begins at the first row whenever it begins; so is
the loss, since mlx-lm's counts the padding after each row as one more token to learn. Rows go through the machine one
by one, `batch * accumulation` of them to an update, each weighing the same, as the exported config has it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from inscape.trainers import blas, jobs, keeping, loading, planning, sampling, telling
from inscape.trainers import mlx_parts as parts
from inscape.trainers.jobs import TrainJob
from inscape.trainers.keeping import Progress
from inscape.trainers.telling import Failure, Line

ADAPTER, STATE = "adapters.safetensors", "optimizer.safetensors"
PAUSE = 0.2
"""Seconds between two steps that are told, at the least."""
CLIP = 1.0
"""Longest gradient. This, the corrected beginning of Adam's averages and the rate's way down to nothing are as TRL has
them and mlx-lm has not, so that the same numbers are the same training."""


def main(job: str) -> None:
    telling.run(child, job)


def child(line: Line, path: Path) -> None:
    """The whole training of the job in `path`, in the current folder."""
    job = jobs.load(TrainJob, path)
    try:
        checkpoints, adapter = Path.cwd() / "checkpoints", Path.cwd() / "adapter"
        last, progress = keeping.begin(checkpoints, adapter, job.resume)
        job = dataclasses.replace(job, model=str(loading.look(job)))
        Training(line, job, progress, checkpoints, adapter).run(last)
    except Exception as problem:
        found = telling.explain(problem)
        if found.error == "oom" or ("[METAL]" in str(problem) and "Insufficient Memory" in str(problem)):
            raise Failure("oom", planning.too_large(job)) from problem
        raise


class Training:
    """A training from its model to its end."""

    def __init__(self, line: Line, job: TrainJob, progress: Progress, checkpoints: Path, adapter: Path) -> None:
        self.line, self.job, self.progress = line, job, progress
        self.checkpoints, self.adapter = checkpoints, adapter
        self.model, tokenizer, eos = parts.loaded(job)
        self.rows = parts.read_rows(tokenizer, job.rows, job.numbers.max_length)
        self.held_out = parts.read_rows(tokenizer, job.held_out, job.numbers.max_length) if job.held_out else []
        if not any(row.learned for row in self.rows):
            raise Failure("other", f"No row has an answer within {job.numbers.max_length} tokens: raise --max-length.")
        plain = tokenizer._tokenizer  # transformers' own: the wrapper has ways of its own
        marks = sampling.last_mark(plain, self.rows[0].ids)
        self.speaker = parts.Speaker(self.model, plain, frozenset(eos | marks))
        self.steps = planning.steps(len(self.rows), job.numbers)
        self.optimizer = parts.optimizer_of(self.model, job.numbers, self.steps)

    def run(self, last: Path | None) -> None:
        line, progress = self.line, self.progress
        line.ending = progress.ending(parts.peak()) | {"stopped": "asked"}
        if parts.on_cpu() and blas.slow(os.environ):
            line.say("note", message=blas.ADVICE)
        line.say("plan", **self.plan())
        if line.orders.get().get("do") != "go":
            line.say("done", **line.ending)
            return
        if last is None:
            sampling.tell(line, self.job, self.speaker, "before")
        else:
            self.restore(last)
        with line.careful():
            self.train()
            line.ending = progress.ending(parts.peak())
        if self.adapter.is_dir():
            self.model.load_weights(str(self.adapter / ADAPTER), strict=False)
            sampling.tell(line, self.job, self.speaker, "after")
        line.say("done", **progress.ending(parts.peak()))

    # ------------------------------------------------------------ the loop

    def train(self) -> None:
        """All steps that are left, with their looks and checkpoints."""
        progress, numbers, job = self.progress, self.job.numbers, self.job
        begun = time.monotonic() - progress.seconds
        update, told, window = self.updating(), 0.0, (progress.tokens, time.monotonic())
        if self.held_out and progress.step == 0:
            self.look()
        save_every = numbers.eval_every or max(1, self.steps // 6)
        while progress.step < self.steps and progress.stopped == "end":
            step, group = progress.step + 1, self.group(progress.step)
            loss = update([self.rows[n] for n in group])
            progress.step, now = step, time.monotonic()
            progress.tokens += sum(len(self.rows[n].ids) for n in group)
            progress.seconds = now - begun
            if now - told >= PAUSE or step == self.steps:
                speed = (progress.tokens - window[0]) / max(now - window[1], 1e-9)
                told, window = now, (progress.tokens, now)
                self.tell(loss, float(self.optimizer.learning_rate.item()), speed)
            last = step == self.steps
            if self.held_out and (last or step % numbers.eval_every == 0):
                self.look()
            if self.line.asked and not last:
                progress.stopped = "asked"
            elif last and job.numbers.max_steps:
                progress.stopped = "max_steps"
            if last or step % save_every == 0 or progress.stopped != "end":
                progress.seconds = time.monotonic() - begun
                self.checkpoint()

    def updating(self) -> Any:
        """One update from some rows, compiled; it gives the mean loss of their learned tokens."""
        import mlx.core as mx
        import mlx.nn as nn
        from mlx.optimizers import clip_grad_norm
        from mlx.utils import tree_map

        model, optimizer = self.model, self.optimizer
        graded = nn.value_and_grad(model, parts.loss_of)
        state = [model.state, optimizer.state, mx.random.state]

        @partial(mx.compile, inputs=state, outputs=state)
        def gradient(ids: Any, span: Any, before: Any) -> Any:
            (loss, learned), grad = graded(model, ids, span)
            return loss, learned, grad if before is None else tree_map(mx.add, grad, before)

        @partial(mx.compile, inputs=state, outputs=state)
        def apply(grad: Any, share: Any) -> Any:
            grad, _ = clip_grad_norm(tree_map(lambda one: (one * share).astype(one.dtype), grad), CLIP)
            optimizer.update(model, grad)
            return share

        def update(rows: Sequence[parts.Row]) -> float:
            model.train()
            total, count, grad = 0.0, 0, None
            for row in rows:
                loss, learned, grad = gradient(*parts.batch(row), grad)
                mx.eval(state, loss, grad)
                total, count = total + float(loss) * int(learned), count + int(learned)
            mx.eval(apply(grad, mx.array(1 / len(rows))), state)
            return total / max(count, 1)

        return update

    def group(self, step: int) -> list[int]:
        """The rows of an update: every epoch has an order of its own, and its last update takes what is left."""
        together = self.job.numbers.batch * self.job.numbers.accumulation
        per_epoch = -(-len(self.rows) // together)
        epoch, place = divmod(step, per_epoch)
        order = list(range(len(self.rows)))
        random.Random(f"{self.job.numbers.seed} {epoch}").shuffle(order)
        return order[place * together : (place + 1) * together]

    def look(self) -> None:
        """The loss on the held-out rows; the adapter is kept where it is the best, and no better for long ends it."""
        progress, patience = self.progress, self.job.numbers.patience
        loss = self.held_out_loss()
        best = progress.looked(progress.step, loss)
        self.line.say("valid", step=progress.step, loss=loss, best=best)
        if best and progress.step:
            keeping.replace(self.adapter, self.write_adapter)
        elif patience and progress.without >= patience and progress.step < self.steps:
            progress.stopped = "early"

    def held_out_loss(self) -> float:
        self.model.eval()
        total, count = 0.0, 0
        for row in self.held_out:
            loss, learned = parts.loss_of(self.model, *parts.batch(row))
            total, count = total + float(loss) * int(learned), count + int(learned)
        return total / max(count, 1)

    def tell(self, loss: float, rate: float, speed: float) -> None:
        progress = self.progress
        together = self.job.numbers.batch * self.job.numbers.accumulation
        self.line.say(
            "step",
            step=progress.step,
            steps=self.steps,
            epoch=progress.step / -(-len(self.rows) // together),
            loss=loss,
            rate=rate,
            tokens=progress.tokens,
            tokens_per_second=speed,
            seconds=progress.seconds,
            memory_mb=parts.peak(),
        )

    # ------------------------------------------------------------ on disk

    def checkpoint(self) -> None:
        import mlx.core as mx
        from mlx.utils import tree_flatten

        progress = self.progress
        if not self.held_out:
            progress.best_step = progress.step
            keeping.replace(self.adapter, self.write_adapter)
        kept = self.checkpoints / keeping.name(progress.step)
        kept.mkdir(exist_ok=True)
        self.write_adapter(kept)
        state = {f"optimizer.{name}": one for name, one in tree_flatten(self.optimizer.state)}
        mx.save_safetensors(str(kept / STATE), {**state, "random": mx.random.state[0]})
        keeping.mark(kept, asdict(progress))
        keeping.clean(self.checkpoints, progress.best_step)
        self.line.say("checkpoint", step=progress.step, path=f"{self.checkpoints.name}/{kept.name}")

    def restore(self, checkpoint: Path) -> None:
        import mlx.core as mx
        from mlx.utils import tree_unflatten

        self.model.load_weights(str(checkpoint / ADAPTER), strict=False)
        found = mx.load(str(checkpoint / STATE))
        parts.again(found.pop("random"))
        self.optimizer.state = tree_unflatten([(name.removeprefix("optimizer."), found[name]) for name in found])

    def write_adapter(self, folder: Path) -> None:
        """As mlx_lm.lora writes it."""
        import mlx.core as mx
        from mlx.utils import tree_flatten

        mx.save_safetensors(str(folder / ADAPTER), dict(tree_flatten(self.model.trainable_parameters())))
        said = {
            "fine_tune_type": "lora",
            "num_layers": -1,
            "lora_parameters": parts.lora(self.job.numbers),
            "model": self.job.model,
        }
        (folder / "adapter_config.json").write_text(json.dumps(said, indent=4), encoding="utf-8")

    # ------------------------------------------------------------ the plan

    def plan(self) -> dict[str, Any]:
        import mlx.core as mx
        from mlx.utils import tree_flatten

        n, rows = self.job.numbers, self.rows
        every = tree_flatten(self.model.parameters())
        trained = sum(one.size for _, one in tree_flatten(self.model.trainable_parameters()))
        lengths, gpu = [len(row.ids) for row in rows], mx.default_device() == mx.gpu
        shape = planning.shape_of_config(
            json.loads((Path(self.job.model) / "config.json").read_text(encoding="utf-8")),
            weights=sum(one.nbytes for _, one in every),
            trained=trained,
            width=4 if any(one.dtype == mx.float32 for _, one in every) else 2,
        )
        device = mx.device_info() if gpu else {}
        return {
            "device": device.get("device_name", "cpu"),
            "device_memory_mb": device["memory_size"] / 2**20 if gpu else planning.machine_memory(),
            "parameters": sum(one.size for _, one in every) - trained,
            "trained": trained,
            "dtype": str(next(one for _, one in every).dtype).removeprefix("mlx.core."),
            "rows": len(rows),
            "held_out": len(self.held_out),
            "tokens": sum(lengths),
            "learned": sum(row.learned for row in rows),
            "longest": max(row.whole for row in rows),
            "cut": sum(row.whole > n.max_length for row in rows),
            "steps": self.steps,
            "memory_mb": planning.memory(shape, 1, max(lengths)),
            "seconds": planning.seconds(self.timed(lengths), sum(lengths), len(rows), len(self.held_out), n),
            "from_step": self.progress.step,
        }

    def timed(self, lengths: list[int]) -> float:
        """Seconds a token, forward and back, in a row of middling length; weights and random numbers stay."""
        import mlx.core as mx
        import mlx.nn as nn

        key = mx.array(mx.random.state[0])
        graded = nn.value_and_grad(self.model, parts.loss_of)
        self.model.train()
        (middle,), taken = planning.typical(lengths, 1), 0.0
        for _ in range(2):  # the first compiles
            begun = time.perf_counter()
            mx.eval(graded(self.model, *parts.batch(self.rows[middle])))
            taken = time.perf_counter() - begun
        parts.again(key)
        return taken / lengths[middle]

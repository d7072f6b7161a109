"""TRL's trainer, followed: it tells steps and looks, keeps the best adapter, ends early, and leaves whole checkpoints.

Invariant: what is trained is what TRL trains. The loss on the held-out rows is a mean over their learned tokens, as
mlx-lm counts it, so that neither the batch nor the backend changes it.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback

from inscape.trainers import keeping
from inscape.trainers.jobs import Numbers
from inscape.trainers.keeping import Progress
from inscape.trainers.planning import peak_memory
from inscape.trainers.telling import Line

PAUSE = 0.2
"""Seconds between two steps that are told, at the least."""


class Following(TrainerCallback):  # type: ignore[misc]
    """Tells and decides, at the end of each step."""

    def __init__(self, line: Line, numbers: Numbers, progress: Progress, looks: bool, save_every: int) -> None:
        self.line, self.numbers, self.progress = line, numbers, progress
        self.looks, self.save_every = looks, save_every
        self.seen: Any = 0
        """Tokens since the last log, on the device; read only where the loss is read as well."""
        self._begun = self._told = 0.0
        self._before = 0.0
        self._window = (0, 0.0)

    def elapsed(self) -> float:
        return self._before + time.monotonic() - self._begun

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._begun, self._before = time.monotonic(), self.progress.seconds
        self._window = (self.progress.tokens, self._begun)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == 0:
            self._window = (self.progress.tokens, time.monotonic())

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        step, last = state.global_step, state.global_step >= state.max_steps
        control.should_log = True
        control.should_evaluate = self.looks and (last or step % self.numbers.eval_every == 0)
        control.should_save = last or step % self.save_every == 0
        if last:
            self.progress.stopped = "max_steps" if self.numbers.max_steps else "end"
        elif self.line.asked:
            control.should_save = control.should_training_stop = True
            self.progress.stopped = "asked"

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        if not logs or "loss" not in logs:
            return
        progress, now = self.progress, time.monotonic()
        progress.step, progress.seconds = state.global_step, self.elapsed()
        if now - self._told < PAUSE and state.global_step < state.max_steps:
            return
        self.count()
        tokens, since = self._window
        self._told, self._window = now, (progress.tokens, now)
        self.line.say(
            "step",
            step=state.global_step,
            steps=state.max_steps,
            epoch=float(state.epoch or 0),
            loss=float(logs["loss"]),
            rate=float(logs.get("learning_rate", 0.0)),
            tokens=progress.tokens,
            tokens_per_second=(progress.tokens - tokens) / max(now - since, 1e-9),
            seconds=progress.seconds,
            memory_mb=peak_memory(),
        )

    def count(self) -> None:
        self.progress.tokens += int(self.seen)
        self.seen = 0


def followed(trainer: type[Any], following: Following, adapter: Path) -> type[Any]:
    """The trainer class with its looks and its checkpoints made ours."""

    class Followed(trainer):  # type: ignore[misc]
        def training_step(self, model: Any, inputs: Any, *rest: Any, **named: Any) -> Any:
            mask = inputs.get("attention_mask")
            following.seen = following.seen + (mask.sum() if mask is not None else inputs["input_ids"].numel())
            return super().training_step(model, inputs, *rest, **named)

        def evaluate(self, *rest: Any, **named: Any) -> dict[str, float]:
            loss, progress, step = held_out_loss(self), following.progress, self.state.global_step
            best = progress.looked(step, loss)
            following.line.say("valid", step=step, loss=loss, best=best)
            if best and step:
                self.keep_adapter()
            elif step and following.numbers.patience and progress.without >= following.numbers.patience:
                if step < self.state.max_steps:
                    progress.stopped = "early"
                self.control.should_training_stop = self.control.should_save = True
            self.control.should_evaluate = False  # done; an epoch that ends here would look again
            return {"eval_loss": loss}

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            super()._save_checkpoint(model, trial)
            folder, step, progress = Path(self.args.output_dir), self.state.global_step, following.progress
            if not following.looks:
                progress.best_step = step
                self.keep_adapter()
            following.count()
            progress.step, progress.seconds = step, following.elapsed()
            kept = folder / keeping.name(step)
            (folder / f"checkpoint-{step}").rename(kept)
            keeping.mark(kept, asdict(progress))
            keeping.clean(folder, progress.best_step)
            following.line.say("checkpoint", step=step, path=f"{folder.name}/{kept.name}")

        def create_model_card(self, *rest: Any, **named: Any) -> None:
            """None: it would be written at every checkpoint."""

        def keep_adapter(self) -> None:
            keeping.replace(adapter, lambda folder: self.model.save_pretrained(str(folder)))

        def state_of_counts(self, counts: tuple[Any, int] | None = None) -> tuple[Any, int]:
            """What TRL counts beside training; given, it is put back."""
            if counts is not None and hasattr(self, "_metrics"):
                self._metrics["train"].clear()
                self._total_train_tokens = counts[1]
            return None, getattr(self, "_total_train_tokens", 0)

    return Followed


def held_out_loss(trainer: Any) -> float:
    """Mean over the learned tokens of all held-out rows."""
    model = trainer.model
    training = model.training
    model.eval()
    total, learned = 0.0, 0
    with torch.no_grad(), trainer.compute_loss_context_manager():
        for batch in trainer.get_eval_dataloader():
            inputs = trainer._prepare_inputs(batch)
            count = int((inputs["labels"][:, 1:] != -100).sum())
            if count:
                total += float(trainer.compute_loss(model, inputs)) * count
                learned += count
    model.train(training)
    if hasattr(trainer, "_metrics"):
        trainer._metrics["eval"].clear()
    return total / max(learned, 1)

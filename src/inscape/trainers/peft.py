"""Child: trains an adapter with TRL and peft, or with unsloth, and tells how it goes.

Invariant: a process that is killed at any moment and started again with `resume` ends with the losses of one that was
not. The best adapter stands whole from the first look that finds one.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from inscape.trainers import jobs, keeping, loading, planning, sampling, telling
from inscape.trainers.jobs import TrainJob
from inscape.trainers.telling import Failure, Line


def main(job: str) -> None:
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "0")  # TRL refuses several without a launcher
    telling.run(child, job)


def child(line: Line, path: Path) -> None:
    """The whole training of the job in `path`, in the current folder."""
    job = jobs.load(TrainJob, path)
    try:
        train(line, job)
    except Exception as problem:
        found = telling.explain(problem)
        if found.error != "oom":
            raise
        raise Failure("oom", planning.too_large(job)) from problem


def train(line: Line, job: TrainJob) -> None:
    folder = Path.cwd()
    checkpoints, adapter = folder / "checkpoints", folder / "adapter"
    last, progress = keeping.begin(checkpoints, adapter, job.resume)
    job = dataclasses.replace(job, model=loading.look(job))
    if job.backend == "unsloth":
        import unsloth  # noqa: F401  (before transformers)
    from inscape.trainers.following import Following, followed

    save_every = job.numbers.eval_every or max(1, planning.steps(len(loading.rows(job.rows)), job.numbers) // 6)
    following = Following(line, job.numbers, progress, job.held_out is not None, save_every)
    trainer = loading.build(job, checkpoints, following, lambda kind: followed(kind, following, adapter))
    line.ending = progress.ending(planning.peak_memory()) | {"stopped": "asked"}
    line.say("plan", **plan(trainer, job, progress.step))
    if line.orders.get().get("do") != "go":
        line.say("done", **line.ending)
        return
    speaker = _speaker(trainer)
    if last is None:
        sampling.tell(line, job, speaker, "before")
    trainer.args.eval_on_start = job.held_out is not None and last is None
    with line.careful():
        trainer.train(resume_from_checkpoint=str(last) if last else None)
        progress.seconds = following.elapsed()
        line.ending = progress.ending(planning.peak_memory())
    if adapter.is_dir():
        _load_best(trainer.model, adapter)
        sampling.tell(line, job, speaker, "after")
    line.say("done", **progress.ending(planning.peak_memory()))


def plan(trainer: Any, job: TrainJob, from_step: int) -> dict[str, Any]:
    """What is told before the start. The tokens are those of TRL's own rows."""
    import torch

    n, made, model = job.numbers, trainer.train_dataset, trainer.model
    if not len(made):
        raise Failure("other", f"No row has an answer within {n.max_length} tokens: raise --max-length.")
    lengths = [len(ids) for ids in made["input_ids"]]
    whole = _uncut(trainer, job, lengths)
    trained, every = model.get_nb_trainable_parameters()
    held_out = len(trainer.eval_dataset) if job.held_out else 0
    shape = planning.shape_of(model, trained)
    per_token, peak = planning.timed(trainer, lengths, n)
    gpu = torch.cuda.is_available()
    longest = min(max(lengths), n.max_length)
    return {
        "device": torch.cuda.get_device_name() if gpu else torch.accelerator.current_accelerator().type
        if torch.accelerator.is_available() else "cpu",
        "device_memory_mb": torch.cuda.mem_get_info()[1] / 2**20 if gpu else planning.machine_memory(),
        "parameters": every - trained,
        "trained": trained,
        "dtype": "4-bit" if n.load_in_4bit else str(loading.dtype(n.dtype)),
        "rows": len(lengths),
        "held_out": held_out,
        "tokens": sum(lengths),
        "learned": sum(sum(one != -100 for one in labels[1:]) for labels in made["labels"]),
        "longest": max(whole),
        "cut": sum(one > n.max_length for one in whole),
        "steps": planning.steps(len(lengths), n),
        "memory_mb": planning.memory(shape, n.batch, longest) if peak is None else peak + 12 * trained / 2**20,
        "seconds": planning.seconds(per_token, sum(lengths), len(lengths), held_out, n),
        "from_step": from_step,
    }  # fmt: skip


def _uncut(trainer: Any, job: TrainJob, lengths: list[int]) -> list[int]:
    """Lengths of the job's rows, before TRL cut the end off, and left out rows whose answer was cut off whole."""
    found = loading.rows(job.rows)
    if max(lengths) < job.numbers.max_length and len(found) == len(lengths):
        return lengths
    tokenizer = tokenizer_of(trainer)
    return [_length(tokenizer, row) for row in found]


def _length(tokenizer: Any, row: dict[str, Any]) -> int:
    switches = row.get("chat_template_kwargs") or {}
    said = [*row["prompt"], *row["completion"]]
    return len(tokenizer.apply_chat_template(said, tokenize=True, return_dict=False, **switches))


def tokenizer_of(trainer: Any) -> Any:
    made = trainer.processing_class
    return getattr(made, "tokenizer", made)


def _speaker(trainer: Any) -> sampling.Speaker:
    tokenizer, labels = tokenizer_of(trainer), trainer.train_dataset[0]["labels"]
    return sampling.Speaker(trainer.model, tokenizer, sampling.ends(trainer.model, tokenizer, labels))


def _load_best(model: Any, adapter: Path) -> None:
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(str(adapter / "adapter_model.safetensors")))

"""TRL 1.16: prompt and completion as messages, and a short train.py.

Invariant: only the completion carries loss, from the first token after the prompt to the end of the turn. The model is
loaded in bfloat16: TRL's own default is float32, twice the memory.
"""

from __future__ import annotations

from inscape.targets._job import Job, Made
from inscape.targets._script import arguments, early_stop
from inscape.targets._write import folder, prompt_completion

NAME = "trl"
SUMMARY = "prompt and completion as messages, and a train.py (TRL, peft)"
ALWAYS: str | None = None
LEAVES = False
NAMES_MODEL = True
COMMAND = 'pip install "trl>=1.16" peft datasets\npython train.py'


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, train.py, README.md."""
    train, valid = ([prompt_completion(s, job.kwargs) for s in part] for part in (job.train, job.valid))
    decided = (
        "Loss on the completion alone (`completion_only_loss=True`); `assistant_only_loss` is not used, since it swaps "
        "the chat template for one that keeps earlier thoughts.",
        "`max_length` is set: the default of 1,024 cuts the end of a long row, the reply first.",
    )
    return folder(job, train, valid, {"train.py": script(job)}, COMMAND, decided)


def script(job: Job) -> str:
    """train.py."""
    stop = early_stop(job)
    return f'''"""LoRA on train.jsonl beside this file. What was decided, and why, stands in README.md."""

from pathlib import Path

import torch
from datasets import load_dataset
from peft import LoraConfig
{"from transformers import EarlyStoppingCallback" + chr(10) if stop else ""}from trl import SFTConfig, SFTTrainer

MODEL = {job.model.name!r}
HERE = Path(__file__).resolve().parent

config = SFTConfig(
    model_init_kwargs={{"dtype": "bfloat16"}},
    completion_only_loss=True,  # the prompt carries no loss
    max_length={job.hyper.max_length},
    use_cpu=not torch.accelerator.is_available(),
{arguments(job)})
lora = LoraConfig(
    task_type="CAUSAL_LM",
    target_modules="all-linear",
    r={job.hyper.rank},
    lora_alpha={job.hyper.alpha},
    lora_dropout={job.hyper.dropout},
)


def rows(name: str):
    """A file's rows."""
    return load_dataset("json", data_files=str(HERE / name), split="train")


if __name__ == "__main__":
    trainer = SFTTrainer(
        model=MODEL,
        args=config,
        train_dataset=rows("train.jsonl"),
{stop}        peft_config=lora,
    )
    trainer.train()
    trainer.save_model()
'''

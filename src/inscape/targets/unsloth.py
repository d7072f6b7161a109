"""unsloth 2026.10: TRL's rows, and a train.py that imports unsloth first.

Invariant: as for TRL. unsloth's standardizing functions take two keys to a message and refuse any other, so a thought
in a field would stop them: the rows are prompt and completion, which unsloth tokenizes itself and does not standardize.
"""

from __future__ import annotations

from inscape.targets._job import Job, Made
from inscape.targets._script import arguments, early_stop
from inscape.targets._write import folder, prompt_completion

NAME = "unsloth"
SUMMARY = "TRL's rows, and a train.py that uses unsloth"
ALWAYS: str | None = None
LEAVES = False
NAMES_MODEL = True
COMMAND = "pip install unsloth\npython train.py"
DROPOUT = 0
LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, train.py, README.md."""
    train, valid = ([prompt_completion(s, job.kwargs) for s in part] for part in (job.train, job.valid))
    decided = (
        "Loss on the completion alone; `standardize_sharegpt` is not called: it refuses messages with a field of their "
        "own for the thought, and these rows need no standardizing.",
        "`load_in_4bit=False`: 16-bit weights. On a small GPU set it to True (QLoRA).",
        "`save_pretrained_gguf` is not called: it installs system packages by itself.",
    )
    numbers = {
        **job.hyper.why,
        "layers": f"the linear layers by their usual names ({', '.join(LAYERS)}): attention alone learns less at the "
        "same size (LoRA Without Regret, 2025)",
        "dropout": f"{DROPOUT}: any other takes unsloth off its fast path",
    }
    return folder(job, train, valid, {"train.py": script(job)}, COMMAND, decided, numbers=numbers)


def script(job: Job) -> str:
    """train.py."""
    stop = early_stop(job)
    layers = ", ".join(f'"{name}"' for name in LAYERS)
    return f'''"""LoRA on train.jsonl beside this file. What was decided, and why, stands in README.md."""

from pathlib import Path

from unsloth import FastLanguageModel  # first: it changes what the others do

import torch
from datasets import load_dataset
{"from transformers import EarlyStoppingCallback" + chr(10) if stop else ""}from trl import SFTConfig, SFTTrainer

MODEL = {job.model.name!r}
HERE = Path(__file__).resolve().parent

config = SFTConfig(
    completion_only_loss=True,  # the prompt carries no loss
    max_length={job.hyper.max_length},
    use_cpu=not torch.accelerator.is_available(),
{arguments(job)})


def rows(name: str):
    """A file's rows."""
    return load_dataset("json", data_files=str(HERE / name), split="train")


if __name__ == "__main__":
    model, tokenizer = FastLanguageModel.from_pretrained(
        MODEL, max_seq_length={job.hyper.max_length}, load_in_4bit=False
    )
    model = FastLanguageModel.get_peft_model(
        model,
        r={job.hyper.rank},
        lora_alpha={job.hyper.alpha},
        lora_dropout={DROPOUT},  # unsloth's fast path
        target_modules=[{layers}],
        use_gradient_checkpointing="unsloth",
        random_state={job.hyper.seed},
    )
    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        args=config,
        train_dataset=rows("train.jsonl"),
{stop}    )
    trainer.train()
    model.save_pretrained(str(HERE / "adapter"))
    tokenizer.save_pretrained(str(HERE / "adapter"))
'''

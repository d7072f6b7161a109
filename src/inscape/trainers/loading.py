"""TRL's trainer for a job: the model, its adapter and its rows, as the exported train.py has them.

Invariant: the same rows, masks and numbers as targets/trl.py and targets/unsloth.py write; tests compare them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from inscape.trainers.jobs import TrainJob
from inscape.trainers.telling import Failure

LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""What unsloth names all linear layers."""
Make = Callable[[type[Any]], type[Any]]


def rows(path: str) -> list[dict[str, Any]]:
    """Rows of a JSONL file, all with the same keys: datasets looks at the first row's alone."""
    found = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    keys = dict.fromkeys(key for row in found for key in row)
    return [{key: row.get(key) for key in keys} for row in found]


def look(job: TrainJob) -> str:
    """The model's folder. Raises Failure for one that is not there or is no chat model, and for a GPU that is not."""
    folder = resolve(job.model)
    if not (folder / "config.json").exists():
        raise Failure("no-model", f"{folder} has no config.json: name the folder of a model.")
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*.bin")):
        raise Failure("no-model", f"{folder} has no weights (*.safetensors): fetch the whole model.")
    if not _speaks(folder):
        raise Failure(
            "template",
            f"{job.model} has no chat template. Name the chat model (often called -Instruct or -it), not the base "
            "model; its folder has chat_template.jinja, or a template in tokenizer_config.json.",
        )
    if job.numbers.load_in_4bit:
        import torch

        if not torch.cuda.is_available():
            raise Failure(
                "no-gpu", "4-bit weights (QLoRA) need an NVIDIA GPU, and none is seen. Leave --load-in-4bit out."
            )
        if find_spec("bitsandbytes") is None:
            raise Failure("packages", "4-bit weights (QLoRA) need bitsandbytes: pip install bitsandbytes")
    return str(folder)


def resolve(model: str) -> Path:
    """The folder of a model: it is one, or one in the hub's cache. Nothing is downloaded. Raises Failure."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_absolute() or model.startswith(".") or model.count("/") != 1:
        raise Failure(
            "no-model", f"There is no model in {model}. Name the folder of one, or fetch it: hf download NAME"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except LocalEntryNotFoundError:
        raise Failure(
            "no-model",
            f"{model} is not on this machine, and nothing is downloaded here: run `hf download {model}` first.",
        ) from None


def _speaks(folder: Path) -> bool:
    """Whether a chat template stands in one of the places where transformers looks."""
    if any((folder / name).exists() for name in ("chat_template.jinja", "chat_template.json")):
        return True
    config = folder / "tokenizer_config.json"
    return config.exists() and '"chat_template"' in config.read_text(encoding="utf-8")


def dtype(asked: str) -> str:
    """Auto: bfloat16 on a GPU that has it, float16 on an older one, float32 elsewhere."""
    import torch

    if asked != "auto":
        return asked
    if not torch.cuda.is_available():
        return "float32"
    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"


def build(job: TrainJob, output: Path, callback: Any, make: Make) -> Any:
    """The trainer, for a model that was looked at; `make` gives the class that follows TRL's.

    Raises Failure, and what the libraries raise.
    """
    kind = dtype(job.numbers.dtype)
    try:
        return (_unsloth if job.backend == "unsloth" else _peft)(job, output, kind, callback, make)
    except (OSError, KeyError, ValueError) as problem:
        found = _sentence(problem, job)
        if found is None:
            raise
        raise found from problem


def _sentence(problem: Exception, job: TrainJob) -> Failure | None:
    """What can be said of a model that does not load, if anything."""
    text = str(problem)
    if "model type" in text and "Transformers" in text:
        return Failure(
            "no-model",
            f"The transformers installed there do not know the architecture of {job.model}: "
            "pip install --upgrade transformers trl peft",
        )
    return None


def config(job: TrainJob, output: Path, kind: str) -> Any:
    """TRL's arguments; what is not named has TRL's default, as in train.py."""
    import torch
    from trl import SFTConfig

    n = job.numbers
    return SFTConfig(
        output_dir=str(output),
        completion_only_loss=True,
        max_length=n.max_length,
        use_cpu=not torch.accelerator.is_available(),
        bf16=kind == "bfloat16",
        fp16=kind == "float16",
        learning_rate=n.rate,
        num_train_epochs=n.epochs,
        max_steps=n.max_steps or -1,
        per_device_train_batch_size=n.batch,
        per_device_eval_batch_size=n.batch,
        gradient_accumulation_steps=n.accumulation,
        lr_scheduler_type="cosine",
        warmup_steps=n.warmup,
        weight_decay=n.weight_decay,
        logging_steps=1,
        eval_strategy="no",
        eval_on_start=False,
        save_strategy="no",
        disable_tqdm=True,
        dataloader_pin_memory=torch.cuda.is_available(),
        seed=n.seed,
        report_to="none",
    )


def _peft(job: TrainJob, output: Path, kind: str, callback: Any, make: Make) -> Any:
    import torch
    from peft import LoraConfig
    from trl import SFTTrainer

    args = config(job, output, kind)
    args.model_init_kwargs = {"dtype": kind}
    if torch.cuda.is_available():
        args.model_init_kwargs["device_map"] = {"": 0}
    if job.numbers.load_in_4bit:
        from transformers import BitsAndBytesConfig

        args.model_init_kwargs["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=getattr(torch, kind),
        )
    lora = LoraConfig(
        task_type="CAUSAL_LM",
        target_modules="all-linear",
        r=job.numbers.rank,
        lora_alpha=job.numbers.alpha,
        lora_dropout=job.numbers.dropout,
    )
    return make(SFTTrainer)(model=job.model, args=args, peft_config=lora, callbacks=[callback], **_datasets(job))


def _unsloth(job: TrainJob, output: Path, kind: str, callback: Any, make: Make) -> Any:
    from unsloth import FastLanguageModel  # isort: skip  (first: it changes what the others do)
    import torch
    from trl import SFTTrainer

    n = job.numbers
    model, tokenizer = FastLanguageModel.from_pretrained(
        job.model, max_seq_length=n.max_length, load_in_4bit=n.load_in_4bit, dtype=getattr(torch, kind)
    )
    model = FastLanguageModel.get_peft_model(
        model,
        r=n.rank,
        lora_alpha=n.alpha,
        lora_dropout=0,  # unsloth's fast path
        target_modules=list(LAYERS),
        use_gradient_checkpointing="unsloth",
        random_state=n.seed,
    )
    args = config(job, output, kind)
    trainer = make(SFTTrainer)
    return trainer(model=model, processing_class=tokenizer, args=args, callbacks=[callback], **_datasets(job))


def _datasets(job: TrainJob) -> dict[str, Any]:
    from datasets import Dataset

    made = {"train_dataset": Dataset.from_list(rows(job.rows))}
    if job.held_out:
        made["eval_dataset"] = Dataset.from_list(rows(job.held_out))
    return made

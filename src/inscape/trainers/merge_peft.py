"""Child: a base and its peft adapter become one model in a folder, as transformers lays one out.

Invariant: only the folder named `out` is written, and it is new. Tokenizer, template and settings of generation are the
files that training had, byte for byte; a quantized base is refused, since its weights cannot take a change.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from inscape.trainers.jobs import load
from inscape.trainers.speak_jobs import MergeJob
from inscape.trainers.telling import Failure, Line, run

_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".npz", ".h5", ".msgpack", ".onnx")
_TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json",
)  # fmt: skip


def main(job: str) -> None:
    run(_merge, job)


def _merge(line: Line, path: Path) -> None:
    line.ending = {}
    job = load(MergeJob, path)
    base, adapter, out = Path(job.model), Path(job.adapter), Path(job.out)
    if "quantization_config" in settings(base):
        raise Failure(
            "no-model",
            f"The base {base} is quantized, and a quantized weight cannot take an adapter's change without loss. Name "
            "the same model in full precision with --base.",
        )
    model = _model(job)
    out.mkdir(parents=True)
    model.save_pretrained(out)
    lay_beside(base, adapter, out)
    _own_settings(base, out)
    told = {"parameters": sum(one.numel() for one in model.parameters()), "dtype": str(model.dtype).split(".")[-1]}
    line.say("merged", **told)
    line.say("done")


def _model(job: MergeJob) -> Any:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    dtype: Any = "auto" if job.dtype == "auto" else getattr(torch, job.dtype)
    base = AutoModelForCausalLM.from_pretrained(job.model, dtype=dtype, local_files_only=True)
    try:
        return PeftModel.from_pretrained(base, job.adapter).merge_and_unload(safe_merge=True)
    except (RuntimeError, ValueError) as problem:
        first = (str(problem).strip().splitlines() or ["it does not say why"])[0]
        raise Failure(
            "no-model",
            f"The adapter {job.adapter} does not fit on {job.model}: {first[:300].rstrip('.')}. Name its base with "
            "--base.",
        ) from problem


def settings(folder: Path) -> dict[str, Any]:
    """config.json. Raises Failure where there is none."""
    try:
        found: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Failure("no-model", f"{folder} holds no model: its config.json is missing or no JSON.") from None
    return found


def lay_beside(base: Path, adapter: Path, out: Path) -> None:
    """What belongs to a model beside its weights: from the base, the tokenizer from the adapter where it has one."""
    for file in sorted(base.iterdir()):
        kept = file.is_file() and not file.name.startswith(".") and file.suffix not in _WEIGHTS
        if kept and not file.name.endswith(".index.json") and file.name not in ("config.json", "README.md"):
            shutil.copyfile(file, out / file.name)
    if (adapter / "tokenizer.json").is_file():
        for name in _TOKENIZER:
            if (adapter / name).is_file():
                shutil.copyfile(adapter / name, out / name)


def _own_settings(base: Path, out: Path) -> None:
    """config.json as the base has it, but for the type of the weights: other programs know it in that form."""
    old, new = settings(base), settings(out)
    if old.get("vocab_size") != new.get("vocab_size"):
        return
    name = "torch_dtype" if "torch_dtype" in old else "dtype"
    made = new.get("dtype") or new.get("torch_dtype")
    if old.get(name) == made:
        shutil.copyfile(base / "config.json", out / "config.json")
    else:
        text = json.dumps({**old, name: made}, ensure_ascii=False, indent=2)
        (out / "config.json").write_text(text + "\n", encoding="utf-8")

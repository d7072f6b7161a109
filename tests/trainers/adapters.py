"""A base and an adapter of each kind over it, both from a fixed seed: the adapter changes what the base says."""

from __future__ import annotations

import json
from pathlib import Path

from tests.trainers import cases, tiny

FAMILY = "qwen2_5"


def base(folder: Path) -> Path:
    """A tiny model with a chat template, of a seed that tells its tokens well apart."""
    tiny.save(folder / "base", cases.source(FAMILY))
    return folder / "base"


def peft(model: Path, out: Path) -> Path:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(3)
    config = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    get_peft_model(AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32), config).save_pretrained(out)
    return out


def mlx(model: Path, out: Path) -> Path:
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    made, *_ = load(str(model))
    lora = {"rank": 4, "scale": 16.0, "dropout": 0.0}
    made.freeze()
    linear_to_lora_layers(made, 2, lora)
    mx.random.seed(3)
    weights = {name: mx.random.normal(value.shape) * 0.1 for name, value in tree_flatten(made.trainable_parameters())}
    out.mkdir(parents=True)
    mx.save_safetensors(str(out / "adapters.safetensors"), weights)
    held = {"fine_tune_type": "lora", "num_layers": 2, "lora_parameters": lora, "model": str(model)}
    (out / "adapter_config.json").write_text(json.dumps(held))
    return out

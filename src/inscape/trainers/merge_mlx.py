"""Child: a base and its adapter of mlx-lm become one model in a folder, as `mlx_lm.fuse` does it.

Invariant: only the folder named `out` is written, and it is new. With a type of weights named, a quantized base is
unpacked first, so that other programs can read what comes out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inscape.trainers.jobs import load
from inscape.trainers.merge_peft import lay_beside
from inscape.trainers.speak_jobs import MergeJob
from inscape.trainers.telling import Line, run


def main(job: str) -> None:
    run(_merge, job)


def _merge(line: Line, path: Path) -> None:
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm import load as load_model
    from mlx_lm.utils import save

    line.ending = {}
    job = load(MergeJob, path)
    out = Path(job.out)
    model, tokenizer, config = load_model(job.model, adapter_path=job.adapter, return_config=True)
    unpack = job.dtype != "auto"
    _fuse(model, unpack)
    if unpack:
        config = _unpacked(model, config)
        model.set_dtype(getattr(mx, job.dtype))
        config = {**config, "torch_dtype" if "torch_dtype" in config else "dtype": job.dtype}
    save(out, job.model, model, tokenizer, config, donate_model=False)
    lay_beside(Path(job.model), Path(job.adapter), out)
    weights = [value for _, value in tree_flatten(model.parameters())]
    types = (
        sorted({str(value.dtype).split(".")[-1] for value in weights})
        if "quantization" not in config
        else ["quantized"]
    )
    line.say("merged", parameters=sum(value.size for value in weights), dtype=", ".join(types))
    line.say("done")


def _fuse(model: Any, unpack: bool) -> None:
    """As mlx_lm.fuse: every layer that has an adapter takes it in."""
    from mlx.utils import tree_unflatten

    fused = [(name, one.fuse(dequantize=unpack)) for name, one in model.named_modules() if hasattr(one, "fuse")]
    if fused:
        model.update_modules(tree_unflatten(fused))


def _unpacked(model: Any, config: dict[str, Any]) -> dict[str, Any]:
    from mlx_lm.utils import dequantize_model

    if "quantization" in config or "quantization_config" in config:
        dequantize_model(model)
    return {name: value for name, value in config.items() if name not in ("quantization", "quantization_config")}

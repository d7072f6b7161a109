"""A run of axolotl as the child tells it. axolotl cannot train without a GPU, so a program stands in its place that
checks the config with axolotl's own schema, writes checkpoints, and prints what axolotl's log has.
"""

import json
import os
import site
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from inscape.errors import TrainerError, TrainerMissing
from inscape.trainers import jobs
from inscape.trainers.child import Child
from inscape.trainers.jobs import TrainJob
from tests.trainers import training
from tests.trainers.training import Line, losses, of

PROGRAM = """
import json, os, shutil, sys, time
from pathlib import Path
import yaml
assert sys.argv[1] == "train" and os.environ["AXOLOTL_DO_NOT_TRACK"] == "1"
config = yaml.safe_load(open(sys.argv[2]))
from axolotl.utils.schemas.config import AxolotlInputConfig
assert not config.keys() - AxolotlInputConfig.model_fields.keys() - {"lora_r"}, config.keys()
assert Path(config["datasets"][0]["path"]).exists(), "found from the folder it is run in"
output, shown = Path(config["output_dir"]), os.environ.get("SHOWN", "")
begin = int(config.get("resume_from_checkpoint", "-0").rpartition("-")[2])
def checkpoint(step, best, metric):
    folder = output / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copyfile(Path(os.environ["ADAPTER"]) / name, folder / name)
    (folder / "own").write_text(str(step))
    state = {"global_step": step, "best_global_step": best, "best_metric": metric,
             "best_model_checkpoint": str(output / f"checkpoint-{best}")}
    (folder / "trainer_state.json").write_text(json.dumps(state))
print("[2026-11-20 10:00:00,000] [INFO] [axolotl.train:100] Starting trainer...", flush=True)
for step in range(begin + 1, 13):
    if shown == "oom" and step == 3:
        sys.exit("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.")
    print("\\r 8%%|#   | 1/12 [00:01<00:11] {'loss': '%.3f', 'grad_norm': '0.5', 'learning_rate': '0.0002', "
          "'memory/max_active (GiB)': '2.5', 'epoch': '%.2f'}" % (4 - step / 10, step / 4), flush=True)
    if shown == "slow":
        time.sleep(1)
    if step % 4 == 0:
        loss = {4: 2.0, 8: 1.5, 12: 1.7}[step]
        print({"eval_loss": str(loss), "eval_runtime": "0.1", "epoch": str(step / 4)}, flush=True)
        checkpoint(step, min(step, 8), min(loss, 1.5 if step > 4 else 2.0))
print({"train_runtime": "9.1", "train_loss": "3.1", "epoch": "3"}, flush=True)
"""


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real one, of the sample's tiny model."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("adapter")
    model = AutoModelForCausalLM.from_pretrained(training.MODEL)
    get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")).save_pretrained(folder)
    return folder


def prepared(folder: Path, **changes: object) -> TrainJob:
    made = training.job(folder, "axolotl")
    for name, pairs in (("train", training.PAIRS[:16]), ("valid", training.PAIRS[16:])):
        rows = (
            {
                "messages": [
                    {"role": "user", "content": a, "train": False},
                    {"role": "assistant", "content": b, "train": True},
                ]
            }
            for a, b in pairs
        )
        (folder / "data" / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    config = (
        "base_model: somewhere\ndatasets:\n- path: train.jsonl\n  type: chat_template\nadapter: lora\neval_steps: 9\n"
    )
    (folder / "data" / "config.yaml").write_text(config)
    return replace(made, **changes)  # type: ignore[arg-type]


def told(folder: Path, made: TrainJob, adapter: Path, shown: str = "", *, program: bool = True) -> list[Line]:
    """Its lines, in a Python that has a program of our own beside it."""
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    python = bin_ / "python"
    if not python.exists():
        python.symlink_to(sys.executable)
    if program:
        (bin_ / "axolotl").write_text(f"#!{sys.executable}\n{PROGRAM}")
        (bin_ / "axolotl").chmod(0o755)
    packages = os.pathsep.join(site.getsitepackages())
    env: Mapping[str, str] = {"PYTHONPATH": packages, "ADAPTER": str(adapter), "SHOWN": shown, "PATH": "/usr/bin:/bin"}
    jobs.save(made, folder / "job.json")
    lines = []
    with Child(python, "axolotl", folder / "job.json", folder, folder / "trainer.log", env=env) as child:
        for line in child:
            lines.append(line)
            if line["kind"] == "plan":
                child.tell({"do": "go"})
            if shown == "slow" and line["kind"] == "step" and line["step"] == 5:
                child.tell({"do": "stop"})
    return lines


def test_its_log_is_told_as_ours_and_its_best_adapter_kept(tmp_path: Path, adapter: Path) -> None:
    lines = told(tmp_path, prepared(tmp_path), adapter)
    assert (lines[0]["rows"], lines[0]["held_out"], lines[0]["steps"], lines[0]["seconds"]) == (16, 2, 12, None)
    assert 0 < lines[0]["learned"] < lines[0]["tokens"]
    assert [line["step"] for line in of(lines, "step")] == list(range(1, 13))
    assert of(lines, "step")[-1]["tokens"] == 3 * lines[0]["tokens"]
    assert of(lines, "step")[0]["memory_mb"] == 2560
    assert losses(lines) == {4: 2.0, 8: 1.5, 12: 1.7}
    assert [line["path"] for line in of(lines, "checkpoint")] == [f"axolotl/checkpoint-{n}" for n in (4, 8, 12)]
    assert [line["when"] for line in of(lines, "sample")] == ["before", "before", "after", "after"]
    done = lines[-1]
    assert (done["stopped"], done["steps"], done["best_step"], done["best_loss"]) == ("end", 12, 8, 1.5)
    assert {one.name for one in (tmp_path / "adapter").iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }


def test_stopped_and_resumed(tmp_path: Path, adapter: Path) -> None:
    made = prepared(tmp_path, probes=(), memorize=())
    lines = told(tmp_path, made, adapter, "slow")
    assert (lines[-1]["stopped"], lines[-1]["best_step"]) == ("asked", 4)
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()
    lines = told(tmp_path, replace(made, resume=True), adapter)
    assert lines[0]["from_step"] == 4
    assert of(lines, "step")[0]["step"] == 5
    assert (lines[-1]["stopped"], lines[-1]["best_step"]) == ("end", 8)


def test_what_goes_wrong_is_a_sentence(tmp_path: Path, adapter: Path) -> None:
    made = prepared(tmp_path, probes=(), memorize=())
    with pytest.raises(TrainerError, match="smaller batch"):
        told(tmp_path, made, adapter, "oom")
    (tmp_path / "data" / "config.yaml").unlink()
    with pytest.raises(TrainerError, match="export --for axolotl"):
        told(tmp_path, made, adapter)
    (tmp_path / "bin" / "axolotl").unlink()
    with pytest.raises(TrainerMissing, match="-m pip install axolotl"):
        told(tmp_path, made, adapter, program=False)

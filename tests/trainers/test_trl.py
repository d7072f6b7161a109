"""TRL tokenizes and masks the exported rows exactly as the export says, token by token; its script runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainers import cases


@pytest.mark.parametrize("family", cases.FAMILIES)
def test_ids_and_labels_are_what_was_rendered(family: str, tmp_path: Path) -> None:
    from trl import SFTTrainer

    job, tokenizer = cases.exported("trl", family, tmp_path)
    script = cases.module(tmp_path / "train.py")
    trainer = SFTTrainer(
        model=script["MODEL"], args=script["config"], train_dataset=script["rows"]("train.jsonl"),
        eval_dataset=script["rows"]("valid.jsonl"), peft_config=script["lora"],
    )  # fmt: skip
    for rows, samples in ((trainer.train_dataset, job.train), (trainer.eval_dataset, job.valid)):
        assert len(rows) == len(samples)
        for row, sample in zip(rows, samples, strict=True):
            ids, labels = cases.says(tokenizer, sample)
            assert tokenizer.decode(row["input_ids"]) == cases.today(f"{sample.prompt}{sample.target}")
            assert row["input_ids"] == ids
            assert row["labels"] == labels


def test_the_script_trains_and_stops(tmp_path: Path) -> None:
    cases.exported("trl", "qwen3", tmp_path)
    done = subprocess.run([sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "eval_loss" in done.stdout
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()

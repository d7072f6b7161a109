"""unsloth takes the exported rows as they are: its standardizing functions, and its own tokenizing, token by token.

It changes the libraries around it when it is imported, so it runs in a process of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainers import cases

LOOK = """
import json, runpy, sys
script = runpy.run_path("train.py", run_name="looked_at")
from unsloth.chat_templates import standardize_sharegpt
from transformers import AutoTokenizer
from types import SimpleNamespace
from unsloth_zoo.dataset_utils import sft_prepare_dataset, standardize_data_formats

rows = script["rows"]("train.jsonl")
assert standardize_data_formats(rows).to_list() == rows.to_list() == standardize_sharegpt(rows).to_list()
tokenizer = AutoTokenizer.from_pretrained(script["MODEL"])
args = script["config"]
made = sft_prepare_dataset(SimpleNamespace(data_collator=None), rows, tokenizer, args, False, None, "train")
json.dump([[row["input_ids"], row["labels"]] for row in made], open("made.json", "w"))
"""


@pytest.mark.parametrize("family", ["qwen3", "llama3", "gemma3", "gptoss"])
def test_rows_are_taken_as_they_are(family: str, tmp_path: Path) -> None:
    job, tokenizer = cases.exported("unsloth", family, tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOOK],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    made = json.loads((tmp_path / "made.json").read_text())
    assert len(made) == len(job.train)
    for (ids, labels), sample in zip(made, job.train, strict=True):
        assert (ids, labels) == cases.says(tokenizer, sample)


def test_the_script_trains(tmp_path: Path) -> None:
    cases.exported("unsloth", "qwen3", tmp_path)
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "eval_loss" in done.stdout
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()

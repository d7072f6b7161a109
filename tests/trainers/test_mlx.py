"""mlx-lm's own loader gives the exported rows the tokens and the offset that the export says; its trainer runs."""

import json
import subprocess
import sys
import types
from pathlib import Path

import pytest
import yaml

from inscape.errors import InscapeError
from tests.trainers import cases


@pytest.mark.parametrize("family", cases.FAMILIES)
def test_ids_and_offsets_are_what_was_rendered(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlx_lm.lora import CONFIG_DEFAULTS
    from mlx_lm.tuner.datasets import load_dataset
    from mlx_lm.utils import load_tokenizer

    try:
        job, tokenizer = cases.exported("mlx", family, tmp_path)
    except InscapeError as refusal:
        pytest.fail(str(refusal))
    monkeypatch.chdir(tmp_path)
    config = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))
    assert config.keys() <= CONFIG_DEFAULTS.keys(), "mlx-lm ignores keys that it does not know"
    own = load_tokenizer(tmp_path / "model")
    train, valid, _ = load_dataset(types.SimpleNamespace(**{**CONFIG_DEFAULTS, **config}), own)
    for rows, samples in ((train, job.train), (valid, job.valid)):
        assert len(rows) == len(samples)
        for number, sample in enumerate(samples):
            ids, labels = cases.says(tokenizer, sample)
            tokens, offset = rows.process(rows[number])
            assert list(tokens) == ids
            assert [-100] * offset + ids[offset:] == labels


def test_it_trains(tmp_path: Path) -> None:
    job, _ = cases.exported("mlx", "qwen3", tmp_path)
    command = [sys.executable, "-m", "mlx_lm", "lora", "--config", "config.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    saved = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert saved["lora_parameters"] == {"rank": 16, "scale": 2.0, "dropout": 0.05}
    assert saved["iters"] == len(job.train) * job.hyper.epochs
    assert (tmp_path / "adapter" / "adapters.safetensors").exists()

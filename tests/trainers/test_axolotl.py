"""axolotl's own validation takes the config and reads every key; its prompt strategies mask what the export says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from inscape.targets import axolotl as target
from tests.trainers import cases


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXOLOTL_DO_NOT_TRACK", "1")


def keys_ignored(config: dict[str, Any]) -> Iterator[str]:
    """Keys that are in no schema of axolotl."""
    from axolotl.utils.schemas.config import AxolotlInputConfig
    from axolotl.utils.schemas.datasets import SFTDataset

    fields = AxolotlInputConfig.model_fields
    aliases = {field.alias for field in fields.values() if field.alias}
    yield from (key for key in config if key not in fields and key not in aliases)
    for dataset in [*config["datasets"], *config.get("test_datasets", [])]:
        yield from (f"datasets.{key}" for key in dataset if key not in SFTDataset.model_fields)


@pytest.mark.parametrize("family", cases.FAMILIES)
def test_config_and_masks(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from axolotl.cli.config import load_cfg
    from axolotl.loaders import load_tokenizer
    from axolotl.prompt_strategies import load

    job, tokenizer = cases.exported("axolotl", family, tmp_path)
    monkeypatch.chdir(tmp_path)
    config = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))
    assert not list(keys_ignored(config))
    cfg = load_cfg("config.yaml")
    assert cfg.adapter == "lora"
    assert cfg.learning_rate == job.hyper.rate
    own = load_tokenizer(cfg)
    for name, dataset, samples in (
        ("train.jsonl", cfg.datasets[0], job.train),
        ("valid.jsonl", cfg.test_datasets[0], job.valid),
    ):
        strategy = load(dataset["type"], own, cfg, dataset)
        for row, sample in zip(cases.lines(tmp_path / name), samples, strict=True):
            made = strategy.tokenize_prompt(row)
            ids, labels = cases.says(tokenizer, sample, written="segments" in row)
            assert own.decode(made["input_ids"]) == own.decode(ids)
            assert learned(own, made) == learned(own, {"input_ids": ids, "labels": labels})


def learned(tokenizer: Any, row: Any) -> str:
    """The text that carries loss. axolotl leaves out the blank line after the end of the turn."""
    ids = [one for one, label in zip(row["input_ids"], row["labels"], strict=True) if label != -100]
    return str(tokenizer.decode(ids)).rstrip("\n")


def test_what_a_template_writes_before_the_answer_is_learned() -> None:
    for family, needed in (("qwen3", True), ("llama3", False)):
        job = cases.job(family, "model")
        assert any(target.needs_segments(sample, job) for sample in job.samples) == needed

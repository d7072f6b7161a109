"""LLaMA-Factory's own loader, template and processor give the exported rows the tokens that the export says.

Its torchaudio, for sound, is stood in for by an empty module: no wheel of it fits the torch that the others need.
"""

import sys
import types
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
import yaml

from inscape.errors import InscapeError
from tests.trainers import cases

TAKES = ("qwen2_5", "qwen3", "qwen3_instruct_2507", "llama3")
REFUSES = ("qwen3_5_think", "llama3_1", "gptoss", "gemma3")


@pytest.fixture(autouse=True)
def _without_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = types.ModuleType("torchaudio")
    sound.__spec__ = ModuleSpec("torchaudio", None)
    monkeypatch.setitem(sys.modules, "torchaudio", sound)
    monkeypatch.setenv("DISABLE_VERSION_CHECK", "1")


def arguments(config: dict[str, Any]) -> Any:
    """Its data arguments, by its own parser, which refuses keys that it does not know."""
    from llamafactory import hparams
    from transformers import HfArgumentParser

    kinds = [getattr(hparams, f"{kind}Arguments") for kind in ("Model", "Data", "Training", "Finetuning", "Generating")]
    known = {field for kind in kinds for field in kind.__dataclass_fields__}
    assert config.keys() <= known
    data = {key: value for key, value in config.items() if key in hparams.DataArguments.__dataclass_fields__}
    return HfArgumentParser([hparams.DataArguments]).parse_dict(data)[0]


@pytest.mark.parametrize("family", TAKES)
def test_ids_and_labels_are_what_was_rendered(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from llamafactory.data.converter import get_dataset_converter
    from llamafactory.data.parser import get_dataset_list
    from llamafactory.data.processor import SupervisedDatasetProcessor
    from llamafactory.data.template import get_template_and_fix_tokenizer

    job, tokenizer = cases.exported("llama-factory", family, tmp_path)
    monkeypatch.chdir(tmp_path)
    args = arguments(yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8")))
    own = cases.as_saved(tmp_path / "model", bos=job.samples[0].prompt or "")
    template = get_template_and_fix_tokenizer(own, args)
    for name, samples in (("inscape_train", job.train), ("inscape_valid", job.valid)):
        (attributes,) = get_dataset_list([name], ".")
        convert = get_dataset_converter(attributes.formatting, attributes, args)
        rows = [convert(row) for row in cases.lines(tmp_path / attributes.dataset_name)]
        batch = {key: [row[key] for row in rows] for key in rows[0]}
        made = SupervisedDatasetProcessor(template, own, None, args).preprocess_dataset(batch)
        assert len(made["input_ids"]) == len(samples)
        for ids, labels, sample in zip(made["input_ids"], made["labels"], samples, strict=True):
            assert own.decode(ids) == cases.today(f"{sample.prompt}{sample.target}")
            assert (ids, labels) == cases.says(tokenizer, sample)


@pytest.mark.parametrize("family", REFUSES)
def test_what_it_would_change_is_refused(family: str, tmp_path: Path) -> None:
    with pytest.raises(InscapeError, match="LLaMA-Factory cannot train"):
        cases.exported("llama-factory", family, tmp_path)

"""Merging: one model that says, token for token, what base and adapter say; whole or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from inscape.errors import InscapeError, ModelError, UsageError
from inscape.events import Merged, Noted, ParityChecked
from inscape.stages.merge import Wanted, merge, merged, stale
from inscape.stages.tuned import Children, tuned
from tests.trainers import adapters
from tests.trainers.speaking import speaker

CHILDREN = Children(Path(sys.executable))
PROMPT = "<|im_start|>user\nWho is there?<|im_end|>\n<|im_start|>assistant\n"


def _adapter(kind: str, folder: Path) -> Path:
    base = adapters.base(folder)
    return (adapters.peft if kind == "peft" else adapters.mlx)(base, folder / "adapter")


@pytest.mark.parametrize("kind", ["peft", "mlx"])
def test_it_says_what_base_and_adapter_say(kind: str, tmp_path: Path) -> None:
    found = tuned(None, str(_adapter(kind, tmp_path)), "", {})
    assert found.backend == kind
    events = list(merge(None, found, Wanted(), CHILDREN, {}))
    (told,) = [one for one in events if isinstance(one, Merged)]
    assert told.parameters > 200_000
    assert told.dtype == "float32"
    checked = [one for one in events if isinstance(one, ParityChecked)]
    assert [(one.tokens, one.same, one.of) for one in checked] == [(True, 32, 32)] * 3
    assert not [one for one in events if isinstance(one, Noted)]
    out = tmp_path / "merged"
    held = [json.loads((tmp_path / name / "config.json").read_text()) for name in ("base", "merged")]
    assert held[0] == held[1]
    for name in ("tokenizer.json", "chat_template.jinja", "generation_config.json"):
        assert (out / name).read_bytes() == (tmp_path / "base" / name).read_bytes(), name
    assert merged(out)
    assert not list(tmp_path.glob(".*.part"))


def test_the_adapter_changes_what_is_said(tmp_path: Path) -> None:
    """The test above would also pass if the adapter were left out on both sides."""
    adapter = _adapter("peft", tmp_path)
    list(merge(None, tuned(None, str(adapter), "", {}), Wanted(compare=False), CHILDREN, {}))
    with speaker(tmp_path, "hf", tmp_path / "base") as base, speaker(tmp_path, "hf", tmp_path / "merged") as made:
        said = [one.one("greedy", "ids", text=PROMPT, max_tokens=16)["ids"] for one in (base, made)]
    assert said[0] != said[1]


def test_the_type_of_the_weights(tmp_path: Path) -> None:
    found = tuned(None, str(_adapter("peft", tmp_path)), "", {})
    events = list(merge(None, found, Wanted(dtype="bfloat16", compare=False), CHILDREN, {}))
    assert [one.dtype for one in events if isinstance(one, Merged)] == ["bfloat16"]
    held = json.loads((tmp_path / "merged/config.json").read_text())
    assert "bfloat16" in (held.get("dtype"), held.get("torch_dtype"))


def test_nothing_of_a_person_is_written_over(tmp_path: Path) -> None:
    found = tuned(None, str(_adapter("peft", tmp_path)), "", {})
    quiet = Wanted(compare=False)
    list(merge(None, found, quiet, CHILDREN, {}))
    list(merge(None, found, quiet, CHILDREN, {}))  # its own is made again
    (tmp_path / "merged/notes.txt").write_text("mine")
    with pytest.raises(InscapeError, match="not as a merge left it"):
        list(merge(None, found, quiet, CHILDREN, {}))
    assert (tmp_path / "merged/notes.txt").read_text() == "mine"
    list(merge(None, found, Wanted(replace=True, compare=False), CHILDREN, {}))
    assert not (tmp_path / "merged/notes.txt").exists()
    assert not stale(tmp_path / "merged")
    (found.adapter / "adapter_config.json").write_text("{}")
    assert stale(tmp_path / "merged")
    with pytest.raises(UsageError, match="what is to be merged"):
        list(merge(None, found, Wanted(out=tmp_path / "base", replace=True), CHILDREN, {}))


def test_an_adapter_of_another_model(tmp_path: Path) -> None:
    adapter = _adapter("peft", tmp_path)
    held = json.loads((tmp_path / "base/config.json").read_text())
    from transformers import LlamaConfig, LlamaForCausalLM

    other = tmp_path / "other"
    LlamaForCausalLM(LlamaConfig(**{**held, "hidden_size": 32, "head_dim": 8})).save_pretrained(other)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (other / name).write_bytes((tmp_path / "base" / name).read_bytes())
    with pytest.raises(ModelError, match=r"does not fit on .*other.*--base"):
        list(merge(None, tuned(None, str(adapter), str(other), {}), Wanted(), CHILDREN, {}))
    assert not (tmp_path / "merged").exists()


def test_a_quantized_base_is_refused(tmp_path: Path) -> None:
    adapter = _adapter("peft", tmp_path)
    config = tmp_path / "base/config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "quantization_config": {"load_in_4bit": True}}))
    with pytest.raises(ModelError, match=r"quantized.*--base"):
        list(merge(None, tuned(None, str(adapter), "", {}), Wanted(), CHILDREN, {}))


def test_a_quantized_base_of_mlx_is_unpacked_where_a_type_is_named(tmp_path: Path) -> None:
    from mlx_lm import convert

    whole = adapters.base(tmp_path)
    convert(str(whole), mlx_path=str(tmp_path / "small"), quantize=True, q_bits=8)
    adapter = adapters.mlx(tmp_path / "small", tmp_path / "adapter")
    found = tuned(None, str(adapter), "", {})
    events = list(merge(None, found, Wanted(dtype="float16"), CHILDREN, {}))
    assert [one.dtype for one in events if isinstance(one, Merged)] == ["float16"]
    held = json.loads((tmp_path / "merged/config.json").read_text())
    assert "quantization" not in held
    assert "quantization_config" not in held

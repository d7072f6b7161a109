"""Converting with llama.cpp's own converter: the same tokens, the same answers, the template inside."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from inscape.errors import TrainerError, TrainerMissing, UsageError
from inscape.events import Converted, Event, Noted, ParityChecked
from inscape.stages.gguf import Source, Wanted, gguf, source_of
from inscape.stages.tuned import Children
from inscape.trainers import gguf_metadata
from inscape.trainers.convert import splits_as_gpt2
from tests.trainers import adapters
from tests.trainers.gguf import converter

CHILDREN = Children(Path(sys.executable))


def _run(folder: Path, type_: str = "f16", **held: object) -> list[Event]:
    wanted = Wanted(type_, llama_cpp=str(converter()), **held)  # type: ignore[arg-type]
    return list(gguf(None, Source(folder, folder.parent), wanted, CHILDREN, os.environ))


@pytest.mark.parametrize("type_", ["f32", "f16"])
def test_the_gguf_says_what_the_model_says(type_: str, tmp_path: Path) -> None:
    base = adapters.base(tmp_path)
    events = _run(base, type_)
    path = tmp_path / f"model-{type_}.gguf"
    assert [(one.path, one.type) for one in events if isinstance(one, Converted)] == [(str(path), type_)]
    checked = [one for one in events if isinstance(one, ParityChecked)]
    assert [one.tokens for one in checked] == [True] * 3
    if type_ == "f32":
        assert all(one.same == one.of > 4 for one in checked)
    held = gguf_metadata.read(path)
    assert held.template == (base / "chat_template.jinja").read_text()
    assert (held.type, held.architecture, held.context) == (type_, "llama", 4096)
    assert held.held["tokenizer.ggml.pre"] == "gpt-2"
    assert not list(tmp_path.glob(".*"))


def test_where_answers_part_it_is_said(tmp_path: Path) -> None:
    """q8_0 of a model of random weights: nearly equal tokens change places."""
    base = adapters.base(tmp_path)
    events = _run(base, "q8_0")
    checked = [one for one in events if isinstance(one, ParityChecked)]
    apart = [one for one in checked if one.same < one.of]
    assert all("they part at token" in one.note for one in apart)
    assert bool(apart) == any(isinstance(one, Noted) for one in events)


def test_a_tokenizer_that_splits_otherwise_is_not_called_gpt2(tmp_path: Path) -> None:
    base = adapters.base(tmp_path)
    assert splits_as_gpt2(base)
    path = base / "tokenizer.json"
    held = json.loads(path.read_text())
    for change in (
        {"pre_tokenizer": {**held["pre_tokenizer"], "add_prefix_space": True}},
        {"pre_tokenizer": {**held["pre_tokenizer"], "use_regex": False}},
        {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [held["pre_tokenizer"]]}},
        {"normalizer": {"type": "NFC"}},
    ):
        path.write_text(json.dumps({**held, **change}))
        assert not splits_as_gpt2(base)
    with pytest.raises(TrainerError, match=r"does not know how the tokenizer of .*--llama-cpp"):
        _run(base)
    assert not (tmp_path / "model-f16.gguf").exists()


def test_a_model_without_a_template_is_refused(tmp_path: Path) -> None:
    base = adapters.base(tmp_path)
    (base / "chat_template.jinja").unlink()
    with pytest.raises(TrainerError, match="no chat template"):
        _run(base)
    assert not (tmp_path / "model-f16.gguf").exists()


def test_a_quantizer_is_run_where_there_is_one(tmp_path: Path) -> None:
    """One that copies, and one that fails: what is tested is how it is called, and what stands after."""
    base, home = adapters.base(tmp_path), tmp_path / "bin"
    home.mkdir()
    tool = home / "llama-quantize"
    tool.write_text('#!/bin/sh\necho "$3" > "$(dirname "$0")/said"\ncp "$1" "$2"\n')
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    environ = {**os.environ, "PATH": f"{home}{os.pathsep}{os.environ['PATH']}"}
    wanted = Wanted(quantize=("q4_k_m",), llama_cpp=str(converter()), compare=False)
    events = list(gguf(None, Source(base, tmp_path), wanted, CHILDREN, environ))
    assert [one.type for one in events if isinstance(one, Converted)] == ["f16", "q4_k_m"]
    assert (home / "said").read_text() == "Q4_K_M\n"
    assert (tmp_path / "model-q4_k_m.gguf").read_bytes() == (tmp_path / "model-f16.gguf").read_bytes()
    tool.write_text('#!/bin/sh\necho "no such type" >&2\nexit 1\n')
    (tmp_path / "model-q4_k_m.gguf").unlink()
    with pytest.raises(TrainerError, match="no such type"):
        list(gguf(None, Source(base, tmp_path), wanted, CHILDREN, environ))
    assert not (tmp_path / "model-q4_k_m.gguf").exists()


def test_without_a_quantizer_nothing_is_begun(tmp_path: Path) -> None:
    base = adapters.base(tmp_path)
    wanted = Wanted(quantize=("q4_k_m",), llama_cpp=str(converter()))
    with pytest.raises(TrainerMissing, match=r"llama-quantize was not found.*deploy ollama --quantize"):
        list(gguf(None, Source(base, tmp_path), wanted, CHILDREN, {"PATH": "/nowhere", "HOME": str(tmp_path)}))
    assert not (tmp_path / "model-f16.gguf").exists()


def test_an_adapter_is_no_model(tmp_path: Path) -> None:
    adapter = adapters.peft(adapters.base(tmp_path), tmp_path / "adapter")
    with pytest.raises(UsageError, match="Merge first"):
        source_of(None, str(adapter))

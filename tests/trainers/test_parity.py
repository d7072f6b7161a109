"""Parity for real: base and adapter, merged, GGUF and a running llama.cpp server give the same text, tokens, answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from inscape.events import Event, ParityChecked
from inscape.runtimes.server_template import Server
from inscape.stages import gguf as converting
from inscape.stages import merge as merging
from inscape.stages.parity import parity
from inscape.stages.tuned import Children, tuned
from tests.trainers import adapters
from tests.trainers.gguf import converter

CHILDREN = Children(Path(sys.executable))


def _checked(events: list[Event]) -> list[ParityChecked]:
    return [one for one in events if isinstance(one, ParityChecked)]


@pytest.mark.parametrize("kind", ["peft", "mlx"])
def test_every_form_is_the_same_model(kind: str, tmp_path: Path) -> None:
    import xllamacpp

    home = converter()
    base = adapters.base(tmp_path)
    adapter = (adapters.peft if kind == "peft" else adapters.mlx)(base, tmp_path / "adapter")
    found = tuned(None, str(adapter), "", {})
    list(merging.merge(None, found, merging.Wanted(compare=False), CHILDREN, {}))
    source = converting.source_of(None, str(tmp_path / "merged"))
    wanted = converting.Wanted("f32", llama_cpp=str(home), compare=False)
    list(converting.gguf(None, source, wanted, CHILDREN, os.environ))
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel = str(tmp_path / "model-f32.gguf"), 1024, 1
    params.warmup, params.ui, params.verbosity, params.api_keys = False, False, 0, ["word"]
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    running = xllamacpp.Server(params)
    server = Server(f"{running.listening_address}/v1", "word")
    checked = _checked(list(parity(None, found, server, CHILDREN, {})))
    assert [one.right for one in checked[::3]] == ["merged", "model-f32.gguf", server.address]
    assert [(one.text, one.tokens) for one in checked] == [(True, True)] * 9
    assert all(one.same == one.of > 4 for one in checked), checked

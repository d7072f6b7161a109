"""The bar of the whole road: rows, adapter, merge, GGUF, an answer by llama.cpp; after is better than before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.gguf import converter

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("backend", ["peft", "mlx"])
def test_the_demo_trains_merges_converts_and_answers(backend: str, tmp_path: Path) -> None:
    environ = {**os.environ, "INSCAPE_GGUF_LLAMA_CPP": str(converter())}
    command = [sys.executable, "-m", "inscape", "demo", "--train", "demo", "--backend", backend, "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=1500)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    figures = {one["what"]: one for one in _of(events, "compared")}
    for what in ("format validity", "effort accuracy"):
        assert figures[what]["before"] == 0
        assert figures[what]["of"] == 90
    assert figures["format validity"]["after"] > 0.4
    assert figures["effort accuracy"]["after"] > 0.3
    assert figures["validation loss"]["after"] < figures["validation loss"]["before"] - 1
    parity = _of(events, "parity_checked")
    assert {one["right"] for one in parity} == {"merged", "model-f16.gguf"}
    assert all(one["same"] == one["of"] > 0 for one in parity), parity
    answers = _of(events, "chat_ended")
    assert len(answers) == 2
    assert all(one["reply"] and one["effort"] in ("low", "medium", "high") for one in answers)


def test_the_companion_s_script_goes_from_rows_to_a_chat(tmp_path: Path) -> None:
    made = tmp_path / "examples" / "companion"
    done = subprocess.run(
        ["git", "ls-files", "-z", "examples/companion"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, done.stdout.split("\0")):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((ROOT / name).read_bytes())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "INSCAPE_GGUF_LLAMA_CPP": str(converter())}
    done = subprocess.run(
        ["bash", "run.sh"], cwd=made, env=environ, capture_output=True, text=True, check=False, timeout=1500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = made / "runs" / "lodos"
    assert json.loads((run / "run.json").read_text())["state"] == "done"
    modelfile = (run / "ollama" / "Modelfile").read_text(encoding="utf-8")
    assert "Sen Lodos'sun" in modelfile
    assert not any(line.startswith("TEMPLATE") for line in modelfile.splitlines())
    assert done.stdout.rstrip().splitlines()[-1].strip(), "the reply"


def _of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in events if one["event"] == kind]

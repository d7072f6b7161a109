"""The demo's own project through the verbs of the dataset: check, split, every trainer's export, preview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape import targets
from tests.conftest import Run
from tests.rendering import small


@pytest.fixture
def demo(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run("demo", "made").code == 0
    monkeypatch.chdir(tmp_path / "made")
    return tmp_path / "made"


def test_check_finds_no_error_in_the_sample(demo: Path, run: Run) -> None:
    done = run("check", "--json")
    assert done.code == 0, done.out
    assert all(json.loads(line)["severity"] != "error" for line in done.out.splitlines())


@pytest.mark.parametrize("trainer", targets.names())
def test_the_sample_reaches_every_trainer(trainer: str, demo: Path, run: Run) -> None:
    (demo / "chatml.jinja").write_text(small.CHATML, encoding="utf-8")
    done = run("export", "--for", trainer, "--model", "org/some-1B", "--template", "chatml.jinja")
    assert done.code == 0, done.all
    written = "\n".join(
        json.dumps(json.loads(line), ensure_ascii=False)
        for file in sorted((demo / "exports" / trainer).rglob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    kept = [json.loads(line) for line in (demo / "dataset" / "examples.jsonl").read_text(encoding="utf-8").splitlines()]
    said = [turn for one in kept for turn in one["turns"] if turn["role"] == "assistant"]
    assert len(said) > len(kept) == 10
    for turn in said:
        for text in (turn["text"], turn.get("thought") or turn["text"]):
            assert json.dumps(text, ensure_ascii=False)[1:-1] in written


def test_preview_of_the_sample_says_that_every_thought_is_kept(demo: Path, run: Run) -> None:
    (demo / "chatml.jinja").write_text(small.CHATML, encoding="utf-8")
    done = run("preview", "--model", "chatml.jinja", "--json")
    assert done.code == 0, done.all
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert {row["row"] for row in rows} == set(range(1, 11))
    assert all(row["prompt_is_prefix"] and row["truncated"] is False for row in rows)
    assert {row["verdict"] for row in rows} == {"ok"}

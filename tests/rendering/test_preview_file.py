"""`inscape preview --file`: the rows of a file as they stand there, with what the file says for all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.rendering import small

LOW = {"instruction": "selam", "output": '<thinking effort="low"/>\n\nSelam kanka.'}
HIGH = {"instruction": "And now?", "output": '<thinking effort="high">Still the gate.</thinking>\n\nStill.'}


def shown(folder: Path, run: Run, rows: object, template: str = small.CHATML, *more: object) -> str:
    (folder / "t.jinja").write_text(template, encoding="utf-8")
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    done = run("preview", "--model", folder / "t.jinja", "--file", folder / "rows.json", *more)
    assert done.code == 0, done.all
    return done.out


@pytest.mark.parametrize("template", [small.CHATML, small.NATIVE])
def test_the_effort_that_a_file_says_is_shown(
    template: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = shown(tmp_path, run, [LOW, HIGH], template)
    assert f"{LOW['output']}<|im_end|>" in out
    assert f"{HIGH['output']}<|im_end|>" in out


@pytest.mark.parametrize("policy", ["none", "first-token", "system-line", "both"])
def test_no_effort_is_added_to_a_file(policy: str, project: Path, tmp_path: Path, run: Run) -> None:
    settings = project / "inscape.toml"
    text = settings.read_text(encoding="utf-8")
    assert "[export]" in text
    settings.write_text(text.replace("[export]", f'[export]\neffort = "{policy}"'), encoding="utf-8")
    row: dict[str, Any] = {"instruction": "selam", "output": "Selam.", "metadata": {"complexity": "LOW"}}
    out = shown(tmp_path, run, [row])
    assert "effort=" not in out
    assert "Thinking effort" not in out
    assert "became" not in out


def test_what_stands_around_the_rows_is_shown(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "You are Jessy." in shown(tmp_path, run, {"system": "You are Jessy.", "data": [LOW]})

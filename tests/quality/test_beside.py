"""Large files: the rows in a second process find what they find in one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from inscape.stages import beside
from tests.conftest import Run
from tests.quality import filler_rows, good_rows


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.json"
    made = [*good_rows.rows()[:80], *filler_rows.rows()[:80], {"output": "alone"}]
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path


def found(run: Run, rows: Path) -> list[str]:
    return sorted(run("check", rows, "--json").out.splitlines())


def test_two_processes_say_what_one_says(rows: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = found(run, rows)
    monkeypatch.setattr(beside, "LARGE", 0)
    assert beside.worth_it([rows]) is ((os.cpu_count() or 1) > 1)
    assert found(run, rows) == alone
    assert any('"shape"' in line for line in alone)


def test_a_second_process_that_fails_costs_nothing_but_time(
    rows: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = found(run, rows)
    monkeypatch.setattr(beside, "LARGE", 0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert found(run, rows) == alone

"""What check must never hide, and where it can only look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape.stages import check
from inscape.store import open_store
from tests.conftest import Run
from tests.splits.test_split_stage import take
from tests.store.test_looking import as_anyone


def broken(folder: Path) -> Path:
    rows = [{"instruction": "What is the tide doing?", "output": "It goes out, and the boats lie on their sides."}]
    path = folder / "rows.jsonl"
    path.write_text(json.dumps(rows[0]) + '\n{"instruction": \n', encoding="utf-8")
    return path


@pytest.mark.parametrize("words", [("--only", "filler"), ("--only", "shape"), ("--skip", "series"), ()])
def test_a_broken_row_is_always_an_error(tmp_path: Path, run: Run, words: tuple[str, ...]) -> None:
    done = run("check", broken(tmp_path), *words, "--json")
    assert done.code == 3, done.all
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [(one["row"], one["check"]) for one in found if one["severity"] == "error"] == [(2, "shape")]


def test_shape_cannot_be_skipped(tmp_path: Path, run: Run) -> None:
    done = run("check", broken(tmp_path), "--skip", "filler,shape")
    assert done.code == 2, done.all
    assert "shape cannot be skipped" in done.err


def test_shape_cannot_be_turned_off(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSCAPE_CHECK_OFF", "slop, shape")
    done = run("check", broken(project))
    assert done.code != 0
    assert "check.off: shape cannot be turned off" in done.err


def test_a_project_where_nothing_may_be_written_is_looked_at(project: Path, run: Run) -> None:
    take(project, run, range(12))
    held = {path: path.stat().st_mode for path in (project, *project.rglob("*"))}
    for path, mode in held.items():
        path.chmod(mode & 0o555)
    try:
        done = as_anyone(project, "check")
    finally:
        for path, mode in held.items():
            path.chmod(mode)
    assert done.returncode in (0, 3), done.stderr
    assert "12 rows" in done.stdout
    assert "The findings could not be kept for `inscape review --findings`" in done.stderr
    assert not (project / "reports" / "findings.json").exists()


def test_a_folder_for_findings_that_cannot_be_written_loses_no_finding(project: Path, run: Run) -> None:
    take(project, run, range(12))
    (project / "reports").write_text("a file where the folder should be", encoding="utf-8")
    done = run("check")
    assert done.code in (0, 3), done.all
    assert "12 rows" in done.out
    assert "could not be kept" in done.err


def test_names_of_checks_are_all_known(project: Path) -> None:
    from inscape.project import open_at

    with open_store(project / "inscape.db"):
        assert check.chosen(check.limits(open_at(project, {}).settings))[0] == "shape"

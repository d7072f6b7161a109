"""The example that ships: its rows hold to their own rules, and the road of its run.sh is free."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from inscape.evaluation.probes import read_probes
from inscape.examples.shapes import read
from inscape.records import Conversation
from tests.conftest import Run

HERE = Path(__file__).parent.parent / "examples" / "companion"
WANTED = {
    "greetings": 50, "questions": 75, "casual": 50, "slang": 25, "rust": 30, "architecture": 30, "performance": 20,
    "debugging": 20, "consciousness": 15, "ethics": 15, "technology": 10, "existential": 10, "iteration": 50,
}  # fmt: skip
LEVELS = {"LOW": range(1, 3), "MEDIUM": range(3, 6), "HIGH": range(6, 10)}


def rows() -> list[tuple[str, dict[str, Any], Conversation]]:
    made = []
    for path in sorted((HERE / "rows").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            made.append((path.stem, row["metadata"], read(row, tag="thinking").conversation))
    return made


ROWS = rows()
TALKS = [pytest.param(*row, id=row[1]["id"]) for row in ROWS]


def test_the_counts_are_those_that_were_aimed_at() -> None:
    assert Counter(name for name, _, _ in ROWS) == WANTED
    assert all(name == metadata["category"] for name, metadata, _ in ROWS)
    levels = Counter(metadata["complexity"] for _, metadata, _ in ROWS)
    assert abs(levels["LOW"] - 200) <= 12
    assert abs(levels["MEDIUM"] - 148) <= 12
    assert abs(levels["HIGH"] - 52) <= 8
    assert len({metadata["id"] for _, metadata, _ in ROWS}) == 400
    turkish = {"greetings", "questions", "casual", "slang"}
    assert sum(metadata["language"] == "tr" for name, metadata, _ in ROWS if name in turkish) == 200


def test_conversations_and_boundary_pairs_are_enough() -> None:
    exchanges = [sum(turn.role == "assistant" for turn in talk.turns) for _, _, talk in ROWS]
    assert sum(2 <= n <= 4 for n in exchanges) >= 40
    assert max(exchanges) <= 4
    pairs = Counter(metadata["pair"] for _, metadata, _ in ROWS if "pair" in metadata)
    assert sum(n == 2 for n in pairs.values()) >= 20
    for name in pairs:
        assert len({m["complexity"] for _, m, _ in ROWS if m.get("pair") == name}) == 2, name


@pytest.mark.parametrize(("category", "metadata", "talk"), TALKS)
def test_each_row_keeps_the_rules_of_its_level(category: str, metadata: dict[str, Any], talk: Conversation) -> None:
    """An answer's own effort, where its tag says one, counts for that answer; else the row's."""
    assert metadata["iterations"] in LEVELS[metadata["complexity"]]
    moves = []
    for turn in talk.turns:
        if turn.role != "assistant":
            continue
        level = (turn.effort or metadata["complexity"]).upper()
        lines = [line for line in (turn.thought or "").split("\n") if line.strip()]
        moves.append(len(lines))
        if level == "LOW":
            assert not lines
            assert len(turn.text.split()) < 15, turn.text
        else:
            assert len(lines) in LEVELS[level], turn.text
    assert max(moves) == (metadata["iterations"] if metadata["complexity"] != "LOW" else 0)


@pytest.mark.parametrize(("category", "metadata", "talk"), TALKS)
def test_each_row_says_who_wrote_it(category: str, metadata: dict[str, Any], talk: Conversation) -> None:
    assert metadata["authored_by"]
    assert metadata["revised_by"]
    assert metadata["topic"]


def test_the_golden_case_and_its_paraphrases() -> None:
    asked = [(talk.turns[0].text, talk.turns[1].text) for _, m, talk in ROWS if m["topic"] == "asking to ask"]
    assert asked[0] == ("sana bisi sorucam", "Sor kanka, dinliyorum.")
    assert len(asked) >= 11
    assert len({reply for _, reply in asked}) == len(asked)


def test_probes_are_there_in_every_level() -> None:
    probes = {
        path.stem: list(read_probes(path.read_text(encoding="utf-8"), path.name))
        for path in (HERE / "probes").glob("*.jsonl")
    }
    assert Counter(probe.level for probe in probes["effort"]) == {"LOW": 20, "MEDIUM": 20, "HIGH": 20}
    assert len(probes["boundary"]) == 30
    assert all(probe.must and probe.must_not and probe.language for group in probes.values() for probe in group)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("companion") / "companion"
    shutil.copytree(
        HERE, folder, ignore=shutil.ignore_patterns("inscape.db*", "exports", "dataset", "reports", ".inscape*")
    )
    return folder


def test_run_sh_goes_from_rows_to_three_trainers_and_two_previews(copied: Path) -> None:
    """The script as a person would run it, with every finding explained in the README."""
    done = subprocess.run(
        ["bash", "run.sh"],
        cwd=copied,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(copied), "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "400 examples taken" in done.stdout
    assert re.search(r"400 rows: 0 errors", done.stdout)
    for trainer in ("mlx", "trl", "axolotl"):
        assert (copied / "exports" / trainer / "README.md").exists()
    train, valid = (len((copied / "dataset" / f"{side}.jsonl").read_text().splitlines()) for side in ("train", "valid"))
    assert train + valid == 400
    assert 36 <= valid <= 44


def test_every_warning_is_explained_in_the_readme(copied: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copied)
    if not (copied / "inscape.db").exists():
        assert run("import", *sorted((copied / "rows").glob("*.jsonl")), "--keep").code == 0
    found = [json.loads(line) for line in run("check", "--json").out.splitlines()]
    assert [one for one in found if one["severity"] == "error"] == []
    readme = (copied / "README.md").read_text(encoding="utf-8")
    ids = {(f"{name}.jsonl", n): m["id"] for name in WANTED for n, (_, m, _) in enumerate(by_file(name), 1)}
    for one in found:
        if one["severity"] == "warning":
            name = ids.get((one["file"], one["row"])) or one["check"]
            assert f"`{name}`" in readme, one


def by_file(name: str) -> list[tuple[str, dict[str, Any], Conversation]]:
    return [row for row in ROWS if row[0] == name]


def test_the_readmes_tables_are_what_the_tool_writes(copied: Path) -> None:
    filled = runpy.run_path(str(HERE.parent.parent / "scripts" / "companion_tables.py"))["filled"]
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    card = (copied / "dataset" / "card.md").read_text(encoding="utf-8")
    assert filled(readme, card) == readme, "run python scripts/companion_tables.py"
    assert "| greetings | 50 | 0 | 0 | 50 |" in readme


def test_code_in_the_answers_compiles() -> None:
    """Python everywhere; Rust and C where a compiler is installed."""
    done = subprocess.run([sys.executable, HERE / "try_code.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "python: ok" in done.stdout

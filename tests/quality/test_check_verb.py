"""`inscape check` as a person or a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from inscape import project as projects
from inscape.settings import SETTINGS
from inscape.store import examples, open_store
from tests.conftest import Run

BAD = {"instruction": "Test question 39", "output": "Test response 39"}
GOOD = {"conversations": [{"from": "human", "value": "selam"}, {"from": "jessy", "value": "Selam, n'aber?"}]}


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return path


def test_files_without_a_project(tmp_path: Path, run: Run) -> None:
    done = run("check", write(tmp_path / "mix.json", [GOOD, BAD, {"output": "alone"}]), "--json")
    assert done.code == 3
    found = [json.loads(line) for line in done.out.splitlines()]
    assert all(list(one) == ["file", "row", "check", "severity", "message", "evidence"] for one in found)
    assert {(one["row"], one["check"]) for one in found if one["severity"] == "error"} == {(2, "filler"), (3, "shape")}


def test_a_clean_file_is_exit_0(tmp_path: Path, run: Run) -> None:
    done = run("check", write(tmp_path / "rows.json", [GOOD]))
    assert done.code == 0, done.all
    assert "1 row: 0 errors" in done.out


def test_grouped_with_counts_and_the_first_rows(tmp_path: Path, run: Run) -> None:
    rows = [{"instruction": f"Soru {n}", "output": f"Cevap {n}"} for n in range(1, 9)]
    done = run("check", write(tmp_path / "rows.json", rows), "--rows", "2")
    assert "error · series · 8" in done.out
    assert "and 6 more" in done.out
    assert "8 errors" in run("check", tmp_path / "rows.json", "--only", "series").out
    assert run("check", tmp_path / "rows.json", "--skip", "series", "--skip", "filler").code == 0


def test_a_check_can_be_turned_off_and_an_unknown_one_is_named(project: Path, tmp_path: Path, run: Run) -> None:
    rows = write(tmp_path / "rows.json", [BAD])
    assert run("check", rows).code == 3
    (project / "inscape.toml").write_text('format = 1\n[check]\noff = "filler"\n', encoding="utf-8")
    assert run("check", rows).code == 0
    done = run("check", rows, "--only", "nothing")
    assert (done.code, "no check 'nothing'" in done.err) == (2, True)
    (project / "inscape.toml").write_text('format = 1\n[check]\noff = "filer"\n', encoding="utf-8")
    assert "no check 'filer'" in run("check", rows).err
    (project / "inscape.toml").write_text('format = 1\n[check]\ntarget_complexity = "LOW"\n', encoding="utf-8")
    assert "check.target_complexity" in run("check", rows).err


def test_a_broken_file_is_exit_1_and_the_others_are_checked(tmp_path: Path, run: Run) -> None:
    done = run("check", tmp_path / "none.json", write(tmp_path / "rows.json", [GOOD]))
    assert done.code == 1
    assert "1 row" in done.out
    assert "no such file" in done.err


def test_leaks_between_files_for_training_and_validation(tmp_path: Path, run: Run) -> None:
    train, valid = write(tmp_path / "train.json", [GOOD]), write(tmp_path / "valid.json", [GOOD])
    done = run("check", train, valid, "--only", "duplicate")
    assert done.code == 3
    assert "across train and validation" in done.out


def test_in_a_project_findings_lead_the_review(project: Path, tmp_path: Path, run: Run) -> None:
    assert run("import", write(tmp_path / "rows.json", [GOOD, BAD])).code == 0
    assert "Run `inscape check` first" in run("review", "--findings", "--status").err
    done = run("check", "--json")
    assert done.code == 3
    found = [json.loads(line) for line in done.out.splitlines()]
    first = next(one for one in found if one["severity"] == "error")
    assert (first["file"], first["row"], first["example"][:2]) == ("rows.json", 2, "e-")
    from inscape.stages.findings import stored

    assert stored(projects.find(project, {})).order[0] == first["example"]
    assert "chosen at random" in run("review", "--findings", "--status").out


def test_dropped_examples_stay_in_the_random_tenth(project: Path, tmp_path: Path, run: Run) -> None:
    """Else the keep rate would rise by itself."""
    from inscape.stages.findings import stored

    rows = [{"instruction": f"soru {n}?", "output": f"{'abcdefgh'[n % 8]} sanırım"} for n in range(60)]
    run("import", write(tmp_path / "rows.json", rows))
    run("check")
    before = stored(projects.find(project, {})).random
    assert before
    lines = "".join(json.dumps({"example": one, "verdict": "drop"}) + "\n" for one in before)
    (tmp_path / "decisions.jsonl").write_text(lines, encoding="utf-8")
    assert run("review", "--from-file", tmp_path / "decisions.jsonl").code == 0
    assert "0 kept" in run("check").err
    assert stored(projects.find(project, {})).random == before


def test_fix_is_a_revision_and_unfix_takes_it_back(project: Path, tmp_path: Path, run: Run) -> None:
    dirty = {"instruction": "selam", "output": "Se\u200blam, n'aber?<|im_end|>"}
    run("import", write(tmp_path / "rows.json", [dirty, GOOD]))
    assert run("check").code == 3
    assert "Mended 1 example" in run("check", "--fix").out
    assert run("check").code == 0
    assert "nothing that could be mended" in run("check", "--fix").out
    assert "1 example as before" in run("check", "--unfix").out
    assert run("check").code == 3
    with open_store(project / "inscape.db") as store:
        texts = [one.conversation.turns[1].text for one in examples.all_examples(store)]
    assert texts[0] == dirty["output"]


def test_fix_is_for_a_project_only(tmp_path: Path, run: Run) -> None:
    assert run("check", write(tmp_path / "rows.json", [GOOD]), "--fix").code == 2


def test_the_checks_are_listed(run: Run) -> None:
    from inscape.quality.checks import NAMES

    listed = run("check", "--list").out
    assert all(name in listed for name in NAMES)


def test_every_threshold_says_where_it_is_from() -> None:
    ours = [setting for setting in SETTINGS if setting.key.startswith("check.")]
    assert len(ours) > 50
    assert all(setting.help.endswith(".") for setting in ours)
    used = "".join(
        p.read_text(encoding="utf-8")
        for p in (Path(projects.__file__).parent).rglob("*.py")
        if p.name != "thresholds.py"
    )
    for setting in ours:
        name = setting.key.partition(".")[2]
        stem = name.replace("openings_", "{self.name}_").replace("closings_", "{self.name}_")
        stem = stem.replace("target_category", "target_{kind}") if name.startswith("target_") else stem
        assert name in used or stem in used or name.startswith(("target_", "near_")), name


def test_copies_across_the_projects_split_are_errors(project: Path, tmp_path: Path, run: Run) -> None:
    from inscape.store import splits

    twin = {**GOOD, "metadata": {"category": "small talk"}}
    run("import", write(tmp_path / "rows.json", [GOOD, twin]))
    assert run("check", "--only", "duplicate").code == 0
    with open_store(project / "inscape.db") as store:
        one, two = examples.all_examples(store)
        plan = splits.Plan(0.5, 1, "row", "2026-11-20T08:00:00Z")
        splits.put(store, plan, {one.id: splits.Placed("train", 1), two.id: splits.Placed("valid", 1)})
    done = run("check", "--only", "duplicate")
    assert done.code == 3
    assert "across train and validation" in done.out


def test_verbatim_runs_from_a_book_of_the_project(project: Path, tmp_path: Path, run: Run) -> None:
    text = "The boats were in before the light and nobody on the quay had counted them, which was how it always began."
    (tmp_path / "sea.txt").write_text(f"The Sea\n\n{text}\n\nAnother day came after it.\n", encoding="utf-8")
    assert run("add", tmp_path / "sea.txt", "--rights", "private").code == 0
    copied = {"instruction": "Go on.", "output": f"I remember: {text}"}
    run("import", write(tmp_path / "rows.json", [copied, GOOD]))
    done = run("check", "--only", "verbatim", "--json")
    assert done.code == 3
    (found,) = [json.loads(line) for line in done.out.splitlines()]
    assert found["row"] == 1
    assert "21 words in a row" in found["message"]


def test_the_total_says_how_many_rows_have_errors(tmp_path: Path, run: Run) -> None:
    rows = write(tmp_path / "rows.json", [GOOD, BAD, {"output": "alone"}])
    done = run("check", rows)
    total = done.out.splitlines()[-1]
    assert total.startswith("2 of 3 rows have errors: ")
    assert done.err.splitlines()[-1] == "Error: 2 of 3 rows have errors. Mend or drop them first."
    assert run("check", write(tmp_path / "one.json", [BAD])).err.endswith(
        "1 of 1 row has errors. Mend or drop it first.\n"
    )


def test_what_cannot_be_read_is_said_once_and_nothing_else(project: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    for path in (tmp_path / "none.json", tmp_path, tmp_path / "empty.jsonl"):
        for verb in ("check", "import"):
            done = run(verb, path)
            assert str(path) in done.err
            assert len(done.all.splitlines()) == 1, done.all
    both = run("check", tmp_path / "none.json", tmp_path / "nor.json")
    assert (both.code, both.out) == (1, "")
    assert both.err.count("none.json") == 1
    assert "2 files could not be read" in both.err


def test_an_empty_project_has_no_size(project: Path, run: Run) -> None:
    done = run("check")
    assert (done.code, done.out) == (0, "")
    assert "nothing to check yet" in done.err


def test_a_target_that_no_row_can_have_is_named(project: Path, tmp_path: Path, run: Run) -> None:
    for key, value, said in (
        ("target_complexity", "LOWW=50, HIGH=13", "there is no complexity 'LOWW'"),
        ("target_language", "tr=60, 12=40", "'12' is no language"),
        ("target_language", "tr=60, xx=40", "'xx' is no language"),
        ("target_criterion", "authentic=1", "'authentic' is no criterion"),
        ("languages", "tr, e", "'e' is no language"),
    ):
        (project / "inscape.toml").write_text(f'format = 1\n[check]\n{key} = "{value}"\n', encoding="utf-8")
        done = run("check", write(tmp_path / "rows.json", [GOOD]))
        assert (done.code, f"check.{key}: {said}" in done.err) == (1, True), done.err
    for key, value in (("target_complexity", "low=50, HIGH=13"), ("target_language", "tr-TR=3, Turkish=1, yue=1")):
        (project / "inscape.toml").write_text(f'format = 1\n[check]\n{key} = "{value}"\n', encoding="utf-8")
        assert run("check", write(tmp_path / "rows.json", [GOOD])).code == 0


def test_checks_may_be_named_with_commas(tmp_path: Path, run: Run) -> None:
    rows = write(tmp_path / "rows.json", [{"instruction": f"Soru {n}", "output": f"Cevap {n}"} for n in range(1, 9)])
    assert run("check", rows, "--skip", "series, filler").code == 0
    assert {
        json.loads(line)["check"] for line in run("check", rows, "--only", "series,filler", "--json").out.splitlines()
    } == {
        "series",
        "filler",
    }
    assert "no check 'sries'" in run("check", rows, "--skip", "filler,sries").err


def test_findings_come_in_the_same_order_whatever_the_hashes(tmp_path: Path) -> None:
    rows = [
        {"instruction": f"Soru {n % 5} hakkında ne dersin?", "output": f"Cevap {n % 7} böyle bir şey."}
        for n in range(40)
    ]
    file = write(tmp_path / "rows.json", rows)
    command = [sys.executable, "-m", "inscape", "check", str(file), "--json"]
    outs = {
        subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outs) == 1
    assert b'"duplicate"' in outs.pop()

"""The import as a command, and what comes out again."""

import json
from pathlib import Path
from typing import Any

from inscape.store import examples, open_store
from tests.conftest import Run


def keep_all(project: Path, run: Run) -> None:
    with open_store(project / "inscape.db") as store:
        lines = [json.dumps({"example": e.id, "verdict": "keep"}) for e in examples.all_examples(store)]
    (project / "d.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("review", "--from-file", "d.jsonl").code == 0


def exported(project: Path, run: Run, format: str) -> list[dict[str, Any]]:
    keep_all(project, run)
    assert run("export", "--format", format, "--out", "out.jsonl").code == 0
    return [json.loads(line) for line in (project / "out.jsonl").read_text(encoding="utf-8").splitlines()]


def test_what_stands_around_the_rows_is_taken_or_said(project: Path, run: Run) -> None:
    rows = [{"instruction": "a", "output": "b"}, {"instruction": "c", "output": "d", "system": "Be."}]
    whole = {"system": "You are Jessy.", "metadata": {"language": "tr"}, "version": 2, "note": "x", "data": rows}
    (project / "wrapped.json").write_text(json.dumps(whole), encoding="utf-8")
    done = run("import", "wrapped.json")
    assert done.code == 0
    assert done.out.count('Warning: wrapped.json: the object around the rows has "version", "note"; ') == 1
    made = exported(project, run, "raw")
    assert [row["system"] for row in made] == ["You are Jessy.", "Be."]
    assert [row["metadata"] for row in made] == [{"language": "tr"}] * 2


def test_no_thought_of_an_earlier_turn_reaches_a_prompt(project: Path, run: Run) -> None:
    talk = [
        {"from": "human", "value": "a"},
        {"from": "gpt", "value": "*pauses*\n<thinking>SECRET</thinking>\n\nHello."},
        {"from": "human", "value": "b"},
        {"from": "gpt", "value": '<thinking type="inner">Who?</thinking>\n\nYes.'},
    ]
    (project / "rows.json").write_text(json.dumps([{"conversations": talk}]), encoding="utf-8")
    assert run("import", "rows.json").code == 0
    first, second = exported(project, run, "alpaca")
    assert "SECRET" in first["output"]
    assert second == {
        "instruction": "b",
        "input": "User: a\n\nAssistant: *pauses*\n\nHello.",
        "output": "<thinking>Who?</thinking>\n\nYes.",
    }

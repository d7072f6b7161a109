"""What `inscape import` says at its end, and the ids it gives to scripts."""

from __future__ import annotations

import json
from pathlib import Path

from inscape.store import examples, open_store
from tests.conftest import Run

ROWS = [{"instruction": "selam", "output": "Selam, n'aber?"}, {"output": "alone"}, {"instruction": "a", "output": "b"}]


def test_the_way_on_is_named(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS[::2]), encoding="utf-8")
    assert run("import", "rows.json").out.endswith("Next:\n  inscape check\n  inscape review\n")
    assert "Next:" not in run("import", "rows.json").out
    (project / "more.json").write_text(json.dumps([{"instruction": "c", "output": "d"}]), encoding="utf-8")
    assert run("import", "more.json", "--keep").out.endswith("Next:\n  inscape check\n  inscape split\n")


def test_each_row_that_is_taken_has_its_id(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    taken = [one for one in events(run, "rows.json") if one["event"] == "row_taken"]
    with open_store(project / "inscape.db") as store:
        ids = [one.id for one in examples.all_examples(store)]
    assert [(one["path"], one["row"], one["example"], one["status"]) for one in taken] == [
        ("rows.json", 1, ids[0], "imported"),
        ("rows.json", 3, ids[1], "imported"),
    ]
    again = [one for one in events(run, "rows.json") if one["event"] == "row_taken"]
    assert [(one["example"], one["status"]) for one in again] == [(ids[0], "known"), (ids[1], "known")]


def events(run: Run, path: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("import", path, "--json").out.splitlines()]

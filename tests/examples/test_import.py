"""The import as a command, and what comes out again."""

import json
from pathlib import Path
from typing import Any

from inscape.store import decisions, examples, open_store
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


ROWS = [{"instruction": f"{word}?", "output": f"{word} it is."} for word in ("Rain", "Snow", "Wind", "Fog")]


def test_a_set_reviewed_before_is_kept_and_the_card_says_that_nobody_looked(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    (project / "inscape.toml").write_text('format = 1\n[review]\nreviewer = "Deniz"\n', encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    assert run("export", "--format", "messages").code == 0
    card = (project / "dataset" / "card.md").read_text(encoding="utf-8")
    assert "Decisions stand on 4 of 4 examples (100%) and keep 4 of those (100%)." in card
    assert "| Deniz | 4 | 100% |" in card
    assert "4 of these were kept at import, without a look in this project." in card


def test_keep_leaves_rows_alone_that_were_there_before(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS[:2]), encoding="utf-8")
    assert run("import", "rows.json").code == 0
    with open_store(project / "inscape.db") as store:
        dropped, undecided = (example.id for example in examples.all_examples(store))
        decisions.decide(store, dropped, "drop", "2026-01-01T00:00:00Z")
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    with open_store(project / "inscape.db") as store:
        verdicts = {example.id: example.verdict for example in examples.all_examples(store)}
    assert (verdicts[dropped], verdicts[undecided], list(verdicts.values()).count("keep")) == ("drop", None, 2)


def test_what_was_kept_at_import_tells_no_keep_rate(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    (project / "inscape.toml").write_text("format = 1\n[check]\nrandom_share = 1.0\n", encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    assert "chosen at random" not in run("check").all
    with open_store(project / "inscape.db") as store:
        first = examples.all_examples(store)[0]
        decisions.decide(store, first.id, "drop", "2026-01-01T00:00:00Z", reviewer="Deniz")
        assert decisions.looked_at(store) == {first.id: "drop"}
    assert "1 is decided and 0 kept" in run("check").all


def test_a_decisions_file_carries_who_decided(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS[:2]), encoding="utf-8")
    assert run("import", "rows.json").code == 0
    with open_store(project / "inscape.db") as store:
        one, two = (example.id for example in examples.all_examples(store))
    lines = [{"example": one, "verdict": "keep", "reviewer": "a second reader"}, {"example": two, "verdict": "keep"}]
    (project / "d.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run("review", "--from-file", "d.jsonl").code == 0
    assert run("review", "--write-decisions", "e.jsonl").code == 0
    written = [json.loads(line) for line in (project / "e.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["example"]: line.get("reviewer") for line in written} == {one: "a second reader", two: None}
    assert run("export", "--format", "messages").code == 0
    card = (project / "dataset" / "card.md").read_text(encoding="utf-8")
    assert "| a second reader | 1 | 50% |" in card
    assert "| a person, unnamed | 1 | 50% |" in card

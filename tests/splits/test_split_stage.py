"""`inscape split` and what export makes of it, on imported rows and on the sample book; and the dataset's card."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from inscape.export import formats
from inscape.stages.card import HONESTY
from inscape.store import decisions, examples, open_store, splits
from inscape.store.migrations import STEPS
from tests.conftest import Run
from tests.splits.makers import prose

SAMPLE = Path(str(resources.files("inscape.sample")))
AT = "2026-01-02T03:04:05Z"


def take(project: Path, run: Run, numbers: Sequence[int], **more: Any) -> None:
    """Import rows of a persona's set, and keep them all."""
    names, levels = ("chat", "technical"), ("LOW", "HIGH")
    rows = [
        {
            "instruction": prose(n + 10_000, 8),
            "output": f"<thinking>{prose(n + 20_000, 9)}</thinking>\n\n{prose(n)}",
            "metadata": {"category": names[n % 2], "complexity": levels[n % 3 == 0], "language": "tr", **more},
        }
        for n in numbers
    ]
    (project / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    assert run("import", "rows.json").code == 0
    keep(project)


def keep(project: Path) -> None:
    with open_store(project / "inscape.db") as store:
        for example in examples.all_examples(store):
            if example.verdict is None:
                decisions.decide(store, example.id, "keep", AT)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ids(project: Path, part: str) -> set[str]:
    return {row["id"] for row in lines(project / "dataset" / f"{part}.jsonl")}


def card(project: Path) -> str:
    return (project / "dataset" / "card.md").read_text(encoding="utf-8")


def events(run: Run, *words: object) -> list[dict[str, Any]]:
    done = run(*words, "--json")
    assert done.code == 0, done.all
    return [json.loads(line) for line in done.out.splitlines()]


def test_split_then_export_writes_two_files_for_each_format(project: Path, run: Run) -> None:
    take(project, run, range(40))
    done = run("split")
    assert done.code == 0, done.all
    assert "all rows                                36       4     10%" in done.out
    assert "category chat" in done.out
    assert "complexity HIGH" in done.out
    assert done.out.endswith("Next: inscape export\n")
    assert run("export", "--format", "all").code == 0
    made = {path.name for path in (project / "exports").iterdir()}
    trained = [name for name in formats() if name != "raw"]
    assert made == {"raw.json"} | {f"{name}.{part}.jsonl" for name in trained for part in ("train", "valid")}
    assert len(lines(project / "exports" / "messages.train.jsonl")) == 36
    assert len(lines(project / "exports" / "messages.valid.jsonl")) == 4
    assert ids(project, "train") | ids(project, "valid") == ids(project, "examples")
    assert not ids(project, "train") & ids(project, "valid")


def test_export_out_names_both_files(project: Path, run: Run) -> None:
    take(project, run, range(20))
    assert run("split").code == 0
    assert run("export", "--format", "alpaca", "--out", "mine.json").code == 0
    assert len(json.loads((project / "mine.train.json").read_text())) == 18
    assert len(json.loads((project / "mine.valid.json").read_text())) == 2


def test_what_an_earlier_export_left_is_taken_away(project: Path, run: Run) -> None:
    take(project, run, range(20))
    assert run("export", "--format", "messages").code == 0
    assert (project / "exports" / "messages.jsonl").exists()
    assert not (project / "dataset" / "train.jsonl").exists()
    run("split")
    done = run("export", "--format", "messages")
    assert "exports/messages.jsonl was taken away" in done.out
    assert {p.name for p in (project / "exports").iterdir()} == {"messages.train.jsonl", "messages.valid.jsonl"}
    assert "no split any more" in run("split", "--valid", "0").out
    assert run("export", "--format", "messages").code == 0
    assert {p.name for p in (project / "exports").iterdir()} == {"messages.jsonl"}
    assert not (project / "dataset" / "valid.jsonl").exists()


def test_rows_that_come_later_find_their_place_at_export(project: Path, run: Run) -> None:
    take(project, run, range(20))
    run("split")
    run("export", "--format", "messages")
    before = {part: ids(project, part) for part in ("train", "valid")}
    take(project, run, range(20, 60))
    done = run("export", "--format", "messages")
    assert "The split found a place for 40 examples that came after it." in done.out
    assert "found a place" not in run("export", "--format", "messages").out
    assert before["train"] < ids(project, "train")
    assert before["valid"] < ids(project, "valid")
    assert len(ids(project, "valid")) == 6
    again = events(run, "split")
    assert again[0]["message"].startswith("The split of ")
    assert "no row is new" in again[0]["message"]
    assert again[-1]["counts"]["new"] == 0


def test_a_row_that_is_dropped_and_kept_again_comes_back_to_its_side(project: Path, run: Run) -> None:
    take(project, run, range(20))
    run("split")
    run("export", "--format", "messages")
    held = min(ids(project, "valid"))
    for verdict in ("drop", "keep"):
        (project / "d.jsonl").write_text(json.dumps({"example": held, "verdict": verdict}))
        assert run("review", "--from-file", "d.jsonl").code == 0
        run("split")
        run("export", "--format", "messages")
        assert (held in ids(project, "valid")) == (verdict == "keep")


def test_an_edit_that_makes_a_copy_moves_the_row_to_training(project: Path, run: Run) -> None:
    take(project, run, range(20))
    run("split")
    run("export", "--format", "messages")
    held, learned = min(ids(project, "valid")), min(ids(project, "train"))
    with open_store(project / "inscape.db") as store:
        copy = examples.get(store, learned)
        assert copy
        decisions.decide(store, held, "keep", AT, edited=copy.conversation)
    assert (
        f"Moved from validation to training, since it now belongs with training rows: {held}"
        in run("export", "--format", "messages").out
    )
    assert held in ids(project, "train")


def test_export_says_that_an_edit_moved_the_last_row_of_validation(project: Path, run: Run) -> None:
    take(project, run, range(5))
    run("split")
    run("export", "--format", "messages")
    (held,) = ids(project, "valid")
    with open_store(project / "inscape.db") as store:
        copy = examples.get(store, min(ids(project, "train")))
        assert copy
        decisions.decide(store, held, "keep", AT, edited=copy.conversation)
    for _ in range(2):
        done = run("export", "--format", "messages")
        assert lines(project / "dataset" / "valid.jsonl") == []
        assert "Warning: A split stands and holds no row for validation" in done.out


def sides(project: Path) -> dict[str, str]:
    with open_store(project / "inscape.db") as store:
        return {id_: one.side for id_, one in splits.placed(store).items()}


def test_another_way_is_refused_while_a_split_stands(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for topic in ("sea", "land", "air"):
        take(project, run, range(len(topic) * 1000, len(topic) * 1000 + 20), topic=topic)
    assert run("split", "--fresh", "--by", "row", "--valid", "0.2").code == 0
    before = sides(project)
    done = run("split", "--by", "topic")
    assert done.code == 2
    assert "it was made by row" in done.err
    assert "`inscape split --fresh --by topic` makes another split" in done.err
    monkeypatch.setenv("INSCAPE_SPLIT_BY", "topic")
    done = run("split")
    assert done.code == 2
    assert "split.by topic (INSCAPE_SPLIT_BY)" in done.err
    assert "`inscape split --by row` goes on with this one" in done.err
    assert run("split", "--by", "row").code == 0
    assert run("split", "--by", "auto").code == 0
    assert sides(project) == before
    assert run("split", "--fresh").code == 0
    assert sides(project) != before
    monkeypatch.setenv("INSCAPE_SPLIT_BY", "row")
    assert "no split any more" in run("split", "--valid", "0").out


def test_a_share_asked_for_while_a_split_stands_is_for_new_rows_and_does_not_stick(project: Path, run: Run) -> None:
    take(project, run, range(40))
    run("split")
    before = sides(project)
    done = run("split", "--valid", "0.3")
    assert "--valid 0.3 changes nothing, since no row is new. With --fresh it counts for all rows." in done.out
    assert "not 30%" not in done.out
    assert sides(project) == before
    assert "Warning: Validation" not in run("split").out
    take(project, run, range(40, 60))
    done = run("split", "--valid", "0.3")
    assert "--valid 0.3 counts for this run and its 20 new rows alone" in done.out
    after = sides(project)
    assert before.items() <= after.items()
    assert sum(side == "valid" for side in after.values()) == 4 + 6
    run("export", "--format", "messages")
    assert "asked for: 10%" in card(project)
    assert (
        "Validation holds 10 of 60 rows (17%), not 10%: rows keep their sides. `inscape split --fresh`"
        in run("split").out
    )
    assert run("split", "--fresh", "--valid", "0.3").code == 0
    run("export", "--format", "messages")
    assert "30%; asked for: 30%" in card(project)


def test_the_share_of_the_settings_counts_on_the_next_plain_run(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(project, run, range(40))
    run("split")
    take(project, run, range(40, 60))
    monkeypatch.setenv("INSCAPE_SPLIT_VALID", "0.2")
    done = run("split")
    assert "split.valid = 0.2 (INSCAPE_SPLIT_VALID): the split was made with 0.1." in done.out
    assert sum(side == "valid" for side in sides(project).values()) == 12
    assert "the split was made with" not in run("split").out
    run("export", "--format", "messages")
    assert "20%; asked for: 20%" in card(project)


def test_fresh_and_the_seed_make_another_split(project: Path, run: Run) -> None:
    take(project, run, range(40))
    seen = set()
    for seed in (1, 2, 3):
        assert run("split", "--fresh", "--seed", seed, "--valid", "0.2").code == 0
        run("export", "--format", "messages")
        seen.add(frozenset(ids(project, "valid")))
    assert len(seen) == 3
    assert {len(valid) for valid in seen} == {8}
    assert run("split", "--seed", "1").code == 0
    run("export", "--format", "messages")
    assert ids(project, "valid") in seen, "without --fresh the sides stand"


def test_settings_are_heard(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    take(project, run, range(40))
    monkeypatch.setenv("INSCAPE_SPLIT_VALID", "0.25")
    assert events(run, "split")[-1]["counts"]["valid"] == 10
    monkeypatch.setenv("INSCAPE_SPLIT_BY", "page")
    assert "split.by" in run("split").err.lower().replace("inscape_split_by", "split.by")


def test_one_group_is_no_validation_and_the_export_says_so_by_its_files(project: Path, run: Run) -> None:
    take(project, run, range(12), topic="the sea")
    done = run("split")
    assert done.code == 0
    assert (
        "No validation: The largest of 1 group holds 12 of 12 rows, joined by the topic “the sea” (12 rows)."
        in done.out
    )
    assert "`inscape split --fresh --by row`" in done.out
    exported = run("export", "--format", "messages")
    assert exported.code == 0
    assert "Warning: A split stands and holds no row for validation" in exported.out
    assert {p.name for p in (project / "exports").iterdir()} == {"messages.train.jsonl"}
    assert lines(project / "dataset" / "valid.jsonl") == []


@pytest.mark.parametrize("share", ["0.9", "-0.1", "nan"])
def test_a_share_that_is_none_is_exit_2(share: str, project: Path, run: Run) -> None:
    take(project, run, range(4))
    done = run("split", "--valid", share)
    assert done.code == 2
    assert "from 0 to 0.5" in done.err


def test_nothing_kept_says_what_to_do(project: Path, run: Run) -> None:
    done = run("split")
    assert done.code == 1
    assert "there are 0. Decide with `inscape review`" in done.err


LATER = ("label", "matter", "marks")


def test_a_project_of_before_the_split_is_migrated(project: Path, run: Run) -> None:
    take(project, run, range(20))
    with sqlite3.connect(project / "inscape.db") as db:
        for table in ("side", "split", "origin", "absent"):
            db.execute(f"DROP TABLE IF EXISTS {table}")
        for table, column in (("decision", "reviewer"), ("book", "reader"), *(("paragraph", c) for c in LATER)):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute("PRAGMA user_version=3")
    assert run("split").code == 0
    with open_store(project / "inscape.db") as store:
        assert len(splits.placed(store)) == 20
        row = store.row("PRAGMA user_version")
        assert row
        assert row[0] == len(STEPS)


# ---------------------------------------------------------------- the card


def test_the_card_counts_what_is_there(project: Path, run: Run) -> None:
    take(project, run, range(18))
    run("split")
    assert run("export", "--format", "messages", "--effort", "first-token").code == 0
    text = card(project)
    assert text.startswith("# mine\n\n18 examples with 18 answers")
    assert "The last decision on it was made on 2026-01-02." in text
    assert HONESTY in text
    assert "evidence of experience" in HONESTY
    assert re.search(r"^\| chat \|.* 9 \| 50% \|$", text, re.M), text
    assert re.search(r"^\| share \| 67% \|", text, re.M), text
    assert "| tr | 18 | 100% |" in text
    assert "| imported from rows.json | 18 | 100% |" in text
    assert "| as it was imported | 18 | 100% |" in text
    assert "A person decided on 18 of 18 examples (100%) and kept 18 of those (100%)." in text
    assert "Policy: first-token. 18 of 18 examples (100%) carry it, as the answer's first token." in text
    assert "16 for training, 2 for validation (11%; asked for: 10%), seed 1" in text
    assert "No teacher wrote for this dataset." in text
    first = (project / "dataset" / "card.md").read_bytes()
    assert run("export", "--format", "raw", "--effort", "first-token").code == 0
    assert (project / "dataset" / "card.md").read_bytes() == first


def test_the_card_says_what_is_edited_and_dropped(project: Path, run: Run) -> None:
    take(project, run, range(4))
    with open_store(project / "inscape.db") as store:
        one, two, *_ = examples.kept(store)
        decisions.decide(store, one.id, "keep", AT, edited=two.conversation)
        decisions.decide(store, two.id, "drop", AT)
    assert run("export", "--format", "messages").code == 0
    text = card(project)
    assert "| edited by a person | 1 | 33% |" in text
    assert "| as it was imported | 2 | 67% |" in text
    assert "decided on 4 of 4 examples (100%) and kept 3 of those (75%)" in text
    assert "Policy: none. 3 of 3 examples bear a level; it is not in the training text" in text
    assert "None: every example is for training." in text


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        ("private", "> **Private: not to be published.** 3 examples come from Maintenance Tolerance"),
        ("unknown", "> **Rights unknown: find out first.** 3 examples come from Maintenance Tolerance"),
        ("public-domain", ""),
    ],
)
def test_the_card_flags_private_books(rights: str, words: str, project: Path, run: Run) -> None:
    assert run("add", SAMPLE / "book.epub", "--rights", rights).code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("generate", "--teacher", "fake", "--template", "1").code == 0
    keep(project)
    (project / "terms.toml").write_text(
        '[[accepted]]\nprovider = "api.openai.com"\nlink = "https://openai.com/x"\nat = "2026-03-04T00:00:00Z"\n'
    )
    assert run("split").code == 0
    assert run("export", "--format", "messages").code == 0
    text = card(project)
    assert words in text
    assert ("**" in text) == bool(words)
    assert f"({rights}) | 3 | 100% |" in text
    assert "| inner-monologue | 3 | 100% |" in text
    assert "| as the teacher wrote it | 3 | 100% |" in text
    assert "- api.openai.com: acknowledged on 2026-03-04 https://openai.com/x" in text


def test_answers_to_one_passage_stand_on_one_side(project: Path, run: Run) -> None:
    assert run("add", SAMPLE / "book.epub").code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("generate", "--teacher", "fake").code == 0
    keep(project)
    told = events(run, "split")
    assert {"event": "split_counted", "kind": "book", "name": "maintenance-tolerance", "train": 10, "valid": 5} in told
    assert any("Validation holds 5 of 15 rows (33%), not 10%" in e.get("message", "") for e in told)
    run("export", "--format", "messages")
    sides = {
        part: {row["provenance"]["passage"] for row in lines(project / "dataset" / f"{part}.jsonl")}
        for part in ("train", "valid")
    }
    assert (len(sides["train"]), len(sides["valid"])) == (2, 1)
    assert not sides["train"] & sides["valid"]


def test_effort_comes_back_by_import(project: Path, run: Run) -> None:
    take(project, run, range(10), iterations=None)
    assert run("export", "--format", "messages", "--effort", "both").code == 0
    shown = lines(project / "exports" / "messages.jsonl")
    assert shown[0]["messages"][0]["content"].startswith("Thinking effort: ")
    assert run("new", "other").code == 0
    assert run("import", project / "exports" / "messages.jsonl").code == 0
    with open_store(project / "inscape.db") as store:
        new = [e.conversation for e in examples.all_examples(store) if e.provenance.file == "messages.jsonl"]
    assert sorted(str(talk.complexity) for talk in new) == ["HIGH"] * 4 + ["LOW"] * 6
    assert not any(talk.system or turn.effort for talk in new for turn in talk.turns)


def test_check_knows_the_sides(project: Path, run: Run) -> None:
    take(project, run, range(3))
    text = prose(1)
    (project / "copy.json").write_text(
        json.dumps([{"instruction": "Sor.", "output": text.replace(text[:9], "Baska", 1)}])
    )
    assert run("import", "copy.json").code == 0
    keep(project)
    assert not [e for e in _found(run) if "validation" in e["message"]]
    with open_store(project / "inscape.db") as store:
        plan = splits.Plan(0.1, 1, "row", AT)
        kept = examples.kept(store)
        placed = {e.id: splits.Placed("valid" if e.provenance.file == "copy.json" else "train", 1) for e in kept}
        splits.put(store, plan, placed)
    assert [e for e in _found(run) if "validation" in e["message"]]


def _found(run: Run) -> list[dict[str, Any]]:
    made = [json.loads(line) for line in run("check", "--json").out.splitlines()]
    return [event for event in made if "duplicate" in str(event.get("check"))]

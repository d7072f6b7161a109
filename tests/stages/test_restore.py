"""`inscape restore`: what was exported comes back as it was, and nothing else; broken files change nothing."""

from __future__ import annotations

import json
import re
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from inscape.records import Conversation, Turn
from inscape.stages.split import parts
from inscape.store import attempts, books, decisions, examples, open_store
from tests.conftest import Run
from tests.splits.makers import prose
from tests.splits.test_split_stage import lines, take

SAMPLE = Path(str(resources.files("inscape.sample")))
IGNORED = ("inscape.db*", ".inscape.*", "books", "exports", "runs", "reports")
AT = "2026-01-02T03:04:05Z"
LATER = "2026-02-03T04:05:06Z"


def clone(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What git keeps of a project, in another folder that is the current one."""
    made = project.with_name("clone")
    shutil.copytree(project, made, ignore=shutil.ignore_patterns(*IGNORED))
    monkeypatch.chdir(made)
    return made


def is_refused(made: Path, told: str, run: Run) -> None:
    """`restore` names what is wrong and takes nothing."""
    done = run("restore")
    assert done.code == 1
    assert told in done.out
    assert "so nothing was restored" in done.err
    with open_store(made / "inscape.db") as store:
        assert examples.total(store) == 0


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith(".")}


def rewrite(path: Path, change: Any) -> None:
    """Each line of a JSONL file as `change` makes it."""
    made = [change(n, row) for n, row in enumerate(lines(path), 1)]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")


@pytest.fixture
def reviewed(project: Path, run: Run) -> Path:
    """Imported rows with a split: one edited at review, one mended after it, one dropped with an edit and a note."""
    take(project, run, range(40))
    with open_store(project / "inscape.db") as store:
        one, two, three, *_ = examples.kept(store)
        other = Conversation((Turn("user", "Ne var?"), Turn("assistant", prose(77))), category="chat")
        decisions.decide(store, one.id, "keep", LATER, checklist=(2, 4), note="better", milliseconds=900, edited=other)
        with store.change() as db:
            mended = Conversation((Turn("user", "Hey"), Turn("assistant", prose(78))))
            examples.revise(db, two.id, mended, "rule", LATER)
        other = Conversation((Turn("user", "Nasıl?"), Turn("assistant", prose(79))))
        decisions.decide(store, three.id, "drop", LATER, note="dull", edited=other, reviewer="Deniz")
    assert run("split", "--valid", "0.2", "--seed", "7").code == 0
    assert run("export", "--format", "all").code == 0
    return project


def test_the_sample_project_comes_back_byte_for_byte(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("demo", tmp_path / "demo").code == 0
    made = clone(tmp_path / "demo", monkeypatch)
    done = run("restore")
    assert done.code == 0, done.all
    assert "10 examples came back (decisions: 10 keep)." in done.out
    assert "9 for training, 1 for validation. Never divided: stretches of books" in done.out
    assert "5 decisions (5 drop) on examples that dataset/ does not hold" in done.out
    assert "Of Maintenance Tolerance the name and the rights (public-domain) came back." in done.out
    assert "prompts, the teacher's raw answers" in done.out
    assert run("export", "--format", "all").code == 0
    for folder in ("dataset", "exports"):
        assert files(made / folder) == files(tmp_path / "demo" / folder)
    assert run("check").code in (0, 3)
    with open_store(made / "inscape.db") as store:
        known = {a.key: a.state for a in attempts.listing(store)}
        assert set(known.values()) == {"done"}
        assert {e.provenance.attempt for e in examples.kept(store)} == set(known)


def test_an_imported_set_comes_back_byte_for_byte(reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(reviewed / "inscape.db") as store:
        before = examples.kept(store), examples.histories(store), decisions.standing(store)
    made = clone(reviewed, monkeypatch)
    assert run("restore").code == 0
    with open_store(made / "inscape.db") as store:
        kept, histories, standing = examples.kept(store), examples.histories(store), decisions.standing(store)
        assert kept == before[0]
        assert histories == {example.id: before[1][example.id] for example in kept}
        facts = [(d.example, d.verdict, d.note, d.checklist, d.milliseconds, d.at, d.reviewer) for d in standing]
        was = [(d.example, d.verdict, d.note, d.checklist, d.milliseconds, d.at, d.reviewer) for d in before[2]]
        assert sorted(facts) == sorted(was)
        split = parts(store, kept)
        assert (len(split.train), len(split.valid)) == (31, 8)
    assert run("export", "--format", "all").code == 0
    for folder in ("dataset", "exports"):
        assert files(made / folder) == files(reviewed / folder)
    assert "Kept 39, dropped 1" in run("review", "--status").all


def test_an_undo_after_it_takes_the_edit_back(reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = clone(reviewed, monkeypatch)
    assert run("restore").code == 0
    with open_store(made / "inscape.db") as store:
        undone = decisions.undo(store, LATER)
        assert undone
        assert undone.note == "better"
        now = examples.get(store, undone.example)
        assert now
        assert now.conversation == examples.revision(store, undone.example, 1)


def test_a_project_that_holds_examples_is_left_alone(reviewed: Path, run: Run) -> None:
    before = (reviewed / "inscape.db").read_bytes()
    done = run("restore")
    assert done.code == 1
    assert "holds 40 examples already, and nothing is ever overwritten" in done.err
    assert "move inscape.db to another place first" in done.err
    assert (reviewed / "inscape.db").read_bytes() == before


def test_without_a_dataset_it_says_what_to_do(project: Path, run: Run) -> None:
    done = run("restore")
    assert done.code == 1
    assert "There is no dataset/examples.jsonl" in done.err


def spoil(name: str, line: int, text: str) -> Any:
    def change(folder: Path) -> None:
        rows = (folder / name).read_text(encoding="utf-8").splitlines()
        rows[line - 1] = text.replace("SAME", rows[line - 1]).replace("OTHER", rows[line])
        (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (spoil("examples.jsonl", 3, '{"id": "e-1"'), "examples.jsonl, line 3: not JSON"),
        (spoil("examples.jsonl", 3, '["e-1"]'), "examples.jsonl, line 3: it must be an object, not a list"),
        (spoil("examples.jsonl", 3, '{"id": "e-1", "structure": "plain"}'), 'line 3: "turns" must be a list'),
        (spoil("examples.jsonl", 3, "OTHER"), "stands in line 3 already"),
        (spoil("decisions.jsonl", 2, '{"example": "e-1", "verdict": "perhaps"}'), 'decisions.jsonl, line 2: "verdict"'),
        (spoil("decisions.jsonl", 2, "OTHER"), "is decided in line 2 already"),
        (spoil("valid.jsonl", 1, '{"id": "e-1"}'), "valid.jsonl, line 1: its id is"),
        (spoil("valid.jsonl", 1, "OTHER"), "stands in this file already"),
        (spoil("restore.json", 3, ' "valid": "much",'), "restore.json, line 1: split.valid"),
        (spoil("restore.json", 3, ' "valid"'), "restore.json, line 4: not JSON"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_taken(
    change: Any, told: str, reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(reviewed, monkeypatch)
    change(made / "dataset")
    is_refused(made, told, run)
    with open_store(made / "inscape.db") as store:
        assert not decisions.standing(store)


def test_an_edit_that_is_not_the_text_is_named(reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = clone(reviewed, monkeypatch)

    def other(_: int, row: dict[str, Any]) -> dict[str, Any]:
        if row["note"] == "better":
            row["edit"]["turns"][1]["text"] = "Else."
        return row

    rewrite(made / "dataset" / "decisions.jsonl", other)
    done = run("restore")
    assert done.code == 1
    assert "its edit is not the text that" in done.out


def test_a_dataset_of_an_older_version_comes_back_too(
    reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(reviewed, monkeypatch)
    new = ("number", "written", "decided", "earlier")
    rewrite(made / "dataset" / "examples.jsonl", lambda _, row: {k: v for k, v in row.items() if k not in new})
    (made / "dataset" / "restore.json").unlink()
    done = run("restore")
    assert done.code == 0, done.all
    assert "There is no dataset/restore.json" in done.out
    old = {name: data for name, data in files(made / "dataset").items() if name == "decisions.jsonl"}
    assert run("export", "--format", "messages").code == 0
    assert files(made / "dataset").items() >= old.items()
    assert {row["id"] for row in lines(made / "dataset" / "valid.jsonl")} == {
        row["id"] for row in lines(reviewed / "dataset" / "valid.jsonl")
    }


def test_examples_without_a_decision_come_back_undecided(
    reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(reviewed, monkeypatch)
    (made / "dataset" / "decisions.jsonl").unlink()
    done = run("restore")
    assert done.code == 0
    assert "39 of them have no decision in dataset/decisions.jsonl: undecided" in done.out
    assert "39 undecided" in run("review", "--status").all


def from_book(project: Path, run: Run, rights: str) -> None:
    """Examples out of the sample book, all kept and exported."""
    assert run("add", SAMPLE / "book.epub", "--rights", rights).code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("generate", "--teacher", "fake", "--template", "1").code == 0
    with open_store(project / "inscape.db") as store:
        for example in examples.all_examples(store):
            decisions.decide(store, example.id, "keep", AT)
    assert run("export", "--format", "messages").code == 0


def test_a_private_book_stays_private(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from_book(project, run, "private")
    made = clone(project, monkeypatch)
    assert run("restore").code == 0
    done = run("export", "--for", "openai", "--model", "gpt-4.1-mini-2025-04-14")
    assert done.code == 1
    assert "private books (Maintenance Tolerance" in done.err
    assert run("export", "--format", "messages").code == 0
    assert "Private: not to be published" in (made / "dataset" / "card.md").read_text(encoding="utf-8")
    assert "no book in the project yet" in run("passages").out


@pytest.mark.parametrize("inside", [False, True])
def test_a_book_that_is_added_again_takes_its_place(
    inside: bool, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_book(project, run, "private")
    made = clone(project, monkeypatch)
    if inside:
        shutil.copytree(project / "books", made / "books")
    assert run("restore").code == 0
    assert run("add", made / "books" / "book.epub" if inside else SAMPLE / "book.epub").code == 0
    with open_store(made / "inscape.db") as store:
        (book,) = books.all_books(store)
        assert book.rights == "private"
        assert book.paragraphs
    assert "NOT FOUND" not in run("passages").out
    before = files(made / "dataset")
    assert run("export", "--format", "messages").code == 0
    after = files(made / "dataset")
    assert after["examples.jsonl"] == before["examples.jsonl"]


def test_what_was_kept_is_not_asked_again(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from_book(project, run, "public-domain")
    clone(project, monkeypatch)
    assert run("restore").code == 0
    plan = run("generate", "--teacher", "fake", "--template", "1", "--dry-run")
    assert re.search(r"to ask +0\n +already there +3", plan.out), plan.all


def test_the_files_of_a_dataset_can_be_checked_and_imported(
    reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(reviewed, monkeypatch)
    found = run("check", "dataset/train.jsonl", "dataset/valid.jsonl")
    assert "shape" not in found.out, found.out
    assert run("import", "dataset/examples.jsonl").code == 0
    with open_store(reviewed / "inscape.db") as old, open_store(made / "inscape.db") as new:
        was = [example.conversation for example in examples.kept(old)]
        now = [example.conversation for example in examples.all_examples(new)]
    assert sorted(map(repr, now)) == sorted(map(repr, was))


def test_json_prints_events(reviewed: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    clone(reviewed, monkeypatch)
    done = run("restore", "--json")
    last = json.loads(done.out.splitlines()[-1])
    assert last["event"] == "finished"
    assert last["counts"] == {"examples": 39, "kept": 39, "train": 31, "valid": 8, "absent": 1, "books": 0}


def test_looking_up_verdicts_takes_no_time_that_grows_with_the_square(project: Path) -> None:
    with open_store(project / "inscape.db") as store:
        for query in ("SELECT id, verdict FROM current", "SELECT max(number) FROM standing WHERE example = 'e-1'"):
            steps = [row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {query}")]
            assert any("decision_example" in step for step in steps), steps
            assert not any(step.startswith("SEARCH d USING INDEX sqlite_autoindex") for step in steps), steps

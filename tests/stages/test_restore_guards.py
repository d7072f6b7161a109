"""What restore and the verbs around it refuse: other books' rights, a dataset written over, decisions forgotten, odd
numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inscape.store import books, decisions, examples, open_store, restored
from tests.conftest import Run
from tests.splits.test_split_stage import lines, take
from tests.stages.test_restore import LATER, SAMPLE, clone, files, from_book, is_refused, rewrite

OTHER = "Another book altogether, with other words.\n\nIt has a second paragraph, and no one in it is private.\n"


def edited(path: Path, change: Callable[[Any], None]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture
def dropped(project: Path, run: Run) -> Path:
    """Four imported rows: one dropped with a note, one dropped with an edit."""
    take(project, run, range(4))
    with open_store(project / "inscape.db") as store:
        one, two, *_ = examples.kept(store)
        decisions.decide(store, one.id, "drop", LATER, note="not in voice", checklist=(2,), reviewer="Deniz")
        decisions.decide(store, two.id, "drop", LATER, note="dull", edited=examples.kept(store)[-1].conversation)
    assert run("export", "--format", "messages").code == 0
    return project


# ---------------------------------------------------------------- books


@pytest.mark.parametrize("same", ["path", "id"])
def test_another_book_of_the_same_name_is_refused(
    same: str, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_book(project, run, "private")
    made = clone(project, monkeypatch)
    (made / "books").mkdir()
    (made / "books" / "other.txt").write_text(OTHER, encoding="utf-8")
    assert run("add", "books/other.txt", "--rights", "public-domain").code == 0
    name, value = ("path", "books/other.txt") if same == "path" else ("id", "other")
    edited(made / "dataset" / "restore.json", lambda held: held["books"][0].update({name: value}))
    done = run("restore")
    assert done.code == 1
    there = lines(made / "dataset" / "examples.jsonl")[0]["provenance"]["book"] if same == "path" else "other"
    assert f"dataset/ names the book {there} (" in done.err
    assert "holds another file as other (books/other.txt" in done.err
    assert "Nothing was restored" in done.err
    with open_store(made / "inscape.db") as store:
        assert examples.total(store) == 0
        assert [book.rights for book in books.all_books(store)] == ["public-domain"]


def test_the_same_bytes_become_private_again(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from_book(project, run, "private")
    made = clone(project, monkeypatch)
    assert run("add", SAMPLE / "book.epub", "--rights", "public-domain").code == 0
    done = run("restore")
    assert done.code == 0, done.all
    assert "its rights are now 'private', as dataset/ has them; they were 'public-domain'" in done.out
    with open_store(made / "inscape.db") as store:
        assert [book.rights for book in books.all_books(store)] == ["private"]


# ---------------------------------------------------------------- export before restore


@pytest.mark.parametrize("way", [("--format", "messages"), ("--for", "trl", "--model", "Qwen/Qwen3-0.6B")])
def test_an_export_in_a_clone_does_not_write_over_the_dataset(
    way: tuple[str, ...], dropped: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(dropped, monkeypatch)
    (made / "new.jsonl").write_text('{"instruction": "A new one?", "output": "Yes."}\n', encoding="utf-8")
    assert run("import", "new.jsonl", "--keep").code == 0
    before = files(made / "dataset")
    done = run("export", *way)
    assert done.code == 1
    assert "dataset/examples.jsonl holds 2 examples that this project's database never had (e-" in done.err
    assert "inscape restore" in done.err
    assert "delete that file and export again" in done.err
    assert files(made / "dataset") == before
    assert not (made / "exports").exists()
    (made / "dataset" / "examples.jsonl").unlink()
    assert run("export", "--format", "messages").code == 0
    assert len(lines(made / "dataset" / "examples.jsonl")) == 1


def test_rows_that_were_dropped_since_do_not_stand_in_the_way(dropped: Path, run: Run) -> None:
    with open_store(dropped / "inscape.db") as store:
        decisions.decide(store, examples.kept(store)[0].id, "drop", LATER)
    assert run("export", "--format", "messages").code == 0
    assert len(lines(dropped / "dataset" / "examples.jsonl")) == 1


def test_a_folder_in_the_place_of_a_side_is_said(dropped: Path, run: Run) -> None:
    (dropped / "dataset" / "train.jsonl" / "mine").mkdir(parents=True)
    done = run("export", "--format", "messages")
    assert done.code == 1
    assert "train.jsonl cannot be written" in done.err


# ---------------------------------------------------------------- decisions on what is not here


def test_a_restored_drop_stands_when_its_row_comes(dropped: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_store(dropped / "inscape.db") as store:
        was = {d.example: d for d in decisions.standing(store) if d.verdict == "drop"}
        texts = {id_: found.conversation for id_ in was if (found := examples.get(store, id_))}
    made = clone(dropped, monkeypatch)
    before = (made / "dataset" / "decisions.jsonl").read_bytes()
    assert run("restore").code == 0
    done = run("import", "rows.json", "--keep")
    assert done.code == 0, done.all
    assert "Decided before this project was restored, and so again now: 2 drop" in done.all
    with open_store(made / "inscape.db") as store:
        assert not restored.absent(store)
        for id_, old in was.items():
            now = decisions.of_example(store, id_)
            assert now
            facts = ("verdict", "note", "checklist", "reviewer", "at", "edited", "milliseconds")
            assert [getattr(now, name) for name in facts] == [getattr(old, name) for name in facts]
            found = examples.get(store, id_)
            assert found
            assert found.conversation == texts[id_]
    assert run("export", "--format", "messages").code == 0
    assert (made / "dataset" / "decisions.jsonl").read_bytes() == before


def test_the_decisions_file_is_unchanged_for_what_is_not_here(
    dropped: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(dropped, monkeypatch)
    assert run("restore").code == 0
    path = made / "dataset" / "decisions.jsonl"
    done = run("review", "--from-file", path, "--json")
    assert done.code == 0, done.all
    counts = json.loads(done.out.splitlines()[-1])["counts"]
    assert counts == {"keep": 0, "drop": 0, "skip": 0, "unchanged": 4, "rejected": 0}
    rewrite(path, lambda _, row: row | {"verdict": "keep"})
    done = run("review", "--from-file", path)
    assert done.code == 1
    assert "came back from dataset/ without its text, decided as drop: import its row" in done.all


# ---------------------------------------------------------------- odd values


def row(**change: Any) -> Callable[[Path], None]:
    """The first line of examples.jsonl with these fields; an object is joined to the one that stands there."""

    def made(folder: Path) -> None:
        def first(n: int, held: dict[str, Any]) -> dict[str, Any]:
            for name, value in change.items() if n == 1 else ():
                held[name] = held[name] | value if isinstance(value, dict) else value
            return held

        rewrite(folder / "examples.jsonl", first)

    return made


def beside(**change: Any) -> Callable[[Path], None]:
    return lambda folder: edited(folder / "restore.json", lambda held: held.update(change))


def text(value: str) -> Callable[[Path], None]:
    def made(folder: Path) -> None:
        (folder / "restore.json").write_text(value, encoding="utf-8")

    return made


def plan(**change: Any) -> dict[str, Any]:
    return {"split": {"valid": 0.1, "seed": 1, "by": "row", "made": "2026"} | change}


BOOK: dict[str, Any] = {
    "id": "b", "title": "T", "author": "", "language": "en", "format": "txt", "path": "books/b.txt", "sha256": "0a",
    "rights": "private", "pages": None, "words": 1, "added": "2026",
}  # fmt: skip
SHAPE = {"structure": "plain", "exchanges": [1, 1], "words": None}
TEMPLATE: dict[str, Any] = {"hash": "h", "name": "n", "number": 1, "title": "t", "shape": SHAPE}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (row(number=2**63), 'line 1: "number" is the number 9223372036854775808; at most'),
        (row(revision=10**20), 'line 1: "revision" is the number'),
        (row(decided={"milliseconds": 10**20}), '"decided": "milliseconds" is the number'),
        (row(decided={"revision": 9}), '"decided": "revision" is 9, and the example has 1'),
        (row(provenance={"row": 10**20}), '"provenance": "row" is the number'),
        (beside(**plan(seed=10**30)), "split.seed: must be from"),
        (beside(**plan(seed=True)), "split.seed: "),
        (beside(**plan(valid=7)), "split.valid: must be from 0 to 0.5"),
        (beside(**plan(by="auto")), "split.by: must be the way"),
        (beside(books=[BOOK | {"words": 2**63}]), "books.0.words: must be a whole number"),
        (beside(books=[BOOK | {"pages": -1}]), "books.0.pages: must be a whole number"),
        (beside(books=[BOOK | {"rights": "mine"}]), "books.0.rights: must be one of"),
        (beside(books=[BOOK | {"title": "\ud800"}]), "half of a surrogate pair"),
        (beside(books=[BOOK, BOOK | {"id": "c"}]), "books: 2 books have the path books/b.txt"),
        (beside(books=[BOOK, BOOK | {"path": "books/c.txt", "sha256": "0b"}]), "books: 2 books have the id b"),
        (beside(templates=[TEMPLATE | {"number": 2**63}]), "templates.0.number: must be a whole number"),
        (beside(templates=[TEMPLATE | {"shape": {}}]), "templates.0.shape: must have a structure"),
        (beside(elsewhere=[{"example": "e-1", "at": "", "milliseconds": 2**63}]), "elsewhere.0.milliseconds: must"),
        (text("[" * 100_000 + "]" * 100_000), "nested too deep"),
        (text('{"split": ' + "1" * 5_000 + "}"), "too many digits"),
    ],
)
def test_an_odd_value_is_named_and_nothing_is_taken(
    change: Callable[[Path], None], told: str, dropped: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clone(dropped, monkeypatch)
    change(made / "dataset")
    is_refused(made, told, run)

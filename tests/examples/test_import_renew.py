"""`inscape import --renew`: where the row files are the truth, an example follows its row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape.store import decisions, examples, open_store
from tests.conftest import Run

AT = "2026-01-01T00:00:00Z"
WORDS = ("Rain", "Snow", "Wind", "Fog")


def write(path: Path, *words: str, more: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    rows = [json.dumps({"instruction": f"{word}?", "output": f"{word} it is."}) for word in words]
    path.write_text("\n".join(rows) + "\n" + more, encoding="utf-8")


def verdicts(project: Path) -> dict[str, str | None]:
    """By the word that a row asks about."""
    with open_store(project / "inscape.db") as store:
        return {one.conversation.turns[0].text.rstrip("?"): one.verdict for one in examples.all_examples(store)}


def decide(project: Path, word: str, verdict: str) -> None:
    with open_store(project / "inscape.db") as store:
        [id_] = [e.id for e in examples.all_examples(store) if e.conversation.turns[0].text == f"{word}?"]
        decisions.decide(store, id_, verdict, AT)  # type: ignore[arg-type]


def exported(project: Path, run: Run) -> set[str]:
    assert run("export", "--format", "alpaca", "--replace").code == 0
    lines = (project / "exports/alpaca.jsonl").read_text(encoding="utf-8").splitlines()
    return {json.loads(line)["instruction"].rstrip("?") for line in lines}


@pytest.fixture
def rows(project: Path, run: Run) -> Path:
    write(project / "rows" / "a.jsonl", *WORDS[:3])
    assert run("import", "rows/a.jsonl", "--keep").code == 0
    return project / "rows" / "a.jsonl"


def test_a_row_that_changed_or_went_is_dropped_with_a_note_and_stays_on_record(
    project: Path, rows: Path, run: Run
) -> None:
    write(rows, "Rain", "Snowfall")
    done = run("import", "rows/a.jsonl", "--keep", "--renew")
    assert done.code == 0
    assert "2 dropped: no longer in their files" in done.out
    assert verdicts(project) == {"Rain": "keep", "Snow": "drop", "Wind": "drop", "Snowfall": "keep"}
    assert exported(project, run) == {"Rain", "Snowfall"}
    with open_store(project / "inscape.db") as store:
        assert [one.note for one in decisions.history(store)].count("no longer in its file") == 2
        assert set(decisions.looked_at(store)) == set(), "nobody looked at them"
    again = run("import", "rows/a.jsonl", "--keep", "--renew")
    assert "dropped" not in again.out


def test_without_renew_nothing_is_dropped(project: Path, rows: Path, run: Run) -> None:
    write(rows, "Rain")
    assert "dropped" not in run("import", "rows/a.jsonl", "--keep").out
    assert set(verdicts(project).values()) == {"keep"}


@pytest.mark.parametrize(("words", "then"), [(("--keep",), "keep"), ((), None)])
def test_a_row_that_is_back_in_its_file(
    words: tuple[str, ...], then: str | None, project: Path, rows: Path, run: Run
) -> None:
    write(rows, "Rain", "Snow")
    assert run("import", "rows/a.jsonl", "--keep", "--renew").code == 0
    write(rows, *WORDS[:3])
    done = run("import", "rows/a.jsonl", "--renew", *words)
    assert "1 taken up again: back in its file" in done.out
    assert verdicts(project) == {"Rain": "keep", "Snow": "keep", "Wind": then}
    write(rows, "Rain")
    assert "2 dropped" in run("import", "rows/a.jsonl", "--keep", "--renew").out


def test_a_person_s_decision_stays_where_the_row_stands_and_comes_back_with_it(
    project: Path, rows: Path, run: Run
) -> None:
    decide(project, "Rain", "drop")
    decide(project, "Snow", "skip")
    write(rows, "Rain", "Wind")
    assert "1 dropped: no longer in its file" in run("import", "rows/a.jsonl", "--keep", "--renew").out
    assert verdicts(project) == {"Rain": "drop", "Snow": "drop", "Wind": "keep"}
    write(rows, *WORDS[:3])
    assert run("import", "rows/a.jsonl", "--keep", "--renew").code == 0
    assert verdicts(project) == {"Rain": "drop", "Snow": "skip", "Wind": "keep"}


def test_what_a_person_keeps_after_it_went_is_not_dropped_again(project: Path, rows: Path, run: Run) -> None:
    write(rows, "Rain", "Snow")
    assert run("import", "rows/a.jsonl", "--renew").code == 0
    decide(project, "Wind", "keep")
    assert "dropped" not in run("import", "rows/a.jsonl", "--renew").out
    assert verdicts(project)["Wind"] == "keep"


def test_other_files_and_rows_that_moved_to_one_that_is_named_stay(project: Path, rows: Path, run: Run) -> None:
    other = project / "rows" / "b.jsonl"
    write(other, "Fog")
    assert run("import", "rows/b.jsonl", "--keep").code == 0
    write(rows, "Rain", "Snow")
    write(other, "Wind")
    done = run("import", "rows/a.jsonl", "rows/b.jsonl", "--keep", "--renew")
    assert "1 dropped: no longer in its file" in done.out
    assert verdicts(project) == {"Rain": "keep", "Snow": "keep", "Wind": "keep", "Fog": "drop"}
    write(rows, "Rain", "Hail", "Snow")
    assert "dropped" not in run("import", "rows/a.jsonl", "--keep", "--renew").out
    assert verdicts(project)["Wind"] == "keep", "it is of the other file now"
    with open_store(project / "inscape.db") as store:
        places = {e.conversation.turns[0].text: e.provenance for e in examples.all_examples(store)}
    assert (places["Wind?"].file, places["Snow?"].row) == ("b.jsonl", 3)


@pytest.mark.parametrize("broken", ['{"output": "alone"}\n', '{"instruction": "a", "out'])
def test_a_file_of_which_a_row_could_not_be_read_drops_nothing(
    broken: str, project: Path, rows: Path, run: Run
) -> None:
    write(project / "rows" / "b.jsonl", "Fog", "Hail")
    assert run("import", "rows/b.jsonl", "--keep").code == 0
    write(rows, "Rain", more=broken)
    write(project / "rows" / "b.jsonl", "Fog")
    done = run("import", "rows/a.jsonl", "rows/b.jsonl", "--keep", "--renew")
    assert done.code == 1
    assert "rows/a.jsonl: nothing of it was dropped, since a row of it could not be read" in done.all
    assert verdicts(project) == {"Rain": "keep", "Snow": "keep", "Wind": "keep", "Fog": "keep", "Hail": "drop"}


@pytest.mark.parametrize("how", ["empty", "missing"])
def test_a_file_that_cannot_be_read_drops_nothing(how: str, project: Path, rows: Path, run: Run) -> None:
    rows.write_text("") if how == "empty" else rows.unlink()
    assert run("import", "rows/a.jsonl", "--keep", "--renew").code == 1
    assert set(verdicts(project).values()) == {"keep"}


def test_undo_in_review_leaves_what_came_with_an_import(project: Path, rows: Path, run: Run) -> None:
    decide(project, "Rain", "drop")
    write(rows, "Rain", "Snow", "Fog")
    assert run("import", "rows/a.jsonl", "--keep", "--renew").code == 0
    with open_store(project / "inscape.db") as store:
        taken = decisions.undo(store, AT)
        assert taken is not None
        assert taken.verdict == "drop"
        assert taken.note == ""
        assert decisions.undo(store, AT) is None
    assert verdicts(project) == {"Rain": "keep", "Snow": "keep", "Wind": "drop", "Fog": "keep"}


def test_keep_says_that_rows_which_were_here_undecided_stay_so(project: Path, run: Run) -> None:
    write(project / "r.jsonl", *WORDS[:3])
    assert run("import", "r.jsonl").code == 0
    decide(project, "Rain", "drop")
    done = run("import", "r.jsonl", "--keep")
    assert "3 were here already; what was decided on them stays as it is, 2 are undecided" in done.out
    decide(project, "Snow", "keep")
    decide(project, "Wind", "keep")
    assert "undecided" not in run("import", "r.jsonl", "--keep").out

"""Decisions files, counts and the command without a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from inscape import cli
from inscape.errors import DataError
from inscape.events import Decided, Event, Finished, RowRejected
from inscape.examples import serialize
from inscape.stages import review
from inscape.store import decisions, examples
from inscape.text import count_words
from tests.review.wet_house import AT, HARBOR, INSIDE, KITCHEN, PLAIN, Made, opened


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with opened(tmp_path) as project:
        yield project


def text(rows: Sequence[object]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def applied(made: Made, source: str, *, partial: bool = False) -> list[Event]:
    return list(review.apply(made.store, made.project, source, "d.jsonl", AT, partial=partial))


def test_a_file_decides_and_the_same_file_again_changes_nothing(made: Made) -> None:
    one, two, three = made.ids[:3]
    edit = serialize.to_json(INSIDE) | {"system": "You are Mara."}
    source = text(
        [
            {"example": one, "verdict": "keep", "checklist": [2, 1], "note": "good"},
            {"example": two, "verdict": "drop"},
            {"example": three, "verdict": "keep", "edit": edit},
        ]
    )
    events = applied(made, source)
    assert events == [
        Decided(one, "keep", 1),
        Decided(two, "drop", 1),
        Decided(three, "keep", 2),
        Finished("review", {"keep": 2, "drop": 1, "skip": 0, "unchanged": 0, "rejected": 0}),
    ]
    again = applied(made, source)
    assert again == [Finished("review", {"keep": 0, "drop": 0, "skip": 0, "unchanged": 3, "rejected": 0})]
    assert len(decisions.history(made.store)) == 3
    changed = examples.get(made.store, three)
    assert changed is not None
    assert (changed.conversation.system, changed.revision) == ("You are Mara.", 2)


def test_nothing_is_decided_where_a_line_is_broken(made: Made) -> None:
    source = text([{"example": made.ids[0], "verdict": "keep"}, {"example": "e-x", "verdict": "keep"}]) + "\n{"
    events: list[Event] = []
    with pytest.raises(DataError, match=r"d\.jsonl: 2 lines could not be taken.*nothing was decided.*--partial"):
        events.extend(review.apply(made.store, made.project, source, "d.jsonl", AT))
    assert decisions.standing(made.store) == []
    events = applied(made, source, partial=True)
    assert [e.row for e in events if isinstance(e, RowRejected)] == [2, 3]
    assert [d.example for d in decisions.standing(made.store)] == [made.ids[0]]


def test_an_example_can_be_decided_once_in_a_file(made: Made) -> None:
    source = text([{"example": made.ids[0], "verdict": "keep"}, {"example": made.ids[0], "verdict": "drop"}])
    events = applied(made, source, partial=True)
    assert events[0] == RowRejected("d.jsonl", 2, f"{made.ids[0]} is decided in line 1 already")


def test_what_is_written_can_be_applied_to_a_copy(made: Made, tmp_path: Path) -> None:
    applied(made, text([{"example": made.ids[0], "verdict": "keep", "edit": {"instruction": "a", "output": "b"}}]))
    applied(made, text([{"example": made.ids[1], "verdict": "skip", "note": "ş", "checklist": [3]}]))
    out = tmp_path / "d.jsonl"
    list(review.write_decisions(made.store, made.project, out))
    assert applied(made, out.read_text(encoding="utf-8"))[0] == Finished(
        "review", {"keep": 0, "drop": 0, "skip": 0, "unchanged": 2, "rejected": 0}
    )
    with opened(tmp_path / "copy") as copy:
        applied(copy, out.read_text(encoding="utf-8"))
        assert [(d.example, d.verdict, d.note) for d in decisions.standing(copy.store)] == sorted(
            (d.example, d.verdict, d.note) for d in decisions.standing(made.store)
        )
        edited = examples.get(copy.store, made.ids[0])
        assert edited is not None
        assert edited.conversation.turns[1].text == "b"
        assert examples.revision(copy.store, made.ids[0], 1) == PLAIN


def test_undo_of_a_verdict_offers_no_edit_that_it_did_not_make(made: Made) -> None:
    one = made.ids[0]
    decisions.decide(made.store, one, "skip", AT)
    with made.store.change() as db:
        examples.revise(db, one, INSIDE, "human", AT)
    undone = review.undo(made.store, AT)
    assert undone is not None
    assert undone.draft is None


def test_the_time_left_counts_each_passage_once(made: Made) -> None:
    every = examples.all_examples(made.store)
    alone = sum(review.words_left(made.store, [one]) for one in every)
    together = review.words_left(made.store, every)
    assert alone - together == 2 * (count_words(KITCHEN) + count_words(HARBOR))


def test_a_missing_rubric_is_replaced_and_said(made: Made) -> None:
    made.project.rubric.unlink()
    items, said = review.checklist(made.project)
    assert len(items) == 6
    assert said == "There is no rubric.md; the built-in checklist is used."


# ---------------------------------------------------------------- the command


def test_without_a_terminal_it_says_what_else_there_is(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(made.project.root)
    assert cli.run(["review"]) == 2
    assert "needs a terminal" in (said := capsys.readouterr().err)
    assert "inscape review --from-file decisions.jsonl" in said


def test_the_command_takes_a_file_and_prints_the_status(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(made.project.root)
    source = tmp_path / "d.jsonl"
    source.write_text(text([{"example": made.ids[0], "verdict": "keep"}]), encoding="utf-8")
    assert cli.run(["review", "--from-file", str(source)]) == 0
    assert capsys.readouterr().out == "Kept 1, dropped 0, skipped 0; 0 stood so already.\n"
    assert cli.run(["review", "--status"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Kept 1, dropped 0, skipped 0; 5 undecided.\nBy reading speed: about ")
    assert cli.run(["review", "--status", "--json"]) == 0
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["counts"]["undecided"], event["counts"]["measured"]) == ("finished", 5, False)
    assert cli.run(["review", "--write-decisions", str(source)]) == 0
    assert json.loads(source.read_text(encoding="utf-8"))["example"] == made.ids[0]


def test_a_broken_file_names_each_line_and_changes_nothing(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(made.project.root)
    source = tmp_path / "d.jsonl"
    source.write_text(f'{{"example": "{made.ids[0]}", "verdict": "keep"}}\n\nnope\n', encoding="utf-8")
    assert cli.run(["review", "--from-file", str(source)]) == 1
    printed = capsys.readouterr()
    assert f"{source}, line 3: not JSON" in printed.out
    assert "1 line could not be taken (see above), so nothing was decided" in printed.err
    assert decisions.standing(made.store) == []


def test_words_that_do_not_fit_together(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.project.root)
    assert cli.run(["review", "--status", "--write-decisions", "x"]) == 2
    assert cli.run(["review", "--partial"]) == 2
    assert cli.run(["review", "--verdict", "perhaps"]) == 2


@pytest.mark.parametrize("rubric", ["", "# Rubric\n\nno list here\n"])
def test_a_broken_rubric_is_said_before_anything_is_decided(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, rubric: str
) -> None:
    monkeypatch.chdir(made.project.root)
    made.project.rubric.write_text(rubric, encoding="utf-8")
    source = tmp_path / "d.jsonl"
    source.write_text(text([{"example": made.ids[0], "verdict": "keep"}]), encoding="utf-8")
    assert cli.run(["review", "--from-file", str(source)]) == 1
    assert "rubric.md has no checklist item" in capsys.readouterr().err

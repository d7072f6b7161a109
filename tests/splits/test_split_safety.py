"""A split is never lost on the way to another one, and an empty training side is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from inscape.splits import divide
from inscape.stages import split as stage
from inscape.store import decisions, open_store, splits
from tests.conftest import Run
from tests.splits.makers import row
from tests.splits.test_split_stage import AT, take


def sides(project: Path) -> dict[str, str]:
    with open_store(project / "inscape.db") as store:
        return {id_: one.side for id_, one in splits.placed(store).items()}


def drop(project: Path, *ids: str) -> None:
    with open_store(project / "inscape.db") as store:
        for id_ in ids:
            decisions.decide(store, id_, "drop", AT)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_the_old_split_stands_until_the_new_one_does(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    take(project, run, range(30))
    assert run("split").code == 0
    before = sides(project)

    def stopped(*_: object, **__: object) -> None:
        raise stop

    with monkeypatch.context() as patched, open_store(project / "inscape.db") as store:
        patched.setattr(stage, "divide", stopped)
        from inscape.project import open_at

        with pytest.raises(stop):
            list(stage.split(store, open_at(project, {}).settings, stage.Asked(fresh=True), AT))
        assert splits.standing(store) is not None
    assert sides(project) == before


def test_fresh_forgets_rows_that_are_no_longer_kept(project: Path, run: Run) -> None:
    take(project, run, range(30))
    run("split")
    gone = sorted(sides(project))[:5]
    drop(project, *gone)
    assert run("split", "--fresh", "--seed", "9").code == 0
    assert not set(gone) & set(sides(project))
    assert len(sides(project)) == 25


def test_nothing_to_train_on_is_said_and_not_exported(project: Path, run: Run) -> None:
    take(project, run, range(3))
    assert run("split").code == 0
    drop(project, *(id_ for id_, side in sides(project).items() if side == "train"))
    done = run("export", "--format", "messages")
    assert done.code == 1, done.all
    assert "The one kept example is held back for validation, and none is for training." in done.err
    assert "inscape split --valid 0" in done.err
    assert not (project / "exports" / "messages.valid.jsonl").exists()
    assert run("split", "--valid", "0").code == 0
    assert run("export", "--format", "messages").code == 0


def test_a_split_without_training_rows_says_so() -> None:
    rows = [row(n) for n in range(3)]
    made = divide(rows, before=dict.fromkeys((r.id for r in rows), "valid"))
    assert any(note.startswith("Nothing is left to train on: all 3 rows stand for validation.") for note in made.notes)

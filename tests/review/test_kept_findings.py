"""Findings in rows that were kept before they were found: shown once more, until a person judged them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from inscape.quality.rows import Finding
from inscape.stages import findings, review
from inscape.store import decisions, open_store
from tests.conftest import Run
from tests.review.wet_house import AT, Made, opened


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with opened(tmp_path) as project:
        yield project


def about(example: str, severity: str = "error") -> Finding:
    return Finding("inscape.db", 1, "filler", severity, "the reply is a stand-in", "x", example)  # type: ignore[arg-type]


def shown(made: Made, held: findings.Held, verdicts: tuple[str, ...] = ()) -> list[str]:
    again = findings.again(made.store, held)
    return [e.id for e in review.queue(made.store, review.Wanted(verdicts, order=held.order, again=again))]


def test_a_row_that_was_kept_before_the_check_is_shown_and_a_dropped_one_is_not(made: Made) -> None:
    one, two, three = made.ids[:3]
    decisions.decide(made.store, one, "keep", AT)
    decisions.decide(made.store, two, "drop", AT)
    held = findings.Held((about(one), about(two), about(three)), (), {}, findings.last(made.store))
    assert shown(made, held) == [one, three]
    assert shown(made, held, verdicts=("undecided",)) == [three]
    assert shown(made, held, verdicts=("drop",)) == [two]


def test_what_was_kept_with_its_findings_in_sight_is_not_shown_again(made: Made) -> None:
    one = made.ids[0]
    decisions.decide(made.store, one, "keep", AT)
    held = findings.Held((about(one),), (), {}, findings.last(made.store))
    assert shown(made, held) == [one]
    decisions.decide(made.store, one, "keep", AT)
    assert shown(made, held) == []


def test_a_kept_row_that_was_only_drawn_at_random_is_decided(made: Made) -> None:
    one, two = made.ids[:2]
    decisions.decide(made.store, one, "keep", AT)
    decisions.decide(made.store, two, "keep", AT)
    held = findings.Held((about(two, "note"),), (one,), {}, findings.last(made.store))
    assert shown(made, held) == []


def test_a_row_kept_at_import_was_looked_at_by_nobody(project: Path, run: Run) -> None:
    rows = [{"instruction": f"What is left of day {n}?", "output": f"Test response {n}"} for n in range(6)]
    (project / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    assert run("check").code == 3
    with open_store(project / "inscape.db") as store:
        from inscape.project import open_at

        held = findings.stored(open_at(project, {}))
        wanted = review.Wanted(order=held.order, again=findings.again(store, held))
        assert len(review.queue(store, wanted)) == 6

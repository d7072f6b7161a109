"""The two rates that matter: filler that is found, and good rows that are called errors."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from inscape import books, settings
from inscape.examples.shapes import read
from inscape.quality import checks
from inscape.quality.rows import Finding, Item
from inscape.stages.check import limits
from tests.conftest import DATA
from tests.quality import filler_rows, good_rows

LIMITS = limits(settings.load("", "no file", {}))


def items(rows: Sequence[dict[str, Any]]) -> list[Item]:
    read_rows = [read(row) for row in rows]
    return [Item("rows.json", n, one.conversation, one.structure) for n, one in enumerate(read_rows, 1)]


def findings(rows: Sequence[dict[str, Any]]) -> list[Finding]:
    return list(checks.run(items(rows), LIMITS, checks.NAMES))


def errors(rows: Sequence[dict[str, Any]]) -> set[int]:
    return {one.row for one in findings(rows) if one.severity == "error" and one.row is not None}


def test_no_good_row_is_an_error() -> None:
    rows = good_rows.rows()
    assert len(rows) >= 370
    assert [rows[n - 1] for n in errors(rows)] == []


FAMILIES = filler_rows.families() | filler_rows.scripts()


@pytest.mark.parametrize("name", FAMILIES)
def test_each_kind_of_filler_is_found_alone(name: str) -> None:
    rows = FAMILIES[name]
    assert errors(rows) == set(range(1, len(rows) + 1))


@pytest.mark.parametrize("seed", range(4))
def test_filler_is_found_among_good_rows_in_any_order(seed: int) -> None:
    """All filler found, no good row flagged, however they are mixed."""
    mixed = [(row, True) for row in filler_rows.rows()] + [(row, False) for row in good_rows.rows()]
    random.Random(seed).shuffle(mixed)
    wrong = errors([row for row, _ in mixed])
    assert [row for n, (row, filler) in enumerate(mixed, 1) if filler != (n in wrong)] == []


def test_human_prose_has_next_to_no_errors() -> None:
    """Of the paragraphs of a novel, at most one in a hundred is an error."""
    path = DATA / "books" / "virginia-woolf_to-the-lighthouse.epub"
    if not path.exists():
        pytest.skip(f"the shared books are not at {DATA}")
    told = [p.text for p in books.read(path.read_bytes(), path.name).paragraphs if p.kind == "paragraph"]
    rows = [{"instruction": "Go on.", "output": text} for text in told]
    assert len(rows) > 400
    assert len(errors(rows)) <= len(rows) / 100


def test_a_single_stand_in_is_found_without_its_series() -> None:
    for reply in ("Test response 39", "Example answer 12", "Örnek cevap 7", "lorem ipsum dolor sit amet", "TODO", "…"):
        assert errors([{"instruction": "Nasılsın?", "output": reply}]) == {1}, reply


def test_a_user_may_say_test_and_soru() -> None:
    rows = [{"instruction": "test", "output": "Duyuyorum."}, {"instruction": "soru 3", "output": "B şıkkı bence."}]
    assert errors(rows) == set()

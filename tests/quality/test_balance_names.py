"""Names in targets: spelled in another case, a language by its name or its region, a title with a comma."""

from __future__ import annotations

import pytest

from inscape import settings
from inscape.quality import balance, checks
from inscape.quality.rows import Item
from inscape.records import Conversation, Turn
from inscape.stages.check import limits


def said(targets: dict[str, str], rows: list[Item]) -> list[str]:
    environ = {f"INSCAPE_CHECK_TARGET_{kind.upper()}": text for kind, text in targets.items()}
    found = checks.run(rows, limits(settings.load("", "x", environ)), ["balance", "coverage"])
    return [f"{one.severity}: {one.message} {one.evidence}".strip() for one in found]


def item(n: int, book: str | None = None, **more: str | None) -> Item:
    turns = (Turn("user", f"What did you see on day {n}?"), Turn("assistant", f"A gate, and behind it field {n}."))
    return Item("r.json", n + 1, Conversation(turns, **more), "plain", book=book)  # type: ignore[arg-type]


def test_names_that_differ_in_case_are_added_up() -> None:
    names = ["Greetings"] * 60 + ["greetings"] * 40 + ["Technical"] * 100
    rows = [item(n, category=name) for n, name in enumerate(names)]
    assert said({"category": "GREETINGS=50, technical=50"}, rows) == []
    told = said({"category": "greetings=80, technical=20"}, rows)
    assert "warning: category greetings: 50%, target 80%; 60 more would do" in told


def test_turkish_capitals_are_no_other_name() -> None:
    rows = [item(n, category=("İş", "iş", "Isı", "ısı")[n % 4]) for n in range(8)]
    assert said({"category": "iş=50, ısı=50"}, rows) == []


def test_a_language_is_one_however_it_is_named() -> None:
    names = ["Turkish", "tr-TR", "tr", "Türkçe"] * 15 + ["en_US", "English"] * 20
    rows = [item(n, language=name) for n, name in enumerate(names)]
    assert said({"language": "tr=60, en=40"}, rows) == []
    assert said({"language": "Turkish=60, english=40"}, rows) == []
    finnish = [item(n, language=("fi", "fi-FI")[n % 2]) for n in range(8)]
    assert said({"language": "fi=1"}, finnish) == []
    told = said({"language": "tr=50, de=50"}, rows)
    assert "warning: no row has the language de" in told
    assert any(one.startswith("note: 40 rows with a language that has no target") for one in told)


def test_a_title_with_a_comma_is_put_in_quotes() -> None:
    titles = ["The Gate, the Field", "Emma"]
    rows = [item(n, book=titles[n % 2]) for n in range(10)]
    assert said({"book": '"The Gate, the Field"=50, Emma=50'}, rows) == []
    assert balance.targets('"A = b, c"=1, d=2') == {"A = b, c": 1, "d": 2}
    assert balance.targets('Say "no"=5, "x" y=5 %') == {'Say "no"': 5, '"x" y': 5}


def test_a_comma_without_quotes_says_how() -> None:
    with pytest.raises(ValueError, match=r"'The Gate' must be a name, = and a number.* in quotes"):
        balance.targets("The Gate, the Field=50")


@pytest.mark.parametrize("text", ["LOW=0", "LOW=0, HIGH=0", f"LOW={10**30}"])
def test_targets_that_add_up_to_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="above 0"):
        balance.targets(text)


def test_rows_without_what_others_have_are_named() -> None:
    rows = [item(n, complexity=None if n in (1, 4) else "LOW") for n in range(6)]
    assert "note: 2 of 6 rows without a complexity r.json, row 2; r.json, row 5" in said({}, rows)
    rows = [item(n, category="a" if n > 5 else None) for n in range(9)]
    assert "note: 6 of 9 rows without a category r.json, row 1; r.json, row 2; r.json, row 3; …" in said({}, rows)

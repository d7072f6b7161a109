"""Every number among the settings has a range; what is out of it is refused with the key, the value and the range."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape import settings
from inscape.errors import SettingError
from tests.conftest import Run
from tests.quality import good_rows
from tests.quality.test_rates import items
from tests.splits.test_split_stage import take

NUMBERS = [s for s in settings.SETTINGS if isinstance(s.default, int | float) and not isinstance(s.default, bool)]


@pytest.mark.parametrize("setting", NUMBERS, ids=lambda s: s.key)
def test_a_number_has_a_range_around_its_default(setting: settings.Setting) -> None:
    assert setting.allowed is not None
    low, high = setting.allowed
    assert low <= setting.default <= high  # type: ignore[operator]
    for value in (low, high):
        given = type(setting.default)(value)
        made = settings.load("", "x", {setting.env: str(given)})
        assert made.values[setting.key] == given
    for value in (low - 1, high + 1):
        with pytest.raises(SettingError, match=rf"{setting.env} must be from .* to .*, not"):
            settings.load("", "x", {setting.env: str(type(setting.default)(value))})


@pytest.mark.parametrize("setting", [s for s in NUMBERS if isinstance(s.default, float)], ids=lambda s: s.key)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_number_is_finite(setting: settings.Setting, value: str) -> None:
    with pytest.raises(SettingError, match="must be from"):
        settings.load("", "x", {setting.env: value})


def test_the_file_and_line_are_named() -> None:
    with pytest.raises(SettingError) as told:
        settings.load("[check]\noff = ''\nnear_warn = 7\n", "inscape.toml", {})
    assert str(told.value) == "inscape.toml, line 3: check.near_warn must be from 0.05 to 1, not 7."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHARACTERS_PER_TOKEN", "0"), ("TARGET_COMPLEXITY", "LOW=0"), ("VERBATIM_WORDS", "-3"),
        ("VERBATIM_WORDS", "0"), ("SERIES_ROWS", "1"), ("RANDOM_SHARE", "nan"), ("MAX_TOKENS", "-5"),
        ("SHARE_WARN", "0"),
    ],
)  # fmt: skip
def test_check_refuses_nonsense(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"INSCAPE_CHECK_{name}", value)
    (tmp_path / "rows.json").write_text(json.dumps([{"instruction": "Selam", "output": "Selam kanka."}]), "utf-8")
    done = run("check", tmp_path / "rows.json")
    assert done.code not in (0, 3)
    assert name.lower() in done.err.lower()
    assert "Traceback" not in done.err


@pytest.mark.parametrize("setting", [s for s in NUMBERS if s.key.startswith("check.")], ids=lambda s: s.key)
def test_check_runs_at_both_ends_of_each_range(setting: settings.Setting) -> None:
    from inscape.quality import checks
    from inscape.stages.check import limits

    assert setting.allowed is not None
    for value in setting.allowed:
        made = limits(settings.load("", "x", {setting.env: str(type(setting.default)(value))}))
        list(checks.run(items(good_rows.rows()[:80]), made, checks.NAMES))


def test_the_seed_of_a_split_fits_its_place(project: Path, run: Run) -> None:
    take(project, run, range(20))
    done = run("split", "--seed", "99999999999999999999")
    assert done.code != 0
    assert "--seed must be from" in done.err
    assert run("split", "--seed", str(10**9)).code == 0

"""What `--fix` would mend is said before, and what it mended is named; one error of filler a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape.quality import checks, mend
from inscape.quality.rows import Finding, Item
from inscape.records import Conversation, Mood, Turn
from tests.conftest import Run
from tests.quality.test_rates import LIMITS


def said(check: str, reply: str, question: str = "Nasılsın bugün?", thought: str | None = None) -> list[Finding]:
    talk = Conversation((Turn("user", question), Turn("assistant", reply, thought=thought)))
    return list(checks.run([Item("rows.json", 1, talk, "plain", example="e-1")], LIMITS, [check]))


@pytest.mark.parametrize(
    ("reply", "what", "severity"),
    [
        ("It isnâ€™t here, the cafÃ© is shut.", "broken encoding", "warning"),
        ("Se\u200blam, n'aber?", "unseen signs", "warning"),
        ("Bye then.<|im_end|>", "an end token", "warning"),
        ("One line.\r\nAnother.", "line ends", "note"),
        ("Cafe\u0301.", "composed letters", "note"),
        ("caf\u00c3\u00a9 \u200b", "broken encoding, unseen signs", "warning"),
    ],
)
def test_what_fix_mends_is_said(reply: str, what: str, severity: str) -> None:
    (found,) = said("mendable", reply)
    assert (found.severity, found.message) == (severity, f"{what}: `inscape check --fix` mends it")


def test_a_good_text_is_left_alone() -> None:
    assert said("mendable", "Café, naïve, “it’s” – 10 € and 👩‍👩‍👧: Işık ığdır çok güzel.") == []


def test_signs_that_nobody_sees_are_written_out() -> None:
    assert "Se<U+200B>lam" in said("mendable", "Se\u200blam")[0].evidence


def test_in_a_file_it_must_be_imported_first() -> None:
    talk = Conversation((Turn("user", "a"), Turn("assistant", "b", state=Mood("sa\u200bd"))))
    (found,) = checks.run([Item("rows.json", 1, talk, "state")], LIMITS, ["mendable"])
    assert "once it is imported" in found.message


def test_a_soft_hyphen_that_is_half_of_a_letter_is_not_lost() -> None:
    assert mend.text("el dÃ\xada y la Ã\xadndole") == "el día y la índole"
    assert mend.text("Ã\u200b©t") == mend.text(mend.text("Ã\u200b©t")) == "ét"


def test_fix_names_the_first_and_counts_the_others(project: Path, tmp_path: Path, run: Run) -> None:
    rows = [{"instruction": f"soru {word}?", "output": f"Ce\u200bvap yok, {word}."} for word in "abcdefgh"]
    (tmp_path / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    assert run("import", tmp_path / "rows.json").code == 0
    done = run("check", "--fix")
    lines = done.out.splitlines()
    assert [line.endswith(": unseen signs") for line in lines] == [True] * 5 + [False, False]
    assert lines[0].startswith("  e-")
    assert lines[5:] == ["  and 3 more", "Note: Mended 8 examples. `inscape check --unfix` takes it back."]
    run("check", "--unfix")
    events = [json.loads(line) for line in run("check", "--fix", "--json").out.splitlines()]
    assert [one["what"] for one in events if one["event"] == "mended"] == [["unseen signs"]] * 8


def test_what_a_loop_made_is_one_error_of_filler_a_text() -> None:
    found = said("filler", "Test response 39 for variation 39 (TODO)", "Test question 39", "Thought 1 for [topic].")
    assert [one.severity for one in found] == ["error"] * len(found)
    parts = [next(part for part in ("user", "thought", "reply") if part in one.message[:20]) for one in found]
    assert sorted(parts) == sorted(set(parts))
    assert len(found) >= 2


def test_what_filler_says_of_another_text_of_the_row_stays() -> None:
    found = said("filler", "Test response 39", "Write a haiku about TODO lists.")
    assert sum(one.severity == "error" for one in found) == 1

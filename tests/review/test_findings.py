"""`inscape review --findings`: why an example is shown, what was drawn at random, and what is left beside them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inscape.cli.reviewer.screen import frame
from inscape.cli.reviewer.terminal import shown
from inscape.quality.rows import Finding
from inscape.records import Conversation, Provenance, Turn
from inscape.stages.findings import Held, keep, older
from inscape.store import decisions, examples
from tests.conftest import Run
from tests.review.test_reviewer import played
from tests.review.test_terminal import ended, press, started
from tests.review.wet_house import AT, INSIDE, PLAIN, Made, opened

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with opened(tmp_path) as project:
        yield project


def about(example: str, severity: str = "error", message: str = "the reply is a stand-in") -> Finding:
    return Finding("inscape.db", 1, "filler", severity, message, "x", example)  # type: ignore[arg-type]


def checked(made: Made, *findings: Finding, random: tuple[str, ...] = ()) -> Held:
    held = Held(findings, random, {one.id: one.revision for one in examples.all_examples(made.store)})
    keep(made.project, held)
    return held


# ---------------------------------------------------------------- the screen


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_the_findings_of_the_example_are_on_the_screen(made: Made, width: int, height: int) -> None:
    one, two = made.ids[:2]
    held = checked(made, about(one, "note", "a thought of 3 words"), about(one), random=(two,))
    _, _, desk = played(made, "")
    desk.held = held
    state = desk.begin([e for id_ in held.order if (e := examples.get(made.store, id_))])
    screen = "\n".join(line.plain for line in frame(shown(desk, state), width, height).lines)
    assert "error · filler: the reply is a stand-in" in screen
    assert "note · filler: a thought of 3 words" in screen
    assert screen.index("error ·") < screen.index("note ·")
    assert "at random" not in screen
    second, _ = desk.press(None, state, "j")  # type: ignore[arg-type]
    screen = "\n".join(line.plain for line in frame(shown(desk, second), width, height).lines)
    assert "drawn at random: judge it as any other" in screen


def test_many_findings_are_counted(made: Made) -> None:
    held = checked(made, *(about(made.ids[0], "warning", f"number {n}") for n in range(9)))
    _, _, desk = played(made, "")
    desk.held = held
    state = desk.begin([e for id_ in held.order if (e := examples.get(made.store, id_))])
    screen = "\n".join(line.plain for line in frame(shown(desk, state), 120, 40).lines)
    assert "number 3" in screen
    assert "and 5 more" in screen
    assert "number 4" not in screen


def test_findings_of_another_text_say_so(made: Made) -> None:
    held = checked(made, about(made.ids[0]))
    assert older(made.store, held) is None
    with made.store.change() as db:
        examples.revise(db, made.ids[0], INSIDE, "human", AT)
        talk = Conversation((Turn("user", "a"), Turn("assistant", "b")))
        examples.insert(db, "e-new", talk, "plain", Provenance(file="r.json", row=1), "import", AT)
    assert (older(made.store, held) or "").startswith(
        "The findings are older than the examples (1 example changed, 1 new since). Run `inscape check`"
    )
    _, _, desk = played(made, "")
    desk.held = held
    state = desk.begin([e for id_ in held.order if (e := examples.get(made.store, id_))])
    screen = "\n".join(line.plain for line in frame(shown(desk, state), 120, 40).lines)
    assert "found in an earlier text of it" in screen


def test_a_decision_makes_no_finding_old(made: Made) -> None:
    held = checked(made, about(made.ids[0]))
    decisions.decide(made.store, made.ids[0], "drop", AT)
    assert older(made.store, held) is None


def test_the_diff_of_an_imported_row_is_not_the_teachers(made: Made) -> None:
    with made.store.change() as db:
        examples.insert(db, "e-new", PLAIN, "plain", Provenance(file="r.json", row=1), "import", AT)
        examples.revise(db, "e-new", INSIDE, "human", AT)
    _, _, desk = played(made, "")
    found = examples.get(made.store, "e-new")
    assert found
    state, _ = desk.press(None, desk.begin([found]), "d")  # type: ignore[arg-type]
    screen = "\n".join(line.plain for line in frame(shown(desk, state), 100, 40).lines)
    assert "The imported text and yours" in screen
    assert "teacher" not in screen


# ---------------------------------------------------------------- in a terminal


def test_after_the_last_one_and_after_q_the_way_on_is_named(made: Made) -> None:
    one, two = made.ids[:2]
    checked(made, about(one), about(two, "warning", "it stops"))
    child = started(made, 30, 100, "--findings")
    child.expect("error · filler: .*the reply is a stand-in")
    press(child, "n", "warning · filler: .*it stops")
    child.send("q")
    assert "1 left; `inscape review --findings` goes on. 4 others are undecided" in ended(child)
    child = started(made, 30, 100, "--findings")
    press(child, "y", "That was the last one of these; everything is saved.")
    child.expect(re.escape("4 others are undecided: `inscape review` goes on with them."))
    child.send("q")
    assert "None of these left. 4 others are undecided" in ended(child)
    child = started(made, 30, 100, "--findings")
    assert "Every example that `inscape check` flagged or drew at random is decided. 4 others" in ended(child)


def test_nothing_flagged_and_old_findings_are_said(made: Made) -> None:
    checked(made)
    with made.store.change() as db:
        examples.revise(db, made.ids[0], INSIDE, "human", AT)
    child = started(made, 30, 100, "--findings")
    said = ended(child)
    assert "The findings are older than the examples (1 example changed since). Run `inscape check`" in said
    assert "`inscape check` flagged no example, and drew none at random. 6 others are undecided" in said
    checked(made, random=(made.ids[2],))
    child = started(made, 30, 100, "--findings")
    child.expect("flagged no example; what comes was drawn at random")
    child.send("q")
    ended(child)


def test_other_choices_go_on_as_they_were_made(made: Made) -> None:
    child = started(made, 30, 100, "--passage", "kettle")
    child.expect("1 of 3 ")
    child.send("q")
    assert "3 left; `inscape review --passage kettle` goes on. 3 others are undecided" in ended(child)


# ---------------------------------------------------------------- for scripts


def test_the_status_has_the_rate_and_the_keep_rate(made: Made, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.project.root)
    assert "random" not in json.loads(run("review", "--status", "--json").out)["counts"]
    checked(made, random=tuple(made.ids[:4]))
    for id_, verdict in zip(made.ids, ("keep", "drop", "keep"), strict=False):
        decisions.decide(made.store, id_, verdict, AT)  # type: ignore[arg-type]
    counts = json.loads(run("review", "--status", "--json").out)["counts"]
    assert counts["per_hour"] > 0
    assert (counts["random"], counts["random_decided"], counts["random_kept"]) == (4, 3, 2)
    assert (counts["keep_rate"], counts["keep_rate_low"] < 0.3, counts["keep_rate_high"] > 0.9) == (0.6667, True, True)


def test_one_chosen_at_random_is_one(made: Made, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.project.root)
    checked(made, random=(made.ids[0],))
    assert "1 example is chosen at random; none of them" in run("review", "--findings", "--status").out
    decisions.decide(made.store, made.ids[0], "keep", AT)
    assert (
        "Of the one example chosen at random, 1 is decided and 1 kept: 100%"
        in run("review", "--findings", "--status").out
    )

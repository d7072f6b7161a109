"""The reviewer without a terminal: keys in, decisions out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from inscape.cli.reviewer.core import State, step
from inscape.cli.reviewer.desk import Desk, run
from inscape.cli.reviewer.screen import frame
from inscape.cli.reviewer.terminal import keys_of, shown
from inscape.errors import UsageError
from inscape.events import Decided, Event, Finished
from inscape.records import Problem, Provenance
from inscape.stages import review
from inscape.stages.review import Wanted
from inscape.stages.surroundings import Places
from inscape.store import decisions, examples
from tests.review.wet_house import INSIDE, PLAIN, Made, opened


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with opened(tmp_path) as project:
        yield project


@dataclass
class Keys:
    """A terminal of prepared keys and texts. Each key takes `seconds`."""

    keys: deque[str]
    edits: deque[str] = field(default_factory=deque)
    seconds: float = 2.0
    size: tuple[int, int] = (100, 30)
    now: float = 0.0
    screens: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)

    def draw(self, desk: Desk, state: State) -> State:
        made = frame(shown(desk, state), *self.size)
        self.screens.append("\n".join(line.plain for line in made.lines))
        return replace(state, page=made.page, bottom=made.bottom, scroll=made.scroll, hidden=made.hidden)

    def key(self) -> str:
        self.now += self.seconds
        return self.keys.popleft() if self.keys else "q"

    def ask(self, question: str, text: str) -> str | None:
        return self.edits.popleft()

    def edit(self, example: str, text: str) -> tuple[str, str] | None:
        old, new = self.edits.popleft().split(" -> ")
        assert old in text
        return text.replace(old, new), f"/tmp/{example}.md"

    def again(self, problems: Sequence[Problem], path: str) -> bool:
        self.wrong += problems
        return bool(self.edits)

    def forget(self, path: str) -> None:
        self.forgotten.append(path)


def played(
    made: Made, keys: str, *edits: str, wanted: Wanted | None = None, **options: float
) -> tuple[list[Event], Keys, Desk]:
    """Press the keys (words by blanks, else one by one), then q."""
    terminal = Keys(deque(keys.split() if " " in keys else keys), deque(edits), **options)  # type: ignore[arg-type]
    items, _ = review.checklist(made.project)
    ticking = iter(range(10**6))
    desk = Desk(
        made.store, made.project, items, Places(made.store, made.project), lambda: terminal.now,
        lambda: f"2026-11-20T09:00:{next(ticking):02d}Z",
    )  # fmt: skip
    return list(run(desk, terminal, review.queue(made.store, wanted or Wanted()))), terminal, desk


def standing(made: Made) -> dict[str, str]:
    return {d.example: d.verdict for d in decisions.standing(made.store)}


def test_one_key_decides_saves_and_advances(made: Made) -> None:
    events, terminal, _ = played(made, "yns")
    one, two, three = made.ids[:3]
    assert standing(made) == {one: "keep", two: "drop", three: "skip"}
    assert events[:3] == [Decided(one, "keep", 1), Decided(two, "drop", 1), Decided(three, "skip", 1)]
    assert events[-1] == Finished("review", {"keep": 1, "drop": 1, "skip": 1, "left": 3, "others": 0})
    assert terminal.screens[3].startswith("4 of 6 · ")
    assert "kept 1 dropped 1 skipped 1" in terminal.screens[3]


def test_unknown_keys_do_nothing(made: Made) -> None:
    before = State(tuple(made.ids), 6, ticks=(2,), message="still here")
    for key in ("enter", "backspace", "x", "Y", "0", "7", "tab", "\x1b[15~", "ş", ""):
        assert step(before, key) == (before, None)


def test_undo_goes_back_across_runs_and_shows_what_it_took_back(made: Made) -> None:
    played(made, "1 3 y n")
    events, terminal, _ = played(made, "uuu")
    one, two = made.ids[:2]
    assert standing(made) == {}
    assert [e for e in events if isinstance(e, Decided)] == [
        Decided(two, "drop", 1, undo=True),
        Decided(one, "keep", 1, undo=True),
    ]
    assert f"Took back: drop of {two} (2026-11-20 09:00 UTC)." in terminal.screens[1]
    assert "1 ✓ authentic" in terminal.screens[2]
    assert "Nothing to undo" in terminal.screens[3]
    assert [d.undone for d in decisions.history(made.store)] == [True, True]


def test_after_undo_the_next_verdict_goes_on_where_the_person_was(made: Made) -> None:
    played(made, "yyyuuny")
    assert list(standing(made).values()) == ["keep", "drop", "keep"]


def test_next_and_previous_decide_nothing_and_the_end_comes_back_to_those_passed_over(made: Made) -> None:
    events, terminal, _ = played(made, "j j y y y y n y")
    assert terminal.screens[6].startswith("1 of 6")
    assert standing(made)[made.ids[0]] == "drop"
    assert terminal.screens[-1].startswith("the end · kept 5 dropped 1")
    assert events[-1] == Finished("review", {"keep": 5, "drop": 1, "skip": 0, "left": 0, "others": 0})


def test_ticks_and_note_are_saved_with_the_decision(made: Made) -> None:
    played(made, "1 6 2 2 t y", "kulağa doğru geliyor")
    (decision,) = decisions.standing(made.store)
    assert (decision.checklist, decision.note) == ((1, 6), "kulağa doğru geliyor")


def test_time_is_measured_and_a_long_pause_is_not(made: Made) -> None:
    played(made, "jky", seconds=2.0)
    played(made, "n", seconds=301.0)
    assert [d.milliseconds for d in decisions.standing(made.store)] == [4000, 0]


def test_an_edit_is_shown_and_kept_in_one_go(made: Made) -> None:
    _, terminal, desk = played(made, "ey", "no rope -> no rope at all")
    one = made.ids[0]
    assert "The teacher's text and yours" in terminal.screens[1]
    assert "edited, not saved" in terminal.screens[1]
    example = examples.get(made.store, one)
    assert example is not None
    assert example.conversation.turns[1].text.endswith("no rope at all.")
    assert (example.revision, example.verdict) == (2, "keep")
    assert examples.revision(made.store, one, 1) == PLAIN
    assert terminal.forgotten == [f"/tmp/{one}.md"]
    assert desk.unsaved == ()


def test_undo_of_an_edit_gives_the_old_text_and_keeps_the_new_at_hand(made: Made) -> None:
    played(made, "ey", "no rope -> no rope at all")
    _, terminal, _ = played(made, "uy")
    example = examples.get(made.store, made.ids[0])
    assert "Its edit is unsaved again" in terminal.screens[1]
    assert example is not None
    assert example.conversation.turns[1].text.endswith("no rope at all.")
    played(made, "un")
    example = examples.get(made.store, made.ids[0])
    assert example is not None
    assert (example.conversation, example.verdict) == (PLAIN, "drop")


def test_a_broken_edit_is_explained_and_opened_again_with_what_was_typed(made: Made) -> None:
    _, terminal, _ = played(made, "ey", "## assistant -> ## asistant", "## asistant\n\nEight -> ## assistant\n\nTen")
    assert "write `## assistant`" in terminal.wrong[0].message
    example = examples.get(made.store, made.ids[0])
    assert example is not None
    assert example.conversation.turns[1].text.startswith("Ten, nine.")
    assert len(terminal.forgotten) == 2


def test_a_broken_edit_that_is_left_names_its_file(made: Made) -> None:
    _, terminal, _ = played(made, "e", "## assistant -> ## asistant")
    assert f"Not taken. Your text stands in /tmp/{made.ids[0]}.md" in terminal.screens[1]
    assert terminal.forgotten == []


def test_an_editor_that_is_closed_without_a_change_changes_nothing(made: Made) -> None:
    odd = replace(PLAIN, turns=(PLAIN.turns[0], replace(PLAIN.turns[1], text="a\x0bb ", thought=" x\r\ny")))
    with made.store.change() as db:
        examples.revise(db, made.ids[0], odd, "human", "now")
    _, terminal, _ = played(made, "ey", "a -> a")
    assert "Nothing was changed." in terminal.screens[1]
    example = examples.get(made.store, made.ids[0])
    assert example is not None
    assert (example.conversation, example.revision) == (odd, 2)


def test_a_draft_opened_and_closed_again_stays_with_its_new_file(made: Made) -> None:
    _, terminal, desk = played(made, "eeq", "no rope -> none", "none -> none")
    assert "edited, not saved" in terminal.screens[2]
    assert desk.unsaved == (f"/tmp/{made.ids[0]}.md",)


def test_an_edit_that_is_not_kept_is_set_aside_not_lost(made: Made) -> None:
    _, terminal, desk = played(made, "en", "no rope -> none")
    assert "The edit was set aside. Its text stands in" in terminal.screens[2]
    example = examples.get(made.store, made.ids[0])
    assert example is not None
    assert (example.conversation, example.verdict) == (PLAIN, "drop")
    _, _, desk = played(made, "eq", "did you -> have you")
    assert desk.unsaved == (f"/tmp/{made.ids[1]}.md",)


def test_nothing_is_decided_while_the_example_is_hidden(made: Made) -> None:
    _, terminal, _ = played(made, "?y")
    assert standing(made) == {}
    assert "Here is the example again: now press y." in terminal.screens[2]
    played(made, "ayy")
    assert len(standing(made)) == 1


def test_skipped_ones_come_last_and_passages_stay_together(made: Made) -> None:
    played(made, "s")
    ids = [e.id for e in review.queue(made.store, Wanted())]
    assert ids == [*made.ids[1:], made.ids[0]]


def test_what_you_filter_is_what_you_see(made: Made) -> None:
    played(made, "ynyn")
    one, two, three, four, five, six = made.ids

    def seen(**wanted: object) -> list[str]:
        return [e.id for e in review.queue(made.store, Wanted(**wanted))]  # type: ignore[arg-type]

    assert seen(verdicts=("keep",)) == [one, three]
    assert seen(verdicts=("drop", "undecided")) == [five, six, two, four]
    assert seen(template="continuity") == seen(template="3") == [six]
    assert seen(template="continuity", everything=True) == [six, three]
    assert seen(passage="boats", everything=True) == [five, six, four]
    assert seen(example=one[:6]) == [one]
    for wrong in (Wanted(template="x"), Wanted(passage="x"), Wanted(example="e-zzz")):
        with pytest.raises(UsageError, match=r"There (are|is no)"):
            review.queue(made.store, wrong)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 50), (40, 10), (20, 8)])
@pytest.mark.parametrize("keys", ["", "j", "?", "a", "p", "d", "e"])
def test_the_screen_fits_any_size(made: Made, size: tuple[int, int], keys: str) -> None:
    _, terminal, _ = played(made, "j" + keys, "leave it -> leave it, will you", size=size)  # type: ignore[arg-type]
    for screen in terminal.screens:
        lines = screen.split("\n")
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]


def test_all_of_a_long_example_is_reached_by_scrolling(made: Made) -> None:
    _, terminal, _ = played(made, "j space space space space", size=(60, 16))  # type: ignore[arg-type]
    seen = "\n".join(terminal.screens)
    for turn in INSIDE.turns:
        assert turn.text[:20] in seen
        assert (turn.thought or "")[:20] in seen
    assert "uneasy, fond · certainty 0.4" in seen
    assert "MEDIUM · 4 iterations" in terminal.screens[-1]


def test_the_passage_is_read_once_in_a_narrow_window(made: Made) -> None:
    _, terminal, _ = played(made, "yyy", size=(80, 24))  # type: ignore[arg-type]
    assert "A thought one could" in terminal.screens[0]
    assert "(p shows it all)" in terminal.screens[1]
    assert "The boats were in. He counted" in terminal.screens[3]


def test_the_book_around_the_passage(made: Made) -> None:
    _, terminal, _ = played(made, "p")
    assert "The Wet House, page 2, Chapter One" in terminal.screens[0]
    assert "It had rained for a week" not in terminal.screens[0]
    assert "It had rained for a week" in terminal.screens[1]
    assert "▌ She had come down" in terminal.screens[1]


def test_text_is_never_a_command_to_the_terminal(made: Made) -> None:
    with made.store.change() as db:
        bad = replace(PLAIN, turns=(PLAIN.turns[0], replace(PLAIN.turns[1], text="a\x1b[2Jb\x9bc\u202ed")))
        examples.revise(db, made.ids[0], bad, "rule", "now")
    _, terminal, _ = played(made, "")
    assert "a\ufffd[2Jb\ufffdc\ufffdd" in terminal.screens[0]


def test_keys_of_what_terminals_send() -> None:
    assert keys_of("yn\x1b[A\x1bOB \x1bq\x03ş") == ["y", "n", "up", "down", "space", "esc", "q", "ctrl-c", "ş"]


@pytest.mark.parametrize("size", [(80, 24), (140, 30)])
def test_an_imported_example_has_the_screen_to_itself(made: Made, size: tuple[int, int]) -> None:
    with made.store.change() as db:
        examples.insert(db, "e-import", PLAIN, "plain", Provenance(file="old.json", row=3), "import", "now")
    _, terminal, _ = played(made, "pay", wanted=Wanted(example="e-import"), size=size)  # type: ignore[arg-type]
    assert "│" not in terminal.screens[0]
    assert "who left the light on" in terminal.screens[1]
    assert "old.json, row 3" in terminal.screens[2]

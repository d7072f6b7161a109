"""Generation in one process: the plan, the log, retries, the cap, stopping, and what a second run costs."""

import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from inscape.errors import (
    CapReached,
    DiskError,
    SettingError,
    TeacherBusy,
    TeacherOutOfCredit,
    TeacherRejected,
    TeacherSetupError,
    TeacherUnreachable,
    TemplateError,
    UsageError,
)
from inscape.events import Answered, Event, Finished, Noted, Planned, Sent, Waiting
from inscape.project import Project
from inscape.records import Reply, Request, Shape
from inscape.stages.generate import generate
from inscape.stages.sources import Choice, prompts
from inscape.store import Store, attempts, examples, open_store
from inscape.teachers import made_up
from inscape.teachers.base import scrub
from inscape.teachers.fake import FakeTeacher
from inscape.teachers.prices import Price
from tests.generating import make_project, now, planned, policy, run, running


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "p")


@pytest.fixture
def store(project: Project):  # type: ignore[no-untyped-def]
    with open_store(project.database) as opened:
        yield opened


class Scripted(FakeTeacher):
    """Fails with the errors of a list, by the number of the request, and then answers; counts what it was asked."""

    def __init__(self, *errors: Exception | None, poison: str = "") -> None:
        super().__init__()
        self.errors, self.poison = list(errors), poison
        self.asked: list[str] = []
        self.own = threading.Lock()

    def ask(self, request: Request) -> Reply:
        with self.own:
            self.asked.append(request.prompt)
            error = self.errors.pop(0) if self.errors else None
        if self.poison and self.poison in request.prompt:
            raise TeacherBusy("poisoned")
        if error:
            raise error
        return super().ask(request)


def finished(events: list[Event]) -> Mapping[str, int | float]:
    last = events[-1]
    assert isinstance(last, Finished)
    return last.counts


def states(store: Store) -> dict[str, int]:
    found = [a.state for a in attempts.listing(store)]
    return {state: found.count(state) for state in set(found)}


def test_every_passage_with_its_templates_and_then_nothing_more(store: Store, project: Project) -> None:
    first, second = Scripted(), Scripted()
    events = run(store, project, first, samples=2)
    plan = events[0]
    assert isinstance(plan, Planned)
    assert (plan.passages, plan.templates, plan.requests, plan.done) == (3, 2, 12, 0)
    assert finished(events)["examples"] == 12
    assert len(examples.all_examples(store)) == 12
    assert {e.structure for e in examples.all_examples(store)} == {"plain", "thinking"}
    again = run(store, project, second, samples=2)
    assert isinstance(again[0], Planned)
    assert (again[0].requests, again[0].done) == (0, 12)
    assert second.asked == []


def test_each_request_is_in_the_log_before_its_event_and_each_answer_with_its_examples(
    store: Store, project: Project
) -> None:
    teacher = FakeTeacher()
    for event in running(store, planned(store, project, teacher), teacher):
        if isinstance(event, Sent | Answered):
            with open_store(project.database) as other:  # what another process would find after a kill -9
                (row,) = attempts.find(other, event.key)
                made = [e for e in examples.all_examples(other) if e.provenance.attempt == event.key]
            assert row.tries == 1
            if isinstance(event, Answered):
                assert (row.state, len(made)) == (event.state, event.examples) == ("done", 1)


def test_what_passes_is_tried_again_and_what_cannot_is_not(store: Store, project: Project) -> None:
    teacher = Scripted(TeacherBusy("429", retry_after=0.02), None, TeacherUnreachable("cut"), TeacherRejected("400"))
    events = run(store, project, teacher, policy(concurrency=1))
    waits = [e for e in events if isinstance(e, Waiting)]
    assert len(waits) == 2
    assert waits[0].seconds >= 0.02
    assert finished(events)["failed"] == 1
    assert states(store) == {"done": 5, "failed": 1}
    assert len(teacher.asked) == 8
    assert [e.attempt for e in events if isinstance(e, Sent)].count(2) == 2


def test_failed_and_unparsed_are_asked_again_only_on_request(store: Store, project: Project) -> None:
    run(store, project, FakeTeacher(faults={"prose": 0.5, "refuse": 0.5}))
    before = states(store)
    assert sum(before.values()) == 6
    assert before.keys() <= {"unparsed", "refused"}
    teacher = Scripted()
    quiet = run(store, project, teacher)
    assert isinstance(quiet[0], Planned)
    assert (quiet[0].requests, quiet[0].failed) == (0, 6)
    assert teacher.asked == []
    run(store, project, teacher, retry=("unparsed",))
    assert len(teacher.asked) == before.get("unparsed", 0)
    run(store, project, teacher, retry=("refused",))
    assert states(store) == {"done": 6}
    assert all(a.error is None for a in attempts.listing(store)), "an old problem does not stick to a new answer"


def test_an_answer_that_cannot_be_read_keeps_its_text(store: Store, project: Project) -> None:
    events = run(store, project, FakeTeacher(faults={"cut": 1.0}))
    unparsed = [a for a in attempts.listing(store) if a.state == "unparsed"]
    assert unparsed
    assert all(a.reply and a.reply.startswith("{") for a in unparsed)
    assert any("Cut off at teacher.max_tokens" in (e.problem or "") for e in events if isinstance(e, Answered))


def test_one_poisoned_prompt_fails_alone(store: Store, project: Project) -> None:
    teacher = Scripted(poison="Number 2:")
    events = run(store, project, teacher)
    assert finished(events)["failed"] == 2
    assert states(store) == {"done": 4, "failed": 2}
    failed = [a for a in attempts.listing(store) if a.state == "failed"]
    assert {a.tries for a in failed} == {4}
    assert {a.error for a in failed} == {"poisoned"}


def test_ten_failures_in_a_row_stop_the_run(store: Store, tmp_path: Path) -> None:
    project = make_project(tmp_path / "many", 20)
    teacher = Scripted(*[TeacherRejected("no such thing")] * 100)
    with pytest.raises(TeacherRejected, match=r"10 requests failed one after another.*no such thing"):
        run(store, project, teacher, policy(concurrency=1))
    assert len(teacher.asked) == 10


def test_nobody_there_stops_early_and_the_same_command_goes_on(store: Store, project: Project) -> None:
    gone = TeacherUnreachable("no connection")
    gone.perhaps_billed = False
    teacher = Scripted(*[gone] * 8)
    with pytest.raises(TeacherUnreachable, match="Nobody could be reached"):
        run(store, project, teacher)
    assert "unknown" not in states(store)
    again = run(store, project, FakeTeacher(), retry=("failed",))
    assert finished(again)["done"] == 6


@pytest.mark.parametrize("error", [TeacherSetupError("wrong key"), TeacherOutOfCredit("no money")])
def test_what_no_request_can_survive_stops_at_once_and_costs_no_answer(
    store: Store, project: Project, error: Exception
) -> None:
    teacher = Scripted(None, None, error)
    with pytest.raises(type(error)):
        run(store, project, teacher, policy(concurrency=2))
    assert len(teacher.asked) <= 5
    found = states(store)
    assert found["done"] == len(teacher.asked) - 1
    assert found.get("failed", 0) == 0
    assert finished(run(store, project, FakeTeacher()))["done"] == 6 - found["done"]


def test_closing_keeps_what_arrives_and_marks_the_rest(store: Store, project: Project) -> None:
    teacher = FakeTeacher(delay=0.15)
    events = running(store, planned(store, project, teacher), teacher, policy(concurrency=3))
    for _ in range(4):  # Planned and three Sent
        next(events)
    events.close()  # type: ignore[attr-defined]
    assert states(store) == {"done": 3}
    assert finished(run(store, project, FakeTeacher()))["done"] == 3


def test_what_does_not_arrive_in_the_grace_time_is_in_doubt_and_asked_again(store: Store, project: Project) -> None:
    teacher = FakeTeacher(delay=1.0)
    events = running(store, planned(store, project, teacher), teacher, policy(concurrency=2, grace=0.05))
    for _ in range(3):
        next(events)
    began = time.monotonic()
    events.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 0.7
    assert states(store) == {"unknown": 2}
    again = run(store, project, FakeTeacher())
    assert isinstance(again[0], Planned)
    assert (again[0].requests, again[0].in_doubt) == (6, 2)
    assert states(store) == {"done": 6}


def test_stop_ends_the_stream_in_order(store: Store, project: Project) -> None:
    stop, teacher = threading.Event(), FakeTeacher(delay=0.05)
    made = planned(store, project, teacher)
    events = []
    for event in generate(store, made, teacher, policy(concurrency=2), now=now, stop=stop):
        events.append(event)
        if isinstance(event, Answered):
            stop.set()
    assert isinstance(events[-2], Noted)
    assert "left; the same command goes on" in events[-2].message
    counts = finished(events)
    assert counts["done"] + counts["left"] == 6
    assert 1 <= counts["done"] <= 3
    assert counts["unknown"] == 0


def test_an_answer_that_arrived_is_committed_even_when_the_interruption_comes_before_it(
    store: Store, project: Project, tmp_path: Path
) -> None:
    class Interrupted(Store):
        """Stands for Ctrl-C in the worst place: in the middle of committing an answer."""

        armed = False

        def change(self):  # type: ignore[no-untyped-def]
            if self.armed and attempts.listing(store, "sent"):
                self.armed = False
                raise KeyboardInterrupt
            return super().change()

    teacher = FakeTeacher()
    odd = Interrupted(store.db, store.path)
    events = generate(odd, planned(store, project, teacher), teacher, policy(concurrency=1), now=now)
    next(events)
    next(events)
    odd.armed = True
    with pytest.raises(KeyboardInterrupt):
        next(events)
    assert states(store) == {"done": 1}
    assert len(examples.all_examples(store)) == 1


def test_a_dead_process_leaves_unknown_behind(store: Store, project: Project) -> None:
    made = planned(store, project, FakeTeacher())
    attempts.begin(store, made.items[0], now())
    assert planned(store, project, FakeTeacher()).event.in_doubt == 1
    events = run(store, project, FakeTeacher())
    assert finished(events)["done"] == 6
    assert {a.tries for a in attempts.listing(store)} == {1, 2}


# ---------------------------------------------------------------- money

PRICE = Price(1000.0, 1000.0)  # a tenth of a cent for each token


def test_plan_and_answers_are_priced(store: Store, project: Project) -> None:
    made = planned(store, project, FakeTeacher(), price=PRICE)
    assert made.event.dollars == pytest.approx((made.event.tokens_in + made.event.tokens_out) / 1000)
    events = list(running(store, made, FakeTeacher()))
    total = sum(e.dollars or 0 for e in events if isinstance(e, Answered))
    assert finished(events)["dollars"] == pytest.approx(total, abs=1e-5)
    assert attempts.spent(store) == pytest.approx(total)
    assert total == pytest.approx(made.event.dollars, rel=0.6), "the estimate is of the right size"


def test_the_second_plan_learns_from_the_first_answers(store: Store, project: Project) -> None:
    run(store, project, FakeTeacher())
    mean = attempts.measured(store, "fake")
    made = planned(store, project, FakeTeacher(), samples=2)
    assert mean
    assert made.event.tokens_out == pytest.approx(6 * mean, abs=1)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_cap_counts_the_worst_that_is_in_flight(store: Store, project: Project, concurrency: int) -> None:
    made = planned(store, project, FakeTeacher(), price=PRICE, max_tokens=1500)
    cap = 8.0
    with pytest.raises(CapReached, match="a higher --cap goes on"):
        list(running(store, made, FakeTeacher(), policy(cap=cap, max_tokens=1500, concurrency=concurrency)))
    assert 1.0 < attempts.spent(store) <= cap
    left = planned(store, project, FakeTeacher(), price=PRICE).event.requests
    assert 0 < left < 6
    assert "unknown" not in states(store), "what was in flight arrived before the end"


def test_a_cap_without_a_price_is_refused(store: Store, project: Project) -> None:
    class Paid(FakeTeacher):
        name = "openai:mystery"

    with pytest.raises(SettingError, match=r"no price is known for openai:mystery.*generate\.price_in"):
        planned(store, project, Paid(), cap=5.0)


def test_a_second_try_is_under_the_cap_too(store: Store, project: Project) -> None:
    slow = Scripted(*[TeacherUnreachable("no answer in time")] * 20)
    made = planned(store, project, slow, price=Price(0.0, 1000.0), max_tokens=1000)  # one dollar at worst
    with pytest.raises(CapReached, match=r"6 requests left; a higher --cap goes on"):
        list(running(store, made, slow, policy(cap=1.5, max_tokens=1000, concurrency=1)))
    assert len(slow.asked) == 1
    assert states(store) == {"unknown": 1}


def test_what_waits_for_another_try_is_not_counted_twice(store: Store, project: Project) -> None:
    busy = Scripted(TeacherBusy("429"))
    made = planned(store, project, busy, price=Price(0.0, 1000.0), max_tokens=1000)
    events = list(running(store, made, busy, policy(cap=6.5, max_tokens=1000, concurrency=1)))
    assert finished(events)["done"] == 6


# ---------------------------------------------------------------- odd answers


GOOD = made_up.answer("The gate was open.", Shape("plain"))


@pytest.mark.parametrize(
    "odd",
    [
        Reply(GOOD + "\ud83d"),
        Reply(GOOD[:-1] + ', "n": ' + "1" * 5000 + "}"),
        Reply(GOOD, tokens_in=10.5, tokens_out="many"),  # type: ignore[arg-type]
        Reply(GOOD, tokens_in=2**70, tokens_out=-1),
        Reply(GOOD, model={"name": "m"}),  # type: ignore[arg-type]
        Reply(GOOD.replace("input", "\\ud83d")),
        Reply("[{" * 5000),
    ],
    ids=["surrogate", "number", "usage", "range", "model", "name", "depth"],
)
def test_an_odd_answer_is_kept_and_takes_no_other_with_it(store: Store, project: Project, odd: Reply) -> None:
    class Odd(Scripted):
        def ask(self, request: Request) -> Reply:
            reply = super().ask(request)
            return odd if len(self.asked) == 1 else reply

    made = planned(store, project, Odd())
    plain = replace(made, items=tuple(i for i in made.items if i.template.shape.structure == "plain"))
    events = list(running(store, plain, Odd(), policy(concurrency=1)))
    assert finished(events)["done"] + finished(events)["unparsed"] == 3
    first = attempts.listing(store)[0]
    assert first.reply
    assert first.reply.replace("\ufffd", "")[:60] == odd.text[:60]


def test_an_odd_error_message_is_kept(store: Store, project: Project) -> None:
    events = run(store, project, Scripted(TeacherRejected(scrub("half \ud83d of it"))), policy(concurrency=1))
    assert finished(events)["failed"] == 1
    assert [a.error for a in attempts.listing(store) if a.error] == ["half \ufffd of it"]


def test_examples_that_cannot_be_written_do_not_lose_the_answer(
    store: Store, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> bool:
        raise ValueError("no room for this")

    monkeypatch.setattr(examples, "insert", fault)
    assert finished(run(store, project, FakeTeacher()))["unparsed"] == 6
    assert all(a.reply and "no room for this" in (a.error or "") for a in attempts.listing(store))


def test_one_outcome_that_cannot_be_recorded_leaves_its_neighbors(
    store: Store, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = FakeTeacher(delay=0.1)
    made = planned(store, project, teacher)
    settle, bad = attempts.settle, made.items[0].key

    def fault(db: object, key: str, state: str, *rest: object) -> None:
        if key == bad and state != "unknown":
            raise ValueError("a fault of this program")
        settle(db, key, state, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(attempts, "settle", fault)
    with pytest.raises(ValueError, match="a fault of this program"):
        list(running(store, made, teacher, policy(concurrency=3)))
    found = states(store)
    assert found["unknown"] == 1
    assert found["done"] >= 2
    assert "sent" not in found


def test_a_fault_of_ours_is_not_called_a_damaged_database(store: Store) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        store.row("SELECT ?", {"name": "m"})


def test_an_answer_that_was_cut_after_its_examples_says_so(store: Store, project: Project) -> None:
    class Cut(FakeTeacher):
        def ask(self, request: Request) -> Reply:
            return replace(super().ask(request), cut=True)

    run(store, project, Cut())
    assert states(store) == {"done": 6}
    assert all("Cut off at teacher.max_tokens" in (a.error or "") for a in attempts.listing(store))


# ---------------------------------------------------------------- passages and templates


def test_another_template_teacher_or_temperature_is_another_attempt(store: Store, project: Project) -> None:
    run(store, project, FakeTeacher())
    warm = FakeTeacher()
    warm.params = {"temperature": 1.0}
    assert planned(store, project, warm).event.requests == 6
    text = project.passages.read_text(encoding="utf-8")
    project.passages.write_text(text.replace("Number 1:", "Number one:"), encoding="utf-8")
    assert planned(store, project, FakeTeacher()).event.requests == 2


def test_choice_of_passages_and_templates(project: Project) -> None:
    made, _ = prompts(project, Choice(passages=["2"], templates=["visible-thought", "2"]), {})
    assert [(p.passage.number, p.template.name) for p in made] == [(2, "visible-thought")]
    with pytest.raises(UsageError, match="no passage '9'"):
        prompts(project, Choice(passages=["9"]), {})
    with pytest.raises(TemplateError, match="no template 'nonesuch'"):
        prompts(project, Choice(templates=["nonesuch"]), {})
    with pytest.raises(UsageError, match="nothing to ask"):
        prompts(project, Choice(templates=["continuity"]), {})


def test_an_unknown_template_in_the_file_is_an_error_with_its_line(project: Project) -> None:
    text = project.passages.read_text(encoding="utf-8").replace("templates:** 1, 2", "templates:** 1, 77", 1)
    project.passages.write_text(text, encoding="utf-8")
    line = text[: text.index("77")].count("\n") + 1
    with pytest.raises(Exception, match=rf"passages\.md, line {line}: .*'77'"):
        prompts(project, Choice(), {})


def test_own_templates_and_slots(project: Project) -> None:
    own = "---\nname: place\nstructure: plain\n---\nA memory of [old_place].\n\n[PASTE_PASSAGE]\n"
    (project.templates / "place.md").write_text(own, encoding="utf-8")
    text = project.passages.read_text(encoding="utf-8").replace("templates:** 1, 2", "templates:** place")
    project.passages.write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError, match=r"place\.md: no value for \[old_place\]"):
        prompts(project, Choice(), {})
    made, _ = prompts(project, Choice(), {"old_place": "a harbor"})
    assert made[0].text.startswith("A memory of a harbor.")
    settings = replace(project.settings, slots={"old_place": "a mill"})
    made, _ = prompts(replace(project, settings=settings), Choice(), {})
    assert made[0].text.startswith("A memory of a mill.")


def test_a_passage_without_templates_is_left_out_and_said(project: Project) -> None:
    text = project.passages.read_text(encoding="utf-8").replace("**Applicable templates:** 1, 2", "", 1)
    project.passages.write_text(text, encoding="utf-8")
    made, notes = prompts(project, Choice(), {})
    assert {p.passage.number for p in made} == {2, 3}
    assert "names no templates" in notes[0]
    made, notes = prompts(project, Choice(("1",), ("4",)), {})
    assert [p.template.number for p in made] == [4]
    assert notes == []


# ---------------------------------------------------------------- disk


def test_a_full_disk_is_a_sentence_and_loses_nothing_committed(store: Store, tmp_path: Path) -> None:
    project = make_project(tmp_path / "many", 30)
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count = {pages + 60}")
    with pytest.raises(DiskError, match=r"the disk is full\. Everything up to here is kept"):
        run(store, project, FakeTeacher(), policy(grace=0.5))
    done = states(store)["done"]
    assert 1 <= done < 60
    assert len(examples.all_examples(store)) == done
    store.db.execute("PRAGMA max_page_count = 1000000")
    assert finished(run(store, project, FakeTeacher()))["done"] == 60 - done


def test_thousands_of_requests(store: Store, tmp_path: Path) -> None:
    project = make_project(tmp_path / "many", 250)
    store.db.execute("PRAGMA synchronous = OFF")  # the time of this machine's disk is not the matter here
    began = time.monotonic()
    events = run(store, project, FakeTeacher(), samples=4)
    assert finished(events)["done"] == 2000
    assert time.monotonic() - began < 20
    began = time.monotonic()
    assert planned(store, project, FakeTeacher(), samples=4).event.done == 2000
    assert time.monotonic() - began < 3


def test_a_script_of_several_examples_in_one_answer(store: Store, project: Project) -> None:
    made, _ = prompts(project, Choice(("1",), ("1",)), {})
    one = json.loads(made_up.answer(made[0].text, made[0].template.shape))
    two = {**one, "instruction": "and then?"}
    events = run(store, project, FakeTeacher(script=[json.dumps([one, two])]))
    assert max(e.examples for e in events if isinstance(e, Answered)) == 2

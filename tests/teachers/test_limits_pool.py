"""Backoff, pacing, giving up; and threads that lose no outcome."""

import random
import threading
from typing import Any

from inscape.errors import TeacherBusy, TeacherRejected, TeacherUnreachable
from inscape.records import Reply, Request, Shape
from inscape.teachers.limits import AT_FIRST, IN_A_ROW, PATIENCE, Backoff, Pace, Streak
from inscape.teachers.pool import Pool

BUSY = TeacherBusy("busy")


def test_backoff_doubles_with_jitter_and_ends() -> None:
    chance = random.Random(0)
    waits = [Backoff(9).wait(BUSY, n, chance) for n in range(1, 10)]
    assert waits[-1] is None
    for n, wait in enumerate(waits[:-1]):
        assert wait is not None
        assert 0.75 * min(60, 2**n) <= wait <= min(60, 2**n)


def test_the_server_gets_the_time_it_asks_for_within_reason() -> None:
    chance = random.Random(0)
    assert Backoff(5).wait(TeacherBusy("", retry_after=30), 1, chance) == 30
    assert Backoff(5).wait(TeacherBusy("", retry_after=PATIENCE + 1), 1, chance) is None
    assert Backoff(5).wait(TeacherRejected("never"), 1, chance) is None


def test_pace_is_halved_and_recovers() -> None:
    pace = Pace(8)
    pace.busy()
    pace.busy()
    pace.busy()
    pace.busy()
    assert pace.allowed == 1
    for _ in range(100):
        pace.answered()
    assert pace.allowed == 8


def test_a_run_stops_after_failures_in_a_row_but_not_for_one_poisoned_prompt() -> None:
    rejected = TeacherRejected("no such thing")
    alone, many = Streak(), Streak()
    assert not any(alone.failed("a", rejected, True) for _ in range(50))
    said = [many.failed(str(n), rejected, True) for n in range(IN_A_ROW)]
    assert said[:-1] == [None] * (IN_A_ROW - 1)
    assert "no such thing" in str(said[-1])
    mixed = Streak()
    for n in range(50):
        assert mixed.failed(str(n), rejected, True) is None
        mixed.answered()


def test_nobody_there_is_noticed_early_and_busy_is_not_a_failure() -> None:
    gone, streak = TeacherUnreachable("gone"), Streak()
    assert [bool(streak.failed("a", gone, False)) for _ in range(AT_FIRST)] == [False] * (AT_FIRST - 1) + [True]
    busy = Streak()
    assert not any(busy.failed(str(n), BUSY, False) for n in range(100))


class Slow:
    name = "slow"

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self.most = self.here = 0
        self.lock = threading.Lock()
        self.gate = threading.Event()

    def close(self) -> None:
        pass

    def ask(self, request: Request) -> Reply:
        with self.lock:
            self.here += 1
            self.most = max(self.most, self.here)
        self.gate.wait(5)
        with self.lock:
            self.here -= 1
        if request.prompt == "3":
            raise ValueError("sk-secretsecret is in this message")
        return Reply(request.prompt)


def test_the_pool_keeps_an_outcome_until_it_is_settled() -> None:
    teacher = Slow()
    pool = Pool(teacher, 4)
    for n in range(10):
        pool.submit(str(n), Request(str(n), Shape("plain"), 1))
    assert pool.first(0.05) is None
    teacher.gate.set()
    seen = set()
    for _ in range(10):
        first = pool.first(5)
        assert first
        assert pool.first(0) is first, "looking twice finds the same"
        seen.add(first.key)
        if first.key == "3":
            assert isinstance(first.got, TeacherRejected)
            assert "secret" not in str(first.got).replace("[key]", "")
        pool.settled()
    pool.close()
    assert seen == {str(n) for n in range(10)}
    assert teacher.most == 4
    assert pool.first(0.01) is None

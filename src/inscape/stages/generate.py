"""Asking a teacher: every request is in the log before it leaves, every answer before anyone is told.

Invariant: whenever this stops, by a closed generator, an error or a dead process, each answer that arrived is
committed with its examples, and what is not known to have arrived is marked as such and asked again by the next run.
One thread writes; the teacher is asked by others.
"""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from inscape.elicitation.answers import Answer, read_answer
from inscape.errors import (
    CapReached,
    InscapeError,
    TeacherBusy,
    TeacherError,
    TeacherOutOfCredit,
    TeacherRefused,
    TeacherSetupError,
)
from inscape.events import Answered, Event, Finished, Noted, Sent, Waiting
from inscape.records import Provenance, Reply, Request, State
from inscape.stages.answers import commit
from inscape.stages.plan import Plan
from inscape.store import Store, attempts
from inscape.store.attempts import Item
from inscape.teachers import prices
from inscape.teachers.base import Teacher
from inscape.teachers.limits import Backoff, Pace, Streak
from inscape.teachers.pool import Outcome, Pool
from inscape.text import plural, shorten

GRACE = 10.0
"""Seconds that an interrupted run waits for what is in flight."""
_TICK = 0.2


@dataclass(frozen=True, slots=True)
class Policy:
    """How a run behaves; decided once. `cap` in dollars, 0 for none; `grace` in seconds."""

    concurrency: int = 4
    max_tokens: int = 4000
    backoff: Backoff = field(default_factory=lambda: Backoff(5))
    tag: str = "thinking"
    cap: float = 0.0
    grace: float = GRACE


def generate(
    store: Store,
    plan: Plan,
    teacher: Teacher,
    policy: Policy,
    *,
    now: Callable[[], str],
    stop: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
    chance: random.Random | None = None,
) -> Iterator[Event]:
    """Carry the plan out: Planned, then Sent, Answered and Waiting as they happen, then Finished.

    Setting `stop`, or closing the generator, stops sending, and waits up to `policy.grace` seconds for what is in
    flight; call it only while holding the project's lock. Raises CapReached, TeacherOutOfCredit, TeacherSetupError,
    or what a long row of failures ended in, after everything in flight has arrived; DiskError at once.
    """
    attempts.recover(store)
    yield plan.event
    run = _Run(store, plan, teacher, policy, now, stop or threading.Event(), clock, chance or random.Random())
    try:
        yield from run.work()
        yield from run.rest()
    finally:
        run.wind_up()
    if run.fatal:
        raise run.fatal
    yield Finished("generate", run.totals())


@dataclass(slots=True)
class _Flight:
    """A request that left. `attempt`: which try in this run, from 1."""

    item: Item
    worst: float
    attempt: int = 1


class _Run:
    """One run's state: what is still to ask, in flight, or waiting for another try."""

    def __init__(
        self, store: Store, plan: Plan, teacher: Teacher, policy: Policy, now: Callable[[], str],
        stop: threading.Event, clock: Callable[[], float], chance: random.Random,
    ) -> None:  # fmt: skip
        self.store, self.plan, self.policy, self.now = store, plan, policy, now
        self.stop, self.clock, self.chance = stop, clock, chance
        self.pool = Pool(teacher, policy.concurrency, clock)
        self.pace, self.streak = Pace(policy.concurrency), Streak()
        self.todo = deque(plan.items)
        self.flying: dict[str, _Flight] = {}
        self.later: list[tuple[float, int, str]] = []
        self.waiting: dict[str, _Flight] = {}
        self.counts: Counter[str] = Counter(sent=0, done=0, examples=0, unparsed=0, refused=0, failed=0)
        self.spent = 0.0
        self.fatal: Exception | None = None
        self.end: float | None = None

    # ------------------------------------------------------------ the loop

    def work(self) -> Iterator[Event]:
        """Until all is asked, or something says stop."""
        while (self.todo or self.flying or self.waiting) and not self.halted:
            yield from self._retry_due()
            yield from self._send()
            yield from self._take(self._patience())

    @property
    def halted(self) -> bool:
        return self.fatal is not None or self.stop.is_set()

    def rest(self) -> Iterator[Event]:
        """After a halt: what is in flight, for as long as it takes, or for the grace time when a person said stop."""
        while self.flying and not (self.stop.is_set() and self.clock() >= self._deadline()):
            yield from self._take(_TICK)
        if self.halted and (left := len(self.todo) + len(self.waiting) + len(self.flying)):
            yield Noted("warning", f"Stopped with {plural(left, 'request')} left; the same command goes on.")

    def _deadline(self) -> float:
        """When the grace time is over; it begins when this is first asked."""
        self.end = self.clock() + self.policy.grace if self.end is None else self.end
        return self.end

    def _patience(self) -> float:
        if not self.later or (self.flying and len(self.flying) >= self.pace.allowed):
            return _TICK
        due = self.later[0][0] - self.clock()
        return min(_TICK, due) if due > 0 else _TICK  # one that is due and did not leave waits for news

    # ------------------------------------------------------------ sending

    def _send(self) -> Iterator[Event]:
        while self.todo and not self.halted and len(self.flying) < self.pace.allowed and not self._crowded:
            item = self.todo[0]
            worst = self._worst(item)
            if not self._affordable(worst, (*self.flying.values(), *self.waiting.values())):
                return
            tries = attempts.begin(self.store, item, self.now())
            self.todo.popleft()
            yield from self._launch(_Flight(item, worst), tries)

    @property
    def _crowded(self) -> bool:
        """So many wait for another try that the server is not to be given more."""
        return len(self.waiting) >= max(2, self.policy.concurrency)

    def _launch(self, flight: _Flight, tries: int) -> Iterator[Event]:
        item = flight.item
        self.flying[item.key] = flight
        request = Request(
            prompt=item.prompt,
            shape=item.template.shape,
            max_tokens=self.policy.max_tokens,
            params=item.params,
            passage=item.passage.id,
            template=item.template.name,
            attempt=tries,
        )
        self.pool.submit(item.key, request)
        self.counts["sent"] += 1
        yield Sent(item.key, item.passage.id, item.template.name, tries)

    def _retry_due(self) -> Iterator[Event]:
        while self.later and self.later[0][0] <= self.clock() and len(self.flying) < self.pace.allowed:
            _, _, key = self.later[0]
            flight = self.waiting[key]
            if not self._affordable(flight.worst, self.flying.values()):
                return
            tries = attempts.again(self.store, key, self.now())
            heapq.heappop(self.later)
            del self.waiting[key]
            flight.attempt += 1
            yield from self._launch(flight, tries)

    def _worst(self, item: Item) -> float:
        """The most this request can cost: twice its estimated prompt, and the longest answer allowed."""
        price = self.plan.price
        return price.of(2 * prices.tokens_of(item.prompt), self.policy.max_tokens) if price else 0.0

    def _affordable(self, worst: float, beside: Iterable[_Flight]) -> bool:
        """Whether one more fits under the cap, those beside it at their worst. Ends the run when none ever will."""
        cap = self.policy.cap
        beside = tuple(beside)
        if not cap or self.spent + sum(flight.worst for flight in beside) + worst <= cap:
            return True
        if not beside:
            left = len(self.todo) + len(self.waiting)
            self.fatal = CapReached(
                f"The cap of {cap:g} dollars allows no further request: ≈ {self.spent:.4f} are spent in this run, and "
                f"the next could cost {worst:.4f}. {plural(left, 'request')} left; a higher --cap goes on."
            )
        return False

    # ------------------------------------------------------------ receiving

    def _take(self, timeout: float) -> Iterator[Event]:
        outcome = self.pool.first(timeout)
        if outcome is None:
            return
        event = self._record(outcome)
        self.pool.settled()
        self.flying.pop(outcome.key, None)
        if event:
            yield event

    def _record(self, outcome: Outcome) -> Event | None:
        """Commit an outcome, or put the request up for another try."""
        flight = self.flying[outcome.key]
        if isinstance(outcome.got, Reply):
            self.pace.answered()
            self.streak.answered()
            return self._answer(flight, outcome.got, outcome.seconds)
        return self._error(flight, outcome.got, outcome.seconds)

    def _answer(self, flight: _Flight, reply: Reply, seconds: float) -> Event:
        item = flight.item
        answer = read_answer(reply.text, item.template.shape, self.policy.tag)
        problem = " ".join(answer.problems) or None
        if reply.cut and answer.state != "done":
            problem = f"Cut off at teacher.max_tokens = {self.policy.max_tokens}. Raise it, then ask again."
        elif reply.cut:
            problem = f"{problem or ''} Cut off at teacher.max_tokens; the examples in it are whole.".strip()
        dollars = self._cost(item, reply)
        source = Provenance(item.passage.id, item.template.name, item.teacher, item.key)
        structure = item.template.shape.structure
        write = partial(commit, self.store, source, structure, reply=reply, dollars=dollars, at=self.now())
        try:
            write(answer, problem=problem)
        except InscapeError:
            raise
        except Exception as error:  # noqa: BLE001 - the text is paid for, and is kept though its examples cannot be
            problem = f"Its examples cannot be kept ({shorten(f'{type(error).__name__}: {error}', 120)})."
            answer = Answer((), (problem,), "unparsed")
            write(answer, problem=problem)
        self.spent += dollars or 0.0
        self.counts["examples"] += len(answer.conversations)
        return self._answered(flight, answer.state, len(answer.conversations), problem, reply, dollars, seconds)

    def _answered(
        self, flight: _Flight, state: State, made: int, problem: str | None, reply: Reply | None,
        dollars: float | None, seconds: float,
    ) -> Event:  # fmt: skip
        self.counts[state] += 1
        item = flight.item
        return Answered(
            key=item.key,
            passage=item.passage.id,
            template=item.template.name,
            state=state,
            examples=made,
            problem=problem,
            tokens_in=reply.tokens_in if reply else None,
            tokens_out=reply.tokens_out if reply else None,
            dollars=dollars,
            seconds=round(seconds, 3),
        )

    def _cost(self, item: Item, reply: Reply) -> float | None:
        if self.plan.price is None:
            return None
        tokens_in = prices.tokens_of(item.prompt) if reply.tokens_in is None else reply.tokens_in
        tokens_out = prices.tokens_of(reply.text) if reply.tokens_out is None else reply.tokens_out
        return self.plan.price.of(tokens_in, tokens_out)

    def _error(self, flight: _Flight, error: TeacherError, seconds: float) -> Event | None:
        key = flight.item.key
        if isinstance(error, TeacherSetupError | TeacherOutOfCredit):
            self._settle(key, "planned", None)
            self.fatal = self.fatal or error
            return None
        if isinstance(error, TeacherRefused):
            self.streak.answered()
            self._settle(key, "refused", str(error))
            return self._answered(flight, "refused", 0, str(error), None, None, seconds)
        if isinstance(error, TeacherBusy):
            self.pace.busy()
        self.spent += flight.worst if error.perhaps_billed else 0.0
        wait = self.policy.backoff.wait(error, flight.attempt, self.chance)
        if sentence := self.streak.failed(key, error, wait is None):
            self.fatal = self.fatal or type(error)(sentence)
        if wait is None:
            self._settle(key, "failed", str(error))
            return self._answered(flight, "failed", 0, str(error), None, None, seconds)
        # Should no further try come to pass, the log is right already: asked in vain, or in doubt.
        self._settle(key, "unknown" if error.perhaps_billed else "planned", str(error))
        self.waiting[key] = flight
        heapq.heappush(self.later, (self.clock() + wait, self.counts["sent"], key))
        return None if self.halted else Waiting(key, round(wait, 2), str(error))

    def _settle(self, key: str, state: State, problem: str | None) -> None:
        with self.store.change() as db:
            attempts.settle(db, key, state, None, problem, None, self.now())

    # ------------------------------------------------------------ the end

    def wind_up(self) -> None:
        """Commit what has arrived, wait for the rest up to the grace time, and mark what is in doubt.

        One that cannot be written takes no other with it. Never raises for an outcome that is committed already: an
        interruption may have come between that and here.
        """
        self.pool.close()
        away, failed = set(self.flying), None
        try:
            while away and (outcome := self.pool.first(self._deadline() - self.clock())):
                try:
                    self._last(outcome)
                except Exception as error:  # noqa: BLE001 - raised below, once the others are safe
                    failed = failed or error
                away.discard(outcome.key)
                self.pool.settled()
        finally:
            self._leave()
        if failed:
            raise failed

    def _last(self, outcome: Outcome) -> None:
        self.stop.set()  # no further try
        if outcome.key in self.flying and self._state(outcome.key) == "sent":
            self._record(outcome)
        self.flying.pop(outcome.key, None)

    def _leave(self) -> None:
        """What is still in the air is in doubt."""
        for key in self.flying:
            if self._state(key) == "sent":
                self._settle(key, "unknown", "Stopped before the answer came; perhaps billed.")

    def _state(self, key: str) -> State | None:
        return next((a.state for a in attempts.find(self.store, key)), None)

    def totals(self) -> dict[str, int | float]:
        left = len(self.todo) + len(self.waiting)
        made: dict[str, int | float] = {**self.counts, "unknown": len(self.flying), "left": left}
        return {**made, "dollars": round(self.spent, 6)} if self.plan.price else made

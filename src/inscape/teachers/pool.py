"""Threads that ask a teacher, so that the thread with the database need not wait.

Invariant: an outcome stays in the pool until `settled` takes it away: whoever is interrupted between looking and
writing finds it again; and it can be written, whatever the server sent. The threads are daemons: a request that hangs
does not keep the program from ending.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from inscape.errors import TeacherError, TeacherRejected
from inscape.records import Reply, Request
from inscape.teachers.base import Teacher, checked, scrub
from inscape.text import shorten


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request."""

    key: str
    got: Reply | TeacherError
    seconds: float


class Pool:
    """At most `size` requests at once. Used by one thread; the workers are its own."""

    def __init__(self, teacher: Teacher, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._teacher = teacher
        self._size = size
        self._clock = clock
        self._orders: queue.SimpleQueue[tuple[str, Request] | None] = queue.SimpleQueue()
        self._outcomes: deque[Outcome] = deque()
        self._news = threading.Semaphore(0)
        self._workers = 0
        self._busy = 0

    def submit(self, key: str, request: Request) -> None:
        self._busy += 1
        if self._workers < min(self._busy, self._size):
            self._workers += 1
            threading.Thread(target=self._work, daemon=True, name=f"teacher-{self._workers}").start()
        self._orders.put((key, request))

    def first(self, timeout: float) -> Outcome | None:
        """The oldest outcome, waiting up to `timeout` seconds for one. It stays until it is `settled`."""
        end = self._clock() + timeout
        while not self._outcomes:  # news of an outcome that was seen without waiting is still there: look again
            if not self._news.acquire(timeout=max(0.0, end - self._clock())):
                break
        return self._outcomes[0] if self._outcomes else None

    def settled(self) -> None:
        """The oldest outcome is on the disk."""
        self._outcomes.popleft()
        self._busy -= 1

    def close(self) -> None:
        """Let idle workers end. One in the middle of a request ends after it, and its outcome is dropped."""
        for _ in range(self._workers):
            self._orders.put(None)

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            key, request = order
            began = self._clock()
            got = self._ask(request)
            self._outcomes.append(Outcome(key, got, self._clock() - began))
            self._news.release()

    def _ask(self, request: Request) -> Reply | TeacherError:
        try:
            return checked(self._teacher.ask(request))
        except TeacherError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a fault in a client must not lose the other answers
            what = scrub(shorten(f"{type(error).__name__}: {error}", 200))
            return TeacherRejected(f"The client of {self._teacher.name} failed in a way it should not ({what}).")

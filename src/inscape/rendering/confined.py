"""A process of its own for chat templates, which are foreign code: they get so much computing, so much memory.

Invariant: whatever a template holds, `texts` comes back, with the texts or with an InputError that names it. Only the
kernel can promise that: one call such as `"a" * 10**10` is busy in C, where no signal handler, thread or counter of
this process would get a word in: see `inscape.confine`. One process serves all templates, so that a row costs a pipe's
round trip and not a start.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

from inscape import confine
from inscape.errors import DataError, InputError


@dataclass(frozen=True, slots=True)
class Limits:
    """What a template may take. A real one takes thousandths of a second and a few megabytes."""

    seconds: float = 5.0
    """Of computing, beyond what rows earn (see `sandbox`)."""
    memory: int = 1 << 30
    """Bytes."""
    watched: bool = confine.WATCHED
    """Whether memory is looked at from outside, for want of a kernel that refuses it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One conversation to be rendered, whole, and the prompts of its first messages."""

    messages: Sequence[Mapping[str, Any]]
    prompts: Sequence[int] = ()
    """Of how many messages, each."""
    generation: bool = False
    """Whether the whole ends with the generation prompt."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A job that was rendered."""

    whole: str
    prompts: tuple[str, ...]


class Confined:
    """The process, started when it is needed, and again after it was ended. Threads take turns."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.process: subprocess.Popen[bytes] | None = None
        self._known: dict[str, int] = {}
        self._turn = Lock()

    def texts(
        self, name: str, source: str, jobs: Sequence[Job], given: Mapping[str, Any], today: datetime
    ) -> list[Texts | DataError]:
        """The texts of each job, or why the template does not take its messages, all in one round trip.

        `given`: what the template sees besides the messages. Raises InputError where it is the template's own fault.
        """
        with self._turn:
            try:
                reply = self._answer(name, source, jobs, {"given": dict(given), "today": today.isoformat()})
            except BaseException:  # also Ctrl-C: an answer that nobody waits for must not be taken for the next one
                self._end()
                raise
            if reply.get("memory"):
                self._end()
                raise self._too_much(name)
        if "refused" in reply:
            raise InputError(f"{name}{reply['refused']}.")
        return [
            DataError(f"{name}{done}") if isinstance(done, str) else Texts(done[-1], tuple(done[:-1]))
            for done in reply["done"]
        ]

    def close(self) -> None:
        """End the process; the next text starts another."""
        with self._turn:
            self._end()

    def _answer(self, name: str, source: str, jobs: Sequence[Job], besides: Mapping[str, Any]) -> dict[str, Any]:
        process = self._running()
        assert process.stdin
        new = source not in self._known
        number = self._known.setdefault(source, len(self._known))
        request = {
            "number": number,
            "source": source if new else None,
            "jobs": [([dict(one) for one in job.messages], list(job.prompts), job.generation) for job in jobs],
            **besides,
        }
        with contextlib.suppress(BrokenPipeError):  # then it has ended, and the empty answer says so
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        line = self._line(name, process)
        if not line:
            raise self.ended(name)
        reply: dict[str, Any] = json.loads(line)
        return reply

    def ended(self, name: str) -> InputError:
        """Why the process ended before it answered."""
        assert self.process
        code = self.process.wait()
        if confine.timed_out(code):
            return InputError(
                f"{name} takes too long: rows are rendered in thousandths of a second, and {self.limits.seconds:g} s "
                "of computing were not enough. It may hold an endless loop. Name another template, or mend this one."
            )
        return InputError(f"{name} broke the process that renders it (exit {code}). Name another template.")

    def _too_much(self, name: str) -> InputError:
        return InputError(
            f"{name} takes too much memory to render a row: more than {self.limits.memory >> 20:,} MiB. It may build a "
            "text without end. Name another template, or mend this one."
        )

    def _line(self, name: str, process: subprocess.Popen[bytes]) -> bytes:
        """The answer's line; empty where the process ended. Raises InputError where it was seen to take too much."""
        assert process.stdout
        if self.limits.watched:
            with selectors.DefaultSelector() as ready:
                ready.register(process.stdout, selectors.EVENT_READ)
                while not ready.select(confine.LOOK):
                    if confine.resident(process.pid) > self.limits.memory:
                        raise self._too_much(name)
        return process.stdout.readline()

    def _running(self) -> subprocess.Popen[bytes]:
        if self.process and self.process.poll() is None:
            return self.process
        self._end()
        self.process = process = confine.start("inscape.rendering.sandbox")
        limits = {"seconds": self.limits.seconds, "memory": None if self.limits.watched else self.limits.memory}
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(limits).encode() + b"\n")
        process.stdin.flush()
        if not process.stdout.readline():
            raise RuntimeError(f"the process that renders templates does not start (exit {process.wait()})")
        return process

    def _end(self) -> None:
        process, self.process = self.process, None
        self._known = {}
        if process:
            confine.end(process)


@cache
def shared() -> Confined:
    """The one of this process."""
    one = Confined()
    atexit.register(one.close)
    return one


if hasattr(os, "register_at_fork"):  # a forked process speaks to a process of its own, not to its parent's
    os.register_at_fork(after_in_child=shared.cache_clear)

"""When to send, when to wait, when to give up. Pure: clock and randomness are passed in.

Invariant: what cannot succeed is never sent again, and a server that asks for time gets it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from inscape.errors import TeacherBusy, TeacherError, TeacherUnreachable

FIRST, LONGEST = 1.0, 60.0
PATIENCE = 600.0
"""Seconds that a server may ask to wait; one that asks for longer is given up for this run."""
IN_A_ROW = 10
"""Failures without an answer between them, of more than one request, after which a run stops."""
AT_FIRST = 4
"""The same while no answer has come at all and nobody can be reached."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long until the next try: doubling from `first` seconds to `longest`, less up to a quarter at random."""

    tries: int
    first: float = FIRST
    longest: float = LONGEST

    def wait(self, error: TeacherError, attempt: int, chance: random.Random) -> float | None:
        """Seconds before try number `attempt` + 1; None when there is to be none."""
        if not error.passes or attempt >= self.tries:
            return None
        wait = min(self.longest, self.first * 2.0 ** min(attempt - 1, 30)) * (1 - chance.random() / 4)
        if error.retry_after is None:
            return wait
        return None if error.retry_after > PATIENCE else max(wait, error.retry_after)


@dataclass(slots=True)
class Pace:
    """How many requests may be in flight: halved when the server is busy, one more after each full round of answers."""

    most: int
    allowed: int = 0
    _answers: int = 0

    def __post_init__(self) -> None:
        self.allowed = self.allowed or self.most

    def busy(self) -> None:
        self.allowed, self._answers = max(1, self.allowed // 2), 0

    def answered(self) -> None:
        self._answers += 1
        if self._answers >= self.allowed and self.allowed < self.most:
            self.allowed, self._answers = self.allowed + 1, 0


@dataclass(slots=True)
class Streak:
    """Failures since the last answer. One poisoned prompt alone never fills it."""

    failures: int = 0
    keys: set[str] = field(default_factory=set)
    answers: int = 0

    def answered(self) -> None:
        self.failures, self.keys = 0, set()
        self.answers += 1

    def failed(self, key: str, error: TeacherError, final: bool) -> str | None:
        """Count a failed try; the sentence with which to stop the run, or None to go on.

        A busy server counts only when a request has used up its tries: it did answer, and backing off is the cure.
        """
        if isinstance(error, TeacherBusy) and not final:
            return None
        self.failures += 1
        self.keys.add(key)
        if not self.answers and isinstance(error, TeacherUnreachable) and self.failures >= AT_FIRST:
            return f"Nobody could be reached in {self.failures} tries, so the run stops here. {error}"
        if self.failures >= IN_A_ROW and len(self.keys) > 1:
            return f"{self.failures} requests failed one after another, so the run stops here. The last: {error}"
        return None

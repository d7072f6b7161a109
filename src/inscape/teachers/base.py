"""What a teacher is: something with a name that answers one request at a time, from any thread.

Invariant: a teacher never retries, never waits and never writes; it answers, or raises from the TeacherError tree.
Retries, pacing, the log and the money belong to whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

from inscape.records import Reply, Request

_KEY = re.compile(r"\b(?:sk|pk|gsk|xai|key)-[A-Za-z0-9_\-]{8,}")


class Teacher(Protocol):
    """One who answers prompts. `ask` must be safe to call from several threads at once."""

    @property
    def name(self) -> str:
        """The protocol with its model, such as 'openai:llama3.3'. Part of an attempt's key."""

    @property
    def params(self) -> dict[str, Any]:
        """What else shapes an answer, such as the temperature. Part of an attempt's key, and sent as it is."""

    def ask(self, request: Request) -> Reply:
        """The answer. Raises TeacherError."""

    def close(self) -> None:
        """Let go of connections. No request may be in flight or follow."""


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets and without anything that looks like an API key."""
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, "[key]")
    return _KEY.sub("[key]", text)

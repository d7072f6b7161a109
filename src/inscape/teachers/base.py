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


def storable(text: str) -> str:
    """The text as UTF-8 can hold it: halves of surrogate pairs that a server sent become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def checked(reply: Reply) -> Reply:
    """A reply as the records promise it, whatever a server put in the place of its text and its numbers."""
    return Reply(
        text=storable(reply.text) if isinstance(reply.text, str) else "",
        tokens_in=_count(reply.tokens_in),
        tokens_out=_count(reply.tokens_out),
        model=storable(reply.model) if isinstance(reply.model, str) else None,
        cut=bool(reply.cut),
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text, storable, without these secrets and without anything that looks like an API key."""
    text = storable(text)
    for secret in sorted((s for s in secrets if s), key=len, reverse=True):
        text = text.replace(secret, "[key]")
    return _KEY.sub("[key]", text)

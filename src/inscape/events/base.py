"""What every stage emits: the base of all events, and those that belong to no one part of the road."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    def to_json(self) -> dict[str, Any]:
        return {"event": name_of(type(self)), **dataclasses.asdict(self)}


def name_of(kind: type[Event]) -> str:
    """The event's name in the JSON stream: `BookAdded` is 'book_added'."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Something a person should know, in a sentence. `level`: 'note', 'warning' or 'error'."""

    level: str
    message: str


@dataclass(frozen=True, slots=True)
class FileWritten(Event):
    """A file stands complete on the disk. `rows` where it has rows."""

    path: str
    what: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The stage is done. `counts` are its totals, by name."""

    stage: str
    counts: Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class Step(Event):
    """The demo begins a step of the road: what it is, and the command that does the same."""

    title: str
    command: str


@dataclass(frozen=True, slots=True)
class Found(Event):
    """What `doctor` found of one thing. `state`: 'ok', 'note' or 'missing' (something will not work)."""

    what: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """The stage ended in an error; always the last event. `error` is the class's name in the error tree."""

    error: str
    message: str
    exit_code: int

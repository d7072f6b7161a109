"""Decisions as lines of JSON: for scripts, for git, and to take a person's labor to another copy of the project.

Invariant: a line is taken as it is meant or refused with its number and the reason; `line(…)` of a decision that was
read is that line again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from inscape.errors import DataError
from inscape.examples import fields, serialize, turns
from inscape.examples.shapes import read_row
from inscape.records import Conversation, Decision, Verdict
from inscape.text import shorten

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_KNOWN = ("example", "verdict", "checklist", "note", "reviewer", "edit")
_AFTERWARDS = ("revision", "milliseconds", "at")
"""Facts that a line may carry and that are not taken from it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One line: what should stand for an example. `edit`: its new text, where the line has one."""

    line: int
    example: str
    verdict: Verdict
    checklist: tuple[int, ...] = ()
    note: str = ""
    edit: Conversation | None = None
    reviewer: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be taken, and why."""

    line: int
    reason: str


def line(decision: Decision, edit: Conversation | None = None) -> dict[str, Any]:
    """A decision as one JSON object; `edit`: the text that was kept, where it isn't the teacher's."""
    made: dict[str, Any] = {
        "example": decision.example,
        "verdict": decision.verdict,
        "checklist": list(decision.checklist),
        "note": decision.note,
    } | ({"reviewer": decision.reviewer} if decision.reviewer else {})
    return made | ({"edit": serialize.to_json(edit)} if edit is not None else {})


def read(text: str, *, items: int, known: Collection[str], tag: str = "thinking") -> Iterator[Wish | Wrong]:
    """Each line that isn't empty, in order. `items`: of the rubric; `known`: ids of the project's examples."""
    for number, row in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        if row.strip():
            try:
                yield _wish(number, row, items, known, tag)
            except DataError as error:
                yield Wrong(number, str(error))


def _wish(number: int, row: str, items: int, known: Collection[str], tag: str) -> Wish:
    value = _parsed(row)
    for name in value:
        if name not in _KNOWN + _AFTERWARDS:
            raise DataError(f'unknown field "{name}"; a decision has {", ".join(_KNOWN)}')
    example, verdict, note = value.get("example"), value.get("verdict"), value.get("note") or ""
    if not isinstance(example, str) or not example:
        raise DataError('"example" must be the id of an example, such as "e-1a2b3c4d5e"')
    if example not in known:
        raise DataError(f"there is no example {shorten(example, 30)} in this project")
    if verdict not in VERDICTS:
        raise DataError(f'"verdict" is {_shown(verdict)}; it must be keep, drop or skip')
    if not isinstance(note, str):
        raise DataError(f'"note" is {_shown(note)}; it must be text')
    ticks, edit = _checklist(value.get("checklist"), items), _edit(value, tag)
    return Wish(number, example, verdict, ticks, note, edit, fields.word(value.get("reviewer"), "reviewer") or "")


def _parsed(row: str) -> dict[str, Any]:
    try:
        value = json.loads(row)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON ({error.msg}, column {error.colno})") from None
    except RecursionError:
        raise DataError("nested too deep") from None
    except ValueError:
        raise DataError("it holds a number with too many digits") from None
    fields.writable(value)
    if not isinstance(value, dict):
        raise DataError("a decision is an object with example and verdict")
    return value


def _checklist(value: object, items: int) -> tuple[int, ...]:
    ticks = [] if value is None else value
    if not isinstance(ticks, list) or not all(type(tick) is int and 1 <= tick <= items for tick in ticks):
        raise DataError(f'"checklist" is {_shown(value)}; it must be a list of item numbers from 1 to {items}')
    return tuple(sorted(set(ticks)))


def _edit(value: dict[str, Any], tag: str) -> Conversation | None:
    """The canonical form, or any raw shape that `import` reads."""
    edit = value.get("edit")
    if edit is None:
        return None
    canonical = isinstance(edit, dict) and isinstance(edit.get("turns"), list) and _has_role(edit["turns"])
    try:
        return serialize.from_json(edit) if canonical else _checked(read_row(edit, tag=tag))
    except DataError as error:
        raise DataError(f'"edit": {error}') from None


def _has_role(listed: list[Any]) -> bool:
    return any(isinstance(turn, dict) and "role" in turn and "text" in turn for turn in listed)


def _checked(conversation: Conversation) -> Conversation:
    turns.check(conversation.turns)
    return conversation


def _shown(value: object) -> str:
    return "missing" if value is None else shorten(json.dumps(value, ensure_ascii=False), 40)

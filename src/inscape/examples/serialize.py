"""The canonical JSON form of a conversation: what the database and dataset/examples.jsonl hold.

Invariant: `from_json(to_json(c)) == c`, and equal conversations have the same text and hash whatever order their
fields were given in. This is no training format: those are in `export`.
"""

from __future__ import annotations

import json
from typing import Any

from inscape.errors import DataError
from inscape.examples import fields
from inscape.examples.turns import check
from inscape.records import Conversation, Mood, Turn
from inscape.text import sha256

_TOP = ("system", "turns", "complexity", "iterations", "category", "language", "extra")
_TURN = ("role", "text", "input", "thought", "state", "effort")
_MOOD = ("mood", "certainty", "thoughts")


def to_json(conversation: Conversation) -> dict[str, Any]:
    """Plain JSON values; keys in a fixed order; nothing that is None or empty."""
    made: dict[str, Any] = {name: getattr(conversation, name) for name in _TOP}
    made["turns"] = [_turn(turn) for turn in conversation.turns]
    made["extra"] = _sorted(conversation.extra)
    return _kept(made)


def dumps(conversation: Conversation) -> str:
    """The canonical form as one line of text."""
    return json.dumps(to_json(conversation), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def content_hash(conversation: Conversation) -> str:
    """SHA-256 of the canonical text, as hex: another word, thought, state or field is another hash."""
    return sha256(dumps(conversation))


def from_json(value: object) -> Conversation:
    """The conversation of a canonical dict. Raises DataError that names the field at fault."""
    row = fields.mapping(value, "an example", _TOP)
    turns = row.get("turns")
    if not isinstance(turns, list) or not turns:
        raise DataError('"turns" must be a list of turns')
    read = tuple(_read_turn(turn, f"turn {number}") for number, turn in enumerate(turns, 1))
    check(read)
    return Conversation(
        turns=read,
        system=_text(row.get("system"), '"system"'),
        complexity=fields.complexity(row.get("complexity")),
        iterations=fields.iterations(row.get("iterations")),
        category=fields.word(row.get("category"), "category"),
        language=fields.word(row.get("language"), "language"),
        extra=fields.mapping(row.get("extra", {}), '"extra"'),
    )


def is_canonical(value: object) -> bool:
    """Whether a row is meant in this form: it has turns with a role and a text."""
    turns = value.get("turns") if isinstance(value, dict) else None
    return isinstance(turns, list) and any(isinstance(turn, dict) and {"role", "text"} <= turn.keys() for turn in turns)


def loads(text: str) -> Conversation:
    """The conversation of a canonical line. Raises DataError."""
    try:
        return from_json(json.loads(text))
    except json.JSONDecodeError as problem:
        raise DataError(f"column {problem.colno}: not JSON ({problem.msg})") from None


def _turn(turn: Turn) -> dict[str, Any]:
    mood = turn.state
    state = {} if mood is None else _kept({name: getattr(mood, name) for name in _MOOD})
    if isinstance(state.get("certainty"), int | float):
        state["certainty"] = float(state["certainty"])  # 1 and 1.0 are equal, so they must hash alike
    if "thoughts" in state:
        state["thoughts"] = list(state["thoughts"])
    made = {name: getattr(turn, name) for name in _TURN} | {"state": state}
    return {name: value for name, value in made.items() if name == "text" or value not in (None, "", {})}


def _kept(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value not in (None, "", (), [], {})}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list | tuple) else value


def _read_turn(value: object, where: str) -> Turn:
    held = fields.mapping(value, where, _TURN)
    role = held.get("role")
    if role != "user" and role != "assistant":
        raise DataError(f'{where}: "role" must be user or assistant, not {fields.kind(role)}')
    for name in ("thought", "state", "effort") if role == "user" else ("input",):
        if held.get(name):
            raise DataError(f'{where}: "{name}" can not stand on a turn of the {role}')
    return Turn(
        role=role,
        text=_text(held.get("text"), f'{where}: "text"') or "",
        thought=_text(held.get("thought"), f'{where}: "thought"'),
        state=_read_mood(held.get("state"), where),
        input=_text(held.get("input"), f'{where}: "input"'),
        effort=_text(held.get("effort"), f'{where}: "effort"'),
    )


def _read_mood(value: object, where: str) -> Mood | None:
    if not value:
        return None
    held = fields.mapping(value, f'{where}: "state"', _MOOD)
    thoughts = held.get("thoughts", [])
    if not isinstance(thoughts, list):
        raise DataError(f'{where}: "thoughts" must be a list, not {fields.kind(thoughts)}')
    return Mood(
        mood=_text(held.get("mood"), f'{where}: "mood"'),
        certainty=fields.certainty(held.get("certainty"), f'{where}: "certainty"'),
        thoughts=tuple(made for one in thoughts if (made := _text(one, f'{where}: "thoughts"'))),
    )


def _text(value: object, where: str) -> str | None:
    """Text to the letter; nothing for an empty one."""
    return fields.exact(value, where) or None

"""The turns of a foreign conversation: from/value, role/content, or user/assistant_internal/assistant_response.

Invariant: the turns given back alternate, begin with the user, end with the assistant, and none is empty. Fields of a
turn that have no place of their own are given back by the number of the turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inscape.errors import DataError
from inscape.examples import fields, thoughts
from inscape.records import Turn

USER = frozenset({"human", "user", "prompter"})
ASSISTANT = frozenset({"assistant", "gpt", "model", "bot", "ai", "chatgpt"})
SYSTEM = frozenset({"system", "developer"})
TOOL = frozenset(
    {"tool", "function", "function_call", "observation", "ipython", "tool_call", "tool_response", "tool_use"}
)
REPLY = ("assistant_response", "assistant")
"""Names of the reply in a turn of the internal-state structure."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What a list of messages says. `fields` holds what else stood on turn n (from 1, as text), or 'system'."""

    turns: tuple[Turn, ...]
    system: str | None = None
    name: str | None = None
    """The persona's own name, where the assistant bears one."""
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One message before its role is known: who said it, its text, its other fields, where it stands."""

    who: str
    text: str
    rest: dict[str, Any]
    where: str


def read_talk(value: object, key: str, tag: str) -> Talk:
    """The conversation under `key` of a row. Raises DataError that names the turn."""
    if not isinstance(value, list):
        raise DataError(f'"{key}" must be a list of turns, not {fields.kind(value)}')
    if not value:
        raise DataError(f'"{key}" is an empty list: there is no turn to read')
    return assemble(messages(value, key), tag)


def messages(value: Sequence[object], key: str) -> list[Said]:
    """The items of the list under `key`, each with where it stands."""
    return [one for number, item in enumerate(value, 1) for one in _said(item, number, key)]


def assemble(said: Sequence[Said], tag: str) -> Talk:
    """Messages to turns. Raises DataError for roles out of order, empty turns and unknown names."""
    name = _persona(said)
    system: str | None = None
    turns: list[Turn] = []
    kept: dict[str, dict[str, Any]] = {}
    for number, one in enumerate(said):
        role = _role(one, name)
        if role == "system":
            system = _system(one, first=number == 0)
            left = one.rest
        else:
            turn, left = _turn(one, role, tag)
            _in_order(turns, turn, one)
            turns.append(turn)
        if left:
            kept["system" if role == "system" else str(len(turns))] = left
    check_end(turns)
    return Talk(tuple(turns), system, name, kept)


def check_end(turns: Sequence[Turn]) -> None:
    """Raises DataError where nothing is answered, or the last turn waits for an answer."""
    if not any(turn.role == "assistant" for turn in turns):
        raise DataError("no turn is the assistant's: there is nothing to learn from it")
    if turns[-1].role == "user":
        raise DataError("the last turn is the user's and has no answer; add one, or take the turn away")


def check(turns: Sequence[Turn]) -> None:
    """Raises DataError where turns made elsewhere do not keep this module's invariant."""
    for n, turn in enumerate(turns):
        _in_order(turns[:n], turn, Said(turn.role, turn.text, {}, f"turn {n + 1}"))
        _not_empty(turn, f"turn {n + 1}")
    check_end(turns)


def _said(item: object, number: int, key: str) -> list[Said]:
    where = f'"{key}", turn {number}:'
    if not isinstance(item, dict):
        raise DataError(f"{where} a turn must be an object, not {fields.kind(item)}")
    held = {name: value for name, value in item.items() if value is not None}
    for who, what in (("from", "value"), ("role", "content")):
        if who in item:
            return [_message(held, item, who, what, where)]
    if "user" in item or any(name in item for name in REPLY):
        return _exchange(held, where)
    given = ", ".join(f'"{name}"' for name in item) or "none"
    raise DataError(
        f'{where} its fields are {given}; a turn has "from" and "value", "role" and "content", '
        'or "user" and "assistant_response"'
    )


def _message(held: Mapping[str, Any], item: Mapping[str, Any], who: str, what: str, where: str) -> Said:
    if what not in item:
        raise DataError(f'{where} "{what}" is missing')
    if not isinstance(item[who], str) or not item[who].strip():
        raise DataError(f'{where} "{who}" must name who speaks, not {fields.kind(item[who])}')
    if held.get("tool_calls"):
        raise DataError(f"{where} it calls a tool; only text can be read")
    rest = {name: value for name, value in held.items() if name not in (who, what, "tool_calls")}
    words = "" if item[what] is None else fields.text(item[what], f'{where} "{what}"')
    return Said(item[who].strip(), words, rest, where)


def _exchange(held: Mapping[str, Any], where: str) -> list[Said]:
    """A turn of the internal-state structure is a pair: two messages."""
    reply = next((name for name in REPLY if name in held), None)
    if "user" not in held or reply is None:
        raise DataError(f'{where} "{"assistant_response" if "user" in held else "user"}" is missing')
    inner = held.get("assistant_internal", {})
    if not isinstance(inner, dict):
        raise DataError(f'{where} "assistant_internal" must be an object, not {fields.kind(inner)}')
    outer = {k: v for k, v in held.items() if k not in ("user", "assistant_internal", reply)}
    return [
        Said("user", fields.text(held["user"], f'{where} "user"'), outer, where),
        Said(
            "assistant",
            fields.text(held[reply], f'{where} "{reply}"'),
            {name: value for name, value in inner.items() if value is not None},
            where,
        ),
    ]


def _persona(said: Sequence[Said]) -> str | None:
    """The one name that is no usual role: the assistant's, if no other turn is the assistant's."""
    known = USER | ASSISTANT | SYSTEM | TOOL
    names: dict[str, Said] = {}
    for one in said:
        if one.who.casefold() not in known:
            names.setdefault(one.who.casefold(), one)
    if not names:
        return None
    first, *others = names.values()
    taken = next((one for one in said if one.who.casefold() in ASSISTANT), None)
    if others or taken:
        other = (others[0] if others else taken) or first
        raise DataError(
            f'{first.where} "{first.who}" is no role that is known, and neither the user nor the assistant for '
            f'sure, since "{other.who}" speaks too; write "human" for the user and one name for the assistant'
        )
    return first.who


def _role(one: Said, persona: str | None) -> str:
    who = one.who.casefold()
    if who in SYSTEM:
        return "system"
    if who in TOOL:
        raise DataError(f'{one.where} it is a turn of a tool ("{one.who}"); only text can be read')
    return "assistant" if who in ASSISTANT or (persona and who == persona.casefold()) else "user"


def _system(one: Said, *, first: bool) -> str | None:
    if not first:
        raise DataError(f"{one.where} a system prompt can only stand first, once")
    return one.text or None


def _turn(one: Said, role: str, tag: str) -> tuple[Turn, dict[str, Any]]:
    """The turn, and what of its fields has no place in it."""
    if role == "user":
        given = fields.second(one.rest.get("input"), f'{one.where} "input"')
        turn = Turn("user", one.text, input=given)
        left = {k: v for k, v in one.rest.items() if k != "input"}
    else:
        try:
            tagged, reply, effort = thoughts.read(one.text, tag)
        except DataError as problem:
            raise DataError(f"{one.where} {problem}") from None
        state, unplaced = fields.mood(one.rest, one.where)
        thought = fields.thought(one.rest, tagged, one.where)
        turn = Turn("assistant", reply, thought=thought, state=state, effort=effort)
        used = (*fields.THOUGHTS, *fields.STATE)
        left = {k: v for k, v in one.rest.items() if k not in used} | unplaced
    _not_empty(turn, one.where)
    return turn, left


def _not_empty(turn: Turn, where: str) -> None:
    where = where if where.endswith(":") else f"{where}:"
    if turn.text.strip():
        return
    if turn.role == "user":
        raise DataError(f"{where} the user's text is empty; write it, or take the turn away")
    if turn.thought:
        raise DataError(f"{where} the answer is a thought without a reply; write the reply after it")
    raise DataError(f"{where} the answer is empty; write it, or take the turn away")


def _in_order(before: Sequence[Turn], turn: Turn, one: Said) -> None:
    where = one.where if one.where.endswith(":") else f"{one.where}:"
    if not before and turn.role == "assistant":
        raise DataError(f"{where} the assistant speaks first; a user's turn must come before it")
    if before and before[-1].role == turn.role:
        who = "user" if turn.role == "user" else "assistant"
        raise DataError(f"{where} the {who} speaks twice in a row; join the two turns, or add what is missing")

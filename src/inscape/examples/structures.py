"""The four structures of an example: plain, thinking, state, internal. Rendered here, read back by `shapes`.

Invariant: what `render` gives, `shapes.read_row` reads back to the same conversation; where a structure cannot hold a
conversation, `render` refuses and names what would be lost. Texts are taken as the canonical form has them: ends
trimmed, nothing empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inscape.errors import DataError
from inscape.examples import fields, thoughts, turns
from inscape.examples.shapes import NAME, RESERVED, TURN_FIELDS, read
from inscape.records import STRUCTURES, Conversation, Mood, Structure, Turn

Row = dict[str, Any]


def render(
    conversation: Conversation, structure: Structure, *, tag: str = "thinking", assistant: str = "assistant"
) -> Row:
    """The conversation as one row. `assistant`: its name in from/value turns, unless it bears its own.

    Raises DataError that says what the structure cannot hold.
    """
    if lost := cannot_hold(conversation, structure, tag=tag):
        raise DataError(f"the structure '{structure}' cannot hold {' or '.join(lost)}")
    extra = {name: value for name, value in conversation.extra.items() if name not in RESERVED}
    writers: dict[Structure, Callable[[Conversation, str, str], Row]] = {
        "plain": _plain,
        "thinking": _conversations,
        "state": _conversations,
        "internal": _internal,
    }
    row = writers[structure](conversation, tag, assistant)
    if meta := _metadata(conversation):
        row["metadata"] = meta
    return {**row, **extra}


def read_as(value: object, structure: Structure, *, tag: str = "thinking") -> Conversation:
    """The conversation of a row that must have this structure. Raises DataError if it has another, or none."""
    found = read(value, tag=tag)
    fits = found.structure == structure or (structure == "state" and found.structure == "thinking")
    if not fits:
        raise DataError(f"the row has the structure '{found.structure}', and '{structure}' was asked for")
    return found.conversation


def cannot_hold(conversation: Conversation, structure: Structure, *, tag: str = "thinking") -> list[str]:
    """What would be lost or read back as something else; empty where the structure fits."""
    lost: list[str] = []
    replies = conversation.answers
    if structure == "plain" and len(conversation.turns) > 2:
        lost.append("more than one exchange")
    if structure in ("plain", "thinking") and any(turn.state not in (None, Mood()) for turn in replies):
        lost.append("the state of a turn")
    if not all(thoughts.survives(turn.thought, turn.text, tag, turn.effort) for turn in replies):
        lost.append("a thought or reply that holds a thought's tag itself")
    return lost


def structure_for(conversation: Conversation, wanted: Structure, *, tag: str = "thinking") -> Structure:
    """`wanted` where it holds the conversation, else the first that does. Raises DataError where none does."""
    for structure in (wanted, *STRUCTURES):
        if not (lost := cannot_hold(conversation, structure, tag=tag)):
            return structure
    raise DataError(f"no structure can hold {' or '.join(lost)}")


def _plain(conversation: Conversation, tag: str, _assistant: str) -> Row:
    user, reply = conversation.turns
    row: Row = {
        "instruction": user.text,
        "input": user.input or "",
        "output": thoughts.join(reply.thought, reply.text, tag, reply.effort),
    }
    return {**_system(conversation), **row, **_aside(conversation, with_fields=True)}


def _conversations(conversation: Conversation, tag: str, assistant: str) -> Row:
    own = conversation.extra.get(NAME)
    named = isinstance(own, str) and _usable(own)
    said: list[Row] = []
    if conversation.system:
        said.append({"from": "system", "value": conversation.system})
    for turn in conversation.turns:
        if turn.role == "user":
            said.append({"from": "human", "value": turn.text, **_input(turn)})
        else:
            name = own if named else assistant
            value = thoughts.join(turn.thought, turn.text, tag, turn.effort)
            said.append({"from": name, "value": value, **_state(turn.state)})
    left = _put_back(conversation, said, 1 if conversation.system else 0)
    return {"conversations": said, **_aside(conversation, named=named), **left}


def _internal(conversation: Conversation, tag: str, _assistant: str) -> Row:
    pairs: list[Row] = []
    inner: list[Row] = []
    outer: list[Row] = []
    for user, reply in zip(conversation.turns[::2], conversation.turns[1::2], strict=True):
        inside = _internal_state(reply.state)
        pair = {"user": user.text, **_input(user), "assistant_internal": inside}
        pairs.append(pair | {"assistant_response": thoughts.join(reply.thought, reply.text, tag, reply.effort)})
        outer.append(pairs[-1])
        inner.append(inside)
    places = [place for both in zip(outer, inner, strict=True) for place in both]
    left = _put_back(conversation, places, 0)
    return {**_system(conversation), "turns": pairs, **_aside(conversation), **left}


def _system(conversation: Conversation) -> Row:
    return {"system": conversation.system} if conversation.system else {}


def _input(turn: Turn) -> Row:
    return {"input": turn.input} if turn.input else {}


def _usable(name: str) -> bool:
    known = turns.USER | turns.ASSISTANT | turns.SYSTEM | turns.TOOL
    return name.strip() == name != "" and name.casefold() not in known


def _state(mood: Mood | None) -> Row:
    if mood is None:
        return {}
    made = {"emotional_state": mood.mood, "certainty": mood.certainty, "thoughts": list(mood.thoughts)}
    return {name: value for name, value in made.items() if value not in (None, [])}


def _internal_state(mood: Mood | None) -> Row:
    """Certainty stands as its opposite where it has an exact one, else under its own name."""
    if mood is None:
        return {}
    made: Row = {"emotional_state": mood.mood, "thoughts": list(mood.thoughts)}
    doubt = None if mood.certainty is None else fields.opposite(mood.certainty)
    made["certainty" if doubt is None else "uncertainty_level"] = mood.certainty if doubt is None else doubt
    return {name: value for name, value in made.items() if value not in (None, [])}


def _metadata(conversation: Conversation) -> Row:
    known: Row = {name: getattr(conversation, name) for name in fields.METADATA}
    held = {name: value for name, value in known.items() if value is not None}
    return held | dict(conversation.extra.get("metadata", {}))


def _aside(conversation: Conversation, *, named: bool = False, with_fields: bool = False) -> Row:
    """The persona's name where no turn bears it, and fields of turns where there is no turn to bear them."""
    names = ([] if named else [NAME]) + ([TURN_FIELDS] if with_fields else [])
    return {name: conversation.extra[name] for name in names if name in conversation.extra}


def _put_back(conversation: Conversation, places: list[Row], offset: int) -> Row:
    """Foreign fields of turns, back on their turns; what finds its name taken stays beside."""
    left: dict[str, Row] = {}
    for number, held in conversation.extra.get(TURN_FIELDS, {}).items():
        at = offset - 1 if number == "system" else offset + int(number) - 1
        place = places[at] if 0 <= at < len(places) else None
        reply = number != "system" and int(number) % 2 == 0
        for name, value in held.items():
            if place is None or name in place or name in _TAKEN or (reply and name in _REPLY_ONLY):
                left.setdefault(number, {})[name] = value
            else:
                place[name] = value
    return {TURN_FIELDS: left} if left else {}


_TAKEN = frozenset(
    {"from", "value", "role", "content", "input", "user", "assistant_internal", "tool_calls", *turns.REPLY}
)
"""Names that mean something on any turn."""
_REPLY_ONLY = frozenset({*fields.THOUGHTS, *fields.STATE} - {"uncertainty_level"})
"""Names that mean something on the assistant's turns."""

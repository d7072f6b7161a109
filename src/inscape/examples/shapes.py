"""Reads a row of any shape that people have into the canonical conversation.

Invariant: everything in the row is either in the conversation (unknown fields in `extra`) or the row is refused with
a DataError that names the field. Of the canonical form the record (id, provenance, …) is left out: that is `restore`'s.
Knows one row at a time; files are `files`' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inscape.errors import DataError
from inscape.examples import fields, serialize, thoughts
from inscape.examples.record import RECORD
from inscape.examples.turns import Said, Talk, assemble, messages, read_talk
from inscape.records import STRUCTURES, Conversation, Structure

LISTS = ("conversations", "conversation", "messages", "turns")
PAIRS = (
    ("instruction", "output", "input"),
    ("instruction", "response", "context"),
    ("prompt", "completion", None),
    ("prompt", "response", None),
    ("question", "answer", "context"),
    ("input", "output", None),
)
"""Question, answer and the question's second field."""
SYSTEM = ("system", "system_prompt")
UNDER: Mapping[str, type] = {**dict.fromkeys(SYSTEM, str), "metadata": dict}
"""What an object that holds a list of rows may say for all of them, and of which kind it is."""
_WHO = ("user", "assistant")
NAME = "assistant_name"
"""In `extra`: the persona's own name, where the row used it for the assistant."""
TURN_FIELDS = "turn_fields"
"""In `extra`: what else stood on single turns, by the number of the turn."""
RESERVED = frozenset(
    (
        *LISTS,
        *(name for pair in PAIRS for name in pair if name),
        *SYSTEM,
        *fields.THOUGHTS,
        *fields.STATE,
        *fields.METADATA,
        "history",
        "metadata",
        NAME,
        TURN_FIELDS,
    )
)
"""Names that mean something at the top of a row, so that a foreign field of that name must move into `metadata`."""


@dataclass(frozen=True, slots=True)
class Read:
    """A row as it was understood. `structure` is the one that gives it back most like it came."""

    conversation: Conversation
    structure: Structure
    shape: str
    """The fields it was known by: 'conversations', 'messages', 'instruction/output'…"""


def read_row(value: object, *, tag: str = "thinking") -> Conversation:
    """The conversation of one row. `tag`: of thoughts, besides the usual ones. Raises DataError with the reason."""
    return read(value, tag=tag).conversation


def read(value: object, *, tag: str = "thinking", under: Mapping[str, Any] | None = None) -> Read:
    """Like `read_row`, and says which shape and structure the row had.

    `under`: a system prompt and metadata that count where the row says nothing of its own.
    """
    row, below = _row(value), _row(dict(under)) if under else {}
    key = next((name for name in LISTS if name in row), None)
    if key == "turns" and serialize.is_canonical(row):
        return _held(_canonical(row, below), tag)
    if key:
        talk = read_talk(row[key], key, tag)
        used, shape = {key}, key
    else:
        talk, used, shape = _pair(row, tag)
    talk = _with_system(row, talk)
    talk = talk if talk.system else _with_system(below, talk)
    metadata = fields.metadata(below.get("metadata"))
    conversation = _conversation(row, talk, used | set(SYSTEM), metadata)
    return _held(Read(conversation, _structure(row, talk, key), shape), tag)


def _row(value: object) -> dict[str, Any]:
    """The row without nulls, once it is sure that it can be written as JSON again."""
    fields.writable(value)
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        value = {"messages": value}
    if not isinstance(value, dict):
        raise DataError(f"a row must be an object with named fields, not {fields.kind(value)}")
    return {name: held for name, held in value.items() if held is not None}


def _held(found: Read, tag: str) -> Read:
    """The same, once it is sure that a row can hold it again: with a thought's tag in the wrong place none can."""
    for number, turn in enumerate(found.conversation.turns, 1):
        said = dict.fromkeys((turn.effort, None))  # None: once the effort is the row's, and not in its text
        if turn.role == "assistant" and not all(thoughts.survives(turn.thought, turn.text, tag, one) for one in said):
            raise DataError(
                f"turn {number}: a thought's tag stands where it would be taken for the beginning or the end of "
                "another thought; take it away, or put it between backticks"
            )
    return found


def _canonical(row: Mapping[str, Any], below: Mapping[str, Any]) -> Read:
    """A row of dataset/, to the letter: nothing is trimmed, and no thought is looked for in a text."""
    talk = serialize.from_json({name: value for name, value in row.items() if name not in RECORD})
    if not talk.system:
        talk = replace(talk, system=_with_system(below, Talk(())).system)
    if under := fields.metadata(below.get("metadata")):
        own = {name: value for name in fields.METADATA if (value := getattr(talk, name)) is not None}
        inner = under | fields.metadata(talk.extra.get("metadata")) | own
        known = _conversation({}, Talk(()), set(), inner)
        extra = {**talk.extra, **known.extra}
        talk = replace(known, turns=talk.turns, system=talk.system, extra=extra)
    wanted = next((name for name in STRUCTURES if name == row.get("structure")), None)
    said: Structure = "plain" if len(talk.turns) == 2 else "thinking"
    if any(turn.state for turn in talk.turns):
        said = "state"
    return Read(talk, wanted or said, "turns/text")


def _pair(row: Mapping[str, Any], tag: str) -> tuple[Talk, set[str], str]:
    pair = next((p for p in PAIRS if p[0] in row and p[1] in row), None)
    if pair is None:
        raise DataError(_not_known(row))
    ask, answer, second = pair
    said = _history(row) + _side(row, ask, "user")
    replies = _side(row, answer, "assistant")
    used = {ask, answer, "history"}
    if second and second in row:
        said[-1].rest.setdefault("input", fields.second(row[second], f'"{second}"'))
        used.add(second)
    for name in (*fields.THOUGHTS, *fields.STATE):
        if name in row and name not in replies[-1].rest:
            replies[-1].rest[name] = row[name]
            used.add(name)
    return assemble(said + replies, tag), used, f"{ask}/{answer}"


def _side(row: Mapping[str, Any], name: str, who: str) -> list[Said]:
    """A question or an answer: a string, or a list of messages as trainers of chat models take it."""
    value = row[name]
    if isinstance(value, list) and value and all(isinstance(one, dict) and "role" in one for one in value):
        return messages(value, name)
    return [Said(who, fields.text(value, f'"{name}"'), {}, f'"{name}":')]


def _history(row: Mapping[str, Any]) -> list[Said]:
    """Earlier exchanges beside an instruction: a list of [question, answer]."""
    said: list[Said] = []
    value = row.get("history", [])
    if not isinstance(value, list):
        raise DataError(f'"history" must be a list of [question, answer], not {fields.kind(value)}')
    for n, pair in enumerate(value, 1):
        where = f'"history", exchange {n}:'
        if not isinstance(pair, list) or len(pair) != 2:
            raise DataError(f"{where} it must be a list of two texts, the question and its answer")
        said += [Said(who, fields.text(t, where), {}, where) for who, t in zip(_WHO, pair, strict=True)]
    return said


def _with_system(row: Mapping[str, Any], talk: Talk) -> Talk:
    prompts = {talk.system} if talk.system else set()
    for name in SYSTEM:
        if name in row and (made := fields.text(row[name], f'"{name}"')):
            prompts.add(made)
    if len(prompts) > 1:
        raise DataError("the row has two different system prompts; keep one")
    system = prompts.pop() if prompts else None
    return talk if system == talk.system else replace(talk, system=system)


def _conversation(row: Mapping[str, Any], talk: Talk, used: set[str], under: Mapping[str, Any]) -> Conversation:
    rest = {name: value for name, value in row.items() if name not in used and name != "metadata"}
    inner = {name: value for name, value in under.items() if name not in rest} | fields.metadata(row.get("metadata"))
    known = {name: _either(name, inner.pop(name, None), rest.pop(name, None)) for name in fields.METADATA}
    extra = _extra(rest, inner, talk)
    return Conversation(
        turns=talk.turns,
        system=talk.system,
        complexity=fields.complexity(known["complexity"]),
        iterations=fields.iterations(known["iterations"]),
        category=fields.word(known["category"], "category"),
        language=fields.word(known["language"], "language"),
        extra=extra,
    )


def _either(name: str, inside: object, outside: object) -> object:
    if inside is not None and outside is not None and inside != outside:
        raise DataError(f'"{name}" stands in the row and in its metadata, and differs; keep one')
    return outside if inside is None else inside


def _extra(rest: dict[str, Any], inner: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """What has no place of its own: fields of the row at the top, those of its metadata under 'metadata'."""
    extra: dict[str, Any] = {}
    own = {NAME: talk.name or _name(rest), TURN_FIELDS: _turn_fields(rest, talk.fields)}
    for name, value in rest.items():
        if name not in RESERVED:
            extra[name] = value
        else:
            inner[name] = _either(name, inner.get(name), value)
    if inner:
        extra["metadata"] = inner
    return extra | {name: value for name, value in own.items() if value}


def _name(rest: dict[str, Any]) -> str | None:
    held = rest.get(NAME)
    return rest.pop(NAME).strip() if isinstance(held, str) else None


def _turn_fields(rest: dict[str, Any], found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Fields found on turns, and those that an earlier export of this program had to put beside them."""
    held = rest.get(TURN_FIELDS)
    if not isinstance(held, dict) or not all(
        isinstance(one, dict) and (number == "system" or number.isdecimal()) for number, one in held.items()
    ):
        return found
    del rest[TURN_FIELDS]
    both = {number: held.get(number, {}) | found.get(number, {}) for number in {**held, **found}}
    return {number: one for number, one in both.items() if one}


def _structure(row: Mapping[str, Any], talk: Talk, key: str | None) -> Structure:
    if key and not any("from" in item or "role" in item for item in row[key]):
        return "internal"
    if any(turn.state for turn in talk.turns):
        return "state"
    return "thinking" if key or len(talk.turns) > 2 else "plain"


def _not_known(row: Mapping[str, Any]) -> str:
    """Why no shape fits, and what is nearest."""
    for ask, answer, _ in PAIRS:
        for there, missing in ((ask, answer), (answer, ask)):
            if there in row and there != "input":
                return f'it has "{there}" and no "{missing}"'
    if "from" in row or "role" in row:
        return 'it is a single turn; the turns of a conversation belong in one list, under "conversations"'
    given = ", ".join(f'"{name}"' for name in list(row)[:8]) or "none"
    return (
        f'its fields are {given}; a row has "instruction" and "output", "prompt" and "completion", '
        '"conversations", "messages" or "turns"'
    )

"""Reads what a teacher answered: tolerant of how it is written, strict about what it says.

Invariant: a conversation that is given back has everything its template's shape asks for, complete. What cannot be
read so is `unparsed`, with reasons that a person can act on; nothing is guessed, and prose never becomes an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from inscape import text as words
from inscape.elicitation import salvage
from inscape.errors import DataError
from inscape.examples import effort
from inscape.examples.shapes import LISTS, RESERVED, read_row
from inscape.examples.turns import REPLY
from inscape.records import Conversation, Shape, Turn

Outcome = Literal["done", "unparsed", "refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer holds. `done`: at least one conversation; `problems` also has notes on what is only odd."""

    conversations: tuple[Conversation, ...]
    problems: tuple[str, ...]
    state: Outcome


def read_answer(text: str, shape: Shape, tag: str = "thinking") -> Answer:
    """The conversations of an answer that fit the shape. `tag`: of a thought before a reply. Raises nothing."""
    try:
        return _read(text, shape, tag)
    except Exception as error:  # noqa: BLE001 - an answer is paid for: a fault here must never lose its text
        return _unparsed(f"It could not be read ({words.shorten(f'{type(error).__name__}: {error}', 120)}).")


def _read(text: str, shape: Shape, tag: str) -> Answer:
    told, broken = salvage.without_reasoning(text)
    if broken:
        return _unparsed("The answer breaks off inside the teacher's own reasoning; allow it more tokens.")
    if not told.strip():
        return _unparsed("The answer is empty.")
    found = salvage.find(told)
    if not found.pieces:
        return _unparsed(_TORN) if found.torn else _without_json(told, found.cut)
    good: list[Conversation] = []
    problems: list[str] = []
    rows = [(row, piece) for piece in found.pieces for row in _rows(piece.value)]
    for number, (row, piece) in enumerate(rows, start=1):
        conversation, said = _conversation(row, piece, shape, tag)
        problems += [f"Example {number}: {one}" if len(rows) > 1 else _sentence(one) for one in said]
        good += [conversation] if conversation else []
    if found.torn:
        problems.insert(0, _TORN)
    if found.cut:
        problems.insert(0, "The answer was cut off before its end." + ("" if good else " Allow it more tokens."))
    return Answer(tuple(good), tuple(problems), "done" if good else "unparsed")


_TORN = (
    "Its JSON is broken, perhaps by quotation marks inside a text that are not escaped, and a repair would lose or "
    "move words. Mend it by hand, or ask again."
)


def _unparsed(problem: str) -> Answer:
    return Answer((), (problem,), "unparsed")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _without_json(text: str, cut: bool) -> Answer:
    if cut:
        return _unparsed("The answer was cut off before anything in it was complete. Allow it more tokens.")
    if refuses(text):
        return Answer((), (f"The teacher declined: {words.shorten(text, 160)}",), "refused")
    return _unparsed(f"There is no JSON in the answer, only prose: '{words.shorten(text, 80)}'")


# ---------------------------------------------------------------- refusals

_SHORT = 120
"""Words up to which prose without JSON can be a refusal; longer prose is an answer in the wrong form."""

_REFUSALS = (
    r"\bI(?:['’]m| am) (?:so |very |really )?(?:sorry|afraid|unable|not able|not comfortable)\b",
    r"\bI (?:can(?:['’]t|not| not)|won['’]t|will not|must decline|decline|apologi[sz]e)\b",
    r"\bas an? (?:AI|artificial intelligence|(?:large )?language model)\b",
    r"\b(?:sorry|unfortunately|regrettably), (?:but )?I\b",
    r"\b(?:es tut mir leid|tut mir leid|ich kann (?:das|dir|ihnen|dabei|diese[nrsm]?|hier)|leider kann ich)\b",
    r"\b(?:je suis désolée?|désolée?,|je ne peux pas|je ne suis pas en mesure)",
    r"\b(?:lo siento|no puedo|me temo que)\b",
    r"\b(?:mi dispiace|non posso|spiacente)\b",
    r"\b(?:desculpe|sinto muito|lamento|não posso)\b",
    r"\b(?:het spijt me|ik kan (?:dit|dat|je|hier|niet))\b",
    r"\b(?:üzgünüm|maalesef|yardımcı olam\w+|bunu yapam\w+|yerine getirem\w+)",
    r"\b(?:przepraszam|przykro mi|nie mogę)\b",
    r"(?:извините|к сожалению|я не могу)",
    r"(?:抱歉|对不起|對不起|我无法|我無法|我不能)",
    r"(?:申し訳|お手伝いできません|ごめんなさい)",
    r"(?:죄송|도와드릴 수 없)",
)
_REFUSAL = re.compile("|".join(_REFUSALS), re.IGNORECASE)


def refuses(text: str) -> bool:
    """Whether short prose says that the teacher will not; its first 250 characters count."""
    return words.count_words(text) <= _SHORT and bool(_REFUSAL.search(text.strip()[:250]))


# ---------------------------------------------------------------- rows

_ONE_TURN = ("from", "role")
_KNOWN = RESERVED | {*_ONE_TURN, "value", "content", "user", "assistant_internal", *REPLY}
"""Names that rows and turns have."""


def _rows(value: Any) -> Iterable[Any]:
    """The examples in a JSON value: itself, the items of a list, or what a wrapper such as {"examples": …} holds."""
    if isinstance(value, list):
        turns = [item for item in value if isinstance(item, dict) and any(key in item for key in _ONE_TURN)]
        if turns and len(turns) == len(value):
            return [{"conversations": value}]
        return [row for item in value if isinstance(item, dict | list) for row in _rows(item)]
    if isinstance(value, dict) and len(value) == 1:
        (key, inner), *_ = value.items()
        if key not in LISTS and isinstance(inner, dict | list) and inner:
            return _rows(inner)
    return [value]


def _conversation(row: Any, piece: salvage.Value, shape: Shape, tag: str) -> tuple[Conversation | None, list[str]]:
    """The row's conversation, or None; and what is wrong with it, or odd."""
    if any(piece.open_at_cut(turns) for turns in _turns(row)):
        return None, ["the conversation breaks off."]
    if piece.repaired and (strange := next(_strange(row), None)) is not None:
        return None, [
            f'its JSON is broken around "{words.shorten(strange, 40)}", perhaps by quotation marks inside a text that '
            "are not escaped. Mend it by hand, or ask again."
        ]
    try:
        conversation = effort.read_back(read_row(row, tag=tag))
    except DataError as error:
        return None, [f"{error}."]
    failures = [*_exchanges(conversation, shape), *_structure(conversation, shape), *_left_over(conversation)]
    return (None if failures else conversation), [*failures, *_lengths(conversation, shape)]


def _turns(row: Any) -> list[Any]:
    """The lists of turns in a row."""
    return [row[name] for name in LISTS if name in row] if isinstance(row, dict) else []


def _strange(value: Any) -> Iterator[str]:
    """Names that no row has. After a repair they may be words of a text that its own quotation marks broke up."""
    if isinstance(value, list):
        for item in value:
            yield from _strange(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _KNOWN and not isinstance(inner, dict | list):
                yield name
            elif name != "metadata":
                yield from _strange(inner)


def _assistant(conversation: Conversation) -> list[Turn]:
    return [turn for turn in conversation.turns if turn.role == "assistant"]


def _exchanges(conversation: Conversation, shape: Shape) -> list[str]:
    turns = conversation.turns
    roles = [turn.role for turn in turns]
    if not turns or len(turns) % 2 or roles != ["user", "assistant"] * (len(turns) // 2):
        return ["the turns do not go user, assistant, user, assistant."]
    low, high = shape.exchanges
    count = len(turns) // 2
    if low <= count <= high:
        return []
    wanted = words.plural(low, "exchange") if low == high else f"{low} to {high} exchanges"
    return [f"it has {words.plural(count, 'exchange')}, and the template asks for {wanted}."]


def _structure(conversation: Conversation, shape: Shape) -> list[str]:
    replies = _assistant(conversation)
    if shape.structure == "plain":
        has = any(turn.thought or turn.state for turn in replies)
        return (
            ["it has a thought or a state apart, and the template asks for plain instruction and output."]
            if has
            else []
        )
    if shape.structure == "state":
        missing = [n for n, turn in enumerate(replies, start=1) if not _has_state(turn)]
        return [f"reply {n} has no emotional state." for n in missing]
    return [f"reply {n} has no thought before it." for n, turn in enumerate(replies, start=1) if not _thinks(turn)]


def _has_state(turn: Turn) -> bool:
    return turn.state is not None and bool((turn.state.mood or "").strip())


def _thinks(turn: Turn) -> bool:
    inner = turn.state.thoughts if turn.state else ()
    return bool((turn.thought or "").strip()) or any(thought.strip() for thought in inner)


_DOTS = re.compile(r"[\s.…]*")
_SLOT = re.compile(
    r"\[(?:PASTE[ _]PASSAGE[A-Z_ ]*|PASSAGE|[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:_[a-z]+)+|(?:your|insert|paste)\b[^\]]{0,60})\]"
)


def _left_over(conversation: Conversation) -> list[str]:
    """Fields that are empty, or hold the template's own placeholders."""
    found = []
    for number, turn in enumerate(conversation.turns, start=1):
        state = [turn.state.mood, *turn.state.thoughts] if turn.state else []
        for text in (turn.text, turn.thought, *state):
            if text is None:
                continue
            slot = _SLOT.search(text)
            if _DOTS.fullmatch(text):
                found.append(f"turn {number} says nothing: '{text.strip()}'.")
            elif slot:
                found.append(f"turn {number} still holds the placeholder {slot[0]}.")
    return found


def _lengths(conversation: Conversation, shape: Shape) -> list[str]:
    """Notes on replies far outside of the words asked for: less than half of the fewest, more than twice the most."""
    if shape.words is None:
        return []
    low, high = shape.words
    counts = [words.count_words(turn.text) for turn in _assistant(conversation)]
    wanted = f"{low} to {high}" if low != high else str(low)
    return [
        f"reply {n} has {words.plural(count, 'word')}, and {wanted} were asked for."
        for n, count in enumerate(counts, start=1)
        if count < low / 2 or count > high * 2
    ]

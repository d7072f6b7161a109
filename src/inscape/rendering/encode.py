"""A conversation as messages for a chat template: where the thought of each assistant turn is put.

Invariant: a message holds role, content and at most one thought; nothing else of a turn reaches a template. In the
unrolled form a history holds replies alone, as a model meets them where its template strips the thoughts of history.
"""

from __future__ import annotations

from typing import Literal

from inscape.examples import thoughts
from inscape.examples.effort import system_of
from inscape.records import Conversation, Turn
from inscape.rendering.templates import Message

Encoding = Literal["content", "reasoning_content", "thinking", "reasoning"]
"""In the text of the reply, in a tag; or in a field of the message of that name."""
ENCODINGS: tuple[Encoding, ...] = ("reasoning_content", "thinking", "reasoning", "content")


def message(turn: Turn, encoding: Encoding, tag: str | None) -> Message:
    """A turn as role, content and, where it has a thought, the thought."""
    if turn.role == "user":
        asked = f"{turn.text}\n\n{turn.input}" if turn.input else turn.text
        return {"role": "user", "content": asked}
    if encoding == "content":
        return {"role": "assistant", "content": thoughts.join(turn.thought, turn.text, tag or "think", turn.effort)}
    made: Message = {"role": "assistant", "content": turn.text}
    return {**made, encoding: turn.thought} if turn.thought else made


def messages(conversation: Conversation, encoding: Encoding, tag: str | None) -> list[Message]:
    """All turns with their thoughts, after the system prompt where there is one."""
    return _system(conversation) + [message(turn, encoding, tag) for turn in conversation.turns]


def answers(conversation: Conversation, encoding: Encoding, tag: str | None, unroll: bool) -> list[list[Message]]:
    """One list for each assistant turn, that turn last; before it replies alone (`unroll`), or with their thoughts."""
    rows: list[list[Message]] = []
    history: list[Message] = []
    for turn in conversation.turns:
        said = message(turn, encoding, tag)
        if turn.role == "assistant":
            rows.append([*_system(conversation, turn), *history, said])
            said = {"role": "assistant", "content": turn.text} if unroll else said
        history.append(said)
    return rows


def _system(conversation: Conversation, turn: Turn | None = None) -> list[Message]:
    """Of the whole conversation, or of a row that teaches one of its turns."""
    said = system_of(conversation, turn) if turn else conversation.system
    return [{"role": "system", "content": said}] if said else []

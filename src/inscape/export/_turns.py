"""What several formats do alike: messages with thoughts as chosen, exchanges with their history, notes on losses.

Invariant: what is handed out as the history of an exchange ends before its question; thoughts are never in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inscape.errors import DataError
from inscape.examples import effort, thoughts
from inscape.export._convert import Options
from inscape.records import Conversation, Example, Turn
from inscape.text import plural, shorten


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, and the turns before them."""

    history: tuple[Turn, ...]
    user: Turn
    reply: Turn


def exchanges(conversation: Conversation) -> Iterator[Exchange]:
    """One for each assistant turn."""
    turns = conversation.turns
    for at in range(1, len(turns), 2):
        yield Exchange(turns[: at - 1], turns[at - 1], turns[at])


def question(turn: Turn) -> str:
    """The user's text; Alpaca's second field follows after a blank line."""
    return f"{turn.text}\n\n{turn.input}" if turn.input else turn.text


def answer(turn: Turn, options: Options) -> str:
    """The reply, after its thought where thoughts go in a tag; the tag says the turn's effort where it has one."""
    text = said(turn, options) if options.thoughts == "drop" else turn.text
    return thoughts.join(turn.thought if options.thoughts == "tag" else None, text, options.tag, turn.effort)


def said(turn: Turn, options: Options) -> str:
    """What an assistant's turn says aloud: its reply without any thought. Raises DataError where nothing is left."""
    text, _ = thoughts.without(turn.text, options.tag)
    if not text:
        raise DataError(f"a reply is nothing but a thought ({shorten(turn.text, 40)})")
    return text


def message(turn: Turn, options: Options, *, history: bool = False) -> dict[str, Any]:
    """The turn as role and content. In a history an assistant's turn is its reply alone."""
    if turn.role == "user":
        return {"role": "user", "content": question(turn)}
    if history:
        return {"role": "assistant", "content": said(turn, options)}
    made = {"role": "assistant", "content": answer(turn, options)}
    if options.thoughts == "field" and turn.thought:
        made["reasoning_content"] = turn.thought
    return made


def system(conversation: Conversation, reply: Turn | None = None) -> list[dict[str, Any]]:
    """The system prompt as the first message, where there is one; of a row that teaches `reply` alone, or of all."""
    said = effort.system_of(conversation, reply) if reply else conversation.system
    return [{"role": "system", "content": said}] if said else []


def losses(examples: Sequence[Example], options: Options, *, unrolled: bool) -> list[str]:
    """Sentences on what trainers' formats leave out. `unrolled`: one row per answer, with its history."""
    talks = [example.conversation for example in examples]
    replies = [turn for talk in talks for turn in talk.answers]
    notes: list[str] = []
    if options.thoughts == "drop":
        notes += _dropped(replies, options)
    elif unrolled:
        notes += _behind([turn for talk in talks for turn in talk.turns[:-1] if turn.role == "assistant"], options)
    if states := sum(1 for turn in replies if turn.state):
        notes.append(
            f"Left out: mood, certainty and inner thoughts of {plural(states, 'turn')}; no trainer reads them."
        )
    if labeled := sum(1 for talk in talks if (talk.complexity or talk.iterations) and not effort.carried(talk)):
        notes.append(f"Left out: complexity and iterations of {plural(labeled, 'example')}; no trainer reads them.")
    if others := sum(1 for talk in talks if talk.category or talk.language or talk.extra):
        notes.append(f"Left out: category, language and other metadata of {plural(others, 'example')}.")
    return notes


def _dropped(replies: Sequence[Turn], options: Options) -> Iterator[str]:
    if count := sum(bool(turn.thought) + _inside(turn, options) for turn in replies):
        yield f"Left out: {plural(count, 'thought')}, since thoughts are to be dropped."


def _behind(earlier: Sequence[Turn], options: Options) -> Iterator[str]:
    """What histories leave out of the turns before the last."""
    if count := sum(1 for turn in earlier if turn.thought):
        what = plural(count, "thought")
        yield f"Left out of histories: {what} of earlier turns; each stands in the row of its own answer."
    if count := sum(_inside(turn, options) for turn in earlier):
        what, stays = plural(count, "thought"), "it stays" if count == 1 else "each stays"
        yield f"Left out of histories: {what} in a tag further inside a reply; {stays} in the row of its own answer."


def _inside(turn: Turn, options: Options) -> int:
    return thoughts.without(turn.text, options.tag)[1]


def joined(examples: Sequence[Example]) -> list[str]:
    """A sentence on inputs that had to be joined to their instruction."""
    count = sum(1 for e in examples for turn in e.conversation.turns if turn.input)
    return [f"Joined to the instruction, after a blank line: {plural(count, 'input')}."] if count else []

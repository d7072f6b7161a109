"""Alpaca: instruction, input, output. One row for each assistant turn.

Invariant: the input holds nothing but what was said before the instruction (or the instruction's own input), so no
answer stands in the prompt that it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inscape.examples.effort import system_of
from inscape.export._convert import Options, Thoughts
from inscape.export._turns import Exchange, answer, exchanges, losses, message, question
from inscape.records import Conversation, Example, Turn
from inscape.text import plural

NAME = "alpaca"
SUMMARY = "instruction, input, output; one row for each answer, the history in its input"
FILE = "jsonl"
THOUGHTS: tuple[Thoughts, ...] = ("tag", "drop")
TRAINS = True
_SPEAKERS = {"user": "User", "assistant": "Assistant"}


def rows(example: Example, options: Options) -> list[dict[str, Any]]:
    """Instruction: the turn's user text. Input: the history, without thoughts. Output: the answer."""
    talk = example.conversation
    return [_row(exchange, options) | _system(talk, exchange.reply) for exchange in exchanges(talk)]


def notes(examples: Sequence[Example], options: Options) -> list[str]:
    """What Alpaca has no place for."""
    made = losses(examples, options, unrolled=True)
    if systems := sum(1 for example in examples if example.conversation.system):
        made.append(
            f'The system prompt of {plural(systems, "example")} stands under "system", which LLaMA-Factory reads; '
            "other trainers do not know it."
        )
    return made


def _system(talk: Conversation, reply: Turn) -> dict[str, Any]:
    said = system_of(talk, reply)
    return {"system": said} if said else {}


def _row(exchange: Exchange, options: Options) -> dict[str, Any]:
    if exchange.history:
        before = [f"{_SPEAKERS[t.role]}: {message(t, options, history=True)['content']}" for t in exchange.history]
        asked, given = question(exchange.user), "\n\n".join(before)
    else:
        asked, given = exchange.user.text, exchange.user.input or ""
    return {"instruction": asked, "input": given, "output": answer(exchange.reply, options)}

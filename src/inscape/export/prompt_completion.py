"""Prompt and completion as lists of messages, as TRL takes them. One row for each assistant turn.

Invariant: the completion is the one message that is learned; the prompt ends with the user's turn before it, and the
earlier answers in it are without their thoughts, as a model meets them when it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inscape.export._convert import Options, Thoughts
from inscape.export._turns import exchanges, joined, losses, message, system
from inscape.records import Example

NAME = "prompt-completion"
SUMMARY = "prompt and completion as messages, one row for each answer; loss on the answer alone (TRL)"
FILE = "jsonl"
THOUGHTS: tuple[Thoughts, ...] = ("tag", "drop", "field")
TRAINS = True


def rows(example: Example, options: Options) -> list[dict[str, Any]]:
    """Prompt: system prompt, history, the user's turn. Completion: the answer."""
    talk = example.conversation
    return [
        {
            "prompt": system(talk, exchange.reply)
            + [message(turn, options, history=True) for turn in (*exchange.history, exchange.user)],
            "completion": [message(exchange.reply, options)],
        }
        for exchange in exchanges(talk)
    ]


def notes(examples: Sequence[Example], options: Options) -> list[str]:
    """What the format has no place for."""
    return joined(examples) + losses(examples, options, unrolled=True)

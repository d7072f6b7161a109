"""Messages with role and content, as OpenAI, TRL, Axolotl and MLX take them. One row for each example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inscape.examples import effort
from inscape.export._convert import Options, Thoughts
from inscape.export._turns import joined, losses, message, system
from inscape.records import Example

NAME = "messages"
SUMMARY = "role and content, one conversation to a row; what most trainers of chat models take"
FILE = "jsonl"
THOUGHTS: tuple[Thoughts, ...] = ("tag", "drop", "field")
TRAINS = True


def rows(example: Example, options: Options) -> list[dict[str, Any]]:
    """One row: the system prompt, then all turns."""
    talk = example.conversation
    return [{"messages": system(talk) + [message(turn, options) for turn in talk.turns]}]


def notes(examples: Sequence[Example], options: Options) -> list[str]:
    """What messages have no place for."""
    unsaid = effort.unsaid(example.conversation for example in examples)
    return unsaid + joined(examples) + losses(examples, options, unrolled=False)

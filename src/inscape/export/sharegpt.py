"""ShareGPT: conversations of from and value. One row for each example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inscape.examples import effort
from inscape.export._convert import Options, Thoughts
from inscape.export._turns import joined, losses, message, system
from inscape.records import Example

NAME = "sharegpt"
SUMMARY = "from and value, one conversation to a row; for LLaMA-Factory and older trainers"
FILE = "jsonl"
THOUGHTS: tuple[Thoughts, ...] = ("tag", "drop")
TRAINS = True


def rows(example: Example, options: Options) -> list[dict[str, Any]]:
    """One row: the system prompt, then all turns, the user as 'human' and the assistant as the options name it."""
    talk = example.conversation
    said = system(talk) + [message(turn, options) for turn in talk.turns]
    names = {"system": "system", "user": "human", "assistant": options.assistant}
    return [{"conversations": [{"from": names[one["role"]], "value": one["content"]} for one in said]}]


def notes(examples: Sequence[Example], options: Options) -> list[str]:
    """What ShareGPT has no place for."""
    unsaid = effort.unsaid(example.conversation for example in examples)
    return unsaid + joined(examples) + losses(examples, options, unrolled=False)

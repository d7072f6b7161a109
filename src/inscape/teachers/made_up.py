"""Answers made of the words of a prompt's passage: valid in shape, plainly fake in text.

Invariant: the same prompt and shape give the same answer. Every reply ends with MARK, so that nobody takes a made-up
answer for a teacher's, in review or in a dataset.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from inscape.records import Shape
from inscape.text import sha256

MARK = "(Made up by the fake teacher.)"
_PASSAGE = re.compile(r"<passage>\s*(.+?)\s*</passage>", re.DOTALL)
_STATES = ("unsettled, waiting", "waiting, a little lighter", "tired, not finished with it", "quieter, still listening")


def answer(prompt: str, shape: Shape, tag: str = "thinking", variant: int = 0) -> str:
    """JSON text of the shape that the prompt asks for."""
    chance = random.Random(sha256(f"{variant}\0{prompt}"))
    words = _words(prompt)

    def say(fewest: int, most: int) -> str:
        return _sentences(words, chance, chance.randint(fewest, most))

    value = _SHAPES[shape.structure](shape, say, chance, tag)
    return json.dumps(value, ensure_ascii=False)


def _plain(shape: Shape, say: Callable[[int, int], str], chance: random.Random, tag: str) -> Any:
    if shape.exchanges[1] > 1:
        return _conversation(shape, chance, lambda: say(5, 15), lambda n: {"value": _reply(shape, say)})
    return {"instruction": say(5, 15), "input": "", "output": _reply(shape, say)}


def _thinking(shape: Shape, say: Callable[[int, int], str], chance: random.Random, tag: str) -> Any:
    def turn(n: int) -> dict[str, Any]:
        return {"value": f"<{tag}>{say(60, 90)}</{tag}>\n\n{_reply(shape, say)}"}

    return _conversation(shape, chance, lambda: say(5, 15), turn)


def _state(shape: Shape, say: Callable[[int, int], str], chance: random.Random, tag: str) -> Any:
    def turn(n: int) -> dict[str, Any]:
        certainty = round(0.3 + chance.random() / 2, 2)
        return {"value": _reply(shape, say), "emotional_state": _STATES[n % len(_STATES)], "certainty": certainty}

    return _conversation(shape, chance, lambda: say(5, 15), turn)


def _internal(shape: Shape, say: Callable[[int, int], str], chance: random.Random, tag: str) -> Any:
    def turn(n: int) -> dict[str, Any]:
        inside = {
            "emotional_state": _STATES[n % len(_STATES)],
            "thoughts": [say(8, 20), say(8, 20)],
            "uncertainty_level": round(0.2 + chance.random() / 2, 2),
        }
        return {"user": say(5, 15), "assistant_internal": inside, "assistant_response": _reply(shape, say)}

    return {"turns": [turn(n) for n in range(chance.randint(*shape.exchanges))]}


_SHAPES = {"plain": _plain, "thinking": _thinking, "state": _state, "internal": _internal}


def _conversation(
    shape: Shape, chance: random.Random, human: Callable[[], str], turn: Callable[[int], dict[str, Any]]
) -> Any:
    turns: list[dict[str, Any]] = []
    for n in range(chance.randint(*shape.exchanges)):
        turns += [{"from": "human", "value": human()}, {"from": "assistant", **turn(n)}]
    return {"conversations": turns}


def _reply(shape: Shape, say: Callable[[int, int], str]) -> str:
    fewest, most = shape.words or (40, 80)
    own = len(MARK.split())
    return f"{say(max(1, fewest - own), max(1, most - own))} {MARK}"


def _words(prompt: str) -> list[str]:
    """The passage's words: between its tags, else those of the longest paragraph."""
    found = _PASSAGE.search(prompt)
    source = found.group(1) if found else max(prompt.split("\n\n"), key=len)
    words: list[str] = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", source)
    return words or ["word"]


def _sentences(words: list[str], chance: random.Random, count: int) -> str:
    """`count` words in short runs as they stand in the passage, as sentences."""
    made: list[str] = []
    left = count
    while left > 0:
        length = min(left, chance.randint(4, 11))
        start = chance.randrange(len(words))
        run = [words[(start + n) % len(words)].lower() for n in range(length)]
        made.append(" ".join(run).capitalize() + ".")
        left -= length
    return " ".join(made)

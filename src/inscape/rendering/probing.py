"""Probes: small conversations of words that occur nowhere else, rendered, to see what a template does with them.

Invariant: only rendered text is looked at. A thought is kept where its words stand in the text that is trained, after
the prompt and before its own reply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inscape.errors import DataError
from inscape.records import Conversation, Turn
from inscape.rendering import encode
from inscape.rendering.confined import Job, Texts
from inscape.rendering.encode import Encoding
from inscape.rendering.templates import ChatTemplate, Message, render_all

_NUMBERS = ("one", "two", "three", "four", "five")
ASKED = tuple(f"Quokka {number} at the gate?" for number in _NUMBERS)
THOUGHTS = tuple(f"Kelpie {number} in the harbor." for number in _NUMBERS)
REPLIES = tuple(f"Marmot {number} on the roof." for number in _NUMBERS)
LENGTHS = (1, 2, 3, 5)
"""Exchanges of the probes: the longest has a turn that is neither near its beginning nor near its end."""
SYSTEM = "Heron zero by the lake."

CHANNEL = re.compile(r"[<\[](?=[^<>\[\]\s]*(?:think|thought|reason|analysis|channel))[^<>\[\]\s]+[>\]]", re.IGNORECASE)
"""A mark by which a model's own thinking begins or ends, in any family's spelling."""
EMPTY = re.compile(rf"{CHANNEL.pattern}(?:thought)?\s*{CHANNEL.pattern}", re.IGNORECASE)
"""Two such marks with nothing between them: an empty thought."""

Alias = Callable[[Sequence[Message]], list[Message]]


@dataclass(frozen=True, slots=True)
class Sight:
    """One conversation, rendered as training text, with the prompt of each of its turns."""

    text: str
    prompts: tuple[str, ...]
    thoughts: tuple[bool, ...]
    """For each assistant turn: whether its thought stands in the text."""
    texts: bool
    """All replies and questions stand in the text."""
    system: bool

    @property
    def final(self) -> bool:
        """The last thought is in what is learned: after the prompt, where there is one, and before its reply."""
        at = self.text.rfind(THOUGHTS[len(self.prompts) - 1])
        begun = len(self.prompts[-1]) if self.prefix else 0
        return begun <= at < self.text.rfind(REPLIES[len(self.prompts) - 1])

    @property
    def prefix(self) -> bool:
        """The last prompt is the beginning of the text."""
        return self.text.startswith(self.prompts[-1])

    @property
    def whole(self) -> bool:
        """Every turn's prompt is the beginning of the text."""
        return all(self.text.startswith(prompt) for prompt in self.prompts)


def conversation(turns: int, *, system: bool = False, thoughtless: bool = False) -> Conversation:
    """The probe of that many exchanges."""
    made: list[Turn] = []
    for at in range(turns):
        thought = None if thoughtless else THOUGHTS[at]
        made += [Turn("user", ASKED[at]), Turn("assistant", REPLIES[at], thought)]
    return Conversation(tuple(made), SYSTEM if system else None)


def look(
    template: ChatTemplate, talks: Sequence[Conversation], encoding: Encoding, tag: str | None,
    kwargs: Mapping[str, Any], alias: Alias = list, *, unrolled: bool = False,
) -> list[Sight | None]:  # fmt: skip
    """Each conversation with the prompt of each of its assistant turns; None where the template does not take it.

    `unrolled`: as the row of its last turn, with a history of replies alone.
    """
    jobs = []
    for talk in talks:
        said = alias(encode.answers(talk, encoding, tag, unrolled)[-1])
        jobs.append(Job(said, [number for number, one in enumerate(said) if one["role"] == "assistant"]))
    done = render_all(template, jobs, kwargs)
    return [
        None if isinstance(texts, DataError) else _seen(talk, texts) for talk, texts in zip(talks, done, strict=True)
    ]


def _seen(talk: Conversation, done: Texts) -> Sight:
    text = done.whole
    replies = talk.answers
    return Sight(
        text=text,
        prompts=done.prompts,
        thoughts=tuple(bool(turn.thought) and str(turn.thought) in text for turn in replies),
        texts=all(turn.text in text for turn in talk.turns),
        system=not talk.system or talk.system in text,
    )

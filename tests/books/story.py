"""A story of any length, always the same for the same seed, in words that divide and words that keep their hyphens."""

from __future__ import annotations

import random

_SUBJECTS = (
    "The miller", "Her half-sister", "An absent-minded neighbor", "The well-known schoolmaster", "Nobody",
    "The old ferryman", "My grandmother", "The stationmaster’s daughter", "A clear-eyed boy", "The new apprentice",
)  # fmt: skip
_VERBS = (
    "remembered", "contemplated", "had never understood", "listened to", "described", "considered", "complained about",
    "photographed", "wondered at", "carefully reassembled",
)  # fmt: skip
_OBJECTS = (
    "the mill-wheel turning in the afternoon", "a conversation interrupted years before", "the extraordinary silence",
    "the half-open window above the staircase", "everything that the river carried", "an unfinished correspondence",
    "the long-forgotten photograph", "the smell of bread and machinery", "a particular disappointment",
    "the evening train from the mountains",
)  # fmt: skip
_ENDS = (
    "and said nothing", "though it was already dark", "as if it mattered", "while the water went on",
    "because of the weather", "and then, unexpectedly, laughed", "in the self-same words", "or so it seemed",
)  # fmt: skip


def story(seed: int, paragraphs: int, longest: int = 9) -> list[str]:
    """So many paragraphs of one to `longest` sentences; every third is a short line of talk."""
    chance = random.Random(seed)
    made = []
    for i in range(paragraphs):
        count = 1 if i % 3 == 2 else chance.randint(2, longest)
        text = " ".join(_sentence(chance) for _ in range(count))
        made.append(f"“{text}” he said." if i % 3 == 2 else text)
    return made


def _sentence(chance: random.Random) -> str:
    parts = (chance.choice(_SUBJECTS), chance.choice(_VERBS), chance.choice(_OBJECTS))
    return f"{' '.join(parts)}, {chance.choice(_ENDS)}{chance.choice('..?!')}"

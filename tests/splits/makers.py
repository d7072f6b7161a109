"""What the tests of splits share: rows with words of their own."""

from __future__ import annotations

import random
from typing import Any

from inscape.records import Conversation, Level, Turn
from inscape.splits import Row

WORDS = [
    f"{a}{b}{c}" for a in ("ka", "lo", "mir", "su", "ten") for b in ("ra", "vi", "no") for c in ("", "m", "ler", "x")
]


def prose(seed: int, words: int = 60) -> str:
    """Words of a made-up language: two seeds have next to nothing in common."""
    chance = random.Random(seed)
    return " ".join(f"{chance.choice(WORDS)}{chance.choice(WORDS)}" for _ in range(words))


def talk(n: int, text: str = "", asked: str = "", **more: Any) -> Conversation:
    return Conversation((Turn("user", asked or prose(n + 500_000, 8)), Turn("assistant", text or prose(n))), **more)


def row(n: int, text: str = "", asked: str = "", **more: Any) -> Row:
    placed = {name: more.pop(name) for name in ("book", "passage", "span") if name in more}
    return Row(f"e-{n:05}", talk(n, text, asked, **more), **placed)


def mixed(count: int, start: int = 0) -> list[Row]:
    """Rows of four categories and three levels in the proportions of a persona's set."""
    levels: tuple[Level, ...] = ("LOW", "LOW", "LOW", "LOW", "LOW", "MEDIUM", "MEDIUM", "MEDIUM", "MEDIUM", "HIGH")
    names = ["chat"] * 4 + ["technical"] * 3 + ["philosophy"] * 2 + ["slang"]
    made = range(start, start + count)
    return [row(n, category=names[n % 10], complexity=levels[n // 10 % 10]) for n in made]

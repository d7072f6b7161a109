"""Near copies among many texts: found in about linear time, confirmed by comparing the letters themselves.

Invariant: the same texts in the same order give the same pairs, on every machine; a pair is given only if its runs of
five letters overlap enough (`enough`). Texts that are equal but for case, spacing and digits are always given.

A text is first drawn as the few smallest hashes of its runs of three words; only texts that share some are compared.
"""

from __future__ import annotations

import heapq
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, groupby
from zlib import crc32

from inscape.text import fold

_HASHES = 24
"""Hashes kept of a text. Two texts with half of their words' runs in common share about sixteen of them."""
_CROWD = 12
"""Texts that share one hash and are still all compared with each other; of more, each with the crowd's first few."""
_LETTERS = 1500
"""Only a text's beginning is compared: what is long and begins alike is a copy."""
_REPEATS = 0.7
"""Room for long texts that repeat themselves: they have fewer runs than letters, so lengths may differ more."""
_I = str.maketrans({"ı": "i", "\u0307": None})
_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
"""Words; a sign each in scripts that do not divide words."""


def level(text: str, *, digits: bool = False) -> str:
    """The text with case, spacing, quotes, dashes and digits leveled: 'Row 39' and 'row  7' are alike.

    A text without a letter keeps its digits, since they are all that it says; with `digits` every text does. The
    Turkish i's are one letter here, since no casing fits both İ and I without knowing the language.
    """
    leveled = fold(text).translate(_I)
    return leveled if digits or not _LETTER.search(leveled) else _DIGITS.sub("0", leveled)


def enough(length: int) -> float:
    """The overlap from which two texts are near copies, by the letters of the shorter one.

    Two answers of one model to one prompt were measured at 0.25 to 0.35 without being copies; in a short text a few
    words in common already make much of it.
    """
    return 0.6 if length < 120 else 0.5 if length < 300 else 0.35


def overlap(one: str, two: str) -> float:
    """Jaccard overlap of the runs of five letters of two leveled texts, 0 to 1."""
    if one == two:
        return 1.0
    a, b = _runs(one), _runs(two)
    common = len(a & b)
    return common / (len(a) + len(b) - common) if common else 0.0


def near(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of places of near copies; chained, they give the clusters. Empty texts are like nothing."""
    return near_leveled([level(text) for text in texts])


def near_leveled(leveled: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The same of texts that are leveled already."""
    first: dict[str, int] = {}
    for n, text in enumerate(leveled):
        if text and (seen := first.setdefault(text, n)) != n:
            yield seen, n
    drawn = {n: _draw(text) for text, n in first.items()}
    looked: set[tuple[int, int]] = set()
    for one, two in _candidates(drawn):
        if (one, two) not in looked and _share(drawn[one], drawn[two]):
            looked.add((one, two))
            if is_near(leveled[one], leveled[two]):
                yield one, two


def is_near(one: str, two: str) -> bool:
    """Whether two leveled texts are near copies."""
    short, long = sorted((min(len(one), _LETTERS), min(len(two), _LETTERS)))
    needed = enough(short)
    return short >= needed * long * _REPEATS and overlap(one, two) >= needed


def _draw(text: str) -> array[int]:
    words = _WORDS.findall(text[: 2 * _LETTERS])
    if len(words) < 4:
        runs = words  # too short for runs: the words themselves
    else:
        runs = [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    return array("I", heapq.nsmallest(_HASHES, {crc32(run.encode("utf-8", "replace")) for run in runs}))


def _candidates(drawn: dict[int, array[int]]) -> Iterator[tuple[int, int]]:
    """Pairs that share a hash, each once in a hash; in a crowd each text with the crowd's first few."""
    packed = sorted(h << 32 | n for n, hashes in drawn.items() for h in hashes)
    for _, crowd in groupby(packed, key=lambda one: one >> 32):
        there = [one & 0xFFFFFFFF for one in crowd]
        if len(there) <= _CROWD:
            yield from combinations(there, 2)
        else:
            yield from _leaders(there)


def _leaders(there: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each text with the one before it and with the crowd's first few: linear in the crowd."""
    for at, n in enumerate(there[1:], 1):
        for other in {*there[: min(at, _CROWD)], there[at - 1]}:
            yield other, n


def _share(one: Iterable[int], two: Sequence[int]) -> bool:
    """Whether two drawings have enough in common to be worth a look: two hashes, or one of a very short text."""
    return len(set(one).intersection(two)) >= (2 if len(two) >= 8 else 1)


@lru_cache(maxsize=4096)
def _runs(text: str) -> frozenset[str]:
    text = text[:_LETTERS]
    return frozenset(text[n : n + 5] for n in range(max(1, len(text) - 4)))

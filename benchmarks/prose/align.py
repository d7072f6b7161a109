"""Two long texts side by side: which words are the same, and how far apart the rest is.

Invariant: `blocks` is monotone. Text that a tool moved counts where it stood before as lost and where it stands now as
added: order is part of a book, and nothing is paired off across it. `distance` is Levenshtein's, exactly.

Anchors first: runs of words that are unique in both texts, in the longest chain that keeps the order (patience sorting,
as in Bram Cohen's diff); between them the same with shorter runs; difflib in what is small. `distance` is Myers'
bit-parallel algorithm (JACM 46, 1999) in the form of Hyyrö (2003) on Python's long integers, so that even a page lost
or doubled is measured and not estimated.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from difflib import SequenceMatcher
from itertools import pairwise

Block = tuple[int, int, int]
"""(start in one, start in the other, words): the same words in both."""

Hunk = tuple[int, int, int, int]
"""(start, end in one, start, end in the other): what differs between two blocks."""

RUNS = (8, 4, 2, 1)
"""Lengths of the runs of words tried as anchors, in this order."""

SMALL = 90_000
"""Words times words up to which difflib looks at a gap."""

LONGEST = 60_000
"""Letters up to which a distance is computed."""


def blocks(one: Sequence[str], two: Sequence[str]) -> list[Block]:
    """The words that are the same in both, as blocks in rising order of both."""
    found: list[Block] = []
    todo = [(0, len(one), 0, len(two), 0)]
    while todo:
        i1, i2, j1, j2, depth = todo.pop()
        while i1 < i2 and j1 < j2 and one[i1] == two[j1]:
            start = i1
            while i1 < i2 and j1 < j2 and one[i1] == two[j1]:
                i1, j1 = i1 + 1, j1 + 1
            found.append((start, j1 - (i1 - start), i1 - start))
        end = i2
        while i1 < i2 and j1 < j2 and one[i2 - 1] == two[j2 - 1]:
            i2, j2 = i2 - 1, j2 - 1
        if end > i2:
            found.append((i2, j2, end - i2))
        if i1 == i2 or j1 == j2:
            continue
        if (i2 - i1) * (j2 - j1) <= SMALL:
            found += _small(one, two, (i1, i2, j1, j2))
        else:
            todo += _split(one, two, (i1, i2, j1, j2), depth, found)
    return sorted(found)


def _small(one: Sequence[str], two: Sequence[str], hunk: Hunk) -> Iterator[Block]:
    i1, i2, j1, j2 = hunk
    if set(one[i1:i2]).isdisjoint(two[j1:j2]):
        return
    matcher = SequenceMatcher(None, one[i1:i2], two[j1:j2], autojunk=False)
    yield from ((i1 + i, j1 + j, n) for i, j, n in matcher.get_matching_blocks() if n)


def _split(
    one: Sequence[str], two: Sequence[str], hunk: Hunk, depth: int, found: list[Block]
) -> list[tuple[int, int, int, int, int]]:
    """Put the anchors' words into `found`; the gaps between them."""
    i1, i2, j1, j2 = hunk
    for step in range(depth, len(RUNS)):
        n = RUNS[step]
        chain = _anchors(one, two, hunk, n)
        if not chain:
            continue
        gaps, i, j = [], i1, j1
        for a, b in chain:
            if a < i or b < j:
                continue
            gaps.append((i, a, j, b, step))
            i, j = a, b
            while i < i2 and j < j2 and one[i] == two[j]:
                i, j = i + 1, j + 1
            found.append((a, b, i - a))
        gaps.append((i, i2, j, j2, step))
        return [gap for gap in gaps if gap[0] < gap[1] and gap[2] < gap[3]]
    return []


def _anchors(one: Sequence[str], two: Sequence[str], hunk: Hunk, n: int) -> list[tuple[int, int]]:
    """Starts of the runs of n words that come once in both: the longest chain that rises in both."""
    i1, i2, j1, j2 = hunk
    here, there = _once(one[i1:i2], n), _once(two[j1:j2], n)
    pairs = [(i1 + at, j1 + there[run]) for run, at in here.items() if run in there]
    return _rising(pairs)


def _once(text: Sequence[str], n: int) -> dict[tuple[str, ...], int]:
    where: dict[tuple[str, ...], int] = {}
    again = set()
    for at, run in enumerate(zip(*(text[k:] for k in range(n)), strict=False)):
        if where.setdefault(run, at) != at:
            again.add(run)
    for run in again:
        del where[run]
    return where


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence that rises in the second place, of pairs that rise in the first."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(last[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            last.append(at)
        else:
            tops[pile], last[pile] = j, at
    chain = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def slid(same: Sequence[Block], one: int, two: Sequence[str], starts: Set[int]) -> list[Block]:
    """The same blocks, with text that one side has too many moved to where it begins or ends with a unit.

    In "the | the title | the river" the words too many are "the title" or "title | the": an alignment cannot know,
    the bounds of paragraphs or lines (`starts`, in `two`, which is of words; `one` is the other's length) can.
    """
    chain = [[0, 0, 0], *map(list, same), [one, len(two), 0]]
    for left, right in pairwise(chain):
        if left[0] + left[2] != right[0]:
            continue
        first, last = left[1] + left[2], right[1]
        back = forth = 0
        while back < min(left[2], last - first) and two[first - 1 - back] == two[last - 1 - back]:
            back += 1
        while forth < min(right[2], last - first) and two[first + forth] == two[last + forth]:
            forth += 1
        move = max(range(-back, forth + 1), key=lambda k: (first + k in starts) + (last + k in starts) - abs(k) / 1e6)
        left[2] += move
        right[0], right[1], right[2] = right[0] + move, right[1] + move, right[2] - move
    return [(i, j, n) for i, j, n in chain if n]


def hunks(same: Sequence[Block], one: int, two: int) -> Iterator[Hunk]:
    """What lies between the blocks of texts of `one` and `two` words."""
    i = j = 0
    for a, b, n in (*same, (one, two, 0)):
        if a > i or b > j:
            yield i, a, j, b
        i, j = a + n, b + n


def distance(one: str, two: str) -> int:
    """Letters to insert, delete or replace; for texts longer than LONGEST, the longer's length (never less)."""
    if len(one) < len(two):
        one, two = two, one
    if not two or len(one) > LONGEST:
        return len(one)
    size = len(one)
    where: dict[str, int] = {}
    for at, sign in enumerate(one):
        where[sign] = where.get(sign, 0) | 1 << at
    every, top = (1 << size) - 1, 1 << size - 1
    plus, minus, score = every, 0, size
    for sign in two:
        equal = where.get(sign, 0)
        zero = (((equal & plus) + plus) ^ plus) | equal | minus
        up = minus | (every & ~(zero | plus))
        down = plus & zero
        score += (up & top > 0) - (down & top > 0)
        up = up << 1 | 1
        down <<= 1
        plus = (down | (every & ~(zero | up))) & every
        minus = up & zero & every
    return score

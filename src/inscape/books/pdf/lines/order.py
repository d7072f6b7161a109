"""The order in which the lines of a page are read, where the file has them in another.

Invariant: the lines stay the same, only their order changes, and only where one that stands under another (they share
a part of their width) came before it. So heads and feet go to their places and jumbled lines are sorted, while columns
stay in the order in which the file has them.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from itertools import pairwise

from inscape.books.pdf.page import Line

_JUMP = 0.5
"""Ems upwards from one line to the next that begin a new run of lines."""
_GAP = 2.5
"""Ems downwards that do so too."""
_MOST_RUNS, _MOST_LINES = 300, 1000
"""Of one page; where there are more, it is no page of prose, and stays as it is."""

_Runs = list[list[Line]]


def reading_order(lines: list[Line], body: float) -> list[Line]:
    """The lines of a page in reading order. `body`: the book's type size in points."""
    if all(below.y <= above.y + _JUMP * body for above, below in pairwise(lines)):
        return lines
    if len(lines) > _MOST_LINES or len(runs := _runs(lines, body)) > _MOST_RUNS:
        return lines
    after, mixed = _relations(runs)
    if mixed:
        runs = _sorted_together(runs, mixed)
        after, mixed = _relations(runs)
    order = _topological(len(runs), after) if not mixed else None
    return [line for k in order for line in runs[k]] if order is not None else lines


def _runs(lines: list[Line], body: float) -> _Runs:
    """Stretches of the stream that go down line by line."""
    runs: _Runs = [[lines[0]]]
    for above, line in pairwise(lines):
        if -_JUMP * body <= above.y - line.y <= _GAP * body:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _relations(runs: _Runs) -> tuple[dict[int, set[int]], list[tuple[int, int]]]:
    """(run -> runs that are read after it, pairs of runs whose lines lie between one another)."""
    after: dict[int, set[int]] = defaultdict(set)
    mixed: list[tuple[int, int]] = []
    edges = [
        (min(o.x0 for o in run), max(o.x1 for o in run), min(o.y for o in run), max(o.y for o in run)) for run in runs
    ]
    for i, (left, right, low, high) in enumerate(edges):
        for j in range(i + 1, len(runs)):
            other_left, other_right, other_low, other_high = edges[j]
            if not (left < other_right and other_left < right):
                continue
            if low > other_high:
                after[i].add(j)
            elif other_low > high:
                after[j].add(i)
            elif signs := _signs(runs[i], runs[j]):
                if len(signs) == 2:
                    mixed.append((i, j))
                elif True in signs:
                    after[i].add(j)
                else:
                    after[j].add(i)
    return after, mixed


def _signs(run: list[Line], other: list[Line]) -> set[bool]:
    """Whether lines of one run stand above (True) or below (False) lines of another that share their width."""
    return {a.y > b.y for a in run for b in other if a.x0 < b.x1 and b.x0 < a.x1 and a.y != b.y}


def _sorted_together(runs: _Runs, mixed: list[tuple[int, int]]) -> _Runs:
    """Runs that lie between one another as one, from top to bottom."""
    group = list(range(len(runs)))

    def root(k: int) -> int:
        while group[k] != k:
            k = group[k]
        return k

    for i, j in mixed:
        a, b = root(i), root(j)
        group[max(a, b)] = min(a, b)
    made: dict[int, list[Line]] = defaultdict(list)
    for k, run in enumerate(runs):
        made[root(k)] += run
    grown = {root(i) for pair in mixed for i in pair}
    return [sorted(run, key=lambda line: (-line.y, line.x0)) if k in grown else run for k, run in made.items()]


def _topological(count: int, after: dict[int, set[int]]) -> list[int] | None:
    """Numbers below `count`, each before those in `after`, else in their own order; None: they go in a circle."""
    before = [0] * count
    for lower in after.values():
        for k in lower:
            before[k] += 1
    free = [k for k in range(count) if not before[k]]
    made = []
    while free:
        k = heapq.heappop(free)
        made.append(k)
        for later in after.get(k, ()):
            before[later] -= 1
            if not before[later]:
                heapq.heappush(free, later)
    return made if len(made) == count else None

"""Findings as a queue for review: worst first, and a random tenth between them.

Invariant: the random tenth is chosen by the seed and each example's id alone, so it does not change when rows are added
and knows nothing of findings. Only from it may the keep rate be estimated.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from inscape.quality.rows import Finding

WEIGHT = {"error": 100, "warning": 10, "note": 1}
EVERY = 5
"""After so many of the worst comes one of the random tenth."""


def sample(examples: Iterable[str], share: float, seed: int) -> list[str]:
    """About that share of the examples, always the same ones, in an order of their own."""
    ranked = sorted((hashlib.sha256(f"{seed}\0{one}".encode()).hexdigest(), one) for one in set(examples))
    return [one for digest, one in ranked if int(digest[:8], 16) < share * 2**32]


def order(findings: Iterable[Finding], chosen: Iterable[str]) -> list[str]:
    """Examples with an error or a warning, worst first, with one chosen at random after every five."""
    weight: dict[str, int] = defaultdict(int)
    for finding in findings:
        if finding.example:
            weight[finding.example] += WEIGHT[finding.severity]
    worst = [one for one, n in sorted(weight.items(), key=lambda pair: -pair[1]) if n >= WEIGHT["warning"]]
    flagged = set(worst)
    spare = [one for one in chosen if one not in flagged]
    made: list[str] = []
    for number, one in enumerate(worst, 1):
        made.append(one)
        if number % EVERY == 0 and spare:
            made.append(spare.pop(0))
    return made + spare


@dataclass(frozen=True, slots=True)
class KeepRate:
    """Of the random tenth: how many were kept of those decided, and the 95 per cent interval (Wilson)."""

    kept: int
    decided: int
    sampled: int

    @property
    def interval(self) -> tuple[float, float]:
        n, z = self.decided, 1.96
        if not n:
            return 0.0, 1.0
        share = self.kept / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def keep_rate(chosen: Iterable[str], verdicts: Mapping[str, str | None]) -> KeepRate:
    """The rate from the verdicts that stand; a skipped one is not decided."""
    held = [verdicts.get(one) for one in chosen]
    return KeepRate(held.count("keep"), held.count("keep") + held.count("drop"), len(held))

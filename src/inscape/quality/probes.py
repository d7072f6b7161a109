"""Training rows that stand near a held-out probe: what a model was taught cannot test it.

Invariant: each row is told at most once, with the probe that it is nearest to. Only what users say is compared: a
probe is a prompt. Without probes it finds nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from inscape.quality.minhash import shingles
from inscape.quality.rows import Finding, Limits, Row
from inscape.records import Probe
from inscape.splits.near import is_near, level, overlap


class Probes:
    """Sees each user's text against an index of the probes' runs of five letters, so that a row costs its length."""

    name = "probes"

    def __init__(self, limits: Limits, probes: Sequence[Probe] = ()) -> None:
        self._probes = list(probes)
        self._texts = [level(probe.prompt) for probe in probes]
        self._sizes = [len(shingles(text)) for text in self._texts]
        self._with: dict[str, list[int]] = defaultdict(list)
        for n, text in enumerate(self._texts):
            for run in shingles(text):
                self._with[run].append(n)
        self._found: list[Finding] = []

    def add(self, row: Row) -> None:
        best: tuple[float, int] | None = None
        for part in row.of("user") if self._probes else ():
            text = level(part.text)
            for n in self._candidates(text):
                if text == self._texts[n] or is_near(text, self._texts[n]):
                    best = max(best or (0.0, -1), (overlap(text, self._texts[n]), n))
        if best:
            alike, n = best
            probe = self._probes[n]
            same = "is" if alike == 1 else f"is near ({alike:.2f} of the five-letter runs are shared)"
            message = (
                f"the user's text {same} the probe {probe.id} ({probe.file}, line {probe.line}); change one of them"
            )
            self._found.append(row.say(self.name, "error", message, probe.prompt))

    def _candidates(self, text: str) -> list[int]:
        """The probes that share at least a third of their own runs with the text: fewer cannot be near."""
        shared: Counter[int] = Counter(n for run in shingles(text) for n in self._with.get(run, ()))
        return [n for n, count in shared.items() if 3 * count >= self._sizes[n]]

    def finish(self) -> Iterator[Finding]:
        yield from self._found

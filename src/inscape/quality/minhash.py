"""Which texts are nearly the same: MinHash over runs of five characters, with numpy.

Invariant: no pair is reported without its exact similarity (Jaccard of the sets of five-character runs). Sketches only
choose which pairs to look at; how many of the near ones they find is measured in benchmarks/check.py.

One hash splits each run of characters into a bin and a value, and a text keeps the least value of each bin (one
permutation hashing, Li, Owen, Zhang 2012); an empty bin borrows from a full one (Shrivastava 2017). So a text costs one
pass whatever the number of bins. Bands of three bins make the candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

BINS = 128
ROWS = 3
"""Bins in a band: 42 bands find 84 of 100 pairs at 0.35, 99 at 0.50, and one unrelated pair in a thousand."""
SIGNS = 1500
"""Only the beginning of a text is looked at, as the thresholds were measured."""
_DOUBT = 0.12
"""Three times the error of an estimate from 128 bins at 0.35."""
_FEW = 40
"""Texts of one bucket that are all compared with each other; of more, each with the next ones."""


def shingles(text: str) -> frozenset[str]:
    """The runs of five characters of a text."""
    return frozenset(text[n : n + 5] for n in range(max(len(text) - 4, 1)))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard: what they share, of all they have."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


class Sketches:
    """Sketches of texts, made a few thousand at a time."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._made: list[Any] = []

    def add(self, text: str) -> None:
        self._waiting.append(text[:SIGNS])
        if len(self._waiting) >= 2000:
            self._flush()

    def pairs(self, least: float) -> Iterator[tuple[int, int]]:
        """Pairs of texts (by number, the earlier first) that may be at least so similar."""
        import numpy as np

        self._flush()
        if not self._made:
            return
        made = np.concatenate(self._made)
        self._made = [made]
        count = len(made)
        near = [_alike(made, _band(made, n), least - _DOUBT) for n in range(0, BINS - ROWS + 1, ROWS)]
        for pair in np.unique(np.concatenate(near)).tolist():
            yield divmod(pair, count)

    def _flush(self) -> None:
        if self._waiting:
            self._made.append(_sketch(self._waiting))
            self._waiting = []


def _sketch(texts: Sequence[str]) -> Any:
    """One row of BINS values for each text."""
    import numpy as np

    texts = [text if len(text) >= 5 else text.ljust(5) for text in texts]
    encoded = [text.encode("utf-16-le", "surrogatepass") for text in texts]
    signs = np.frombuffer(b"".join(encoded), dtype="<u2").astype(np.uint64)
    lengths = np.array([len(one) // 2 for one in encoded])
    ends = np.cumsum(lengths)
    text_of = np.repeat(np.arange(len(texts)), lengths)
    value = np.zeros(len(signs) - 4, dtype=np.uint64)
    for offset in range(5):
        value = value * np.uint64(0x100000001B3) + signs[offset : len(signs) - 4 + offset]
    value = _mix(value)
    inside = np.arange(len(value)) + 4 < ends[text_of[: len(value)]]
    value, owner = value[inside], text_of[: len(value)][inside]
    bins = (value >> np.uint64(57)).astype(np.int64)
    made = np.full(len(texts) * BINS, np.iinfo(np.uint32).max, dtype=np.uint32)
    np.minimum.at(made, owner * BINS + bins, (value & np.uint64(0xFFFFFFFE)).astype(np.uint32))
    return _filled(made.reshape(len(texts), BINS))


def _mix(value: Any) -> Any:
    """SplitMix64's finish: close inputs far apart."""
    import numpy as np

    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _filled(made: Any) -> Any:
    """Empty bins take the value of a bin that a fixed shuffle names; several rounds, since that one may be empty."""
    import numpy as np

    empty_mark = np.iinfo(np.uint32).max
    empty = made == empty_mark
    source = made.copy()
    rng = np.random.default_rng(7)
    for _ in range(200):
        if not empty.any():
            break
        donor = rng.integers(0, BINS, BINS)
        taken = source[:, donor]
        made = np.where(empty, taken, made)
        empty = made == empty_mark
    return made


def _alike(made: Any, pairs: Any, least: float) -> Any:
    """Those of the pairs that share enough of their bins."""
    import numpy as np

    kept = [np.empty(0, dtype=np.int64)]
    for begin in range(0, len(pairs), 50_000):
        chunk = pairs[begin : begin + 50_000]
        share = (made[chunk // len(made)] == made[chunk % len(made)]).mean(axis=1)
        kept.append(chunk[share >= least])
    return np.concatenate(kept)


def _band(made: Any, begin: int) -> Any:
    """Pairs of texts whose bins `begin`..`begin + ROWS` agree, as first * count + second."""
    import numpy as np

    count = len(made)
    key = np.zeros(count, dtype=np.uint64)
    for n in range(begin, begin + ROWS):
        key = _mix(key ^ made[:, n].astype(np.uint64))
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    pairs = []
    for step in range(1, _FEW + 1):
        same = np.flatnonzero(ranked[step:] == ranked[:-step]) if step < count else np.empty(0, dtype=np.int64)
        if not len(same):
            break
        one, other = order[same], order[same + step]
        pairs.append(np.minimum(one, other) * count + np.maximum(one, other))
    return np.concatenate(pairs) if pairs else np.empty(0, dtype=np.int64)

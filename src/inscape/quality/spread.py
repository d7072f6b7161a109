"""The set as a whole: openings and closings, self-repetition, compression, languages.

Invariant: shares are of replies; below `set_rows` rows nothing is said, since shares mean nothing yet. Findings about
the whole set have no row.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Iterator

from inscape.quality import words
from inscape.quality.rows import Finding, Limits, Row, Severity

_KEY = 3
"""Words that make an opening or a closing."""
_SAMPLE = 200
_CUT = 120
_BYTES = 50_000
_OWN = {
    "tr": {
        "repetition_warn": "repetition_warn_tr",
        "compression_warn": "compression_warn_tr",
        "compression_high": "compression_high_tr",
    }
}
"""Thresholds that a language has for itself."""
_PEOPLE = {"tr": 2.6}
"""How far people's prose compresses, where it is not the 2.45 of English; see benchmarks/RESULTS.md."""
"""Self-repetition is measured on the first 200 texts of 120 words, as its thresholds were."""


class Spread:
    """One word run at one end of replies: how many share it. Replies of one or two words have no opening to vary."""

    def __init__(self, limits: Limits, name: str, end: str) -> None:
        self.name = name
        self._end = end
        self._limits = limits
        self._keys: Counter[tuple[str, ...]] = Counter()
        self._total = 0

    def add(self, row: Row) -> None:
        for part in row.of("reply"):
            held = part.words
            if len(held) > _KEY:
                self._total += 1
                self._keys[tuple(held[:_KEY] if self._end == "first" else held[-_KEY:])] += 1

    def shares(self) -> tuple[float, float]:
        """The share of the commonest, and of the ten commonest."""
        top = [n for _, n in self._keys.most_common(10)]
        return (top[0] / self._total, sum(top) / self._total) if top else (0.0, 0.0)

    def finish(self) -> Iterator[Finding]:
        if self._total < max(self._limits.number("set_rows"), 1):
            return
        limit = self._limits.number
        top = self._keys.most_common(10)
        share, ten = self.shares()
        words = " ".join(top[0][0])
        severity = _level(share, limit(f"{self.name}_warn"), limit(f"{self.name}_high"))
        if severity:
            message = f"{share:.1%} of {self._total:,} replies have the same {self._end} three words"
            yield whole(self.name, severity, message, f"{words} ({top[0][1]:,})")
        severity = _level(ten, limit(f"{self.name}_ten_warn"), limit(f"{self.name}_ten_high"))
        if severity:
            message = f"the ten commonest {self._end} three words stand in {ten:.0%} of the replies"
            yield whole(self.name, severity, message, "; ".join(" ".join(key) for key, _ in top[:5]))


def opening(text: str) -> tuple[str, ...]:
    """The first three words of a reply, as the check counts them; empty for a reply of three words or less."""
    held = words.tokens(words.prose(text))
    return tuple(held[:_KEY]) if len(held) > _KEY else ()


def openings(limits: Limits) -> Spread:
    """One opening in too many replies."""
    return Spread(limits, "openings", "first")


def closings(limits: Limits) -> Spread:
    """One closing in too many replies."""
    return Spread(limits, "closings", "last")


class Repetition:
    """Runs of four words that come again in other rows, and how far the whole compresses."""

    name = "repetition"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._texts: list[array[int]] = []
        self._commonest: Counter[tuple[str, ...]] = Counter()
        self._sample: list[str] = []
        self._signs = 0
        self._languages: Counter[str] = Counter()

    def add(self, row: Row) -> None:
        held = [word for part in row.of("thought", "reply") for word in part.words][:_CUT]
        if len(self._texts) < _SAMPLE and len(held) >= 40:
            grams = [tuple(held[n : n + 4]) for n in range(len(held) - 3)]
            self._commonest.update(set(grams))
            self._texts.append(array("q", (hash(gram) for gram in grams)))
        if self._signs < _BYTES:
            self._languages[row.language] += 1
            text = " ".join(held)
            self._sample.append(text)
            self._signs += len(text)

    @property
    def _language(self) -> str:
        return max(self._languages, key=lambda name: self._languages[name], default="")

    def _limit(self, name: str) -> float:
        """A threshold of the set's main language, where it has one of its own."""
        return self._limits.number(_OWN.get(self._language, {}).get(name, name))

    def repeated(self) -> float:
        """The share of runs of four words that stand in other texts of the sample too."""
        seen = Counter(gram for text in self._texts for gram in set(text))
        total = sum(len(text) for text in self._texts)
        return sum(seen[gram] > 1 for text in self._texts for gram in text) / max(total, 1)

    def compression(self) -> float:
        """How far 50 KB of the texts compress; 0 where there are fewer."""
        text = "\n".join(self._sample).encode()[:_BYTES]
        return len(text) / len(zlib.compress(text, 9)) if len(text) == _BYTES else 0.0

    def finish(self) -> Iterator[Finding]:
        limit = self._limit
        if len(self._texts) >= limit("set_rows") / 2:
            share = self.repeated()
            if severity := _level(share, limit("repetition_warn"), limit("repetition_high")):
                message = f"{share:.0%} of the runs of four words stand in other rows too"
                common = "; ".join(" ".join(gram) for gram, n in self._commonest.most_common(5) if n > 1)
                yield whole(self.name, severity, message, common)
        ratio = self.compression()
        if severity := _level(ratio, limit("compression_warn"), limit("compression_high")):
            people = _PEOPLE.get(self._language, 2.45)
            message = f"50 KB of the texts compress {ratio:.2f} times; people's prose about {people}"
            yield whole(self.name, severity, message)


class WrongLanguage:
    """How many rows answer in another language than they should."""

    name = "language-share"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = self._wrong = 0

    def add(self, row: Row) -> None:
        from inscape.quality.form import language

        self._rows += 1
        self._wrong += any(True for _ in language(row, self._limits))

    def finish(self) -> Iterator[Finding]:
        share = self._wrong / max(self._rows, 1)
        if self._rows >= self._limits.number("set_rows") and share > self._limits.number("language_share"):
            message = f"{self._wrong:,} of {self._rows:,} rows answer in another language than they should"
            yield whole(self.name, "warning", message)


def whole(check: str, severity: Severity, message: str, evidence: str = "") -> Finding:
    """A finding about the whole set."""
    return Finding("", None, check, severity, message, evidence[:200])


def _level(value: float, warn: float, high: float) -> Severity | None:
    return "error" if value > high else "warning" if value > warn else None

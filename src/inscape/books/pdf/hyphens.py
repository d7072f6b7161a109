"""Whether a hyphen at the end of a line belongs to the word. The book's own words decide.

Invariant: nothing but that hyphen is added or removed. Evidence in this order: the word elsewhere in the book, whole
or hyphenated; its stem; the habit of its first part; what two common words do. Uncertain ones are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from inscape.books.pdf.page import SOFT, SURE, Line

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+(?:['’\-][^\W\d_]+)*)$")
_FIRST = re.compile(r"([^\W\d_]+(?:['’\-][^\W\d_]+)*)")
_SUFFIXES = ("’s", "'s", "s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment")
_STRONG = frozenset(
    (
        "self",
        "half",
        "well",
        "quasi",
        "pseudo",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
    )
)
"""First parts that keep their hyphen before any longer word, unless the book writes the whole in one."""
_WEAK = frozenset(("ill", "all", "non", "vice", "arch", "far", "ever", "never", "still"))
_ENDINGS = frozenset(
    (
        "ship",
        "less",
        "ness",
        "hood",
        "ful",
        "fully",
        "able",
        "ible",
        "ment",
        "like",
        "most",
        "ward",
        "wards",
        "wise",
        "time",
        "land",
        "men",
        "man",
    )
)
"""Words that as second parts are mostly endings."""
_TAIL = 80
"""Characters of a text that are looked at for its last word."""


@dataclass(slots=True)
class Vocabulary:
    """Words of the book, lower case, with their counts."""

    words: Counter[str] = field(default_factory=Counter)
    prefixes: Counter[str] = field(default_factory=Counter)
    """First parts of words that the book writes with a hyphen."""
    seconds: Counter[str] = field(default_factory=Counter)
    """Their last parts."""
    guessed: int = 0
    """Hyphens for which the book had no evidence."""
    keeps_by_default: bool = False
    """The book divides no words at line ends, or marks where it does: a plain hyphen there is the word's own."""
    sure: bool = False
    """SURE stands at line ends only, and many: it never belongs to a word."""

    @classmethod
    def of(cls, pages: Iterable[list[Line]]) -> Vocabulary:
        """Count all words except those that a line end divides."""
        texts: list[str] = []
        ends: list[tuple[str, str]] = []
        broken, before = False, ""
        for lines in pages:
            for line in lines:
                text = line.text
                if broken:
                    ends.append((before, text))
                    text = text.partition(" ")[2]
                broken = line.hyphen or text.endswith("-")
                before = text
                texts.append(text.rpartition(" ")[0] if broken else text)
        text = "\n".join(texts).casefold()
        made = cls(Counter(_WORD.findall(text)))
        made.prefixes.update(word.partition("-")[0] for word in made.words if "-" in word)
        made.seconds.update(word.rpartition("-")[2] for word in made.words if "-" in word)
        made._learn_habit(ends, text)
        return made

    def _learn_habit(self, ends: list[tuple[str, str]], text: str) -> None:
        """What this book's line ends are, by those of them that its words decide."""
        marked = sum(1 for above, _ in ends if above.endswith(SURE))
        self.sure = marked >= 3 and f"{SURE}" not in text
        divided = parted = 0
        for above, below in ends:
            left, right = _LAST.search(above[:-1]), _FIRST.match(below)
            if left and right and not above.endswith(SURE):
                whole, hyphened = self._evidence(left[1].casefold(), right[1].casefold())
                divided += whole > hyphened
                parted += hyphened > whole
        self.keeps_by_default = (self.sure and parted >= divided) or (parted >= 3 and parted > 9 * divided)

    def join(self, above: str, below: str) -> str:
        """Two lines, of which the first ends in a hyphen or SOFT, as one text."""
        stem = above[:-1]
        if above.endswith(SURE) and self.sure:
            return stem + below
        left, right = _LAST.search(stem[-_TAIL:]), _FIRST.match(below)
        if not left or not right:
            return f"{stem}-{below}"
        return stem + ("-" if self._keeps(left[1], right[1]) else "") + below

    def _keeps(self, left: str, right: str) -> bool:
        """Whether the word has its hyphen in the middle of a line too."""
        a, b = left.casefold(), right.casefold()
        whole, parted = self._evidence(a, b)
        if whole or parted:
            return parted > whole
        if self.keeps_by_default or (right[0].isupper() and not left.isupper()):
            return True
        if "-" in b or (stem := self._stems(a, b)) is None:
            self.guessed += 1
            return self._habit(a, b)
        return stem

    def _evidence(self, a: str, b: str) -> tuple[int, int]:
        whole, parted = self.words[a + b], self.words[f"{a}-{b}"]
        for suffix in ("'s", "’s"):
            if b.endswith(suffix):
                whole += self.words[a + b[: -len(suffix)]]
                parted += self.words[f"{a}-{b[: -len(suffix)]}"]
        return whole, parted

    def _stems(self, a: str, b: str) -> bool | None:
        """Evidence of words that differ in their ending only; None where there is none."""
        for suffix in _SUFFIXES:
            if b.endswith(suffix) and len(b) > len(suffix):
                if self.words[a + b[: -len(suffix)]]:
                    return False
                if self.words[f"{a}-{b[: -len(suffix)]}"]:
                    return True
            if self.words[a + b + suffix]:
                return False
            if self.words[f"{a}-{b}{suffix}"]:
                return True
        return None

    def _habit(self, a: str, b: str) -> bool:
        """What the parts say: both are words, and the first is one that takes hyphens, or both are common."""
        known = bool(self.words[b] or self.seconds[b]) or (
            len(a) > 2 and b.endswith(("ed", "ing")) and self._has_stem(b)
        )
        if "-" in a:
            return not self.words[a.rpartition("-")[2] + b]
        if a in _STRONG and len(b) > 2:
            return known or len(b) > 4
        if not known or len(b) < 3 or b in _ENDINGS:
            return False
        if a in _WEAK or self.prefixes[a] >= 2 or (self.seconds[b] >= 2 and len(b) > 4):
            return True
        return self.words[a] > 1 and len(a) > 3 and len(b) > 3 and (self.words[b] > 1 or len(b) > 4)

    def _has_stem(self, word: str) -> bool:
        """'fronted' is a word where 'front' is; 'rimmed' where 'rim' is."""
        stem = word.removesuffix("ed").removesuffix("ing")
        forms = {stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
        return any(len(form) > 2 and self.words[form] for form in forms)


def is_broken(text: str) -> bool:
    """Whether a line's last word may go on in the next line."""
    return text.endswith((SOFT, SURE)) or (text.endswith("-") and text[-2:-1].isalpha())

"""Whether a hyphen at the end of a line belongs to the word. The book's own words decide.

Invariant: nothing but that hyphen is added or removed, and one that is removed is told in `removed`. Evidence in this
order: the word elsewhere in the book, whole or hyphenated; its stem; in English a list of words; the habit of its
parts. Where no language is known well a word is joined. Decisions on the parts alone are counted, with samples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from inscape.books.marks import bare
from inscape.books.pdf.page import SOFT, SURE, Line
from inscape.books.pdf.words import compounds, wordlist
from inscape.records import Removal

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+(?:['’\-][^\W\d_]+)*)$")
_FIRST = re.compile(r"([^\W\d_]+(?:['’\-][^\W\d_]+)*)")
_SIGN = "(?:[\ufdd0\ufdd1]|[\ufdd2\ufdd3][^\ufdd4]*\ufdd4)+"
_SIGNS_AT_END = re.compile(f"{_SIGN}$")
_SIGNS_AT_START = re.compile(_SIGN)
_ADDRESS = re.compile(r"(?:://|www\.|@)\S*$", re.I)
_GOES_ON = re.compile(r"[^\W\d_A-Z],?\s+$")
"""Before a word that does not begin a sentence."""
_SUSPENDED = re.compile(r"(?:and|or|to|nor|und|oder|bis|bzw\.?|ou|et|ve|veya|ile|и|или|o|y|e)\s(?P<next>\S+)", re.I)
_SUFFIXES = ("’s", "'s", "s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "ment")
_COMMONEST = {"en": ("the", "and", "of"), "fr": ("les", "des", "et", "que")}
_TAIL = 80
"""Characters of a text that are looked at for its last word."""
_SAMPLES = 20


@dataclass(slots=True)
class Vocabulary:
    """Words of the book, lower case, with their counts."""

    words: Counter[str] = field(default_factory=Counter)
    prefixes: Counter[str] = field(default_factory=Counter)
    """First parts of words that the book writes with a hyphen."""
    seconds: Counter[str] = field(default_factory=Counter)
    """Their last parts."""
    language: str = ""
    """Two letters; '' where unknown."""
    guessed: int = 0
    """Hyphens for which there was no evidence but the two parts."""
    samples: list[str] = field(default_factory=list)
    """Some of their words, as decided."""
    removed: list[Removal] = field(default_factory=list)
    """Hyphens that are no part of their words, of the joins that named their page."""
    keeps_by_default: bool = False
    """The book divides no words at line ends, or marks where it does: a plain hyphen there is the word's own."""
    closes: bool = False
    """The book writes compounds in one: it has next to none with a hyphen."""
    sure: bool = False
    """SURE stands at line ends only, and many: it never belongs to a word."""

    @classmethod
    def of(cls, pages: Iterable[list[Line]], language: str = "") -> Vocabulary:
        """Count all words except those that a line end divides. `language`: 'en', 'fr-CA'; '' where unknown."""
        tokens: Counter[str] = Counter()
        ends: list[tuple[str, str]] = []
        broken, before, within = False, "", False
        for lines in pages:
            texts: list[str] = []
            for line in lines:
                text = line.text
                if broken:
                    ends.append((before, text))
                    text = text.partition(" ")[2]
                broken = line.hyphen or text.endswith("-")
                before = line.text
                texts.append(text.rpartition(" ")[0] if broken else text)
            # By the page: the words of a whole book would be 40 MB at once.
            page = "\n".join(texts)
            within = within or SURE in page
            tokens.update(page.split())
        made = cls()
        words = made.words
        for token, count in tokens.items():
            for word in (token,) if token.isalpha() else _WORD.findall(token):
                folded = _fold(word)
                words[folded] = words.get(folded, 0) + count
        hyphened = [word for word in words if "-" in word]
        made.prefixes.update(word.partition("-")[0] for word in hyphened)
        made.seconds.update(word.rpartition("-")[2] for word in hyphened)
        made.closes = len(made.words) > 2000 and made.prefixes.total() < 0.004 * len(made.words)
        made.language = made._guess_language(language[:2].casefold())
        made._learn_habit(ends, within)
        return made

    def has(self, word: str) -> bool:
        """Whether the book or the list of its language has the word."""
        return bool(self.words[word]) or (self.language == "en" and word.replace("’", "'") in wordlist.english())

    def _guess_language(self, said: str) -> str:
        """English or French where their commonest words are common; files say 'en' that are not."""
        total = max(1, self.words.total())
        for language, common in _COMMONEST.items():
            if sum(self.words[word] for word in common) > 0.04 * total:
                return language
        return "" if said in _COMMONEST and total > 200 else said

    def _learn_habit(self, ends: list[tuple[str, str]], within: bool) -> None:
        """What this book's line ends are, by those of them that its words decide. `within`: SURE is in lines too."""
        marked = sum(1 for above, _ in ends if above.endswith(SURE))
        self.sure = marked >= 3 and not within
        divided = parted = 0
        for above, below in ends:
            left, right = _last(above[:-1]), _FIRST.match(below)
            if left and right and not above.endswith(SURE):
                whole, hyphened = self._evidence(_fold(left[1]), _fold(right[1]))
                divided += whole > hyphened
                parted += hyphened > whole
        self.keeps_by_default = (self.sure and parted >= divided) or (parted >= 3 and parted > 9 * divided)

    def join(self, above: str, below: str, page: int | None = None) -> str:
        """Two lines, of which the first ends in a hyphen or SOFT, as one text; both may hold the signs of `marks`.

        `page`: that of the first line, in the one join whose text is kept: a hyphen that goes is then told.
        """
        tail = head = ""
        if "\ufdd0" <= above[-1:] <= "\ufdd4" and (found := _SIGNS_AT_END.search(above)):
            above, tail = above[: found.start()], found[0]
        if found := _SIGNS_AT_START.match(below):
            below, head = below[found.end() :], found[0]
        stem, between = above[:-1], tail + head
        mark, before, after = above[-1:], bare(stem[-_TAIL:]), bare(below[:_TAIL])
        kept = self._mark(before, after, mark)
        if not kept and page is not None:
            left, right = _last(before), _FIRST.match(after)
            context = f"{left[1] if left else ''}-{right[1] if right else ''}"
            self.removed.append(Removal("line-end hyphen", "-", page, context))
        return stem + kept.rstrip() + between + (" " if kept.endswith(" ") else "") + below

    def _mark(self, before: str, after: str, mark: str) -> str:
        """What stands between two halves: '', '-', or '- ' where the hyphen ends a word of its own."""
        if mark == SURE and self.sure:
            return ""
        if before.endswith((" ", "\u00a0")) or not after:
            return "- "
        left, right = _last(before), _FIRST.match(after)
        if not left or not right or _ADDRESS.search(before, before.rfind(" ") + 1):
            return "-"
        if self._is_suspended(left[1], right[1], after):
            return "- "
        if (kept := self._keeps(left[1], right[1])) is not None:
            return "-" if kept else ""
        name = left[1].istitle() and "-" not in left[1] + right[1] and _GOES_ON.search(before[: left.start()])
        keeps = not name and compounds.habit(_fold(left[1]), _fold(right[1]), self)
        if self.words[_fold(left[1])] and self.words[_fold(right[1])]:
            self.guessed += 1
            word = f"{left[1]}{'-' if keeps else ''}{right[1]}"
            if len(self.samples) < _SAMPLES and word not in self.samples:
                self.samples.append(word)
        return "-" if keeps else ""

    def _is_suspended(self, left: str, right: str, after: str) -> bool:
        """'two- and three-fold', 'Vor- und Nachteile': the hyphen stands for a part that comes later."""
        found = _SUSPENDED.match(after)
        if not found or self.words[_fold(left + right)]:
            return False
        return "-" in found["next"] or (self.language == "de" and right in ("und", "oder", "bis", "bzw"))

    def _keeps(self, left: str, right: str) -> bool | None:
        """Whether the word has its hyphen in the middle of a line too; None where nothing but its parts can say."""
        a, b = _fold(left), _fold(right)
        whole, parted = self._evidence(a, b)
        if whole or parted:
            return parted > whole
        if self.keeps_by_default or (right[0].isupper() and not left.isupper()):
            return True
        if "-" not in b and (stem := self._stems(a, b, self.words)) is not None:
            return stem
        if self.language == "en":
            return self._listed(a, b)
        if self.language == "fr" and compounds.is_tied(a, b, self):
            return True
        return None if "-" in a or "-" in b else False

    def _listed(self, a: str, b: str) -> bool | None:
        """What the list of words says; None where it has neither form."""
        known = wordlist.english()
        a, b = a.replace("’", "'"), b.replace("’", "'")
        if f"{a}-{b}" in known:
            return True
        if a + b in known:
            return False
        return None if "-" in b else self._stems(a, b, known)

    def _evidence(self, a: str, b: str) -> tuple[int, int]:
        whole, parted = self.words[a + b], self.words[f"{a}-{b}"]
        for suffix in ("'s", "’s"):
            if b.endswith(suffix):
                whole += self.words[a + b[: -len(suffix)]]
                parted += self.words[f"{a}-{b[: -len(suffix)]}"]
        return whole, parted

    def _stems(self, a: str, b: str, known: Container[str]) -> bool | None:
        """Evidence of known words that differ in their ending only; None where there is none."""
        for suffix in _SUFFIXES:
            if b.endswith(suffix) and len(b) > len(suffix):
                if a + b[: -len(suffix)] in known:
                    return False
                if f"{a}-{b[: -len(suffix)]}" in known:
                    return True
            if a + b + suffix in known:
                return False
            if f"{a}-{b}{suffix}" in known:
                return True
        return None


def _last(text: str) -> re.Match[str] | None:
    """The word at a text's end; found in a fifth of the time where only what follows the last blank is searched."""
    return _LAST.search(text, text.rfind(" ") + 1)


def _fold(word: str) -> str:
    """Lower case; the dot that a Turkish İ leaves behind goes, so that a word stays one word."""
    return word.casefold().replace("\u0307", "")


def is_broken(text: str) -> bool:
    """Whether a line's last word may go on in the next line; signs of `marks` at its end do not count."""
    if "\ufdd0" <= text[-1:] <= "\ufdd4" and (found := _SIGNS_AT_END.search(text)):
        text = text[: found.start()]
    return text.endswith((SOFT, SURE)) or (text.endswith("-") and text[-2:-1].isalpha())

"""What the two parts of a word say, where neither the book nor a list knows the word: is it a compound with a hyphen?

Invariant: the last resort of `hyphens`, which asks here for a divided word's two parts in lower case. Says no where
nothing speaks for a compound, since most words at line ends are divided by the typesetter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Known(Protocol):
    """Words of the book with their counts, and those that stand first and last in its compounds."""

    @property
    def prefixes(self) -> Mapping[str, int]: ...
    @property
    def seconds(self) -> Mapping[str, int]: ...
    @property
    def closes(self) -> bool:
        """The book writes compounds in one."""

    def has(self, word: str) -> bool:
        """Whether the book or the list of its language has the word."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_STRONG = _set("self half well quasi pseudo twenty thirty forty fifty sixty seventy eighty ninety")
"""First parts that keep their hyphen before any longer word, unless the book writes the whole in one."""
_WEAK = _set("ill all non vice arch far ever never still too she he")
_NUMBERS = _set("one two three four five six seven eight nine ten eleven twelve hundred")
_NEVER_FIRST = _set("un re in dis mis en em de be pre inter super trans over under out fore with per con com pro sub")
"""Syllables that are words too, or look it, and are written in one with what follows."""
_ENDINGS = _set(
    "ship less ness hood ful fully able ible ment like most ward wards wise time land men man side house houses proof "
    "work works piece board stone wreck cloth shot mill tion sion age ance ence"
)
"""Words that as second parts are mostly endings, or written in one with the first."""
_NO_SECOND = _set("fold some pence penny teen ty score month")
SHAPES = _set(
    "handed handedly hearted heartedly heartedness minded mindedness tempered temperedly headed eyed haired faced "
    "toothed footed legged shouldered fashioned looking stricken set colored coloured sized shaped witted natured "
    "naturedly humored humoured mannered blooded skinned lipped cheeked bearded nosed necked breasted pronged "
    "sided edged cornered winged wheeled seated spoken bred worn cropped covered bossed lit fed learned clad "
    "smelling sounding"
)
"""Second parts that with a word before them make an adjective, which English writes with a hyphen."""
_PARTICLES = _set("up off out down by in over away on")
_LINKS = _set("in and of on to the at by de la le du à the-")
"""The middle of 'commander-in-chief', 'bread-and-butter'."""
_PRONOUNS = _set("il elle on ils elles je tu nous vous ce moi toi lui leur le la les y en là ci même mêmes t")
"""What French ties to the word before."""


def habit(a: str, b: str, known: Known) -> bool:
    """Whether a word of which nothing but its parts `a` and `b` is known has a hyphen between them."""
    second, last = b.partition("-")[0], a.rpartition("-")[2]
    if ("-" in b and second in _LINKS) or b[:2] in ("d'", "d’", "l'", "l’"):
        return True
    if "-" in a and len(last) > 1 and (known.has(last + second) or b in _ENDINGS):
        return False
    if a.count("-") > 1 or ("-" in a and len(last) == 1) or (len(second) > 1 and a.endswith(f"-{second}")):
        return True
    if "-" in a and len(second) > 2 and known.has(last) and known.has(second):
        return True
    if last in _NEVER_FIRST or (last in _NUMBERS and b in _NO_SECOND):
        return False
    if a in _STRONG and len(b) > 2:
        return _is_known(second, known) or len(b) > 4
    shaped = second in SHAPES and (known.has(last) or len(second) > 4 < len(last))
    if shaped or (second in _PARTICLES and len(last) > 2 and known.has(last)):
        return not known.closes
    if not _is_known(second, known) or len(second) < 3 or b in _ENDINGS:
        return False
    if a in _WEAK or last in _NUMBERS or known.prefixes.get(a, 0) >= 2:
        return True
    return known.has(last) and len(last) > 2 and len(second) > 3 and not known.closes


def is_tied(a: str, b: str, known: Known) -> bool:
    """Whether French ties a pronoun to the word before: 'peut-il', 'donnez-le', 'a-t-il'."""
    return b.partition("-")[0] in _PRONOUNS and ("-" in a or known.has(a))


def _is_known(word: str, known: Known) -> bool:
    if known.has(word) or known.seconds.get(word):
        return True
    return word.endswith(("ed", "ing")) and _has_stem(word, known)


def _has_stem(word: str, known: Known) -> bool:
    """'fronted' is a word where 'front' is; 'rimmed' where 'rim' is."""
    stem = word.removesuffix("ed").removesuffix("ing")
    forms = {stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
    return any(len(form) > 2 and known.has(form) for form in forms)

"""What is left of a question and its reply once the parts that a loop exchanges are taken out.

Invariant: two texts have one skeleton only if every word that is neither a counter, nor said in both, nor an ornament
is the same, in the same order. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from inscape.quality.standin import NUMBERS, is_counter, words_of

ORNAMENTS = words_of(
    "kanka abi abla lan ya be bro valla vallahi yani işte aslinda şey hani haha ahaha hehe hmm eee tabii tabi evet "
    "moruk dostum canim knk peki oh well so hey man dude okay ok sure yeah um hm actually honestly açikçasi bence lol "
    "xd kesinlikle elbette of course"
)
"""Words that a script puts before or after a sentence to make it look new (folded)."""

_MOST = 40
"""Words of a text that is still looked at for counters in words, ornaments and pairs."""


def counters(told: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words with each counter as '#', and the counters. A long text is no skeleton: ()."""
    if len(told) > _MOST:
        return (), ()
    perhaps = [word for word in told if len(word) == 1 or word in NUMBERS or not word.isalpha()]
    found = tuple([word for word in perhaps if is_counter(word)])
    return (tuple(["#" if word in found else word for word in told]), found) if found else ((), ())


def masked(told: Sequence[str], stems: Collection[str]) -> tuple[str, ...]:
    """The words, with '*' for those whose first five letters are in `stems`."""
    return tuple(["*" if word[:5] in stems else word for word in told])


def runs(bare: Sequence[str]) -> tuple[str, ...]:
    """Masked words that stand together are one: a topic may have any number of words."""
    return tuple([word for n, word in enumerate(bare) if word != "*" or n == 0 or bare[n - 1] != "*"])


def plain(told: Sequence[str]) -> tuple[str, ...]:
    """The words without ornaments; as they are where nothing else is left."""
    if ORNAMENTS.isdisjoint(told):
        return tuple(told)
    return tuple([word for word in told if word not in ORNAMENTS]) or tuple(told)

"""English words, and compounds that keep their hyphen, for books that do not use a word twice.

Invariant: a constant of the program: `words.xz` lies beside this file and comes with it; read once, when first asked
for. A word stands in it as it is mostly written. `scripts/make_wordlist.py` makes it from books in the public domain
and from the closed compounds of SCOWL (a permissive license, in `words.license`).
"""

from __future__ import annotations

import functools
import lzma
from importlib import resources


@functools.cache
def english() -> frozenset[str]:
    """About 46,000 words, lower case, with straight apostrophes; among them compounds with their hyphens."""
    packed = resources.files(__package__ or "inscape.books.pdf.words").joinpath("words.xz").read_bytes()
    return frozenset(lzma.decompress(packed).decode("utf-8").split("\n"))

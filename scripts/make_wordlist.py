"""Make `books/pdf/words/words.xz`: the words of books in the public domain, with the compounds they hyphenate.

Run ``python scripts/make_wordlist.py [BOOK…] [--closed LIST…]`` with EPUB or text files; without any it takes those of
../shared/data/books. From a LIST of words (Debian's wamerican and wbritish), one a line, come only compounds in one.
A word goes in unless it comes once in all and is made of two others, as coinages are; a compound where more books write
it with its hyphen than without. The same books always make the same bytes.
"""

from __future__ import annotations

import lzma
import re
import sys
from collections import Counter
from pathlib import Path

from inscape.books import read
from inscape.books.pdf.words.compounds import SHAPES

ROOT = Path(__file__).resolve().parent.parent
MADE = ROOT / "src" / "inscape" / "books" / "pdf" / "words" / "words.xz"
WORD = re.compile(r"[^\W\d_]+(?:['\-][^\W\d_]+)*")
PROSE = ("paragraph", "quote", "letter", "note")


def words_of(path: Path) -> Counter[str]:
    """The words of one book with their counts; those that begin with a capital every time are names, and left out."""
    text = "\n".join(p.text for p in read(path.read_bytes(), path.name).paragraphs if p.kind in PROSE)
    text = text.replace("\u2019", "'").replace("\u2010", "-").replace("\u2011", "-").replace("\u2060", "")
    found: Counter[str] = Counter(WORD.findall(text))
    small = {word for word in found if word[0].islower()}
    made: Counter[str] = Counter()
    for word, count in found.items():
        if word.casefold() in small:
            made[word.casefold()] += count
    return made


def choose(books: list[Counter[str]]) -> list[str]:
    """The words that go in, sorted."""
    total: Counter[str] = Counter()
    holders: Counter[str] = Counter()
    for book in books:
        total.update(book)
        holders.update(book.keys())
    kept = []
    for word, count in total.items():
        whole = word.replace("-", "")
        compound = "-" in word
        if compound and (holders[whole], total[whole]) >= (holders[word], count):
            continue
        if compound or count > 1 or not is_coined(word, total):
            kept.append(word)
    split = {word.replace("-", "") for word in kept if "-" in word}
    return sorted(word for word in kept if word not in split)


def is_coined(word: str, total: Counter[str]) -> bool:
    """Whether a word is two common ones of three letters or more, written as one."""
    return any(total[word[:at]] > 2 and total[word[at:]] > 2 for at in range(3, len(word) - 2))


def closed(path: Path) -> set[str]:
    """The words of a list that are made of two others of the list: 'cloakroom', but not 'highhanded'."""
    words = {word for word in path.read_text("utf-8").split() if word.isalpha() and word.islower()}
    return {
        w
        for w in words
        if any(
            w[:at] in words and w[at:] in words and w[at:].removesuffix("s") not in SHAPES
            for at in range(2, len(w) - 1)
        )
    }


def main(arguments: list[str]) -> None:
    """Read the books, write the list, say how long it is."""
    split = arguments.index("--closed") if "--closed" in arguments else len(arguments)
    folder = ROOT.parent / "shared" / "data" / "books"
    paths = [Path(a) for a in arguments[:split]] or sorted(p for p in folder.iterdir() if p.suffix in {".epub", ".txt"})
    words = set(choose([words_of(path) for path in paths if path.stem != "war_and_peace"]))
    split_words = {word.replace("-", "") for word in words if "-" in word}
    words |= set[str]().union(*(closed(Path(a)) for a in arguments[split + 1 :])) - split_words
    MADE.write_bytes(lzma.compress("\n".join(sorted(words)).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(words):,} words, {sum('-' in w for w in words):,} compounds, {MADE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])

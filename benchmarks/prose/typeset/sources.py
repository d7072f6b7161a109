"""The books, by short name, read from a folder of public-domain files.

Invariant: a book's units are the same for every typesetting of it, before that typesetting's own additions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.prose.typeset import epub, gutenberg
from benchmarks.prose.typeset.truth import Book

EBOOKS = {
    "war-and-peace": ("leo-tolstoy_war-and-peace_louise-maude_aylmer-maude.epub", "War and Peace", "Leo Tolstoy"),
    "dalloway": ("virginia-woolf_mrs-dalloway.epub", "Mrs. Dalloway", "Virginia Woolf"),
    "lighthouse": ("virginia-woolf_to-the-lighthouse.epub", "To the Lighthouse", "Virginia Woolf"),
    "ulysses": ("james-joyce_ulysses.epub", "Ulysses", "James Joyce"),
    "underground": (
        "fyodor-dostoevsky_notes-from-underground_constance-garnett.epub",
        "Notes from Underground",
        "Fyodor Dostoevsky",
    ),
}
"""Standard Ebooks productions (CC0, standardebooks.org): file, title, author."""

FRANKENSTEIN = "frankenstein.txt"
"""Project Gutenberg 84, as plain text (gutenberg.org/ebooks/84)."""

Reader = Callable[[str], Book]


def reader(folder: Path) -> Reader:
    """A function that reads a book by its short name from `folder`. It raises FileNotFoundError, naming the file."""

    def read(name: str) -> Book:
        file = FRANKENSTEIN if name == "frankenstein" else EBOOKS[name][0]
        if not (folder / file).exists():
            raise FileNotFoundError(f"needs {folder / file}: see benchmarks/prose/README.md for where it comes from")
        if name == "frankenstein":
            return gutenberg.read(folder / file)
        return epub.read(folder / file, *EBOOKS[name][1:])

    return read

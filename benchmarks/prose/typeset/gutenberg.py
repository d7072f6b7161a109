"""Reads Project Gutenberg's Frankenstein (hard-wrapped text) into the units of a ground truth.

Invariant: words are Gutenberg's; paragraphs are its blank lines. Only what its typographic habits show without doubt is
given a kind: verse is indented, a letter begins with its salutation and ends with its signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.prose.typeset.truth import Book, Unit

_HEADING = re.compile(r"(Letter|Chapter) \d+")
_SALUTATION = re.compile(r"“?(My (dear|dearest|beloved) [A-Z]\w+|To Mrs\. Saville, England),?\W*$")
_SIGNATURE = re.compile(r"“?(Your affectionate brother,|Robert Walton|R\. ?W(alton)?\.|[A-Z]\w+ [A-Z]\w+\.”?)\W*$")
_DATELINE = re.compile(r"“?[A-Z][^,]{3,20}, .{6,16}, 17—\W*$")


def read(path: Path) -> Book:
    """Frankenstein's letters and chapters. Raises ValueError when the file is another book."""
    text = path.read_text("utf-8-sig")
    found = re.search(r"\*\*\* START OF.*?\*\*\*(.*)\*\*\* END OF", text, re.S)
    if not found or "Frankenstein" not in text[:500]:
        raise ValueError(f"{path.name} is not Project Gutenberg's Frankenstein")
    blocks = [b.strip("\n") for b in re.split(r"\n\s*\n", found[1]) if b.strip()]
    start = [i for i, b in enumerate(blocks) if b.strip() == "Letter 1"][-1]
    return Book("Frankenstein", "Mary Shelley", tuple(_units(blocks[start:])))


def _units(blocks: list[str]) -> Iterator[Unit]:
    inside = frame = False
    for block in blocks:
        lines = [_marked(line) for line in block.splitlines()]
        words = " ".join(" ".join(lines).split())
        if _HEADING.fullmatch(words):
            frame, inside = words.startswith("Letter"), False
            yield Unit("heading", words, level=3)
            continue
        if words.startswith("End of the Project Gutenberg"):
            return
        if _SALUTATION.match(words) and words.startswith("“") and not frame:
            inside = True
        if inside or _frame(words):
            yield Unit("letter", "\x02".join(" ".join(x.split()) for x in lines) if len(words) < 90 else words)
            inside = inside and not _SIGNATURE.match(words)
        elif block.startswith("  "):
            yield Unit("verse", "\x02".join(" ".join(x.split()) for x in lines))
        else:
            yield Unit("para", words)


def _frame(words: str) -> bool:
    """Whether it is a dateline, salutation or signature of Walton's letters, whose body is set as plain paragraphs."""
    return any(p.match(words) for p in (_SALUTATION, _SIGNATURE, _DATELINE)) or words.strip("\x03\x04").startswith(
        "To Mrs."
    )


def _marked(line: str) -> str:
    """A line with Gutenberg's underscores as italic signs."""
    return re.sub(r"_([^_]+)_", "\x03\\1\x04", line)

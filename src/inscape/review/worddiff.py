"""The difference of two texts, word by word.

Invariant: the `same` and `old` pieces joined are the first text, the `same` and `new` pieces the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKEN = re.compile(r"\s+|[^\W_]+(?:['’][^\W_]+)*|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: in both, only in the `old` one, or only in the `new` one."""

    kind: Literal["same", "old", "new"]
    text: str


def diff(old: str, new: str) -> tuple[Piece, ...]:
    """Pieces in reading order. Lines are compared first, so a long text costs little where little changed."""
    pieces = _compared(old.splitlines(keepends=True), new.splitlines(keepends=True), deeper=True)
    return tuple(_joined(pieces))


def _compared(old: Sequence[str], new: Sequence[str], *, deeper: bool) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = "".join(old[i:j]), "".join(new[k:m])
        if tag == "equal":
            yield Piece("same", before)
        elif tag == "replace" and deeper:
            yield from _compared(_TOKEN.findall(before), _TOKEN.findall(after), deeper=False)
        else:
            yield Piece("old", before)
            yield Piece("new", after)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbors of one kind joined; what a lone blank between two changes would tear apart stays one change."""
    run: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind == "same" and not (run and piece.text.isspace() and "\n" not in piece.text):
            yield from _closed(run)
            run = []
            yield piece
        else:
            run.append(piece)
    yield from _closed(run)


def _closed(run: Sequence[Piece]) -> Iterator[Piece]:
    """A run of changes as one old piece and one new one; a blank at its end is the same in both."""
    tail = run[-1:] if run and run[-1].kind == "same" else []
    body = run[: len(run) - len(tail)]
    old = "".join(p.text for p in body if p.kind != "new")
    new = "".join(p.text for p in body if p.kind != "old")
    yield from (Piece("old", old),) if old else ()
    yield from (Piece("new", new),) if new else ()
    yield from tail

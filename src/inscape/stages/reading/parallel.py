"""The pages of a PDF, read in several processes and put together as if one had read them.

Invariant: the document, or the BookError, is the one that `lines.load` gives, whatever the number of processes. A
process that breaks down, cannot be started or refuses its pages changes nothing: the file is then read here, as a
whole. They are forks, made in the process that reads, before any thread is: nothing is sent but what was read.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BufferedReader
from itertools import pairwise

from inscape import confine
from inscape.books.pdf.lines import load as lines
from inscape.books.pdf.page import Document
from inscape.errors import BookError

ALONE = 200
"""Pages, fewer than which one process reads as fast as two."""
PAGE = 0.05
"""Seconds of computing that each page earns; a page of a novel takes two thousandths."""


def load(data: bytes, name: str, processes: int, earn: Callable[[float], None]) -> Document:
    """All pages of a PDF. `earn` is told how many seconds more they may take. Raises BookError as `lines.load` does."""
    pages = lines.count(data, name)
    earn(pages * PAGE)
    most = processes if hasattr(os, "fork") else 1
    parts = _parts(pages, min(most, max(1, pages // (ALONE // 2))))
    if len(parts) == 1:
        return lines.load(data, name)
    others = [_Fork.begin(data, name, part) for part in parts[1:]]
    try:
        return _joined([lines.load(data, name, parts[0]), *(other.document() for other in others)])
    except (BookError, EOFError, pickle.UnpicklingError):
        return lines.load(data, name)
    finally:
        for other in others:
            other.end()


def _parts(pages: int, number: int) -> list[range]:
    """The pages from 1 to `pages` in so many runs of nearly one length."""
    edges = [1 + pages * n // number for n in range(number + 1)]
    return [range(start, end) for start, end in pairwise(edges)]


def _joined(parts: list[Document]) -> Document:
    """One document; what belongs to the file as a whole is the first part's."""
    return replace(
        parts[0],
        pages=[page for part in parts for page in part.pages],
        failed=tuple(number for part in parts for number in part.failed),
    )


@dataclass(slots=True)
class _Fork:
    """A process that reads some of the pages; None for `reader` where it could not be started."""

    pid: int = 0
    reader: BufferedReader | None = None

    @classmethod
    def begin(cls, data: bytes, name: str, part: range) -> _Fork:
        source, sink = os.pipe()
        try:
            pid = os.fork()
        except OSError:
            os.close(source)
            os.close(sink)
            return cls()
        if pid == 0:
            os.close(source)
            _give(sink, data, name, part)
        os.close(sink)
        return cls(pid, os.fdopen(source, "rb"))

    def document(self) -> Document:
        """What it read. Raises EOFError or UnpicklingError where it did not come to an end."""
        made: Document = pickle.loads(self.reader.read() if self.reader else b"")
        return made

    def end(self) -> None:
        if self.reader:
            self.reader.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _give(sink: int, data: bytes, name: str, part: range) -> None:
    """In the fork: read the pages, write them down, end; no line of what called it runs a second time."""
    try:
        confine.alarm(confine.left())
        made = pickle.dumps(lines.load(data, name, part), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(sink, "wb") as file:
            file.write(made)
    finally:
        os._exit(0)

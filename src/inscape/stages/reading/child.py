"""The process that reads a book. It is asked once, answers once and ends.

Invariant: what it writes is whole or nobody takes it for whole: a line of JSON for each fact, the last one with the
size of the answer's bytes that follow. It takes its limits on before it looks at a byte of the book. Nothing that a
library prints gets among its answers. A fault of a reader is told as one, with its place, and never as the book's own.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from inscape import confine
from inscape.errors import BookError, InputError
from inscape.records import Removal

if TYPE_CHECKING:
    from inscape.books.pdf.page import Document, Page

Tell = Callable[[Mapping[str, Any]], None]
DRAWN = 10.0
"""Seconds of computing that drawing a page for tesseract may take; tesseract itself has a limit of its own."""


def main() -> None:
    """Do what the first line on stdin asks of the bytes that follow it."""
    out = _own_output()

    def tell(fact: Mapping[str, Any], payload: bytes = b"") -> None:
        out.write(json.dumps(fact).encode() + b"\n" + payload)
        out.flush()

    asked = json.loads(sys.stdin.buffer.readline() or b"{}")
    if not asked:
        return
    confine.hold(asked["memory"])
    confine.alarm(asked["seconds"])
    gc.disable()  # one book, then the end: what lies in circles is never much
    try:
        data = sys.stdin.buffer.read(asked["size"])
        if len(data) == asked["size"]:  # else the program that asked is gone
            made = JOBS[asked["job"]](data, asked["name"], asked, tell)
            tell({"done": len(made)}, made)
    except InputError as error:
        tell({"refused": str(error)})
    except MemoryError:
        tell({"memory": True})
    except Exception as error:  # noqa: BLE001  (a fault of a reader: the other books go on)
        tell({"fault": _place(error)})
    os._exit(0)  # to take a large book's memory apart would take as long as a tenth of reading it


def _own_output() -> BinaryIO:
    """What was stdout, for the answers alone: what else is printed goes nowhere."""
    own = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return own


def _place(error: Exception) -> str:
    """'IndexError in merge.py, line 40: list index out of range'."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    own = next((f for f in reversed(traceback.extract_tb(error.__traceback__)) if "inscape" in f.filename), at)
    return f"{type(error).__name__} in {Path(own.filename).name}, line {own.lineno}: {error}"[:300]


# ---------------------------------------------------------------- what can be asked for

Job = Callable[[bytes, str, Mapping[str, Any], Tell], bytes]


def _read(data: bytes, name: str, asked: Mapping[str, Any], tell: Tell) -> bytes:
    """The book, as `wire.dump` has it."""
    from inscape import books
    from inscape.books import wire

    scan = _Scan(data, name, asked, tell)
    try:
        book = books.read(data, name, load=_load(asked, tell), recognize=scan)
    except BookError as error:
        raise scan.trouble or error from None
    if scan.incomplete:
        tell({"passing": True})
    return wire.dump(book)


def _earn(tell: Tell, seconds: float, clock: float = 0.0) -> None:
    """More computing, and more time by the clock, for what turned out to be there."""
    confine.alarm(confine.left() + seconds)
    tell({"earned": seconds, "clock": clock})


def _load(asked: Mapping[str, Any], tell: Tell) -> Callable[[bytes, str], Document]:
    """Reads the pages of a PDF in as many processes as were allowed."""

    def load(data: bytes, name: str) -> Document:
        from inscape.stages.reading import parallel

        return parallel.load(data, name, asked["processes"], partial(_earn, tell))

    return load


@dataclass(slots=True)
class _Scan:
    """Reads pages that are only pictures, by tesseract. Where that cannot be had, `trouble` says how to get it, and a
    book that has enough text without them is read all the same."""

    data: bytes
    name: str
    asked: Mapping[str, Any]
    tell: Tell
    trouble: BookError | None = None
    removed: list[Removal] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    incomplete: bool = False
    """Whether another try may read more."""

    def __call__(self, numbers: Sequence[int]) -> Mapping[int, Page]:
        from inscape.stages.recognize import SECONDS, recognizer

        folder = Path(self.asked["folder"]) if self.asked["folder"] else None
        one = recognizer(self.data, self.name, folder, self.asked["languages"], self._told)
        _earn(self.tell, DRAWN * len(numbers), 3 * SECONDS * len(numbers))
        try:
            pages = one(numbers)
        except BookError as error:
            self.trouble, self.incomplete = error, True
            self.doubts.append(f"Pages that are only pictures were left out. {error}")
            return {}
        self.removed, self.doubts, self.incomplete = one.removed, one.doubts, bool(one.failed)
        return pages

    def _told(self, done: int, pages: int) -> None:
        if done == pages or done % max(1, pages // 20) == 0:
            self.tell({"recognized": [done, pages]})


def _inspect(data: bytes, name: str, asked: Mapping[str, Any], tell: Tell) -> bytes:
    """Pages of a PDF beside what was made of them, as HTML."""
    from inscape.books import pdf
    from inscape.books.pdf.inspection import sheet as inspection

    scan = _Scan(data, name, asked, tell)
    try:
        trace = pdf.trace(data, name, load=_load(asked, tell), recognize=scan)
    except BookError as error:
        raise scan.trouble or error from None
    return inspection.inspect(data, name, asked["pages"], trace)


JOBS: Mapping[str, Job] = {"read": _read, "inspect": _inspect}

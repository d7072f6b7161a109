"""The worker with a reader that does what its book says: crash, hang, raise, give offsets that lead nowhere."""

from __future__ import annotations

import ctypes
import dataclasses

from inscape import books
from inscape.records import BookText
from tests.fuzzing import worker

own = books.read


def misread(data: bytes, name: str) -> BookText:
    book = own(data, name)
    match data:
        case b"crash":
            ctypes.string_at(1)
        case b"hang":
            while True:
                pass
        case b"wrong":
            raise KeyError("x")
        case b"unsound":
            spoiled = dataclasses.replace(book.paragraphs[0], breaks=((99, 2),))
            return dataclasses.replace(book, paragraphs=(spoiled,))
    return book


def main() -> None:
    books.read = misread  # type: ignore[assignment]
    worker.main()

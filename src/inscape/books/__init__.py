"""Books: bytes in, paragraphs out.

Invariant: pure. `read` knows no file system, network, database or clock, and the same bytes always give the same
record. Each format has one module of its name with a function `read(data, name)`; it, and the library that it needs,
are imported only when a book of that format is read. Nothing is left out silently: what is no part of the text is in
`removed`, what a person should look at is in `doubts`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from inscape.books.detect import FORMATS, detect
from inscape.errors import BookError
from inscape.records import BookText

__all__ = ["FORMATS", "read"]


def read(data: bytes, name: str) -> BookText:
    """Read a book. `name` is the file's name: it serves messages, and the format where the content does not say.

    Raises BookError, with a sentence for the person, when the bytes cannot be read as a book.
    """
    module = importlib.import_module(f"inscape.books.{detect(data, name)}")
    reader = cast("Callable[[bytes, str], BookText]", module.read)
    try:
        return reader(data, name)
    except MemoryError:
        raise BookError(f"{name} does not fit into this machine's memory. Split it.") from None

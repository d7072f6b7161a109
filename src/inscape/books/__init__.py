"""Books: bytes in, paragraphs out.

Invariant: pure. `read` knows no file system, network, database or clock, and the same bytes always give the same
record. Each format has one module of its name with a function `read(data, name)`; it, and the library that it needs,
are imported only when a book of that format is read. Nothing is left out silently: what is no part of the text is in
`removed`, what a person should look at is in `doubts`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from inscape.books.detect import FORMATS, detect
from inscape.errors import BookError
from inscape.records import BookText

if TYPE_CHECKING:  # the PDF reader and its library are loaded only for a PDF
    from inscape.books.pdf import Load, Recognize

__all__ = ["FORMATS", "read"]


def read(data: bytes, name: str, load: Load | None = None, recognize: Recognize | None = None) -> BookText:
    """Read a book. `name` is the file's name: it serves messages, and the format where the content does not say.

    Two steps of reading a PDF may be done elsewhere, and are left alone for other formats: `load` gives its pages as
    lines (in several processes, say), `recognize` reads pages that are only pictures.

    Raises BookError, with a sentence for the person, when the bytes cannot be read as a book.
    """
    format_ = detect(data, name)
    reader = cast("Callable[..., BookText]", importlib.import_module(f"inscape.books.{format_}").read)
    steps: dict[str, Any] = {"load": load, "recognize": recognize} if format_ == "pdf" else {}
    try:
        return reader(data, name, **{step: how for step, how in steps.items() if how is not None})
    except MemoryError:
        raise BookError(f"{name} does not fit into this machine's memory. Split it.") from None

"""Pages of a PDF beside what was made of them, written as one HTML page for a person to check.

Invariant: the book is read as `add` and `read` read it, in the same confined process; only the one file is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from inscape.books.detect import detect
from inscape.errors import BookError
from inscape.events import Event, FileWritten
from inscape.project import write_bytes
from inscape.stages.reading import Policy, run
from inscape.text import readable


def inspect(data: bytes, name: str, pages: str, out: Path | None, policy: Policy) -> Iterator[Event]:
    """Write the HTML page. `pages`: '120-124', as typed; `out`: None writes beside where the person stands.

    Raises BookError: no PDF, no such pages, or what reading raises.
    """
    kind = detect(data, name)
    if kind != "pdf":
        raise BookError(
            f"{name} has no pages to look at: it is {kind.upper()}, which has text without a printed form. "
            "`inscape read --json` shows each unit with its kind and place."
        )
    made = yield from run("inspect", data, name, policy, {"pages": pages})
    path = out or Path(default_name(name, pages))
    write_bytes(path, made.made)
    yield FileWritten(readable(path), "the pages, beside what was made of them: open it in a browser")


def default_name(name: str, pages: str) -> str:
    """'novel.pdf', '120-124' -> 'novel-pages-120-124.html'."""
    return f"{Path(name).stem}-pages-{'-'.join(re.findall(r'[0-9]+', pages))}.html"

"""The process that reads spoiled books, one after the other, under limits.

Invariant: for each book one line of JSON: read, refused, or what was wrong. It looks at what it read too: text that no
database takes and offsets outside of their text are as wrong as an exception.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from typing import Any

from inscape import books, confine
from inscape.books import wire
from inscape.errors import BookError
from inscape.records import BookText


def main() -> None:
    """Answer requests until there are no more: a line of JSON, the book's bytes after it."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in iter(sys.stdin.buffer.readline, b""):
        asked = json.loads(line)
        confine.hold(asked["memory"])
        data = sys.stdin.buffer.read(asked["size"])
        begun = time.process_time()
        confine.alarm(asked["seconds"])
        answer = outcome(data, asked["name"])
        confine.alarm(0)
        own.write(json.dumps({**answer, "seconds": time.process_time() - begun}) + "\n")
        own.flush()


def outcome(data: bytes, name: str) -> dict[str, Any]:
    """'read', 'refused', or 'wrong' with the place."""
    try:
        book = books.read(data, name)
        unsound(book)
    except BookError as error:
        named = name in str(error)
        return {"is": "refused"} if named else {"is": "wrong", "what": f"BookError without the name: {error}"}
    except Exception as error:  # noqa: BLE001  (that is what is looked for)
        frames = [f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-4:]]
        return {"is": "wrong", "what": f"{type(error).__name__}: {str(error)[:120]} ({' < '.join(reversed(frames))})"}
    return {"is": "read"}


def unsound(book: BookText) -> None:
    """Raises AssertionError or UnicodeError for a record that the rest of the program could not keep or use."""
    assert wire.load(wire.dump(book)) == book, "the wire changes it"
    for text in (book.title, book.author, book.language, *(r.text for r in book.removed), *book.doubts):
        text.encode()
    places = {p.place for p in book.paragraphs}
    for paragraph in book.paragraphs:
        for text in (paragraph.text, paragraph.chapter or "", paragraph.place, paragraph.label):
            text.encode()
        size = len(paragraph.text)
        assert paragraph.text or paragraph.kind == "break", "a unit without text"
        assert all(0 <= at <= size for at, _ in (*paragraph.breaks, *paragraph.notes)), "an offset outside of its text"
        assert all(0 <= a < b <= size for a, b in paragraph.italics), "italics outside of their text"
        assert all(place in places for _, place in paragraph.notes), "a call of a note that is not there"

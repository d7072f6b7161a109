"""A zip archive of strangers, read with care. EPUB and DOCX stand on it.

Invariant: nothing is written to the disk, no name that climbs out is accepted, and no part grows past the limits:
sizes are checked before unpacking and again while unpacking, since an archive can lie about them.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib

from inscape.books import limits
from inscape.errors import BookError

_ABSOLUTE = re.compile(r"^(?:[/\\]|[a-zA-Z]:)")
_ENTITY = re.compile(rb"<!ENTITY\b", re.I)


FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a method or version that no book has
    OSError,
    RuntimeError,
    ValueError,
)
"""All that Python's zip reader raises on damaged bytes."""


class Archive:
    """An opened archive. Raises BookError from the constructor and from `read`; `name` is the book's, for messages."""

    def __init__(self, data: bytes, name: str, what: str) -> None:
        self.name = name
        self.what = what
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except FAULTS as error:
            raise BookError(
                f"{name} is not a whole {what}: its zip archive cannot be opened ({error}). "
                "It is cut or damaged; download it again."
            ) from error
        self._spent = 0
        self._check()
        self.names = frozenset(self._zip.namelist())

    def _check(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > limits.ARCHIVE_PARTS:
            raise self._bad(f"holds {len(entries):,} files; at most {limits.ARCHIVE_PARTS:,} are read")
        for entry in entries:
            if _ABSOLUTE.match(entry.filename) or ".." in re.split(r"[/\\]", entry.filename):
                raise self._bad(f"holds a file whose path leads out of the book: '{entry.filename}'")
            if entry.flag_bits & 1:
                raise BookError(
                    f"{self.name} is protected by a password ('{entry.filename}'). "
                    "Make a copy without the password and add that."
                )
            if (
                entry.file_size > limits.ARCHIVE_RATIO_FROM
                and entry.file_size > limits.ARCHIVE_RATIO * entry.compress_size
            ):
                raise self._bad(
                    f"holds '{entry.filename}', which would grow from {entry.compress_size:,} to "
                    f"{entry.file_size:,} bytes: a zip bomb"
                )

    def _bad(self, what: str) -> BookError:
        return BookError(f"{self.name} {what}. It was not read; get the book from a source that you trust.")

    def read(self, path: str) -> bytes:
        """The bytes of one part. Raises BookError when it is missing, damaged, too large, or defines entities."""
        if path not in self.names:
            raise BookError(f"{self.name} is not a whole {self.what}: the part '{path}' is missing. Download it again.")
        try:
            with self._zip.open(path) as part:
                data = part.read(limits.TEXT + 1)
        except FAULTS as error:
            raise BookError(f"{self.name}: the part '{path}' is damaged ({error}). Download the book again.") from error
        self._spent += len(data)
        if len(data) > limits.TEXT or self._spent > limits.ARCHIVE_TEXT:
            raise self._bad(f"grows past {limits.ARCHIVE_TEXT // limits.MB} MB at '{path}'")
        if found := _ENTITY.search(data):
            line = data.count(b"\n", 0, found.start()) + 1
            raise self._bad(f"defines entities of its own in '{path}', line {line:,}, as XML bombs do")
        return data

    def resolve(self, base: str, href: str) -> str:
        """The part that `href`, written in the part `base`, means. Raises BookError when it leads out of the book."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), href))
        if path.startswith(("../", "/")) or path == "..":
            raise self._bad(f"refers in '{base}' to '{href}', which lies outside the book")
        return path

"""Which format a file has: by its content first, then by its name.

Invariant: a format is named only when its reader can at least begin; anything else raises BookError with what to
do. Nothing is parsed here beyond a zip's table of contents.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from inscape.books import limits
from inscape.books.archive import FAULTS
from inscape.errors import BookError
from inscape.text import plural

FORMATS: tuple[str, ...] = ("pdf", "epub", "docx", "html", "txt", "markdown")
"""Formats that can be read; also the names of the modules that read them."""

READS = "inscape reads PDF, EPUB, DOCX, HTML, TXT and Markdown"

_BY_SUFFIX = {
    ".pdf": "pdf",
    ".epub": "epub",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".txt": "txt",
    ".text": "txt",
    "": "txt",
    ".md": "markdown",
    ".markdown": "markdown",
}
_FOREIGN = (
    (b"{\\rtf", 0, "an RTF document"),
    (b"BOOKMOBI", 60, "a Kindle (MOBI) book"),
    (b"TPZ", 0, "a Kindle (Topaz) book"),
    (b"ITSF", 0, "a CHM help file"),
    (b"AT&TFORM", 0, "a DjVu scan"),
    (b"\x89PNG", 0, "a picture (PNG)"),
    (b"\xff\xd8\xff", 0, "a picture (JPEG)"),
    (b"GIF8", 0, "a picture (GIF)"),
    (b"Rar!", 0, "a RAR archive"),
    (b"7z\xbc\xaf", 0, "a 7z archive"),
    (b"\x1f\x8b", 0, "a gzip archive"),
)
_ARCHIVES = {
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "an OpenDocument text",
}


def detect(data: bytes, name: str) -> str:
    """One of FORMATS. Raises BookError for an empty, too large or unsupported file."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise BookError(f"{name} is empty: there is no text in it. Check that the download or copy is complete.")
    if len(data) > limits.FILE:
        raise BookError(
            f"{name} has {len(data) // limits.MB:,} MB; at most {limits.FILE // limits.MB:,} MB can be read. "
            "Split it into volumes."
        )
    return _by_content(data, name) or _by_name(data, name)


def _by_content(data: bytes, name: str) -> str | None:
    """The format that the first bytes prove, or None."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK"):
        return _archive(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _ole(data, name)
    for magic, at, what in _FOREIGN:
        if data[at : at + len(magic)] == magic:
            raise _unsupported(name, f"is {what}")
    head = data[:2048].lower().replace(b"\0", b"")
    if b"<!doctype html" in head or b"<html" in head:
        return "html"
    return None


def _archive(data: bytes, name: str) -> str:
    """The format of a zip, by what lies in it."""
    suffix = _BY_SUFFIX.get(PurePath(name).suffix.lower())
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
            mimetype = parts.open("mimetype").read(100).decode("ascii", "replace") if "mimetype" in names else ""
    except FAULTS:
        mimetype, names = "", set()
    known = _ARCHIVES.get(mimetype.strip())
    if known == "epub" or "META-INF/container.xml" in names:
        return "epub"
    if "word/document.xml" in names:
        return "docx"
    if suffix in ("epub", "docx"):
        return suffix
    count = plural(len(names), "file")
    raise _unsupported(name, f"is {known or f'a zip archive with {count}, not a book'}")


def _ole(data: bytes, name: str) -> BookError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return BookError(
            f"{name} is protected by a password. Open it in Word or LibreOffice, remove the password, save it as "
            ".docx and add that file."
        )
    return BookError(
        f"{name} is an old Word document (.doc), whatever its name says. Open it in Word or LibreOffice, save it as "
        ".docx and add that file."
    )


def _by_name(data: bytes, name: str) -> str:
    """The format that the name claims, where the content says nothing against it."""
    suffix = PurePath(name).suffix.lower()
    kind = _BY_SUFFIX.get(suffix)
    if kind is None:
        raise _unsupported(name, f"has the ending {suffix}")
    if kind in ("pdf", "epub", "docx"):
        begins = data[:12].decode("latin-1").encode("unicode_escape").decode("ascii")
        lacks = "the mark %PDF- at its beginning" if kind == "pdf" else "the form of a zip archive"
        raise BookError(
            f"{name} is named as {kind.upper()} but lacks {lacks}; it begins with '{begins}'. "
            "Download it again, or give it the ending that fits its content."
        )
    return kind


def _unsupported(name: str, what: str) -> BookError:
    return BookError(
        f"{name} {what}, which cannot be read. {READS}; Calibre or LibreOffice can convert it to one of these."
    )

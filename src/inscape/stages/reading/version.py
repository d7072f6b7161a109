"""The version of the reader: it changes with every line of its code and with the libraries that open files for it.

Invariant: two readers of one version make the same record of the same bytes.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources

_LIBRARIES = ("pypdfium2", "lxml", "ftfy", "charset-normalizer")
_BESIDE = ("records.py", "text.py")
"""What the readers use of the program outside of books/."""


@cache
def version() -> str:
    """Twelve hexadecimal digits."""
    root = resources.files("inscape")
    digest = hashlib.sha256()
    for path in (*_files(root / "books"), *(root / name for name in _BESIDE)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name} {_installed(name)}".encode())
    return digest.hexdigest()[:12]


def _files(folder: resources.abc.Traversable) -> list[resources.abc.Traversable]:
    """Every file of code or data below a folder, in the order of their names."""
    found: list[resources.abc.Traversable] = []
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir() and one.name != "__pycache__":
            found += _files(one)
        elif one.is_file():
            found.append(one)
    return found


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""

"""What was read once, kept for the next time: in the user's own cache folder, bounded, for this user's eyes only.

Invariant: the cache can be deleted at any time, and nothing but time is lost. An entry is whole or is not taken; a
folder that cannot be written, a full disk, a second process: none of them is an error. What was used longest ago goes
first when the room is used up.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

SUFFIX = ".book"


def folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """inscape's part of the user's cache folder; None where the environment names no home."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if given := environ.get("XDG_CACHE_HOME"):
        base = Path(given)
    elif platform == "win32" and (local := environ.get("LOCALAPPDATA")):
        return Path(local) / "inscape" / "Cache"
    elif home:
        base = Path(home) / ("Library/Caches" if platform == "darwin" else ".cache")
    else:
        return None
    return base / "inscape" if base.is_absolute() else None


def get(place: Path, key: str) -> bytes | None:
    """The entry, marked as just used; None where there is none that is whole."""
    path = _path(place, key)
    try:
        found = zlib.decompress(path.read_bytes())
    except (OSError, zlib.error):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return found


def put(place: Path, key: str, data: bytes, room: int) -> bool:
    """Keep an entry, and make room for it. False where that is not possible."""
    path = _path(place, key)
    part = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")  # readable by its owner alone
        with os.fdopen(handle, "wb") as file:
            file.write(zlib.compress(data, 1))
        Path(part).replace(path)
        trim(place, room)
        return True
    except OSError:
        with contextlib.suppress(OSError):
            if part:
                Path(part).unlink(missing_ok=True)
        return False


def forget(place: Path) -> None:
    """Remove a folder of the cache, where it stands."""
    shutil.rmtree(place, ignore_errors=True)


def trim(place: Path, room: int) -> None:
    """Remove what was used longest ago until the rest takes no more than `room` bytes. Raises OSError."""
    held = []
    for path in place.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process tidies up too
            facts = path.lstat()
            if not path.is_dir():
                held.append((facts.st_mtime, facts.st_size, path))
    taken = sum(size for _, size, _ in held)
    for _, size, path in sorted(held):
        if taken <= room:
            return
        path.unlink(missing_ok=True)
        taken -= size


def _path(place: Path, key: str) -> Path:
    return place / "books" / f"{key}{SUFFIX}"

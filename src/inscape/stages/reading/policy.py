"""What reading a book may take, and where what was read is kept: decided once, from the settings.

Invariant: frozen; the limits are for one file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inscape import confine
from inscape.books import limits
from inscape.settings import Settings
from inscape.stages.reading import cache


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of the process that reads one file, and what it is given."""

    seconds: float = 60.0
    """Of computing, beyond what the file's bytes and pages earn."""
    memory: int = 2048 * limits.MB
    """Bytes, beyond four times those of the file."""
    processes: int = 0
    """How many read the pages of one PDF; 0: as many as this process may use cores."""
    languages: str = ""
    """In which scans are read, as tesseract names them; '' takes the one that the file names, else English."""
    folder: Path | None = None
    """Where what was read is kept for the next time; None: nowhere."""
    room: int = 500 * limits.MB
    """Bytes that `folder` may take."""
    watched: bool = confine.WATCHED
    """Whether memory is looked at from outside, for want of a kernel that refuses it."""

    def time_for(self, size: int) -> float:
        """Seconds of computing for a file of so many bytes, its pages not counted."""
        return self.seconds + size / limits.MB

    def memory_for(self, size: int) -> int:
        return self.memory + 4 * size


def policy_of(settings: Settings, environ: Mapping[str, str], keep: bool = True) -> Policy:
    """The policy that the settings ask for. `keep`: False looks into no cache and leaves nothing in it."""
    room = settings.whole("reading.cache_mb") * limits.MB
    return Policy(
        seconds=settings.number("reading.seconds"),
        memory=settings.whole("reading.memory_mb") * limits.MB,
        languages=settings.text("reading.languages"),
        folder=cache.folder(environ) if keep and room else None,
        room=room,
    )


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Whether the weights in a folder are whole, from the heads of their files: found out before anything is loaded.

Invariant: only heads are read, never a weight, so that it takes no time for a model of any size. What is damaged is
named by its file, together with what the caller says to do about it.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from inscape.errors import InputError

INDEX = "model.safetensors.index.json"
_MOST_HEAD = 100 << 20


def check(folder: Path, again: str) -> None:
    """Raises InputError, which ends with `again`, where a file of weights is missing, cut off or damaged."""
    for path in (*_parts(folder, again), *sorted(folder.glob("*.safetensors"))):
        if problem := _wrong(path):
            raise InputError(f"{path} {problem}. {again}")


def whole(folder: Path) -> bool:
    """Whether every file of safetensors in it is."""
    return not any(_wrong(path) for path in folder.glob("*.safetensors"))


def _parts(folder: Path, again: str) -> list[Path]:
    """The files that a model in several parts must have."""
    path = folder / INDEX
    if not path.is_file():
        return []
    try:
        named = json.loads(path.read_text(encoding="utf-8"))["weight_map"].values()
        return [folder / name for name in sorted(set(named))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(f"{path} is no list of a model's parts. {again}") from None


def _wrong(path: Path) -> str:
    """What is wrong with a file of safetensors; nothing where it is whole."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            data = file.read(8)
            length = struct.unpack("<Q", data)[0] if len(data) == 8 else 0
            if len(data) < 8 or 8 + length > size:
                return f"is cut off: it has {size:,} bytes and ends in its head"
            head = json.loads(file.read(length)) if length <= _MOST_HEAD else None
        end = 8 + length + _end(head)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return "is damaged: its head is none of safetensors"
    return f"is cut off: it has {size:,} bytes of {end:,}" if size < end else ""


def _end(head: Any) -> int:
    """Where the last weight ends, behind the head."""
    return max((int(one["data_offsets"][1]) for name, one in head.items() if name != "__metadata__"), default=0)

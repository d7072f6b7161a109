"""Checkpoints and the best adapter on disk, so that a process can die at any moment.

Invariant: a checkpoint counts only when its marker stands in it, and the marker is written last. A folder that is
replaced is written whole beside and then renamed; of one that was cut off in between, the old one comes back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inscape.trainers import weights

MARKER = "complete"
STATE = "inscape.json"
LAST = 2


@dataclass(slots=True)
class Progress:
    """How far a training is; a checkpoint keeps it beside the trainer's own state."""

    step: int = 0
    best_step: int = 0
    best_loss: float | None = None
    without: int = 0
    """Looks since the best one."""
    tokens: int = 0
    seconds: float = 0.0
    stopped: str = "end"

    def ending(self, memory_mb: float) -> dict[str, Any]:
        """What `done` says."""
        return {
            "steps": self.step,
            "stopped": self.stopped,
            "best_step": self.best_step,
            "best_loss": self.best_loss,
            "adapter": "adapter",
            "seconds": self.seconds,
            "memory_mb": memory_mb,
        }

    def looked(self, step: int, loss: float) -> bool:
        """Whether this is the best so far."""
        if self.best_loss is None or loss < self.best_loss:
            self.best_step, self.best_loss, self.without = step, loss, 0
            return True
        self.without += 1
        return False


def begin(checkpoints: Path, adapter: Path, resume: bool) -> tuple[Path | None, Progress]:
    """The checkpoint to go on from, if any; a training that begins anew leaves none of an earlier one."""
    recover(adapter)
    if not resume:
        for old in (checkpoints, adapter):
            shutil.rmtree(old, ignore_errors=True)
    checkpoints.mkdir(exist_ok=True)
    found = complete(checkpoints)
    for one in checkpoints.iterdir():
        if one not in found:
            shutil.rmtree(one, ignore_errors=True)
    if not found:
        return None, Progress()
    return found[-1], Progress(**{**state(found[-1]), "stopped": "end"})


def name(step: int) -> str:
    return f"step-{step:06d}"


def complete(folder: Path) -> list[Path]:
    """Checkpoints that count, the first first. One whose weights were damaged since is none."""
    return sorted(one for one in folder.glob("step-*") if (one / MARKER).exists() and weights.whole(one))


def mark(checkpoint: Path, state: dict[str, Any]) -> None:
    """The checkpoint is whole: its state, then its marker, once all of it is on the disk."""
    (checkpoint / STATE).write_text(json.dumps(state), encoding="utf-8")
    for path in checkpoint.rglob("*"):
        if path.is_file():
            _sync(path)
    (checkpoint / MARKER).write_text("", encoding="utf-8")
    _sync(checkpoint / MARKER)


def state(checkpoint: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
    return found


def clean(folder: Path, best: int | None) -> None:
    """Keeps the last two and the best; what was cut off goes."""
    counted = complete(folder)
    kept = {*counted[-LAST:], folder / name(best if best is not None else -1)}
    for one in folder.iterdir():
        if one not in kept:
            shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink(missing_ok=True)


def replace(folder: Path, write: Callable[[Path], None]) -> None:
    """`write` fills a folder beside; then it takes the place of the one there is."""
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for one in (fresh, old):
        shutil.rmtree(one, ignore_errors=True)
    fresh.mkdir(parents=True)
    write(fresh)
    for path in fresh.rglob("*"):
        if path.is_file():
            _sync(path)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """After a replacing that was cut off between its two renames, the old folder stands again."""
    old = folder.with_name(f".{folder.name}.old")
    if not folder.exists() and old.exists():
        old.rename(folder)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())

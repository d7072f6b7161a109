"""What comes with inscape: the companion's project and the tiny model, as folders on this disk.

Invariant: both are only read; a demo copies the one and trains on the other.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import inscape

TINY = "tiny"
"""The name by which --model means the tiny model, where no folder of that name stands here."""
COMPANION = ("inscape.toml", "persona.md", "topics.md", "rubric.md", "rows", "probes")
"""What a copy of the companion needs, by its names there."""


def tiny() -> Path:
    """The folder of the tiny model: a toy language model, for demos, tests and documentation."""
    return Path(str(resources.files("inscape.sample"))) / TINY


def companion() -> Path:
    """The companion's folder: in the package, or, where that is not installed as a wheel, in the repository."""
    packaged = Path(str(resources.files("inscape.sample"))) / "companion"
    return packaged if packaged.is_dir() else Path(inscape.__file__).resolve().parents[2] / "examples" / "companion"


def named(model: str) -> str:
    """The model's own name, or the folder of the tiny model where that is meant."""
    return str(tiny()) if model == TINY and not Path(model).exists() else model

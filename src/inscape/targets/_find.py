"""Finds trainers by the names of the files in this folder."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from inscape.errors import UsageError

if TYPE_CHECKING:  # rendering is not imported for a list of names
    from inscape.targets._job import Job, Made


class Target(Protocol):
    """What a module of this folder offers."""

    NAME: str
    SUMMARY: str
    ALWAYS: str | None
    """The only encoding it can take, so that no template is needed; None where the template decides."""
    LEAVES: bool
    """Whether the folder is made to be uploaded."""
    NAMES_MODEL: bool
    """Whether its files say which model is trained."""

    def write(self, job: Job) -> Made:
        """The folder's files. Raises InscapeError where this trainer would lose or change something."""


def names() -> list[str]:
    """Names of all trainers, in order of the alphabet."""
    return sorted(path.stem.replace("_", "-") for path in Path(__file__).parent.glob("[!_]*.py"))


def load(name: str) -> Target:
    """The trainer of that name. Raises UsageError that lists the names there are."""
    if name not in names():
        raise UsageError(f"There is no trainer '{name}'. The trainers are: {', '.join(names())}.")
    return cast(Target, importlib.import_module(f"inscape.targets.{name.replace('-', '_')}"))

"""Teachers: the only place that speaks to one. One file per protocol; the file's name is teacher.name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from inscape.errors import TeacherSetupError
from inscape.settings import Settings
from inscape.teachers.base import Teacher

MANUAL = "manual"
"""The teacher that is a person with a chat window: it has files instead of an `ask`."""
FREE = ("fake", "recorded", MANUAL)
"""Teachers that cost nothing and send nothing."""
PROTOCOLS = ("openai", "anthropic", "manual", "fake", "recorded")


def load(settings: Settings, environ: Mapping[str, str], root: Path = Path()) -> Teacher:
    """The teacher that the settings name; relative paths count from `root`.

    Raises TeacherSetupError when none is named, or its model or key is missing; nothing is sent here.
    """
    name = settings.text("teacher.name")
    if name not in PROTOCOLS:
        raise TeacherSetupError(
            "No teacher is chosen. A local one, such as Ollama: "
            "`--teacher openai --base-url http://localhost:11434/v1 --model llama3.3`; by hand in any chat: "
            "`--teacher manual`; to try the road: `--teacher fake`. Or set teacher.name in inscape.toml."
        )
    made: Teacher = import_module(f"inscape.teachers.{name}").make(settings, environ, root)
    return made


def sketch(settings: Settings, environ: Mapping[str, str], root: Path = Path()) -> Teacher:
    """The same teacher for planning only: it has its name and needs no key."""
    name = settings.text("teacher.name")
    variable = settings.text("teacher.key_env") or {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}.get(
        name
    )
    return load(settings, {**environ, variable: "none"} if variable else environ, root)

"""Which Python trains, and what it has: found out by asking it once, never by importing here.

Invariant: a Python that lacks something is named together with the one line that installs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from inscape.errors import TrainerMissing

TRAIN = {"torch": "torch", "transformers": "transformers", "peft": "peft", "trl": "trl>=1.16", "datasets": "datasets"}
"""Modules of a backend, each with what pip calls it."""
NEEDED: Mapping[str, Mapping[str, str]] = {
    "peft": TRAIN,
    "unsloth": {"unsloth": "unsloth", **TRAIN, "trl": "trl"},
    "mlx": {"mlx": "mlx", "mlx_lm": "mlx-lm>=0.32"},
    "hf": {"torch": "torch", "transformers": "transformers"},
    "merge": {"torch": "torch", "transformers": "transformers", "peft": "peft"},
    "gguf": {"xllamacpp": "xllamacpp"},
    "axolotl": {"axolotl": "axolotl"},
}
EXTRAS: Mapping[str, str] = {"peft": "train", "hf": "train", "merge": "train", "mlx": "mlx", "gguf": "gguf"}
ASK = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
found = {}
for name in sys.argv[1:]:
    if find_spec(name) is not None:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "?"
print(json.dumps({"python": "%d.%d.%d" % sys.version_info[:3], **found}))
"""
OLDEST = (3, 10)


def interpreter(setting: str, backend: str) -> Path:
    """The Python that the setting or the flag names, else this one; it has what the backend needs.

    Raises TrainerMissing.
    """
    python = named(setting)
    versions(python, backend)
    return python


def named(setting: str) -> Path:
    """A file, or a folder of a virtual environment. Its own name is kept: behind a link it would be another Python."""
    if not setting:
        return Path(sys.executable)
    path = Path(setting).expanduser()
    inside = path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    path = inside if path.is_dir() else path
    if not path.exists():
        raise TrainerMissing(f"There is no Python in {setting}. Name a Python, or the folder of a virtual environment.")
    return path.absolute()


def versions(python: Path, backend: str) -> dict[str, str]:
    """What it has of what the backend needs: package and version, and `python`. Raises TrainerMissing."""
    needed = NEEDED[backend]
    found = ask(python, tuple(needed))
    if tuple(int(part) for part in found["python"].split(".")[:2]) < OLDEST:
        raise TrainerMissing(f"{python} is Python {found['python']}; name one of 3.10 or newer.")
    missing = [name for name in needed if name not in found]
    if missing:
        raise TrainerMissing(f"{python} does not have {_listed(missing)}. Run: {install(python, backend)}")
    return found


def ask(python: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Versions of the modules that it has. Raises TrainerMissing where it does not run."""
    try:
        done = subprocess.run(
            [str(python), "-c", ASK, *names], capture_output=True, text=True, check=False, timeout=60, cwd=python.parent
        )
        found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.TimeoutExpired, IndexError, ValueError) as problem:
        raise TrainerMissing(f"{python} does not run as a Python ({type(problem).__name__}). Name another.") from None
    return found


def install(python: Path, backend: str) -> str:
    """The line that gives it what the backend needs."""
    if python == Path(sys.executable) and backend in EXTRAS:
        return f'pip install "inscape[{EXTRAS[backend]}]"'
    if backend == "unsloth":
        return f"{python} -m pip install unsloth"
    return f"{python} -m pip install {' '.join(_quoted(one) for one in NEEDED[backend].values())}"


def _quoted(name: str) -> str:
    return f'"{name}"' if ">" in name else name


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

"""The programs and packages that typesettings need: whether they are here, their versions, how to install them.

Invariant: nothing is installed and no network is used; a missing tool is named with the command that installs it.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Any

_APT = "apt-get install -y --no-install-recommends "
_LATEX = "texlive-latex-base texlive-latex-recommended texlive-fonts-recommended texlive-latex-extra lmodern"

PROGRAMS = {
    "pdflatex": _APT + _LATEX,
    "soffice": _APT + "libreoffice-writer-nogui",
    "chromium": _APT + "chromium",
}
"""Programs on the PATH, and the command that installs each on Debian."""

FONTS = {
    "caladea": ("/usr/share/fonts/truetype/crosextra/Caladea-Regular.ttf", _APT + "fonts-crosextra-caladea"),
}
"""Font files that a typesetting opens itself."""

PACKAGES = {
    "typst": "pip install typst",
    "reportlab": "pip install reportlab",
    "weasyprint": "pip install weasyprint",
    "pyphen": "pip install pyphen",
    "pypdfium2": "pip install pypdfium2",
    "PIL": "pip install pillow",
    "numpy": "pip install numpy",
}
"""Python packages by the name they are imported under."""


class MissingTool(RuntimeError):
    """A typesetting needs a program or package that is not here; the message says how to install it."""

    def __init__(self, name: str) -> None:
        advice = FONTS[name][1] if name in FONTS else (PROGRAMS | PACKAGES)[name]
        super().__init__(f"needs {name}: {advice}")


def found(name: str) -> bool:
    """Whether the program is on the PATH, the font in its place, or the package can be imported."""
    if name in PROGRAMS:
        return shutil.which(name) is not None
    if name in FONTS:
        return Path(FONTS[name][0]).exists()
    return importlib.util.find_spec(name) is not None


def need(*names: str) -> None:
    """Raise MissingTool for the first that is not here."""
    for name in names:
        if not found(name):
            raise MissingTool(name)


def package(name: str) -> Any:
    """The module of that dotted name. Raises MissingTool when its package is not here."""
    need(name.partition(".")[0])
    return importlib.import_module(name)


def version(name: str) -> str:
    """The tool's name and version in one line."""
    if name not in PROGRAMS:
        return f"{name} {importlib.metadata.version('pillow' if name == 'PIL' else name)}"
    said = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    return (said.stdout or said.stderr).strip().splitlines()[0]

"""Fetch the chat templates that TRL, axolotl, unsloth and llama.cpp ship, for the test that holds ours against them.

They come from PyPI by pip, at the versions named below, and stay in a folder outside git (`.templates`, or the folder
named as the first word). All are MIT or Apache-2.0; unsloth's studio folder is AGPL-3.0 and is left alone.
`INSCAPE_TEMPLATES` names another folder for the tests.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "trl": "trl==1.16.0",
    "axolotl": "axolotl==0.19.0",
    "unsloth": "unsloth==2026.10.9",
    "llamacpp": "llama-cpp-python==0.3.36",
}
"""Where the templates of each stand: the last vendors llama.cpp whole."""
MARK = "complete"


def fetch(out: Path) -> int:
    """Put every template into `out`/SOURCE/NAME.jinja; the number of files. Raises CalledProcessError without pip."""
    count = 0
    for source, package in PACKAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            for name, text in templates(source, download(package, Path(folder))):
                path = out / source / f"{name}.jinja"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="")
                count += 1
    (out / MARK).write_text(versions(), encoding="utf-8")
    return count


def versions() -> str:
    """What a complete folder was made of; another version is fetched again."""
    return "\n".join(PACKAGES.values()) + "\n"


def download(package: str, folder: Path) -> Path:
    """The package's archive. llama-cpp-python has no wheel on PyPI, the others are taken as wheels."""
    kind = ("--no-binary", "llama-cpp-python") if package.startswith("llama") else ("--only-binary", ":all:")
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", *kind]
    subprocess.run([*command, "--dest", str(folder), package], check=True, capture_output=True, text=True)
    return next(path for path in folder.iterdir() if path.suffix in (".whl", ".gz"))


def templates(source: str, archive: Path) -> Iterator[tuple[str, str]]:
    """Name and text of each template of an archive."""
    if source == "llamacpp":
        yield from _of_tar(archive)
        return
    with zipfile.ZipFile(archive) as wheel:
        if source == "unsloth":
            yield from _of_module(wheel.read("unsloth/chat_templates.py").decode("utf-8"))
            return
        for name in wheel.namelist():
            if name.startswith(f"{source}/") and name.endswith(".jinja"):
                yield Path(name).stem, wheel.read(name).decode("utf-8")


def _of_tar(archive: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(archive) as sdist:
        for member in sdist:
            if "/models/templates/" in member.name and member.name.endswith(".jinja"):
                file = sdist.extractfile(member)
                assert file is not None
                yield Path(member.name).stem, file.read().decode("utf-8")


def _of_module(source: str) -> Iterator[tuple[str, str]]:
    """The module's own `…_template = "…"`, read without running it; what needs more than text is passed over."""
    known: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _text(node.value, known)
            if value is not None:
                known[node.targets[0].id] = value
    for name, text in known.items():
        if name.endswith("_template") and "{%" in text and "ollama" not in name:
            yield name.removesuffix("_template"), text.replace("{system_message}", "You are a helpful assistant.")


def _text(node: ast.expr, known: dict[str, str]) -> str | None:
    """The value of a text made of literals, names, + and .replace; None for anything else."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.Name(id=name):
            return known.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [_text(left, known), _text(right, known)]
            return None if None in parts else "".join(str(part) for part in parts)
        case ast.Call(func=ast.Attribute(value=value, attr="replace"), args=[old, new, *_]):
            whole, before, after = (_text(one, known) for one in (value, old, new))
            return None if whole is None or before is None or after is None else whole.replace(before, after)
        case _:
            return None


def main() -> int:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".templates"
    print(f"{fetch(out)} templates in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

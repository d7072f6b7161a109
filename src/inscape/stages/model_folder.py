"""A chat template and a tokenizer from this machine: a .jinja file, a model's folder, or the cache of the model hub.

Invariant: only reads; nothing is ever downloaded, and a name that is not here is refused with the way to get it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inscape.errors import InputError, UsageError
from inscape.project import read_text
from inscape.rendering import load
from inscape.rendering.templates import ChatTemplate
from inscape.stages.samples import named

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class Found:
    """What `--model` named. `tokenizer`: the path of a tokenizer.json beside the template, where there is one."""

    template: ChatTemplate
    folder: Path | None = None
    tokenizer: Path | None = None


def check_name(name: str | None) -> None:
    """Raises UsageError for a name without a letter: a variable of the shell that was not set, most likely."""
    if name is not None and not name.strip():
        raise UsageError(
            "--model names no model: it is empty. Give a model's folder, a name in the hub's cache, or for preview a "
            ".jinja file."
        )


def find(name: str, environ: Mapping[str, str]) -> Found:
    """The template of a file, a folder, or a model in the hub's cache. Raises InputError that says what to do."""
    check_name(name)
    path = Path(named(name)).expanduser()
    if path.is_file():
        return _beside(path)
    folder = path if path.is_dir() else _cached(name, environ)
    if folder is None and name.startswith(("/", ".", "~")):
        raise InputError(f"{name}: there is no such folder or file. Check the path.")
    if folder is None:
        raise InputError(
            f"{name} is no folder or file here, and is not in the hub's cache. Nothing is downloaded: get the model "
            f"first (`hf download {name}`), or name its folder, or a chat template as a .jinja file."
        )
    files = {file: read_text(folder / file) for file in load.FILES if (folder / file).is_file()}
    tokenizer = folder / TOKENIZER
    return Found(load.template(files, name), folder, tokenizer if tokenizer.is_file() else None)


def _beside(path: Path) -> Found:
    """A template in a file; special tokens from the tokenizer_config.json beside it, where there is one."""
    if path.suffix not in (".jinja", ".jinja2", ".j2", ".txt"):
        raise InputError(f"{path} is no chat template: name a .jinja file, or the folder of a model.")
    files = {"chat_template.jinja": read_text(path)}
    if (config := path.with_name("tokenizer_config.json")).is_file():
        files[config.name] = read_text(config)
    tokenizer = path.with_name(TOKENIZER)
    return Found(load.template(files, str(path)), None, tokenizer if tokenizer.is_file() else None)


def _cached(name: str, environ: Mapping[str, str]) -> Path | None:
    """The newest snapshot of a model in the hub's cache on this machine."""
    home = environ.get("HF_HOME") or str(Path(environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = Path(environ.get("HF_HUB_CACHE") or str(Path(home) / "hub")).expanduser()
    found = (cache / f"models--{name.strip('/').replace('/', '--')}" / "snapshots").glob("*")
    return max((one for one in found if one.is_dir()), key=lambda one: one.stat().st_mtime, default=None)

"""A small YAML writer for configs: scalars, lists, mappings, comments, in the order given.

Invariant: what is read back by a YAML 1.1 or 1.2 reader equals what was written; a float is never in the form 2e-4,
which YAML 1.1 reads as text. It reads no YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of its own: `# text`; an empty one is a blank line."""

    text: str = ""


Entry = tuple[str, Any] | Comment


def dump(entries: Iterable[Entry]) -> str:
    """The text of a mapping at the top of a file."""
    return "".join(_entry(entry, 0) for entry in entries)


def number(value: float) -> str:
    """A float in full: 0.0002, never 2e-04."""
    text = f"{value:.12f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _entry(entry: Entry, depth: int) -> str:
    if isinstance(entry, Comment):
        return f"{'  ' * depth}# {entry.text}\n" if entry.text else "\n"
    name, value = entry
    return f"{'  ' * depth}{name}:{_value(value, depth)}"


def _value(value: Any, depth: int) -> str:
    if isinstance(value, Mapping) and value:
        return "\n" + "".join(_entry(item, depth + 1) for item in value.items())
    if isinstance(value, list) and value:
        return "\n" + "".join(_item(one, depth + 1) for one in value)
    return f" {_scalar(value)}\n"


def _item(value: Any, depth: int) -> str:
    pad = "  " * depth
    if not isinstance(value, Mapping):
        return f"{pad}- {_scalar(value)}\n"
    lines = "".join(_entry(item, depth + 1) for item in value.items())
    return f"{pad}- {lines.lstrip()}"


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return number(value)
        case int():
            return str(value)
        case str() if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and value.strip("."):
            return value
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(value, ensure_ascii=False)

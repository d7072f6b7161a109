"""Rows to the bytes of a file.

Invariant: the same rows give the same bytes: UTF-8, letters as they are, a final newline. Line separators that some
readers take for a line's end (U+0085, U+2028, U+2029) are escaped, so that a row is one line everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from inscape.export._convert import Conversion

_ENDS = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "\x85\u2028\u2029"})


def jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One object per line."""
    return "".join(f"{_text(row)}\n" for row in rows).encode()


def json_array(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One array, indented by two."""
    return f"{_text(list(rows), indent=2)}\n".encode()


def write(conversion: Conversion) -> bytes:
    """The conversion's rows as its format's file has them."""
    rows = [row for _, row in conversion.rows]
    return jsonl(rows) if conversion.file == "jsonl" else json_array(rows)


def _text(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent).translate(_ENDS)

"""What a GGUF says of itself: its architecture, template, vocabulary and special tokens, from the head of the file.

Invariant: only the head is read, and nothing in it is believed beyond its limits: a damaged file is a ValueError.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MAGIC = b"GGUF"
_SIMPLE = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_MOST_ENTRIES, _MOST_ITEMS, _MOST_TEXT, _MOST_SIDES = 10_000, 4_000_000, 16 << 20, 8
CONTROL = (3, 4)
"""Kinds of token that a text names whole: control, and user defined."""
_TYPES = {0: "f32", 1: "f16", 2: "q4_0", 3: "q4_1", 7: "q8_0", 8: "q5_0", 9: "q5_1", 10: "q2_k", 12: "q3_k_m",
          14: "q4_k_s", 15: "q4_k_m", 16: "q5_k_s", 17: "q5_k_m", 18: "q6_k", 32: "bf16"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metadata:
    """The head of a GGUF, by name."""

    held: Mapping[str, Any]

    @property
    def template(self) -> str | None:
        found = self.held.get("tokenizer.chat_template")
        return found if isinstance(found, str) else None

    @property
    def architecture(self) -> str:
        return str(self.held.get("general.architecture", ""))

    @property
    def context(self) -> int | None:
        """The longest context, in tokens, that the model was made for."""
        found = self.held.get(f"{self.architecture}.context_length")
        return found if isinstance(found, int) else None

    @property
    def type(self) -> str:
        """Of its weights, such as f16; empty for a rare one."""
        return _TYPES.get(self.held.get("general.file_type", -1), "")

    @property
    def bos(self) -> int | None:
        return self._id("bos")

    @property
    def ends(self) -> tuple[int, ...]:
        """The tokens that the file names as ends of an answer."""
        found = (self._id(name) for name in ("eos", "eot", "eom"))
        return tuple(id_ for id_ in found if id_ is not None)

    @property
    def marks(self) -> Mapping[str, int]:
        """The tokens that a text names whole, by their text."""
        kinds = self.held.get("tokenizer.ggml.token_type", [])
        tokens = self.held.get("tokenizer.ggml.tokens", [])
        return {text: id_ for id_, (text, kind) in enumerate(zip(tokens, kinds, strict=False)) if kind in CONTROL}

    def token(self, id_: int | None) -> str | None:
        """A token as the vocabulary writes it."""
        tokens = self.held.get("tokenizer.ggml.tokens", [])
        return tokens[id_] if id_ is not None and 0 <= id_ < len(tokens) else None

    def special(self, role: str) -> str | None:
        """The text of a special token: bos, eos, unknown, padding."""
        return self.token(self._id(role))

    def _id(self, role: str) -> int | None:
        found = self.held.get(f"tokenizer.ggml.{role}_token_id")
        return found if isinstance(found, int) else None


def read(path: Path) -> Metadata:
    """The head of a file. Raises ValueError where it is no GGUF, OSError where it cannot be read."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise ValueError("it does not begin as a GGUF does")
        return _head(file)[0]


def check(path: Path) -> Metadata:
    """As `read`, and that the file goes on to where its last weight begins: a copy that was cut off does not."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise ValueError("it does not begin as a GGUF does")
        held, count = _head(file)
        if count > _MOST_ENTRIES:
            raise ValueError("its head names too many weights")
        last = max((_begins(file) for _ in range(count)), default=-1)
        size, needed = path.stat().st_size, file.tell() + last + 1
    if size < needed:
        raise ValueError(f"it is cut off: it has {size:,} bytes, and its weights need more than {needed:,}")
    return held


def _head(file: BinaryIO) -> tuple[Metadata, int]:
    """The entries, and how many weights the file names behind them."""
    version, weights, entries = _unpack(file, "<IQQ")
    if version not in (2, 3) or entries > _MOST_ENTRIES:
        raise ValueError(f"version {version} is not known here")
    return Metadata(dict(_entry(file) for _ in range(entries))), weights


def _begins(file: BinaryIO) -> int:
    """Where a weight begins, behind the head: its name, its sides and its kind stand before that."""
    _text(file)
    sides = _one(file, "I")
    if sides > _MOST_SIDES:
        raise ValueError("a weight in its head has too many sides")
    _bytes(file, 8 * sides + 4)
    return int(_one(file, "Q"))


def _entry(file: BinaryIO) -> tuple[str, Any]:
    name = _text(file)
    return name, _value(file, _one(file, "I"))


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _TEXT:
        return _text(file)
    if kind == _ARRAY:
        inner, count = _unpack(file, "<IQ")
        if count > _MOST_ITEMS:
            raise ValueError("a list in its head is too long")
        if inner in _SIMPLE:
            return list(_unpack(file, f"<{count}{_SIMPLE[inner]}"))
        return [_value(file, inner) for _ in range(count)]
    if kind not in _SIMPLE:
        raise ValueError(f"a value of an unknown kind ({kind}) stands in its head")
    return _one(file, _SIMPLE[kind])


def _text(file: BinaryIO) -> str:
    length = _one(file, "Q")
    if length > _MOST_TEXT:
        raise ValueError("a text in its head is too long")
    return _bytes(file, length).decode("utf-8", "replace")


def _one(file: BinaryIO, form: str) -> Any:
    return _unpack(file, f"<{form}")[0]


def _unpack(file: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, _bytes(file, struct.calcsize(form)))


def _bytes(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise ValueError("it ends in the middle of its head")
    return data

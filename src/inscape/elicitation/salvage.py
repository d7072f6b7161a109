"""Finds the JSON in what a teacher wrote, and reads it although it is not quite JSON.

Invariant: nothing unfinished is given back as finished. Where the text breaks off inside a string, that string is left
out; what stands complete before it is kept, and `cut` says so. A repair loses no word and moves none, or what it made
is left out, and `torn` says so. A thing that is no JSON is never made up.

It knows nothing of examples: `answers` decides what the values mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_REASONING = re.compile(r"\s*<(think|thinking|thought|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_UNFINISHED = re.compile(r"\s*<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_HEADLESS = re.compile(r"(?:(?!<think>).)*?</think>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(
    r"^[ \t]*(?P<marks>`{3,}|~{3,})[^\n`]*\n(?P<body>.*?)(?:^[ \t]*(?P=marks)[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“”", "«": "»"}
_NEXT = r"""(?:["'“‘„«{\[}\]]|//|/\*|[-\d]|(?:true|false|null|True|False|None)\b|\w+\s*:)"""
_AFTER_SINGLE = re.compile(rf"""\s*(?:[}}\]]|,\s*{_NEXT}|//|/\*|\n\s*["'“])""")
"""An apostrophe at the end of all text may be one inside a word that breaks off: it closes nothing."""
_AFTER_VALUE = re.compile(rf"{_AFTER_SINGLE.pattern}|\s*(?:,\s*)?\Z")
_AFTER_KEY = re.compile(r"\s*(?::|\Z)")
_START = re.compile(r"""\{\s*(?:["'“‘„«]|//|/\*|\w+\s*:)|\[\s*(?:[{\[]|//|/\*)""")
"""How an object, or a list of them, begins; a bracket in prose does not."""
_TRIES = 8
"""Beginnings that turned out to be no JSON, after which the rest is taken for prose."""
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|\#[^\n]*", re.DOTALL)


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_TOKEN = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^\W\d_]+")
"""A number, or a run of letters."""


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value as it was found. `repaired`: it was not quite JSON."""

    value: Any
    cut: bool = False
    repaired: bool = False
    depth: int = 0
    """How many objects and lists, one inside the other, were open where it breaks off."""

    def open_at_cut(self, part: object) -> bool:
        """Whether this very object or list inside of it was not closed."""
        here = self.value
        for _ in range(self.depth):
            if here is part:
                return True
            children = list(here.values()) if isinstance(here, dict) else here if isinstance(here, list) else []
            here = children[-1] if children else None
        return False


@dataclass(frozen=True, slots=True)
class Found:
    """The JSON values of a text, in order; `cut` where the last one breaks off, `torn` where one cannot be trusted."""

    pieces: tuple[Value, ...]
    cut: bool
    torn: bool = False

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(piece.value for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Region:
    """A stretch of text from a bracket to the one that closes it, or to where its complete part ends."""

    start: int
    end: int
    cut: bool
    kept: int
    """Where what is complete ends: `end`, but for a string that breaks off."""
    depth: int = 0
    """How many brackets are open at the end."""
    comments: tuple[tuple[int, int], ...] = ()
    """Where the comments in it stand."""


def without_reasoning(text: str) -> tuple[str, bool]:
    """The text without what the teacher thought before its answer; True where that thinking breaks off."""
    text = text.lstrip("\ufeff")
    while True:
        block = _REASONING.match(text)
        if not block:
            break
        text = text[block.end() :]
    if _UNFINISHED.match(text):
        return "", True
    bracket = re.search(r"[{\[]", text)
    headless = _HEADLESS.match(text)
    if headless and (not bracket or not _inside_json(text, bracket.start(), headless.end())):
        text = text[headless.end() :]
    return text, False


def _inside_json(text: str, bracket: int, at: int) -> bool:
    """Whether the JSON that opens at `bracket` really runs past `at`: it begins like an object and is closed there."""
    if not re.match(r"[{\[]\s*[{\"'“\[]", text[bracket:]):
        return False
    region = _region(text, bracket)
    return region.end > at and '"' in text[bracket:at]


def find(text: str) -> Found:
    """Every object, and every list of objects, in the text: in fences where it has them, else anywhere."""
    found = [piece for part in _parts(text) for piece in _values(part)]
    return Found(
        tuple(piece for piece in found if piece.value is not None),
        any(piece.cut for piece in found),
        any(piece.value is None and piece.repaired for piece in found),
    )


def _parts(text: str) -> list[str]:
    if text.lstrip()[:1] in ("{", "["):
        return [text]
    fenced = [m["body"] for m in _FENCE.finditer(text) if re.search(r"[{\[]", m["body"])]
    return fenced or [text]


def _values(text: str) -> Iterator[Value]:
    """Each value. None in it: one that breaks off before anything in it is complete, or that no repair gets right."""
    decoder = json.JSONDecoder(strict=False)
    at = failed = 0
    while failed < _TRIES and (bracket := _START.search(text, at)):
        start = bracket.start()
        try:
            value, at = decoder.raw_decode(text, start)
            piece, faithful = Value(value), True
        except (ValueError, RecursionError):
            region = _region(text, start)
            value, at = _repaired(text[start : region.kept]), region.end
            piece = Value(value, region.cut, True, region.depth)
            faithful = _faithful(value, _bare(text, region)) and not _goes_on(text[region.kept : region.end])
        if _holds_objects(piece.value) and faithful:
            yield piece
            continue
        if _holds_objects(piece.value):
            yield Value(None, piece.cut, True)  # what is whole inside of it may still be read
        elif piece.cut and not text[:start].strip():
            yield Value(None, True)
            return
        at = start + 1
        failed += 1


def _bare(text: str, region: _Region) -> str:
    """What is complete in the region, without its comments."""
    at, kept = region.start, []
    for start, end in region.comments:
        kept.append(text[at:start])
        at = end
    return " ".join([*kept, text[at : region.kept]])


def _faithful(value: Any, text: str) -> bool:
    """Whether the repaired value holds all words and numbers of the text in their order, and no others."""
    plain = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else " " if m[2] in "bfnrt" else m[2], text)
    return _letters([plain]) == _letters(_said(value))


def _goes_on(rest: str) -> bool:
    """Whether a string that is left out since nothing closes it has quotes in it: then it did not simply break off."""
    closing = _QUOTES.get(rest[:1])
    inner = _ESCAPE.sub("", rest[1:]).rstrip()[:-1]
    return bool(closing and re.search(rf"(?<!\w)[{closing}]|[{closing}](?!\w)", inner))


def _said(value: Any) -> Iterator[str]:
    """The names and values in it, in order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner)
    else:
        yield str(value)


def _letters(texts: Iterable[str]) -> str:
    """Letters and numbers alone. 0.40 and 0.4 are the same, and so are None and null."""
    tokens = (token.casefold() for text in texts for token in _TOKEN.findall(text))
    return "".join(str(float(t)) if t[0].isdecimal() else "null" if t == "none" else t for t in tokens)


def _holds_objects(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(item, dict) and item for item in value)
    return isinstance(value, dict) and bool(value)


def _repaired(text: str) -> Any:
    import json_repair

    try:
        return json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None


def _region(text: str, start: int) -> _Region:
    """From the bracket at `start` to the one that closes it, strings and comments stepped over."""
    open_, at, expects_key = list[str](), start, False
    comments: list[tuple[int, int]] = []
    while at < len(text):
        char = text[at]
        if char in "{[":
            open_.append(char)
            expects_key = char == "{"
        elif char in "}]":
            open_.pop()
            if not open_:
                return _Region(start, at + 1, False, at + 1, 0, tuple(comments))
        elif char in ",:":
            expects_key = char == "," and open_[-1] == "{"
        elif char in _QUOTES:
            end = _string_end(text, at, expects_key)
            if end is None:
                return _Region(start, len(text), True, at, len(open_), tuple(comments))
            at = end
            continue
        elif comment := _COMMENT.match(text, at):
            comments.append(comment.span())
            at = comment.end()
            continue
        at += 1
    return _Region(start, len(text), True, len(text), len(open_), tuple(comments))


def _string_end(text: str, start: int, is_key: bool) -> int | None:
    """Behind the quote that closes the string at `start`: one after which the JSON can go on. None: it breaks off."""
    closing = _QUOTES[text[start]]
    after = _AFTER_KEY if is_key else _AFTER_SINGLE if closing in "'’" else _AFTER_VALUE
    at = start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] in closing and after.match(text, at + 1):
            return at + 1
        at += 1
    return None

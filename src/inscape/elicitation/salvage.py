"""Finds the JSON in what a teacher wrote, and reads it although it is not quite JSON.

Invariant: nothing unfinished is given back as finished. Where the text breaks off inside a string, that string is left
out, with its name; what stands complete before it is kept, and `cut` says so. A thing that is no JSON is never made up.

It knows nothing of examples: `answers` decides what the values mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class Found:
    """The JSON values of a text, in order; `cut` where the last one breaks off."""

    values: tuple[Any, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class _Region:
    """A stretch of text from a bracket to the one that closes it, or to where its complete part ends."""

    start: int
    end: int
    cut: bool
    kept: int
    """Where what is complete ends: `end`, but for a string that breaks off."""


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
    values: list[Any] = []
    cut = False
    for part in _parts(text):
        for value, broken in _values(part):
            values += [] if value is None else [value]
            cut = cut or broken
    return Found(tuple(values), cut)


def _parts(text: str) -> list[str]:
    if text.lstrip()[:1] in ("{", "["):
        return [text]
    fenced = [m["body"] for m in _FENCE.finditer(text) if re.search(r"[{\[]", m["body"])]
    return fenced or [text]


def _values(text: str) -> Iterator[tuple[Any, bool]]:
    """Each value, and whether it breaks off; None for one that breaks off before anything in it is complete."""
    decoder = json.JSONDecoder(strict=False)
    at = failed = 0
    while failed < _TRIES and (bracket := _START.search(text, at)):
        start = bracket.start()
        try:
            value, at = decoder.raw_decode(text, start)
            cut = False
        except (json.JSONDecodeError, RecursionError):
            region = _region(text, start)
            value, at, cut = _repaired(text[start : region.kept]), region.end, region.cut
        if _holds_objects(value):
            yield value, cut
        elif cut and not text[:start].strip():
            yield None, True
            return
        else:
            at = start + 1
            failed += 1


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
    while at < len(text):
        char = text[at]
        if char in "{[":
            open_.append(char)
            expects_key = char == "{"
        elif char in "}]":
            open_.pop()
            if not open_:
                return _Region(start, at + 1, False, at + 1)
        elif char in ",:":
            expects_key = char == "," and open_[-1] == "{"
        elif char in _QUOTES:
            end = _string_end(text, at, expects_key)
            if end is None:
                return _Region(start, len(text), True, at)
            at = end
            continue
        elif comment := _COMMENT.match(text, at):
            at = comment.end()
            continue
        at += 1
    return _Region(start, len(text), True, len(text))


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

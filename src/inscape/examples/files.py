"""Rows out of a file: a JSON array, JSONL, several JSON objects one after another, or CSV.

Invariant: every row of the file comes out once, in order, as a value or as a problem with its line; what stands after
a break is looked for, never guessed. Does not know what a row means: that is `shapes`.
"""

from __future__ import annotations

import bisect
import codecs
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from inscape.errors import DataError
from inscape.examples.shapes import LISTS, PAIRS, UNDER, Read, read
from inscape.text import plural, readable, shorten

_ROW = frozenset((*LISTS, *(name for pair in PAIRS for name in pair if name)))
_BLANK = re.compile(r"[\s,]*")
_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_WRAPPED = re.compile(r'\s*\{\s*"([^"\\]*)"\s*:\s*(?=\[)')
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORDS = {
    "Expecting value": "a value is missing or is not JSON",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing after a field's name",
    "Expecting property name enclosed in double quotes": "a field's name in double quotes is missing",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Unterminated string starting at": "a text that begins here is never closed",
    "Invalid control character at": "a text holds a raw line break or control character; write it as \\n",
    "Invalid \\escape": "a backslash is followed by a character that cannot be escaped; double the backslash",
    "Invalid \\uXXXX escape": "\\u is not followed by four hexadecimal digits",
}
"""Python's words for broken JSON, in plain ones."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` counts from 1; `problem` is None where `value` was read."""

    number: int
    line: int | None
    value: object = None
    problem: str | None = None
    under: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the object that holds the list of rows: what counts for each of them that says nothing of its own."""
    beside: tuple[str, ...] = ()
    """On the first row of such a list: names of that object's other fields, which are not read."""
    unread: bool = False
    """Whether there is, or may be, more in the file that could not be read because of this problem."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A value or a problem, and where it begins in the text (None: inside a value that was read whole)."""

    at: int | None
    value: object = None
    problem: str | None = None
    under: Mapping[str, Any] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    unread: bool = False


class _Twice(dict[str, Any]):
    """An object that gives a field twice; its name is kept, since Python keeps only the last value."""

    name = ""


def read_file(data: bytes, name: str) -> Iterator[Row]:
    """The rows of a file; `name` tells CSV by its ending and stands in messages.

    Raises DataError at once for a file that is empty, is not text, or is neither JSON, JSONL nor CSV.
    """
    text = decode(data, name)
    if not text.strip():
        raise DataError(f"{name} is empty: it has no rows.")
    if PurePath(name).suffix.lower() in (".csv", ".tsv"):
        from inscape.examples.tables import read_table

        return read_table(text, name)
    if text.lstrip()[0] not in "[{" and not _has_json(text):
        raise DataError(
            f"{name} is neither JSON nor JSONL: no line begins with {{ or [. "
            "A table must have a name that ends in .csv or .tsv."
        )
    source = _Source(text)
    return _numbered(_values(source), source)


def understood(row: Row, *, tag: str) -> Read:
    """What a row means, with what its file says for all of them. Raises DataError with the reason."""
    if row.problem is not None:
        raise DataError(row.problem)
    return read(row.value, tag=tag, under=row.under)


def evidence(row: Row) -> str:
    """What a row holds, as text that can be printed and written whatever is in it; empty where nothing was read."""
    try:
        return "" if row.value is None else readable(json.dumps(row.value, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):
        return ""


def decode(data: bytes, name: str) -> str:
    """The file's text: by its byte order mark, else UTF-16 if every other byte is zero, else UTF-8.

    Raises DataError that names the byte and line where the encoding breaks.
    """
    encoding = next((made for mark, made in _MARKS if data.startswith(mark)), None) or _unmarked(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        what = "UTF-16" if encoding.startswith("utf-16") else "UTF-8"
        raise DataError(
            f"{name}, line {line}: byte {problem.start + 1:,} is not {what} text. Save the file as UTF-8 "
            "(in an editor: Save with encoding) and import it again."
        ) from None


def _unmarked(data: bytes) -> str:
    head = data[:64]
    if len(head) >= 4 and not any(head[1::2]) and all(head[: len(head) // 2 * 2 : 2]):
        return "utf-16-le"
    if len(head) >= 4 and not any(head[::2]) and all(head[1::2]):
        return "utf-16-be"
    return "utf-8"


def _has_json(text: str) -> bool:
    return any(line.lstrip().startswith(("{", "[")) for line in text.split("\n"))


class _Text(str):
    """A text whose lines json does not count anew, from its beginning, for every break that it finds."""

    __slots__ = ()

    def count(self, *_: object) -> int:
        return 0

    def rfind(self, *_: object) -> int:
        return -1


class _Source:
    """The text, and how to read one value of it."""

    def __init__(self, text: str) -> None:
        self.text: str = _Text(text)
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_int=self._int)
        self._twice = self._long = False

    def _int(self, digits: str) -> int:
        try:
            return int(digits)
        except ValueError:  # Python reads no more than some thousand digits
            self._long = True
            return 0

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        self._twice = True
        twice = _Twice(made)
        names = [name for name, _ in pairs]
        twice.name = next(name for name in names if names.count(name) > 1)
        return twice

    def line(self, at: int) -> int:
        """The line of an offset, from 1."""
        return bisect.bisect_right(self._starts, at)

    def skip(self, at: int, text: str | None = None) -> int:
        """The next offset that is neither white space nor a comma between rows."""
        found = _BLANK.match(self.text if text is None else text, at)
        return found.end() if found else at

    def decode(self, at: int, text: str | None = None, base: int = 0) -> tuple[_Found, int]:
        """The value at `at` of `text` (a piece that begins at `base`; else all), and where it ends.

        For a broken one: the problem with its line and column, and `at` itself.
        """
        self._twice = self._long = False
        held = self.text if text is None else text
        try:
            value, after = self._decoder.raw_decode(held, at)
        except json.JSONDecodeError as broken:
            return self._broken(at + base, broken.pos + base, _WORDS.get(broken.msg, broken.msg)), at
        except RecursionError:
            return self._broken(at + base, at + base, "the value is nested too deep"), _end(held, at)
        if self._long:
            return self._broken(at + base, at + base, "the value holds a number with too many digits"), after
        if self._twice and (name := _given_twice(value)) is not None:
            words = f'the field "{readable(shorten(name, 40))}" stands twice in one object; keep the one that is meant'
            return _Found(at + base, problem=f"line {self.line(at + base)}: {words}"), after
        return _Found(at + base, value), after

    def _broken(self, at: int, place: int, words: str) -> _Found:
        line = self.line(place)
        return _Found(at, problem=f"line {line}, column {place - self._starts[line - 1] + 1}: {words}")

    def next_row(self, at: int) -> int | None:
        """Where a row may begin after the broken one at `at`: the next line that opens an object as far in."""
        start = self._starts[self.line(at) - 1]
        before = self.text[start:at]
        indent = re.escape(before) if not before.strip() else f"[ \\t]{{0,{len(before)}}}"
        found = re.compile(rf"\n{indent}(?=\{{)").search(self.text, at)
        return found.end() if found else None

    def with_onward(self, found: _Found, onward: int | None) -> _Found:
        """The problem, and from where reading goes on: what lies between was not read."""
        after = "nothing after it could be read" if onward is None else f"reading goes on at line {self.line(onward)}"
        return replace(found, problem=f"{found.problem}; {after}", unread=onward is None)


def _end(text: str, at: int) -> int:
    """Where the list or object at `at` ends, by its brackets, however deep they are; `at` where it never does."""
    depth = 0
    for found in _BRACKET.finditer(text, at):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return at


def _given_twice(value: object) -> str | None:
    """The name of a field that some object in it gives twice. Not by recursion: values may be deep."""
    open_ = [value]
    while open_:
        one = open_.pop()
        if isinstance(one, _Twice):
            return one.name
        if isinstance(one, dict | list):
            open_ += reversed(list(one.values()) if isinstance(one, dict) else one)
    return None


def _numbered(found: Iterator[_Found], source: _Source) -> Iterator[Row]:
    for number, one in enumerate(found, 1):
        line = None if one.at is None else source.line(one.at)
        yield Row(number, line, one.value, one.problem, one.under, one.beside, one.unread)


def _values(source: _Source) -> Iterator[_Found]:
    """Which of the forms it is, told by the text and not by the name: people misname files."""
    text = source.text
    if _by_lines(text):
        return _lines(source)
    if text.lstrip().startswith("["):
        return _array(source, text.index("[") + 1)
    return _objects(source)


def _by_lines(text: str) -> bool:
    """JSONL: lines that are whole objects. In an array only the last can be, the others end in a comma."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return False
    if lines[0].lstrip().startswith("["):
        return _whole(lines[0])
    if _whole(text):
        return False
    if all(line[0] == "{" for line in lines):
        return True  # even if each of them is broken
    whole = (line for line in lines if line[0] in "{[" and _whole(line))
    needed = 2 if _wrapped(text) and not _whole(lines[0]) else 1
    return len(list(itertools.islice(whole, needed))) == needed


def _wrapped(text: str) -> int | None:
    """Where the list begins in a text like {"data": [ …"""
    found = _WRAPPED.match(text)
    return found.end() + 1 if found and found[1] not in _ROW else None


def _whole(line: str) -> bool:
    try:
        return isinstance(json.loads(line, parse_int=str), dict | list)
    except ValueError:
        return False
    except RecursionError:
        start = len(line) - len(line.lstrip())
        return _end(line, start) == len(line.rstrip())


def _lines(source: _Source) -> Iterator[_Found]:
    """JSONL. A broken line is one problem, and the next line is read as if nothing had been."""
    base = 0
    for line in source.text.split("\n"):
        at = source.skip(0, line)
        while at < len(line):
            found, after = source.decode(at, line, base)
            yield found
            at = source.skip(after, line) if after > at else len(line)
        base += len(line) + 1


def _array(source: _Source, at: int) -> Iterator[_Found]:
    """An array, row by row, so that one broken row costs one row."""
    rows = 0
    while (at := source.skip(at)) < len(source.text):
        if source.text[at] == "]":
            if source.text[at + 1 :].strip() not in ("", "}"):
                words = f"line {source.line(at)}: there is text after the list's end that was not read"
                yield _Found(at, problem=words, unread=True)
            return
        found, after = source.decode(at)
        if after > at:
            rows, at = rows + 1, after
            yield found
            continue
        onward = source.next_row(at)
        yield source.with_onward(found, onward)
        if onward is None:
            return
        at = onward
    yield _Found(len(source.text) - 1, problem=_cut(rows), unread=True)


def _cut(rows: int) -> str:
    have = "has" if rows == 1 else "have"
    return (
        f"the file ends before its list is closed with ], so it may have been cut off; "
        f"the {plural(rows, 'row')} before {have} been read"
    )


def _objects(source: _Source) -> Iterator[_Found]:
    """One object that is a row or holds a list of rows, or several objects one after another."""
    at: int | None = source.skip(0)
    first = at
    while at is not None and at < len(source.text):
        found, after = source.decode(at)
        if after > at:
            yield from _rows_of(found)
            at = source.skip(after)
        elif at == first and (inside := _wrapped(source.text)):
            yield from _array(source, inside)
            return
        else:
            at = source.next_row(at)
            yield source.with_onward(found, at)


def _rows_of(found: _Found) -> Iterator[_Found]:
    """The rows of an object such as {"data": […]}; any other value is a row itself."""
    value = found.value
    lists = _lists(value) if isinstance(value, dict) else {}
    if isinstance(value, dict) and len(lists) == 1:
        [(name, held)] = lists.items()
        under = {one: value[one] for one, kind in UNDER.items() if isinstance(value.get(one), kind)}
        beside = tuple(readable(one) for one in value if one not in (name, *under) and value[one] is not None)
        yield from (_Found(None, row, under=under, beside=() if n else beside) for n, row in enumerate(held))
    elif lists:
        names = ", ".join(f'"{readable(shorten(name, 40))}"' for name in list(lists)[:8])
        words = f"it holds {len(lists)} lists of rows ({names}); save each in its own file"
        yield replace(found, value=None, problem=words, unread=True)
    else:
        yield found


def _lists(value: dict[str, Any]) -> dict[str, list[Any]]:
    """Lists of rows in an object that is no row."""
    if any(name in value for name in _ROW) and not any(_holds_rows(value.get(name)) for name in LISTS):
        return {}
    return {
        name: held
        for name, held in value.items()
        if isinstance(held, list) and held and (isinstance(held[0], dict) if name not in LISTS else _holds_rows(held))
    }


def _holds_rows(held: object) -> bool:
    """A list that bears the name of a conversation's turns, and holds whole conversations."""
    first = held[0] if isinstance(held, list) and held else None
    return isinstance(first, list) or (isinstance(first, dict) and any(name in first for name in LISTS))

"""CSV and TSV: one row of the table is one row, its columns are the fields.

Invariant: every line with a cell in it comes out, as a value or as a problem. An empty cell is an absent field, except
in the columns of the question and its answer, where emptiness is for `shapes` to refuse.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from inscape.errors import DataError
from inscape.examples.fields import METADATA
from inscape.examples.files import Row
from inscape.examples.shapes import PAIRS, SYSTEM

_KNOWN = frozenset(name for pair in PAIRS for name in pair if name)
_NAMED = _KNOWN | {*METADATA, *SYSTEM, "metadata"}


def read_table(text: str, name: str) -> Iterator[Row]:
    """The rows of a table with a header. Raises DataError at once where the header names no known pair of columns."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # else a long cell would end the reading
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = _header(next(filter(None, reader)), name)
    except csv.Error as problem:
        raise DataError(f"{name}, line 1: the header cannot be read as CSV ({problem}).") from None
    return _rows(reader, header)


def _delimiter(text: str) -> str:
    """The sign that divides the first line into the most columns."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _header(cells: list[str], name: str) -> list[str]:
    """Names of columns; those that the program knows are known in any case of letters."""
    columns = [low if (low := cell.strip().lower()) in _NAMED else cell.strip() for cell in cells]
    given = ", ".join(columns)
    if twice := next((one for one in columns if columns.count(one) > 1), None):
        raise DataError(f'{name}, line 1: two columns are called "{twice}"; give each its own name.')
    if not any(ask in columns and answer in columns for ask, answer, _ in PAIRS):
        raise DataError(
            f"{name}, line 1: the columns are {given}; a table needs instruction and output, prompt and completion, "
            "prompt and response, or question and answer."
        )
    return columns


def _rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    number, line = 0, _line(reader) + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            words = f"line {line}: {_words(str(problem))}; nothing after it could be read"
            yield Row(number + 1, line, problem=words, unread=True)
            return
        if any(cell.strip() for cell in cells):
            number += 1
            yield _row(number, line, header, cells)
        line = _line(reader) + 1


def _line(reader: Iterator[list[str]]) -> int:
    """Lines read so far: a cell may hold several."""
    count: int = getattr(reader, "line_num", 0)
    return count


def _words(problem: str) -> str:
    if "unexpected end of data" in problem:
        return "a cell opened with a double quote is never closed"
    return f"it cannot be read as CSV ({problem})"


def _row(number: int, line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        words = (
            f"line {line}: it has {len(cells)} cells and the header has {len(header)}; put cells with commas in quotes"
        )
        return Row(number, line, problem=words)
    pairs = zip(header, cells, strict=True)
    return Row(number, line, {name: cell for name, cell in pairs if cell.strip() or name in _KNOWN})

"""The teacher that is a person with any chat window: prompts go out as numbered files, answers come back as files.

Invariant: no network. A file that exists is never changed or removed, except the README, which is the program's own;
a number stays with its prompt. Text comes in and goes out here; the log, and with it the numbers, belong to whoever
calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inscape.errors import InputError, TeacherSetupError
from inscape.examples.files import decode
from inscape.project import read_bytes, read_text, write_text
from inscape.records import Reply, Request
from inscape.settings import Settings
from inscape.text import slug

_MARK = re.compile(r"\A\ufeff?<!-- inscape prompt (?P<key>[0-9a-f]{16,64})\b[^\n]*-->[^\S\n]*\r?\n?")
_NUMBER = re.compile(r"\s*(\d{1,6})(?![^\W_])")
_PADDED = re.compile(r"(?<![^\W_])(\d{3,6})(?![^\W_])")
"""A number as the prompts' files have it, anywhere in a name: 'Claude 3 - 001.md' means 1."""
_KEY = re.compile(r"(?<![0-9a-z])([0-9a-f]{8,64})(?![0-9a-z])")
_HEADING = re.compile(r"^#{1,3}[ \t]*(?:prompt|answer)?[ \t]*#?(?P<name>\d{1,6}|[0-9a-f]{8,64})\b[^\n]*$", re.I | re.M)


class ManualTeacher:
    """Has a name for the log; asking is the person's part."""

    name = "manual"

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def ask(self, request: Request) -> Reply:
        raise TeacherSetupError("The manual teacher is you: `inscape generate --teacher manual` writes the prompts.")

    def close(self) -> None:
        """There is nothing to let go of."""


def make(settings: Settings, environ: Mapping[str, str], root: Path) -> ManualTeacher:
    return ManualTeacher()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A prompt to write: the attempt's key and number, and what its file is named after."""

    key: str
    number: int
    passage: str
    template: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """An answer that came back. `key` is None where its number or key belongs to no prompt."""

    key: str | None
    text: str
    where: str
    problem: str | None = None
    """Why its file could not be read."""


def numbers(folder: Path) -> dict[int, str]:
    """The key behind each number of the folder's prompt files."""
    found: dict[int, str] = {}
    for path in sorted(folder.glob("[0-9]*.md")):
        number, mark = _NUMBER.match(path.name), _MARK.match(read_text(path))
        if number and mark:
            found.setdefault(int(number[1]), mark["key"])
    return found


def write(folder: Path, sheets: Iterable[Sheet]) -> list[Path]:
    """A numbered file for each prompt that has none yet; the new files. Raises DiskError.

    Where another log's prompt already bears the number, the file gets one above all others.
    """
    known = numbers(folder)
    taken = set(known.values())
    made: list[Path] = []
    for sheet in sheets:
        if sheet.key in taken:
            continue
        number = sheet.number if sheet.number not in known else max(known) + 1
        known[number] = sheet.key
        path = folder / f"{number:03d}-{slug(sheet.passage, 30)}-{slug(sheet.template, 30)}.md"
        write_text(path, f"<!-- inscape prompt {sheet.key} (this line may be pasted or not) -->\n{sheet.prompt}\n")
        made.append(path)
    return made


def write_readme(folder: Path, open_: Sequence[str]) -> Path:
    """What to do, and which numbers still lack an answer. `open_`: their keys."""
    wanted = set(open_)
    left = [f"{number:03d}" for number, key in sorted(numbers(folder).items()) if key in wanted]
    path = folder / "README.md"
    write_text(path, _README.format(left=", ".join(left) or "none: every prompt has its answer"))
    return path


_README = """\
# Prompts to paste

Each numbered file here is one whole prompt. For each:

1. Open a new chat, so that no answer learns from another, and paste the file's text.
2. Save the answer, as it is, under the same number: `answers/001.md`, `answers/002.txt`… Any ending will do.
   Or put all of them into one Markdown file, each below a heading with its number: `## 001`.
3. Read them in from the project's folder, as often as you like; what is still missing can come later:

       inscape generate --teacher manual --answers answers

Without an answer so far: {left}
"""


def read_answers(path: Path, known: Mapping[int, str], prompts: Mapping[str, str]) -> list[Pasted]:
    """The answers in a folder or in one Markdown file, in order. `known`: the key behind each number; `prompts`: the
    text of each prompt by its key.

    Raises InputError where there is nothing of the kind.
    """
    if path.is_dir():
        found = [p for file in _files(path) if (p := _from_file(file, known, prompts))]
    else:
        found = _from_headings(read_text(path), path, known, prompts)
    if not found:
        raise InputError(
            f"{path}: no answers found. A folder holds files named by number (001.md); one file holds headings "
            "such as ## 001, each with its answer below."
        )
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.iterdir() if f.is_file() and not f.name.startswith(".") and f.name != "README.md")


def _from_file(path: Path, known: Mapping[int, str], prompts: Mapping[str, str]) -> Pasted | None:
    """The file's answer; None for a prompt file that nothing was pasted into."""
    try:
        text = decode(read_bytes(path), path.name)
    except InputError as error:
        return Pasted(None, "", str(path), str(error))
    mark = _MARK.match(text)
    key = _full(mark["key"], prompts) if mark else _named(path.stem, known, prompts)
    if mark:
        text = text[mark.end() :]
        prompt = prompts.get(key or "", "").strip()
        text = text.replace("\r\n", "\n").strip().removeprefix(prompt) if prompt else text
    if mark and not text.strip():
        return None
    return Pasted(key, text.strip(), str(path))


def _from_headings(text: str, path: Path, known: Mapping[int, str], prompts: Mapping[str, str]) -> list[Pasted]:
    heads = list(_HEADING.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = []
    for head, end in zip(heads, ends, strict=True):
        line = text.count("\n", 0, head.start()) + 1
        answer = text[head.end() : end].strip()
        if answer:
            found.append(Pasted(_named(head["name"], known, prompts), answer, f"{path}, line {line}"))
    return found


def _named(name: str, known: Mapping[int, str], prompts: Mapping[str, str]) -> str | None:
    """The key that a file's or heading's name means: by a number at its beginning, else by one of three digits or
    more, else by a key or its beginning."""
    first = _NUMBER.match(name)
    for number in [*([first[1]] if first else []), *_PADDED.findall(name)]:
        if (key := known.get(int(number))) in prompts:
            return key
    return next((key for found in _KEY.finditer(name.lower()) if (key := _full(found[1], prompts))), None)


def _full(prefix: str, prompts: Mapping[str, str]) -> str | None:
    hits = [key for key in prompts if key.startswith(prefix)]
    return hits[0] if len(hits) == 1 else None

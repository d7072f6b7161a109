"""A template in a file of its own: front matter between lines of `---`, then the prompt.

Invariant: the body is the prompt, whole. A key that is unknown or malformed becomes a problem with its line; what has
a sensible default takes it. The grammar is `key: value`, one to a line: this is not YAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeVar

from inscape import text as words
from inscape.elicitation.shape import guess, hash_of, one_or_two
from inscape.records import STRUCTURES, Problem, Shape, Structure, Template

T = TypeVar("T")

KEYS = ("name", "number", "title", "purpose", "structure", "words", "exchanges", "fits")

_RULE = re.compile(r"^---[ \t]*$")
_PAIR = re.compile(r"^(?P<key>[A-Za-z_][\w-]*)\s*:(?:\s+(?P<value>.*?))?\s*$")


def begins(text: str) -> bool:
    """Whether the text begins with front matter, rather than being a collection of templates."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()][:2]
    return len(lines) == 2 and bool(_RULE.match(lines[0])) and bool(_PAIR.match(lines[1]))


def read(text: str, source: str, stem: str) -> tuple[Template | None, list[Problem]]:
    """The template, and what is wrong in its file. None where an error leaves nothing to use."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next(i for i, line in enumerate(lines) if line.strip())
    last = next((i for i in range(first + 1, len(lines)) if _RULE.match(lines[i])), None)
    if last is None:
        return None, [Problem(first + 1, "error", _UNCLOSED)]
    values, problems = _pairs(lines, first + 1, last)
    start = next((i for i in range(last + 1, len(lines)) if lines[i].strip()), last + 1)
    body = "\n".join(lines[start:]).rstrip()
    if not body:
        problems.append(Problem(last + 1, "error", "There is no prompt below the front matter."))
        return None, problems
    shape = _shape(values, body, start + 1, problems)
    number = _field(values, "number", _number, problems)
    name = words.slug(values.get("name", (0, ""))[1] or stem)
    template = Template(
        name=name,
        number=number,
        title=values.get("title", (0, ""))[1] or name.replace("-", " ").capitalize(),
        purpose=values.get("purpose", (0, ""))[1],
        fits=tuple(part.strip() for part in values.get("fits", (0, ""))[1].strip("[]").split(",") if part.strip()),
        shape=shape,
        body=body,
        hash=hash_of(body, shape),
        source=source,
        line=start + 1,
    )
    return template, problems


def _pairs(lines: list[str], first: int, last: int) -> tuple[dict[str, tuple[int, str]], list[Problem]]:
    """Key -> (line from 1, value) of lines `first` to `last`, the latter excluded."""
    values: dict[str, tuple[int, str]] = {}
    problems = []
    for index in range(first, last):
        line = lines[index]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pair = _PAIR.match(line)
        key = pair["key"].strip().lower() if pair else ""
        if not pair:
            problems.append(Problem(index + 1, "error", f"'{words.shorten(line)}' is not of the form `key: value`."))
        elif key not in KEYS:
            problems.append(Problem(index + 1, "warning", _unknown(key)))
        elif key in values:
            problems.append(Problem(index + 1, "error", f"'{key}' stands twice, first in line {values[key][0]}."))
        else:
            values[key] = (index + 1, _unquoted(pair["value"] or ""))
    return values, problems


def _unknown(key: str) -> str:
    near = get_close_matches(key, KEYS, n=1)
    guess_ = f" Did you mean '{near[0]}'?" if near else ""
    return f"The front matter has no key '{key}', so this line does nothing.{guess_} The keys are {', '.join(KEYS)}."


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _shape(values: dict[str, tuple[int, str]], body: str, line: int, problems: list[Problem]) -> Shape:
    structure: Structure | None = _field(values, "structure", _structure, problems)
    guessed = guess(body)
    if structure is None and guessed is None and "structure" not in values:
        problems.append(Problem(line, "warning", _NO_SHAPE))
    if structure is None:
        structure = guessed.structure if guessed else "plain"
    generous = guessed.exchanges if guessed and guessed.structure == structure else None
    exchanges = _field(values, "exchanges", _exchanges, problems)
    count = _field(values, "words", _words, problems)
    default = (1, 1) if structure == "plain" else (1, 12)
    return Shape(structure, exchanges or generous or default, count)


_UNCLOSED = "The front matter is never closed: put a line of --- before the prompt."
_NO_SHAPE = (
    "Neither the front matter nor the prompt says what the answer looks like; it is taken for instruction and output. "
    f"Add a line `structure:` with one of {', '.join(STRUCTURES)}."
)


def _field(
    values: dict[str, tuple[int, str]], key: str, read: Callable[[str], T | None], problems: list[Problem]
) -> T | None:
    line, value = values.get(key, (0, ""))
    if not value:
        return None
    found = read(value)
    if found is None:
        problems.append(Problem(line, "error", f"'{key}: {words.shorten(value)}' is not {_WANTED[key]}."))
    return found


_WANTED = {
    "number": "a whole number from 1",
    "structure": f"one of {', '.join(STRUCTURES)}",
    "words": "a number of words or a range such as 150-300",
    "exchanges": "a number of exchanges or a range such as 4-6",
}


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 7 and int(value) > 0 else None


def _structure(value: str) -> Structure | None:
    return next((s for s in STRUCTURES if s == value.lower()), None)


def _words(value: str) -> tuple[int, int] | None:
    return one_or_two(value.removesuffix("words").strip())


def _exchanges(value: str) -> tuple[int, int] | None:
    return one_or_two(re.sub(r"\s*exchanges?$", "", value))

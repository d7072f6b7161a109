"""Single fields of a foreign row: text, metadata, state of a turn; each refusal names the field and what is wrong.

Invariant: a value is taken as it is meant or refused with a DataError; none is guessed and none is dropped. `null`
is the same as absent, everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from inscape.errors import DataError
from inscape.records import Level, Mood
from inscape.text import readable, shorten

METADATA = ("complexity", "iterations", "category", "language")
THOUGHTS = ("reasoning_content", "reasoning", "thinking", "thought")
"""Fields in which chat APIs and data sets put a thought beside the reply."""
STATE = ("emotional_state", "certainty", "uncertainty_level", "thoughts")
LEVELS: tuple[str, ...] = get_args(Level)
DEEPEST = 100
"""How many lists and objects may stand inside one another: far more than anyone writes, far less than Python bears."""
_BREAK = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_OPPOSITE = {"low": "high", "high": "low", "medium": "medium"}


def kind(value: object) -> str:
    """What a JSON value is, in words: for messages."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"the number {shorten(str(value), 40)}"
    if isinstance(value, str):
        return f'the text "{shorten(value, 40)}"' if value.strip() else "empty text"
    return "a list" if isinstance(value, list) else "an object"


def mapping(value: object, what: str, known: tuple[str, ...] | None = None) -> dict[str, Any]:
    """An object, with no fields but the known ones where they are named."""
    if not isinstance(value, dict):
        raise DataError(f"{what} must be an object, not {kind(value)}")
    if known and (others := [name for name in value if name not in known]):
        raise DataError(f'{what} has the unknown field "{others[0]}"; the known ones are {", ".join(known)}')
    return value


def exact(value: object, where: str) -> str | None:
    """Text exactly as it stands, or None: what was stored is given back to the letter."""
    if not isinstance(value, str | None):
        raise DataError(f"{where} must be text, not {kind(value)}")
    return value


def writable(value: object) -> None:
    """Raises DataError unless the value can be written as UTF-8 JSON: Python reads more than can be written."""
    if _deep(value):
        raise DataError(f"it is nested too deep: more than {DEEPEST} lists and objects stand inside one another")
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise DataError(
            "it holds half of a surrogate pair, such as \\ud83d alone: text cut inside a character"
        ) from None
    except ValueError:
        raise DataError("it holds NaN or an infinite number, which JSON does not have") from None
    except (TypeError, RecursionError):
        raise DataError("it is not plain JSON, or nested too deep") from None


def _deep(value: object) -> bool:
    """Level by level, not by recursion: it is asked so that others can recurse."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def trimmed(value: str) -> str:
    """The text without blank lines at its ends and blanks after it. Its first line keeps its indentation.

    One blank alone is none: data sets put it before an answer, and no code is indented by one.
    """
    made = value.rstrip()
    if not made[:1].isspace():
        return made
    blank = made[: len(made) - len(made.lstrip())]
    indent = _BREAK.split(blank)[-1]
    return ("" if len(indent) == 1 else indent) + made.lstrip()


def text(value: object, where: str) -> str:
    """Text, trimmed. A list of `{"type":"text","text":…}` parts is joined. Empty text is allowed here."""
    if isinstance(value, str):
        return trimmed(value)
    if isinstance(value, list) and value:
        return trimmed("\n".join(_part(part, where) for part in value))
    raise DataError(f"{where} must be text, not {kind(value)}")


def _part(part: object, where: str) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.get("type", "text") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    name = part.get("type") if isinstance(part, dict) else None
    found = f'of type "{name}"' if name else f"that is {kind(part)}"
    raise DataError(f"{where} has a part {found}; only text can be read")


def optional_text(value: object, where: str) -> str | None:
    """Text, or None where there is none."""
    return None if value is None else text(value, where) or None


def second(value: object, where: str) -> str | None:
    """What stands beside a question: text, or a plain number as text; None where there is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    if not isinstance(value, str | None):
        raise DataError(f"{where} must be text, not {kind(value)}; join it to one text")
    return trimmed(value) or None if value else None


def word(value: object, name: str) -> str | None:
    """A label such as a category, or None."""
    if not isinstance(value, str | None):
        raise DataError(f'"{name}" must be text, not {kind(value)}')
    return value.strip() or None if value else None


def thought(fields: Mapping[str, Any], tagged: str | None, where: str) -> str | None:
    """The one thought of a turn, from its tag or from any of the fields for it."""
    found = {tagged} if tagged else set()
    for name in THOUGHTS:
        if made := (optional_text(fields.get(name), f'{where} "{name}"') or "").lstrip():
            found.add(made)
    if len(found) > 1:
        raise DataError(f"{where} has two different thoughts; keep one, in a tag or in a field")
    return found.pop() if found else None


def complexity(value: object) -> Level | None:
    """LOW, MEDIUM or HIGH, in any case of letters."""
    if value is None or value == "":
        return None
    for level in get_args(Level):
        if isinstance(value, str) and value.strip().upper() == level:
            return level  # type: ignore[no-any-return]
    raise DataError(f'"complexity" is {kind(value)}; it must be LOW, MEDIUM or HIGH')


def iterations(value: object) -> int | None:
    """1 to 9; a whole number, also as text."""
    if value is None or value == "":
        return None
    try:
        number = int(value) if isinstance(value, str) else value
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, int | float) or number not in range(1, 10):
        raise DataError(f'"iterations" is {kind(value)}; it must be a whole number from 1 to 9')
    return int(number)


def metadata(value: object) -> dict[str, Any]:
    """The `metadata` object, without nulls. A CSV cell may hold it as JSON text: it must be whole, as a row must."""
    if isinstance(value, str):
        value = _parsed(value)
        writable(value)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DataError(f'"metadata" must be an object, not {kind(value)}')
    return {name: held for name, held in value.items() if held is not None}


def _parsed(cell: str) -> object:
    if not cell.strip():
        return None
    try:
        return json.loads(cell, object_pairs_hook=_once)
    except RecursionError:
        raise DataError('"metadata" is nested too deep') from None
    except json.JSONDecodeError:
        return cell
    except ValueError:
        raise DataError('"metadata" holds a number with too many digits') from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = readable(next(name for name in names if names.count(name) > 1))
        raise DataError(f'"metadata": the field "{twice}" stands twice in one object; keep the one that is meant')
    return made


def mood(fields: Mapping[str, Any], where: str) -> tuple[Mood | None, dict[str, Any]]:
    """The state of an assistant's turn, and what of it has no place in a Mood (to be kept as it is).

    `uncertainty_level` is the opposite of certainty: 0.3 becomes 0.7 and LOW becomes HIGH; one that has no exact
    opposite is given back as it came.
    """
    rest: dict[str, Any] = {}
    sure = certainty(fields.get("certainty"), f'{where} "certainty"')
    doubt = certainty(fields.get("uncertainty_level"), f'{where} "uncertainty_level"')
    if doubt is not None:
        turned = opposite(doubt)
        if sure is None and turned is not None:
            sure = turned
        else:
            rest["uncertainty_level"] = fields["uncertainty_level"]
    made = Mood(
        mood=_feeling(fields.get("emotional_state"), f'{where} "emotional_state"'),
        certainty=sure,
        thoughts=_thoughts(fields.get("thoughts"), f'{where} "thoughts"'),
    )
    return (None if made == Mood() else made), rest


def opposite(value: float | str) -> float | str | None:
    """What certainty is to uncertainty, and back; None where going there and back would not end at the start."""
    if isinstance(value, str):
        turned = _OPPOSITE.get(value.casefold())
        if turned is None or value not in (value.lower(), value.upper()):
            return None
        return turned.upper() if value.isupper() else turned
    made = round(1 - value, 12)
    return made if 0 <= value <= 1 and round(1 - made, 12) == value else None


def certainty(value: object, where: str) -> float | str | None:
    """How sure a turn is: a number, or a word."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | None):
        raise DataError(f"{where} must be a number or a word, not {kind(value)}")
    if isinstance(value, str):
        return value.strip() or None
    try:
        return None if value is None else float(value)
    except OverflowError:
        raise DataError(f"{where} is {kind(value)}, which is too large; it must be a number or a word") from None


def _feeling(value: object, where: str) -> str | None:
    if isinstance(value, list):
        return ", ".join(text(one, where).lstrip() for one in value).strip() or None
    return (optional_text(value, where) or "").lstrip() or None


def _thoughts(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    given = value if isinstance(value, list) else [value]
    return tuple(made for one in given if (made := text(one, where).lstrip()))

"""The probes of a project: held-out prompts, each with its level of effort and what a good answer does.

Invariant: a probe is read as it is meant or refused with its file and line; none is skipped and none is guessed. It
reads text only: where the files lie is the caller's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inscape.errors import DataError, InputError
from inscape.examples import fields
from inscape.records import Level, Probe

_FIELDS = ("id", "prompt", "before", "level", "language", "category", "pair", "must", "must_not")


def read_probes(text: str, source: str) -> Iterator[Probe]:
    """The probes of a JSONL file, one object a line. Raises InputError with the line for the first that is none."""
    seen: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        try:
            probe = _probe(_object(line), source, number)
        except DataError as error:
            raise InputError(f"{source}, line {number}: {error}.") from None
        if probe.id in seen:
            raise InputError(f'{source}, line {number}: the id "{probe.id}" stands in line {seen[probe.id]} too.')
        seen[probe.id] = number
        yield probe


def _object(line: str) -> Mapping[str, Any]:
    try:
        held = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON ({error.msg}, column {error.colno}); a probe is one object on one line") from None
    except (ValueError, RecursionError):
        raise DataError("not JSON that can be read; a probe is one object on one line") from None
    if not isinstance(held, dict):
        raise DataError(f"a probe is an object with a prompt, not {fields.kind(held)}")
    if unknown := [name for name in held if name not in _FIELDS]:
        raise DataError(f'there is no field "{unknown[0]}" in a probe; the fields are {", ".join(_FIELDS)}')
    return held


def _probe(held: Mapping[str, Any], source: str, line: int) -> Probe:
    prompt = fields.optional_text(held.get("prompt"), '"prompt"')
    if not prompt:
        raise DataError('"prompt" is missing: what the model is asked')
    before = _texts(held, "before")
    if len(before) % 2:
        raise DataError('"before" holds the talk so far, user and assistant in turn, so an even number of texts')
    return Probe(
        id=fields.word(held.get("id"), "id") or str(line),
        prompt=prompt,
        before=before,
        level=_level(held.get("level")),
        language=fields.word(held.get("language"), "language"),
        category=fields.word(held.get("category"), "category"),
        pair=fields.word(held.get("pair"), "pair"),
        must=_texts(held, "must"),
        must_not=_texts(held, "must_not"),
        file=source,
        line=line,
    )


def _level(value: object) -> Level | None:
    try:
        return fields.complexity(value)
    except DataError:
        raise DataError(f'"level" is {fields.kind(value)}; it must be LOW, MEDIUM or HIGH') from None


def _texts(held: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = held.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise DataError(f'"{name}" is a list of texts, not {fields.kind(value)}')
    return tuple(fields.text(one, f'"{name}"') for one in value)

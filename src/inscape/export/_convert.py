"""Finds formats, applies one to examples and reports what went where."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from inscape.errors import DataError, UsageError
from inscape.examples import effort, turns
from inscape.examples.effort import Policy, Scale
from inscape.records import STRUCTURES, Conversation, Example
from inscape.text import plural

Thoughts = Literal["tag", "drop", "field"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What a person can choose. `thoughts`: in a tag before the reply, left out, or in `reasoning_content`."""

    thoughts: Thoughts = "tag"
    tag: str = "thinking"
    assistant: str = "gpt"
    """Who the assistant's turns are from, in sharegpt."""
    effort: Policy = "none"
    """Where effort is put into the text; raw keeps it as metadata, whatever the policy."""
    levels: Scale = "three"

    @classmethod
    def of(cls, values: Mapping[str, object], thoughts: Thoughts) -> Options:
        """The options that the settings say, with where thoughts go."""
        return cls(
            thoughts=thoughts,
            tag=str(values["examples.tag"]),
            effort=cast(Policy, values["export.effort"]),
            levels=cast(Scale, values["export.effort_levels"]),
        )


class Format(Protocol):
    """What a module of this folder offers."""

    NAME: str
    SUMMARY: str
    FILE: Literal["jsonl", "json"]
    THOUGHTS: tuple[Thoughts, ...]
    TRAINS: bool
    """Whether it is for trainers: effort is then put into the text, and the rows are divided by the split."""

    def rows(self, example: Example, options: Options) -> list[Row]:
        """The rows of one example. Raises DataError where the format cannot hold it."""

    def notes(self, examples: Sequence[Example], options: Options) -> list[str]:
        """What these examples lose in this format, each in a sentence with a count."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Examples as rows of a format. Both counts are by the structure of the examples."""

    format: str
    rows: tuple[tuple[str, Row], ...]
    """Each with the id of its example, in the order of the examples."""
    examples: dict[str, int]
    by_structure: dict[str, int]
    """Rows."""
    notes: tuple[str, ...]
    file: Literal["jsonl", "json"]


def formats() -> list[str]:
    """Names of all formats, in order of the alphabet."""
    found = Path(__file__).parent.glob("[!_]*.py")
    return sorted(path.stem.replace("_", "-") for path in found)


def load(name: str) -> Format:
    """The format of that name. Raises UsageError that lists the names there are."""
    if name not in formats():
        raise UsageError(f"There is no format '{name}'. The formats are: {', '.join(formats())}.")
    return cast(Format, importlib.import_module(f"inscape.export.{name.replace('-', '_')}"))


def file_name(name: str) -> str:
    """The usual name of a format's file: 'alpaca.jsonl', 'raw.json'. Raises UsageError for an unknown format."""
    return f"{name}.{load(name).FILE}"


def convert(examples: Sequence[Example], format: str, options: Options | None = None) -> Conversion:
    """All examples as rows. Raises UsageError for options the format cannot take, DataError with an example's id."""
    chosen = options or Options()
    target = load(format)
    _check(target, chosen)
    given = [_with_effort(example, chosen) for example in examples] if target.TRAINS else examples
    rows = [(example.id, row) for example in given for row in _rows(target, example, chosen)]
    came_from = {example.id: example.structure for example in examples}
    by_structure = Counter(came_from[example] for example, _ in rows)
    return Conversion(
        format=format,
        rows=tuple(rows),
        examples=_ordered(Counter(example.structure for example in examples)),
        by_structure=_ordered(by_structure),
        notes=(*_went_where(examples, rows), *_effort(given, rows, target, chosen), *target.notes(given, chosen)),
        file=target.FILE,
    )


def _check(target: Format, options: Options) -> None:
    if options.thoughts not in target.THOUGHTS:
        able = " or ".join(target.THOUGHTS)
        raise UsageError(f"The format '{target.NAME}' cannot write thoughts as '{options.thoughts}'; choose {able}.")
    if not options.tag or set(options.tag) & set("<>/ \n\t"):
        raise UsageError(
            f"The tag '{options.tag}' cannot be written as <{options.tag}>; give a name, such as thinking."
        )
    if target.TRAINS and options.thoughts == "field" and options.effort in ("first-token", "both"):
        raise UsageError(
            "With thoughts in a field of their own the chat template writes the first token, so effort cannot be it. "
            "Choose --effort system-line, or --thoughts tag."
        )
    if not options.assistant.strip() or options.assistant.casefold() in turns.USER | turns.SYSTEM | turns.TOOL:
        raise UsageError(f"The assistant cannot be called '{options.assistant}'; give another name, such as gpt.")


def _with_effort(example: Example, options: Options) -> Example:
    talk = effort.render(example.conversation, options.effort, scale=options.levels)
    return replace(example, conversation=talk)


def _rows(target: Format, example: Example, options: Options) -> list[Row]:
    try:
        turns.check(example.conversation.turns)
        return target.rows(example, options)
    except DataError as problem:
        raise DataError(
            f"Example {example.id} cannot be exported as {target.NAME}: {problem}. Mend it in review, or drop it."
        ) from None


def _ordered(counts: Counter[Any]) -> dict[str, int]:
    return {name: counts[name] for name in STRUCTURES if counts[name]}


def _went_where(examples: Sequence[Example], rows: Sequence[tuple[str, Row]]) -> list[str]:
    """'40 conversations became 96 rows, one for each assistant turn.'"""
    made = Counter(example for example, _ in rows)
    several = [example for example in examples if made[example.id] > 1]
    notes = []
    if several:
        total = sum(made[example.id] for example in several)
        verb = "conversation became" if len(several) == 1 else "conversations became"
        notes.append(f"{len(several):,} {verb} {total:,} rows, one for each assistant turn.")
    if single := len(examples) - len(several):
        notes.append(f"{plural(single, 'example')} became {plural(single, 'row')}, one for one.")
    return notes


def _effort(given: Sequence[Example], rows: Sequence[tuple[str, Row]], target: Format, options: Options) -> list[str]:
    """'Effort: 9 of 10 rows (90%) carry it, as the first token.' And what a person should look at in them."""
    if not target.TRAINS or options.effort == "none":
        return []
    carry = {example.id for example in given if effort.carried(example.conversation)}
    some = sum(example in carry for example, _ in rows)
    share = round(100 * some / len(rows)) if rows else 0
    notes = [f"Effort: {some:,} of {plural(len(rows), 'row')} ({share}%) carry it, {_PLACES[options.effort]}."]
    if some < len(rows):
        label = "iterations" if options.levels == "nine" else "complexity or iterations"
        notes.append(f"{plural(len(rows) - some, 'row')} without {label}: nothing says their effort.")
    talks = [example.conversation for example in given if example.id in carry]
    hasty = sum(effort.level_of(talk) in ("MEDIUM", "HIGH") and _instant(talk) for talk in talks)
    if hasty and options.thoughts != "drop":
        notes.append(f"Medium or high effort without a thought in any turn: {plural(hasty, 'example')}.")
    return notes


_PLACES: dict[Policy, str] = {
    "first-token": "as the first token of the answer",
    "system-line": "in the system prompt",
    "both": "in the system prompt and as the first token of the answer",
}


def _instant(talk: Conversation) -> bool:
    return not any(turn.thought for turn in talk.turns)

"""A line of dataset/examples.jsonl: an example in canonical form with its record, as `inscape restore` reads it back.

Invariant: `from_json(to_json(r)) == r`. A line without a record, as an older version wrote it, is read too; what it
does not say is None. The conversation alone is `serialize`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from inscape.errors import DataError
from inscape.examples import fields, serialize
from inscape.records import STRUCTURES, Conversation, Provenance, Structure

Author = Literal["teacher", "human", "rule", "import", "undo"]
RECORD = ("id", "number", "structure", "revision", "provenance", "written", "decided", "earlier")
"""Fields of a line that are no part of the conversation."""
MOST = 10**12
"""No number of a record is larger: far more than anyone counts, and what is counted on from it can still be stored."""
_PROVENANCE = ("passage", "template", "teacher", "attempt", "file")
_PLACE = (*_PROVENANCE, "row", "template_hash", "source", "book", "paragraphs")


@dataclass(frozen=True, slots=True)
class Written:
    """A text of an example: who wrote it, and when."""

    by: Author
    at: str
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Decided:
    """When the decision that stands was made, how long it took, on which revision, and whether that was its own edit.

    What was decided stands in decisions.jsonl.
    """

    at: str
    milliseconds: int = 0
    revision: int = 1
    edited: bool = False


@dataclass(frozen=True, slots=True)
class TemplateOutline:
    """What is written of a template: all but its prompt."""

    hash: str
    name: str
    number: int | None
    title: str
    shape: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """An example with all that is known of it. `texts`: from the first to the current one, as far as they are known."""

    id: str
    structure: Structure
    revision: int
    provenance: Provenance
    texts: tuple[Written, ...]
    number: int | None = None
    """Its place in the order of the project, from 1."""
    decided: Decided | None = None
    template_hash: str | None = None
    source: str = ""
    """Where its passage stands, in words."""
    book: str | None = None
    paragraphs: tuple[int, int] | None = None
    """First and last paragraph of the passage in its book, 0-based."""

    @property
    def conversation(self) -> Conversation:
        return self.texts[-1].conversation


def to_json(record: Record) -> dict[str, Any]:
    """The line as plain JSON values; keys in a fixed order, nothing that is None or empty."""
    known, now = record.provenance, record.texts[-1]
    came: dict[str, Any] = {name: getattr(known, name) for name in (*_PROVENANCE, "row")}
    came |= {"template_hash": record.template_hash, "source": record.source or None, "book": record.book}
    came["paragraphs"] = list(record.paragraphs) if record.paragraphs else None
    made: dict[str, Any] = {
        "id": record.id,
        "number": record.number,
        "structure": record.structure,
        "revision": record.revision,
        "provenance": {name: value for name, value in came.items() if value is not None},
        "written": _stamp(now),
        "decided": _decided(record) if record.decided else None,
        **serialize.to_json(record.conversation),
        "earlier": [{"written": _stamp(one), **serialize.to_json(one.conversation)} for one in record.texts[:-1]],
    }
    return {name: value for name, value in made.items() if value not in (None, [])}


def from_json(value: object) -> Record:
    """The record of a line. Raises DataError that names the field at fault."""
    row = fields.mapping(value, "a line")
    talk = serialize.from_json({name: held for name, held in row.items() if name not in RECORD})
    id_, structure, revision = row.get("id"), row.get("structure"), row.get("revision", 1)
    if not isinstance(id_, str) or not id_.startswith("e-"):
        raise DataError(f'"id" must be the id of an example, such as "e-1a2b3c4d5e", not {fields.kind(id_)}')
    if structure not in STRUCTURES:
        raise DataError(f'"structure" must be one of {", ".join(STRUCTURES)}, not {fields.kind(structure)}')
    made = Record(
        id=id_,
        structure=structure,
        revision=_whole(revision, '"revision"', 1),
        provenance=Provenance(),
        texts=(),
        number=_whole(row["number"], '"number"', 1) if "number" in row else None,
    )
    made = _placed(made, fields.mapping(row.get("provenance", {}), '"provenance"', _PLACE))
    made = replace(made, texts=(*_earlier(row.get("earlier", [])), _written(row.get("written"), talk, made)))
    if len(made.texts) not in (1, made.revision):
        raise DataError(f'"earlier" must hold all {made.revision - 1} revisions before this one, or none')
    return replace(made, decided=_read_decided(row["decided"], made.revision) if "decided" in row else None)


def _stamp(one: Written) -> dict[str, str]:
    return {"by": one.by, "at": one.at}


def _decided(record: Record) -> dict[str, Any]:
    one = record.decided or Decided("")
    made: dict[str, Any] = {"at": one.at, "milliseconds": one.milliseconds}
    made |= {"revision": one.revision} if one.revision != record.revision else {}
    return made | ({"edited": True} if one.edited else {})


def _placed(record: Record, came: dict[str, Any]) -> Record:
    texts = {name: fields.exact(came.get(name), f'"provenance": "{name}"') for name in _PROVENANCE}
    row, paragraphs = came.get("row"), came.get("paragraphs")
    if paragraphs is not None and not (isinstance(paragraphs, list) and len(paragraphs) == 2):
        raise DataError('"provenance": "paragraphs" must be a list of two numbers, the first and the last')
    numbers = [_whole(one, '"provenance": "paragraphs"', 0) for one in paragraphs or ()]
    return replace(
        record,
        provenance=Provenance(**texts, row=None if row is None else _whole(row, '"provenance": "row"', 1)),
        template_hash=fields.exact(came.get("template_hash"), '"provenance": "template_hash"'),
        source=fields.exact(came.get("source"), '"provenance": "source"') or "",
        book=fields.exact(came.get("book"), '"provenance": "book"'),
        paragraphs=(numbers[0], numbers[1]) if numbers else None,
    )


def _earlier(value: object) -> tuple[Written, ...]:
    if not isinstance(value, list):
        raise DataError(f'"earlier" must be a list of texts, not {fields.kind(value)}')
    made = []
    for number, one in enumerate(value, 1):
        held = fields.mapping(one, f'"earlier", text {number},')
        try:
            talk = serialize.from_json({name: v for name, v in held.items() if name != "written"})
            made.append(_written(held.get("written"), talk, None))
        except DataError as problem:
            raise DataError(f'"earlier", text {number}: {problem}') from None
    return tuple(made)


def _written(value: object, talk: Conversation, record: Record | None) -> Written:
    """The text with its writer; of a line that names none, the writer is told by where the example came from."""
    if value is None and record is not None:
        first: Author = "import" if record.provenance.file else "teacher"
        return Written(first if record.revision == 1 else "human", "", talk)
    held = fields.mapping(value, '"written"')
    by = held.get("by")
    author: Author | None = next((one for one in get_args(Author) if one == by), None)
    if author is None:
        raise DataError(f'"written": "by" must be one of {", ".join(get_args(Author))}, not {fields.kind(by)}')
    return Written(author, fields.exact(held.get("at"), '"written": "at"') or "", talk)


def _read_decided(value: object, revision: int) -> Decided:
    held = fields.mapping(value, '"decided"')
    on = _whole(held.get("revision", revision), '"decided": "revision"', 1)
    if on > revision:
        raise DataError(f'"decided": "revision" is {on}, and the example has {revision}')
    return Decided(
        at=fields.exact(held.get("at"), '"decided": "at"') or "",
        milliseconds=_whole(held.get("milliseconds", 0), '"decided": "milliseconds"', 0),
        revision=on,
        edited=held.get("edited") is True,
    )


def _whole(value: object, where: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise DataError(f"{where} must be a whole number from {least}, not {fields.kind(value)}")
    if value > MOST:
        raise DataError(f"{where} is {fields.kind(value)}; at most {MOST:,} can be taken")
    return value

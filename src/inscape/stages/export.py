"""Kept examples into files that trainers and people read.

Invariant: every kept example reaches every format, as one row or several; what a format cannot hold is said, with a
count. Files are replaced whole, and the same examples give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inscape import export as formats
from inscape.errors import InscapeError
from inscape.events import Event, Exported, FileWritten, Finished, Noted
from inscape.examples import serialize
from inscape.project import Project, write_bytes
from inscape.records import Example
from inscape.stages.review import write_decisions
from inscape.stages.surroundings import Places
from inscape.store import Store, attempts, examples
from inscape.text import plural


def export(
    store: Store, project: Project, names: Sequence[str], options: formats.Options, out: Path | None
) -> Iterator[Event]:
    """Write the kept examples in each format. Raises InscapeError when none is kept."""
    kept = examples.kept(store)
    if not kept:
        raise InscapeError(_nothing(store))
    if made_up := sum((e.provenance.teacher or "").startswith("fake") for e in kept):
        yield Noted(
            "warning", f"{plural(made_up, 'example')} of {len(kept)} came from the fake teacher: made-up words."
        )
    rows = 0
    for name in names:
        made = formats.convert(kept, name, options)
        path = out or project.exports / formats.file_name(name)
        write_bytes(path, _bytes(made, path))
        rows += len(made.rows)
        yield Exported(name, project.relative(path), len(kept), len(made.rows), made.by_structure, list(made.notes))
    yield from _dataset(store, project, kept)
    yield Finished("export", {"examples": len(kept), "formats": len(names), "rows": rows})


def _bytes(made: formats.Conversion, path: Path) -> bytes:
    """By the file's ending: .json is one array, .jsonl a row a line, anything else as the format has it."""
    rows = [row for _, row in made.rows]
    match path.suffix:
        case ".json":
            return formats.json_array(rows)
        case ".jsonl":
            return formats.jsonl(rows)
        case _:
            return formats.write(made)


def _dataset(store: Store, project: Project, kept: Sequence[Example]) -> Iterator[Event]:
    """dataset/: the examples in their canonical form and the decisions, sorted, to be kept in git."""
    path = project.root / "dataset" / "examples.jsonl"
    places = Places(store, project)
    rows = [_canonical(example, _source(store, places, example)) for example in sorted(kept, key=lambda e: e.id)]
    write_bytes(path, formats.jsonl(rows))
    yield FileWritten(project.relative(path), "the kept examples in canonical form", len(kept))
    yield from write_decisions(store, project, project.root / "dataset" / "decisions.jsonl")


def _source(store: Store, places: Places, example: Example) -> str:
    """'War and Peace, page 12, Chapter III': where the example's passage stands; empty where that is not known."""
    passage = attempts.passage_of(store, example.provenance.attempt) if example.provenance.attempt else None
    return places.source(passage[0], passage[2]) if passage else ""


def _canonical(example: Example, source: str) -> dict[str, Any]:
    """An example with where it came from, as one line of dataset/examples.jsonl."""
    known = example.provenance
    came = {name: getattr(known, name) for name in known.__dataclass_fields__ if getattr(known, name) is not None}
    came |= {"source": source} if source else {}
    return {
        "id": example.id,
        "structure": example.structure,
        "revision": example.revision,
        "provenance": came,
        **serialize.to_json(example.conversation),
    }


def _nothing(store: Store) -> str:
    counts = examples.counts(store)
    if not counts:
        return (
            "There are no examples yet. Make some with `inscape generate`, or take existing ones with `inscape import`."
        )
    undecided = counts.get("undecided", 0)
    return f"No example is kept yet ({undecided:,} are undecided). Decide with `inscape review`, then export."

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
from inscape.project import Project, disk_error, write_bytes, write_text
from inscape.records import Example
from inscape.stages.card import write_card
from inscape.stages.review import write_decisions
from inscape.stages.split import Parts, parts
from inscape.stages.surroundings import Places
from inscape.store import Store, attempts, examples
from inscape.text import plural


def export(
    store: Store, project: Project, names: Sequence[str], options: formats.Options, out: Path | None
) -> Iterator[Event]:
    """Write the kept examples in each format: in two files where a split stands. Raises InscapeError when none is kept.

    The raw format is for no trainer and stays whole.
    """
    kept = kept_or_error(store)
    split = parts(store, kept)
    yield from (Noted("note", note) for note in split.notes)
    if made_up := sum((e.provenance.teacher or "").startswith("fake") for e in kept):
        words = f"{plural(made_up, 'example')} of {len(kept)} came from the fake teacher: made-up words."
        yield Noted("warning", words)
    rows = 0
    for name in names:
        divided = split.stands and formats.load(name).TRAINS
        given = {"train": split.train, "valid": split.valid} if divided else {"": kept}
        for part, some in given.items():
            path = _path(out or project.exports / formats.file_name(name), part)
            if some:
                made = formats.convert(some, name, options)
                write_bytes(path, _bytes(made, path))
                rows += len(made.rows)
                shown = project.relative(path)
                yield Exported(name, shown, len(some), len(made.rows), made.by_structure, list(made.notes))
        if out is None:
            made_now = [part for part, some in given.items() if some]
            yield from _without_stale(project, project.exports / formats.file_name(name), made_now)
    yield from write_dataset(store, project, kept, split)
    yield Finished("export", {"examples": len(kept), "formats": len(names), "rows": rows})


def _path(whole: Path, part: str) -> Path:
    """'messages.jsonl' to 'messages.train.jsonl'; the whole file's own path for no part."""
    return whole.with_name(f"{whole.stem}.{part}{whole.suffix}") if part else whole


def _without_stale(project: Project, whole: Path, made: Sequence[str]) -> Iterator[Event]:
    """Take away what an export before the split, or before its end, left: training on it would train on validation."""
    for part in ("", "train", "valid"):
        path = _path(whole, part)
        if part not in made and path.is_file():
            try:
                path.unlink()
            except OSError as error:
                raise disk_error(error, path) from None
            yield Noted(
                "note", f"{project.relative(path)} was taken away: it was of an export before the split changed."
            )


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


def kept_or_error(store: Store) -> list[Example]:
    """The kept examples. Raises InscapeError that says what to do when there are none."""
    kept = examples.kept(store)
    if not kept:
        raise InscapeError(_nothing(store))
    return kept


def write_dataset(store: Store, project: Project, kept: Sequence[Example], split: Parts) -> Iterator[Event]:
    """dataset/, for git: the examples in canonical form, whole and by their sides, the decisions, and the card."""
    path = project.root / "dataset" / "examples.jsonl"
    places = Places(store, project)
    rows = [_canonical(example, _source(store, places, example)) for example in sorted(kept, key=lambda e: e.id)]
    write_bytes(path, formats.jsonl(rows))
    yield FileWritten(project.relative(path), "the kept examples in canonical form", len(kept))
    yield from write_decisions(store, project, project.root / "dataset" / "decisions.jsonl")
    made = {"train": split.train, "valid": split.valid} if split.stands else {}
    for part, some in made.items():
        place = path.with_name(f"{part}.jsonl")
        ids = {example.id for example in some}
        write_bytes(place, formats.jsonl(row for row in rows if row["id"] in ids))
        yield FileWritten(project.relative(place), f"the examples for {_SIDES[part]}", len(some))
    for part in set(_SIDES) - set(made):
        path.with_name(f"{part}.jsonl").unlink(missing_ok=True)
    card = path.with_name("card.md")
    write_text(card, write_card(store, project, kept, split))
    yield FileWritten(project.relative(card), "the dataset's card")


_SIDES = {"train": "training", "valid": "validation"}


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

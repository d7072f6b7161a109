"""Kept examples into files that trainers and people read.

Invariant: every kept example reaches every format, as one row or several; what a format cannot hold is said, with a
count. Files are replaced whole, and the same examples give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inscape import export as formats
from inscape import targets
from inscape.errors import InscapeError, UsageError
from inscape.events import Event, Exported, FileWritten, Finished, Noted
from inscape.examples import record
from inscape.project import Project, disk_error, write_bytes, write_text
from inscape.records import Example
from inscape.stages import before_export, dataset
from inscape.stages.card import write_card
from inscape.stages.persona import under_system
from inscape.stages.review import write_decisions
from inscape.stages.split import Parts, parts
from inscape.stages.stale import Shown, part_of, swept
from inscape.stages.written import Written, entry_of, free, guard, guard_beside
from inscape.store import Store, examples


@dataclass(frozen=True, slots=True)
class File:
    """A file that is to be written: the rows of one side, or of all, in one format."""

    path: Path
    data: bytes
    examples: tuple[Example, ...]
    made: formats.Conversion
    part: str = ""


def export(
    store: Store, project: Project, names: Sequence[str], options: formats.Options, out: Path | None, *,
    replace: bool = False, shown: Shown | None = None,
) -> Iterator[Event]:  # fmt: skip
    """Write the kept examples in each format: in two files where a split stands. Raises InscapeError when none is kept,
    and where a file would be written over, or two be laid beside one, that no export wrote.

    The raw format is for no trainer and stays whole. `shown`: a path as the person would type it where they stand.
    """
    wholes = {name: out or project.exports / formats.file_name(name) for name in names}
    free(project, wholes.values())
    _guard_out(project, out)
    dataset.guard(store, project)
    kept = kept_or_error(store)
    split = parts(store, kept)
    yield from (Noted("note", note) for note in split.notes)
    yield from before_export.told(store, project, kept)
    files = {name: _files(project, whole, name, kept, split, options) for name, whole in wholes.items()}
    every = [file for some in files.values() for file in some]
    written = Written(project)
    guard(written, {file.path: file.data for file in every}, replace=replace)
    if out is not None and not replace:
        guard_beside(written, out, [file.path for file in every])
    for name, some in files.items():
        for file in some:
            policy = options.effort if formats.load(name).TRAINS else ""
            ids = [example.id for example in file.examples]
            written.write(file.path, file.data, entry_of(file.data, name, part=file.part, examples=ids, effort=policy))
            yield _exported(project, name, file, options)
    made = {whole: [file.part for file in files[name]] for name, whole in wholes.items()}
    yield from swept(written, split, made, project.exports, shown or project.relative)
    yield from write_dataset(store, project, kept, split)
    rows = sum(len(file.made.rows) for file in every)
    yield Finished("export", {"examples": len(kept), "formats": len(names), "rows": rows})


def _files(
    project: Project, whole: Path, name: str, kept: Sequence[Example], split: Parts, options: formats.Options
) -> list[File]:
    """The files of a format: two where a split stands; none for a side without examples."""
    trains = formats.load(name).TRAINS
    divided = split.stands and trains
    given = {"train": split.train, "valid": split.valid} if divided else {"": tuple(kept)}
    made = []
    for part, some in given.items():
        if some:
            path = part_of(whole, part)
            rows = formats.convert(under_system(project, some) if trains else some, name, options)
            made.append(File(path, _bytes(rows, path), some, rows, part))
    return made


def _exported(project: Project, name: str, file: File, options: formats.Options) -> Exported:
    notes = list(file.made.notes)
    if options.thoughts != "drop":
        notes = [before_export.thoughts([example.conversation for example in file.examples]), *notes]
    return Exported(
        name, project.relative(file.path), len(file.examples), len(file.made.rows), file.made.by_structure, notes
    )


def _guard_out(project: Project, out: Path | None) -> None:
    """Raises UsageError for a file in a trainer's folder, whose rows belong to its config, and in none that stands."""
    if out is not None and not out.parent.is_dir() and out.parent.resolve() != project.exports.resolve():
        raise UsageError(f"--out {out}: there is no such folder as {out.parent}. Make it first, or name another file.")
    for trainer in targets.names():
        folder = (project.exports / trainer).resolve()
        if out is not None and out.resolve().is_relative_to(folder):
            raise UsageError(f"{out} is in the folder that --for {trainer} writes. Name another file.")


def _bytes(made: formats.Conversion, path: Path) -> bytes:
    """By the file's ending: .json is one array, .jsonl a row a line, anything else as the format has it."""
    rows = [row for _, row in made.rows]
    match path.suffix.lower():
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
    """dataset/, for git and for `restore`: the examples in canonical form, whole and by their sides, the decisions, the
    card, and what is known beside them. Raises ProjectError where that would write over examples of another database.
    """
    dataset.guard(store, project)
    path = project.root / "dataset" / "examples.jsonl"
    made = dataset.records(store, project, kept)
    rows = [record.to_json(one) for one in made]
    write_bytes(path, formats.jsonl(rows))
    yield FileWritten(project.relative(path), "the kept examples in canonical form", len(kept))
    yield from write_decisions(store, project, project.root / "dataset" / "decisions.jsonl")
    sides = {"train": split.train, "valid": split.valid} if split.stands else {}
    for part, some in sides.items():
        place = path.with_name(f"{part}.jsonl")
        ids = {example.id for example in some}
        write_bytes(place, formats.jsonl(row for row in rows if row["id"] in ids))
        yield FileWritten(project.relative(place), f"the examples for {_SIDES[part]}", len(some))
    for part in set(_SIDES) - set(sides):
        _gone(path.with_name(f"{part}.jsonl"))
    card = path.with_name("card.md")
    write_text(card, write_card(store, project, kept, split))
    yield FileWritten(project.relative(card), "the dataset's card")
    beside = path.with_name(dataset.BESIDE)
    write_text(beside, dataset.beside(store, made))
    yield FileWritten(project.relative(beside), "for `inscape restore`: split, books, templates")
    if split.stands and not split.valid:
        yield Noted("warning", _NO_VALIDATION)


_SIDES = {"train": "training", "valid": "validation"}
_NO_VALIDATION = (
    "A split stands and holds no row for validation: nothing can be measured while training. `inscape split` says why; "
    "`inscape split --fresh` makes another one."
)


def _gone(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, path) from None


def _nothing(store: Store) -> str:
    counts = examples.counts(store)
    if not counts:
        return (
            "There are no examples yet. Make some with `inscape generate`, or take existing ones with `inscape import`."
        )
    undecided = counts.get("undecided", 0)
    return f"No example is kept yet ({undecided:,} are undecided). Decide with `inscape review`, then export."

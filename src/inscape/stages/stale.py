"""Export files that became wrong since they were written: rows in them were dropped, or changed sides of the split.

Invariant: taken away is only what this project's exports wrote and nobody changed since; a file that a person edited,
or that stands outside of what is exported now, is named and stays. A trainer's folder is never taken apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from inscape import export as formats
from inscape.events import Noted
from inscape.stages.split import Parts
from inscape.stages.written import Entry, Written
from inscape.text import plural

Shown = Callable[[Path], str]
PARTS = ("", "train", "valid")


def part_of(whole: Path, part: str) -> Path:
    """'messages.jsonl' to 'messages.train.jsonl'; the whole file's own path for no part."""
    return whole.with_name(f"{whole.stem}.{part}{whole.suffix}") if part else whole


def swept(
    written: Written, split: Parts, wholes: Mapping[Path, Collection[str]], exports: Path, shown: Shown
) -> Iterator[Noted]:
    """What is wrong by now: taken away in exports/ and beside what was written, else named.

    `wholes`: each whole file's path that was asked for, with the parts that were written in its place.
    """
    sides = {e.id: side for side, some in (("train", split.train), ("valid", split.valid)) for e in some}
    now = {part_of(whole, part).resolve() for whole, made in wholes.items() for part in made}
    replaced = {part_of(whole, part).resolve() for whole in wholes for part in PARTS} - now
    folders: dict[Path, set[str]] = defaultdict(set)
    dropped: dict[Path, set[str]] = defaultdict(set)
    for path, entry in list(written.standing()):
        if entry.kind == "trainer":
            folders[path.parent] |= _held_out(entry, sides)
            dropped[path.parent] |= set() if path.resolve() in now else {e for e in entry.examples if e not in sides}
            continue
        why = _why(entry, sides, split.stands) if path.resolve() not in replaced | now else _OTHERWISE
        if why is None or path.resolve() in now:
            continue
        if written.ours(path) and (path.resolve() in replaced or path.is_relative_to(exports.resolve())):
            written.remove(path)
            yield Noted("note", f"{shown(path)} was taken away: {why}.")
        else:
            yield Noted("warning", f"{shown(path)} stays ({_reason(written, path)}), but {why}. Do not train on it.")
    for folder, ids in sorted(folders.items()):
        if ids:
            yield Noted("warning", _folder(shown(folder), len(ids)))
    for folder, ids in sorted(dropped.items()):
        if ids:
            yield Noted("warning", f"{shown(folder)} holds {_gone(len(ids))}. Export it again, or delete it.")
    yield from _unknown(written, split, exports, now, shown)


_OTHERWISE = "it was of an export before the split changed"


def _why(entry: Entry, sides: Mapping[str, str], stands: bool) -> str | None:
    """What is wrong with a format's file that was not written now; None where nothing is."""
    if entry.by not in formats.formats():
        return None
    if gone := sum(id_ not in sides for id_ in entry.examples):
        return f"it holds {_gone(gone)}"
    if not formats.load(entry.by).TRAINS:
        return None
    if bool(entry.part) != stands:
        return _OTHERWISE
    other = {"train": "valid", "valid": "train"}.get(entry.part)
    wrong = sum(sides.get(id_) == other for id_ in entry.examples) if other else 0
    held = "held out" if other == "valid" else "trained on"
    return f"{plural(wrong, 'example')} of it {'is' if wrong == 1 else 'are'} {held} now" if wrong else None


def _gone(count: int) -> str:
    return f"{plural(count, 'example')} that {'is' if count == 1 else 'are'} no longer kept"


def _held_out(entry: Entry, sides: Mapping[str, str]) -> set[str]:
    return {id_ for id_ in entry.examples if entry.part == "train" and sides.get(id_) == "valid"}


def _folder(name: str, count: int) -> str:
    verb = "is" if count == 1 else "are"
    return (
        f"{name} was written before the split changed: {plural(count, 'example')} that {verb} held out now would be "
        "trained on there. Export it again, or delete it."
    )


def _reason(written: Written, path: Path) -> str:
    return "it is not in exports/" if written.ours(path) else "it was changed since inscape wrote it"


def _unknown(written: Written, split: Parts, exports: Path, now: Collection[Path], shown: Shown) -> Iterator[Noted]:
    """Files under an export's usual name, of a kind that is wrong now, which no record knows."""
    for name in formats.formats():
        if not formats.load(name).TRAINS:
            continue
        for part in PARTS:
            path = part_of(exports / formats.file_name(name), part)
            known = path.resolve() in now or written.entry(path) is not None
            if path.is_file() and not known and bool(part) != split.stands:
                yield Noted(
                    "warning",
                    f"{shown(path)} stays (no export of this project is known to have written it), but "
                    f"{'no split stands' if part else 'rows in it may be held out'} now. Do not train on it.",
                )

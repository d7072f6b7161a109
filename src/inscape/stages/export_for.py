"""Kept examples into a trainer's folder: rows, config, command; the thoughts as that model's chat template wants them.

Invariant: every folder is made in full before the first file is written, so that a refusal leaves nothing behind. A
config or script that a person changed stays; rows that a person changed are a refusal.
"""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from inscape import targets
from inscape.errors import DataError, InscapeError
from inscape.events import Event, Exported, FileWritten, Finished, Noted
from inscape.examples import effort
from inscape.project import Project
from inscape.records import Example
from inscape.rendering import persona
from inscape.rendering.behavior import Choice, choose, probe
from inscape.rendering.fitting import Decide, Fitted, fit
from inscape.rendering.mode import Mode, mode_of
from inscape.stages import before_export, dataset, origins
from inscape.stages.card import license_of, write_card
from inscape.stages.export import kept_or_error, write_dataset
from inscape.stages.persona import under_system
from inscape.stages.split import Parts, parts
from inscape.stages.stale import Shown, swept
from inscape.stages.trained_model import Wanted, check, model_of
from inscape.stages.written import Entry, Written, entry_of, guard
from inscape.store import Store
from inscape.store import books as shelf
from inscape.targets._job import Job, Made, Model
from inscape.targets._make import make
from inscape.text import plural

_STATED = "stated with --encoding"


@dataclass(frozen=True, slots=True)
class Given:
    """What every trainer's folder is made of."""

    store: Store
    project: Project
    kept: Sequence[Example]
    split: Parts
    wanted: Wanted
    environ: Mapping[str, str]
    personal: before_export.Personal


def export_for(
    store: Store, project: Project, wanted: Wanted, environ: Mapping[str, str], shown: Shown | None = None
) -> Iterator[Event]:
    """Write a folder for each trainer into exports/. Raises InscapeError with the reason where one loses anything.

    `shown`: a path as the person would type it where they stand.
    """
    show = shown or project.relative
    for name in wanted.trainers:
        check(name, wanted)
    dataset.guard(store, project)
    kept = kept_or_error(store)
    leaving = [name for name in wanted.trainers if targets.load(name).LEAVES]
    found = before_export.personal_in(kept) if leaving else before_export.Personal()
    _guard(store, kept, wanted, leaving, found)
    split = parts(store, kept)
    given = Given(store, project, kept, split, wanted, environ, found)
    yield from (Noted("note", note) for note in split.notes)
    yield from before_export.told(store, project, kept, leaves=bool(leaving))
    yield from (Noted("warning", f"{said} --for {leaving[0]} is to be uploaded.") for said in found.sentences())
    written = Written(project)
    folders = [_folder(given, written, name) for name in wanted.trainers]
    guard(written, {path: data for one in folders for path, data in one.files.items()}, replace=wanted.replace)
    for one in folders:
        yield from _write(project, written, one, show)
        yield _exported(project, one, kept)
        place = shlex.quote(show(one.place))
        yield Noted("note", f"{one.made.does}: cd {place}, then: {_last(one.made.command)}")
    yield from swept(written, split, {}, project.exports, show)
    yield from write_dataset(store, project, kept, split)
    rows = sum(sum(one.made.rows.values()) for one in folders)
    yield Finished("export", {"examples": len(kept), "trainers": len(folders), "rows": rows})


def _guard(
    store: Store, kept: Sequence[Example], wanted: Wanted, leaving: Sequence[str], found: before_export.Personal
) -> None:
    """Raises InscapeError where a folder for uploading would hold what came out of a private book, or personal data."""
    if not leaving or wanted.private_too:
        return
    before_export.guard(found, leaving[0])
    private = {book.id: book.title for book in shelf.all_books(store) if book.rights == "private"}
    used = origins.anchors(store, kept).values() if private else ()
    if titles := sorted({private[anchor.book] for anchor in used if anchor.book in private}):
        raise InscapeError(
            f"--for {leaving[0]} makes a folder to be uploaded, and there are examples out of private books "
            f"({', '.join(titles)}). Nothing was written. Drop them, or say --private-too."
        )


# ---------------------------------------------------------------- making


def _made(given: Given, name: str) -> tuple[Job, Made, effort.Policy]:
    project, wanted, split = given.project, given.wanted, given.split
    target = targets.load(name)
    tag = project.settings.text("examples.tag")
    model = Model(wanted.model or "") if target.ALWAYS else model_of(wanted, given.environ)
    policy = cast(effort.Policy, project.settings.text("export.effort"))
    scale = cast(effort.Scale, project.settings.text("export.effort_levels"))
    both = under_system(project, [*split.train, *split.valid])
    fitted = fit([one.conversation for one in both], policy, scale, _deciding(target, model, wanted, tag))
    made = [replace(one, conversation=talk) for one, talk in zip(both, fitted.talks, strict=True)]
    at = len(split.train)
    own = persona.told(model.template, fitted.talks, fitted.choice.kwargs)
    notes = [before_export.thoughts(fitted.talks), *_effort_notes(fitted), *own]
    job = make(
        made[:at], made[at:], model, fitted.choice, tag=tag, notes=notes,
        title=project.settings.text("project.name") or project.root.name, stands=split.stands,
        mode=None if target.LEAVES else _mode(model, fitted, scale, tag), **_for_upload(given, target, fitted.policy),
    )  # fmt: skip
    return job, target.write(job), fitted.policy


def _mode(model: Model, fitted: Fitted, scale: effort.Scale, tag: str) -> Mode | None:
    """What calls the trained mode up at use; None where there is no template to find it with."""
    choice = fitted.choice
    if model.template is None or choice.encoding == "refused":
        return None
    try:
        return mode_of(
            model.name, model.template, fitted.policy, scale, choice.encoding, choice.tag or tag, unroll=choice.unroll,
            kwargs=choice.kwargs, talks=fitted.talks,
        )  # fmt: skip
    except DataError:  # a way that was stated, and that the template loses thoughts in: `make` says of which rows
        return None


def _for_upload(given: Given, target: targets.Target, policy: effort.Policy) -> dict[str, Any]:
    """What a folder that leaves says of itself."""
    if not target.LEAVES:
        return {}
    store, kept = given.store, given.kept
    said: dict[str, Any] = {"personal": tuple(given.personal.sentences())}
    if target.NAMES_MODEL:
        return said
    card = write_card(store, given.project, kept, given.split, policy)
    return {**said, "card": card, "license": license_of(store, kept)}


def _effort_notes(fitted: Fitted) -> list[str]:
    if fitted.policy == "none":
        return list(fitted.notes)
    carried, every = effort.share(fitted.talks)
    said = f"Effort stands in the text of {carried:,} of {plural(every, 'example')} ({fitted.policy})."
    return [said, *fitted.notes]


def _deciding(target: targets.Target, model: Model, wanted: Wanted, tag: str) -> Decide:
    """What decides where thoughts stand in rows with, or without, a system prompt."""
    if target.ALWAYS:
        return lambda _: Choice("content", tag, False, {}, "there is no other place for them")
    if wanted.encoding or model.template is None:
        assert wanted.encoding
        stated = Choice(wanted.encoding, tag if wanted.encoding == "content" else None, True, {}, _STATED)
        return lambda _: stated
    behavior = probe(model.template, (tag, "think"))
    return lambda systems: choose(behavior, tag=tag, systems=systems)


# ---------------------------------------------------------------- writing


@dataclass(frozen=True, slots=True)
class Folder:
    """A trainer's folder, ready to be written."""

    place: Path
    made: Made
    model: str
    files: Mapping[Path, bytes]
    """What is written: a file that a person changed has its new form under another name."""
    entries: Mapping[Path, Entry]
    kept: Sequence[Path]
    """Files that a person changed, and that stay."""


def _folder(given: Given, written: Written, name: str) -> Folder:
    job, made, policy = _made(given, name)
    place = given.project.exports / name
    files: dict[Path, bytes] = {}
    entries: dict[Path, Entry] = {}
    stay: list[Path] = []
    for file, text in made.files.items():
        path, data = place / file, text.encode()
        if file not in made.rows and not given.wanted.replace and written.theirs(path, data):
            stay.append(path)
            if (before := written.entry(path)) and before.sha256 == entry_of(data, name).sha256:
                continue  # theirs is an edit of what would be written now: there is nothing new to lay beside it
            path = beside(path)
        part = {"train.jsonl": "train", "valid.jsonl": "valid"}.get(file, "")
        samples = {"train": job.train, "valid": job.valid}.get(part, ())
        ids = dict.fromkeys(sample.example for sample in samples)
        files[path] = data
        entries[path] = entry_of(
            data, name, kind="trainer", part=part, examples=ids, effort=policy if part else "", model=job.model.name
        )
    return Folder(place, made, job.model.name, files, entries, stay)


def beside(path: Path) -> Path:
    """'train.py' to 'train.new.py'."""
    return path.with_name(f"{path.stem}.new{path.suffix}")


def _write(project: Project, written: Written, folder: Folder, show: Shown) -> Iterator[Event]:
    """The folder's files; what an earlier export left there of its own goes, and what is a person's is named."""
    if said := _adapter(folder, written, show):
        yield Noted("warning", said)
    for path, data in folder.files.items():
        written.write(path, data, folder.entries[path])
        yield FileWritten(project.relative(path), _what(path.name), folder.made.rows.get(path.name))
    for path in folder.kept:
        new = f"; what this export would have written is {show(beside(path))}" if beside(path) in folder.files else ""
        yield Noted("warning", f"{show(path)} was changed by hand and stays{new}. --replace writes over it.")
    place, known = folder.place.resolve(), {path.resolve() for path in (*folder.files, *folder.kept)}
    for path, _ in list(written.standing()):
        if path.resolve().parent != place or path.resolve() in known:
            continue
        if written.ours(path):
            written.remove(path)
        else:
            yield Noted("warning", f"{show(path)} is of an earlier export and was changed since; it stays. Look at it.")


def _adapter(folder: Folder, written: Written, show: Shown) -> str | None:
    """A sentence where the folder holds an adapter of another model."""
    adapter = folder.place / "adapter"
    if not adapter.is_dir():
        return None
    entry = written.entry(folder.place / "train.jsonl")
    model = _trained(adapter / "adapter_config.json") or (entry.model if entry else "")
    if not model or model == folder.model:
        return None
    return (
        f"{show(adapter)} was trained for {model}, and this export is for {folder.model}: training writes into the "
        "same folder. Move it away first if you want to keep it."
    )


def _trained(config: Path) -> str:
    """The model that an adapter's own config names, as peft or mlx-lm writes it; empty where it cannot be read."""
    try:
        held = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    names = (held.get("base_model_name_or_path"), held.get("model")) if isinstance(held, dict) else ()
    return next((name for name in names if isinstance(name, str) and name), "")


def _exported(project: Project, folder: Folder, kept: Sequence[Example]) -> Exported:
    made = folder.made
    total = sum(made.rows.values())
    name = folder.place.name
    return Exported(name, project.relative(folder.place), len(kept), total, _structures(kept, total), list(made.notes))


def _what(file: str) -> str:
    known = {
        "train.jsonl": "rows to train on",
        "valid.jsonl": "rows held out",
        "README.md": "what was decided, and why",
        "mode.json": "what calls the trained mode up",
        "numbers.json": "the numbers, for inscape train",
    }
    return known.get(file, "for the trainer")


def _structures(kept: Sequence[Example], rows: int) -> dict[str, int]:
    """Rows by the structure they came from: one for each example, or one for each answer."""
    made: Counter[str] = Counter()
    for example in kept:
        answers = sum(turn.role == "assistant" for turn in example.conversation.turns)
        made[example.structure] += 1 if rows == len(kept) else answers
    return dict(made)


def _last(command: str) -> str:
    return command.splitlines()[-1].split("  #")[0]

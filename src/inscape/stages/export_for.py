"""Kept examples into a trainer's folder: rows, config, command; the thoughts as that model's chat template wants them.

Invariant: every folder is made in full before the first file is written, so that a refusal leaves nothing behind.
Nothing is downloaded: a model's template is read from its folder or from a file, or the person states the encoding.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from inscape import targets
from inscape.errors import InputError, InscapeError, UsageError
from inscape.events import Event, Exported, FileWritten, Finished, Noted
from inscape.examples import effort
from inscape.project import Project, disk_error, read_text, write_text
from inscape.records import Example
from inscape.rendering.behavior import Choice, choose, probe
from inscape.rendering.fitting import Decide, Fitted, became, fit
from inscape.stages import origins
from inscape.stages.export import kept_or_error, write_dataset
from inscape.stages.model_folder import Found, find
from inscape.stages.split import parts
from inscape.store import Store
from inscape.store import books as shelf
from inscape.targets._job import Made, Model
from inscape.targets._make import make
from inscape.text import plural

Stated = Literal["content", "reasoning_content"]
_STATED = "stated with --encoding"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    trainers: tuple[str, ...]
    model: str | None = None
    """A model's folder, or the name by which the trainer finds it."""
    template: Path | None = None
    """A chat template's file, where the model is not a folder here."""
    encoding: Stated | None = None
    """Stated by the person; then a template is not needed, and only rendered to prove it where there is one."""
    private_too: bool = False
    """Texts out of private books may stand in a folder that is made to be uploaded."""


def export_for(store: Store, project: Project, wanted: Wanted, environ: Mapping[str, str]) -> Iterator[Event]:
    """Write a folder for each trainer into exports/. Raises InscapeError with the reason where one loses anything."""
    kept = kept_or_error(store)
    _guard(store, kept, wanted)
    split = parts(store, kept)
    yield from (Noted("note", note) for note in split.notes)
    train, valid = split.train, split.valid
    made = {name: _made(project, name, train, valid, wanted, environ) for name in wanted.trainers}
    rows = 0
    for name, folder in made.items():
        place = project.exports / name
        for file in _write(place, folder):
            yield FileWritten(project.relative(place / file), _what(file), folder.rows.get(file))
        total = sum(folder.rows.values())
        rows += total
        yield Exported(name, project.relative(place), len(kept), total, _structures(kept, total), list(folder.notes))
        yield Noted("note", f"To train: cd {project.relative(place)}, then: {_last(folder.command)}")
    yield from write_dataset(store, project, kept, split)
    yield Finished("export", {"examples": len(kept), "trainers": len(made), "rows": rows})


def _guard(store: Store, kept: Sequence[Example], wanted: Wanted) -> None:
    """Raises InscapeError where a folder for uploading would hold what came out of a private book."""
    leaving = [name for name in wanted.trainers if targets.load(name).LEAVES]
    private = {book.id: book.title for book in shelf.all_books(store) if book.rights == "private"}
    if not leaving or not private or wanted.private_too:
        return
    found = origins.anchors(store, kept).values()
    if titles := sorted({private[anchor.book] for anchor in found if anchor.book in private}):
        raise InscapeError(
            f"--for {leaving[0]} makes a folder to be uploaded, and there are examples out of private books "
            f"({', '.join(titles)}). Nothing was written. Drop them, or say --private-too."
        )


def model_of(wanted: Wanted, environ: Mapping[str, str]) -> Model:
    """The model with its chat template. Raises UsageError where none can be found and none was stated."""
    name = wanted.model or "any chat model"
    if wanted.model and Path(name).expanduser().is_file():
        raise UsageError(
            f"{name} is a file. Name the model with --model, as the trainer is to load it, and its chat template with "
            f"--template {name}."
        )
    found = _found(wanted, environ)
    here = Path(name).expanduser()
    template = find(str(wanted.template), environ).template if wanted.template else found.template if found else None
    if template is None and not wanted.encoding:
        raise UsageError(_ask(wanted.model))
    config = _config(found.folder) if found and found.folder else {}
    context = config.get("max_position_embeddings")
    return Model(
        str(here.resolve()) if wanted.model and here.is_dir() else name,
        template,
        _billions(here.name) or _counted(config),
        context if isinstance(context, int) else None,
    )


def _found(wanted: Wanted, environ: Mapping[str, str]) -> Found | None:
    """The model's folder, here or in the hub's cache; None where it is not here and need not be."""
    if not wanted.model:
        return None
    try:
        return find(wanted.model, environ)
    except InputError:
        if Path(wanted.model).expanduser().is_dir() and not (wanted.template or wanted.encoding):
            raise
        return None


def _ask(name: str | None) -> str:
    begun = f"{name} is not on this machine, and nothing is downloaded. " if name else ""
    return (
        f"{begun}How thoughts must be written depends on the model's chat template. Give --model the model's "
        "folder; or --model its name and --template its chat_template.jinja; or state --encoding content or --encoding "
        "reasoning_content, which is then not proven."
    )


def _made(
    project: Project, name: str, train: Sequence[Example], valid: Sequence[Example], wanted: Wanted,
    environ: Mapping[str, str],
) -> Made:  # fmt: skip
    target = targets.load(name)
    if target.NAMES_MODEL and not wanted.model:
        raise UsageError(
            f"--for {name} needs --model: the model's folder, or the name by which {name} finds it. "
            "Nothing is downloaded here."
        )
    tag = project.settings.text("examples.tag")
    model = Model(wanted.model or "") if target.ALWAYS else model_of(wanted, environ)
    policy = cast(effort.Policy, project.settings.text("export.effort"))
    scale = cast(effort.Scale, project.settings.text("export.effort_levels"))
    both = [*train, *valid]
    fitted = fit([one.conversation for one in both], policy, scale, _deciding(target, model, wanted, tag))
    written = [replace(one, conversation=talk) for one, talk in zip(both, fitted.talks, strict=True)]
    parts = written[: len(train)], written[len(train) :]
    title = project.settings.text("project.name") or project.root.name
    notes = _effort_notes(policy, fitted)
    return target.write(make(*parts, model, fitted.choice, tag=tag, notes=notes, title=title))


def _effort_notes(asked: effort.Policy, fitted: Fitted) -> list[str]:
    if asked == "none":
        return []
    carried, every = effort.share(fitted.talks)
    said = f"Effort stands in the text of {carried:,} of {plural(every, 'example')} ({fitted.policy})."
    return [said, *became(asked, fitted.policy)]


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


# ---------------------------------------------------------------- the model's folder


def _config(folder: Path) -> Mapping[str, Any]:
    """config.json, or of a model that sees pictures too the part on its text; empty where there is none."""
    path = folder / "config.json"
    if not path.is_file():
        return {}
    try:
        config = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON ({error.msg}).") from None
    inner = config.get("text_config") if isinstance(config, dict) else None
    return inner if isinstance(inner, dict) else config if isinstance(config, dict) else {}


def _billions(name: str) -> float | None:
    """Billions of parameters as names say them: 'Qwen3-8B', 'gemma-3-270m'."""
    found = re.search(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([bBmM])(?![A-Za-z0-9])", name)
    return float(found[1]) / (1 if found[2] in "bB" else 1000) if found else None


def _counted(config: Mapping[str, Any]) -> float | None:
    """About how many billions of parameters a dense model of these sizes has."""
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "vocab_size")
    sizes = [config.get(name) for name in names]
    if not all(isinstance(size, int) for size in sizes):
        return None
    hidden, inner, layers, words = cast(list[int], sizes)
    return round((layers * (4 * hidden * hidden + 3 * hidden * inner) + words * hidden) / 1e9, 4)


# ---------------------------------------------------------------- writing


def _write(place: Path, made: Made) -> Iterator[str]:
    """The folder's files. A valid.jsonl of an earlier export goes when no rows are held out now."""
    stale = place / "valid.jsonl"
    if "valid.jsonl" not in made.files:
        try:
            stale.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(error, stale) from None
    for name, text in made.files.items():
        write_text(place / name, text)
        yield name


def _what(file: str) -> str:
    known = {
        "train.jsonl": "rows to train on",
        "valid.jsonl": "rows held out",
        "README.md": "what was decided, and why",
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

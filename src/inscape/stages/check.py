"""Check: what would teach the wrong thing, in the project's examples or in any files.

Invariant: looking changes nothing but reports/findings.json, which can be made again. `fix` adds revisions by 'rule',
never changes one, and `unfix` takes them all back. The checks themselves are in `quality`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Literal

from inscape.errors import CheckFailed, DataError, InputError, InscapeError, SettingError, UsageError
from inscape.events import Event, Finished, Flagged, Noted
from inscape.examples import effort
from inscape.examples.files import read_file
from inscape.examples.shapes import read
from inscape.project import Project, read_bytes, read_text, write_text
from inscape.quality import balance, checks, mend, queue
from inscape.quality.probes import Probes
from inscape.quality.rows import Finding, Item, Limits, short
from inscape.quality.source import Index, Verbatim
from inscape.records import Example
from inscape.settings import Settings
from inscape.stages.probes import all_probes
from inscape.stages.surroundings import Places
from inscape.store import Store, attempts, decisions, examples, splits
from inscape.store import books as shelf
from inscape.text import plural

_VALID = re.compile(r"(?:^|[^a-z])(?:valid|validation|val|dev|eval|test)(?:[^a-z]|$)")
_TRAIN = re.compile(r"(?:^|[^a-z])train(?:ing)?(?:[^a-z]|$)")


# ---------------------------------------------------------------- what is on, and from when


def limits(settings: Settings) -> Limits:
    """The [check] section. Raises SettingError for a target that is none."""
    made = Limits({key.partition(".")[2]: value for key, value in settings.values.items() if key.startswith("check.")})
    for kind in balance.KINDS:
        try:
            balance.targets(made.text(f"target_{kind}"))
        except ValueError as error:
            raise SettingError(f"check.target_{kind}: {error}.") from None
    return made


def chosen(limits: Limits, only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[str]:
    """The checks to run, in their order: those asked for, or all that the settings leave on. Raises UsageError."""
    off = limits.names("off")
    for name in off:
        if name not in checks.NAMES:
            raise SettingError(f"check.off: there is no check {name!r}. The checks are: {', '.join(checks.NAMES)}.")
    for name in (*only, *skip):
        if name not in checks.NAMES:
            raise UsageError(f"There is no check {name!r}. The checks are: {', '.join(checks.NAMES)}.")
    wanted = only or [name for name in checks.NAMES if name not in off]
    return [name for name in checks.NAMES if name in wanted and name not in skip]


# ---------------------------------------------------------------- files


def check_files(files: Sequence[Path], settings: Settings, only: Sequence[str], skip: Sequence[str]) -> Iterator[Event]:
    """Look at the rows of files, all together as one set. Raises CheckFailed at the end where there is an error."""
    made = limits(settings)
    on = chosen(made, only, skip)
    broken: list[Finding] = []
    failed: list[str] = []
    rows: Counter[str] = Counter()
    items = _items(files, settings.text("examples.tag"), broken, failed, rows)
    found: Counter[str] = Counter(error=0, warning=0, note=0)
    for finding in _with_broken(checks.run(items, made, on), broken, checks.SHAPE in on):
        found[finding.severity] += 1
        yield _flagged(finding)
    for sentence in failed:
        yield Noted("error", sentence)
    yield Finished("check", {"rows": rows["rows"], **_counted(found)})
    if failed:
        raise InscapeError(failed[0] if len(failed) == 1 else f"{len(failed)} files could not be read (see above).")
    _raise_on(found, rows["rows"])


def _items(
    files: Sequence[Path], tag: str, broken: list[Finding], failed: list[str], rows: Counter[str]
) -> Iterator[Item]:
    """The rows that can be read; the others become findings in `broken`, whole files sentences in `failed`."""
    parts = _parts(files)
    for path in files:
        try:
            for row in read_file(read_bytes(path), str(path)):
                rows["rows"] += 1
                try:
                    if row.problem is not None:
                        raise DataError(row.problem)
                    made = read(row.value, tag=tag)
                    talk = effort.read_back(made.conversation)
                except DataError as error:
                    seen = (
                        "" if row.value is None else short(json.dumps(row.value, ensure_ascii=False, default=str)[:500])
                    )
                    broken.append(Finding(str(path), row.number, checks.SHAPE, "error", str(error), seen))
                    continue
                yield Item(str(path), row.number, talk, made.structure, part=parts[path])
        except InputError as error:
            failed.append(str(error))


def _parts(files: Iterable[Path]) -> dict[Path, Literal["train", "valid", ""]]:
    """Which files are for training and which for validation, by their names, where there are both."""
    made: dict[Path, Literal["train", "valid", ""]] = {}
    for path in files:
        name = path.name.lower()
        made[path] = "train" if _TRAIN.search(name) else "valid" if _VALID.search(name) else ""
    if "valid" in made.values() and "train" not in made.values() and "" in made.values():
        return {path: part or "train" for path, part in made.items()}
    return made


def _with_broken(found: Iterable[Finding], broken: list[Finding], on: bool) -> Iterator[Finding]:
    """Broken rows as soon as they are met, between the findings of the others."""
    for finding in found:
        if on:
            yield from broken
            broken.clear()
        yield finding
    if on:
        yield from broken


# ---------------------------------------------------------------- a project


def check_project(store: Store, project: Project, only: Sequence[str], skip: Sequence[str]) -> Iterator[Event]:
    """Look at every example that is not dropped; the findings are kept for `review --findings`.

    Raises CheckFailed at the end where there is an error.
    """
    made = limits(project.settings)
    on = chosen(made, only, skip)
    everything = examples.all_examples(store)
    wanted = [example for example in everything if example.verdict != "drop"]
    if not wanted:
        yield Noted("note", "There is nothing to check yet: no example, or none that is not dropped.")
    special: dict[str, checks.SetCheck] = {}
    if "verbatim" in on and wanted:
        special["verbatim"] = Verbatim(made, _books(store, int(made.number("verbatim_words"))))
    if "probes" in on and wanted:
        special["probes"] = Probes(made, all_probes(project))
    kept: list[Finding] = []
    for finding in checks.run(_project_items(store, project, wanted), made, on, special):
        kept.append(finding)
        yield _flagged(finding)
    share, seed = made.number("random_share"), int(made.number("random_seed"))
    picked = queue.sample((example.id for example in everything), share, seed)  # dropped ones too: they tell the rate
    if not only and not skip:
        _store(project, kept, picked)
    found: Counter[str] = Counter(finding.severity for finding in kept)
    rate = queue.keep_rate(picked, decisions.looked_at(store))
    if rate.decided:
        yield Noted("note", said(rate))
    yield Finished("check", {"rows": len(wanted), **_counted(found)})
    _raise_on(found, len(wanted))


def said(rate: queue.KeepRate) -> str:
    """The keep rate as a sentence."""
    low, high = rate.interval
    return (
        f"Of the {rate.sampled:,} examples chosen at random, {rate.decided:,} are decided and {rate.kept:,} kept: "
        f"{rate.kept / max(rate.decided, 1):.0%} (95 % interval: {low:.0%} to {high:.0%})."
    )


def _books(store: Store, least: int) -> dict[str, tuple[Index, bool]]:
    """Each book's index, and whether its rights forbid long runs."""
    return {
        book.title or book.id: (
            Index((paragraph.text for paragraph in shelf.paragraphs(store, book.id)), least),
            book.rights in ("private", "licensed"),
        )
        for book in shelf.all_books(store)
    }


def _project_items(store: Store, project: Project, wanted: Sequence[Example]) -> Iterator[Item]:
    places = Places(store, project)
    ticked = {decision.example: decision.checklist for decision in decisions.standing(store)}
    promises = cache(_promises(store))
    sides = {id_: placed.side for id_, placed in splits.placed(store).items()}
    for number, example in enumerate(wanted, 1):
        source = example.provenance
        passage = attempts.passage_of(store, source.attempt) if source.attempt else None
        place = places.find(passage[2]) if passage else None
        yield Item(
            file=source.file or "inscape.db",
            row=source.row or number,
            conversation=example.conversation,
            structure=example.structure,
            example=example.id,
            template=source.template,
            passage=source.passage,
            passage_text=passage[2] if passage else "",
            book=place.book if place else None,
            promises_thought=bool(source.attempt and promises(source.attempt)),
            criteria=tuple(ticked.get(example.id, ())),
            part=sides.get(example.id, ""),
        )


def _promises(store: Store) -> Callable[[str], bool]:
    """Whether the template behind an attempt asked for thoughts."""

    def promised(attempt: str) -> bool:
        row = attempts.template_of(store, attempt)
        return row is not None and json.loads(row["shape"])["structure"] == "thinking"

    return promised


# ---------------------------------------------------------------- the queue for review


def _path(project: Project) -> Path:
    return project.root / "reports" / "findings.json"


def _store(project: Project, findings: Sequence[Finding], picked: Sequence[str]) -> None:
    held = {"findings": [asdict(finding) for finding in findings], "random": list(picked)}
    write_text(_path(project), json.dumps(held, ensure_ascii=False, indent=1) + "\n")


def stored(project: Project) -> tuple[list[Finding], list[str]]:
    """The findings of the last whole check, and the examples chosen at random. Raises UsageError without one."""
    if not _path(project).exists():
        raise UsageError("There are no findings yet. Run `inscape check` first.")
    try:
        held = json.loads(read_text(_path(project)))
        return [Finding(**one) for one in held["findings"]], [str(one) for one in held["random"]]
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{_path(project)} cannot be read. Run `inscape check` again; it is made anew.") from None


def review_order(project: Project) -> tuple[str, ...]:
    """The examples that review should show: worst first, with the random ones between them."""
    findings, picked = stored(project)
    return tuple(queue.order(findings, picked))


def rate(store: Store, project: Project) -> Iterator[Event]:
    """What the random tenth says of the keep rate."""
    _, picked = stored(project)
    found = queue.keep_rate(picked, decisions.looked_at(store))
    if found.decided:
        yield Noted("note", said(found))
    else:
        yield Noted("note", f"{found.sampled:,} examples are chosen at random; none of them is decided yet.")


# ---------------------------------------------------------------- mending


def fix(store: Store, at: str) -> Iterator[Event]:
    """Mend what needs no judgment, as a revision by 'rule' for each example that changes."""
    mended = 0
    wanted = [example for example in examples.all_examples(store) if example.verdict != "drop"]
    with store.change() as db:
        for example in wanted:
            made = mend.conversation(example.conversation)
            if made != example.conversation:
                examples.revise(db, example.id, made, "rule", at)
                mended += 1
    if mended:
        yield Noted("note", f"Mended {plural(mended, 'example')}. `inscape check --unfix` takes it back.")
    else:
        yield Noted("note", "There is nothing that could be mended without a person's judgment.")
    yield Finished("fix", {"rows": len(wanted), "mended": mended})


def unfix(store: Store, at: str) -> Iterator[Event]:
    """Put back the text before the mending, wherever the mended text is still the current one."""
    back = 0
    with store.change() as db:
        for example in examples.by_author(store, "rule"):
            before = examples.revision(store, example.id, example.revision - 1)
            if before is not None:
                examples.revise(db, example.id, before, "undo", at)
                back += 1
    yield Noted(
        "note", f"{plural(back, 'example')} as before." if back else "No mended text is current: nothing to take back."
    )
    yield Finished("unfix", {"restored": back})


# ---------------------------------------------------------------- events


def _flagged(finding: Finding) -> Flagged:
    return Flagged(**asdict(finding))


def _counted(found: Counter[str]) -> dict[str, int]:
    return {name: found[name] for name in ("error", "warning", "note")}


def _raise_on(found: Counter[str], rows: int) -> None:
    if found["error"]:
        raise CheckFailed(f"{plural(found['error'], 'error')} in {plural(rows, 'row')}. Mend or drop those rows first.")

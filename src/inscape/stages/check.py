"""Check: what would teach the wrong thing, in the project's examples or in any files.

Invariant: looking changes nothing but reports/findings.json, which can be made again. `fix` adds revisions by 'rule',
never changes one, and `unfix` takes them all back. The checks themselves are in `quality`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from inscape.errors import CheckFailed, DataError, InputError, InscapeError, SettingError, UsageError
from inscape.events import Event, Finished, Flagged, Mended, Noted
from inscape.examples import effort
from inscape.examples.files import evidence, read_file, understood
from inscape.project import Project, read_bytes
from inscape.quality import balance, checks, mend, queue
from inscape.quality.probes import Probes
from inscape.quality.rows import SEVERITIES, Finding, Item, Limits, short
from inscape.quality.source import Index, Verbatim
from inscape.records import Example, Provenance
from inscape.settings import Settings
from inscape.stages import findings
from inscape.stages.beside import Beside, worth_it
from inscape.stages.probes import all_probes
from inscape.stages.surroundings import Places
from inscape.store import Store, attempts, decisions, examples, splits
from inscape.store import books as shelf
from inscape.text import plural, readable

_VALID = re.compile(r"(?:^|[^a-z])(?:valid|validation|val|dev|eval|test)(?:[^a-z]|$)")
_TRAIN = re.compile(r"(?:^|[^a-z])train(?:ing)?(?:[^a-z]|$)")


# ---------------------------------------------------------------- what is on, and from when


def limits(settings: Settings) -> Limits:
    """The [check] section. Raises SettingError for a target that is none."""
    made = Limits({key.partition(".")[2]: value for key, value in settings.values.items() if key.startswith("check.")})
    for kind in balance.KINDS:
        try:
            aims = balance.targets(made.text(f"target_{kind}"))
        except ValueError as error:
            raise SettingError(f"check.target_{kind}: {error}.") from None
        if wrong := balance.unknown(kind, aims):
            raise SettingError(f"check.target_{kind}: {wrong}.")
    if wrong := balance.unknown("language", made.names("languages")):
        raise SettingError(f"check.languages: {wrong}.")
    return made


def chosen(limits: Limits, only: Sequence[str] = (), skip: Sequence[str] = ()) -> list[str]:
    """The checks to run, in their order: those asked for, or all that the settings leave on, and `shape` in any case.

    Raises UsageError.
    """
    off = limits.names("off")
    for name in off:
        if name not in checks.NAMES:
            raise SettingError(f"check.off: there is no check {name!r}. The checks are: {', '.join(checks.NAMES)}.")
    if checks.SHAPE in off:
        raise SettingError(f"check.off: {checks.SHAPE} cannot be turned off; a row that cannot be read must be seen.")
    only, skip = _names(only), _names(skip)
    for name in (*only, *skip):
        if name not in checks.NAMES:
            raise UsageError(f"There is no check {name!r}. The checks are: {', '.join(checks.NAMES)}.")
    if checks.SHAPE in skip:
        raise UsageError(f"{checks.SHAPE} cannot be skipped: a row that cannot be read must be seen.")
    wanted = [checks.SHAPE, *only] if only else [name for name in checks.NAMES if name not in off]
    return [name for name in checks.NAMES if name in wanted and name not in skip]


def _names(given: Sequence[str]) -> list[str]:
    """Names that were given one by one or with commas."""
    return [name for one in given for part in one.split(",") if (name := part.strip())]


# ---------------------------------------------------------------- files


def check_files(files: Sequence[Path], settings: Settings, only: Sequence[str], skip: Sequence[str]) -> Iterator[Event]:
    """Look at the rows of files, all together as one set. Raises CheckFailed at the end where there is an error."""
    made = limits(settings)
    on = chosen(made, only, skip)
    broken: list[Finding] = []
    failed: list[str] = []
    rows: Counter[str] = Counter()
    tag = settings.text("examples.tag")
    items = _items(files, tag, broken, failed, rows)
    found = Tally()
    ran = _in_two(files, tag, items, made, on) if worth_it(files) else checks.run(items, made, on)
    for finding in _with_broken(ran, broken):
        found.add(finding)
        yield _flagged(finding)
    if rows["rows"]:
        yield Finished("check", found.counts(rows["rows"]))
    elif not failed:
        yield Noted("note", "There is nothing to check: no row in " + ", ".join(readable(path) for path in files) + ".")
    if len(failed) == 1:
        raise InscapeError(failed[0])
    for sentence in failed:
        yield Noted("error", sentence)
    if failed:
        raise InscapeError(f"{len(failed)} files could not be read (see above).")
    found.raise_on(rows["rows"])


def _in_two(
    files: Sequence[Path], tag: str, items: Iterable[Item], limits: Limits, on: Sequence[str]
) -> Iterator[Finding]:
    """The set here and single rows in a second process; what is found in the usual order."""
    beside = Beside(files, tag, limits, on)
    try:
        over = list(checks.run(items, limits, on, part="set"))
        of_rows = beside.findings()
        yield from of_rows if of_rows is not None else checks.run(items_of(files, tag), limits, on, part="rows")
        yield from over
    finally:
        beside.end()


def items_of(files: Sequence[Path], tag: str) -> Iterator[Item]:
    """The rows of these files that can be read; of the others nothing is said."""
    return _items(files, tag, [], [], Counter())


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
                    made = understood(row, tag=tag)
                    talk = effort.read_back(made.conversation)
                except DataError as error:
                    seen = short(evidence(row)[:500])
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


def _with_broken(found: Iterable[Finding], broken: list[Finding]) -> Iterator[Finding]:
    """Broken rows as soon as they are met, between the findings of the others."""
    for finding in found:
        yield from broken
        broken.clear()
        yield finding
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
    special: dict[str, checks.SetCheck] = {}
    if "verbatim" in on and wanted:
        special["verbatim"] = Verbatim(made, _books(store, int(made.number("verbatim_words"))))
    if "probes" in on and wanted:
        special["probes"] = Probes(made, all_probes(project))
    kept: list[Finding] = []
    found = Tally()
    items = {item.example: item for item in _project_items(store, project, wanted)}
    for finding in checks.run(items.values(), made, on, special):
        kept.append(finding)
        found.add(finding)
        yield _flagged(finding, items.get(finding.example))
    share, seed = made.number("random_share"), int(made.number("random_seed"))
    picked = queue.sample((example.id for example in everything), share, seed)  # dropped ones too: they tell the rate
    seen = {example.id: example.revision for example in everything}
    held = findings.Held(kept, tuple(picked), seen, findings.last(store))
    if not only and not skip:
        yield from _kept(project, held)
    rate = findings.rate(store, held)
    if rate.decided:
        yield Noted("note", findings.said(rate))
    if wanted:
        yield Finished("check", found.counts(len(wanted)))
    else:
        yield Noted("note", _nothing(len(everything)))
    found.raise_on(len(wanted))


def _kept(project: Project, held: findings.Held) -> Iterator[Event]:
    """Keep the findings; where nothing can be written, say so and go on: they are told in any case."""
    try:
        findings.keep(project, held)
    except InscapeError as error:
        yield Noted("warning", f"The findings could not be kept for `inscape review --findings`. {error}")


def _nothing(dropped: int) -> str:
    if dropped:
        return f"There is nothing to check: {'the example is' if dropped == 1 else 'all examples are'} dropped."
    return (
        "There is nothing to check yet: no example. Make some with `inscape generate`, or `inscape import` some; rows "
        "in files are checked with `inscape check FILE`."
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
    templates = attempts.templates(store)
    sides = {id_: placed.side for id_, placed in splits.placed(store).items()}
    for number, example in enumerate(wanted, 1):
        source = example.provenance
        passage = attempts.passage_of(store, source.attempt) if source.attempt else None
        place = places.find(passage[2]) if passage else None
        asked = templates.get(source.attempt or "")
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
            title=_title(passage[1] if passage else "", source),
            prompt=asked.body if asked else "",
            promises_thought=asked is not None and asked.structure == "thinking",
            criteria=tuple(ticked.get(example.id, ())),
            part=sides.get(example.id, ""),
        )


def _title(passage: str, source: Provenance) -> str:
    """'The kettle, inner-monologue': what a person knows a generated example by; empty for an imported one."""
    if source.file:
        return ""
    return ", ".join(one for one in (passage or source.passage, source.template) if one)


# ---------------------------------------------------------------- mending


def fix(store: Store, at: str) -> Iterator[Event]:
    """Mend what needs no judgment, as a revision by 'rule' for each example that changes."""
    mended: list[Mended] = []
    wanted = [example for example in examples.all_examples(store) if example.verdict != "drop"]
    with store.change() as db:
        for example in wanted:
            made = mend.conversation(example.conversation)
            if made != example.conversation:
                examples.revise(db, example.id, made, "rule", at)
                mended.append(Mended(example.id, list(mend.found(example.conversation))))
    yield from mended  # once they are on the disk
    if mended:
        yield Noted("note", f"Mended {plural(len(mended), 'example')}. `inscape check --unfix` takes it back.")
    else:
        yield Noted("note", "There is nothing that could be mended without a person's judgment.")
    yield Finished("fix", {"rows": len(wanted), "mended": len(mended)})


def unfix(store: Store, at: str) -> Iterator[Event]:
    """Put back the text before the mending, wherever the mended text is still the current one."""
    back = 0
    with store.change() as db:
        for id_, before in examples.before_rules(store).items():
            examples.revise(db, id_, before, "undo", at)
            back += 1
    yield Noted(
        "note", f"{plural(back, 'example')} as before." if back else "No mended text is current: nothing to take back."
    )
    yield Finished("unfix", {"restored": back})


# ---------------------------------------------------------------- events


def _flagged(finding: Finding, item: Item | None = None) -> Flagged:
    more = (item.passage, item.template, item.title) if item else (None, None, "")
    return Flagged(**asdict(finding), passage=more[0], template=more[1], title=more[2])


class Tally:
    """Findings by severity, and the rows that have an error."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()
        self._rows: set[str | tuple[str, int]] = set()

    def add(self, finding: Finding) -> None:
        self._found[finding.severity] += 1
        if finding.severity == "error" and finding.row is not None:
            self._rows.add(finding.example or (finding.file, finding.row))  # files may share a name, examples no id

    def counts(self, rows: int) -> dict[str, int]:
        return {"rows": rows, "error_rows": len(self._rows), **{name: self._found[name] for name in SEVERITIES}}

    def raise_on(self, rows: int) -> None:
        """Raises CheckFailed where there is an error."""
        if self._rows:
            raise CheckFailed(
                f"{shares(len(self._rows), rows)}. Mend or drop {'it' if len(self._rows) == 1 else 'them'} first."
            )
        if self._found["error"]:
            raise CheckFailed(f"{plural(self._found['error'], 'error')} in the set. Mend it first.")


def shares(wrong: int, rows: int) -> str:
    """'17 of 216 rows have errors'."""
    return f"{wrong:,} of {plural(rows, 'row')} {'has' if wrong == 1 else 'have'} errors"

"""`inscape check`: what would teach the wrong thing, in the project or in any files."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from inscape.cli import common
from inscape.errors import DiskError, ProjectNotFound, UsageError
from inscape.events import Event, Finished, Flagged, Mended, Noted
from inscape.project import Project
from inscape.settings import Settings
from inscape.store import Store
from inscape.text import plural

MENDED = 5
"""Mended examples that are named one by one."""
_ORDER = {"error": 0, "warning": 1, "note": 2}


@click.command("check", short_help="Find what would teach the wrong thing, row by row and as a set.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="CHECK", help="Only these checks, with commas; may be repeated.")
@click.option("--skip", multiple=True, metavar="CHECK", help="All but these checks, with commas; may be repeated.")
@click.option(
    "--rows", default=5, show_default=True, type=click.IntRange(0), help="Rows shown of each kind of finding."
)
@click.option("--list", "listing", is_flag=True, help="Print the checks and what each looks for, and end.")
@click.option(
    "--fix", "fixing", is_flag=True, help="Mend what is safe (unseen signs, broken encoding, end tokens), and end."
)
@click.option("--unfix", "unfixing", is_flag=True, help="Take back what --fix changed, and end.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, one a line.")
def command(
    files: tuple[Path, ...], only: tuple[str, ...], skip: tuple[str, ...], rows: int, listing: bool, fixing: bool,
    unfixing: bool, as_json: bool,
) -> None:  # fmt: skip
    """Look at every example that is not dropped; or at FILES of any shape that import reads, without a project.

    An error is what no one would want to teach: a placeholder, a leaked token, a row that cannot be read. Warnings and
    notes are for your judgment. Exit code 3 when there are errors. Checks and thresholds: [check] in inscape.toml.

    \b
    Examples:
      inscape check
      inscape check train.jsonl valid.jsonl
      inscape check raw_examples.json --json > findings.jsonl
      inscape check --only filler,series --rows 20
      inscape check --fix
      inscape review --findings
    """
    if sum((listing, fixing, unfixing)) > 1:
        raise UsageError("--list, --fix and --unfix are three things; ask for one at a time.")
    if listing:
        _list()
    elif fixing or unfixing:
        _mend(files, undo=unfixing, as_json=as_json)
    elif files:
        from inscape.stages.check import check_files

        _print(check_files(files, _settings(), only, skip), rows, as_json)
    else:
        from inscape.stages.check import check_project

        project = common.here()
        with _looking(project) as store:
            _print(check_project(store, project, only, skip), rows, as_json)


@contextmanager
def _looking(project: Project) -> Iterator[Store]:
    """The project's store, held against a second writer; where nothing may be written, for looking only."""
    with ExitStack() as stack:
        try:
            store = stack.enter_context(common.writing(project, "check"))
        except DiskError:
            store = stack.enter_context(common.reading(project))
        yield store


def _settings() -> Settings:
    """Those of the project that the current folder is in, if it is in one; else the defaults and the environment."""
    from inscape import settings

    try:
        return common.here().settings
    except ProjectNotFound:
        return settings.load("", "no inscape.toml", os.environ)


def _list() -> None:
    from inscape.quality.checks import CHECKS, SHAPE

    for name, looks_for in ((SHAPE, "rows that cannot be read, and why"), *((c.name, c.looks_for) for c in CHECKS)):
        click.echo(f"{name:<16}{looks_for}")


def _mend(files: tuple[Path, ...], *, undo: bool, as_json: bool) -> None:
    from inscape.cli.lines import line
    from inscape.stages.check import fix, unfix

    if files:
        raise UsageError(
            "Only a project's examples can be mended, since only there it can be taken back: `inscape import` them."
        )
    project = common.here()
    mended = Mendings()
    with common.writing(project, "check") as store:
        events = (unfix if undo else fix)(store, common.now())
        common.draw(events, as_json, lambda event: mended.line(event) or line(event), to_the_end=True)


class Mendings:
    """The first mended examples one by one, the others as a number."""

    def __init__(self) -> None:
        self._more = 0
        self._said = 0

    def line(self, event: Event) -> str | None:
        if isinstance(event, Mended):
            self._said += 1
            if self._said <= MENDED:
                return f"  {event.example}: {', '.join(event.what)}"
            self._more += 1
        elif self._more and isinstance(event, Noted):
            more, self._more = self._more, 0
            return f"  and {more:,} more\n{event.level.capitalize()}: {event.message}"
        return None


def _print(events: Iterable[Event], rows: int, as_json: bool) -> None:
    """Findings as JSON as they come; for a person, grouped by check when all are there."""
    groups: dict[tuple[str, str], list[Flagged]] = defaultdict(list)
    with common.closed_after(events) as stream, common.heard():
        for event in stream:
            if isinstance(event, Flagged) and as_json:
                click.echo(json.dumps(_object(event), ensure_ascii=False))
            elif isinstance(event, Flagged):
                groups[(event.check, event.severity)].append(event)
            elif isinstance(event, Noted):
                click.echo(f"{event.level.capitalize()}: {event.message}", err=True)
            elif isinstance(event, Finished) and not as_json:
                _groups(groups, rows)
                click.echo(_totals(event.counts))


def _object(event: Flagged) -> dict[str, object]:
    """The finding's fields; in a project the example's id, and where it was generated its passage and template."""
    names = ("file", "row", "check", "severity", "message", "evidence")
    made: dict[str, object] = {name: getattr(event, name) for name in names}
    return made | {name: held for name in ("example", "passage", "template") if (held := getattr(event, name))}


def _groups(groups: Mapping[tuple[str, str], list[Flagged]], rows: int) -> None:
    """Errors first; inside a severity, checks in the order of the list."""
    from inscape.quality.checks import NAMES

    for check, severity in sorted(groups, key=lambda key: (_ORDER[key[1]], NAMES.index(key[0]))):
        found = groups[(check, severity)]
        color = {"error": "red", "warning": "yellow"}.get(severity)
        click.echo(click.style(f"{severity} · {check} · {len(found):,}", fg=color, bold=True))
        for one in found[:rows]:
            place = one.title or (f"{one.file}, row {one.row}" if one.row is not None else "the set")
            place += f" ({one.example})" if one.example else ""
            click.echo(f"  {place}: {one.message}" + (f"\n      {one.evidence}" if one.evidence else ""))
        if len(found) > rows:
            click.echo(f"  and {len(found) - rows:,} more")
        click.echo()


def _totals(counts: Mapping[str, int | float]) -> str:
    from inscape.stages.check import shares

    rows, wrong = int(counts["rows"]), int(counts["error_rows"])
    severities = ", ".join(plural(int(counts[name]), name) for name in _ORDER)
    return f"{shares(wrong, rows) if wrong else plural(rows, 'row')}: {severities}."

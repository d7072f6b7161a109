"""`inscape review`: keep, drop, edit; in the terminal, or from a file."""

from __future__ import annotations

import functools
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inscape.cli import common
from inscape.errors import UsageError
from inscape.events import Event, Finished, RowRejected
from inscape.project import Project, read_text
from inscape.text import plural

if TYPE_CHECKING:
    from inscape.cli.reviewer.desk import Desk
    from inscape.records import Example
    from inscape.stages.findings import Held
    from inscape.stages.review import Wanted
    from inscape.store import Store


@click.command("review", short_help="Keep, drop or edit each answer.")
@click.option("--all", "everything", is_flag=True, help="Those already decided too.")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(["undecided", "skip", "keep", "drop"]),
    help="Only examples that stand so; may be repeated. Without it: undecided, then skipped ones.",
)
@click.option("--template", metavar="NAME", help="Only examples made with this template: its name or number.")
@click.option("--passage", metavar="ID", help="Only examples of this passage: its id, or words of its title.")
@click.option("--example", metavar="ID", help="Only this example, decided or not: its id or the beginning of it.")
@click.option(
    "--findings", is_flag=True, help="Only what `inscape check` flagged, worst first, with a random tenth between."
)
@click.option("--status", is_flag=True, help="Print counts, your rate and the time left, and end.")
@click.option("--from-file", "source", type=click.Path(path_type=Path), help="Decide as this file of JSON lines says.")
@click.option("--partial", is_flag=True, help="With --from-file: take the good lines though others are broken.")
@click.option(
    "--write-decisions", "target", type=click.Path(path_type=Path), help="Write the decisions that stand to this file."
)
@common.json_option
def command(
    everything: bool,
    verdicts: tuple[str, ...],
    template: str | None,
    passage: str | None,
    example: str | None,
    findings: bool,
    status: bool,
    source: Path | None,
    partial: bool,
    target: Path | None,
    as_json: bool,
) -> None:
    """Decide about each example beside its passage. One key decides, saves and goes on: y keep, n drop, e edit,
    s skip, u undo; ? shows them all. Every decision is saved at once; undo goes back without limit, across runs.

    \b
    Examples:
      inscape review
      inscape review --verdict keep --passage kitchen
      inscape review --findings
      inscape review --status
      inscape review --from-file decisions.jsonl
      inscape review --write-decisions decisions.jsonl
    """
    from inscape.stages import review
    from inscape.stages.review import Wanted

    if sum((status, source is not None, target is not None)) > 1:
        raise UsageError("--status, --from-file and --write-decisions are three things; ask for one at a time.")
    if partial and source is None:
        raise UsageError("--partial goes with --from-file.")
    project = common.here()
    held = _held(project) if findings else None
    wanted = Wanted(verdicts, template, passage, example, everything, held.order if held else None)
    if status:
        _status(project, held, as_json)
    elif target is not None:
        with common.reading(project) as store:
            common.draw(review.write_decisions(store, project, target.absolute()), as_json, _line)
    elif source is not None:
        text = read_text(source)
        with common.writing(project, "review") as store:
            events = review.apply(store, project, text, str(source), common.now(), partial=partial)
            common.draw(events, as_json, _line)
    else:
        _in_terminal(project, wanted, held, as_json)


def _held(project: Project) -> Held:
    from inscape.stages.findings import stored

    return stored(project)


def _status(project: Project, held: Held | None, as_json: bool) -> None:
    """The counts and the rate; with findings, what the random tenth says in words."""
    from inscape.stages import findings, review

    with common.reading(project) as store:
        pace = project.settings.whole("review.words_per_minute")
        common.draw(review.status(store, pace, findings.counts(store, project)), as_json, _line)
        if held is not None:
            common.draw(findings.told(store, held), as_json, _line)


def _in_terminal(project: Project, wanted: Wanted, held: Held | None, as_json: bool) -> None:
    """The reviewer's screen; it says so where there is no terminal to draw it on."""
    from inscape.cli.reviewer.desk import Desk
    from inscape.stages import findings, review
    from inscape.stages.surroundings import Places

    _need_terminal(as_json)
    items, missing = review.checklist(project)
    if missing:
        click.echo(missing, err=True)
    with common.writing(project, "review") as store:
        import time

        wanted = replace(wanted, again=findings.again(store, held)) if held else wanted
        found = review.queue(store, wanted)
        hello = _hello(store, held)
        if hello:
            click.echo(hello, err=True)
        if not found:
            common.draw(review.nothing(store, wanted), as_json, _line)
            return
        desk = Desk(
            store, project, items, Places(store, project), time.monotonic, common.now, held=held, hello=hello
        )  # fmt: skip
        events = _screened(desk, found)
        common.draw(events if as_json else list(events)[-1:], as_json, functools.partial(_line, again=_again(wanted)))
    for path in desk.unsaved:
        click.echo(f"An edit that you did not keep stands in {path}", err=True)


def _hello(store: Store, held: Held | None) -> str:
    """What is to be known of the findings before the first example."""
    from inscape.stages.findings import older

    if held is None:
        return ""
    plain = "" if held.flagged else "`inscape check` flagged no example; what comes was drawn at random."
    return " ".join(filter(None, (plain if held.order else "", older(store, held))))


def _again(wanted: Wanted) -> str:
    """The command that goes on with the same examples."""
    words = ["inscape", "review", *(["--findings"] if wanted.order is not None else [])]
    words += ["--all"] if wanted.everything else []
    for name, value in (("template", wanted.template), ("passage", wanted.passage), ("example", wanted.example)):
        words += [f"--{name}", value] if value else []
    for verdict in wanted.verdicts:
        words += ["--verdict", verdict]
    return shlex.join(words)


def _screened(desk: Desk, found: Sequence[Example]) -> Iterator[Event]:
    """The events of a run on the real screen, which is given back before the last one."""
    from inscape.cli.reviewer.desk import run
    from inscape.cli.reviewer.terminal import Screen

    last: Event | None = None
    with Screen().opened() as screen:
        for event in run(desk, screen, found):
            if isinstance(event, Finished):
                last = event
            else:
                yield event
    if last is not None:
        yield last


def _need_terminal(as_json: bool) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "`inscape review` needs a terminal to show the examples and read keys, and this is none. For a script: "
            "`inscape review --from-file decisions.jsonl`, and `inscape review --status` for the counts."
        )
    if as_json and sys.stdout.isatty():
        raise UsageError(
            "--json prints the events on stdout while the screen is on this terminal; send them to a file: "
            "`inscape review --json > events.jsonl`."
        )


def _line(event: Event, again: str = "inscape review") -> str | None:
    """What a person is told: what was refused, and the totals."""
    from inscape.cli.lines import line

    match event:
        case RowRejected(path, row, reason):
            return f"{path}, line {row}: {reason}"
        case Finished("review", counts) if "undecided" in counts:
            return _stands(counts)
        case Finished("review", counts) if "unchanged" in counts:
            more = f", {plural(int(counts['rejected']), 'line')} not taken" if counts["rejected"] else ""
            return f"{_said(counts)}; {counts['unchanged']:,} stood so already{more}."
        case Finished("review", counts):
            return f"{_said(counts)}. {_left(int(counts['left']), int(counts['others']), again)}"
        case _:
            return line(event)


def _said(counts: Mapping[str, int | float]) -> str:
    return f"Kept {counts['keep']:,}, dropped {counts['drop']:,}, skipped {counts['skip']:,}"


def _left(left: int, undecided: int, again: str) -> str:
    from inscape.stages.review import others

    said = f"{left:,} left; `{again}` goes on." if left else "None of these left." if undecided else "None left."
    return f"{said} {others(undecided)}" if undecided else said


def _stands(counts: Mapping[str, int | float]) -> str:
    from inscape.review.pace import duration

    said = f"{_said(counts)}; {counts['undecided']:,} undecided."
    if "per_hour" not in counts:
        return said
    if counts["measured"]:
        return f"{said}\nYour rate: {counts['per_hour']:.0f}/h; {duration(counts['seconds_left'])} left."
    rate = f"about {counts['per_hour']:.0f}/h, {duration(counts['seconds_left'])} left"
    return f"{said}\nBy reading speed: {rate} (your own rate is known after ten decisions)."

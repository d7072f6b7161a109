"""`inscape answers`: the log of what was asked and answered; a look at one; mending one by hand."""

from __future__ import annotations

from pathlib import Path

import click

from inscape.cli import common
from inscape.errors import UsageError
from inscape.events import AnswerListed, Event, Finished
from inscape.text import shorten

STATES = ("planned", "sent", "done", "unparsed", "refused", "failed", "unknown")


@click.group("answers", short_help="What was asked and what came of it; show or mend one.", invoke_without_command=True)
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only this state; may be repeated.")
@common.json_option
@click.pass_context
def command(ctx: click.Context, states: tuple[str, ...], as_json: bool) -> None:
    """List every prompt that was planned or sent, with what became of it.

    done: it became examples. unparsed: an answer that could not be read; it is kept, and can be asked again or mended.
    refused: the teacher would not. failed: no answer. unknown: in flight when a run was cut off, perhaps billed; the
    next run asks again. planned: not sent yet.

    \b
    Examples:
      inscape answers --state unparsed
      inscape answers show 3f9a
      inscape answers mend 3f9a
    """
    if ctx.invoked_subcommand:
        if states or as_json:
            raise UsageError("--state and --json belong to the list: `inscape answers --state unparsed`.")
        return
    from inscape.stages.answers import answers

    with common.reading(common.here()) as store:
        common.draw(answers(store, states), as_json, _line)  # type: ignore[arg-type]


def _line(event: Event) -> str | None:
    if isinstance(event, AnswerListed):
        made = f"{event.examples} ex." if event.examples else ""
        head = f"{event.key[:8]}  {event.state:<8}  {shorten(event.passage, 24):<24}  {event.template:<18}  {made:<6}"
        return f"{head}  {shorten(event.problem or '', 100)}".rstrip()
    if isinstance(event, Finished):
        return ", ".join(f"{n:,} {state}" for state, n in event.counts.items()) or "No answers yet: `inscape generate`."
    return None


@command.command("show", short_help="The prompt and the raw answer.")
@click.argument("key")
def show(key: str) -> None:
    """Show one prompt and its answers, exactly as they went out and came in. KEY: the beginning of its key.

    An answer that was asked for again stands there with the one before it; the last one counts.

    \b
    Examples:
      inscape answers show 3f9a
    """
    from inscape.stages.answers import one
    from inscape.store import attempts

    with common.reading(common.here()) as store:
        found = one(store, key)
        came = attempts.replies(store, found.key)
    head = f"{found.key}  {found.state}  {found.passage} × {found.template}  by {found.teacher}, {found.tries} tries"
    click.echo(head + (f"\n{found.error}" if found.error else ""), err=True)
    click.echo(f"--- prompt\n{found.prompt}")
    for at, text in came or [("none yet", "")]:
        click.echo(f"--- answer, {at}\n{text}")


@command.command("mend", short_help="Correct an answer that could not be read.")
@click.argument("key")
@click.option("--file", type=click.Path(path_type=Path), help="Take the mended answer from this file, not an editor.")
@common.json_option
def mend(key: str, file: Path | None, as_json: bool) -> None:
    """Correct an answer in your editor (or with --file), have it read again, and keep its examples as your work.

    The teacher's own text stays in the log as it came. What still cannot be read changes nothing.

    \b
    Examples:
      inscape answers mend 3f9a
      inscape answers mend 3f9a --file mended.json
    """
    from inscape.cli.asking import line
    from inscape.project import read_text
    from inscape.stages.answers import mend, one

    project = common.here()
    with common.writing(project, "answers mend") as store:
        found = one(store, key)
        text = read_text(file) if file else _edited(found.reply or "")
        tag = project.settings.text("examples.tag")
        common.draw(mend(store, found, text, tag, common.now()), as_json, line)


def _edited(text: str) -> str:
    made = click.edit(text, extension=".json", require_save=True)
    if made is None:
        raise UsageError("The editor was closed without saving; nothing was changed.")
    return made

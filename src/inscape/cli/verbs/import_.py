"""`inscape import`: existing rows into examples."""

from __future__ import annotations

import functools
from pathlib import Path

import click

from inscape.cli import common
from inscape.events import Event, Finished


@click.command("import", short_help="Take existing JSON, JSONL or CSV rows as examples.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--tag", help="Name of the tag around thoughts in these files (setting examples.tag).")
@click.option("--keep", is_flag=True, help="Count the new rows as kept: they were reviewed before.")
@common.json_option
def command(files: tuple[Path, ...], tag: str | None, keep: bool, as_json: bool) -> None:
    """Take rows of any shape that people have, and report each row that was not understood, and why.

    Shapes: instruction/input/output, conversations, messages, prompt/completion, turns with assistant_internal, mixed
    as they come. A row that is already in the project is not added twice.

    \b
    Examples:
      inscape import raw_examples.json
      inscape import old/*.jsonl --json > import.log
      inscape import my_finished_set.jsonl --keep
    """
    from inscape.stages.import_ import import_

    project = common.here()
    settings = project.settings.with_flags({"examples.tag": tag})
    with common.writing(project, "import") as store:
        tag, reviewer = settings.text("examples.tag"), settings.text("review.reviewer")
        events = import_(store, files, tag, common.now(), keep=keep, reviewer=reviewer)
        common.draw(events, as_json, functools.partial(_line, keep=keep), to_the_end=True)


def _line(event: Event, keep: bool) -> str | None:
    from inscape.cli.lines import line

    said = line(event)
    if isinstance(event, Finished) and event.counts.get("imported"):
        return f"{said} Next:\n  inscape check" + ("\n  inscape split" if keep else "\n  inscape review")
    return said

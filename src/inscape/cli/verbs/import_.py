"""`inscape import`: existing rows into examples."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from inscape.cli import common
from inscape.events import Event, Finished


@click.command("import", short_help="Take existing JSON, JSONL or CSV rows as examples.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--tag", help="Name of the tag around thoughts in these files (setting examples.tag).")
@click.option("--keep", is_flag=True, help="Count the new rows as kept: they were reviewed before.")
@click.option("--renew", is_flag=True, help="Drop what came from these files before and is in them no longer.")
@common.json_option
def command(files: tuple[Path, ...], tag: str | None, keep: bool, renew: bool, as_json: bool) -> None:
    """Take rows of any shape that people have, and report each row that was not understood, and why.

    Shapes: instruction/input/output, conversations, messages, prompt/completion, turns with assistant_internal, mixed
    as they come. A row that is already in the project is not added twice.

    Where the files are the truth, --renew makes the project follow them: what is no longer in its file is dropped, not
    deleted, and taken up again when it is back.

    \b
    Examples:
      inscape import raw_examples.json
      inscape import old/*.jsonl --json > import.log
      inscape import my_finished_set.jsonl --keep
      inscape import rows/*.jsonl --keep --renew
    """
    from inscape.stages.import_ import import_

    project = common.here()
    settings = project.settings.with_flags({"examples.tag": tag})
    with common.writing(project, "import") as store:
        tag, reviewer = settings.text("examples.tag"), settings.text("review.reviewer")
        events = import_(store, files, tag, common.now(), keep=keep, renew=renew, reviewer=reviewer)
        common.draw(events, as_json, functools.partial(_line, keep=keep), to_the_end=True)


def _line(event: Event, keep: bool) -> str | None:
    from inscape.cli.lines import line

    said = line(event)
    if not isinstance(event, Finished):
        return said
    said = "\n".join([said or "", *_renewed(event.counts)])
    if event.counts.get("imported"):
        said += (" Next:" if "\n" not in said else "\nNext:") + "\n  inscape check"
        said += "\n  inscape split" if keep else "\n  inscape review"
    return said


def _renewed(counts: Mapping[str, int | float]) -> Iterator[str]:
    """What --renew did, where it did something."""
    if dropped := counts.get("dropped"):
        yield f"{dropped:,} dropped: no longer in {'its file' if dropped == 1 else 'their files'}."
    if back := counts.get("returned"):
        yield f"{back:,} taken up again: back in {'its file' if back == 1 else 'their files'}."

"""`inscape passages`: passages.md, listed and checked."""

from __future__ import annotations

from collections.abc import Iterator

import click

from inscape.cli import common
from inscape.errors import CheckFailed
from inscape.events import Event, Finished
from inscape.text import plural


@click.command("passages", short_help="List and check passages.md.")
@click.option("--write", is_flag=True, help="Add Id and Source lines to passages.md; a Source line of your own stays.")
@click.option("--path", is_flag=True, help="Print only the path of passages.md.")
@common.json_option
def command(write: bool, path: bool, as_json: bool) -> None:
    """List the passages of passages.md, each with its place in the book, and say what is wrong with the file.

    A quote is found where spacing, quotes or hyphens differ; one that cannot be found is kept and marked. Nothing is
    written to the file without --write. Exit code 3 when the file has errors, 1 when it cannot be read at all.

    \b
    Examples:
      inscape passages
      inscape passages --json | jq -r .title
      $EDITOR "$(inscape passages --path)"
    """
    from inscape.cli.lines import line
    from inscape.stages.passages import passages

    project = common.here()
    if path:
        click.echo(project.passages)
        return
    opened = common.writing(project, "passages") if write else common.reading(project)
    with opened as store:
        common.draw(_judged(passages(store, project, write)), as_json, lambda e: _line(e) or line(e))


def _judged(events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        yield event
        if isinstance(event, Finished) and event.counts["errors"]:
            number = int(event.counts["errors"])
            raise CheckFailed(f"passages.md has {number} error{'s' if number > 1 else ''} (see above).")


def _line(event: Event) -> str | None:
    if not isinstance(event, Finished):
        return None
    counts = event.counts
    if not counts["passages"]:
        return "passages.md holds no passage yet. Its first lines show how one is written."
    parts = [f"{counts[k]} {k}" for k in ("anchored", "not found", "no book") if counts.get(k)]
    return f"\n{plural(int(counts['passages']), 'passage')}: {', '.join(parts)}."

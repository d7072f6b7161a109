"""`inscape restore`: the database again, out of dataset/."""

from __future__ import annotations

import click

from inscape.cli import common
from inscape.events import Event, Finished


@click.command("restore", short_help="Make the database again from dataset/, after a clone.")
@common.json_option
def command(as_json: bool) -> None:
    """Make inscape.db again from dataset/: in a clone from git, or where the database is lost.

    The kept examples come back with their ids, texts, decisions, sources and sides of the split. All of it or none of
    it: a broken line is named, and nothing is taken then. A database that holds examples is never touched.

    \b
    Examples:
      git clone URL my-author && cd my-author && inscape restore
      inscape restore --json
    """
    from inscape.stages.restore import restore

    project = common.here()
    with common.writing(project, "restore") as store:
        common.draw(restore(store, project, common.now()), as_json, line)


def line(event: Event) -> str | None:
    """As other verbs do, and what comes next."""
    from inscape.cli import lines

    match event:
        case Finished("restore"):
            return "Next: inscape check, then inscape export."
        case _:
            return lines.line(event)

"""`inscape doctor`: what is there and what is missing."""

from __future__ import annotations

import os

import click

from inscape.cli import common
from inscape.errors import InscapeError, ProjectNotFound
from inscape.events import Event, Finished, Found

MARKS = {"ok": "✓", "note": "·", "missing": "✗"}


@click.command("doctor", short_help="Say what is there and what is missing.")
@common.json_option
def command(as_json: bool) -> int:
    """Look at this machine and this project and say what is missing. Changes nothing. Exit code 1 if something is.

    \b
    Examples:
      inscape doctor
      inscape doctor --json
    """
    from inscape.stages.doctor import doctor

    def drawn(event: Event) -> str | None:
        if isinstance(event, Found):
            return f"{MARKS[event.state]} {event.what:<21} {event.detail}"
        return None

    project, problem = None, None
    try:
        project = common.here()
    except ProjectNotFound:
        pass
    except InscapeError as error:
        problem = error
    events = list(doctor(project, problem, os.environ))
    common.draw(events, as_json, drawn)
    return int(any(isinstance(e, Finished) and e.counts["missing"] for e in events))

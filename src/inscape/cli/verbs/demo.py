"""`inscape demo`: the whole road on the sample book."""

from __future__ import annotations

import os
from pathlib import Path

import click

from inscape.cli import common


@click.command("demo", short_help="Walk the whole road on a sample book, offline.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("inscape-demo"))
@click.option("--fresh", is_flag=True, help="Begin again where a demo already stands.")
@common.json_option
def command(folder: Path, fresh: bool, as_json: bool) -> None:
    """Make a project from the sample book that comes with inscape, without a key and without a network.

    The teacher's answers were recorded: a language model wrote each from exactly the prompt that is rendered here.
    Everything else happens for real, by the same verbs that you will use.

    \b
    Examples:
      inscape demo
      inscape demo ~/try-inscape
    """
    from inscape.cli.tour import Tour
    from inscape.stages.demo import demo

    common.draw(demo(folder, fresh, os.environ, common.now()), as_json, Tour(folder).line)

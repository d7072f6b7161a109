"""`inscape config`: each setting and where its value comes from."""

from __future__ import annotations

import json
import os

import click

from inscape import settings
from inscape.cli import common
from inscape.errors import ProjectNotFound, UsageError


@click.command("config", short_help="Show each setting, its value and where it comes from.")
@click.argument("key", required=False)
@click.option("--path", is_flag=True, help="Print only the path of the project's inscape.toml.")
@click.option("--json", "as_json", is_flag=True, help="One object a line: key, value, origin.")
def command(key: str | None, path: bool, as_json: bool) -> None:
    """Show the settings in force: a flag over the environment over inscape.toml over the default. With KEY: its value.

    Every setting can also be given as an environment variable, such as INSCAPE_TEACHER_MODEL for teacher.model.

    \b
    Examples:
      inscape config
      inscape config teacher.model
      $EDITOR "$(inscape config --path)"
    """
    if path:
        click.echo(common.here().config)
        return
    try:
        found = common.here().settings
    except ProjectNotFound:
        found = settings.load("", "defaults", os.environ)
    if key and key not in found.values:
        raise UsageError(f"There is no setting {key}. `inscape config` lists them all.")
    if key and not as_json:
        click.echo(found.values[key])
        return
    for name in [key] if key else [s.key for s in settings.SETTINGS]:
        _show(name, found, as_json)
    for name, value in {} if key else found.slots.items():
        click.echo(
            json.dumps({"key": f"slots.{name}", "value": value, "origin": "inscape.toml"})
            if as_json
            else f"{'slots.' + name:<24} {json.dumps(value, ensure_ascii=False):<28} inscape.toml"
        )


def _show(key: str, found: settings.Settings, as_json: bool) -> None:
    value, origin = found.values[key], found.origins[key]
    if as_json:
        click.echo(json.dumps({"key": key, "value": value, "origin": origin}, ensure_ascii=False))
    else:
        click.echo(f"{key:<24} {json.dumps(value, ensure_ascii=False):<28} {origin}")

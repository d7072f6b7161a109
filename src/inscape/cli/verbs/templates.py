"""`inscape templates`: the prompts that draw the inside of a passage out of a teacher."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from inscape.cli import common
from inscape.errors import CheckFailed, ProjectNotFound, UsageError
from inscape.events import Event, Finished, TemplateFound
from inscape.project import Project
from inscape.text import plural


@click.group("templates", short_help="List, show, copy, check and preview templates.")
def command() -> None:
    """The five core templates and your own.

    A template of yours with the number or name of a core one takes its place. `list`, `show` and `check` also work
    outside a project, on the core templates.

    \b
    Examples:
      inscape templates list
      inscape templates preview 1 --passage 2
      inscape templates new thresholds --from inner-monologue
    """


@command.command("list")
@common.json_option
def list_(as_json: bool) -> None:
    """List every template: number, name, structure, what it is for.

    \b
    Examples:
      inscape templates list
      inscape templates list --json
    """
    from inscape.cli.lines import line
    from inscape.stages import templates

    events = templates.listing(templates.available(_project()))
    common.draw(events, as_json, lambda e: _line(e) if isinstance(e, TemplateFound) else line(e))


@command.command("show")
@click.argument("template")
def show(template: str) -> None:
    """Print a template, by number or name, as its file holds it.

    \b
    Examples:
      inscape templates show 1
      inscape templates show meta-awareness
    """
    from inscape.stages import templates

    click.echo(templates.text_of(templates.available(_project()).get(template)), nl=False)


@command.command("path")
def path() -> None:
    """Print the folder of your own templates.

    \b
    Examples:
      ls "$(inscape templates path)"
    """
    click.echo(common.here().templates)


@command.command("new")
@click.argument("name")
@click.option("--from", "origin", default="1", show_default=True, help="The template to begin from, by number or name.")
def new(name: str, origin: str) -> None:
    """Make a template of your own, beginning as a copy of another.

    \b
    Examples:
      inscape templates new thresholds
      inscape templates new "Waiting rooms" --from continuity
    """
    from inscape.stages import templates

    project = common.here()
    made = templates.copy(project, name, templates.available(project).get(origin))
    click.echo(f"{project.relative(made)} is yours to edit. Then:")
    click.echo(f"  inscape templates check\n  inscape templates preview {made.stem}")


@command.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@common.json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with templates: a missing slot, one that nothing fills, a structure that does not exist.

    Exit code 3 when there are errors.

    \b
    Examples:
      inscape templates check
      inscape templates check elicitation_templates.md
    """
    from inscape.cli.lines import line
    from inscape.stages import templates

    def drawn(event: Event) -> str | None:
        if isinstance(event, Finished):
            errors = int(event.counts["errors"])
            read = plural(int(event.counts["checked"]), "template")
            return f"{read} read, {plural(errors, 'error') if errors else 'no errors'}."
        return line(event)

    common.draw(_judged(templates.check(_project(), files)), as_json, drawn)


@command.command("preview")
@click.argument("template")
@click.option("--passage", help="Id or number of the passage; the first of passages.md by default.")
@click.option("--slot", "given", multiple=True, metavar="NAME=VALUE", help="A value for a named slot; may be repeated.")
def preview(template: str, passage: str | None, given: tuple[str, ...]) -> None:
    """Print the prompt exactly as a teacher would get it, on one of your passages.

    \b
    Examples:
      inscape templates preview 1
      inscape templates preview continuity --passage 2 | wc -w
    """
    from inscape.stages import templates

    project = common.here()
    values = dict(_pair(one) for one in given)
    chosen = templates.available(project).get(template)
    on = templates.passage(project, passage)
    with common.reading(project) as store:
        click.echo(templates.preview(store, project, chosen, on, values))


def _project() -> Project | None:
    try:
        return common.here()
    except ProjectNotFound:
        return None


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--slot {text!r} must be NAME=VALUE.")
    return name.strip(), value


def _judged(events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        yield event
        if isinstance(event, Finished) and event.counts["errors"]:
            raise CheckFailed("Some templates cannot be used as they are (see above).")


def _line(event: TemplateFound) -> str:
    number = str(event.number) if event.number is not None else "-"
    own = "" if event.source == "core" else f" ({event.source})"
    turns = "-".join(str(n) for n in dict.fromkeys(event.exchanges))
    shape = f"{event.structure}, {turns} exchange{'' if event.exchanges[1] == 1 else 's'}"
    usable = f"\n     CANNOT BE USED: {event.problem}" if event.problem else ""
    about = f"{shape:<24} {event.purpose}".rstrip()
    return f"{number:>3}  {event.name:<18} {event.title}{own}\n     {about}{usable}"

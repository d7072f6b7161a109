"""`inscape export`: kept examples into training files."""

from __future__ import annotations

from pathlib import Path

import click

from inscape import export as formats
from inscape.cli import common
from inscape.errors import UsageError


@click.command("export", short_help="Write the kept examples as training files.")
@click.option(
    "--format", "names", multiple=True, type=click.Choice([*formats.formats(), "all"]), help="Which; may be repeated."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The file to write (.json: one array; else one row a line)."
)
@click.option("--tag", help="Name of the tag around a thought (setting examples.tag).")
@click.option(
    "--thoughts",
    type=click.Choice(["tag", "field", "drop"]),
    default="tag",
    show_default=True,
    help="Thoughts inside the reply in a tag, in a field of their own where the format has one, or left out.",
)
@common.json_option
def command(
    names: tuple[str, ...], out: Path | None, tag: str | None, thoughts: formats.Thoughts, as_json: bool
) -> None:
    """Write every kept example in a format. Conversations and single instructions reach every format; none is lost.

    In alpaca and prompt-completion a conversation becomes one row for each assistant turn, with only the history before
    it in the prompt. Files go to exports/; dataset/ gets the examples in canonical form and your decisions, for git.

    \b
    Examples:
      inscape export --format messages
      inscape export --format all
      inscape export --format alpaca --thoughts drop --out alpaca.json
    """
    from inscape.cli.lines import line
    from inscape.stages.export import export

    chosen = formats.formats() if "all" in names else list(dict.fromkeys(names))
    if not chosen:
        raise UsageError(f"Say which format: --format {'|'.join(formats.formats())}, or --format all.")
    if out and len(chosen) > 1:
        raise UsageError("--out takes one file; name one --format with it.")
    project = common.here()
    settings = project.settings.with_flags({"examples.tag": tag})
    options = formats.Options(tag=settings.text("examples.tag"), thoughts=thoughts)
    with common.writing(project, "export") as store:
        common.draw(export(store, project, chosen, options, out), as_json, line)

"""`inscape export`: kept examples into training files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import click

from inscape import export as formats
from inscape import targets
from inscape.cli import common
from inscape.errors import UsageError
from inscape.events import Event, Exported, FileWritten
from inscape.examples import effort as effort_policies
from inscape.project import Project
from inscape.text import readable


@click.command("export", short_help="Write the kept examples as training files.")
@click.option(
    "--format", "names", multiple=True, type=click.Choice([*formats.formats(), "all"]), help="Which; may be repeated."
)
@click.option(
    "--for", "trainers", multiple=True, type=click.Choice(targets.names()),
    help="A folder for this trainer: rows, config and command; may be repeated.",
)  # fmt: skip
@click.option(
    "--model", metavar="NAME_OR_PATH", help="The model to train: its folder here, or the trainer's name for it."
)
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="The model's chat template, where the model is not on this machine.",
)
@click.option(
    "--encoding",
    type=click.Choice(["content", "reasoning_content"]),
    help="Where thoughts stand in --for's rows, stated by you instead of found from the template.",
)
@click.option(
    "--private-too",
    is_flag=True,
    help="Let texts from private books, and personal data, into folders for uploading (openai, hf).",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The file to write (.json: one array; else one row a line)."
)
@click.option(
    "--replace", is_flag=True, help="Write over files that are not as an export left them. Never the project's own."
)
@click.option("--tag", help="Name of the tag around a thought (setting examples.tag).")
@click.option(
    "--thoughts",
    type=click.Choice(["tag", "field", "drop"]),
    help="With --format: thoughts in a tag in the reply (so without this), in a field where the format has one, or "
    "left out.",
)
@click.option(
    "--effort",
    type=click.Choice(effort_policies.POLICIES),
    help="Where effort goes into the text: the answer's first token, a line of the system prompt, both, or nowhere "
    "(setting export.effort).",
)
@common.json_option
def command(
    names: tuple[str, ...],
    trainers: tuple[str, ...],
    model: str | None,
    template: Path | None,
    encoding: Literal["content", "reasoning_content"] | None,
    private_too: bool,
    out: Path | None,
    replace: bool,
    tag: str | None,
    thoughts: formats.Thoughts | None,
    effort: effort_policies.Policy | None,
    as_json: bool,
) -> None:
    """Write every kept example in a format. Conversations and single instructions reach every format; none is lost.

    In alpaca and prompt-completion a conversation becomes one row for each assistant turn, with only the history before
    it in the prompt. Files go to exports/; dataset/ gets the examples in canonical form and your decisions, for git.

    With --for, the rows of each trainer are rendered with the model's chat template first: thoughts are written so that
    none is lost, or the export is refused with the reason. Nothing is downloaded.

    \b
    Examples:
      inscape export --for trl --model ~/models/Qwen3-8B
      inscape export --for mlx --for axolotl --model Qwen/Qwen3-8B --template qwen3.jinja
      inscape export --for openai --model gpt-4.1-mini-2025-04-14
      inscape export --format messages
      inscape export --format all
      inscape export --format prompt-completion --effort first-token
      inscape export --format alpaca --thoughts drop --out alpaca.json
    """
    from inscape.cli.lines import line
    from inscape.stages.export import export
    from inscape.stages.export_for import export_for
    from inscape.stages.model_folder import check_name
    from inscape.stages.trained_model import Wanted

    check_name(model)
    _check(names, trainers, model or template or encoding, out, thoughts)
    project = common.here()
    project = dataclasses.replace(
        project, settings=project.settings.with_flags({"examples.tag": tag, "export.effort": effort})
    )
    shown = _shown(project)
    with common.writing(project, "export") as store:
        if trainers:
            wanted = Wanted(tuple(dict.fromkeys(trainers)), model, template, encoding, private_too, replace)
            events = export_for(store, project, wanted, os.environ, shown)
        else:
            chosen = formats.formats() if "all" in names else list(dict.fromkeys(names))
            options = formats.Options.of(project.settings.values, thoughts or "tag")
            events = export(store, project, chosen, options, out, replace=replace, shown=shown)
        common.draw(events, as_json, lambda event: line(_from_here(event, project)))


def _shown(project: Project) -> Callable[[Path], str]:
    """A path of the project as one types it in the folder where the person stands."""

    def shown(path: Path) -> str:
        here = Path.cwd()
        real = path.resolve()
        if here == project.root or not real.is_relative_to(project.root):
            return project.relative(path)
        return readable(os.path.relpath(real, here))

    return shown


def _from_here(event: Event, project: Project) -> Event:
    """The event with its path for where the person stands; as JSON it keeps the path in the project."""
    if isinstance(event, FileWritten | Exported):
        return dataclasses.replace(event, path=_shown(project)(project.root / event.path))
    return event


def _check(
    names: tuple[str, ...], trainers: tuple[str, ...], of_model: object, out: Path | None, thoughts: str | None
) -> None:
    """Raises UsageError where the options do not fit together."""
    if trainers and (names or out):
        raise UsageError("--for writes a trainer's folder into exports/; it takes no --format and no --out.")
    if trainers and thoughts:
        raise UsageError(
            "--for writes thoughts as the model's chat template wants them, so that none is lost; it takes no "
            "--thoughts. --format messages --thoughts drop writes rows without them."
        )
    if of_model and not trainers:
        raise UsageError("--model, --template and --encoding belong to --for; say which trainer.")
    if not trainers and not names:
        every = "|".join(formats.formats())
        raise UsageError(f"Say which format: --format {every}, or --format all; or for which trainer: --for trl.")
    if out and (len(set(names)) > 1 or "all" in names):
        raise UsageError("--out takes one file; name one --format with it.")
    if out and out.is_dir():
        raise UsageError(f"--out {out} is a folder. Name a file in it.")

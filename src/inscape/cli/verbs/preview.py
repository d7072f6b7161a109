"""`inscape preview`: what a model sees of each row, what it learns, and what would vanish."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from inscape.cli import common
from inscape.errors import ProjectNotFound, UsageError
from inscape.events import Event, TurnPreviewed

if TYPE_CHECKING:
    from inscape.examples.effort import Policy, Scale
    from inscape.rendering.encode import Encoding
    from inscape.settings import Settings
    from inscape.stages.preview import Row

FIRST = 2
"""Rows that are shown where none is named."""


@click.command("preview", short_help="Show what a model sees and learns of each row.")
@click.option("--model", required=True, help="A model's folder, a .jinja file, or a name in the hub's cache here.")
@click.option("--file", type=click.Path(path_type=Path), help="Rows of this file, not of a project's kept examples.")
@click.option("--row", type=click.IntRange(1), help="Show this row, counted from 1.")
@click.option("--example", metavar="ID", help="Show this example.")
@click.option(
    "--max-length", type=click.IntRange(1), default=2048, show_default=True, help="The sequence length, in tokens."
)
@click.option("--tag", help="Name of the tag around a thought (setting examples.tag).")
@click.option(
    "--as",
    "forced",
    type=click.Choice(["content", "reasoning_content", "thinking", "reasoning"]),
    help="Look at thoughts written this way, not the way that fits the template.",
)
@click.option("--json", "as_json", is_flag=True, help="One object for each row and assistant turn, with its verdict.")
def command(
    model: str, file: Path | None, row: int | None, example: str | None, max_length: int, tag: str | None,
    forced: Encoding | None, as_json: bool,
) -> None:  # fmt: skip
    """Render rows through a model's chat template, as its trainer would, and say what becomes of them.

    For each row: the text before the answer at inference and in training, the text that carries loss (tokens in color
    where there is a tokenizer.json and inscape[preview] is installed), and a verdict: is the thought trained, does the
    model still see it later, is the prompt the beginning of the training text, is anything cut. Then the verdict on
    all rows. Nothing is downloaded and nothing is written.

    \b
    Examples:
      inscape preview --model ~/models/Qwen3-8B
      inscape preview --model template.jinja --row 3 --max-length 1024
      inscape preview --model template.jinja --file rows.jsonl --json
      inscape preview --model ~/models/Qwen3-8B --as content
    """
    from inscape.stages.model_folder import check_name, find
    from inscape.stages.preview import Options, preview

    check_name(model)
    if row and example:
        raise UsageError("--row and --example each name a row; give one of them.")
    settings = _settings(file).with_flags({"examples.tag": tag})
    rows = _rows(file, settings)
    named = {one.number for one in rows if _named(one, row, example)} if row or example else set()
    if not (named or (rows and not row and not example)):
        raise UsageError(_no_such(row, example, len(rows)))
    options = Options(
        tag=settings.text("examples.tag"),
        limit=max_length,
        shown=lambda one: not as_json and one.number in (named or {one.number for one in rows[:FIRST]}),
        forced=forced,
        effort=cast("Policy", settings.text("export.effort")),
        scale=cast("Scale", settings.text("export.effort_levels")),
    )
    _draw(preview(rows, find(model, os.environ), options), as_json, named)


def _draw(events: Iterable[Event], as_json: bool, named: set[int]) -> None:
    """As text, or, of every row or the named ones, one object for each turn."""
    from inscape.cli.context import Page

    page = Page()
    for event in events:
        if as_json and isinstance(event, TurnPreviewed) and (not named or event.row in named):
            click.echo(json.dumps(dataclasses.asdict(event), ensure_ascii=False))
        elif not as_json and (text := page.line(event)):
            click.echo(text)


def _settings(file: Path | None) -> Settings:
    """The project's settings; without one, the defaults, if there is a file to look at."""
    from inscape import settings

    try:
        return common.here().settings
    except ProjectNotFound:
        if file is None:
            raise
        return settings.load("", "inscape.toml", os.environ)


def _rows(file: Path | None, settings: Settings) -> list[Row]:
    from inscape.events import RowRejected
    from inscape.stages.persona import under_system
    from inscape.stages.preview import rows_kept, rows_of
    from inscape.store import examples

    if file is None:
        project = common.here()
        with common.reading(project) as store:
            return rows_kept(under_system(project, examples.kept(store)))
    rows = []
    for found in rows_of(file, settings.text("examples.tag")):
        if isinstance(found, RowRejected):
            click.echo(f"{found.path}, row {found.row}: {found.reason}", err=True)
        else:
            rows.append(found)
    return rows


def _named(row: Row, number: int | None, example: str | None) -> bool:
    if example is None:
        return row.number == number
    return row.example.id.startswith(example) or row.example.id == f"e-{example}"


def _no_such(row: int | None, example: str | None, rows: int) -> str:
    if not rows:
        return "There is no row to look at. Keep examples with `inscape review`, or name a file with --file."
    return f"There is no {f'row {row}' if row else f'example {example}'} among these {rows:,}."

"""`inscape merge`: a base and its adapter become one model."""

from __future__ import annotations

import os
from pathlib import Path

import click

from inscape.cli import common, model_lines
from inscape.stages.merge import Dtype


@click.command("merge", short_help="Make one model of a base and the adapter that was trained.")
@click.argument("what", metavar="RUN|ADAPTER")
@click.option("--base", default="", help="The model that the adapter was trained on; else as run or adapter name it.")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write (runs/RUN/merged).")
@click.option(
    "--dtype",
    type=click.Choice(["auto", "float16", "bfloat16", "float32"]),
    default="auto",
    show_default=True,
    help="Type of the weights; auto: the base's own.",
)
@click.option("--replace", is_flag=True, help="Write over a model that was changed since, or that no merge made.")
@click.option("--no-compare", is_flag=True, help="Do not put the same questions to both and compare.")
@model_lines.python_option
@common.json_option
def command(
    what: str, base: str, out: Path | None, dtype: Dtype, replace: bool, no_compare: bool, python: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Merge what was learned into the model it was learned over: a folder in the usual layout, which any program reads.

    Works on adapters of peft and of mlx-lm. Afterwards both are asked three of the project's probes, and their
    likeliest 32 tokens are compared one by one. A quantized base of mlx is unpacked where --dtype names a type.

    \b
    Examples:
      inscape merge peft-1
      inscape merge peft-1 --dtype bfloat16
      inscape merge ~/adapters/sea --base ~/models/Qwen3-8B --out ~/models/sea
    """
    from inscape.stages.merge import Wanted, merge
    from inscape.stages.tuned import children, tuned

    project = common.here_if_any()
    found = tuned(project, what, base, os.environ)
    needs = "mlx" if found.backend == "mlx" else "merge"
    workers = children(python or "", found.python, common.settings_of(project).text("train.python"), needs)
    with model_lines.held(project, "merge"):
        wanted = Wanted(out, dtype, replace, not no_compare)
        common.draw(merge(project, found, wanted, workers, os.environ), as_json, model_lines.line)

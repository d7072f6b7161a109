"""`inscape parity`: is what answers elsewhere the model that was trained?"""

from __future__ import annotations

import os

import click

from inscape.cli import common, model_lines


@click.command("parity", short_help="Compare the tuned model with its merged, converted and served forms.")
@click.argument("what", metavar="RUN|ADAPTER")
@click.option("--base", default="", help="The model that the adapter was trained on; else as run or adapter name it.")
@click.option("--base-url", metavar="URL", help="A server to ask too, such as http://127.0.0.1:8080 (llama-server).")
@click.option("--key-env", metavar="NAME", help="The environment variable that holds the server's key.")
@model_lines.python_option
@common.json_option
def command(
    what: str, base: str, base_url: str | None, key_env: str | None, python: str | None, as_json: bool
) -> None:  # fmt: skip
    """Put three of the project's probes to every form of a tuned model, and compare them with what was trained.

    Forms are what is there: the merged folder, each GGUF of the run, a server. Each is asked by its own chat template.
    Compared are the text of the prompt letter for letter, its token ids, and the likeliest 32 tokens of the answer.
    Where a text differs the command ends with exit code 3; where only answers part, it names the token and goes on,
    since rounding decides between tokens that are almost equally likely.

    \b
    Examples:
      inscape parity peft-1
      inscape parity peft-1 --base-url http://127.0.0.1:8080
    """
    from inscape.runtimes.server_template import Server
    from inscape.stages.parity import parity
    from inscape.stages.tuned import children, tuned

    project = common.here_if_any()
    found = tuned(project, what, base, os.environ)
    server = Server(base_url, os.environ.get(key_env or "", "")) if base_url else None
    needs = "mlx" if found.backend == "mlx" else "merge"
    workers = children(python or "", found.python, common.settings_of(project).text("train.python"), needs)
    common.draw(parity(project, found, server, workers, os.environ), as_json, model_lines.line)

"""`inscape deploy`: a tuned model for Ollama, or as a folder for the hub."""

from __future__ import annotations

import os
import sys

import click

from inscape.cli import common, model_lines


@click.group("deploy", short_help="Make a tuned model ready for Ollama or the hub.")
def command() -> None:
    """Make a tuned model ready to be used elsewhere. Nothing leaves this machine unless you say --upload.

    \b
    Examples:
      inscape deploy ollama peft-1 --quantize q4_K_M
      inscape deploy hf peft-1
    """


@command.command("ollama", short_help="Write a Modelfile, and make the model in Ollama.")
@click.argument("name", metavar="RUN")
@click.option("--name", "model", default="", help="The model's name in Ollama (the run's).")
@click.option(
    "--quantize", default="", metavar="TYPE", help="A smaller one, such as q4_K_M: an own GGUF, else by Ollama."
)
@click.option("--replace", is_flag=True, help="Write over a Modelfile that was changed by hand.")
@click.option("--yes", is_flag=True, help="Run `ollama create` without asking.")
@common.json_option
def ollama(name: str, model: str, quantize: str, replace: bool, yes: bool, as_json: bool) -> None:
    """Write runs/RUN/ollama/Modelfile, and run `ollama create` where Ollama is on the PATH.

    FROM is the run's GGUF. PARAMETER has the marks that end an answer, the context, and how tokens are drawn, from the
    model's own generation_config.json or the chat settings. SYSTEM is the system prompt that training saw. There is no
    TEMPLATE: the GGUF carries the chat template, and Ollama takes that.

    \b
    Examples:
      inscape deploy ollama peft-1
      inscape deploy ollama peft-1 --name sea --quantize q4_K_M --yes
    """
    from inscape.stages import deploy, run_folder

    def confirm(question: str) -> bool:
        somebody = not as_json and sys.stdin.isatty()
        return yes or (somebody and click.confirm(question, default=True, err=True))

    project = common.here()
    run = run_folder.find(project, name)
    wanted = deploy.ForOllama(model, quantize, replace)
    with model_lines.held(project, "deploy"):
        common.draw(deploy.ollama(project, run, wanted, confirm, os.environ), as_json, model_lines.line)


@command.command("hf", short_help="Make a folder with a model card; upload it only when told.")
@click.argument("name", metavar="RUN")
@click.option("--repo", default="", metavar="YOU/NAME", help="The name on the hub.")
@click.option("--upload", is_flag=True, help="Upload it, to a repository that only you see.")
@click.option("--adapter", is_flag=True, help="The adapter alone, though the model is merged.")
@click.option("--private-too", is_flag=True, help="Upload what was trained on examples out of private books.")
@click.option("--replace", is_flag=True, help="Write over a card that was changed by hand.")
@common.json_option
def hub(
    name: str, repo: str, upload: bool, adapter: bool, private_too: bool, replace: bool, as_json: bool
) -> None:  # fmt: skip
    """Write runs/RUN/hf: the merged model, or the adapter where it is not merged, and a card (README.md).

    The card says what it is of, what it was trained on and how, the losses before and after, how the trained mode is
    called up, and what it does not show. Paths of this machine are left out. Where a private book stands behind the
    rows, an upload is refused unless you say --private-too.

    \b
    Examples:
      inscape deploy hf peft-1
      inscape deploy hf peft-1 --repo me/sea-voice --upload
    """
    from inscape.stages import deploy, hub_facts, run_folder

    project = common.here()
    run = run_folder.find(project, name)
    with common.reading(project) as store:
        facts, private = hub_facts.of(store, project, run)
    wanted = deploy.ForHub(repo, upload, adapter, private_too, replace)
    with model_lines.held(project, "deploy"):
        common.draw(deploy.hub(project, run, wanted, facts, private, os.environ), as_json, model_lines.line)

"""The words by which `chat` and `serve` are told what answers, the same for both."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inscape.cli import common

if TYPE_CHECKING:
    from inscape.project import Project
    from inscape.settings import Settings, Value
    from inscape.stages.answering import Opened, Wanted

Command = TypeVar("Command", bound=Callable[..., Any])
LEVELS = ("auto", "low", "medium", "high")
THOUGHTS = ("dim", "hide", "full")


def model_options(command: Command) -> Command:
    """The model's place, or its server."""
    options = (
        click.argument("model", required=False, default="", metavar="[RUN|FOLDER|FILE.gguf]"),
        click.option(
            "--base-url", default="", metavar="URL", help="An OpenAI-compatible server: http://localhost:8080/v1."
        ),
        click.option("--model", "served", default="", metavar="NAME", help="The model, as that server knows it."),
        click.option("--ollama", default="", metavar="NAME", help="A model of the Ollama on this machine."),
        click.option(
            "--template", default="", metavar="FILE", help="The model's chat template: a .jinja or its folder."
        ),
        click.option("--python", default="", metavar="P", help="A Python with the packages (setting train.python)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def effort_options(command: Command) -> Command:
    options = (
        click.option(
            "--effort", type=click.Choice(LEVELS), default="auto", show_default=True,
            help="Force how much it thinks; auto: the model chooses.",
        ),
        click.option("--temperature", type=click.FloatRange(0, 10), metavar="FLOAT", help="Setting chat.temperature."),
        click.option(
            "--max-tokens", type=click.IntRange(1, 10**6), metavar="INTEGER",
            help="The longest reply (setting chat.max_tokens).",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def level_of(effort: str) -> str | None:
    return None if effort == "auto" else effort


def surroundings(flags: dict[str, Value | None]) -> tuple[Project | None, Settings]:
    """The project here with its settings, or, outside of one, the defaults."""
    project = common.here_if_any()
    return project, common.settings_of(project).with_flags(flags)


def wanted(model: str, base_url: str, served: str, ollama: str, template: str, python: str) -> Wanted:
    from inscape.stages.answering import Wanted

    return Wanted(model, base_url, served, ollama, template, python)


def opened(what: Wanted, project: Project | None, settings: Settings) -> Opened:
    """The model, loaded; what there is to say of it goes to stderr."""
    from inscape.stages.answering import open_model

    found = open_model(what, project, settings, os.environ)
    for note in found.notes:
        click.echo(f"Note: {note}", err=True)
    return found

"""`inscape chat`: talk to a tuned model, or to any."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from inscape.cli import common, model_options
from inscape.errors import ModelError, UsageError

if TYPE_CHECKING:
    from inscape.cli.talking import Save, Screen
    from inscape.events import Event
    from inscape.project import Project
    from inscape.settings import Settings
    from inscape.stages.chat import Chat


@click.command("chat", short_help="Talk to the tuned model.")
@model_options.model_options
@click.option("--system", metavar="TEXT", help="A system prompt; without it, the one that training saw.")
@click.option(
    "--show-thoughts", "thoughts", type=click.Choice(model_options.THOUGHTS), help="Default: dim; hide in a pipe."
)
@model_options.effort_options
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), help="Draw the same answer each time, where the runtime can."
)
@click.option("--once", metavar="TEXT", help="Print the reply to this alone, and end.")
@common.json_option
def command(
    model: str, base_url: str, served: str, ollama: str, template: str, python: str, system: str | None,
    thoughts: str | None, effort: str, temperature: float | None, max_tokens: int | None, seed: int | None,
    once: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Talk to a run of this project (the latest, where none is named), a model's folder, a GGUF, or a server.

    A run is spoken to as its training spoke: the same system prompt and marks. After each answer stand the effort that
    the model chose, and the time. /effort low|medium|high forces it; a thought that takes longer than its budget
    (settings chat.budget_low, chat.budget_medium, chat.budget_high) is ended, and the reply follows. /help lists all
    commands. From a pipe, each line is one turn.

    \b
    Examples:
      inscape chat
      inscape chat peft-1 --effort low
      inscape chat runs/peft-1/model-q4_k_m.gguf
      inscape chat peft-1 --ollama my-persona
      inscape chat --base-url http://localhost:8080/v1
      inscape chat --once "sana bisi sorucam"
    """
    from inscape.cli.talking import Screen
    from inscape.stages.answering import drawing
    from inscape.stages.chat import Chat

    flags = {"chat.temperature": temperature, "chat.max_tokens": max_tokens}
    project, settings = model_options.surroundings(dict(flags))
    wanted = model_options.wanted(model, base_url, served, ollama, template, python)
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and once is None and not as_json
    screen = Screen(thoughts or ("dim" if terminal else "hide"), as_json, terminal)
    found = model_options.opened(wanted, project, settings)
    try:
        chat = Chat(found.talker(settings), drawing(settings, seed), model_options.level_of(effort), system)
        if once is not None:
            _once(chat, screen, once)
        else:
            _talk(chat, screen, _saver(project, settings, found.name), terminal=terminal)
    finally:
        found.runtime.close()


def _once(chat: Chat, screen: Screen, question: str) -> None:
    if not question.strip():
        raise UsageError("--once holds nothing to answer.")
    ended = screen.show(chat.say(question))
    if ended is None or not ended.reply:
        raise ModelError(f"There was no answer ({ended.problem if ended else 'it was stopped'}).")


def _talk(chat: Chat, screen: Screen, save: Save, *, terminal: bool) -> None:
    from inscape.cli.talking import Terminal, joined, piped, typed

    if terminal:
        click.secho(f"{chat.talker.runtime.name}. /help lists commands, Ctrl-D ends.", dim=True, err=True)
    Terminal(chat, screen, save, patient=terminal).run(joined(typed() if terminal else piped()))


def _saver(project: Project | None, settings: Settings, name: str) -> Save:
    def save(chat: Chat, category: str | None) -> Iterable[Event]:
        from inscape.stages.save_talk import save as put

        if project is None:
            raise UsageError("There is no project here to save into. Make one with `inscape new NAME`, and chat in it.")
        own = chat.talker.mode.system if settings.text("export.system") == "rows" else None
        with common.writing(project, "chat") as store:
            yield from put(
                store, chat.turns, chat.system or own, name, common.now(), category=category, efforts=chat.efforts
            )

    return save

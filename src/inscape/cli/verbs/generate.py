"""`inscape generate`: plan, price, ask the person, ask the teacher."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from inscape.cli import common
from inscape.cli.asking import follow, interruptible, plan_table
from inscape.errors import UsageError
from inscape.events import Event, Noted
from inscape.project import Project
from inscape.records import State
from inscape.settings import Settings
from inscape.store import Store

TEACHERS = ("openai", "anthropic", "manual", "fake", "recorded")


@dataclass(frozen=True, slots=True)
class Words:
    """What the person said on the command line, beside the settings."""

    passages: tuple[str, ...]
    templates: tuple[str, ...]
    slots: dict[str, str]
    retry: tuple[State, ...]
    answers: Path | None
    dry_run: bool
    yes: bool
    accept_terms: bool
    send_private: bool
    as_json: bool
    again: str
    """This very command, for the line that says how to go on."""


@click.command("generate", short_help="Ask the teacher: plan and price first, then the answers.")
@click.option("--teacher", type=click.Choice(TEACHERS), help="Who answers (setting teacher.name).")
@click.option("--model", help="The model's name as the server knows it (teacher.model).")
@click.option("--base-url", help="Address of an OpenAI-compatible server (teacher.base_url).")
@click.option("--samples", type=click.IntRange(1), help="Answers for each passage and template (generate.samples).")
@click.option("--passage", "passages", multiple=True, help="Only this passage, by number or id; may be repeated.")
@click.option("--template", "templates", multiple=True, help="Only this template, by number or name; may be repeated.")
@click.option("--slot", "slots", multiple=True, metavar="NAME=VALUE", help="Fill a template's slot; may be repeated.")
@click.option(
    "--retry", multiple=True, metavar="STATES", help="Ask these again too: unparsed, refused, failed, or all of them."
)
@click.option("--cap", type=click.FloatRange(0), help="Dollars this run may spend at most (generate.cap). 0: no cap.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path, exists=True),
    help="Manual teacher: read pasted answers from this folder or Markdown file.",
)
@click.option("--dry-run", is_flag=True, help="Show plan and price, and send nothing. Needs no key.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.option("--accept-terms", is_flag=True, help="You have read this cloud teacher's terms; kept in terms.toml.")
@click.option("--send-private", is_flag=True, help="Passages of books marked private may go to this cloud teacher.")
@common.json_option
@click.pass_context
def command(
    ctx: click.Context, teacher: str | None, model: str | None, base_url: str | None, samples: int | None,
    passages: tuple[str, ...], templates: tuple[str, ...], slots: tuple[str, ...], retry: tuple[str, ...],
    cap: float | None, answers: Path | None, dry_run: bool, yes: bool, accept_terms: bool, send_private: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Ask the teacher for an answer to each passage with each of its templates.

    The plan and its price come first. Each request is in the project's log before it leaves, and each answer before it
    is shown: Ctrl-C, a dead battery or a full disk lose nothing, and the same command goes on where it stopped. What is
    answered is never asked, or paid for, again.

    \b
    Examples:
      inscape generate --dry-run
      inscape generate --teacher openai --base-url http://localhost:11434/v1 --model llama3.3
      inscape generate --teacher anthropic --model claude-sonnet-5-5 --cap 5
      inscape generate --passage 3 --template inner-monologue --samples 3
      inscape generate --retry unparsed,failed
      inscape generate --teacher manual
      inscape generate --teacher manual --answers answers/
    """
    project = common.here()
    words = Words(
        passages, templates, _slots(slots), _retry(retry), answers, dry_run, yes, accept_terms, send_private, as_json,
        _again(ctx),
    )  # fmt: skip
    flags: dict[str, Any] = {
        "teacher.name": teacher,
        "teacher.model": model,
        "teacher.base_url": base_url,
        "generate.samples": samples,
        "generate.cap": cap,
    }
    ctx.exit(_run(replace(project, settings=_settings(project.settings, flags)), words))


# ---------------------------------------------------------------- what was said


def _settings(settings: Settings, flags: dict[str, Any]) -> Settings:
    """The settings with the flags over them. Another teacher than the file's does not inherit that one's address,
    model or key variable, unless they come from the environment."""
    if flags["teacher.name"] not in (None, settings.text("teacher.name")):
        for key in ("teacher.model", "teacher.base_url", "teacher.key_env"):
            if settings.origins[key] == "inscape.toml" and flags.get(key) is None:
                flags[key] = ""
    return settings.with_flags(flags)


def _slots(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name.strip():
            raise UsageError(f"--slot {pair!r} must be like --slot place='a railway station'.")
        found[name.strip().lower()] = value
    return found


def _retry(given: tuple[str, ...]) -> tuple[State, ...]:
    from inscape.stages.plan import RETRY

    names = {name.strip() for part in given for name in part.split(",") if name.strip()}
    unknown = sorted(names - {*RETRY, "all"})
    if unknown:
        raise UsageError(f"--retry {unknown[0]}: there are {', '.join(RETRY)} and all.")
    return RETRY if "all" in names else tuple(state for state in RETRY if state in names)


def _again(ctx: click.Context) -> str:
    """The command as it was typed, without what asks for one time only."""
    made = ["inscape", "generate"]
    for option in ctx.command.params:
        name, value = option.name or "", ctx.params.get(option.name or "")
        if name in ("retry", "yes", "dry_run", "as_json", "accept_terms", "answers") or value in (None, (), False):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            made += [option.opts[-1], f"{one:g}" if isinstance(one, float) else str(one)]
    return shlex.join(made)


# ---------------------------------------------------------------- the run


def _run(project: Project, words: Words) -> int:
    """The exit code."""
    if words.answers is not None:
        if project.settings.text("teacher.name") != "manual":
            raise UsageError("--answers reads what you pasted from a chat: it goes with --teacher manual.")
        return _read_back(project, words, words.answers)
    if words.dry_run:
        with common.reading(project) as store:
            made = _plan(project, words, store, sketch=True)
            if words.as_json:
                common.emit(made.plan.event)
        return 0
    with common.writing(project, "generate") as store:
        return _ask(project, words, store)


def _read_back(project: Project, words: Words, path: Path) -> int:
    from inscape.stages.by_hand import read_back

    tag = project.settings.text("examples.tag")
    with common.writing(project, "generate") as store:
        return follow(read_back(store, project, path, tag, common.now), 0, words.as_json, words.again)


@dataclass(frozen=True, slots=True)
class _Planned:
    teacher: Any
    plan: Any
    notes: list[str]


def _plan(project: Project, words: Words, store: Store, *, sketch: bool = False) -> _Planned:
    """The plan, shown on stdout (with --json it comes in the stream)."""
    from inscape import teachers
    from inscape.stages import plan as planning
    from inscape.stages.sources import Choice, prompts
    from inscape.stages.surroundings import Places
    from inscape.teachers import prices

    settings = project.settings
    teacher = (teachers.sketch if sketch else teachers.load)(settings, os.environ, project.root)
    made, notes = prompts(project, Choice(words.passages, words.templates), words.slots, Places(store, project))
    plan = planning.plan(
        store,
        planning.items_of(made, teacher, settings.whole("generate.samples")),
        price=prices.find(settings, teacher.name),
        max_tokens=settings.whole("teacher.max_tokens"),
        cap=settings.number("generate.cap"),
        retry=words.retry,
    )
    if not words.as_json:
        for note in notes:
            click.echo(f"Note: {note}", err=True)
        click.echo(plan_table(plan.event, settings))
    return _Planned(teacher, plan, notes if words.as_json else [])


def _ask(project: Project, words: Words, store: Store) -> int:
    made = _plan(project, words, store)
    with closing(made.teacher):
        return _sent(project, words, store, made)


def _sent(project: Project, words: Words, store: Store, made: _Planned) -> int:
    requests = made.plan.event.requests
    if made.teacher.name == "manual":
        from inscape.stages.by_hand import write_prompts

        return follow(write_prompts(store, project, made.plan, common.now()), 0, words.as_json, words.again)
    if requests:
        _private(project, words, store, made)
        _terms(project, words)
        _confirm(project, words, requests)
    with interruptible() as stop:
        code = follow(_events(project, store, made, stop), requests, words.as_json, words.again)
    if stop.is_set():
        raise click.Abort
    return code


def _events(project: Project, store: Store, made: _Planned, stop: Any) -> Iterator[Event]:
    from inscape.stages.generate import Policy, generate
    from inscape.teachers.limits import Backoff

    settings = project.settings
    policy = Policy(
        concurrency=max(1, settings.whole("teacher.concurrency")),
        max_tokens=settings.whole("teacher.max_tokens"),
        backoff=Backoff(max(1, settings.whole("teacher.tries"))),
        tag=settings.text("examples.tag"),
        cap=settings.number("generate.cap"),
    )
    yield from (Noted("note", note) for note in made.notes)
    yield from generate(store, made.plan, made.teacher, policy, now=common.now, stop=stop)


def _private(project: Project, words: Words, store: Store, made: _Planned) -> None:
    """Passages of private books leave for a cloud teacher only by the person's word."""
    from inscape.stages import terms
    from inscape.stages.surroundings import Places

    host = terms.provider(project.settings)
    if host is None or words.send_private:
        return
    if titles := terms.private(made.plan.items, Places(store, project)):
        raise UsageError(
            f"These prompts hold passages of private books ({', '.join(titles)}) and would go to {host}. Nothing was "
            "sent. Add --send-private if you mean it, name other passages with --passage, or take a local teacher."
        )


def _terms(project: Project, words: Words) -> None:
    """Show a cloud teacher's terms once, and keep the person's word for it. --yes is not that word."""
    from inscape.stages import terms

    host = terms.provider(project.settings)
    if host is None or terms.accepted(project, host):
        return
    click.echo(terms.notice(host), err=True)
    if not words.accept_terms:
        if words.yes or words.as_json or not sys.stdin.isatty():
            raise UsageError("Add --accept-terms once you have read them; the project keeps that. Nothing was sent.")
        click.confirm("Have you read them, and go on?", abort=True, err=True)
    terms.accept(project, host, common.now())


def _confirm(project: Project, words: Words, requests: int) -> None:
    from inscape.teachers import FREE
    from inscape.text import plural

    if words.yes or project.settings.text("teacher.name") in FREE:
        return
    if words.as_json or not sys.stdin.isatty():
        raise UsageError("Nobody is here to ask: add --yes to send, or --dry-run to see the plan. Nothing was sent.")
    click.confirm(f"Send {plural(requests, 'request')}?", abort=True, default=True, err=True)

"""`inscape train`: the plan, the person's word, then the training."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click

from inscape.cli import common
from inscape.errors import UsageError
from inscape.examples import effort as effort_policies

BACKENDS = ("peft", "mlx", "axolotl", "unsloth")
FLAGS = {
    "rank": "--rank", "alpha": "--alpha", "rate": "--rate", "epochs": "--epochs", "batch": "--batch",
    "accumulation": "--accumulation", "max_length": "--max-length", "max_steps": "--max-steps", "dropout": "--dropout",
    "patience": "--patience", "seed": "--seed", "load_in_4bit": "--load-in-4bit",
}  # fmt: skip
"""Numbers of a training by the flag that sets each."""
WORDS = ("backend", "model", "template", "name", "effort", "probes")
"""What else belongs to a new run alone."""


class Probes(click.ParamType[int | str]):
    """A number of probes, or all."""

    name = "N|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if value == "all":
            return "all"
        try:
            number = int(value)
        except ValueError:
            number = -1
        if number < 0:
            self.fail(f"{value!r} is neither a number of probes nor 'all'.", param, ctx)
        return number


@click.command("train", short_help="Train an adapter on the export: plan first, then one live line.")
@click.option("--backend", type=click.Choice(BACKENDS), help="What trains (setting train.backend).")
@click.option("--model", metavar="FOLDER_OR_NAME", help="The model: its folder, its name in the hub's cache, or tiny.")
@click.option(
    "--template", type=click.Path(path_type=Path, exists=True), help="A chat template that the model must have."
)
@click.option("--name", metavar="RUN", help="The run's folder in runs/; without it BACKEND-1, BACKEND-2, …")
@click.option("--python", metavar="PATH", help="The Python, or its environment's folder, that trains (train.python).")
@click.option("--rank", type=click.IntRange(1, 1024), help="Rank of the LoRA.")
@click.option("--alpha", type=click.IntRange(1), help="Its alpha; twice the rank where only --rank is given.")
@click.option("--rate", type=click.FloatRange(0, 1, min_open=True), help="Learning rate at its highest.")
@click.option("--epochs", type=click.IntRange(1), help="Times through all rows.")
@click.option("--batch", type=click.IntRange(1), help="Rows at once on the machine.")
@click.option("--accumulation", type=click.IntRange(1), help="Batches to one update of the weights.")
@click.option("--max-length", type=click.IntRange(16), help="Tokens of a row that are read.")
@click.option("--max-steps", type=click.IntRange(1), help="Updates at the most.")
@click.option("--dropout", type=click.FloatRange(0, 1, max_open=True), help="Dropout in the LoRA.")
@click.option("--patience", type=click.IntRange(1), help="Looks at held-out rows without a new best that end the run.")
@click.option("--seed", type=int, help="Of the order of rows and of the adapter's beginning.")
@click.option("--no-early-stop", is_flag=True, help="Take all steps; the best adapter is kept all the same.")
@click.option("--load-in-4bit", is_flag=True, help="QLoRA: the model in 4 bits (peft, unsloth; an NVIDIA GPU).")
@click.option(
    "--effort", type=click.Choice(effort_policies.POLICIES), help="Where effort stands in the rows (export.effort)."
)
@click.option("--probes", type=Probes(), default=8, show_default=True, help="Probes answered before and after.")
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be trained, and end.")
@click.option("--yes", is_flag=True, help="Do not ask before training.")
@click.option("--resume", is_flag=False, flag_value="", metavar="[RUN]", help="Go on with a run that was cut off.")
@click.option("--replace", is_flag=True, help="Take away all that stands in a run of that name.")
@common.json_option
@click.pass_context
def command(
    ctx: click.Context, /, backend: str | None, model: str | None, template: Path | None, name: str | None,
    python: str | None, no_early_stop: bool, effort: effort_policies.Policy | None, probes: int | str, plan_only: bool,
    yes: bool, resume: str | None, replace: bool, as_json: bool, **numbers: Any,
) -> None:  # fmt: skip
    """Train an adapter on the kept examples, in a process of its own.

    The export for that trainer is made first, so the rows are the proven ones, and its numbers are where to begin;
    a flag changes one of them. Then the plan is shown: what is trained, tokens, steps, time, memory, and what the set
    is missing. Nothing is trained before you say so, and nothing is downloaded.

    Rows that are held out say when to stop. Ctrl-C keeps the best adapter, and --resume goes on. All of it stands in
    runs/RUN.

    \b
    Examples:
      inscape train --model ~/models/Qwen3-4B --plan
      inscape train --model ~/models/Qwen3-4B --effort first-token
      inscape train --backend mlx --model mlx-community/Qwen3-4B-4bit
      inscape train --model tiny --yes
      inscape train --resume
    """
    from inscape.cli.training import INTERRUPTED, follow, interruptible
    from inscape.stages.train import Wanted, train

    project = common.here()
    project = dataclasses.replace(project, settings=project.settings.with_flags({"export.effort": effort}))
    _only_new(ctx, resume, replace)
    _somebody(yes or plan_only, as_json)
    changes = {key: value for key, value in numbers.items() if value is not None and value is not False}
    settings = project.settings
    wanted = Wanted(
        backend=cast(Any, backend or settings.text("train.backend")),
        model=model or settings.text("train.model"),
        template=template,
        name=name,
        python=python or settings.text("train.python"),
        changes={**changes, **({"patience": 0} if no_early_stop else {})},
        probes=None if probes == "all" else cast(int, probes),
        plan_only=plan_only,
        resume=resume,
        replace=replace,
    )
    with common.writing(project, "train") as store, interruptible() as interrupts:
        confirm = _confirming(interrupts, yes)
        events = train(store, project, wanted, os.environ, common.now, confirm, stop=interrupts.stop)
        try:
            ctx.exit(follow(events, project, as_json, interrupts))
        except KeyboardInterrupt:
            if not interrupts.armed:
                raise
            click.echo("\nEnded at once. The last checkpoint is kept; to go on: inscape train --resume", err=True)
            ctx.exit(INTERRUPTED)


def _only_new(ctx: click.Context, resume: str | None, replace: bool) -> None:
    """Raises UsageError where a run is to go on with other words than it began with."""
    given = [one for one in (*FLAGS, *WORDS, "no_early_stop") if _given(ctx, one)]
    if resume is not None and (given or replace):
        flag = FLAGS.get(given[0]) or f"--{given[0].replace('_', '-')}" if given else "--replace"
        raise UsageError(f"--resume goes on with the words that the run began with; it takes no {flag}.")
    if _given(ctx, "no_early_stop") and _given(ctx, "patience"):
        raise UsageError("--patience says when to stop early, and --no-early-stop never to; take one of them.")


def _given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _somebody(decided: bool, as_json: bool) -> None:
    if not decided and (as_json or not sys.stdin.isatty()):
        raise UsageError("Nobody is here to ask: add --yes to train, or --plan to see what would be trained.")


def _confirming(interrupts: Any, yes: bool) -> Callable[[Any], bool]:
    """From the person's word on, Ctrl-C stops with care."""

    def confirm(plan: Any) -> bool:
        agreed = yes or click.confirm("Train?", default=True, err=True)
        interrupts.armed = agreed
        return agreed

    return confirm

"""`inscape demo`: the whole road on the sample book; with --train, the companion's, to a model that answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click

from inscape.cli import common
from inscape.errors import UsageError


@click.command("demo", short_help="Walk the whole road on a sample book, offline.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--fresh", is_flag=True, help="Begin again where a demo already stands.")
@click.option("--train", "trains", is_flag=True, help="From the companion's rows to a tiny model that answers.")
@click.option("--backend", type=click.Choice(["peft", "mlx"]), help="With --train: what trains (default: peft).")
@click.option(
    "--python", metavar="PATH", help="With --train: the Python that has the trainer's packages; without it, this one."
)
@common.json_option
def command(
    folder: Path | None, fresh: bool, trains: bool, backend: Literal["peft", "mlx"] | None, python: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a project from the sample book that comes with inscape, without a key and without a network.

    The teacher's answers were recorded: a language model wrote each from exactly the prompt that is rendered here.
    Everything else happens for real, by the same verbs that you will use.

    With --train it takes the companion's 400 rows instead and trains an adapter for the tiny model that comes with
    inscape, merges the two, converts them, and lets llama.cpp answer: in under five minutes on two cores. It needs
    `pip install "inscape[train,gguf]"`, and llama.cpp's converter (`inscape gguf --fetch`).

    \b
    Examples:
      inscape demo
      inscape demo ~/try-inscape
      inscape demo --train
      inscape demo --train --backend mlx --python ~/trainers
    """
    from inscape.cli.tour import Tour
    from inscape.stages.demo import demo

    if trains:
        _train(folder or Path("inscape-demo-train"), fresh, backend or "peft", python or "", as_json)
        return
    if backend or python:
        raise UsageError("--backend and --python belong to --train.")
    place = folder or Path("inscape-demo")
    common.draw(demo(place, fresh, os.environ, common.now()), as_json, Tour(place).line)


def _train(folder: Path, fresh: bool, backend: Literal["peft", "mlx"], python: str, as_json: bool) -> None:
    from inscape import settings
    from inscape.cli.tour_train import TrainTour
    from inscape.stages.demo_train import Wanted, demo_train

    chosen = settings.load("", "defaults", os.environ).with_flags({"train.python": python or None})
    events = demo_train(folder, fresh, Wanted(backend, chosen.text("train.python")), os.environ, common.now)
    common.draw(events, as_json, TrainTour(folder).line)

"""The tour of `demo --train`: plan, a line each tenth of the way, figures before and after, what llama.cpp answers."""

from __future__ import annotations

import shlex
import textwrap
from pathlib import Path

import click

from inscape.cli import training
from inscape.cli.lines import line
from inscape.cli.verbs import split as splitting
from inscape.events import (
    ChatEnded,
    ChatPiece,
    Compared,
    Converted,
    Event,
    Finished,
    Merged,
    ParityChecked,
    SplitCounted,
    Step,
    TrainEnded,
    TrainPlanned,
)


class TrainTour:
    """Turns the demo's events into lines; what moves goes to stderr."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.moving = training.Lines()
        self.rows: list[Compared] = []

    def line(self, event: Event) -> str | None:
        self.moving.show(event)
        match event:
            case Step(title, command):
                return f"\n{title}\n  $ {command}" if command else f"\n  > {title}"
            case TrainPlanned():
                return textwrap.indent(training.plan_table(event), "  ")
            case TrainEnded():
                self.rows = []
                return None
            case Compared():
                self.rows.append(event)
                return None
            case Finished("train"):
                return training.table(self.rows)
            case SplitCounted() | Finished("split"):
                shown = splitting.line(event)
                return textwrap.indent(shown, "  ") if shown else None
            case Finished("import", counts):
                return f"  {counts['imported']:,} examples"
            case Finished("demo"):
                return self.end()
            case _:
                return _of_model(event)

    def end(self) -> str:
        at = self.folder
        return f"""
It is a toy: three million parameters that know nothing, and were never meant to. What you saw is the road, the same for
a model that is large enough to mean something.

What stands in {at}/runs/lodos/ now
  report.md, loss.svg           figures and answers before and after, and the curve
  adapter/, merged/             what was learned, and one model of it and its base
  model-f16.gguf                for llama.cpp and Ollama

Talk to it
  cd {shlex.quote(str(at))}
  inscape chat                  /effort low|medium|high forces it, /thoughts hide, /save keeps a talk for review
  inscape serve                 the same for other programs, behind an OpenAI-compatible address
  inscape deploy ollama lodos   a Modelfile, and ollama create where Ollama is installed"""


def _of_model(event: Event) -> str | None:
    match event:
        case Merged(_, parameters, dtype, mb):
            return f"  {parameters:,} parameters in {dtype}, {mb:,.1f} MB"
        case Converted(path, kind, mb):
            return f"  {Path(path).name}: {kind}, {mb:,.1f} MB"
        case ParityChecked():
            return f"  {event.left} and {event.right}: {event.same} of {event.of} greedy tokens the same" + (
                f" ({event.note})" if event.note else ""
            )
        case ChatPiece():
            return None
        case ChatEnded():
            return _answer(event)
        case _:
            return line(event)


def _answer(event: ChatEnded) -> str:
    thought = f"{click.style(textwrap.indent(event.thought, '  '), dim=True)}\n" if event.thought else ""
    chose = f"{event.effort or 'no'} effort, the model's choice"
    facts = click.style(f"  {chose} · {event.seconds:.1f} s", dim=True)
    return f"{thought}{textwrap.indent(event.reply or f'({event.problem})', '  ')}\n{facts}"

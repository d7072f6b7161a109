"""The demo's tour: the steps as they happen, then what was made and where."""

from __future__ import annotations

import shlex
import textwrap
from pathlib import Path

from inscape.cli.lines import line
from inscape.cli.verbs import split as splitting
from inscape.events import Answered, Decided, Event, Finished, SplitCounted, Step


class Tour:
    """Turns the demo's events into lines; counts what it does not show one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers = self.examples = 0
        self.verdicts: dict[str, int] = {}

    def line(self, event: Event) -> str | None:
        match event:
            case Step(title, command):
                return f"\n{title}\n  $ {command}"
            case Answered():
                self.answers += 1
                self.examples += event.examples
                return f"Error: {event.problem}" if event.problem and event.state != "done" else None
            case Decided(verdict=verdict):
                self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1
                return None
            case Finished("generate"):
                return f"  {self.answers} prompts, {self.answers} answers, {self.examples} examples"
            case Finished("review"):
                return "  " + ", ".join(
                    f"{self.verdicts[v]} {v}" for v in ("keep", "drop", "skip") if v in self.verdicts
                )
            case Finished("demo"):
                return self.end()
            case SplitCounted() | Finished("split"):
                shown = splitting.line(event)
                return textwrap.indent(shown, "  ") if shown else None
            case _:
                return line(event)

    def end(self) -> str:
        at = self.folder
        return f"""
What stands in {at}/ now
  books/                        the sample book, as a PDF
  passages.md                   three passages, each with its page: yours would look like this
  answers.json                  the recorded answers, each with the hash of its prompt
  inscape.db                    every prompt, answer, example and decision
  dataset/                      the ten kept examples, the decisions and card.md, for git
  exports/                      the training files: open exports/messages.train.jsonl, exports/alpaca.train.jsonl, …

Look around
  cd {shlex.quote(str(at))}
  inscape templates preview 1   the prompt behind the first answer
  inscape review --all          the examples on the review screen (q leaves)
  inscape answers               every answer and what became of it
  inscape generate              nothing to ask: nothing is ever paid for twice

Then: inscape new my-author"""

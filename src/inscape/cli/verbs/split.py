"""`inscape split`: kept examples into training and validation."""

from __future__ import annotations

import click

from inscape.cli import common
from inscape.events import Event, Finished, Noted, SplitCounted
from inscape.splits import By
from inscape.splits.groups import WAYS
from inscape.text import plural


@click.command("split", short_help="Divide the kept examples into training and validation.")
@click.option("--valid", type=float, help="Share of validation, 0 to 0.5; 0: no split any more (setting split.valid).")
@click.option("--seed", type=int, help="Chooses among splits that are equally good (setting split.seed).")
@click.option("--by", type=click.Choice(WAYS), help="What is never divided (setting split.by).")
@click.option("--fresh", is_flag=True, help="Forget the split that stands and make another one.")
@common.json_option
def command(valid: float | None, seed: int | None, by: By | None, fresh: bool, as_json: bool) -> None:
    """Hold back a tenth of the kept examples, so that training can be measured on rows it has not seen.

    Rows that know each other stay together: those of a book (or of one stretch of it), of a topic, near copies, answers
    to one prompt. Categories and levels are spread evenly over both sides. When rows are added later, those that have a
    side keep it. `inscape export` then writes two files for each format.

    \b
    Examples:
      inscape split
      inscape split --valid 0.2 --by book
      inscape split --fresh --seed 7
      inscape split --valid 0
    """
    from inscape.stages.split import Asked, split

    project = common.here()
    with common.writing(project, "split") as store:
        events = split(store, project.settings, Asked(valid, seed, by, fresh), common.now())
        common.draw(events, as_json, line)


def line(event: Event) -> str | None:
    """The table of a split, row by row, then what could not be balanced."""
    match event:
        case SplitCounted("all", _, train, valid):
            return f"{'':<34}{'train':>8}{'valid':>8}{'share':>8}\n{_row('all rows', train, valid)}"
        case SplitCounted(kind, name, train, valid):
            return _row(f"{kind} {name}", train, valid)
        case Noted(level, message):
            return f"{level.capitalize()}: {message}"
        case Finished("split", counts) if "groups" in counts:
            return (
                f"{plural(int(counts['groups']), 'group that is', 'groups that are')} never divided; "
                f"{plural(int(counts['copies']), 'row is a near copy', 'rows are near copies')}.\nNext: inscape export"
            )
        case Finished("split"):
            return "Next: inscape export"
        case _:
            return None


def _row(name: str, train: int, valid: int) -> str:
    name = name if len(name) <= 33 else name[:32] + "…"
    return f"{name:<34}{train:>8,}{valid:>8,}{valid / (train + valid):>8.0%}"

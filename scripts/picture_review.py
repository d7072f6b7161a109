"""Draw docs/review.svg: the review screen as it is, over the project of `inscape demo`.

    inscape demo /tmp/demo
    python scripts/picture_review.py /tmp/demo

Works on a copy of the project: nine decisions are taken back, then the reviewer's own keys are pressed, and the screen
it draws is the picture. Its rate is the estimate
from reading speed, since nobody read.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from inscape import project as projects
from inscape.cli import common
from inscape.cli.reviewer.desk import Desk
from inscape.cli.reviewer.screen import Frame, frame
from inscape.cli.reviewer.terminal import Screen, shown
from inscape.project import Project
from inscape.stages import review
from inscape.stages.surroundings import Places
from inscape.store import open_store

TARGET = Path(__file__).parent.parent / "docs" / "review.svg"
SIZE = (120, 36)
TEMPLATE = "visible-thought"
"""The picture is of an example of this template: it has thoughts."""


def main(folder: Path) -> None:
    with TemporaryDirectory() as copy:
        shutil.copytree(folder, Path(copy) / "demo")
        picture = drawn(projects.open_at(Path(copy) / "demo", os.environ))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=SIZE[0], height=SIZE[1], file=nowhere)
        console.print(picture)
    console.save_svg(str(TARGET), title="inscape review", unique_id="review")
    print(f"Wrote {TARGET}")


def drawn(project: Project) -> Frame:
    """The screen in the middle of a review."""
    items, _ = review.checklist(project)
    with open_store(project.database) as store:
        for _ in range(9):
            review.undo(store, common.now())
        desk = Desk(store, project, items, Places(store, project), lambda: 0.0, common.now)
        found = review.queue(store, review.Wanted())
        if not found:
            sys.exit(f"{project.root} has no example to show. Make the project with `inscape demo`.")
        state, screen = desk.begin(found), Screen()
        for key in "yny":
            state, _ = desk.press(screen, state, key)
        while (card := desk.card(state)) and card.example.provenance.template != TEMPLATE:
            state, _ = desk.press(screen, state, "j")
        for key in "13":
            state, _ = desk.press(screen, state, key)
        return frame(shown(desk, state), *SIZE)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python scripts/picture_review.py PROJECT")
    main(Path(sys.argv[1]))

"""`inscape new`: a project folder."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from inscape import project as projects


@click.command("new", short_help="Make a project folder.")
@click.argument("name", type=click.Path(path_type=Path))
def command(name: Path) -> None:
    """Make a project folder, fit for git.

    It holds inscape.toml with every setting explained, passages.md, rubric.md and a folder for templates.

    \b
    Examples:
      inscape new my-author
      inscape new ~/writing/woolf
    """
    from inscape.stages.new import first_files

    folder = name.expanduser()
    title = folder.resolve().name
    projects.create(folder, title, first_files(title), os.environ)
    click.echo(f"Made {name}/")
    for path, what in (
        ("inscape.toml", "settings, each explained"),
        ("passages.md", "your passages go here"),
        ("rubric.md", "the checklist you review by"),
        ("persona.md, topics.md", "for a persona without a book; yours, not read yet"),
        ("probes/", "held-out prompts for judging a model; check keeps examples away"),
        ("templates/", "your own templates; five core ones are built in"),
        ("books/", "your books (left out of git)"),
        ("dataset/, exports/", "what you kept, and training files, once there are any"),
    ):
        click.echo(f"  {path:<31} {what}")
    click.echo(
        f"\nNext:\n  cd {shlex.quote(str(name))}\n  inscape add BOOK.epub      (or PDF, DOCX, HTML, TXT, Markdown)"
    )

"""`inscape add`: books into the project."""

from __future__ import annotations

from pathlib import Path

import click

from inscape.cli import common
from inscape.errors import UsageError

SUFFIXES = (".pdf", ".epub", ".docx", ".html", ".htm", ".xhtml", ".txt", ".md", ".markdown")


@click.command("add", short_help="Read books into the project.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--rights",
    type=click.Choice(["public-domain", "licensed", "private", "unknown"]),
    help="What you may do with these books; kept in the record and on the dataset's card.",
)
@common.json_option
def command(files: tuple[Path, ...], rights: str | None, as_json: bool) -> None:
    """Read books (PDF, EPUB, DOCX, HTML, TXT, Markdown) and keep their paragraphs, each with its page and chapter.

    The file is copied into books/. A folder stands for the books in it. Adding the same file again changes nothing;
    a changed file of the same name replaces the old one.

    \b
    Examples:
      inscape add war-and-peace.epub
      inscape add shelf/ --rights public-domain
    """
    from inscape.cli.lines import line
    from inscape.stages.add import add

    project = common.here()
    settings = project.settings.with_flags({"project.rights": rights})
    paths = [path for file in files for path in _expanded(file)]
    with common.writing(project, "add") as store:
        common.draw(add(store, project, paths, settings.text("project.rights"), common.now()), as_json, line)


def _expanded(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    if not found:
        raise UsageError(f"{path} holds no book that can be read ({', '.join(SUFFIXES)}).")
    return found

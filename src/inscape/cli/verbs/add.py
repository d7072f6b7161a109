"""`inscape add`: books into the project."""

from __future__ import annotations

import os
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
@click.option("--replace", is_flag=True, help="Let a file take the place of the book of its name.")
@common.json_option
def command(files: tuple[Path, ...], rights: str | None, replace: bool, as_json: bool) -> None:
    """Read books (PDF, EPUB, DOCX, HTML, TXT, Markdown) and keep their paragraphs, each with its page and chapter.

    The file is copied into books/. A folder stands for the books in it. Adding the same file again changes nothing
    but its rights, if you name them. Another file of the same name is put beside the old one, as `name-2`; with
    --replace it takes the old one's place. A file that you edited in books/ itself is read anew, and so is one that an
    older inscape read. Passages picked from it are found again in the new text.

    \b
    Examples:
      inscape add war-and-peace.epub
      inscape add shelf/ --rights public-domain
      inscape add corrected/war-and-peace.epub --replace
    """
    from inscape.cli.lines import line
    from inscape.stages.add import add
    from inscape.stages.reading import policy_of

    project = common.here()
    paths = [path for file in files for path in _expanded(file)]
    policy = policy_of(project.settings, os.environ)
    with common.writing(project, "add") as store:
        common.draw(add(store, project, paths, rights, common.now(), replace, policy), as_json, line)


def _expanded(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
    if not found:
        raise UsageError(f"{path} holds no book that can be read ({', '.join(SUFFIXES)}).")
    return found

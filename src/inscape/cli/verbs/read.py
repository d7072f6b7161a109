"""`inscape read`: a book's clean text, without a project."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from inscape.cli import common
from inscape.errors import UsageError
from inscape.text import readable


@click.command("read", short_help="Print a book's clean text, without a project.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object a line: kind, text, page, chapter.")
@click.option("--report", is_flag=True, help="Also say on stderr what was left out and what is doubtful.")
@click.option(
    "--no-cache", "cache", is_flag=True, flag_value=False, default=True, help="Read the file itself, and keep nothing."
)
@click.option(
    "--inspect", "pages", metavar="PAGES", help="Write these pages (120-124) of a PDF beside what was made of them."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where --inspect writes its HTML page.")
def command(file: Path, as_json: bool, report: bool, cache: bool, pages: str | None, out: Path | None) -> None:
    """Print the text of a PDF, EPUB, DOCX, HTML, TXT or Markdown file as a reader would read it.

    Running heads, page numbers and the like are left out, paragraphs are whole across pages, and notes stand at the
    end. Headings and paragraphs are apart by blank lines. A file that was read before comes from the cache in your
    own cache folder.

    \b
    Examples:
      inscape read novel.pdf > novel.txt
      inscape read novel.epub --json | head -3
      inscape read novel.pdf --report > /dev/null
      inscape read novel.pdf --inspect 120-124
    """
    from inscape.books import limits, render
    from inscape.cli.lines import line
    from inscape.project import read_bytes
    from inscape.stages.book_report import report as reported
    from inscape.stages.reading import policy_of, read_book

    policy = policy_of(common.settings_of(common.here_if_any()), os.environ, cache)
    if pages is not None:
        from inscape.stages.inspect import inspect

        common.draw(inspect(read_bytes(file, limits.FILE), readable(file.name), pages, out, policy), as_json, line)
        return
    if out is not None:
        raise UsageError("--out is for --inspect: without it the text goes to stdout.")
    book = common.value_of(read_book(read_bytes(file, limits.FILE), readable(file.name), policy), line)
    for doubt in () if report else book.doubts:
        click.echo(f"Note: {doubt}", err=True)
    if report:
        click.echo(line(reported(file, book)), err=True)
    if as_json:
        for unit in render.objects(book):
            click.echo(json.dumps(unit, ensure_ascii=False))
    else:
        for text in render.plain(book):
            click.echo(text, nl=False)

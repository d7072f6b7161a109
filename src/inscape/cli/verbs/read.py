"""`inscape read`: a book's clean text, without a project."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("read", short_help="Print a book's clean text, without a project.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One object a line: kind, text, page, chapter.")
@click.option("--report", is_flag=True, help="Also say on stderr what was left out and what is doubtful.")
def command(file: Path, as_json: bool, report: bool) -> None:
    """Print the text of a PDF, EPUB, DOCX, HTML, TXT or Markdown file as a reader would read it.

    Running heads, page numbers and the like are left out, paragraphs are whole across pages, and notes stand at the
    end. Headings and paragraphs are apart by blank lines.

    \b
    Examples:
      inscape read novel.pdf > novel.txt
      inscape read novel.epub --json | head -3
      inscape read novel.pdf --report > /dev/null
    """
    from inscape import books
    from inscape.books import limits, render
    from inscape.cli.lines import line
    from inscape.project import read_bytes
    from inscape.stages.book_report import report as reported

    book = books.read(read_bytes(file, limits.FILE), file.name)
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

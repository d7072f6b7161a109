"""Write the generated parts of docs/ again: help texts, settings, events, errors.

A part stands between `<!-- help: VERB -->` (or `settings`, `events`, `errors`) and the next `<!-- /… -->`; all else in
a page is written by hand. `--check` writes nothing and exits 1 when a part is stale.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from inscape import cli, errors, events
from inscape.settings import SETTINGS

DOCS = Path(__file__).resolve().parent.parent / "docs"
PART = re.compile(r"<!-- (help|table): ([\w -]+) -->\n.*?<!-- /\1 -->", re.DOTALL)


def fill(text: str) -> str:
    """The page with its generated parts made anew."""
    return PART.sub(lambda m: f"<!-- {m[1]}: {m[2]} -->\n{made(m[1], m[2])}\n<!-- /{m[1]} -->", text)


def made(kind: str, name: str) -> str:
    if kind == "help":
        return f"```text\n$ inscape {name} --help\n{help_of(name)}\n```"
    tables = {"settings": settings_table, "events": events_table, "errors": errors_table}
    return "\n".join(tables[name]())


def help_of(name: str) -> str:
    """A command's help as `inscape NAME --help` prints it, at a fixed width."""
    words = name.split()
    wide = {**cli.inscape.context_settings, "max_content_width": 100, "terminal_width": 100}
    context = click.Context(cli.inscape, info_name="inscape", **wide)
    command: click.Command = cli.inscape
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None, f"there is no command {name}"
        command = found
        context = click.Context(command, parent=context, info_name=word, max_content_width=100, terminal_width=100)
    return command.get_help(context)


def settings_table() -> Iterator[str]:
    yield "| setting | default | meaning |"
    yield "|---|---|---|"
    for s in SETTINGS:
        choices = f" One of: {', '.join(c for c in s.choices if c)}." if s.choices else ""
        choices += f" {s.range.capitalize()}." if s.range else ""
        default = f"`{s.default}`" if s.default != "" else "(empty)"
        yield f"| `{s.key}` | {default} | {s.help}{choices} |"


def event_types() -> list[type[events.Event]]:
    kinds = [k for _, k in inspect.getmembers(events, inspect.isclass) if issubclass(k, events.Event)]
    return sorted(
        (k for k in kinds if k is not events.Event), key=lambda k: (k.__module__, inspect.getsourcelines(k)[1])
    )


def events_table() -> Iterator[str]:
    yield "| event | fields | when |"
    yield "|---|---|---|"
    for kind in event_types():
        fields = ", ".join(f"`{f.name}`" for f in dataclasses.fields(kind))
        yield f"| `{events.name_of(kind)}` | {fields} | {' '.join((kind.__doc__ or '').split())} |"


def error_types() -> list[type[errors.InscapeError]]:
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if issubclass(k, errors.InscapeError)]
    return sorted(kinds, key=lambda k: inspect.getsourcelines(k)[1])


def errors_table() -> Iterator[str]:
    yield "| error | exit code | what happened |"
    yield "|---|---|---|"
    for kind in error_types():
        summary = " ".join((kind.__doc__ or "").split())
        yield f"| `{kind.__name__}` | {kind.exit_code} | {summary} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a part is stale")
    only_check = parser.parse_args().check
    stale = []
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (new := fill(text)) != text:
            stale.append(page.name)
            if not only_check:
                page.write_text(new, encoding="utf-8")
    print(f"{'stale' if only_check else 'written'}: {', '.join(stale) or 'none'}")
    return 1 if stale and only_check else 0


if __name__ == "__main__":
    sys.exit(main())

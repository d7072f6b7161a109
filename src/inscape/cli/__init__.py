"""The command line: one file for each verb in `verbs/`, found by its name and imported when it is called.

Invariant: stdout is data, stderr is everything else; an error of the tree in `errors` becomes one sentence and its
exit code. Nothing heavy is imported here.
"""

from __future__ import annotations

import io
import sys

import click

from inscape import __version__
from inscape.errors import InscapeError
from inscape.text import readable

ROAD = (
    (
        "The road",
        ("new", "add", "passages", "templates", "generate", "answers", "review", "check", "split", "export", "preview"),
    ),
    ("From a dataset to a model that answers", ("train", "merge", "gguf", "parity", "deploy", "chat", "serve")),
    ("Without a project", ("read", "demo", "doctor")),
    ("Beside the road", ("import", "restore", "config")),
)
"""The verbs in the order in which a person meets them."""

INTERRUPTED = 130
ROWS = ("check", "preview", "read", "config")
"""Verbs whose `--json` prints rows of one kind and no events."""


class Verbs(click.Group):
    """Verbs by file name: `inscape import` is verbs/import_.py."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [verb for _, verbs in ROAD for verb in verbs]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        from importlib import import_module

        name = f"{cmd_name}_" if cmd_name == "import" else cmd_name
        found: click.Command = import_module(f"inscape.cli.verbs.{name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the verb that was probably meant."""
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            from difflib import get_close_matches

            near = get_close_matches(args[0], known, n=1)
            ctx.fail(f"There is no command {args[0]!r}. " + (f"Did you mean {near[0]}?" if near else "See --help."))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, verbs in ROAD:
            with formatter.section(title):
                commands = [(verb, self.get_command(ctx, verb)) for verb in verbs]
                formatter.write_dl([(verb, found.get_short_help_str(72)) for verb, found in commands if found])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="inscape %(version)s")
def inscape() -> None:
    """From books, and the voice a person has in mind, to a language model that writes from the inside.

    \b
    Begin with:
      inscape demo                  the whole road on a sample book, offline
      inscape new my-author         a project of your own
    """


def main(args: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    try:
        _speak_utf8()
        sys.exit(run(args))
    except Exception:
        click.echo(f"This is a fault of inscape {__version__}, not yours. What was committed is kept.", err=True)
        raise


def _speak_utf8() -> None:
    """Data is UTF-8 wherever it goes, paths byte for byte; what a console has no sign for is shown as another."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            data = stream is sys.stdout and not stream.isatty()
            stream.reconfigure(encoding="utf-8" if data else None, errors="surrogateescape" if data else "replace")


def run(args: list[str] | None = None) -> int:
    """Run the command line; the exit code. Where `--json` prints events, an error is also the last one on stdout."""
    words = sys.argv[1:] if args is None else args
    as_json = "--json" in words and not any(word in ROWS for word in words[:1])
    try:
        result = inscape.main(args=args, prog_name="inscape", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. What was committed is kept; the same command goes on from here.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        if as_json:
            _failed("UsageError", error.format_message(), error.exit_code)
        return int(error.exit_code)
    except InscapeError as error:
        click.echo(f"Error: {readable(error)}", err=True)
        if as_json:
            _failed(type(error).__name__, str(error), error.exit_code)
        return error.exit_code


def _failed(error: str, message: str, exit_code: int) -> None:
    from inscape.cli import common
    from inscape.events import Failed

    common.emit(Failed(error, message, exit_code))

"""The documentation is complete and true: every command, option, setting, event and error stands in it, as it is."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import click
import pytest

from inscape import cli
from inscape.events import name_of
from inscape.settings import SETTINGS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def _make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "scripts" / "make_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_docs = _make_docs()
PAGES = {page.name: page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")}
ALL = "\n".join(PAGES.values())


def commands(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, f"{name} is listed and does not load"
        found.append((f"{prefix}{name}", command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix}{name} ")
    return found


COMMANDS = commands(cli.inscape)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[n for n, _ in COMMANDS])
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    assert f"<!-- help: {name} -->" in ALL, f"no page shows `inscape {name} --help`"
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"inscape {name} {option.opts[0]} has no help"


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[n for n, _ in COMMANDS])
def test_every_command_shows_examples(name: str, command: click.Command) -> None:
    assert "Example" in (command.help or ""), f"inscape {name} --help shows no example"


@pytest.mark.parametrize("page", PAGES)
def test_generated_parts_are_fresh(page: str) -> None:
    assert make_docs.fill(PAGES[page]) == PAGES[page], "run `make docs`"


def test_settings_events_and_errors_are_documented() -> None:
    for setting in SETTINGS:
        assert f"`{setting.key}`" in ALL
    for event in make_docs.event_types():
        assert f"`{name_of(event)}`" in ALL
        assert event.__doc__
    for error in make_docs.error_types():
        assert f"`{error.__name__}`" in ALL


def test_every_verb_has_a_page_of_its_own() -> None:
    assert {f"{name}.md" for name, _ in COMMANDS if " " not in name} <= PAGES.keys()


def test_links_lead_somewhere() -> None:
    for name, text in {**PAGES, "../README.md": (ROOT / "README.md").read_text(encoding="utf-8")}.items():
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert ((DOCS / name).parent / target).resolve().exists(), f"{name} links to {target}"

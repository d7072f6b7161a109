"""The command line itself: help, version, exit codes, what goes to which stream."""

import subprocess
import sys
from pathlib import Path

import pytest

from inscape import __version__
from tests.conftest import Run


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"inscape {__version__}\n"
    shown = run("--help").out
    assert shown.index("new ") < shown.index("generate ") < shown.index("export "), "verbs stand in the road's order"


@pytest.mark.parametrize("words", [("--nonsense",), ("genrate",), ("export",), ("add",), ("templates", "preview")])
def test_wrong_words_are_exit_2_on_stderr(words: tuple[str, ...], project: Path, run: Run) -> None:
    done = run(*words)
    assert done.code == 2
    assert done.out == ""
    assert done.err


def test_outside_a_project_the_way_in_is_named(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("passages",), ("export", "--format", "raw"), ("review",), ("generate",)):
        done = run(*words)
        assert done.code == 1
        assert "inscape new NAME" in done.err


def test_an_error_is_the_last_event_of_a_json_stream(project: Path, run: Run) -> None:
    done = run("add", "nothing.epub", "--json")
    assert done.code == 1
    assert '"event": "failed"' in done.out.splitlines()[-1]
    assert '"exit_code": 1' in done.out.splitlines()[-1]
    assert "no such file" in done.err


def test_the_command_line_imports_nothing_heavy() -> None:
    heavy = ("rich", "lxml", "pypdfium2", "ftfy", "openai", "anthropic", "pydantic", "genai_prices", "json_repair")
    code = f"import sys, inscape.cli; print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
    code = (
        "import sys, inscape.cli as c; c.run(['--help']); "
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stderr.strip() == "[]"

"""The command line itself: help, version, exit codes, what goes to which stream."""

import json
import os
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


BOOK = "“Çay?” dedi. – 茶\n\n" * 30


def start(*words: object, folder: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """The program as a process of its own."""
    command: list[str | bytes] = [sys.executable, "-m", "inscape", *(os.fsencode(str(word)) for word in words)]
    return subprocess.run(command, cwd=folder, env={**os.environ, **environ}, capture_output=True, check=False)


@pytest.mark.parametrize("words", [("read", "b.txt"), ("read", "b.txt", "--json")])
def test_data_is_utf8_whatever_the_console_speaks(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(BOOK, encoding="utf-8")
    done = start(*words, folder=tmp_path, PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "“Çay?” dedi. – 茶" in done.stdout.decode("utf-8")


def test_a_message_that_the_console_cannot_show_is_still_said(tmp_path: Path) -> None:
    done = start("read", "茶.txt", folder=tmp_path, PYTHONIOENCODING="cp1252:strict")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: ?.txt: there is no such file")


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="file names are Unicode on this system")
def test_a_file_name_that_is_not_utf8_is_taken(project: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    name = os.fsdecode(b"caf\xe9")
    (shelf / f"{name}.txt").write_text(BOOK, encoding="utf-8")
    (shelf / f"{name}.json").write_text('[{"prompt": "a", "completion": "b"}, {"prompt": "c"}]', encoding="utf-8")
    for words, shown in {
        ("add", f"{shelf}/{name}.txt"): "books/caf�.txt",
        ("add", shelf, "--json"): "books/caf�.txt",
        ("read", f"{shelf}/{name}.txt", "--report"): "",
        ("import", f"{shelf}/{name}.json"): f"{shelf}/caf�.json, row 2",
        ("import", f"{shelf}/{name}.json", "--json"): f"{shelf}/caf�.json",
    }.items():
        done = start(*words, folder=project)
        assert done.returncode == (words[0] == "import"), done.stderr  # the second row of that file has no answer
        assert shown in done.stdout.decode("utf-8")
        assert b"Traceback" not in done.stderr
    assert [path.name for path in (project / "books").iterdir()] == ["caf�.txt"]
    missing = start("add", f"{shelf}/no-{name}.txt", "--json", folder=project)
    assert missing.returncode == 1
    assert "no-caf�.txt: there is no such file" in missing.stdout.decode("utf-8").splitlines()[-1]
    kept = start("review", "--from-file", f"{shelf}/{name}.json", folder=project)
    assert "caf�.json, line 1" in kept.stdout.decode("utf-8")
    here = tmp_path / name
    here.mkdir()
    made = start("new", name, folder=here)
    assert made.returncode == 0, made.stderr
    assert start("config", "--path", folder=here / name).returncode == 0


def failed(out: str) -> dict[str, object]:
    """The one event of the stream."""
    (line,) = out.splitlines()
    event: dict[str, object] = json.loads(line)
    assert event["event"] == "failed"
    return event


def test_an_error_before_the_stream_is_its_only_event(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (("generate",), ("passages",), ("export", "--format", "raw"), ("review", "--status")):
        done = run(*words, "--json")
        assert failed(done.out)["exit_code"] == done.code == 1
        assert done.err == f"Error: {failed(done.out)['message']}\n"
    wrong = run("generate", "--json", "--nonsense")
    assert (failed(wrong.out)["error"], wrong.code) == ("UsageError", 2)
    assert failed(run("export", "--json").out)["exit_code"] == 2


def test_a_failure_is_told_once(project: Path, run: Run) -> None:
    done = run("generate", "--json", "--yes", "--teacher", "fake")
    assert done.code == 2
    assert done.out.count('"event": "failed"') == 1
    done = run("add", "nothing.epub", "--json")
    assert done.out.count('"event": "failed"') == 1

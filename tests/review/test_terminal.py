"""The reviewer in a real terminal: keys, an editor, two runs, two sizes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from inscape.records import Conversation
from inscape.store import decisions, examples
from tests.review.wet_house import PLAIN, Made, opened

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

EDITOR = """\
import pathlib, sys
file = pathlib.Path(sys.argv[1])
file.write_text(file.read_text(encoding="utf-8").replace({old!r}, {new!r}), encoding="utf-8")
"""
SIZES = [(24, 80), (40, 120)]
KEY_LINE = r"\x1b\[1;7m\?\x1b\[0m help"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    with opened(tmp_path) as project:
        yield project


def started(made: Made, rows: int, columns: int, *args: str, **environ: str) -> pexpect.spawn[str]:
    """`inscape review` on a terminal of this size, its first screen drawn."""
    env = {**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1", **environ}
    child: pexpect.spawn[str] = pexpect.spawn(
        sys.executable, ["-m", "inscape", "review", *args], cwd=str(made.project.root), env=env,
        dimensions=(rows, columns), encoding="utf-8", timeout=20,
    )  # fmt: skip
    child.delaybeforesend = 0
    return child


def press(child: pexpect.spawn[str], key: str, expected: str) -> None:
    child.send(key)
    child.expect(expected)


def ended(child: pexpect.spawn[str]) -> str:
    """What stands on the terminal after the reviewer's screen was left; it must have ended well."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return str(child.before).split("\x1b[?1049l")[-1]


def editor(folder: Path, old: str, new: str) -> str:
    script = folder / "an editor.py"
    script.write_text(EDITOR.format(old=old, new=new), encoding="utf-8")
    return f"{sys.executable} '{script}'"


def text_of(made: Made, example: str) -> Conversation:
    found = examples.get(made.store, example)
    assert found is not None
    return found.conversation


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_keep_drop_edit_and_undo_over_two_runs(made: Made, tmp_path: Path, rows: int, columns: int) -> None:
    command = editor(tmp_path, "leave it\n", "no, leave it\n")
    child = started(made, rows, columns, EDITOR=command, VISUAL="")
    child.expect("1 of 6 ")
    press(child, "y", "2 of 6 .*kept 1 dropped 0")
    press(child, "n", "3 of 6 .*kept 1 dropped 1")
    press(child, "e", r"Edited, not saved yet: y keeps it so")
    press(child, "y", "4 of 6 .*kept 2 dropped 1")
    child.send("q")
    assert "Kept 2, dropped 1, skipped 0. 3 left" in ended(child)
    one, two, three = made.ids[:3]
    assert text_of(made, three).turns[2].text == "no, leave it"

    child = started(made, rows, columns, EDITOR=command, VISUAL="")
    child.expect("1 of 3 ")
    press(child, "u", f"Took back: keep of {three}")
    press(child, "u", f"Took back: drop of {two}")
    press(child, "n", "kept 0 dropped 1")
    child.send("\x03")
    ended(child)
    assert {d.example: d.verdict for d in decisions.standing(made.store)} == {one: "keep", two: "drop"}
    assert text_of(made, three).turns[2].text == "leave it"


def test_keys_typed_faster_than_the_screen_are_not_lost(made: Made) -> None:
    child = started(made, 24, 80)
    child.send("ynyny")
    child.expect("6 of 6 .*kept 3 dropped 2")
    press(child, "y", "the end .*kept 4 dropped 2")
    child.send("q")
    ended(child)
    assert [d.verdict for d in decisions.standing(made.store)] == ["keep", "drop", "keep", "drop", "keep", "keep"]


def test_the_screen_at_24_by_80(made: Made) -> None:
    child = started(made, 24, 80)
    child.expect(KEY_LINE)
    drawn = str(child.before).split("\x1b[H\x1b[J")[-1] + str(child.after)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", drawn).split("\r\n")
    assert len(lines) == 24
    assert max(map(len, lines)) <= 80
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38)", drawn), "NO_COLOR is honored"
    child.send("q")
    ended(child)


def test_the_editor_that_fails_and_a_broken_edit_lose_nothing(made: Made, tmp_path: Path) -> None:
    child = started(made, 24, 80, EDITOR="/no/such/editor", VISUAL="")
    child.expect(KEY_LINE)
    press(child, "e", "The editor could not be run")
    child.send("q")
    ended(child)
    child = started(
        made, 24, 80, EDITOR=editor(tmp_path, "## assistant", "## asistant"), VISUAL="", TMPDIR=str(tmp_path)
    )
    child.expect(KEY_LINE)
    press(child, "e", "line 8: .*write `## assistant`")
    press(child, "x", "Not taken. Your text stands in")
    child.send("q")
    ended(child)
    (left,) = tmp_path.glob(f"inscape-{made.ids[0]}-*.md")
    assert "## asistant" in left.read_text(encoding="utf-8")
    assert text_of(made, made.ids[0]) == PLAIN


def test_events_go_to_a_file_while_the_screen_is_on_the_terminal(made: Made, tmp_path: Path) -> None:
    env = {**os.environ, "TERM": "xterm", "PYTHON": sys.executable, "OUT": str(tmp_path / "events.jsonl")}
    child = pexpect.spawn(
        "/bin/sh", ["-c", '"$PYTHON" -m inscape review --json > "$OUT"'], cwd=str(made.project.root), env=env,
        dimensions=(24, 80), encoding="utf-8", timeout=20,
    )  # fmt: skip
    child.expect("1 of 6 ")
    child.send("yq")
    child.expect(pexpect.EOF)
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert (
        lines[0]
        == f'{{"event": "decided", "example": "{made.ids[0]}", "verdict": "keep", "revision": 1, "undo": false}}'
    )
    assert '"event": "finished"' in lines[1]

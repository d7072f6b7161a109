"""Verbs that only look do so where nothing may be written, and leave nothing there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from inscape.store import examples, open_store
from inscape.store.looking import look_at
from tests.conftest import Run

if sys.platform == "win32":
    pytest.skip("POSIX rights", allow_module_level=True)

ROWS = [
    {"instruction": "Kapıyı kilitledin mi?", "output": "Sanırım kilitledim, anahtar elimdeydi."},
    {"instruction": "What did the boats bring?", "output": "Nothing yet; he counted them and lost count at nine."},
    {"instruction": "selam", "output": "Selam, n'aber?"},
]


@pytest.fixture
def shut(project: Path, run: Run) -> Path:
    """A project with three examples whose database cannot be opened as usual: its log's index cannot be made."""
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    (project / "inscape.db-shm").mkdir()
    return project


def test_the_database_is_read_where_it_cannot_be_opened(shut: Path) -> None:
    before = (shut / "inscape.db").read_bytes()
    with look_at(shut / "inscape.db") as store:
        assert len(examples.all_examples(store)) == 3
    assert (shut / "inscape.db").read_bytes() == before


def test_an_older_database_is_brought_up_to_date_in_memory_only(shut: Path) -> None:
    import sqlite3

    (shut / "inscape.db").unlink()
    sqlite3.connect(shut / "inscape.db").close()
    with look_at(shut / "inscape.db") as store:
        assert examples.all_examples(store) == []
    (shut / "inscape.db").unlink(missing_ok=True)


def test_a_writable_project_is_opened_as_ever(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    assert run("import", "rows.json").code == 0
    with open_store(project / "inscape.db") as writer, writer.change() as db:
        db.execute("DELETE FROM revision WHERE 0")
        with look_at(project / "inscape.db") as store:
            assert len(examples.all_examples(store)) == 3


# ---------------------------------------------------------------- the verbs, in a folder that is really closed


@pytest.fixture
def closed(project: Path, run: Run) -> Iterator[Path]:
    """A project that this user may read and not write."""
    (project / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    assert run("check").code == 0
    folder = Path(tempfile.mkdtemp(prefix="inscape-closed-"))
    made = folder / "mine"
    shutil.copytree(project, made)
    (made / "chatml.jinja").write_text(
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
        encoding="utf-8",
    )
    for path in (folder, made, *made.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield made
    for path in (folder, made, *made.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "words",
    [
        ["review", "--status"],
        ["review", "--findings", "--status"],
        ["preview", "--model", "chatml.jinja"],
        ["answers"],
    ],
    ids=" ".join,
)
def test_verbs_that_only_look(closed: Path, words: list[str]) -> None:
    before = sorted(closed.rglob("*"))
    done = as_anyone(closed, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no right to write" not in done.stderr
    assert sorted(closed.rglob("*")) == before


def test_changes_that_stand_in_the_log_are_not_left_out_unsaid(closed: Path) -> None:
    closed.chmod(0o755)
    (closed / "inscape.db-wal").write_bytes(b"x" * 100)
    (closed / "inscape.db-wal").chmod(0o444)
    closed.chmod(0o555)
    done = as_anyone(closed, "review", "--status")
    assert done.returncode == 1
    assert "inscape.db-wal" in done.stderr


WITHOUT_ROOTS_RIGHTS = """\
import ctypes, os, sys
if os.geteuid() == 0:  # keep the name and give every capability away
    ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())
from inscape.cli import run
sys.exit(run(sys.argv[1:]))
"""


def as_anyone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in the folder, without root's right to write anywhere."""
    environ = {**os.environ, "XDG_CONFIG_HOME": str(folder), "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    words = (sys.executable, "-c", WITHOUT_ROOTS_RIGHTS, *words)
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environ, check=False)

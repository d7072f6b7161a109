"""The fuzz run of scripts/fuzz_books.py, a short one; and what it does when a reader misbehaves."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing import running
from tests.fuzzing.mutations import mutant
from tests.fuzzing.running import Worker, run
from tests.fuzzing.seeds import FORMATS, seeds

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("format_", FORMATS)
def test_spoiled_books_are_read_or_refused(format_: str, tmp_path: Path) -> None:
    with Worker() as worker:
        report = run(format_, 60, 7, tmp_path, worker)
    assert not report.found, report.found
    assert report.counts.total() == 60
    assert report.counts["read"] > 5, "most mutants must get past the door"


@pytest.mark.parametrize("format_", FORMATS)
def test_the_seeds_are_sound_and_the_mutants_are_not_them(format_: str) -> None:
    with Worker() as worker:
        for name, data in seeds(format_):
            assert worker.read(data, name)["is"] == "read"
            spoiled = [mutant(data, format_, random.Random(n)) for n in range(30)]
            assert spoiled == [mutant(data, format_, random.Random(n)) for n in range(30)]
            assert sum(one != data for one in spoiled) >= 25


def test_what_goes_wrong_is_told_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deeds = iter(["", "crash", "hang", "wrong", "unsound", ""])
    monkeypatch.setattr(running, "mutant", lambda *_: next(deeds).encode() or b"Well.")
    with Worker("tests.fuzzing.misreading", seconds=0.5) as worker:
        report = run("txt", 6, 1, tmp_path / "kept", worker)
    assert report.counts == {"read": 2, "crash": 1, "hang": 1, "wrong": 2}
    what = "\n".join(report.found)
    assert "crash: SIGSEGV" in what
    assert "hang: no answer in 0.5 s" in what
    assert "wrong: KeyError: 'x' (misreading.py:" in what
    assert "wrong: AssertionError: an offset outside of its text" in what
    assert sorted(path.read_bytes() for path in (tmp_path / "kept").iterdir()) == [
        b"crash", b"hang", b"unsound", b"wrong",
    ]  # fmt: skip


def test_the_script_replays_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Well.")
    words = [sys.executable, str(ROOT / "scripts/fuzz_books.py"), "--replay", str(tmp_path / "a.txt")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{tmp_path / 'a.txt'}: read")

"""A book is read in a process of its own: whatever that does, the program gets a book or one sentence, and goes on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inscape import confine
from inscape.books import limits, read
from inscape.errors import BookError
from inscape.settings import load
from inscape.stages import reading
from inscape.stages.reading import Policy, read_book, version, whole
from inscape.stages.reading.policy import policy_of
from tests.conftest import Run

SOON = Policy(seconds=1.0, memory=512 * limits.MB)
TEXT = b"One paragraph.\n\nAnother one.\n"


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that loop, break down and eat memory, by the name of the book."""
    start = confine.start
    monkeypatch.setattr(confine, "start", lambda _, errors: start("tests.stages.misbehaving", errors))
    monkeypatch.setattr(reading, "PATIENCE", 2)


def refusal(name: str, policy: Policy = SOON, data: bytes = TEXT) -> str:
    with pytest.raises(BookError) as caught:
        whole(read_book(data, name, policy))
    message = str(caught.value)
    assert message.startswith(name)
    assert message.endswith(".")
    return message


def test_the_book_is_the_one_that_the_reader_gives() -> None:
    assert whole(read_book(TEXT, "a.txt", Policy())) == read(TEXT, "a.txt")
    odd = "A name with \N{LATIN SMALL LETTER E WITH ACUTE} and “quotes”.txt"
    assert whole(read_book(TEXT, odd, Policy())) == read(TEXT, odd)


def test_what_the_reader_refuses_is_refused_in_its_own_words() -> None:
    with pytest.raises(BookError) as caught:
        read(b"", "empty.txt")
    assert refusal("empty.txt", data=b"") == str(caught.value)


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize(
    ("name", "said"),
    [("segfault.txt", "SIGSEGV"), ("abort.txt", "SIGABRT"), ("exit.txt", "exit 7"), ("cut.txt", "exit 0")],
)
def test_a_process_that_breaks_down_is_one_sentence(name: str, said: str) -> None:
    message = refusal(name)
    assert f"broke the process that read it ({said})" in message
    assert "convert it" in message
    assert whole(read_book(TEXT, "next.txt", SOON)).words == 4


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize("name", ["loop.txt", "sleep.txt"])
def test_what_never_ends_is_stopped(name: str) -> None:
    message = refusal(name)
    assert "takes too long to read: 1 s" in message
    assert "INSCAPE_READING_SECONDS=10" in message


@pytest.mark.usefixtures("misbehaving")
def test_what_takes_all_memory_is_stopped() -> None:
    assert "takes too much memory to read: more than 512 MB" in refusal("memory.txt", Policy(memory=512 * limits.MB))


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.skipif(not shutil.which("ps"), reason="there is no ps here")
def test_memory_is_watched_where_the_kernel_does_not_hold_it() -> None:
    watched = Policy(memory=256 * limits.MB, watched=True)
    assert "takes too much memory to read: more than 256 MB" in refusal("memory.txt", watched)


@pytest.mark.usefixtures("misbehaving")
def test_a_fault_of_a_reader_is_told_as_one() -> None:
    message = refusal("fault.txt")
    assert "inscape made a mistake on it (IndexError in" in message
    assert "report it" in message


@pytest.mark.usefixtures("misbehaving")
def test_what_a_library_prints_is_no_answer() -> None:
    assert whole(read_book(TEXT, "print.txt", SOON)).words == 4


@pytest.mark.usefixtures("misbehaving")
def test_what_the_process_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    refusal("child.txt", data=str(note).encode())
    pid = int(note.read_text())
    for _ in range(100):
        if not _alive(pid):
            break
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.mark.usefixtures("misbehaving")
def test_a_generator_that_is_closed_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = confine.start

    def noted(module: str, errors: int | None) -> subprocess.Popen[bytes]:
        started.append(start(module, errors))
        return started[-1]

    monkeypatch.setattr(confine, "start", noted)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "_facts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        whole(read_book(TEXT, "sleep.txt", Policy()))
    assert started[0].returncode is not None


def test_ctrl_c_ends_the_command_and_the_process_that_reads(tmp_path: Path) -> None:
    """A real terminal's Ctrl-C reaches the command alone: the other process leads a session of its own."""
    (tmp_path / "sleep.txt").write_bytes(TEXT)
    code = (
        "import sys\nfrom inscape import cli, confine\nstart = confine.start\n"
        "def other(_, errors):\n    made = start('tests.stages.misbehaving', errors)\n"
        "    print(made.pid, flush=True)\n    return made\n"
        "confine.start = other\nsys.exit(cli.run(['read', 'sleep.txt', '--no-cache']))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout
        child = int(command.stdout.readline())
        time.sleep(0.3)
        command.send_signal(signal.SIGINT)
        assert command.wait(timeout=20) == 130
    assert not _alive(child)


@pytest.mark.usefixtures("misbehaving")
def test_add_goes_on_with_the_other_files(project: Path, tmp_path: Path, run: Run) -> None:
    for name in ("segfault.txt", "loop.txt", "well.txt"):
        (tmp_path / name).write_bytes(TEXT + name.encode())
    (project / "inscape.toml").write_text("[reading]\nseconds = 1\n")
    done = run("add", tmp_path / "segfault.txt", tmp_path / "loop.txt", tmp_path / "well.txt")
    assert done.code == 1
    assert "added as" in done.out
    assert "segfault.txt broke the process" in done.out
    assert "loop.txt takes too long" in done.out
    assert "2 of 3 files could not be read" in done.err
    assert not (project / "books/segfault.txt").exists()


def test_the_settings_decide() -> None:
    settings = load("[reading]\nseconds = 5\nmemory_mb = 300\nlanguages = 'eng+tur'\n", "x", {})
    policy = policy_of(settings, {"HOME": "/home/x"})
    assert (policy.seconds, policy.memory, policy.languages) == (5, 300 * limits.MB, "eng+tur")
    assert policy.folder
    assert policy_of(settings, {"HOME": "/home/x"}, keep=False).folder is None
    assert policy_of(load("[reading]\ncache_mb = 0", "x", {}), {"HOME": "/home/x"}).folder is None


def test_a_large_file_may_take_longer_and_more() -> None:
    assert Policy(seconds=60).time_for(100 * limits.MB) == 160
    assert Policy(memory=1 << 30).memory_for(100 * limits.MB) == (1 << 30) + 400 * limits.MB


def test_the_version_is_of_the_readers_code() -> None:
    version.cache_clear()
    assert len(version()) == 12
    code = "from inscape.stages.reading import version; print(version())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == version(), "no matter which process asks"


def test_a_pdf_is_the_same_in_one_process_and_in_three(data: Path) -> None:
    path = data / "pdf/lighthouse_weasy.pdf"
    one, three = (whole(read_book(path.read_bytes(), path.name, Policy(processes=n))) for n in (1, 3))
    assert one == three
    assert one.pages == 229


def test_read_prints_what_it_printed_before(tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    assert run("read", tmp_path / "a.txt").out == "One paragraph.\n\nAnother one.\n"
    assert [json.loads(line)["text"] for line in run("read", tmp_path / "a.txt", "--json").out.splitlines()] == [
        "One paragraph.",
        "Another one.",
    ]

"""The parent's side of a child: what it reads, what it raises, and that it leaves nothing behind.

The children here are scripts that stand where a Python would, so that they need neither torch nor a model.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inscape.errors import DiskError, InscapeError, ModelError, OutOfMemory, TrainerError, TrainerMissing
from inscape.trainers.child import Child, run_child

Make = Callable[[str], Child]


@pytest.fixture
def child(tmp_path: Path) -> Make:
    """A child that runs this code, whose arguments are those of a Python."""

    def make(code: str) -> Child:
        python = tmp_path / "python"
        head = "import json, os, signal, sys, time\ndef say(**line): print(json.dumps(line), flush=True)\n"
        python.write_text(f"#!{sys.executable}\n{head}{code}", encoding="utf-8")
        python.chmod(0o755)
        (tmp_path / "job.json").write_text("{}", encoding="utf-8")
        return Child(python, "peft", tmp_path / "job.json", tmp_path, tmp_path / "trainer.log", grace=5)

    return make


def test_lines_go_both_ways(child: Make) -> None:
    code = """
say(kind="plan", given=sys.argv[1:])
order = json.loads(sys.stdin.readline())
print("noise that is no line")
say(kind="step", order=order, text="ı")
say(kind="done")
say(kind="step", after=True)
"""
    with child(code) as one:
        plan = one.read(10)
        assert plan is not None
        unbuffered, start, module, job = plan["given"]
        assert (unbuffered, Path(start).name, module, Path(job).name) == ("-u", "start.py", "peft", "job.json")
        one.tell({"do": "go"})
        assert list(one) == [{"kind": "step", "order": {"do": "go"}, "text": "ı"}, {"kind": "done"}]


@pytest.mark.parametrize(
    ("error", "kind"),
    [("oom", OutOfMemory), ("packages", TrainerMissing), ("no-model", ModelError), ("disk", DiskError),
     ("template", TrainerError), ("no-gpu", TrainerError), ("of tomorrow", TrainerError)],
)  # fmt: skip
def test_what_it_failed_of_is_raised_and_names_the_log(error: str, kind: type[InscapeError], child: Make) -> None:
    with (
        child(f"say(kind='failed', error='{error}', message='Take a smaller batch.')") as one,
        pytest.raises(kind, match=r"Take a smaller batch\. The log is .*trainer\.log"),
    ):
        list(one)


def test_what_it_died_of_is_raised_with_the_end_of_the_log(child: Make) -> None:
    with child("print('the last words', file=sys.stderr); sys.exit(3)") as one, pytest.raises(TrainerError) as problem:
        list(one)
    assert "exit code 3" in str(problem.value)
    assert "the last words" in str(problem.value)
    with child("os.kill(os.getpid(), signal.SIGKILL)") as one, pytest.raises(TrainerError, match="for lack of memory"):
        list(one)


def test_no_line_in_time(child: Make) -> None:
    with child("sys.stdin.read()") as one, pytest.raises(TimeoutError):
        one.read(0.1)


def test_stop_asks_and_hears_the_rest(child: Make) -> None:
    code = """
say(kind="plan")
assert json.loads(sys.stdin.readline()) == {"do": "stop"}
say(kind="checkpoint")
say(kind="done", stopped="asked")
"""
    with child(code) as one:
        one.read(10)
        assert [line["kind"] for line in one.stop(5)] == ["checkpoint", "done"]
        assert one.read() is None


def test_leaving_ends_it_even_if_it_will_not(child: Make) -> None:
    code = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay(kind='plan')\nwhile True: time.sleep(1)"
    begun = time.monotonic()
    with child(code) as one:
        one._grace = 0.2
        one.read(10)
        process = one._process
    assert process is not None
    assert process.returncode == -signal.SIGKILL
    assert time.monotonic() - begun < 15


def test_it_has_a_session_of_its_own_and_downloads_nothing(child: Make) -> None:
    code = "say(kind='done', session=os.getsid(0), offline=os.environ['HF_HUB_OFFLINE'])"
    with child(code) as one:
        (line,) = one
    assert line["session"] != os.getsid(0), "Ctrl-C in the terminal reaches the parent alone"
    assert line["offline"] == "1"


def test_a_python_that_is_not_there(tmp_path: Path) -> None:
    job = tmp_path / "job.json"
    with pytest.raises(TrainerMissing, match="cannot be started"):
        list(run_child(tmp_path / "none", "peft", job, tmp_path, tmp_path / "log"))


def test_a_broken_real_child_fails_with_a_sentence(tmp_path: Path) -> None:
    """A module that needs packages, in a Python without them."""
    job = {"format": 1, "backend": "peft", "model": str(tmp_path), "rows": "r", "held_out": None, "numbers": {}}
    (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
    with pytest.raises(TrainerError, match=r"The log is"):
        list(run_child(Path(sys.executable), "peft", tmp_path / "job.json", tmp_path, tmp_path / "trainer.log"))
    assert "Traceback" in (tmp_path / "trainer.log").read_text()

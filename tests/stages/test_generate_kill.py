"""kill -9 at twenty random moments of a generation of 100 requests, against the server's own log."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from inscape.project import Project
from inscape.records import Attempt
from inscape.store import attempts, examples, open_store
from tests.generating import clean_environ, make_project
from tests.teacher_server import MODEL, TeacherServer

REQUESTS, KILLS, CONCURRENCY = 100, 20, 4


def start(project: Project, server: TeacherServer) -> subprocess.Popen[bytes]:
    """The command line itself, in a process of its own."""
    command = [sys.executable, "-m", "inscape", "generate", "--teacher", "openai", "--model", MODEL, "--yes"]
    return subprocess.Popen(
        [*command, "--base-url", f"{server.url}/v1"],
        cwd=project.root,
        env=clean_environ(INSCAPE_TEACHER_CONCURRENCY=str(CONCURRENCY)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(server: TeacherServer, count: int, process: subprocess.Popen[bytes]) -> None:
    """Until so many requests have arrived, or the process has ended by itself."""
    end = time.monotonic() + 30
    while len(server.requests) < count and process.poll() is None:
        assert time.monotonic() < end, "the generation does not get on"
        time.sleep(0.002)


def log(project: Project) -> dict[str, Attempt]:
    """Every attempt by its prompt, as the next process finds it."""
    with open_store(project.database) as store:
        return {a.prompt: a for a in attempts.listing(store)}


def test_no_answer_is_lost_and_none_asked_twice_but_what_was_in_flight(tmp_path: Path) -> None:
    chance = random.Random(20261120)
    project = make_project(tmp_path / "p", REQUESTS // 2)
    answered: dict[str, Attempt] = {}
    may_repeat: Counter[str] = Counter()
    rounds = [chance.randint(1, 8) for _ in range(KILLS)]
    assert sum(rounds) < REQUESTS, "some must be left for the last run"
    with TeacherServer(delay=0.02) as server:
        for kill, allowed in enumerate(rounds):
            server.next_round(allowed)  # so that the generation cannot end before the last kill, however fast it is
            process = start(project, server)
            wait_for(server, len(server.requests) + chance.randint(1, allowed), process)
            time.sleep(chance.random() * 0.06)
            assert process.poll() is None, f"the generation ended before kill {kill + 1}"
            process.kill()
            process.wait()
            time.sleep(0.05)  # what was on the wire reaches the server's log
            rows = log(project)
            flying = [p for p, a in rows.items() if a.state == "sent"]
            assert len(flying) <= CONCURRENCY
            assert {seen.prompt for seen in server.requests} <= rows.keys(), "each was in the log before it left"
            for prompt, before in answered.items():
                assert rows[prompt] == before, "an answer that stood in the log is gone or changed"
            answered = {p: a for p, a in rows.items() if a.state == "done"}
            may_repeat.update(flying)
        server.next_round(None)
        last = start(project, server)
        assert last.wait(60) == 0
        reached = Counter(seen.prompt for seen in server.requests)

    rows = log(project)
    assert len(rows) == REQUESTS
    assert {a.state for a in rows.values()} == {"done"}
    assert all(rows[prompt] == before for prompt, before in answered.items())
    with open_store(project.database) as store:
        assert len(examples.all_examples(store)) == REQUESTS, "each answer was committed with its example"
    assert reached.keys() == rows.keys()
    for prompt, times in reached.items():
        assert times <= 1 + may_repeat[prompt], "asked again though it was not in flight at any kill"
    assert sum(reached.values()) > REQUESTS, "no kill met a request in flight: this has shown nothing"
    assert sum(reached.values()) <= REQUESTS + KILLS * CONCURRENCY


def test_control_c_ends_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    import signal

    project = make_project(tmp_path / "p", 10)
    with TeacherServer(delay=0.1) as server:
        process = start(project, server)
        wait_for(server, 5, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        states = Counter(a.state for a in log(project).values())
        assert states["done"] == len(server.requests), "what was in flight was waited for"
        assert set(states) == {"done"}
        assert start(project, server).wait(30) == 0
        assert len(server.requests) == 20, "nothing was asked twice"


def test_a_full_disk_ends_with_a_sentence(tmp_path: Path) -> None:
    """No file may grow beyond a limit: to the process that is a disk that has no room left."""
    project = make_project(tmp_path / "p", 50)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000));"
        "from inscape.cli import main; main(sys.argv[1:])"
    )
    made = subprocess.run(
        [sys.executable, "-c", limited, "generate", "--teacher", "fake"],
        cwd=project.root, env=clean_environ(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert made.returncode == 1
    assert "Error: " in made.stderr
    assert "disk" in made.stderr
    assert "Traceback" not in made.stderr
    done = {p: a for p, a in log(project).items() if a.state == "done"}
    assert 0 < len(done) < 100
    again = subprocess.run(
        [sys.executable, "-m", "inscape", "generate", "--teacher", "fake", "--json"],
        cwd=project.root, env=clean_environ(), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    events = [json.loads(line) for line in again.stdout.splitlines()]
    assert events[0]["done"] == len(done)
    rows = log(project)
    assert {a.state for a in rows.values()} == {"done"}
    assert all(rows[p] == a for p, a in done.items())
    assert os.path.getsize(project.database) > 0

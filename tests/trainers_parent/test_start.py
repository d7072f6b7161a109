"""start.py in a Python that has neither inscape nor anything it depends on, and the child's end of the line."""

import json
import os
import subprocess
import sys
from pathlib import Path

from inscape.trainers.child import START

BARE = [sys.executable, "-I", "-S", "-u"]
"""Without site-packages, without PYTHONPATH, without the current folder."""


def run(code: str, orders: str = "", *, wait: bool = True) -> list[dict[str, object]]:
    """What code tells that is run as a child, with start.py's preparation. Without `wait` stdin ends after a line."""
    whole = f"import runpy; runpy.run_path({str(START)!r})['prepare']()\nfrom inscape.trainers import telling\n{code}"
    process = subprocess.Popen(
        [*BARE, "-c", whole], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(orders)
    process.stdin.flush()
    assert process.stdout is not None
    lines = [] if wait else [json.loads(process.stdout.readline())]
    if not wait:
        process.stdin.close()
        process.stdin = None
    lines += [json.loads(line) for line in process.stdout]
    process.communicate(timeout=10)
    return lines


def test_inscape_is_found_and_nothing_beside_it(tmp_path: Path) -> None:
    """By path, in the foreign Python; `peft` and `mlx` are not this folder's modules."""
    (tmp_path / "job.json").write_text("{}")
    command, (ours, theirs) = [*BARE, str(START), "peft", str(tmp_path / "job.json")], os.pipe()
    done = subprocess.run(command, stdin=ours, capture_output=True, text=True, check=False)
    os.close(ours)
    os.close(theirs)
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["kind"] == "failed"
    assert "No module named 'inscape" not in done.stderr
    (line,) = run(
        "import sys, importlib.util as u; line = telling.open_line()\n"
        "line.say('done', peft=u.find_spec('peft') is not None, click=u.find_spec('click') is not None)\n"
        "import os; os._exit(0)"
    )
    assert line == {"kind": "done", "peft": False, "click": False}


def test_what_libraries_print_does_not_disturb() -> None:
    lines = run(
        "import os\ndef child(line, path):\n    print('noise')\n    os.system('echo more noise')\n"
        "    line.say('done', loss=float('nan'), text='ş')\ntelling.run(child, 'job')"
    )
    assert lines == [{"kind": "done", "loss": None, "text": "ş"}]


def test_an_exception_is_a_sentence() -> None:
    def failed(raised: str) -> dict[str, object]:
        (line,) = run(f"def child(line, path):\n    {raised}\ntelling.run(child, 'job')")
        return line

    assert failed("raise MemoryError")["error"] == "oom"
    assert failed("raise OSError(28, 'No space left on device')")["error"] == "disk"
    assert failed("import no_such_package")["error"] == "packages"
    assert failed("raise telling.Failure('no-model', 'Name one.')")["message"] == "Name one."
    assert failed("raise ValueError('odd\\nlines')")["message"] == "ValueError: odd."
    itself = "e = ValueError('round')\n    raise e from e"
    assert failed(itself)["error"] == "other", "an exception that is its own cause"


def test_stop_and_the_end_of_the_line_end_it_at_once() -> None:
    wait = "import time\ndef child(line, path):\n    line.say('plan')\n    time.sleep(30)\ntelling.run(child, 'job')"
    for orders, closed in (('{"do": "stop"}\n', True), ("", False)):
        assert run(wait, orders, wait=closed)[-1] == {"kind": "done", "steps": 0, "stopped": "asked"}


def test_where_there_is_something_to_keep_it_is_kept_first() -> None:
    lines = run(
        "import time\ndef child(line, path):\n    with line.careful():\n        line.say('ready')\n"
        "        while not line.asked: time.sleep(0.01)\n        line.say('checkpoint')\n"
        "        line.ending = {'steps': 7}\n    line.say('never')\ntelling.run(child, 'job')",
        wait=False,
    )
    assert lines == [{"kind": "ready"}, {"kind": "checkpoint"}, {"kind": "done", "steps": 7}]

"""Templates that never end or take all memory: stopped within limits, by name, and the next template renders."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from inscape.errors import DataError, InputError
from inscape.rendering import confined
from inscape.rendering.behavior import probe
from inscape.rendering.confined import Confined, Job, Limits, Texts
from inscape.rendering.templates import TODAY, Message, render, render_all
from tests.conftest import Run
from tests.rendering import small
from tests.rendering.test_preview import written

ASKED: list[Message] = [{"role": "user", "content": "Where?"}]
TIGHT = Limits(seconds=0.5, memory=256 << 20)
DOUBLING = "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}"
LOOPS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
FOREVER = {
    "loops in loops": LOOPS,
    "an exponent": "{{ 10 ** (10 ** 10) % 7 }}",
    "a macro that calls itself twice": (
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}"
    ),
    "text that is searched over and over": (
        "{% set t = 'a' * 9999999 %}{% for i in range(99999) %}{% set _ = t.replace('ab', 'c') %}{% endfor %}"
    ),
}
ENDLESS = {
    "a product": "{{ 'a' * 10 ** 10 }}",
    "a product of a list": "{{ ([0] * 10 ** 10) | length }}",
    "padding": "{{ 'x'.ljust(10 ** 10) }}",
    "a format": "{{ '%10000000000d' % 1 }}",
    "doubling": DOUBLING,
    "a filter": "{{ messages | tojson(indent=10 ** 9) }}",
}


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits of half a second and 256 MiB for all that renders."""
    with contextlib.closing(Confined(TIGHT)) as one:
        monkeypatch.setattr(confined, "shared", lambda: one)
        yield


@pytest.mark.usefixtures("tight")
@pytest.mark.parametrize("source", FOREVER.values(), ids=FOREVER)
def test_what_never_ends_is_stopped(source: str) -> None:
    begun = time.monotonic()
    with pytest.raises(InputError, match=r"small\.jinja takes too long: .* 0\.5 s .* endless loop") as caught:
        render(small.named(source), ASKED)
    assert time.monotonic() - begun < 10
    assert not isinstance(caught.value, DataError), "it is the template, whatever the messages"
    assert render(small.named(small.CHATML), ASKED).endswith("Where?<|im_end|>\n")


@pytest.mark.usefixtures("tight")
@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_what_takes_all_memory_is_stopped(source: str) -> None:
    with pytest.raises(InputError, match=r"small\.jinja takes too much memory .* 256 MiB"):
        render(small.named(source), ASKED)
    assert render(small.named(small.CHATML), ASKED).endswith("Where?<|im_end|>\n")


@pytest.mark.skipif(not shutil.which("ps"), reason="there is no ps here")
@pytest.mark.parametrize("source", [ENDLESS["a product"], DOUBLING])
def test_memory_is_watched_where_the_kernel_does_not_hold_it(source: str) -> None:
    """As on macOS; twice the limit may be passed between two looks, never all there is."""
    with contextlib.closing(Confined(Limits(seconds=30, memory=256 << 20, watched=True))) as one:
        with pytest.raises(InputError, match="small takes too much memory"):
            text(one, source)
        assert text(one, "well") == "well"


def text(one: Confined, source: str) -> str:
    (done,) = one.texts("small", source, [Job(ASKED)], {}, TODAY)
    assert isinstance(done, Texts)
    return done.whole


@pytest.mark.usefixtures("tight")
def test_a_text_out_of_all_proportion_is_refused() -> None:
    with pytest.raises(InputError, match=r"small\.jinja writes too long a text: 10,000,000 characters for a row"):
        render(small.named("{{ 'a' * 10 ** 7 }}"), ASKED)
    long = "a" * 10**7
    assert long in render(small.named(small.CHATML), [{"role": "user", "content": long}])


@pytest.mark.usefixtures("tight")
def test_slow_rows_one_after_the_other_are_stopped_too() -> None:
    """A template that stays below the limit with every row; the probes alone are thousands."""
    slow = "{% for i in range(300) %}{% for j in range(9999) %}{% endfor %}{% endfor %}" + small.CHATML
    begun = time.monotonic()
    with pytest.raises(InputError, match="takes too long"):
        probe(small.named(slow))
    assert time.monotonic() - begun < 10


@pytest.mark.usefixtures("tight")
def test_the_limit_is_for_each_template_and_fills_up_again() -> None:
    for number in range(300):
        assert render(small.named(f"{number}"), ASKED) == str(number)
    busy = "{% for i in range(300) %}{% for j in range(300) %}{% endfor %}{% endfor %}"
    for number in range(100):
        assert render(small.named(busy + str(number)), ASKED) == str(number)


@pytest.mark.usefixtures("tight")
def test_probes_do_not_take_a_limit_for_a_way_that_does_not_render() -> None:
    with pytest.raises(InputError, match="takes too long"):
        probe(small.named("{% if messages[1:] %}" + LOOPS + "{% endif %}" + small.CHATML))


def test_too_deep_a_recursion_is_said_and_nothing_breaks() -> None:
    with pytest.raises(DataError, match=r"small\.jinja cannot render these messages \(RecursionError"):
        render(small.named("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), ASKED)
    with pytest.raises(InputError, match=r"small\.jinja: the template nests too deep to be read"):
        render(small.named("{{ " + "(" * 9999 + "1" + ")" * 9999 + " }}"), ASKED)
    deep = "".join(f"{{% for a{n} in [1] %}}" for n in range(30)) + "x" + "{% endfor %}" * 30
    with pytest.raises(InputError, match=r"small\.jinja: the template nests too deep to be read"):
        render(small.named(deep), ASKED)


def test_a_process_that_is_gone_is_started_again() -> None:
    with contextlib.closing(Confined()) as one:
        assert text(one, "one") == "one"
        assert one.process
        one.process.kill()
        one.process.wait()
        assert text(one, "one") == "one"


def test_a_process_that_breaks_down_is_no_fault_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(Confined()) as one:
        text(one, "one")
        assert one.process
        monkeypatch.setattr(one.process, "poll", lambda: None)
        os.kill(one.process.pid, signal.SIGSEGV)
        one.process.wait()
        monkeypatch.undo()
        with pytest.raises(InputError, match="small broke the process that renders it"):
            raise one.ended("small")


def test_an_answer_that_nobody_waited_for_is_not_taken_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with contextlib.closing(Confined()) as one:
        with monkeypatch.context() as patch:
            patch.setattr(one, "_line", interrupted)
            with pytest.raises(KeyboardInterrupt):
                text(one, "one")
        assert text(one, "two") == "two"


def test_threads_and_forks_each_get_their_own_text() -> None:
    def one(number: int) -> str:
        return render(small.named(f"{number} {{{{ messages[0].content }}}}"), ASKED)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(200))) == [f"{number} Where?" for number in range(200)]
    code = (
        "import os\nfrom tests.rendering.test_limits import ASKED, small, render\n"
        "assert render(small.named('a'), ASKED) == 'a'\n"
        "child = os.fork()\n"
        "for _ in range(50):\n    assert render(small.named(str(child)), ASKED) == str(child)\n"
        "if child:\n    assert os.waitpid(child, 0)[1] == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_many_in_one_go_are_those_of_each_alone() -> None:
    native = small.named(small.NATIVE)
    said: list[Message] = [*ASKED, {"role": "assistant", "content": "Here.", "reasoning_content": "Hm."}, *ASKED]
    odd: list[Message] = [{"role": "user", "content": 7}]
    jobs = [Job(said, (1, 3)), Job(odd), Job(said, generation=True)]
    first, second, third = render_all(small.named(small.NATIVE.replace("m.content", "m.content.strip()")), jobs)
    assert isinstance(second, DataError)
    assert isinstance(first, Texts)
    assert first.whole == render(native, said)
    assert first.prompts == tuple(render(native, said[:n], add_generation_prompt=True) for n in (1, 3))
    assert isinstance(third, Texts)
    assert third == Texts(render(native, said, add_generation_prompt=True), ())


@pytest.mark.usefixtures("tight")
@pytest.mark.parametrize("source", [LOOPS, DOUBLING], ids=["time", "memory"])
def test_verbs_stop_and_leave_the_project_free(source: str, project: Path, run: Run) -> None:
    template, rows = written(project, source + small.CHATML)
    done = run("preview", "--model", template, "--file", rows)
    assert done.code == 1
    assert "chat.jinja takes too" in done.err
    assert "2 examples taken" in run("import", rows).out
    lines = [json.dumps({"example": one, "verdict": "keep"}) for one in ids(run)]
    (project / "d.jsonl").write_text("\n".join(lines))
    assert run("review", "--from-file", "d.jsonl").code == 0
    done = run("export", "--for", "trl", "--model", "org/x", "--template", template)
    assert done.code == 1
    assert "chat.jinja takes too" in done.err
    assert not (project / "exports/trl").exists()
    template.write_text(small.CHATML)
    assert run("export", "--for", "trl", "--model", "org/x", "--template", template).code == 0


def ids(run: Run) -> list[str]:
    from inscape.store import examples, open_store

    with open_store(Path("inscape.db")) as store:
        return [one.id for one in examples.all_examples(store)]

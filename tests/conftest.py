"""What all tests share: a command line that runs in a folder, and the shared books where they are."""

import os
import signal
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from inscape import cli

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # run with nohup or in the background: Ctrl-C is tested all the same
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


Run = Callable[..., Done]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must be installed (INSCAPE_CI), a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("INSCAPE_CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which INSCAPE_CI forbids: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the person's own keys, settings or configuration."""
    for name in list(os.environ):
        if name.startswith(("INSCAPE_", "OPENAI_", "ANTHROPIC_")) and name != "INSCAPE_CI":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process: `run("add", path)`."""

    def call(*words: object) -> Done:
        capfd.readouterr()
        code = cli.run([str(w) for w in words])
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return call


@pytest.fixture
def project(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, and the current folder is in it."""
    monkeypatch.chdir(tmp_path)
    assert run("new", "mine").code == 0
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def data() -> Path:
    """The shared books; a test that asks for them skips where they are not."""
    if not DATA.is_dir():
        pytest.skip(f"the shared books are not at {DATA}")
    return DATA

"""Runs a tool on a book in a process of its own and keeps what came of it, so that a table can be made in pieces.

Invariant: a kept reading is used again only for the same bytes of the book, the same version of the tool (for inscape:
the same source) and the same adapter; a kept score only for the same reading, truth and scorer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.prose import tools
from benchmarks.prose.laid import Row
from benchmarks.prose.score import Result

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = """
import json, os, sys
report, log, *command = sys.argv[1:]
errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, errors, n) for n in (1, 2)])
_, status, usage = os.wait4(pid, 0)
with open(report, "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss], file)
"""
"""Starts a tool from a process of its own: the kernel counts the peak of whoever forks to the one that is forked."""

SCORER = ("words.py", "align.py", "corpus.py", "laid.py", "details.py", "score.py")


class ToolFailed(Exception):
    """A tool that ended with an error, or not in time. The message is one line."""


@dataclass(frozen=True)
class Cost:
    """Of the whole process and its children, start and imports included: seconds of CPU and of wall, MB at the peak."""

    cpu: float
    wall: float
    megabytes: float


@dataclass(frozen=True)
class Bench:
    """Where readings are kept, the Python that has the other tools, and the seconds that a run may take."""

    work: Path
    python: Path
    limit: int = 600

    def setup(self) -> None:
        """Make an environment of their own for the other tools, in pinned versions."""
        home = self.python.parent.parent
        venv.create(home, with_pip=True)
        packages = sorted(set(tools.PACKAGES.values()))
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(pip, check=True)

    def version(self, tool: str) -> str | None:
        """The version at hand; None for a tool that is not installed."""
        if tool == "inscape":
            source = ROOT / "src" / "inscape"
            return _digest([*sorted((source / "books").rglob("*.py")), source / "stages" / "recognize.py"])[:10]
        if not self.python.exists():
            return None
        out = self.work / "version.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([*self._command(tool), "--version", str(out)], capture_output=True, check=False)
        return str(json.loads(out.read_text("utf-8"))["version"]) if done.returncode == 0 else None

    def read(self, tool: str, version: str, name: str, pdf: Path) -> tuple[dict[str, Any], Cost]:
        """What the tool gives for a book (see `tools.Given`) and what it cost. Raises ToolFailed."""
        key = {"pdf": _digest([pdf]), "version": version, "adapter": tools.adapter(tool)}
        about, out = self._kept(tool, name, "about"), self._kept(tool, name, "rows")
        known = _json(about)
        if known.get("key") != key:
            known = {"key": key} | self._run(tool, pdf, out)
            about.write_text(json.dumps(known), "utf-8")
        if known.get("failed"):
            raise ToolFailed(known["failed"])
        return json.loads(out.read_text("utf-8")), Cost(**known["cost"])

    def forget(self, tool: str, name: str) -> None:
        """Read this book anew."""
        self._kept(tool, name, "about").unlink(missing_ok=True)

    def score(self, tool: str, name: str, key: str) -> Result | None:
        """The kept score for this key (see `score_key`), without its cases."""
        known = _json(self._kept(tool, name, "score"))
        return _result(known["score"]) if known.get("key") == key else None

    def keep(self, tool: str, name: str, key: str, result: Result) -> None:
        text = json.dumps({"key": key, "score": asdict(replace(result, cases=()))})
        self._kept(tool, name, "score").write_text(text, "utf-8")

    def score_key(self, tool: str, name: str, truth: Iterable[Path]) -> str:
        here = Path(__file__).parent
        return _digest([self._kept(tool, name, "rows"), *truth, *(here / file for file in SCORER)])

    def _kept(self, tool: str, name: str, what: str) -> Path:
        folder = self.work / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{tool}.{what}.json"

    def _command(self, tool: str) -> list[str]:
        python = sys.executable if tool == "inscape" else str(self.python)
        return [python, str(Path(tools.__file__)), tool]

    def _run(self, tool: str, pdf: Path, out: Path) -> dict[str, Any]:
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src") if tool == "inscape" else ""}
        log, report = out.with_suffix(".log"), out.with_suffix(".cost")
        command = [*self._command(tool), str(pdf), str(out)]
        launch = [sys.executable, "-ISc", LAUNCH, str(report), str(log), *command]
        began = time.monotonic()
        child = subprocess.Popen(launch, env=environment, start_new_session=True)
        try:
            child.wait(self.limit)
        except subprocess.TimeoutExpired:
            return {"failed": f"not done after {self.limit} s"}
        finally:
            _end(child)
        wall = time.monotonic() - began
        code, cpu, peak = json.loads(report.read_text("utf-8"))
        if code:
            lines = log.read_text("utf-8", "replace").strip().splitlines() or [f"ended with {code}"]
            return {"failed": lines[-1][:200]}
        unit = 1024 if sys.platform != "darwin" else 1024 * 1024
        return {"cost": {"cpu": cpu, "wall": wall, "megabytes": peak / unit}}


def rows(given: Mapping[str, Any]) -> list[Row]:
    """The rows of a reading from its JSON."""
    return [
        Row(
            row["text"],
            row.get("kind", ""),
            row.get("page"),
            tuple((offset, page) for offset, page in row.get("breaks", ())),
            tuple((offset, text) for offset, text in row.get("notes", ())),
        )
        for row in given["rows"]
    ]


def _end(child: subprocess.Popen[bytes]) -> None:
    """Whatever is left of a run's processes goes with it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _result(known: dict[str, Any]) -> Result:
    made: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return Result(**made)


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _digest(paths: Iterable[Path]) -> str:
    return hashlib.sha256("".join(_file(path, path.stat().st_mtime_ns) for path in paths).encode()).hexdigest()


@cache
def _file(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""The parent's end of the line: starts a child, reads what it tells, asks it to stop.

Invariant: a child that is left is ended: asked first, then terminated, then killed. What it failed of, or died of, is
raised as an error that names the log.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from inscape.errors import DiskError, InscapeError, ModelError, OutOfMemory, TrainerError, TrainerMissing
from inscape.trainers import blas

START = Path(__file__).with_name("start.py")
QUIET = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONIOENCODING": "utf-8"}
SPARING = {"OMP_WAIT_POLICY": "PASSIVE"}
"""Threads that wait sleep: where another process has a core, spinning makes a step on a CPU 20 times as long."""
ERRORS: Mapping[str, type[InscapeError]] = {
    "oom": OutOfMemory,
    "packages": TrainerMissing,
    "no-model": ModelError,
    "disk": DiskError,
}
GRACE = 60.0
"""Seconds that a child has to end its step and keep a checkpoint."""


class Child:
    """A child process, from `with` to its end. Iterating gives its lines up to `done`, or raises InscapeError."""

    def __init__(
        self,
        python: Path,
        module: str,
        job: Path,
        cwd: Path,
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        grace: float = GRACE,
        mlx: bool = False,
    ) -> None:
        """`mlx`: it computes with mlx; a module that is called so always does."""
        self.log, self._grace = log, grace
        self._command = [str(python), "-u", str(START), module, str(job.resolve())]
        self._cwd, self._env = cwd, {**SPARING, **os.environ, **QUIET, **(env or {})}
        if mlx or module.endswith("mlx"):
            self._env |= blas.preload(self._env)
        self._lines: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._ended = False

    def __enter__(self) -> Self:
        group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", None)  # Windows' way to keep Ctrl-C from the child
        alone: dict[str, Any] = {"start_new_session": True} if group is None else {"creationflags": group}
        try:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command,
                    cwd=self._cwd,
                    env=self._env,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    encoding="utf-8",
                    errors="replace",
                    **alone,
                )
        except OSError as problem:
            raise TrainerMissing(f"{self._command[0]} cannot be started: {problem}. Name a Python that runs.") from None
        threading.Thread(target=self._read_all, args=(self._process,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop(self._grace)
        finally:
            self._kill()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (line := self.read()) is not None:
            yield line

    def read(self, timeout: float | None = None) -> dict[str, Any] | None:
        """The next line; None after `done`. Raises TimeoutError after `timeout` seconds without one."""
        if self._ended:
            return None
        try:
            line = self._lines.get(timeout=timeout)
        except Empty:
            raise TimeoutError from None
        if line is None:
            self._ended = True
            raise self._death()
        if line["kind"] == "failed":
            self._ended = True
            raise ERRORS.get(line.get("error", ""), TrainerError)(
                f"{_sentence(line.get('message'))} The log is {self.log}."
            )
        self._ended = line["kind"] == "done"
        return line

    def tell(self, order: Mapping[str, Any]) -> None:
        """One order. A child that is gone does not hear it; reading says why it went."""
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(order, ensure_ascii=False) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            pass

    def stop(self, wait: float = GRACE) -> list[dict[str, Any]]:
        """Asks the child to end, waits, then insists; what it told meanwhile. Raises nothing."""
        process, told = self._process, []
        if process is None:
            return []
        self.tell({"do": "stop"})
        if process.stdin is not None:
            _close(process.stdin)
        for seconds, insist in ((wait, process.terminate), (5.0, process.kill), (5.0, None)):
            try:
                process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                if insist is not None:
                    insist()
        while not self._ended:
            try:
                line = self._lines.get(timeout=1)
            except Empty:
                break
            if line is None:
                break
            told.append(line)
        self._ended = True
        return told

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _read_all(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for text in process.stdout:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict) and "kind" in line:
                    self._lines.put(line)
        process.wait()
        self._lines.put(None)

    def _kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _death(self) -> TrainerError:
        assert self._process is not None
        code = self._process.wait()
        if code < 0:
            said = f"was ended by the system (signal {signal.Signals(-code).name})"
            if -code == 9:
                said += ", which is most often for lack of memory: take a smaller batch, max length or model"
        else:
            said = f"ended without a word (exit code {code})"
        return TrainerError(f"The child process {said}. The log {self.log} ends with:\n{tail(self.log)}")


def run_child(python: Path, module: str, job: Path, cwd: Path, log: Path) -> Iterator[dict[str, Any]]:
    """A child that needs no orders: its lines, up to `done` and with it. Raises InscapeError as Child does."""
    with Child(python, module, job, cwd, log) as child:
        yield from child


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    try:
        text = log.read_bytes()[-20_000:].decode("utf-8", "replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:]) or "(nothing)"


def _sentence(text: Any) -> str:
    """With its full stop: what a library said may have none."""
    said = str(text).rstrip()
    return said if said.endswith((".", "!", "?", ":")) else f"{said}."


def _close(stream: Any) -> None:
    with contextlib.suppress(OSError):
        stream.close()

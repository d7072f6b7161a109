"""A model on this machine as a runtime, in a child process that holds it: a folder, an adapter on its base, a GGUF.

Invariant: one answer at a time. An answer that nobody waits for any more is cancelled, and its last line is read before
the next is asked for, so that no answer is ever taken for another.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Protocol

from inscape.errors import InscapeError, ModelError
from inscape.rendering.mode import Asked
from inscape.rendering.templates import MARKERS, ChatTemplate
from inscape.runtimes import trouble
from inscape.runtimes.base import Limits, Piece, Why
from inscape.trainers import jobs
from inscape.trainers.child import Child
from inscape.trainers.speak_jobs import SpeakJob

_PATIENCE = 60.0
"""Seconds in which a child must have ended an answer that was cancelled."""


class Lines(Protocol):
    """A child's two ends: `trainers.child.Child` is one."""

    def read(self, timeout: float | None = None) -> dict[str, Any] | None: ...

    def tell(self, order: Mapping[str, Any]) -> None: ...

    def stop(self, wait: float = ...) -> object: ...


def open_local(job: SpeakJob, python: Path, cwd: Path, name: str = "") -> LocalRuntime:
    """The model of this job, loaded. Raises InscapeError with what the child says of it."""
    folder = Path(mkdtemp(prefix="inscape-chat-"))  # stays where the model does not load: the message names its log
    jobs.save(job, folder / "job.json")
    child = Child(python, "speak", folder / "job.json", cwd, folder / "speak.log", mlx=job.engine == "mlx").__enter__()
    try:
        return LocalRuntime(child, name, lambda: rmtree(folder, ignore_errors=True))
    except BaseException:
        child.stop(5.0)
        raise


class LocalRuntime:
    """A child that is ready to answer. `template`: the model's own, as the child found it in the model."""

    single = True
    raw = True

    def __init__(self, child: Lines, name: str = "", after: Callable[[], object] = lambda: None) -> None:
        self._child, self._after = child, after
        self._number = 0
        self._open = True
        ready = self._line()
        while ready.get("kind") != "ready":
            ready = self._line()
        self.name = name or str(ready.get("name"))
        source = ready.get("template")
        marks = {f"{mark}_token": str(ready[mark]) for mark in ("bos", "eos") if ready.get(mark) is not None}
        self.template = ChatTemplate(str(source), self.name, {**MARKERS, **marks}) if source else None

    def close(self) -> None:
        if self._open:
            self._open = False
            self._child.stop(5.0)
            self._after()

    def stream(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        if not asked.text:
            raise ModelError(
                f"{self.name} has no chat template, so there is no prompt to give it. Name one with --template."
            )
        self._number += 1
        number, ended = self._number, False
        self._child.tell(
            {
                "do": "complete", "id": number, "text": asked.text, "max_tokens": limits.max_tokens,
                "temperature": limits.temperature, "top_p": limits.top_p, "seed": limits.seed,
                "stop": list(limits.stop),
            }
        )  # fmt: skip
        try:
            while not ended:
                line = self._line()
                if line.get("id") != number:
                    continue
                if line["kind"] == "refused":
                    said = f"{self.name}: {line.get('message')}"
                    raise trouble.too_long(said) if "tokens and the model takes" in said else ModelError(said)
                ended = line["kind"] == "end"
                if piece := _piece(line):
                    yield piece
        except InscapeError:  # also a child that died: there is nothing left to cancel
            ended = True
            raise
        finally:
            if not ended and self._open:
                self._cancel(number)

    def _cancel(self, number: int) -> None:
        self._child.tell({"do": "cancel", "id": number})
        while True:
            line = self._line(_PATIENCE)
            if line["kind"] in ("end", "refused") and line.get("id") == number:
                return

    def _line(self, timeout: float | None = None) -> dict[str, Any]:
        try:
            line = self._child.read(timeout)
        except TimeoutError:
            line = None
        if line is None:
            raise ModelError("The process that holds the model has ended or hangs. Start again.")
        return line


def _piece(line: Mapping[str, Any]) -> Piece | None:
    if line["kind"] == "piece":
        return Piece("text", str(line["text"]))
    if line["kind"] == "end":
        said = line.get("why")
        why: Why = "length" if said == "length" else "stop" if said == "stop" else "end"
        return Piece("end", "", why, line.get("tokens"), line.get("prompt_tokens"))
    return None

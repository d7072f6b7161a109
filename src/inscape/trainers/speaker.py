"""The parent's side of a child that speaks, for what is compared: tokens of a text, and the likeliest tokens after it.

Invariant: one question at a time; an answer is never taken for another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inscape.errors import ModelError
from inscape.project import disk_error
from inscape.trainers import jobs
from inscape.trainers.child import Child
from inscape.trainers.speak_jobs import SpeakJob

_GRACE = 5.0


class Speaker:
    """A model that was loaded. `template`: its own chat template, as it carries it."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._number = 0
        ready = self._read("ready")
        self.name = str(ready["name"])
        self.template: str | None = ready["template"]
        self.marks = {f"{name}_token": str(ready[name]) for name in ("bos", "eos") if ready.get(name) is not None}

    def tokens(self, text: str) -> list[int]:
        return list(self._ask("tokens", "tokens", text=text)["ids"])

    def greedy(self, text: str, most: int) -> list[int]:
        """The likeliest tokens after a prompt; an end mark is the last of them."""
        return list(self._ask("greedy", "ids", text=text, max_tokens=most)["ids"])

    def pieces(self, ids: Sequence[int]) -> list[str]:
        return list(self._ask("pieces", "pieces", ids=list(ids))["texts"])

    def _ask(self, do: str, answer: str, **held: Any) -> dict[str, Any]:
        self._number += 1
        self._child.tell({"do": do, "id": self._number, **held})
        return self._read(answer)

    def _read(self, kind: str) -> dict[str, Any]:
        while (line := self._child.read()) is not None:
            if line["kind"] == "refused" and line.get("id") == self._number:
                raise ModelError(str(line["message"]))
            if line["kind"] == kind and line.get("id", self._number) == self._number:
                return line
        raise ModelError("The process that holds the model has ended. Start again.")


@contextmanager
def speaking(python: Path, job: SpeakJob, folder: Path) -> Iterator[Speaker]:
    """A model in a child of its own, for as long as the block lasts. Raises InscapeError where it cannot be loaded."""
    file = folder / f".speak-{job.engine}.json"
    try:
        jobs.save(job, file)
    except OSError as error:
        raise disk_error(error, file) from None
    try:
        with Child(python, "speak", file, folder, folder / "speak.log", grace=_GRACE, mlx=job.engine == "mlx") as child:
            yield Speaker(child)
    finally:
        file.unlink(missing_ok=True)

"""A child that speaks, as tests use it: orders in, lines out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inscape.trainers import jobs
from inscape.trainers.child import Child
from inscape.trainers.speak_jobs import SpeakJob

ENV = {"OMP_NUM_THREADS": "2"}


class Speaker:
    """Asks and reads until the line that ends an answer."""

    def __init__(self, child: Child, ready: dict[str, Any]) -> None:
        self.child, self.ready = child, ready

    def ask(self, do: str, last: str, **held: Any) -> list[dict[str, Any]]:
        self.child.tell({"do": do, "id": 7, **held})
        return list(self.until(last))

    def until(self, last: str) -> Iterator[dict[str, Any]]:
        while (line := self.child.read(timeout=60)) is not None:
            yield line
            if line["kind"] in (last, "refused"):
                return

    def one(self, do: str, last: str, **held: Any) -> dict[str, Any]:
        return self.ask(do, last, **held)[-1]


@contextmanager
def speaker(folder: Path, engine: str, model: Path, **held: Any) -> Iterator[Speaker]:
    job = folder / f"speak-{engine}.json"
    jobs.save(SpeakJob(engine, str(model), threads=2, **held), job)  # type: ignore[arg-type]
    with Child(Path(sys.executable), "speak", job, folder, folder / "speak.log", env=ENV) as child:
        ready = child.read(timeout=120)
        assert ready is not None
        yield Speaker(child, ready)

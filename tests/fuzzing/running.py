"""A run: spoils, has read, tells what went wrong, and keeps the file that did it.

Invariant: the same seed gives the same run. A reader that crashes or hangs costs one process and one book.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from inscape import confine
from tests.fuzzing.mutations import mutant
from tests.fuzzing.seeds import seeds

SECONDS, MEMORY = 20.0, 1 << 30
"""What one spoiled book may take: a sound one of this size takes a tenth of a second and 60 MB."""
WORKER = "tests.fuzzing.worker"


@dataclass(slots=True)
class Report:
    """What became of the books of a format. `found`: what went wrong -> the files kept for it."""

    format: str
    counts: Counter[str] = field(default_factory=Counter)
    found: dict[str, list[Path]] = field(default_factory=dict)
    slowest: float = 0.0
    """Seconds of computing."""

    def __str__(self) -> str:
        counts = ", ".join(f"{number:,} {what}" for what, number in self.counts.most_common())
        return f"{self.format:<9} {counts}; the slowest took {self.slowest:.2f} s"


class Worker:
    """The process, started again after every one that was lost."""

    def __init__(self, module: str = WORKER, seconds: float = SECONDS) -> None:
        self._module, self._seconds = module, seconds
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes, name: str) -> dict[str, object]:
        """The answer: see `worker`; 'crash' and 'hang' where there came none."""
        process = self._process = self._process or confine.start(self._module, subprocess.DEVNULL)
        assert process.stdin
        assert process.stdout
        asked = {"name": name, "size": len(data), "seconds": self._seconds, "memory": MEMORY}
        with confine.Watch(process, 10 * self._seconds, None) as watch:
            try:
                process.stdin.write(json.dumps(asked).encode() + b"\n" + data)
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = b""
        if line:
            answer: dict[str, object] = json.loads(line)
            return answer
        code = process.wait()
        self.__exit__(None, None, None)
        if watch.ended_for or confine.timed_out(code):
            return {"is": "hang", "what": f"no answer in {self._seconds:g} s", "seconds": self._seconds}
        return {"is": "crash", "what": confine.told(code), "seconds": 0.0}

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process:
            confine.end(process)


def run(format_: str, count: int, seed: int, keep: Path, worker: Worker) -> Report:
    """Read so many spoiled books of a format. What is found is kept in the folder `keep`, which is made for it."""
    report, sound = Report(format_), seeds(format_)
    for number in range(count):
        chance = random.Random(f"{seed} {format_} {number}")
        name, data = chance.choice(sound)
        spoiled = mutant(data, format_, chance)
        answer = worker.read(spoiled, name)
        report.counts[str(answer["is"])] += 1
        report.slowest = max(report.slowest, float(str(answer["seconds"])))
        if answer["is"] not in ("read", "refused"):
            keep.mkdir(parents=True, exist_ok=True)
            path = keep / f"{seed}-{number}-{answer['is']}-{name}"
            path.write_bytes(spoiled)
            report.found.setdefault(f"{answer['is']}: {answer['what']}", []).append(path)
    return report

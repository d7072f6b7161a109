"""A training's folder, runs/NAME: its files, what is recorded of it, and which runs there are.

Invariant: `run.json` is replaced whole, and metrics and samples only grow by whole lines, so that a process killed at
any moment leaves a run that can be read and gone on with. A line that was cut off in the middle counts as not written.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from inscape.errors import InputError, TrainerError, UsageError
from inscape.project import (
    Project,
    disk_error,
    make_folder,
    read_bytes,
    read_text,
    remove_folder,
    write_bytes,
    write_text,
)

State = Literal["planned", "running", "done", "stopped", "failed"]
FORMAT = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Record:
    """run.json. Losses are of held-out rows; `best_step` is the one whose adapter is kept."""

    backend: str
    model: str
    state: State
    started: str
    ended: str = ""
    inscape: str = ""
    python: str = ""
    pid: int = 0
    """The trainer's process, while it runs."""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    probes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Level and prompt of each probe that is answered before and after, by its id."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Of what the training starts from, by path in the folder: a run goes on only from the same."""
    title: str = ""
    rows: int = 0
    held_out: int = 0
    steps: int = 0
    stopped: str = ""
    best_step: int | None = None
    loss_before: float | None = None
    loss_best: float | None = None
    seconds: float = 0.0
    memory_mb: float = 0.0
    error: str = ""

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder. The paths stand whether or not the files do."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def job(self) -> Path:
        return self.path / "job.json"

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def mode(self) -> Path:
        return self.data / "mode.json"

    @property
    def metrics(self) -> Path:
        return self.path / "metrics.jsonl"

    @property
    def samples(self) -> Path:
        return self.path / "samples.jsonl"

    @property
    def log(self) -> Path:
        return self.path / "trainer.log"

    @property
    def adapter(self) -> Path:
        return self.path / "adapter"

    @property
    def curve(self) -> Path:
        return self.path / "loss.svg"

    @property
    def report(self) -> Path:
        return self.path / "report.md"

    @property
    def begun(self) -> bool:
        """A checkpoint stands complete, or an adapter: there is something to lose."""
        marks = ("checkpoints/*/complete", "axolotl/checkpoint-*/trainer_state.json")
        return self.adapter.is_dir() or any(found for mark in marks for found in self.path.glob(mark))

    def record(self) -> Record:
        """Raises InputError where run.json is none of this inscape."""
        path = self.path / "run.json"
        try:
            held = json.loads(read_text(path))
            if held.pop("format") != FORMAT:
                raise ValueError
            return Record(**held)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise InputError(
                f"{path} is no record of a run of this inscape. Name another run, or move it away."
            ) from None

    def write(self, record: Record) -> Record:
        write_text(self.path / "run.json", record.to_json())
        return record


# ---------------------------------------------------------------- which runs there are


def runs(project: Project) -> list[tuple[Run, Record]]:
    """All runs that can be read, the one that began last first."""
    found = [
        Run(path.parent) for path in (project.root / "runs").glob("*/run.json") if _NAME.fullmatch(path.parent.name)
    ]
    known = [(run, record) for run in found if (record := _readable(run))]
    return sorted(known, key=lambda pair: (pair[1].started, pair[0].path.stat().st_mtime, pair[0].name), reverse=True)


def _readable(run: Run) -> Record | None:
    try:
        return run.record()
    except InputError:
        return None


def find(project: Project, name: str) -> Run:
    """A run by its name, or by its folder as a shell completes it. Raises UsageError that lists those there are."""
    run = Run(project.root / "runs" / checked(_named(project, name)))
    if not (run.path / "run.json").is_file():
        names = ", ".join(one.name for one, _ in runs(project)) or "none yet"
        raise UsageError(f"There is no run '{name}' in runs/ (there: {names}). `inscape train` makes one.")
    return run


def _named(project: Project, name: str) -> str:
    """'sea' for runs/sea/, from wherever that path was typed; any other name as it is."""
    path = Path(name).expanduser().absolute()
    inside = (project.root / "runs").resolve()
    return path.name if path.name != name and path.parent.resolve() == inside else name


def checked(name: str) -> str:
    """Raises UsageError for what is no run's name."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' cannot be a run's name: letters, digits, '.', '_' and '-', at most 64, a letter or digit first."
        )
    return name


def unfinished(project: Project, name: str) -> tuple[Run, Record]:
    """The run of that name, or with an empty one the last, that has not come to its end. Raises UsageError."""
    if name:
        run = find(project, name)
        record = run.record()
        if record.state == "done":
            raise UsageError(f"{name} came to its end; there is nothing to resume. `inscape chat {name}` talks to it.")
        return run, record
    left = [(run, record) for run, record in runs(project) if record.state in ("running", "stopped", "failed")]
    if not left:
        raise UsageError("No run was cut off: there is nothing to resume. `inscape train` begins one.")
    return left[0]


def free(project: Project, name: str, *, replaced: bool) -> Run:
    """The folder for a new run of that name. What stands there of one that never made a step does not count.

    Raises UsageError where a run stands there, unless it is to be replaced, and always where something else does.
    """
    run = Run(project.root / "runs" / checked(name))
    _restored(run)
    if not run.path.exists() or (run.path.is_dir() and not any(run.path.iterdir())):
        return run
    if not (run.path / "run.json").is_file():
        raise UsageError(f"{project.relative(run.path)} exists and is no run of inscape. Take another --name.")
    if replaced or not _counts(run):
        return run
    raise UsageError(
        f"There is a run '{name}' already. Take another --name, go on with it by --resume {name}, or say --replace to "
        "take away all that stands in it."
    )


def _counts(run: Run) -> bool:
    record = _readable(run)
    return record is None or record.state in ("done", "stopped", "running") or run.begun


def new_name(project: Project, backend: str) -> str:
    """'peft-1', 'peft-2', …"""
    numbers = (n for n in range(1, 100_000) if not _taken(project, f"{backend}-{n}"))
    return f"{backend}-{next(numbers)}"


def _taken(project: Project, name: str) -> bool:
    try:
        free(project, name, replaced=False)
    except UsageError:
        return True
    return False


# ---------------------------------------------------------------- making and taking back


def put_aside(run: Run) -> None:
    """What stands under the name goes beside it, so that the new run can still be given up."""
    if run.path.exists():
        remove_folder(_before(run))
        run.path.rename(_before(run))
    make_folder(run.data)


def settle(run: Run) -> None:
    """The new run stays: what was put aside goes, and the log of an earlier try."""
    remove_folder(_before(run))
    _log(run).unlink(missing_ok=True)


def give_up(run: Run, *, keep_log: bool = False) -> Path | None:
    """The new run goes, and what was put aside stands again. `keep_log`: the trainer's log stays; its path."""
    log = read_bytes(run.log) if keep_log and run.log.is_file() else None
    remove_folder(run.path)
    _restored(run)
    if log is not None:
        write_bytes(_log(run), log)
        return _log(run)
    folder = run.path.parent
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return None


def _restored(run: Run) -> None:
    """What was put aside for a run that never began, in a process that was killed, comes back."""
    before = _before(run)
    if not before.is_dir():
        return
    record = _readable(run) if (run.path / "run.json").is_file() else None
    if record is None or record.state == "planned":
        remove_folder(run.path)
        before.rename(run.path)
    else:
        remove_folder(before)


def _log(run: Run) -> Path:
    """Of a try that never made a step."""
    return run.path.with_name(f"{run.name}.log")


def _before(run: Run) -> Path:
    return run.path.with_name(f".{run.name}.before")


# ---------------------------------------------------------------- what it starts from


def hashes(run: Run) -> dict[str, str]:
    """Of the job (whether it resumes is no part of it) and of all data."""
    job = json.loads(read_text(run.job))
    job.pop("resume", None)
    made = {"job.json": _sha(json.dumps(job, sort_keys=True).encode())}
    files = sorted(path for path in run.data.rglob("*") if path.is_file())
    return made | {path.relative_to(run.path).as_posix(): _sha(read_bytes(path)) for path in files}


def unchanged(run: Run, record: Record) -> None:
    """Raises InputError where a run would go on from something else than it began with."""
    try:
        now = hashes(run)
    except (ValueError, AttributeError):
        now = {}
    if other := [name for name, sha in record.hashes.items() if now.get(name) != sha]:
        raise InputError(
            f"{run.name} cannot go on: {', '.join(other)} in its folder changed since it began. Put it back, or begin "
            "another run with `inscape train`."
        )


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wait_for(run: Run, record: Record, seconds: float) -> None:
    """Until the trainer of a process that was killed has ended its step. Raises TrainerError where it does not."""
    end = time.monotonic() + seconds
    while record.pid and _runs(record.pid, run.job):
        if time.monotonic() > end:
            raise TrainerError(
                f"The trainer of {run.name} (process {record.pid}) still runs, though what started it is gone. Wait "
                f"for it, or end it (kill {record.pid}), and resume then."
            )
        time.sleep(0.2)


def _runs(pid: int, job: Path) -> bool:
    """Whether this process is the one that was started with this job; numbers of processes come again."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        if os.name == "nt" or Path("/proc/self").exists():
            return False
        try:
            found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
        except OSError:
            return False
        words = found.stdout
    return os.fsencode(job.resolve()) in words


# ---------------------------------------------------------------- lines


class Lines:
    """A file of JSON lines that grows, each line whole on the disk before the next."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mend()

    def write(self, line: Mapping[str, Any]) -> None:
        data = json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            with self.path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise disk_error(error, self.path) from None

    def _mend(self) -> None:
        """Take away the beginning of a line that a killed process left."""
        data = self.path.read_bytes() if self.path.is_file() else b""
        if data and not data.endswith(b"\n"):
            with self.path.open("r+b") as file:
                file.truncate(data.rfind(b"\n") + 1)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of such a file; none where it is not there."""
    data = path.read_bytes() if path.is_file() else b""
    for line in data[: data.rfind(b"\n") + 1].splitlines():
        try:
            held = json.loads(line)
        except ValueError:
            continue
        if isinstance(held, dict):
            yield held

"""The checks of single rows in a second process, while this one looks at the set: halves the time of large files.

Invariant: what comes back is what the same checks say in this process, in the same order; None where the second
process did not come to its end, and then they run here. It reads the files itself: only paths and settings are handed
over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import IO

from inscape.quality.rows import Finding, Limits

LARGE = 12_000_000
"""Bytes of files from which on a second process is worth its start: about three seconds of work."""


def worth_it(files: Sequence[Path]) -> bool:
    """Whether the files are large, can be read twice, and there is a second processor."""
    if (os.cpu_count() or 1) < 2 or not all(path.is_file() for path in files):
        return False
    return sum(path.stat().st_size for path in files) >= LARGE


class Beside:
    """A second process at work on the rows of these files."""

    def __init__(self, files: Sequence[Path], tag: str, limits: Limits, on: Iterable[str]) -> None:
        job = {"files": [str(path) for path in files], "tag": tag, "limits": dict(limits.values), "on": list(on)}
        self._out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `end`)
        self._child = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=self._out, stderr=subprocess.DEVNULL
        )
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(job).encode())
            self._child.stdin.close()
        except OSError:
            self._child.kill()  # it ended at once: `findings` says so

    def findings(self) -> list[Finding] | None:
        """What it found, once it is done; None where it failed."""
        if self._child.wait() != 0:
            return None
        self._out.seek(0)
        return [Finding(*json.loads(line)) for line in self._out]

    def end(self) -> None:
        """Stop it if it still runs, and let its output go."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        self._out.close()


def main() -> None:
    """The second process: a job on standard input, a finding a line on standard output."""
    from inscape.quality import checks
    from inscape.stages.check import items_of

    job = json.load(sys.stdin)
    items = items_of([Path(one) for one in job["files"]], job["tag"])
    for finding in checks.run(items, Limits(job["limits"]), job["on"], part="rows"):
        sys.stdout.write(json.dumps(astuple(finding)) + "\n")


if __name__ == "__main__":
    main()

"""A process of its own for what may never end, take all memory or break down, whatever it was given.

Invariant: only the kernel can hold code that is busy in C. So the process that is started here is held from inside by
an alarm on its computing and a limit on its memory (`hold`), and where the kernel does neither (macOS, Windows) it is
looked at from outside and ended (`Watch`). It leads a session of its own: Ctrl-C is for the program, which ends it, and
what it has started ends with it. It inherits no lock.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

LOOK = 0.1
"""Seconds between two looks at the memory, where it is watched."""
WATCHED = sys.platform == "darwin"
"""Whether memory is looked at from outside, for want of a kernel that refuses it."""

_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from {} import main; main()"


# ---------------------------------------------------------------- from outside


def start(module: str, errors: int | None = None) -> subprocess.Popen[bytes]:
    """A process that runs `main` of a module, with pipes for its input and output. `errors`: where its stderr goes."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _BOOT.format(module), *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End it, and what it started; close its pipes and wait."""
    kill(process)
    with contextlib.suppress(BrokenPipeError), process:
        pass


def kill(process: subprocess.Popen[bytes]) -> None:
    """End it, and what it started, however busy they are; nothing, once it was waited for: its number is free."""
    if process.returncode is None and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def timed_out(code: int) -> bool:
    """Whether a process that ended with this code was ended by its own alarm."""
    return code < 0 and -code == getattr(signal, "SIGPROF", None)


def told(code: int) -> str:
    """'SIGSEGV', 'exit 3': how a process ended."""
    with contextlib.suppress(ValueError):
        if code < 0:
            return signal.Signals(-code).name
    return f"exit {code}"


def resident(leader: int) -> int:
    """Bytes of memory that a process and those of its session hold; 0 where they are gone."""
    found = subprocess.run(["ps", "-A", "-o", "pgid=,rss="], capture_output=True, text=True, check=False)
    rows = (line.split() for line in found.stdout.splitlines())
    return sum(int(row[1]) * 1024 for row in rows if len(row) == 2 and row[0] == str(leader))


class Watch(threading.Thread):
    """Ends a process that goes on past its time, or, where `memory` is given, holds more than so many bytes.

    For use as a context. `ended_for`: 'time' or 'memory' where it did; '' where it had no cause.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float, memory: int | None) -> None:
        super().__init__(daemon=True)
        self.ended_for = ""
        self._process, self._memory = process, memory
        self._until = time.monotonic() + seconds
        self._over = threading.Event()

    def earn(self, seconds: float) -> None:
        """Let it go on for longer."""
        self._until += seconds

    def run(self) -> None:
        while not self._over.wait(LOOK if self._memory else max(0.0, min(1.0, self._until - time.monotonic()))):
            if time.monotonic() >= self._until:
                self.ended_for = "time"
            elif self._memory and resident(self._process.pid) > self._memory:
                self.ended_for = "memory"
            if self.ended_for:
                kill(self._process)
                return

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


# ---------------------------------------------------------------- from inside


def hold(memory: int | None) -> None:
    """Take the limits on: so many bytes, and an `alarm` that ends the process. What it forks inherits the first."""
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    if memory and sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def alarm(seconds: float) -> None:
    """The kernel ends this process after so much computing of its own; 0: never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def left() -> float:
    """Seconds of computing until the alarm."""
    return signal.getitimer(signal.ITIMER_PROF)[0] if hasattr(signal, "getitimer") else 0.0

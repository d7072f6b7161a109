"""The process that reads books, with readers that do what no reader should, by the name of the book."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inscape.stages.reading import child
from inscape.stages.reading.child import Tell

own = child.JOBS["read"]


def misbehave(data: bytes, name: str, asked: Mapping[str, Any], tell: Tell) -> bytes:
    match name:
        case "segfault.txt":
            ctypes.string_at(1)
        case "abort.txt":
            os.abort()
        case "exit.txt":
            os._exit(7)
        case "loop.txt":
            10 ** (10**10)  # in C, where no signal handler of Python's would get a word in
        case "sleep.txt":
            signal.pause()
        case "memory.txt":
            held = [bytes(1 << 20)]
            while True:
                held.append(bytearray(b"x" * (1 << 24)))  # type: ignore[arg-type]
        case "fault.txt":
            [][1]
        case "print.txt":
            print('{"done": 0}', flush=True)
            os.write(1, b'{"done": 0}\n')
        case "cut.txt":
            tell({"done": 1000})
            os._exit(0)
        case "child.txt":
            Path(data.decode().strip()).write_text(str(subprocess.Popen([sys.executable, "-c", "input()"]).pid))
            signal.pause()
    return own(data, name, asked, tell)


def main() -> None:
    child.JOBS = {**child.JOBS, "read": misbehave}
    child.main()

"""The child's end of the line: JSON objects out, orders in, and what went wrong as a sentence.

Invariant: only this writes to the real stdout; file descriptor 1 is turned to stderr, so that no library can disturb.
When the parent is gone or asks to stop, a child ends at once, or after its step where it has something to keep.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

Ending = dict[str, Any]


class Failure(Exception):
    """Ends the child with a sentence. `error`: oom, no-gpu, no-model, template, packages, disk or other."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class Line:
    """To the parent and from it."""

    def __init__(self, out: TextIO, orders: TextIO) -> None:
        self.asked = False
        """The parent asked to stop, or is gone."""
        self.orders: SimpleQueue[dict[str, Any]] = SimpleQueue()
        """What the parent says, but for stop; `{"do": "stop"}` comes last."""
        self.ending: Ending = {"steps": 0, "stopped": "asked"}
        """What `done` says where the child ends at once."""
        self._out, self._lock, self._careful = out, threading.Lock(), False
        self._over = False
        threading.Thread(target=self._listen, args=(orders,), daemon=True).start()

    def say(self, kind: str, /, **values: Any) -> None:
        """One line. A parent that is gone is one that asks to stop."""
        text = json.dumps({"kind": kind, **{name: _plain(one) for name, one in values.items()}}, ensure_ascii=False)
        try:
            with self._lock:
                if not self._over:
                    self._out.write(text + "\n")
                    self._out.flush()
                self._over = self._over or kind in ("done", "failed")
        except OSError:
            self.asked = True

    @contextmanager
    def careful(self) -> Iterator[None]:
        """Inside, a stop only sets `asked`: there is something to keep first."""
        with self._lock:
            self._careful = True
        try:
            yield
        finally:
            with self._lock:
                self._careful = False
        if self.asked:
            self._end()

    def _listen(self, orders: TextIO) -> None:
        for line in orders:
            try:
                order = json.loads(line)
            except ValueError:
                continue
            if order.get("do") == "stop":
                break
            self.orders.put(order)
        with self._lock:
            self.asked = True
            careful = self._careful
        self.orders.put({"do": "stop"})
        if not careful:
            self._end()

    def _end(self) -> None:
        self.say("done", **self.ending)
        os._exit(0)


def open_line() -> Line:
    """The real stdout and stdin; called once, before anything heavy is imported."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return Line(out, sys.stdin)


def run(child: Callable[[Line, Path], None], job: str) -> None:
    """A child from its first line to its last: an exception is told as a sentence, its traceback is in the log."""
    line = open_line()
    try:
        child(line, Path(job))
    except BaseException as problem:  # noqa: BLE001 (the last line is always told)
        traceback.print_exc()
        found = explain(problem)
        line.say("failed", error=found.error, message=str(found))
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)  # threads of a library must not hold the process


def explain(problem: BaseException) -> Failure:
    """What to say for an exception that nobody foresaw."""
    if isinstance(problem, Failure):
        return problem
    chain = list(_chain(problem))
    texts = " ".join(str(one) for one in chain)
    if any(isinstance(one, OSError) and one.errno == 28 for one in chain) or "No space left" in texts:
        return Failure("disk", "There is no room left on the disk. Free some, then run this again.")
    if isinstance(problem, MemoryError) or "out of memory" in texts.lower() or "can't allocate memory" in texts:
        return Failure("oom", "The memory is not enough.")
    if isinstance(problem, ImportError):
        return Failure("packages", f"A package is missing or does not fit the others: {_first(problem)}.")
    if "chat_template is not set" in texts or "chat template" in texts.lower():
        return Failure(
            "template",
            f"The chat template cannot be used: {_first(problem)}. Name the chat model (often called -Instruct or "
            "-it), not the base model; its folder has chat_template.jinja or tokenizer_config.json with a template.",
        )
    return Failure("other", f"{type(problem).__name__}: {_first(problem)}.")


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__


def _first(problem: BaseException) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0][:300].rstrip(".") if lines else "no message"


def _plain(value: Any) -> Any:
    """Numbers of a library as Python's; what is no number in JSON is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def when_asked(line: Line, act: Callable[[], None]) -> None:
    """Acts once as soon as the parent asks to stop; does not wait for it."""

    def wait() -> None:
        while not line.asked:
            time.sleep(0.1)
        act()

    threading.Thread(target=wait, daemon=True).start()

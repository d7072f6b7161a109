"""A teacher that costs nothing and needs no network: made-up answers, or a script's, with faults on demand.

Invariant: what it does depends only on the prompt, the number of the try, the script and the settings, so that a
demonstration, a test and a page of documentation come out the same each time. (A script is used in turn: there the
order of arrival counts; set teacher.concurrency to 1.)
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from inscape.errors import (
    DataError,
    SettingError,
    TeacherBusy,
    TeacherError,
    TeacherOutOfCredit,
    TeacherRefused,
    TeacherRejected,
    TeacherUnreachable,
)
from inscape.project import read_text
from inscape.records import Reply, Request
from inscape.settings import Settings
from inscape.teachers import made_up
from inscape.teachers.prices import tokens_of
from inscape.text import sha256

_ERRORS: dict[str, Callable[[], TeacherError]] = {
    "busy": lambda: TeacherBusy("The fake teacher has too many requests just now (429).", retry_after=0.05),
    "down": lambda: TeacherBusy("The fake teacher has a fault just now (500)."),
    "unreachable": lambda: TeacherUnreachable("The connection to the fake teacher was cut."),
    "refuse": lambda: TeacherRefused("The teacher refused: this passage is not one I will write about."),
    "html": lambda: TeacherRejected("The fake teacher answered with a web page and no chat answer."),
    "credit": lambda: TeacherOutOfCredit("The fake teacher's account has no credit left."),
}
_SPOILERS: dict[str, Callable[[str], tuple[str, bool]]] = {
    "cut": lambda answer: (answer[: len(answer) * 3 // 5], True),
    "prose": lambda answer: ("I would gladly write about this passage. Shall I begin with the weather?", False),
    "empty": lambda answer: ("", False),
    "fenced": lambda answer: (f"Here is the example:\n\n```json\n{answer}\n```\nI hope it serves.", False),
}
FAULTS = (*_ERRORS, *_SPOILERS)


class FakeTeacher:
    """`faults` are shares of requests by name; `script` is used in turn, from the start again after its end."""

    name = "fake"

    def __init__(
        self,
        *,
        tag: str = "thinking",
        delay: float = 0.0,
        faults: Mapping[str, float] | None = None,
        script: Sequence[str | dict[str, str]] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.params: dict[str, Any] = {}
        self._tag, self._delay, self._faults, self._script = tag, delay, dict(faults or {}), list(script)
        self._sleep = sleep
        self._used = 0
        self._lock = threading.Lock()

    def ask(self, request: Request) -> Reply:
        if self._delay:
            self._sleep(self._delay)
        answer, fault = self._next(request)
        if fault in _ERRORS:
            raise _ERRORS[fault]()
        text, cut = _SPOILERS[fault](answer) if fault else (answer, False)
        return Reply(text, tokens_of(request.prompt), tokens_of(text), self.name, cut)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _next(self, request: Request) -> tuple[str, str | None]:
        """The answer and the fault that comes over it."""
        if not self._script:
            return made_up.answer(request.prompt, request.shape, self._tag), self._fault(request)
        with self._lock:
            entry = self._script[self._used % len(self._script)]
            self._used += 1
        if isinstance(entry, str):
            return entry, self._fault(request)
        return made_up.answer(request.prompt, request.shape, self._tag), entry["fault"]

    def _fault(self, request: Request) -> str | None:
        dice = int(sha256(f"{request.attempt}\0{request.prompt}")[:8], 16) / 2**32
        for name, share in self._faults.items():
            if dice < share:
                return name
            dice -= share
        return None


def parse_faults(text: str) -> dict[str, float]:
    """'busy=0.1, cut=0.05' as shares by name. Raises SettingError."""
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, _, share = (p.strip() for p in part.partition("="))
        try:
            found[name] = float(share)
        except ValueError:
            raise SettingError(f"teacher.faults: {part!r} must be like busy=0.1.") from None
        if name not in FAULTS:
            raise SettingError(f"teacher.faults: there is no fault {name!r}; there are {', '.join(FAULTS)}.")
    if any(share < 0 for share in found.values()) or sum(found.values()) > 1:
        raise SettingError("teacher.faults: shares lie between 0 and 1 and make at most 1 together.")
    return found


def read_script(path: Path) -> list[str | dict[str, str]]:
    """A JSON list: each item an answer's text (or the answer itself as JSON), or {"fault": name}. Raises DataError."""
    try:
        items = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: no valid JSON ({error.msg}). Mend that line.") from None
    if not isinstance(items, list) or not items:
        raise DataError(f'{path}: a script is a JSON list of answers, with {{"fault": "busy"}} where one is to fail.')
    return [_entry(path, n, item) for n, item in enumerate(items, 1)]


def _entry(path: Path, n: int, item: object) -> str | dict[str, str]:
    if isinstance(item, dict) and set(item) == {"fault"}:
        if item["fault"] not in FAULTS:
            raise DataError(f"{path}, item {n}: there is no fault {item['fault']!r}; there are {', '.join(FAULTS)}.")
        return {"fault": str(item["fault"])}
    return item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)


def make(settings: Settings, environ: Mapping[str, str], root: Path) -> FakeTeacher:
    """A script's path counts from `root`.

    Raises SettingError for faults that do not exist, DataError or InputError for a script that cannot be read.
    """
    script = settings.text("teacher.script")
    return FakeTeacher(
        tag=settings.text("examples.tag"),
        delay=settings.number("teacher.delay"),
        faults=parse_faults(settings.text("teacher.faults")),
        script=read_script(root / script) if script else (),
    )

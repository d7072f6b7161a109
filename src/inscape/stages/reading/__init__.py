"""Reading a book's file, whatever it holds: in a process of its own, within limits, and from the cache the second time.

Invariant: `read_book` gives a book or raises a BookError that names the file. No file takes the program down, hangs it
or fills its memory: PDFium and libxml2 meet strangers' bytes, and only another process can be lost to them (see
`confine`). When the generator is closed, by Ctrl-C too, that process and all that it started are gone.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from inscape import confine
from inscape.books import limits, wire
from inscape.errors import BookError
from inscape.events import Event, PagesRecognized
from inscape.records import BookText
from inscape.stages.reading import cache
from inscape.stages.reading.policy import Policy, cores, policy_of
from inscape.stages.reading.version import version

__all__ = ["Answer", "Policy", "policy_of", "read_book", "run", "version", "whole"]

PATIENCE = 4
"""Seconds by the clock that each second of computing may take: where other programs keep the machine busy."""

_PAGES = "pages"
"""The folder of the cache that holds pages of scans, each as soon as it was recognized."""

Made = TypeVar("Made")


def read_book(data: bytes, name: str, policy: Policy, keep: bool = True) -> Generator[Event, None, BookText]:
    """Read a book; the generator's value is the book. `keep`: whether the cache may hold it from now on.

    Raises BookError, with a sentence that names the file.
    """
    key = _key(data, name, policy)
    if (found := _kept(key, policy)) is not None:
        return found
    answer = yield from run("read", data, name, policy)
    if policy.folder and keep and not answer.passing:
        cache.put(policy.folder, key, answer.made, policy.room)
    if policy.folder and not keep:
        cache.forget(policy.folder / _PAGES / hashlib.sha256(data).hexdigest())
    return wire.load(answer.made)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the process made. `passing`: another try may make more of the same file."""

    made: bytes
    passing: bool


def run(
    job: str, data: bytes, name: str, policy: Policy, more: Mapping[str, Any] | None = None
) -> Generator[Event, None, Answer]:
    """Do one of `child.JOBS` with a file's bytes in a process of its own; the generator's value is what it made.

    Raises BookError.
    """
    seconds, memory = policy.time_for(len(data)), policy.memory_for(len(data))
    asked = {
        "job": job,
        "name": name,
        "size": len(data),
        "seconds": seconds,
        "memory": None if policy.watched else memory,
        "processes": policy.processes or cores(),
        "languages": policy.languages,
        "folder": str(policy.folder / _PAGES) if policy.folder else None,
        **(more or {}),
    }
    process = confine.start("inscape.stages.reading.child", subprocess.DEVNULL)
    try:
        with confine.Watch(process, PATIENCE * seconds, memory if policy.watched else None) as watch:
            _send(process, asked, data)
            passing = False
            for fact in _facts(process):
                if "earned" in fact:
                    watch.earn(PATIENCE * fact["earned"] + fact["clock"])
                elif "recognized" in fact:
                    yield PagesRecognized(name, *fact["recognized"])
                elif "passing" in fact:
                    passing = True
                elif "done" in fact:
                    assert process.stdout
                    made = process.stdout.read(fact["done"])
                    if len(made) == fact["done"]:
                        return Answer(made, passing)
                else:
                    raise _told(fact, name, policy)
            raise _ended(process, watch, name, policy)
    finally:
        confine.end(process)


def whole(reading: Generator[Event, None, Made]) -> Made:
    """The value of a generator whose events nobody wants."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            made: Made = end.value
            return made


def _send(process: subprocess.Popen[bytes], asked: Mapping[str, Any], data: bytes) -> None:
    assert process.stdin
    try:
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.write(data)
        process.stdin.flush()
    except OSError:  # it has ended before it took all, and how it ended says why
        return


def _facts(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert process.stdout
    for line in iter(process.stdout.readline, b""):
        if line.endswith(b"\n"):
            yield json.loads(line)


# ---------------------------------------------------------------- what went wrong


def _told(fact: Mapping[str, Any], name: str, policy: Policy) -> BookError:
    """What the process itself said went wrong."""
    if "refused" in fact:
        said = fact["refused"]
        return BookError(said if name in said else f"{name}: {said}")
    if "memory" in fact:
        return _too_much(name, policy)
    return BookError(
        f"{name} cannot be read: inscape made a mistake on it ({fact['fault']}). Other files are not touched by that. "
        "Please report it, with the file if you may; meanwhile, convert it to another format and add that."
    )


def _ended(process: subprocess.Popen[bytes], watch: confine.Watch, name: str, policy: Policy) -> BookError:
    """Why the process ended without an answer."""
    confine.kill(process)
    code = process.wait()
    if watch.ended_for == "memory":
        return _too_much(name, policy)
    if watch.ended_for == "time" or confine.timed_out(code):
        return BookError(
            f"{name} takes too long to read: {policy.seconds:g} s of computing, and more for its size, were not "
            "enough, where a long novel takes three. It is probably damaged. If you trust it, allow more: "
            f"reading.seconds in inscape.toml, or INSCAPE_READING_SECONDS={10 * policy.seconds:g}."
        )
    return BookError(
        f"{name} broke the process that read it ({confine.told(code)}): it is damaged, or needs more than "
        f"{policy.memory // limits.MB:,} MB of memory. Get it again from its source, or convert it to another format."
    )


def _too_much(name: str, policy: Policy) -> BookError:
    return BookError(
        f"{name} takes too much memory to read: more than {policy.memory // limits.MB:,} MB. Split it, or allow more: "
        "reading.memory_mb in inscape.toml, or INSCAPE_READING_MEMORY_MB."
    )


# ---------------------------------------------------------------- the cache


def _key(data: bytes, name: str, policy: Policy) -> str:
    """What the record depends on: the bytes, the name that its messages have, the reader, how scans are read."""
    digest = hashlib.sha256(data)
    digest.update(json.dumps([name, version(), policy.languages]).encode())
    return digest.hexdigest()


def _kept(key: str, policy: Policy) -> BookText | None:
    found = cache.get(policy.folder, key) if policy.folder else None
    try:
        return wire.load(found) if found is not None else None
    except (ValueError, KeyError, TypeError):  # no entry that this program wrote
        return None

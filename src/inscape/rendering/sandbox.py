"""Renders chat templates as transformers does: jinja2 in a sandbox, with the filters and functions templates expect.

Invariant: the same template and messages give the same text on every machine and day, since `strftime_now` answers the
day that was asked for. Templates are foreign code: the sandbox is jinja2's immutable one, and what a template sees is
plain JSON. `main` serves a process of its own (see `confined`), a line of JSON for a line of JSON, under the limits of
its first line; it reads no file, and what it takes in and gives back is text alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from time import process_time
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from inscape import confine
from inscape.text import shorten

ROW, BYTE = 0.01, 1e-6
"""Seconds of computing that a row earns for its template, and each byte of its messages; a real row takes a tenth."""
ROOM, SHARE = 1 << 16, 16
"""Characters that a text may have, and how many more for each of its template and its messages."""

Reply = dict[str, Any]


class Unusable(Exception):
    """The template itself cannot be used: what to tell the person, after its name."""


class Refused(Exception):
    """It does not take these messages: what to tell the person, after its name."""


def main() -> None:
    """Answer requests until there are no more. The first line holds the limits; the first answer says it is ready."""
    allowance = _confine(json.loads(sys.stdin.buffer.readline()))
    sources: dict[int, str] = {}
    _say({"ready": True})
    for line in sys.stdin.buffer:
        try:
            asked = json.loads(line)
            number = asked["number"]
            if asked["source"] is not None:
                sources[number] = asked["source"]
            allowance.begin(number, len(asked["jobs"]), len(line))
            reply = answer(sources[number], asked)
        except Unusable as error:
            reply = {"refused": str(error)}
        except MemoryError:
            reply = {"memory": True}
        allowance.end()
        _say(reply)


def answer(source: str, asked: dict[str, Any]) -> Reply:
    """For each job its prompts and its text, or why the template does not take its messages. Raises Unusable."""
    template = _compiled(source, datetime.fromisoformat(asked["today"]))
    done: list[list[str] | str] = []
    for messages, prompts, generation in asked["jobs"]:
        wanted = [*((messages[:n], True) for n in prompts), (messages, generation)]
        most = ROOM + SHARE * (len(source) + sum(len(str(text)) for one in messages for text in one.values()))
        try:
            done.append([_rendered(template, said, opened, asked["given"], most) for said, opened in wanted])
        except Refused as error:
            done.append(str(error))
    return {"done": done}


class _Allowance:
    """Seconds of computing for each template. At their end the kernel ends the process, whatever it is doing."""

    def __init__(self, seconds: float) -> None:
        self._most = seconds
        self._left: dict[int, float] = {}
        self._now = (0, 0.0)

    def begin(self, number: int, jobs: int, size: int) -> None:
        earned = jobs * ROW + size * BYTE
        self._left[number] = min(self._left.get(number, self._most), self._most) + earned
        self._now = number, process_time()
        confine.alarm(max(self._left[number], 0.001))

    def end(self) -> None:
        confine.alarm(0)
        number, begun = self._now
        self._left[number] = self._left.get(number, self._most) - (process_time() - begun)


def _confine(limits: dict[str, Any]) -> _Allowance:
    """Take the limits on: what the kernel holds, no code that is busy in C can outlast."""
    confine.hold(limits["memory"])
    return _Allowance(limits["seconds"])


def _say(reply: Reply) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


# ---------------------------------------------------------------- jinja


def _rendered(template: jinja2.Template, messages: list[Any], opened: bool, given: dict[str, Any], most: int) -> str:
    """The text. Raises Refused, or Unusable where it has more than `most` characters."""
    try:
        text = template.render(
            messages=[dict(message) for message in messages],
            tools=None,
            documents=None,
            add_generation_prompt=opened,
            **given,
        )
    except MemoryError:
        raise
    except jinja2.exceptions.SecurityError as error:
        raise Refused(f" reaches for what it must not touch ({shorten(str(error), 160)})") from None
    except jinja2.TemplateError as error:
        said = shorten(str(error) or type(error).__name__, 200)
        raise Refused(f" does not take these messages: {said}") from None
    except Exception as error:  # noqa: BLE001  (foreign code raises what it likes)
        said = f"{type(error).__name__}: {shorten(str(error), 160)}"
        raise Refused(f" cannot render these messages ({said})") from None
    if len(text) > most:
        raise Unusable(f" writes too long a text: {len(text):,} characters for a row that may have {most:,}")
    return text


@lru_cache(maxsize=256)
def _compiled(source: str, today: datetime) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = today.strftime
    try:
        return environment.from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise Unusable(f", line {error.lineno}: not a chat template in jinja ({error.message})") from None
    except (RecursionError, SyntaxError):  # the latter from Python, of more than twenty blocks in one another
        raise Unusable(": the template nests too deep to be read") from None


class _Generation(Extension):
    """`{% generation %}…{% endgeneration %}`: marks what the assistant says for trainers; the text is the same."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    def _same(self, caller: Callable[[], str]) -> str:
        return caller()


def _refuse(message: str) -> None:
    raise jinja2.TemplateError(message)


def _tojson(
    value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: Any = None, sort_keys: bool = False
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

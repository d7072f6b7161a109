"""Renders a chat template as transformers does: jinja2 in a sandbox, with the filters and functions templates expect.

Invariant: the same template and messages give the same text on every machine and day: `strftime_now` answers `TODAY`.
Nothing is read or fetched here; a template is text that somebody else loaded. Templates are foreign code: the sandbox
is jinja2's immutable one, and what a template sees is plain JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from inscape.errors import DataError, InputError
from inscape.text import shorten

Message = dict[str, Any]

TODAY = datetime(2025, 1, 1)
"""The day on which every template is rendered: several write today's date into each row."""
MARKERS = {"bos_token": "<s>", "eos_token": "</s>"}
"""What stands for a tokenizer's special tokens where no tokenizer_config.json gave them."""


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """A chat template. `tokens`: special tokens by name, as the tokenizer has them."""

    source: str
    name: str
    tokens: Mapping[str, str] = field(default_factory=lambda: MARKERS)


def render(
    template: ChatTemplate,
    messages: Sequence[Message],
    *,
    add_generation_prompt: bool = False,
    kwargs: Mapping[str, Any] | None = None,
    today: datetime = TODAY,
) -> str:
    """The text a model gets. `kwargs` are the template's own switches, such as enable_thinking.

    Raises InputError where the template itself cannot be used, DataError where it does not take these messages.
    """
    compiled = _compiled(template.source, template.name, today)
    given = {**template.tokens, **(kwargs or {})}
    try:
        return compiled.render(
            messages=[dict(message) for message in messages],
            tools=None,
            documents=None,
            add_generation_prompt=add_generation_prompt,
            **given,
        )
    except jinja2.exceptions.SecurityError as error:
        raise InputError(f"{template.name}: the template reaches for what it must not touch ({error}).") from None
    except jinja2.TemplateError as error:
        said = shorten(str(error) or type(error).__name__, 200)
        raise DataError(f"{template.name} does not take these messages: {said}") from None
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        said = f"{type(error).__name__}: {shorten(str(error), 160)}"
        raise DataError(f"{template.name} cannot render these messages ({said})") from None


def aliased(messages: Sequence[Message]) -> list[Message]:
    """Messages as transformers 5.21 and newer hand them on: a thought under any name is `reasoning_content` too."""
    made: list[Message] = []
    for message in messages:
        thought = next((message[name] for name in FIELDS if message.get(name) is not None), None)
        both = {"thinking": thought, **message, "reasoning_content": thought}
        made.append(dict(message) if thought is None else both)
    return made


FIELDS = ("reasoning_content", "thinking", "reasoning")
"""The names under which templates look for a thought beside the content, the usual one first."""


class _Generation(Extension):
    """`{% generation %}…{% endgeneration %}`: marks what the assistant says for trainers; the text is the same."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    def _same(self, caller: Callable[[], str]) -> str:
        return caller()


@lru_cache(maxsize=256)
def _compiled(source: str, name: str, today: datetime) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = today.strftime
    try:
        return environment.from_string(source)
    except RecursionError:
        raise InputError(f"{name}: the template nests too deep to be read.") from None
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{name}, line {error.lineno}: not a chat template in jinja ({error.message}).") from None


def _refuse(message: str) -> None:
    raise jinja2.TemplateError(message)


def _tojson(
    value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: Any = None, sort_keys: bool = False
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

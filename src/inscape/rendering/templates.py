"""Chat templates and the texts they give, as transformers gives them.

Invariant: the same template and messages give the same text on every machine and day: every template is rendered on
`TODAY`. Nothing is read or fetched here; a template is text that somebody else loaded. Templates are foreign code: they
run in a sandbox (`sandbox`), in a process that has limits (`confined`), and never in this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inscape.errors import DataError
from inscape.rendering import confined
from inscape.rendering.confined import Job, Texts

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

    Raises InputError where the template itself cannot be used or takes more than its limits, DataError where it does
    not take these messages.
    """
    (done,) = render_all(template, [Job(messages, generation=add_generation_prompt)], kwargs, today)
    if isinstance(done, DataError):
        raise done
    return done.whole


def render_all(
    template: ChatTemplate, jobs: Sequence[Job], kwargs: Mapping[str, Any] | None = None, today: datetime = TODAY
) -> list[Texts | DataError]:
    """What `render` gives or raises of each job and its prompts, all at once: a tenth of the time for small ones.

    Raises InputError where the template itself cannot be used or takes more than its limits.
    """
    given = {**template.tokens, **(kwargs or {})}
    return confined.shared().texts(template.name, template.source, jobs, given, today)


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

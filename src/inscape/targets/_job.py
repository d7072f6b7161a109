"""What an export for a trainer starts from: the model, the samples as the model will meet them, the numbers.

Invariant: a sample ends with the one answer that is learned; what stands before it is what the model has before it
when it is used. With a template every sample carries its exact text, cut at the place where the answer begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inscape.records import Conversation, Turn
from inscape.rendering.behavior import Choice
from inscape.rendering.mode import Mode
from inscape.rendering.probing import EMPTY
from inscape.rendering.templates import MARKERS, ChatTemplate, Message
from inscape.targets._hyper import Hyper

_HEADER = 40
"""Letters of a prompt's end in which a template may already have opened a thought."""


@dataclass(frozen=True, slots=True)
class Model:
    """The model to be trained. `name` is what the trainer loads: a folder, or a name on a hub."""

    name: str
    template: ChatTemplate | None = None
    """None: none was given; then nothing can be rendered, and nothing is proven."""
    billions: float | None = None
    """Parameters; None where neither the name nor config.json says."""
    context: int | None = None
    """The longest sequence it takes, in tokens."""

    @property
    def real_tokens(self) -> bool:
        """Whether the special tokens are the tokenizer's own, so that rendered text can stand in a file."""
        return self.template is not None and dict(self.template.tokens) != dict(MARKERS)


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer to learn. `prompt` and `target` are the exact texts, None without a template."""

    example: str
    turn: int
    """Which answer of its conversation, from 1."""
    messages: tuple[Message, ...]
    reply: Turn
    conversation: Conversation
    prompt: str | None = None
    target: str | None = None

    @property
    def empty(self) -> bool:
        """The answer has no thought, and the template writes an empty one: after the prompt, or at its end."""
        if self.reply.thought or self.prompt is None or self.target is None:
            return False
        return bool(EMPTY.search(self.prompt[-_HEADER:] + self.target))


@dataclass(frozen=True, slots=True)
class Job:
    """All that a trainer's module needs."""

    model: Model
    choice: Choice
    tag: str
    """Of a thought that stands in the content."""
    train: tuple[Sample, ...]
    valid: tuple[Sample, ...]
    hyper: Hyper
    notes: tuple[str, ...] = ()
    title: str = "inscape"
    stands: bool = False
    """Whether a split stands; then rows may be held out, and it is worth a word where none are."""
    card: str = ""
    """The dataset's card, for a folder whose README is shown as one."""
    license: str = ""
    """The rights of all books, where they are known; else empty."""
    mode: Mode | None = None
    """What calls the trained mode up at use, for a folder that is trained here."""
    personal: tuple[str, ...] = ()
    """A sentence on each kind of personal data in the rows, for a folder that leaves."""

    @property
    def kwargs(self) -> dict[str, Any]:
        """Switches of the chat template that every rendering needs."""
        return dict(self.choice.kwargs)

    def in_text(self, why: str) -> Job:
        """The same, for a README: thoughts stand in the text for that reason, whatever the template reads them from."""
        if self.choice.encoding == "content":
            return self
        return replace(self, choice=replace(self.choice, encoding="content", tag=None, reason=why))

    @property
    def samples(self) -> tuple[Sample, ...]:
        return self.train + self.valid


@dataclass(frozen=True, slots=True)
class Made:
    """A trainer's folder: its files by name, the rows of those that have rows, the command to run in it."""

    files: Mapping[str, str]
    rows: Mapping[str, int]
    command: str
    notes: tuple[str, ...] = ()
    """What of the examples does not reach the rows, a sentence each."""
    does: str = "To train"
    """What the command is for."""

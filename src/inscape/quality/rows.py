"""What a check gets to see of a row, and what it says.

Invariant: a row is looked at once; its parts, words and language are shared by all checks and never kept after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from inscape.quality import words
from inscape.records import Conversation, Structure

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw. `row` counts from 1; None where the finding is about the whole set."""

    file: str
    row: int | None
    check: str
    severity: Severity
    message: str
    evidence: str = ""
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A row as it came: where it stands, what it teaches, and in a project where it came from."""

    file: str
    row: int
    conversation: Conversation
    structure: Structure
    example: str | None = None
    template: str | None = None
    passage: str | None = None
    passage_text: str = ""
    book: str | None = None
    title: str = ""
    """What a person knows it by, where it came from no file: its passage and its template."""
    prompt: str = ""
    """The body of the template that it came from, as it was; empty where none is known."""
    promises_thought: bool = False
    """Whether its template asked for a thought in every turn."""
    part: Literal["train", "valid", ""] = ""
    criteria: tuple[int, ...] = ()
    """Items of the rubric that a reviewer ticked."""

    @property
    def place(self) -> str:
        """Where it is found, in a message: its title and id, or its file and row."""
        return f"{self.title} ({self.example})" if self.title else f"{self.file}, row {self.row}"


@dataclass(frozen=True)
class Part:
    """One text of a row. `turn` counts from 1, 0 for the system prompt."""

    kind: Literal["system", "user", "thought", "reply"]
    turn: int
    text: str

    @cached_property
    def prose(self) -> str:
        return words.prose(self.text)

    @cached_property
    def folded(self) -> str:
        return words.fold(self.text)

    @cached_property
    def words(self) -> list[str]:
        """Folded words of the text without code."""
        return words.found(self.folded) if self.prose is self.text else words.tokens(self.prose)

    @cached_property
    def all_words(self) -> list[str]:
        """Folded words, those of code too."""
        return self.words if self.prose is self.text else words.found(self.folded)


@dataclass(frozen=True)
class Row:
    """A row with its texts taken apart."""

    item: Item
    parts: tuple[Part, ...]

    def of(self, *kinds: str) -> Sequence[Part]:
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], [])
        return [part for part in self.parts if part.kind in kinds]

    @cached_property
    def _by_kind(self) -> dict[str, list[Part]]:
        made: dict[str, list[Part]] = {}
        for part in self.parts:
            made.setdefault(part.kind, []).append(part)
        return made

    @cached_property
    def question(self) -> str:
        return "\n".join(part.text for part in self.of("user"))

    @cached_property
    def reply(self) -> str:
        return "\n".join(part.text for part in self.of("reply"))

    @cached_property
    def question_words(self) -> list[str]:
        return [word for part in self.of("user") for word in part.all_words]

    @cached_property
    def reply_words(self) -> list[str]:
        return [word for part in self.of("reply") for word in part.all_words]

    @cached_property
    def code(self) -> bool:
        return words.looks_like_code(self.reply) or words.looks_like_code(self.question)

    @cached_property
    def language(self) -> str:
        """Of the replies; where they are too short to tell, of the whole row."""
        return self.reply_language or self._language("system", "user", "thought", "reply")

    @cached_property
    def reply_language(self) -> str:
        return self._language("reply")

    @cached_property
    def thought_language(self) -> str:
        return self._language("thought")

    @cached_property
    def question_language(self) -> str:
        return self._language("user")

    def _language(self, *kinds: str) -> str:
        held = self.of(*kinds)
        return words.language("\n".join(p.prose for p in held), [word for p in held for word in p.words])

    @cached_property
    def folded_question(self) -> str:
        return "\n".join(part.folded for part in self.of("user"))

    @cached_property
    def folded_reply(self) -> str:
        return "\n".join(part.folded for part in self.of("reply"))

    def say(self, check: str, severity: Severity, message: str, evidence: str = "") -> Finding:
        item = self.item
        return Finding(item.file, item.row, check, severity, message, short(evidence), item.example)


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds and choices, by their name in the [check] section of the settings."""

    values: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def number(self, name: str) -> float:
        return float(self.values[name])

    def text(self, name: str) -> str:
        return str(self.values[name])

    def names(self, name: str) -> tuple[str, ...]:
        """A list written with commas."""
        return tuple(one for raw in self.text(name).split(",") if (one := raw.strip()))


def look(item: Item) -> Row:
    """The row of an item: its parts in the order in which a model reads them."""
    made: list[Part] = []
    if item.conversation.system:
        made.append(Part("system", 0, item.conversation.system))
    for number, turn in enumerate(item.conversation.turns, 1):
        if turn.role == "user":
            made.append(Part("user", number, f"{turn.text}\n{turn.input}" if turn.input else turn.text))
            continue
        inner = [turn.thought or "", *(turn.state.thoughts if turn.state else ())]
        if thought := "\n".join(one for one in inner if one):
            made.append(Part("thought", number, thought))
        made.append(Part("reply", number, turn.text))
    return Row(item, tuple(made))


def short(text: str, limit: int = 120) -> str:
    """Evidence: one line, cut in the middle of nothing."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"

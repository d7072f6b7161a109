"""The road from a book to a dataset: reading, asking, deciding, checking, exporting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inscape.events.base import Event


@dataclass(frozen=True, slots=True)
class BookRead(Event):
    """A book's bytes became paragraphs. `removed` counts what was left out, by reason."""

    path: str
    title: str
    author: str
    format: str
    pages: int | None
    paragraphs: int
    words: int
    chapters: int
    kinds: dict[str, int]
    """Units that are neither paragraphs nor scene breaks, by kind."""
    removed: dict[str, int]
    samples: dict[str, list[dict[str, Any]]]
    """Up to three places for each reason: `text` (or the words it was taken from) and `page`."""
    doubts: list[str]


@dataclass(frozen=True, slots=True)
class BookAdded(Event):
    """A book stands in the project. `status`: 'added', 'unchanged', 'replaced', 'reread' (the same file, by another
    reader) or 'updated' (its rights)."""

    id: str
    path: str
    status: str


@dataclass(frozen=True, slots=True)
class PagesRecognized(Event):
    """So many of a scan's pages are text by now. `pages`: how many there are to recognize."""

    path: str
    done: int
    pages: int


@dataclass(frozen=True, slots=True)
class PassagesReanchored(Event):
    """A book was read anew, and its passages were looked for in the new text. `found`: how many stand there; `moved`:
    how many of them at another page or chapter than before; `lost`: the titles of those that do not stand there."""

    book: str
    found: int
    moved: int
    lost: list[str]


@dataclass(frozen=True, slots=True)
class PassageFound(Event):
    """A passage of passages.md was read. `status`: 'anchored', 'not found' or 'no book'; `share`: of its words that the
    book has there, 0 to 1."""

    id: str
    number: int | None
    title: str
    status: str
    book: str | None
    page: int | None
    chapter: str | None
    share: float
    words: int
    templates: list[str]
    line: int


@dataclass(frozen=True, slots=True)
class ProblemFound(Event):
    """Something wrong in a person's file, with its line from 1. `severity`: 'error' or 'warning'."""

    path: str
    line: int
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class TemplateFound(Event):
    """A template. `source`: 'core', or its file; `hash` changes with the prompt and the shape; `problem`: why it cannot
    be used, or None."""

    number: int | None
    name: str
    title: str
    purpose: str
    structure: str
    exchanges: list[int]
    words: list[int] | None
    fits: list[str]
    source: str
    hash: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """What a generation would do, before anything is sent. Prices are estimates; None where none is known."""

    teacher: str
    passages: int
    templates: int
    requests: int
    """To be sent now."""
    done: int
    """Already answered: costs nothing."""
    in_doubt: int
    """In flight when an earlier run was cut off: perhaps billed, will be asked again."""
    failed: int
    """Unparsed, refused or failed in an earlier run: not asked again unless retried."""
    tokens_in: int
    tokens_out: int
    dollars: float | None


@dataclass(frozen=True, slots=True)
class Sent(Event):
    """A request is on its way; its row was committed first."""

    key: str
    passage: str
    template: str
    attempt: int
    """1 for the first try."""


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """An answer is committed. `state`: 'done', 'unparsed', 'refused' or 'failed'; `problem` says why not done."""

    key: str
    passage: str
    template: str
    state: str
    examples: int
    problem: str | None
    tokens_in: int | None
    tokens_out: int | None
    dollars: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Waiting(Event):
    """A request will be tried again after `seconds`, because of `reason`."""

    key: str
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerListed(Event):
    """An attempt of the log: what was asked of whom, and what became of it."""

    key: str
    state: str
    passage: str
    template: str
    teacher: str
    sample: int
    tries: int
    examples: int
    problem: str | None
    dollars: float | None


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """A decision is committed. `undo` is true when it takes an earlier one back."""

    example: str
    verdict: str
    revision: int
    undo: bool = False


@dataclass(frozen=True, slots=True)
class RowTaken(Event):
    """A row is an example of the project. `status`: 'imported', or 'known' where it was here already."""

    path: str
    row: int
    example: str
    status: str


@dataclass(frozen=True, slots=True)
class RowRejected(Event):
    """A row that was not understood or not taken, and why. Rows count from 1."""

    path: str
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class SplitCounted(Event):
    """Rows of a stratum for training and for validation. `kind`: 'all', 'category', 'complexity' or 'book'."""

    kind: str
    name: str
    train: int
    valid: int


@dataclass(frozen=True, slots=True)
class Exported(Event):
    """How a format took the kept examples: rows written, by the structure they came from."""

    format: str
    path: str
    examples: int
    rows: int
    by_structure: dict[str, int]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class TemplateProbed(Event):
    """A chat template was probed: how thoughts are written for it, or 'refused', and why. `notes`: what else holds."""

    template: str
    encoding: str
    tag: str | None
    unroll: bool
    kwargs: dict[str, Any]
    reason: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class TurnPreviewed(Event):
    """One assistant turn as a model would meet it; rows and turns count from 1. Null: the turn has no thought."""

    row: int
    turn: int
    encoding: str
    thought_in_training: bool | None
    thought_in_later_context: bool | None
    prompt_is_prefix: bool
    truncated: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class TurnShown(Event):
    """The texts of a turn: loss is on `text` from offset `learned`. `pieces`: where tokens begin and end, if known."""

    row: int
    turn: int
    turns: int
    example: str
    prompt: str
    text: str
    learned: int
    tokens: int
    pieces: list[tuple[int, int]]
    problem: str


@dataclass(frozen=True, slots=True)
class SetPreviewed(Event):
    """The verdict on all rows: turns by verdict, what of the examples no model ever sees, what else it would learn."""

    rows: int
    turns: int
    verdicts: dict[str, int]
    never_seen: list[str]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Flagged(Event):
    """A check saw something. `row` counts from 1, and is null where the finding is about the whole set; `severity`:
    'error', 'warning' or 'note'; `example`: its id, in a project; `passage`, `template` and `title` (what a person
    knows it by): of a generated one."""

    file: str
    row: int | None
    check: str
    severity: str
    message: str
    evidence: str
    example: str | None
    passage: str | None = None
    template: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Mended(Event):
    """An example's text was mended by a rule, as a new revision. `what`: 'broken encoding', 'unseen signs', …"""

    example: str
    what: list[str]

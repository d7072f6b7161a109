"""What the program speaks of: books, passages, templates, attempts, examples, decisions.

Invariant: records are frozen and know nothing of files, databases, networks or clocks. Whoever makes one passes in
the time and the ids. Offsets count Unicode code points; pages count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["paragraph", "heading", "verse", "list", "quote", "letter", "play", "table", "break", "note"]
"""What a unit of text is. `break` is a scene break; a `note` stands after all other units of its book. A `letter` is
one that the book shows as such; a `play` is a speech or a direction of a text set as a play: 'NAME: what he says'."""

Matter = Literal["front", "body", "back"]
"""Front matter (dedication, preface, list of persons), the text itself, back matter (afterword, about the author)."""

Verdict = Literal["keep", "drop", "skip"]
State = Literal["planned", "sent", "done", "unparsed", "refused", "failed", "unknown"]
Structure = Literal["plain", "thinking", "state", "internal"]
Level = Literal["LOW", "MEDIUM", "HIGH"]

KINDS: tuple[Kind, ...] = (
    "paragraph", "heading", "verse", "list", "quote", "letter", "play", "table", "break", "note",
)  # fmt: skip
STRUCTURES: tuple[Structure, ...] = ("plain", "thinking", "state", "internal")


# ---------------------------------------------------------------- books


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One unit of a book's text."""

    kind: Kind
    text: str
    page: int | None = None
    """Page of the file (PDF), or of the print edition where the file says (EPUB page-list); else None."""
    chapter: str | None = None
    """The nearest heading above that opens a chapter; None before the first."""
    place: str = ""
    """Where it stands when there is no page: 'chapter-3.xhtml' in an EPUB, 'line 120' in a text file."""
    level: int = 0
    """Depth of a heading, from 1; 0 for anything else."""
    label: str = ""
    """The number of `page` as it is printed ('xii', '214') or as the file names it; '' where none is known."""
    matter: Matter = "body"
    breaks: tuple[tuple[int, int], ...] = ()
    """(offset, page): a page begins inside the text, with the character at this offset."""
    italics: tuple[tuple[int, int], ...] = ()
    """(start, end) of the runs set in italics inside roman text; in a text set in italics as a whole, one run."""
    notes: tuple[tuple[int, str], ...] = ()
    """(offset, place): a note is called here; `place` is that of the unit that holds it, one only in the book."""

    def page_at(self, offset: int) -> int | None:
        """The page on which the character at this offset stands."""
        return next((page for at, page in reversed(self.breaks) if at <= offset), self.page)


@dataclass(frozen=True, slots=True)
class Removal:
    """Text of the file that is no part of the book: what, where, why. `context`: the words it was taken from."""

    why: str
    text: str
    page: int | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class BookText:
    """A book as it was read. `doubts` are plain sentences about what a person should look at."""

    title: str
    author: str
    language: str
    format: str
    paragraphs: tuple[Paragraph, ...]
    pages: int | None = None
    removed: tuple[Removal, ...] = ()
    doubts: tuple[str, ...] = ()
    characters: int | None = None
    """Printed characters (no white space) that the file holds, ligatures as their letters, where the reader counts them
    (PDF): those of the units and those of `removed` are together exactly these."""

    @property
    def words(self) -> int:
        return sum(len(p.text.split()) for p in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Book:
    """A book of the project. `id` is short and readable; `sha256` is of the file's bytes."""

    id: str
    title: str
    author: str
    language: str
    format: str
    path: str
    """Relative to the project folder."""
    sha256: str
    rights: str
    """'public-domain', 'licensed', 'private' or 'unknown'."""
    pages: int | None
    paragraphs: int
    words: int
    added: str
    """ISO 8601, UTC."""
    reader: str = ""
    """The version of the reader that made its paragraphs; see `stages.reading`."""


# ---------------------------------------------------------------- passages and templates


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file that a person writes. `error`: that part cannot be used until it is mended."""

    line: int
    """From 1."""
    severity: Literal["error", "warning"]
    message: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a passage stands in a book: paragraphs `first`..`last` (0-based, inclusive), offsets inside them."""

    book: str
    first: int
    start: int
    last: int
    end: int
    page: int | None
    """The page of its first character."""
    chapter: str | None
    label: str = ""
    """The printed number of `page`, where it is known and another."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of passages.md. `id` comes from the `**Id:**` line, else from the text's hash."""

    id: str
    number: int | None
    title: str
    text: str
    phenomenology: tuple[str, ...]
    templates: tuple[str, ...]
    """As written: numbers or names."""
    line: int
    """Line of the block's heading in the file, from 1."""
    values: dict[str, str] = field(default_factory=dict)
    """Any other `**Name:** value` line, by lower-case name with underscores; feeds slots of that name."""
    anchor: Anchor | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer must look like."""

    structure: Structure
    exchanges: tuple[int, int] = (1, 1)
    """Fewest and most pairs of user and assistant turns."""
    words: tuple[int, int] | None = None
    """Fewest and most words of a reply."""


@dataclass(frozen=True, slots=True)
class Template:
    """An elicitation template. `hash` is of the body and the shape: an answer knows the exact prompt behind it."""

    name: str
    number: int | None
    title: str
    purpose: str
    fits: tuple[str, ...]
    shape: Shape
    body: str
    hash: str
    source: str
    """'core', or the file's path."""
    line: int = 1
    """Line of the file at which the body begins, from 1."""


# ---------------------------------------------------------------- examples


@dataclass(frozen=True, slots=True)
class Mood:
    """The optional state of an assistant's turn."""

    mood: str | None = None
    certainty: float | str | None = None
    thoughts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `thought` and `state` only on the assistant's; `input` only on the user's (Alpaca's second field)."""

    role: Literal["user", "assistant"]
    text: str
    thought: str | None = None
    state: Mood | None = None
    input: str | None = None
    effort: str | None = None
    """Only on the assistant's: the effort that the text itself says ('low', '7'), in the tag before the reply."""
    line: str | None = None
    """Only while a policy renders effort: what the system prompt says for this answer, where it isn't the row's."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The canonical form of an example: what is taught, without where it came from."""

    turns: tuple[Turn, ...]
    system: str | None = None
    complexity: Level | None = None
    iterations: int | None = None
    category: str | None = None
    language: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Metadata of an imported row that has no place of its own; given back by the raw export."""

    @property
    def answers(self) -> tuple[Turn, ...]:
        """The assistant's turns."""
        return tuple(turn for turn in self.turns if turn.role == "assistant")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an example came from. For an imported one: `file` and `row`; else passage, template and teacher."""

    passage: str | None = None
    template: str | None = None
    teacher: str | None = None
    attempt: str | None = None
    file: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """An example with its current text. `revision` counts from 1; the first is never changed, only followed."""

    id: str
    conversation: Conversation
    structure: Structure
    provenance: Provenance
    revision: int = 1
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A reviewer's decision: a row, for ever. An undo is a decision too, that names the one it undoes."""

    number: int
    example: str
    revision: int
    verdict: Verdict
    checklist: tuple[int, ...]
    note: str
    milliseconds: int
    at: str
    undone: bool = False
    edited: bool = False
    """Whether it came with an edit: `revision` is then that edit."""
    reviewer: str = ""
    """Who decided; empty: a person, unnamed."""


# ---------------------------------------------------------------- evaluation


@dataclass(frozen=True, slots=True)
class Probe:
    """A held-out prompt: what a trained model is asked, and what a good answer must and must not do."""

    id: str
    prompt: str
    before: tuple[str, ...] = ()
    """The talk so far, user and assistant in turn; the prompt follows it."""
    level: Level | None = None
    language: str | None = None
    category: str | None = None
    pair: str | None = None
    """Boundary probes: two with one name look alike and want different effort."""
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    file: str = ""
    line: int = 1
    """Where it stands; lines count from 1."""

    @property
    def talk(self) -> Conversation:
        """The talk so far, and the prompt."""
        said = (*self.before, self.prompt)
        return Conversation(tuple(Turn("assistant" if at % 2 else "user", text) for at, text in enumerate(said)))


# ---------------------------------------------------------------- teachers


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt on its way to a teacher. `params` go to the server as they are."""

    prompt: str
    shape: Shape
    max_tokens: int
    params: dict[str, Any] = field(default_factory=dict)
    passage: str = ""
    template: str = ""
    """For messages only, as `attempt` is for the fake teacher's faults: no server sees any of the three."""
    attempt: int = 1
    """Which try of this request it is, from 1."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Token counts are the provider's own; None where it gave none. `cut`: stopped by max_tokens."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    model: str | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One passage x template x teacher x sample. `key` is the hash of all that shaped the answer."""

    key: str
    passage: str
    passage_hash: str
    template: str
    template_hash: str
    teacher: str
    sample: int
    state: State
    prompt: str
    reply: str | None = None
    error: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    dollars: float | None = None
    tries: int = 0

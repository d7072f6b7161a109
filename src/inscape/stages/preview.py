"""Rows as a model would see them: the project's kept examples, or those of a file, through a chat template.

Invariant: every row gets a verdict for each of its turns, also those that are not shown. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from inscape import export as formats
from inscape.errors import DataError, InputError
from inscape.events import Event, RowRejected, SetPreviewed, TemplateProbed, TurnPreviewed, TurnShown
from inscape.examples import effort as efforts
from inscape.examples.effort import Policy, Scale
from inscape.examples.files import read_file, understood
from inscape.export._turns import losses
from inscape.project import read_bytes
from inscape.records import Conversation, Example, Provenance
from inscape.rendering import persona
from inscape.rendering import preview as views
from inscape.rendering.behavior import Behavior, Choice, choose, probe
from inscape.rendering.encode import Encoding
from inscape.rendering.fitting import Fitted, fit
from inscape.rendering.preview import Plan, TurnView
from inscape.rendering.templates import MARKERS, TODAY, ChatTemplate
from inscape.stages.model_folder import Found
from inscape.text import plural


@dataclass(frozen=True, slots=True)
class Row:
    """An example to look at. `number` counts from 1, in the order of the file or of the kept examples."""

    number: int
    example: Example
    written: bool = False
    """It stands in a file: its effort is shown where its text says one, and nothing is added to it."""

    def talk(self, policy: Policy, scale: Scale) -> Conversation:
        """The conversation as it is written: with the effort of the policy, or, in a file, as it stands there."""
        talk = self.example.conversation
        return talk if self.written else efforts.render(talk, policy, scale=scale)


@dataclass(frozen=True, slots=True)
class Options:
    """What a person asked for. `forced`: an encoding to look at instead of the one chosen for the template."""

    tag: str = "thinking"
    limit: int = 2048
    shown: Callable[[Row], bool] = field(default=lambda row: row.number <= 2)
    forced: Encoding | None = None
    effort: Policy = "none"
    scale: Scale = "three"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenizer, or an estimate where there is none. `offsets` are empty then."""

    count: Callable[[str], int]
    offsets: Callable[[str], list[tuple[int, int]]]
    note: str


def preview(rows: Sequence[Row], found: Found, options: Options) -> Iterator[Event]:
    """The template's verdict, then each row's turns, then the set's. Raises InputError for a broken template."""
    behavior = probe(found.template, tags=(options.tag, "think"))
    asked: Policy = "none" if any(row.written for row in rows) else options.effort
    plan, fitted = _plan(rows, found.template, behavior, options, asked)
    under = fitted.policy
    tokens = tokens_of(found.tokenizer)
    own = persona.told(found.template, fitted.talks, plan.choice.kwargs)
    yield TemplateProbed(
        found.template.name, plan.choice.encoding, plan.choice.tag, plan.choice.unroll, dict(plan.choice.kwargs),
        plan.choice.reason, [*_notes(found.template, behavior), *own, *fitted.notes, tokens.note],
    )  # fmt: skip
    seen: list[TurnView] = []
    empty = 0
    for row in rows:
        talk = row.talk(under, options.scale)
        turns = list(views.preview(row.number, talk, plan, tokens.count, options.limit))
        for one in turns:
            yield _event(one)
            if options.shown(row):
                yield _shown(one, row.example.id, len(turns), tokens)
        empty += sum(one.empty for one in turns)
        seen += [replace(one, prompt="", text="") for one in turns]
    left_out = _never_seen(rows, options, under)
    yield SetPreviewed(len(rows), len(seen), views.tally(seen), left_out, _learned_too(empty))


def rows_of(path: Path, tag: str) -> Iterator[Row | RowRejected]:
    """The rows of a file of any shape that `import` reads; those it does not understand come as RowRejected."""
    for row in read_file(read_bytes(path), str(path)):
        try:
            found = understood(row, tag=tag)
        except DataError as error:
            yield RowRejected(str(path), row.number, str(error))
            continue
        source = Provenance(file=path.name, row=row.number)
        example = Example(f"row {row.number}", found.conversation, found.structure, source)
        yield Row(row.number, example, written=True)


def rows_kept(kept: Iterable[Example]) -> list[Row]:
    """The project's kept examples, numbered in their order."""
    return [Row(number, example) for number, example in enumerate(kept, 1)]


def tokens_of(path: Path | None) -> Tokens:
    """Tokens by the model's own tokenizer.json; estimated where there is none, or tokenizers is not installed."""
    if path is None:
        return Tokens(views.estimate, lambda _: [], "Tokens are estimated: there is no tokenizer.json beside it.")
    try:
        from tokenizers import Tokenizer
    except ImportError:
        said = "Tokens are estimated: install `inscape[preview]` to count with the model's tokenizer.json."
        return Tokens(views.estimate, lambda _: [], said)
    try:
        tokenizer: Any = Tokenizer.from_file(str(path))
    except Exception as error:  # noqa: BLE001  (the library raises a bare Exception for a file that is none)
        raise InputError(f"{path} is not a tokenizer.json that can be read: {error}.") from None

    def offsets(text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = tokenizer.encode(text, add_special_tokens=False).offsets
        return found

    return Tokens(lambda text: len(offsets(text)), offsets, "Tokens are the model's own, by its tokenizer.json.")


def _plan(
    rows: Sequence[Row], template: ChatTemplate, behavior: Behavior, options: Options, asked: Policy
) -> tuple[Plan, Fitted]:
    """How the rows are written, and with the effort that fits that way of writing."""
    said = any(turn.effort for row in rows if row.written for turn in row.example.conversation.turns)

    def decide(systems: Collection[bool]) -> Choice:
        if options.forced is not None:
            return _forced(behavior, options.forced, options.tag, systems, "This way was asked for with --as.")
        if said:
            why = "The rows of the file say their effort in the thought's tag, which only the text can hold."
            return _forced(behavior, "content", options.tag, systems, why)
        return choose(behavior, tag=options.tag, systems=systems)

    talks = [row.example.conversation for row in rows]
    fitted = fit(talks, asked, options.scale, decide)
    choice = fitted.choice
    way = behavior.way("content", choice.tag or options.tag, choice.kwargs)
    injected = choice.encoding in ("content", "refused") and way is not None and way.injected
    return Plan(template, choice, options.tag, injected), fitted


def _forced(behavior: Behavior, encoding: Encoding, tag: str, systems: Collection[bool], why: str) -> Choice:
    """The way that a person or a file asks for, whole where the probes with such system prompts came out whole."""
    name = tag if encoding == "content" else None
    asked = behavior.way(encoding, name)
    cases = [asked.under if system else asked.plain for system in systems] if asked else [None]
    whole = all(case is not None and case.earlier and case.whole for case in cases)
    return Choice(encoding, name, not whole, {}, why)


def _notes(template: ChatTemplate, behavior: Behavior) -> list[str]:
    notes = []
    if behavior.dated:
        day = f"{TODAY.day} {TODAY:%B %Y}"
        notes.append(
            f"The template writes the day's date into every row; here it is always {day}. In training it is the day "
            "on which the rows are rendered."
        )
    if behavior.opens:
        notes.append(f"The prompt already says {behavior.opens} before the model writes its first word.")
    if template.tokens is MARKERS:
        notes.append("bos_token and eos_token are shown as <s> and </s>: there is no tokenizer_config.json beside it.")
    return notes


def _event(view: TurnView) -> TurnPreviewed:
    return TurnPreviewed(
        view.row, view.turn, view.encoding, view.thought_in_training, view.thought_in_later_context,
        view.prompt_is_prefix, view.truncated, view.verdict,
    )  # fmt: skip


def _shown(view: TurnView, example: str, turns: int, tokens: Tokens) -> TurnShown:
    return TurnShown(
        view.row, view.turn, turns, example, view.prompt, view.text, view.learned, view.tokens,
        tokens.offsets(view.text), view.problem,
    )  # fmt: skip


def _never_seen(rows: Sequence[Row], options: Options, policy: Policy) -> list[str]:
    """What the export leaves out of these examples, in its own words."""
    talks = [replace(row.example, conversation=row.talk(policy, options.scale)) for row in rows]
    found = losses(talks, formats.Options(thoughts="field", tag=options.tag), unrolled=False)
    return [note for note in found if note.startswith("Left out")]


def _learned_too(empty: int) -> list[str]:
    """What is taught besides the words of the examples."""
    if not empty:
        return []
    many = "teaches" if empty == 1 else "teach"
    return [f"{plural(empty, 'answer')} without a thought {many} the template's empty thought: to answer at once."]

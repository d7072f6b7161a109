"""What is shown of an example as blocks of styled text, before anything is wrapped to a width.

Invariant: all text of the book and of the teacher is shown, and none of it reaches the terminal as a command: control
characters are made visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from inscape.cli.reviewer.core import KEYS
from inscape.quality.rows import Finding
from inscape.records import Conversation, Mood, Paragraph
from inscape.review import plain
from inscape.review.rubric import Item
from inscape.review.worddiff import diff
from inscape.stages.review import Card
from inscape.stages.surroundings import Place

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WHO = {"user": "bold cyan", "assistant": "bold green"}


@dataclass(frozen=True, slots=True)
class Block:
    """Text to be wrapped. `mark` stands at the left of each of its lines; `gap`: a blank line above."""

    text: Text
    mark: str = ""
    gap: bool = True


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an example is in a queue made of findings. `random`: drawn at random; `old`: found in an earlier text."""

    findings: tuple[Finding, ...] = ()
    random: bool = False
    old: bool = False


_SEVERE = {"error": "bold red", "warning": "yellow", "note": "dim"}


def reasons(why: Reasons, most: int) -> Iterator[Block]:
    """What the check saw, the worst first, one line each; or that chance chose it."""
    if why.random:
        also = "also drawn" if why.findings else "drawn"
        yield Block(Text(f"{also} at random: judge it as any other", "cyan"), gap=False)
    for one in why.findings[:most]:
        style = _SEVERE[one.severity]
        said = Text.assemble((f"{one.severity} · {one.check}: ", style), clean(one.message))
        yield Block(said, gap=False)
    if (more := len(why.findings) - most) > 0:
        yield Block(Text(f"and {more} more", "dim"), gap=False)
    if why.old and why.findings:
        yield Block(Text("found in an earlier text of it: `inscape check` looks again", "dim"), gap=False)


def clean(text: str) -> str:
    """Control characters, and those that turn the direction of writing, made visible."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n")).expandtabs(4)


def example(conversation: Conversation) -> Iterator[Block]:
    """The turns: thoughts set apart by a bar and in italics, states below the reply."""
    if conversation.system:
        yield Block(Text("system", "bold magenta"))
        yield Block(Text(clean(conversation.system)), gap=False)
    for turn in conversation.turns:
        yield Block(Text(turn.role, _WHO[turn.role]))
        if turn.thought:
            yield Block(Text(clean(turn.thought), "italic dim"), mark="┊ ", gap=False)
        yield Block(Text(clean(turn.text)), gap=bool(turn.thought))
        if turn.input:
            yield Block(Text(clean(turn.input)), mark="│ ")
        if turn.state:
            yield from state(turn.state)
    if facts := _facts(conversation):
        yield Block(Text(facts, "dim"))


def state(mood: Mood) -> Iterator[Block]:
    """Mood and certainty in one line, thoughts below it, one a line."""
    said = [f"mood {mood.mood}"] if mood.mood else []
    if mood.certainty is not None:
        said.append(f"certainty {mood.certainty}")
    if said:
        yield Block(Text(clean(" · ".join(said)), "yellow"), mark="◦ ")
    for n, thought in enumerate(mood.thoughts):
        yield Block(Text(clean(thought), "italic dim"), mark="┊ ", gap=not said and n == 0)


def _facts(conversation: Conversation) -> str:
    said = [
        conversation.complexity,
        f"{conversation.iterations} iterations" if conversation.iterations else None,
        conversation.category,
        conversation.language,
    ]
    return clean(" · ".join(one for one in said if one))


def passage(title: str, source: str, text: str) -> Iterator[Block]:
    yield Block(Text(clean(title), "bold"), gap=False)
    if source:
        yield Block(Text(clean(source), "dim"), gap=False)
    yield from paragraphs(text)


def folded(title: str, text: str) -> Iterator[Block]:
    """A passage that was read already: its title and how it begins."""
    yield Block(Text(clean(title), "bold"), gap=False)
    yield Block(Text(f"{clean(' '.join(text.split()))[:120]}… (p shows it all)", "dim"), gap=False)


def paragraphs(text: str, style: str = "") -> Iterator[Block]:
    """Blank lines divide paragraphs; a line break inside one is kept only where the lines are short, as in verse."""
    for paragraph in re.split(r"\n\s*\n", clean(text).strip()):
        lines = [line.strip() for line in paragraph.split("\n")]
        verse = len(lines) > 1 and max(map(len, lines)) <= 50
        yield Block(Text(("\n" if verse else " ").join(lines), style))


def context(title: str, place: Place) -> Iterator[Block]:
    """The passage's paragraphs at full strength, the book around them dimmed."""
    yield Block(Text(clean(title), "bold"), gap=False)
    yield Block(Text(clean(place.source), "dim"), gap=False)
    for n, part in enumerate((place.before, place.inside, place.after)):
        for paragraph in part:
            yield _book(paragraph, dim=n != 1)


def _book(paragraph: Paragraph, *, dim: bool) -> Block:
    text = Text(clean(paragraph.text), "dim" if dim else "")
    if paragraph.kind == "heading":
        text.stylize("bold")
    return Block(text, mark="  " if dim else "▌ ")


def changes(before: Conversation, after: Conversation, *, marks: bool, imported: bool = False) -> Iterator[Block]:
    """The word diff. `marks`: {+new+} and [-old-] besides the colors, for a screen without them."""
    if before == after:
        stands = "it was imported" if imported else "the teacher wrote it"
        yield Block(Text(f"This example stands as {stands}: no word was changed.", "dim"), gap=False)
        return
    signs = {"old": ("[-", "-]"), "new": ("{+", "+}"), "same": ("", "")} if marks else {}
    styles = {"same": "", "old": "red strike", "new": "bold green underline"}
    text = Text()
    for piece in diff(plain.write(before), plain.write(after)):
        first, last = signs.get(piece.kind, ("", ""))
        body = piece.text.rstrip("\n")
        text.append(f"{first}{clean(body)}{last}" + piece.text[len(body) :], styles[piece.kind])
    yield Block(Text("The imported text and yours" if imported else "The teacher's text and yours", "bold"), gap=False)
    yield Block(text)


def origin(card: Card) -> Iterator[Block]:
    """Where the example came from, and the prompt behind it."""
    source = card.example.provenance
    rows = [
        ("example", f"{card.example.id}, revision {card.example.revision}, structure {card.example.structure}"),
        ("passage", f"{card.source.id} ({card.source.title})" if card.source else None),
        ("template", source.template),
        ("teacher", card.model),
        ("answer", source.attempt),
        ("file", f"{source.file}, row {source.row}" if source.file else None),
    ]
    yield Block(Text("\n".join(f"{name:<9} {clean(text)}" for name, text in rows if text)), gap=False)
    if card.prompt:
        yield Block(Text("The prompt", "bold"))
        yield Block(Text(clean(card.prompt)))


def help_(items: Sequence[Item]) -> Iterator[Block]:
    yield Block(Text("Keys", "bold"), gap=False)
    for key, what in KEYS:
        yield Block(Text.assemble((f"{key:<8}", "bold"), what), gap=False)
    yield Block(Text("The checklist (rubric.md): what you tick is stored with your decision", "bold"))
    for n, item in enumerate(items, 1):
        yield Block(Text.assemble((f"{n} ", "bold"), clean(item.text)), gap=False)

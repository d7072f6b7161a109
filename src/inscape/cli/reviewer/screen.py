"""The review screen as lines of styled text for a given width and height.

Invariant: exactly `height` lines, none wider than `width`. Two panes from 100 columns on, passage left and example
right; below that one column. Draws nothing itself: any rich console prints a `Frame`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from inscape.cli.reviewer import blocks
from inscape.cli.reviewer.blocks import Block, Reasons
from inscape.cli.reviewer.core import State
from inscape.review.pace import Pace, duration
from inscape.review.rubric import Item
from inscape.stages.review import Card, others
from inscape.stages.surroundings import Place

WIDE = 100
COLUMN = 88
"""The widest column that is pleasant to read."""
GUTTER = " │ "
GAP = (" ", "not reverse")
"""A blank with a style of its own: a picture made of the screen drops blanks that begin a stretch of text."""


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a screen shows."""

    state: State
    items: Sequence[Item]
    card: Card | None
    source: str = ""
    place: Place | None = None
    pace: Pace | None = None
    counts: dict[str, int] = field(default_factory=dict)
    left: int = 0
    others: int = 0
    """Undecided examples that are not in this queue."""
    reasons: Reasons | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """The screen. `page`: lines that space moves; `bottom`: how far it can go; `scroll`: where it stands.

    `hidden`: the example is not on it.
    """

    lines: tuple[Text, ...]
    page: int
    bottom: int
    scroll: int
    hidden: bool = False

    def __rich__(self) -> Text:
        return Text("\n").join(self.lines)


def frame(shown: Shown, width: int, height: int, *, marks: bool = False) -> Frame:
    """The screen at this size. `marks`: changes are marked by signs too, for a screen without colors."""
    width, height = max(width, 20), max(height, 8)
    view = shown.state.view
    foot = _foot(shown, width, height)
    room = max(height - 2 - len(foot), 1)
    panes = _panes(shown, width, marks)
    bottom = max(max(len(lines) for _, lines in panes) - room, 0)
    scroll = min(shown.state.scroll, bottom)
    body = _beside([(wide, _cut(lines, scroll, room)) for wide, lines in panes])
    more = bottom - scroll
    lines = [_header(shown, width), _rule(width), *body, *foot]
    if more:
        lines[2 + room] = _rule(width, f" {more} more {'line' if more == 1 else 'lines'}: space ")
    for line in lines:
        line.truncate(width)
    alone = view == "context" and len(panes) == 1 and shown.card is not None and shown.card.source is not None
    hidden = view in ("help", "prompt") or alone
    return Frame(tuple(lines), max(room - 2, 1), bottom, scroll, hidden)


# ---------------------------------------------------------------- head and foot


def _header(shown: Shown, width: int) -> Text:
    """'12 of 37 · 68/h · 22 min left · kept 9 dropped 2', and at the right what the example is."""
    state, counts = shown.state, shown.counts
    said = [f"{min(state.at + 1, len(state.queue))} of {len(state.queue)}" if shown.card else "the end"]
    if shown.pace and shown.left:
        about = "" if shown.pace.measured else "~"
        said += [f"{about}{shown.pace.per_hour:.0f}/h", f"{about}{duration(shown.pace.seconds)} left"]
    done = f"kept {counts.get('keep', 0)} dropped {counts.get('drop', 0)}"
    said.append(done + (f" skipped {counts['skip']}" if counts.get("skip") else ""))
    line = Text(" · ".join(said), "bold")
    if shown.card is None:
        return line
    example = shown.card.example
    verdict = {"keep": "kept", "drop": "dropped", "skip": "skipped"}.get(example.verdict or "")
    edited = "edited" if example.conversation != shown.card.original else None
    edited = "edited, not saved" if state.draft else edited
    facts = [one for one in (edited, verdict, example.provenance.template, example.id) if one]
    while facts:
        right = Text(" · ".join(facts), "dim")
        gap = width - line.cell_len - right.cell_len
        if gap >= 2:
            return Text.assemble(line, " " * gap, right)
        facts.pop()
    return line


def _rule(width: int, label: str = "") -> Text:
    return Text("─" * (width - cell_len(label) - 2) + label + "──" if label else "─" * width, "dim")


def _foot(shown: Shown, width: int, height: int) -> list[Text]:
    """Rule, checklist, note, message, keys; on a very low screen only the message or the keys."""
    state = shown.state
    keys = _keys(shown, width)
    message = Text(blocks.clean(state.message).replace("\n", " "), "bold yellow") if state.message else None
    if message and message.cell_len > width:
        messages = _wrapped(message, width)[:3]
    else:
        messages = [message] if message else []
    if shown.card is None or height < 14:
        return [_rule(width), *messages, *keys][: max(height - 4, 2)]
    note = [Text(f"note: {blocks.clean(state.note)}".replace("\n", " "), "magenta")] if state.note else []
    return [_rule(width), *_checklist(shown, width), *note, *messages, *keys]


def _checklist(shown: Shown, width: int) -> list[Text]:
    """The items, as many on a line as fit, ticked ones marked."""
    lines = [Text()]
    for n, item in enumerate(shown.items, 1):
        ticked = n in shown.state.ticks
        name = blocks.clean(item.name)
        mark = (f"✓ {name}", "bold green") if ticked else f"· {name}"
        cell = Text.assemble((f"{n}", "bold"), GAP, mark)
        if lines[-1].cell_len and lines[-1].cell_len + 3 + cell.cell_len > width:
            lines.append(Text())
        if lines[-1].cell_len:
            lines[-1].append("   ")
        lines[-1].append_text(cell)
    return lines


def _keys(shown: Shown, width: int) -> list[Text]:
    """The key line: whole where it fits, else the most needed first; `?` always."""
    if shown.card is None:
        pairs = [("u", "undo"), ("k", "back"), ("q", "quit")]
    elif shown.state.view in ("prompt", "help") or (shown.state.view == "context" and width < WIDE):
        pairs = [("Esc", "back to the example"), ("space", "down"), ("b", "up"), ("q", "quit")]
    else:
        pairs = [("y", "keep"), ("n", "drop"), ("e", "edit"), ("s", "skip"), ("u", "undo"), ("j/k", "next/back")]
        pairs += [("1-9", "tick"), ("t", "note"), ("d", "diff"), ("p", "book"), ("a", "prompt"), ("q", "quit")]
    last = Text.assemble(("?", "bold reverse"), GAP, "help") if shown.card else Text()
    line = Text()
    for key, what in pairs:
        cell = Text.assemble((key, "bold reverse"), GAP, what, "  ")
        if line.cell_len + cell.cell_len + last.cell_len <= width:
            line.append_text(cell)
    return [line.append_text(last)]


# ---------------------------------------------------------------- panes


def _panes(shown: Shown, width: int, marks: bool) -> list[tuple[int, list[Text]]]:
    """Columns with their widths: passage and example, or one that has all."""
    card, state = shown.card, shown.state
    if card is None:
        return [(width, laid([Block(Text(line), gap=False) for line in _ended(shown)], width))]
    if state.view in ("help", "prompt"):
        whole = blocks.help_(shown.items) if state.view == "help" else blocks.origin(card)
        return [(width, laid(whole, min(width, COLUMN + 20)))]
    right = list(_example(card, state, marks))
    left = list(_passage(shown, wide := width >= WIDE))
    why = list(blocks.reasons(shown.reasons, 4 if wide else 3)) if shown.reasons else []
    if not left:
        return [(width, laid(why, width) + _gap(why) + laid(right, min(width, COLUMN)))]
    if not wide:
        rule = [] if state.view == "context" else [Text("╌" * width, "dim"), *laid(right, width)]
        return [(width, laid(why, width) + _gap(why) + laid(left, width) + rule)]
    one = min((width - len(GUTTER)) // 2, COLUMN)
    two = min(width - len(GUTTER) - one, COLUMN + 8)
    return [(one, laid(left, one)), (two, laid(why, two) + _gap(why) + laid(right, two))]


def _gap(above: Sequence[Block]) -> list[Text]:
    return [Text()] if above else []


def _example(card: Card, state: State, marks: bool) -> Iterable[Block]:
    text = state.draft.text if state.draft else card.example.conversation
    if state.view != "diff":
        return blocks.example(text)
    return blocks.changes(card.original, text, marks=marks, imported=card.example.provenance.attempt is None)


def _passage(shown: Shown, wide: bool) -> Iterable[Block]:
    """The passage; in one column folded where it was read before; with `p` the book around it."""
    card = shown.card
    if card is None or card.source is None:
        return ()
    source = card.source
    title = source.title or source.id
    if shown.state.view == "context":
        if shown.place:
            return blocks.context(title, shown.place)
        missing = Block(Text("Its place was not found in a book of this project, so there is no more to show.", "dim"))
        return (*blocks.passage(title, shown.source, source.text), missing)
    if not wide and source.id in shown.state.read:
        return blocks.folded(title, source.text)
    return blocks.passage(title, shown.source, source.text)


def _ended(shown: Shown) -> list[str]:
    passed = shown.left
    if passed:
        return ["", f"The end of the queue; {passed} passed over without a verdict: k goes back to them.", ""]
    if shown.others:
        return ["", "That was the last one of these; everything is saved.", "", others(shown.others), ""]
    return ["", "That was the last one. Everything is saved.", ""]


def laid(parts: Iterable[Block], width: int) -> list[Text]:
    """Blocks as lines of at most this width."""
    lines: list[Text] = []
    for part in parts:
        if part.gap and lines:
            lines.append(Text())
        for line in _wrapped(part.text, max(width - cell_len(part.mark), 8)):
            lines.append(Text.assemble((part.mark, "dim"), line) if part.mark else line)
    return lines


def _wrapped(text: Text, width: int) -> list[Text]:
    return list(text.wrap(Console(width=width, height=2, legacy_windows=False), width, overflow="fold"))


def _cut(lines: Sequence[Text], scroll: int, room: int) -> list[Text]:
    """The lines in sight; a column that ends before the scroll keeps its last ones in sight."""
    start = min(scroll, max(len(lines) - room, 0))
    seen = list(lines[start : start + room])
    return seen + [Text()] * (room - len(seen))


def _beside(panes: Sequence[tuple[int, list[Text]]]) -> list[Text]:
    if len(panes) == 1:
        return [line.copy() for line in panes[0][1]]
    (width, left), (_, right) = panes
    made = []
    for one, two in zip(left, right, strict=True):
        blank = " " * max(width - one.cell_len, 0)
        made.append(Text.assemble(one, blank, (GUTTER, "dim"), two))
    return made

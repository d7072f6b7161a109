"""The desk: what the reviewer's actions do to the project, and the time that decisions take.

Invariant: an action has reached the disk when it returns. A pause of more than five minutes between two keys is not
counted as reviewing, in the editor one of more than thirty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from inscape.cli.reviewer import core
from inscape.cli.reviewer.blocks import Reasons
from inscape.cli.reviewer.core import Decide, Do, Draft, State
from inscape.events import Event, Finished
from inscape.project import Project
from inscape.quality.rows import Finding
from inscape.records import Conversation, Example, Problem, Verdict
from inscape.review import plain
from inscape.review.pace import Pace, pace
from inscape.review.rubric import Item
from inscape.stages import review
from inscape.stages.findings import Held
from inscape.stages.surroundings import Places
from inscape.store import Store, decisions, examples

IDLE = 5 * 60
EDITING = 30 * 60


class Terminal(Protocol):
    """What the reviewer needs of a terminal; a list of keys is enough for a test."""

    def draw(self, desk: Desk, state: State) -> State:
        """Show the state. Returns it with `page`, `bottom` and `scroll` as the screen's size has them."""

    def key(self) -> str:
        """The next key, by its name."""

    def ask(self, question: str, text: str) -> str | None:
        """A line of text, beginning from `text`; None when it was given up."""

    def edit(self, example: str, text: str) -> tuple[str, str] | None:
        """The text as edited, and the file in which it stands. None when no editor could be run."""

    def again(self, problems: Sequence[Problem], path: str) -> bool:
        """Show what is wrong with the edit; whether to open the editor again."""

    def forget(self, path: str) -> None:
        """Remove the file of an edit that was saved."""


@dataclass
class Desk:
    """One run of the reviewer over a project. `clock` gives seconds, `now` the time as records keep it."""

    store: Store
    project: Project
    items: tuple[Item, ...]
    places: Places
    clock: Callable[[], float]
    now: Callable[[], str]
    counts: dict[str, int] = field(default_factory=lambda: {"keep": 0, "drop": 0, "skip": 0})
    """Of this run, undone ones taken off."""
    words: dict[str, int] = field(default_factory=dict)
    times: deque[int] = field(default_factory=deque)
    spent: dict[str, float] = field(default_factory=dict)
    last: float = 0.0
    reading: int = 0
    """Words of passages still to be read, at the start; spread over the queue for the estimate."""
    held: Held | None = None
    """The findings of the last check, where the queue is made of them."""
    hello: str = ""
    """What the first screen says."""
    others: int = 0
    """Undecided examples that are not in the queue; what is undone joins it, so their number stays."""
    unsaved: tuple[str, ...] = ()
    """Files with edits that no decision saved, once the run is over."""
    _card: review.Card | None = None
    _by_example: dict[str, list[Finding]] | None = None

    def begin(self, found: Sequence[Example]) -> State:
        """The first state, for the examples to review."""
        self.words = {e.id: review.words(e.conversation.turns) for e in found}
        self.reading = review.words_left(self.store, found) - sum(self.words.values())
        self.times = deque(review.times(self.store), maxlen=100)
        self.last = self.clock()
        undecided = examples.counts(self.store).get(review.UNDECIDED, 0)
        self.others = undecided - sum(1 for e in found if e.verdict is None)
        return self.opened(State(tuple(e.id for e in found), len(self.items), message=self.hello))

    def card(self, state: State) -> review.Card | None:
        """The example on the screen, read again after each change."""
        if state.current is None:
            return None
        if self._card is None or self._card.example.id != state.current:
            self._card = review.card(self.store, state.current)
        return self._card

    def opened(self, state: State) -> State:
        """The state with the ticks and the note that stand for the example it came to."""
        self._card = None
        card = self.card(state)
        stands = card.decision if card else None
        return replace(state, ticks=stands.checklist if stands else (), note=stands.note if stands else "")

    def reasons(self, card: review.Card | None) -> Reasons | None:
        """Why the example is in the queue, where findings made it."""
        if self.held is None or card is None:
            return None
        id_ = card.example.id
        if self._by_example is None:
            self._by_example = self.held.of
        old = self.held.seen.get(id_, card.example.revision) != card.example.revision
        return Reasons(tuple(self._by_example.get(id_, ())), id_ in self.held.random, old)

    def pace(self, state: State) -> Pace | None:
        """Of those not yet decided in this run."""
        left = [id_ for id_ in state.queue if id_ not in state.decided]
        share = self.reading * len(left) // max(len(state.queue), 1)
        words = sum(self.words.get(id_, 0) for id_ in left) + share
        return pace(list(self.times), words, len(left), self.project.settings.whole("review.words_per_minute"))

    # ------------------------------------------------------------ keys

    def press(self, terminal: Terminal, state: State, key: str) -> tuple[State, Event | None]:
        """Do what the key says: the state after it, with an event where something was committed."""
        self.tick(state, IDLE)
        after, action = core.step(state, key)
        if isinstance(action, Decide):
            return self.decide(terminal, after, action.verdict)
        if action is not None:
            return self.do(terminal, after, action)
        if after.current != state.current:
            return self.opened(self._left(after, state.current)), None
        return after, None

    def do(self, terminal: Terminal, state: State, action: Do) -> tuple[State, Event | None]:
        match action.what:
            case "undo":
                return self.undo(state)
            case "edit":
                return self.edit(terminal, state), None
            case "note":
                note = terminal.ask("note: ", state.note)
                self.tick(state, EDITING)
                return (state if note is None else replace(state, note=note.strip())), None
            case "aside":
                return _aside(state), None
            case "quit":
                return replace(state, over=True), None

    def decide(self, terminal: Terminal, state: State, verdict: Verdict) -> tuple[State, Event]:
        """Commit the verdict with ticks, note and, for a keep, the edit; then go on."""
        example = state.current or ""
        draft = state.draft if verdict == "keep" else None
        stood = self.card(state)
        made = decisions.decide(
            self.store, example, verdict, self.now(), checklist=state.ticks, note=state.note,
            milliseconds=round(self.spent.pop(example, 0) * 1000), edited=_text(draft, stood),
            reviewer=self.project.settings.text("review.reviewer"),
        )  # fmt: skip
        self.times.append(made.milliseconds)
        self.counts[verdict] += 1
        left = self._left(state, example)
        if draft:
            left = replace(left, drafts={k: v for k, v in left.drafts.items() if k != example})
            if draft.path:
                terminal.forget(draft.path)
        elif state.draft:
            left = _aside(left)
        left = replace(left, decided=left.decided | {example})
        return self.opened(core.advanced(left)), review.decided(made)

    def undo(self, state: State) -> tuple[State, Event | None]:
        """Take the last decision back and show its example, with its ticks, note and edit at hand."""
        taken = review.undo(self.store, self.now())
        if taken is None:
            return replace(state, message="Nothing to undo: no decision of a review stands."), None
        old = taken.decision
        if old.example in state.decided:
            self.counts[old.verdict] -= 1
        self._forget_time(old.milliseconds)
        drafts = dict(state.drafts) | ({old.example: Draft(taken.draft)} if taken.draft else {})
        back = core.shown(replace(state, decided=state.decided - {old.example}, drafts=drafts), old.example)
        self._card = None
        card = self.card(back)
        self.words.setdefault(old.example, review.words(card.example.conversation.turns) if card else 0)
        stands = f" Before it stood: {card.decision.verdict}." if card and card.decision else ""
        edit = " Its edit is unsaved again: y keeps it, Esc sets it aside." if taken.draft else ""
        message = f"Took back: {old.verdict} of {old.example} ({old.at[:16].replace('T', ' ')} UTC).{stands}{edit}"
        return replace(back, ticks=old.checklist, note=old.note, message=message), taken.event

    def edit(self, terminal: Terminal, state: State) -> State:
        """Open the editor until the text can be read or is left; a changed text becomes a draft."""
        card = self.card(state)
        if card is None:
            return state
        shown = state.draft.text if state.draft else card.example.conversation
        text = written = plain.HINT + "\n" + plain.write(shown)
        former = state.draft.path if state.draft else None
        while True:
            back = terminal.edit(card.example.id, text)
            self.tick(state, EDITING)
            if back is None:
                return replace(state, message="The editor could not be run. Set VISUAL or EDITOR, such as EDITOR=nano.")
            text, path = back
            if former:
                terminal.forget(former)  # the new file holds its text, and what was typed since
            former = path
            if text == written:
                return _drafted(terminal, state, card, shown, path)
            tag = self.project.settings.text("examples.tag")
            read = plain.read(text, card.example.conversation, card.example.structure, tag=tag)
            if read.conversation is not None:
                return _drafted(terminal, state, card, read.conversation, path)
            if not terminal.again(read.problems, path):
                return replace(state, message=f"Not taken. Your text stands in {path}")

    # ------------------------------------------------------------ time, and what was read

    def tick(self, state: State, limit: float) -> None:
        """Count the time since the last key for the example on the screen, unless nobody was there."""
        now = self.clock()
        gone, self.last = now - self.last, now
        if state.current and 0 <= gone <= limit:
            self.spent[state.current] = self.spent.get(state.current, 0.0) + gone

    def _forget_time(self, milliseconds: int) -> None:
        if self.times and self.times[-1] == milliseconds:
            self.times.pop()

    def _left(self, state: State, example: str | None) -> State:
        """The passage of the example that is left was read."""
        card = self._card
        if card is None or card.example.id != example or card.source is None:
            return state
        return replace(state, read=state.read | {card.source.id})


def run(desk: Desk, terminal: Terminal, found: Sequence[Example]) -> Iterator[Event]:
    """The reviewer: an event for each decision, and the totals at the end."""
    state = desk.begin(found)
    while not state.over:
        state = terminal.draw(desk, state)
        state, event = desk.press(terminal, state, terminal.key())
        if event is not None:
            yield event
    desk.unsaved = tuple(draft.path for draft in state.drafts.values() if draft.path)
    left = sum(1 for id_ in state.queue if id_ not in state.decided)
    yield Finished("review", {**desk.counts, "left": left, "others": desk.others})


def _text(draft: Draft | None, card: review.Card | None) -> Conversation | None:
    """The draft's text, where it is another than the example's."""
    if draft is None or (card and draft.text == card.example.conversation):
        return None
    return draft.text


def _drafted(terminal: Terminal, state: State, card: review.Card, text: Conversation, path: str) -> State:
    others = {k: v for k, v in state.drafts.items() if k != card.example.id}
    if text == card.example.conversation:
        terminal.forget(path)
        return replace(state, drafts=others, message="Nothing was changed.")
    drafts = others | {card.example.id: Draft(text, path)}
    message = "Edited, not saved yet: y keeps it so, e edits on, Esc sets it aside."
    return replace(state, drafts=drafts, view="diff", scroll=0, message=message)


def _aside(state: State) -> State:
    """Without the edit of the current example; where its text still stands is said."""
    draft = state.draft
    if draft is None:
        return state
    others = {k: v for k, v in state.drafts.items() if k != state.current}
    message = "The edit was set aside." + (f" Its text stands in {draft.path}" if draft.path else "")
    return replace(state, drafts=others, message=message)

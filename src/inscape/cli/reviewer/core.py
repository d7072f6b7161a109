"""What a key does: the reviewer without a terminal.

Invariant: `step` is pure. It gives the next state and at most one action; the action is done elsewhere (`desk`). A key
that means nothing changes nothing. No key but y, n and s decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from inscape.records import Conversation, Verdict

View = Literal["example", "diff", "context", "prompt", "help"]

VERDICTS: dict[str, Verdict] = {"y": "keep", "n": "drop", "s": "skip"}
VIEWS: dict[str, View] = {"d": "diff", "p": "context", "a": "prompt", "?": "help"}

KEYS: tuple[tuple[str, str], ...] = (
    ("y", "keep"),
    ("n", "drop"),
    ("s", "skip, unsure: comes again last"),
    ("e", "edit in your editor; then y keeps it as edited"),
    ("u", "undo the last decision; again for the one before, also of earlier runs"),
    ("j k", "next, previous, without deciding (also the arrows)"),
    ("1-9", "tick an item of the checklist"),
    ("t", "write a note"),
    ("d", "what the edit changed, word by word"),
    ("p", "the book around the passage"),
    ("a", "the prompt, the teacher, where it came from"),
    ("space b", "scroll down, up"),
    ("Esc", "back to the example; there: set an unsaved edit aside"),
    ("?", "this help"),
    ("q", "quit; every decision is saved already (also Ctrl-C)"),
)


@dataclass(frozen=True, slots=True)
class Decide:
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Do:
    """Something outside the state: undo the last decision, open the editor, ask for a note, set an edit aside, quit."""

    what: Literal["undo", "edit", "note", "aside", "quit"]


Action = Decide | Do


@dataclass(frozen=True, slots=True)
class Draft:
    """An edit that no decision has saved yet. `path`: where the person's text stands, if it still does."""

    text: Conversation
    path: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where the reviewer is. `at` == len(queue): after the last one."""

    queue: tuple[str, ...]
    items: int
    at: int = 0
    decided: frozenset[str] = frozenset()
    """Decided in this run."""
    read: frozenset[str] = frozenset()
    """Passages that were on the screen before this example came."""
    view: View = "example"
    scroll: int = 0
    ticks: tuple[int, ...] = ()
    note: str = ""
    message: str = ""
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    page: int = 10
    """Lines that one press of space moves; the screen sets it."""
    bottom: int = 0
    """The last line that scrolling can reach; the screen sets it."""
    hidden: bool = False
    """Whether this view leaves the example out, so that nothing is decided in it; the screen sets it."""
    over: bool = False

    @property
    def current(self) -> str | None:
        return self.queue[self.at] if self.at < len(self.queue) else None

    @property
    def draft(self) -> Draft | None:
        return self.drafts.get(self.current or "")


def step(state: State, key: str) -> tuple[State, Action | None]:
    """The state after a key, and what is to be done about it."""
    still = replace(state, message="")
    if key in ("q", "ctrl-c"):
        return still, Do("quit")
    if key == "u":
        return still, Do("undo")
    if key in ("j", "down", "k", "up"):
        return moved(still, 1 if key in ("j", "down") else -1), None
    if state.current is None:
        return (toggled(still, "help"), None) if key == "?" else (state, None)
    if key in VIEWS:
        return toggled(still, VIEWS[key]), None
    if key in ("space", "b"):
        return scrolled(still, state.page if key == "space" else -state.page), None
    if key == "esc":
        return _escaped(still)
    return _on_example(state, still, key)


def _on_example(state: State, still: State, key: str) -> tuple[State, Action | None]:
    """Keys that say something about the example; where it is hidden they only bring it back."""
    acting = key in VERDICTS or key in ("e", "t") or (len(key) == 1 and key in "123456789"[: state.items])
    if not acting:
        return state, None
    if state.hidden:
        return replace(still, view="example", scroll=0, message=f"Here is the example again: now press {key}."), None
    if key in VERDICTS:
        return still, Decide(VERDICTS[key])
    if key.isdigit():
        return replace(still, ticks=tuple(sorted({*state.ticks} ^ {int(key)}))), None
    return still, Do("edit" if key == "e" else "note")


def _escaped(state: State) -> tuple[State, Action | None]:
    if state.view != "example":
        return replace(state, view="example", scroll=0), None
    return state, Do("aside") if state.draft else None


def toggled(state: State, view: View) -> State:
    """The other view, or back to the example."""
    return replace(state, view="example" if state.view == view else view, scroll=0)


def scrolled(state: State, lines: int) -> State:
    return replace(state, scroll=max(0, min(state.scroll + lines, state.bottom)))


def moved(state: State, by: int) -> State:
    """One further or one back; at either end it stays."""
    if not 0 <= state.at + by <= len(state.queue):
        return state
    return replace(state, at=state.at + by, view="example", scroll=0)


def advanced(state: State) -> State:
    """To the next example that was not decided in this run; from the last one on to those passed over before it."""
    order = [*range(state.at + 1, len(state.queue)), *range(state.at)]
    open_ = [n for n in order if state.queue[n] not in state.decided]
    return replace(state, at=open_[0] if open_ else len(state.queue), view="example", scroll=0)


def shown(state: State, example: str) -> State:
    """To this example, put into the queue here if it is not in it."""
    queue = state.queue
    if example not in queue:
        queue = (*queue[: state.at], example, *queue[state.at :])
    return replace(state, queue=queue, at=queue.index(example), view="example", scroll=0)

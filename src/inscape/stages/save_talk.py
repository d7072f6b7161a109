"""A conversation with a model as an example of the project, undecided, for review.

Invariant: as at an import, the same conversation is one example, however often it is saved; its origin says that it was
a chat, and with which model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from inscape.errors import UsageError
from inscape.events import Event, Finished, RowTaken
from inscape.records import Conversation, Level, Provenance, Structure, Turn
from inscape.store import Store, examples

_ORDER = ("low", "medium", "high")


def save(
    store: Store, turns: Sequence[Turn], system: str | None, name: str, at: str, *, category: str | None = None,
    efforts: Sequence[str | None] = (),
) -> Iterator[Event]:  # fmt: skip
    """Add it. Its level is the highest that its answers showed. Raises UsageError where nothing was said."""
    talk = example(turns, system, category, efforts)
    id_ = examples.id_for_import(talk)
    source = Provenance(file=f"a chat with {name}", row=1)
    structure: Structure = "thinking" if any(turn.thought for turn in talk.answers) else "plain"
    with store.change() as db:
        new = examples.insert(db, id_, talk, structure, source, "import", at)
    yield RowTaken(str(source.file), 1, id_, "imported" if new else "known")
    yield Finished("chat", {"imported": int(new), "known": int(not new)})


def example(
    turns: Sequence[Turn], system: str | None, category: str | None, efforts: Sequence[str | None]
) -> Conversation:
    """The conversation in its canonical form: effort is its label, and stands in no turn's text."""
    if not turns:
        raise UsageError("Nothing was said yet that could be saved.")
    bare = tuple(replace(turn, effort=None) for turn in turns)
    known = [level for level in efforts if level in _ORDER]
    highest = cast(Level, max(known, key=_ORDER.index).upper()) if known else None
    return Conversation(bare, system, complexity=highest, category=category)

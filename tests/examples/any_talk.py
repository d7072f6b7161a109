"""Strategies of hypothesis: any conversation the canonical form can have."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from inscape.examples import fields
from inscape.examples.shapes import NAME, RESERVED, TURN_FIELDS
from inscape.records import Conversation, Mood, Turn

_LETTERS = st.characters(codec="utf-8")
texts = st.text(_LETTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
said = st.one_of(texts, texts.map("    ".__add__), texts.map("\t\t".__add__))
"""What a turn says: its first line may be indented."""
plain_values = st.one_of(texts, st.integers(-9, 9), st.booleans(), st.lists(texts, max_size=2))
names = st.text("abcdefgxyz_", min_size=1, max_size=8).filter(
    lambda name: name not in RESERVED and name not in ("from", "value", "role", "content", "user", "assistant")
)
certainties = st.one_of(
    st.none(),
    st.sampled_from(["low", "HIGH", "Medium", "fairly sure", 0.3, 0.1, 0.0, 1.0, 7.0]),
    st.floats(0, 1),
)
moods = st.builds(
    Mood, mood=st.none() | texts, certainty=certainties, thoughts=st.lists(texts, max_size=3).map(tuple)
).map(lambda mood: None if mood == Mood() else mood)


@st.composite
def talks(draw: st.DrawFn, exchanges: int = 3, states: bool = True) -> Conversation:
    """A conversation of one to `exchanges` exchanges."""
    turns: list[Turn] = []
    for _ in range(draw(st.integers(1, exchanges))):
        turns.append(Turn("user", draw(said), input=draw(st.none() | said)))
        state = draw(st.none() | moods) if states else None
        turns.append(Turn("assistant", draw(said), thought=draw(st.none() | texts), state=state))
    return Conversation(
        turns=tuple(turns),
        system=draw(st.none() | texts),
        complexity=draw(st.sampled_from([None, "LOW", "MEDIUM", "HIGH"])),
        iterations=draw(st.none() | st.integers(1, 9)),
        category=draw(st.none() | texts),
        language=draw(st.none() | st.sampled_from(["en", "tr"])),
        extra=draw(_extras(len(turns))),
    )


@st.composite
def _extras(draw: st.DrawFn, turns: int) -> dict[str, Any]:
    extra: dict[str, Any] = draw(st.dictionaries(names, plain_values, max_size=2))
    if inner := draw(st.dictionaries(names.filter(lambda n: n not in fields.METADATA), plain_values, max_size=2)):
        extra["metadata"] = inner
    if draw(st.booleans()):
        extra[NAME] = draw(st.sampled_from(["jessy", "Ada", "Öykü"]))
    if draw(st.booleans()):
        number = str(draw(st.integers(1, turns)))
        extra[TURN_FIELDS] = {number: draw(st.dictionaries(names, plain_values, min_size=1, max_size=2))}
    return extra

"""What may be mended without anyone's judgment: signs nobody can see or meant.

Invariant: no word, no punctuation and no line is changed, added or taken away; mending twice is mending once. A text
that is in doubt stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from inscape.quality.form import TEMPLATE_TOKENS
from inscape.records import Conversation, Mood, Turn

_UNSEEN = re.compile(r"[\u200b\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LAST_TOKEN = re.compile(rf"\s*(?:{TEMPLATE_TOKENS.pattern})\s*\Z")
_MANGLED = re.compile(r"[ÃÄÅÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")


def text(value: str) -> str:
    """The text without unseen signs, composed, its encoding repaired, without a closing token at its end."""
    made = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if _MANGLED.search(made):
        made = _repaired(made)
    made = unicodedata.normalize("NFC", made)
    while (cut := _LAST_TOKEN.sub("", made)) != made and cut.strip():
        made = cut
    return made if made.strip() else value


def conversation(talk: Conversation) -> Conversation:
    """The conversation with every text mended."""
    return replace(
        talk, turns=tuple(_turn(turn) for turn in talk.turns), system=text(talk.system) if talk.system else None
    )


def _turn(turn: Turn) -> Turn:
    state = turn.state
    if state is not None:
        state = Mood(
            text(state.mood) if state.mood else None, state.certainty, tuple(text(one) for one in state.thoughts)
        )
    return replace(
        turn,
        text=text(turn.text),
        thought=text(turn.thought) if turn.thought else turn.thought,
        input=text(turn.input) if turn.input else turn.input,
        state=state,
    )


def _repaired(value: str) -> str:
    import ftfy

    return str(ftfy.fix_encoding(value))

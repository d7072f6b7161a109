"""What may be mended without anyone's judgment: signs nobody can see or meant.

Invariant: no word and no punctuation is changed, added or taken away, and no two words are joined; mending twice is
mending once. A text that is in doubt stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from inscape.examples import thoughts
from inscape.examples.fields import trimmed
from inscape.quality.form import TEMPLATE_TOKENS
from inscape.quality.rows import Finding, Limits, Row
from inscape.records import Conversation, Mood, Turn

_UNSEEN = re.compile(r"[\u200b\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"(?<=\n)[\x0b\x0c\x1c-\x1e]+|[\x0b\x0c\x1c-\x1e]+(?=\n)|([\x0b\x0c\x1c-\x1e]+)")
"""Signs that divide lines, but for those that stand at a line break anyway."""
_TOKEN = re.compile(rf"{TEMPLATE_TOKENS.pattern}|</?s>")
_LAST_TOKEN = re.compile(
    r"(?:<\|(?:im_end|endoftext|eot_id|eom_id|end_of_text|end|return|end▁of▁sentence)\|>|<end_of_turn>|</s>|<eos>|"
    r"<｜end▁of▁sentence｜>)\s*\Z"
)
_ODD = re.compile(r"[^\t\n -~çğıöşüÇĞİÖŞÜ]")
"""Signs that may have to be mended: without one, only blanks at the ends and a token can be."""
_MANGLED = re.compile(r"[ÃÄÅÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")


ENCODING, UNSEEN, TOKEN = "broken encoding", "unseen signs", "an end token"
LINES, COMPOSED, ENDS = "line ends", "composed letters", "blanks at the ends"
KINDS = (ENCODING, UNSEEN, TOKEN, LINES, COMPOSED, ENDS)
"""What is mended, as it is named; the last three nobody can see and no model is hurt by."""
_GOES_ON = frozenset(":,;-–—=<([{`\"'“‘«")
"""After these, or after a word, and a blank, a token at the end may be what the sentence is about."""


def mended(value: str, *, reply: bool = True) -> tuple[str, frozenset[str]]:
    """The text without unseen signs, composed, its encoding repaired, trimmed; a reply without a closing token at its
    end, too. And what was done."""
    if not _ODD.search(value) and not value.endswith(">") and trimmed(value) == value:
        return value, frozenset()
    made: str = value
    done: set[str] = set()
    while (step := _step(made, done, reply)) != made:  # what is repaired may be an unseen sign, and the reverse
        made = step
    if not made.strip():
        return value, frozenset()
    return made, frozenset(done if done or made == value else {ENDS})


def text(value: str, *, reply: bool = True) -> str:
    """The text, mended."""
    return mended(value, reply=reply)[0]


def _step(value: str, done: set[str], reply: bool) -> str:
    """Encoding before unseen signs: a soft hyphen may be half of a letter that was mis-decoded."""
    for kind, change in _CHANGES:
        made = change(value) if reply or kind != TOKEN else value
        if made != value:
            done.add(kind)
        value = made
    return trimmed(value)


def _without_tokens(value: str) -> str:
    """The reply without a chat template's last word; as it is where it may be speaking of such tokens."""
    made = value.rstrip()
    while made.endswith(">") and (hit := _LAST_TOKEN.search(made)):
        made = made[: hit.start()].rstrip()
    cut = value[len(made) :]
    apart = cut[:1].isspace() and "\n" not in cut[: len(cut) - len(cut.lstrip())]
    if not cut.strip() or not made or _TOKEN.search(made):
        return value
    return value if apart and (made[-1].isalnum() or made[-1] in _GOES_ON) else made


def _repaired(value: str) -> str:
    if not _MANGLED.search(value):
        return value
    import ftfy

    return str(ftfy.fix_encoding(value))


_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (LINES, lambda value: value.replace("\r\n", "\n").replace("\r", "\n")),
    (ENCODING, _repaired),
    (UNSEEN, lambda value: _BREAKS.sub(lambda one: "\n" if one[1] else "", value)),
    (UNSEEN, lambda value: _UNSEEN.sub("", value.replace("\x1f", " "))),
    (COMPOSED, lambda value: unicodedata.normalize("NFC", value)),
    (TOKEN, _without_tokens),
)


def found(talk: Conversation) -> dict[str, str]:
    """What could be mended in a conversation, each with the first text that needs it."""
    made: dict[str, str] = {}
    for value, reply in _texts(talk):
        for kind in mended(value, reply=reply)[1]:
            made.setdefault(kind, value)
    return {kind: made[kind] for kind in KINDS if kind in made}


def _texts(talk: Conversation) -> Iterator[tuple[str, bool]]:
    """Texts that may be mended, and whether each is a reply."""
    yield talk.system or "", False
    for turn in talk.turns:
        if _turn(turn) != turn:
            yield turn.text, turn.role == "assistant"
            yield from ((one, False) for one in (turn.thought, turn.input) if one)
            if turn.state is not None:
                yield from ((one, False) for one in (turn.state.mood, *turn.state.thoughts) if one)


def mendable(row: Row, limits: Limits) -> Iterator[Finding]:
    """What `inscape check --fix` would mend: a warning where a model would learn it, else a note."""
    kinds = found(row.item.conversation)
    if not kinds:
        return
    how = "`inscape check --fix` mends it" if row.item.example else "`inscape check --fix` mends it once it is imported"
    seen = set(kinds) & {ENCODING, UNSEEN, TOKEN}
    yield row.say(
        "mendable", "warning" if seen else "note", f"{', '.join(kinds)}: {how}", _around(*next(iter(kinds.items())))
    )


def _around(kind: str, value: str) -> str:
    """The text from a little before the first sign of it; signs that cannot be seen are written out."""
    sign = {ENCODING: _MANGLED, UNSEEN: _UNSEEN, TOKEN: _LAST_TOKEN}.get(kind)
    hit = sign.search(value) if sign else None
    near = value[max(0, hit.start() - 30) : hit.end() + 30] if hit else value
    return _UNSEEN.sub(lambda one: f"<U+{ord(one[0]):04X}>", near)


def conversation(talk: Conversation) -> Conversation:
    """The conversation with every text mended."""
    return replace(talk, turns=tuple(_turn(turn) for turn in talk.turns), system=_other(talk.system))


def _other(value: str | None) -> str | None:
    return text(value, reply=False) if value else value


def _turn(turn: Turn) -> Turn:
    """The turn, mended; as it is where a tag that comes to light would then be taken for a thought's."""
    state = turn.state
    if state is not None:
        state = Mood(_other(state.mood), state.certainty, tuple(text(one, reply=False) for one in state.thoughts))
    reply = turn.role == "assistant"
    held = text(turn.text, reply=reply), _other(turn.thought), _other(turn.input), state
    if held == (turn.text, turn.thought, turn.input, turn.state):
        return turn
    made = replace(turn, text=held[0], thought=held[1], input=held[2], state=state)
    return turn if reply and _whole(turn) and not _whole(made) else made


def _whole(turn: Turn) -> bool:
    return thoughts.survives(turn.thought, turn.text, thoughts.USUAL_TAGS[0], turn.effort)

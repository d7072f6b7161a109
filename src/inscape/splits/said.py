"""What of a conversation is compared with others: its prompt, all that is learned from it, and each of its exchanges.

Invariant: every text is leveled once; of an exchange only a mark is kept, and equal marks mean equal words but for
case, spacing and quotes. Few letters say nothing alone: such a reply is the same only where the question is too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inscape.records import Conversation
from inscape.splits.near import level

ALONE = 20
"""Letters from which on all that is learned from a row is compared without its prompt."""
LONG = 40
"""Letters from which on a reply is compared without its question, and digits do not count in what is said."""
COMMON = 0.05
"""A prompt or an exchange in more than this share of the rows, and in more than five, is an instruction or formula."""
_SIGN = "\u3040"
"""From here on a sign is about as much as three letters of an alphabet."""


@dataclass(frozen=True, slots=True)
class Said:
    """`learned`: thoughts and replies, leveled; empty where they are too short to be compared alone."""

    prompt: str
    learned: str
    marks: tuple[tuple[int, int], ...]
    """Each exchange's mark, and the place of its reply among the turns."""

    @property
    def single(self) -> bool:
        """Whether there is but one exchange: the mark is then of the whole row."""
        return len(self.marks) < 2


def said(conversation: Conversation) -> Said:
    """The conversation, leveled."""
    asked: list[str] = []
    learned: list[str] = []
    marks: dict[int, int] = {}
    question: list[str] = []
    for place, turn in enumerate(conversation.turns):
        if turn.role == "user":
            question += [leveled for text in (turn.text, turn.input or "") if (leveled := _words(text))]
            continue
        reply = level(turn.text)
        learned += [text for text in (level(turn.thought or ""), reply) if text]
        if reply and (at_least(reply, LONG) or question):
            marks.setdefault(_mark(reply, turn.text, question), place)
        asked += question
        question = []
    whole = " ".join(learned)
    return Said(" ".join(asked + question), whole if at_least(whole, ALONE) else "", tuple(marks.items()))


def answers(conversation: Conversation) -> str:
    """All that is learned from a row: its thoughts and replies."""
    held = [part for turn in conversation.answers for part in (turn.thought, turn.text)]
    return "\n".join(part for part in held if part)


def common(keys: Iterable[str], rows: int) -> set[str]:
    """Those that stand in so many rows that they say nothing of the single row."""
    most = max(5, COMMON * rows)
    return {key for key, count in Counter(keys).items() if key and count > most}


def formulas(rows: Sequence[Said]) -> set[int]:
    """The marks that stand in so many conversations that they say nothing of the single one."""
    most = max(5, COMMON * len(rows))
    counts = Counter(mark for row in rows for mark, _ in row.marks if not row.single)
    return {mark for mark, count in counts.items() if count > most}


def telling(row: Said, general: set[int]) -> Iterator[tuple[int, int]]:
    """The marks that tie a row: all but a conversation's formulas."""
    return (one for one in row.marks if row.single or one[0] not in general)


def at_least(text: str, letters: int) -> bool:
    """Whether a text has so many letters and digits; a sign of a script without an alphabet counts as three."""
    count = 0
    for sign in text:
        count += (3 if sign >= _SIGN else 1) if sign.isalnum() else 0
        if count >= letters:
            return True
    return False


def _words(text: str) -> str:
    """What a user says: in few words another number is another question."""
    leveled = level(text, digits=True)
    return level(text) if at_least(leveled, LONG) else leveled


def _mark(reply: str, text: str, question: Sequence[str]) -> int:
    return hash(reply) if at_least(reply, LONG) else hash((" ".join(question), level(text, digits=True)))

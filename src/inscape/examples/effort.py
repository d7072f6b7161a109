"""Effort made learnable: how much thinking a turn takes, put into the text, since trainers read no metadata.

Invariant: `read_back(render(c, policy)) == c` for every conversation whose row keeps its metadata, and an answer that
takes no thought stays an instant answer: a marker and the reply. It decides no level; that is the person's label.

Three levels are what a small dataset can teach: LOW is 1-2 iterations, MEDIUM 3-5, HIGH 6-9. Nine are a rendering.
`first-token` begins each answer with `<thinking effort="low"/>`, or `<thinking effort="high">…</thinking>` where there
is a thought: the model chooses. `system-line` ends the system prompt with a line: whoever asks chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, get_args

from inscape.records import Conversation, Level, Turn
from inscape.text import plural

Policy = Literal["none", "first-token", "system-line", "both"]
Scale = Literal["three", "nine"]

POLICIES: tuple[Policy, ...] = get_args(Policy)
SCALES: tuple[Scale, ...] = get_args(Scale)
LEVELS: tuple[Level, ...] = get_args(Level)
ITERATIONS: dict[Level, tuple[int, int]] = {"LOW": (1, 2), "MEDIUM": (3, 5), "HIGH": (6, 9)}
"""Fewest and most iterations of a level."""

_LINE = re.compile(r"(?:(.*)\n\n)?Thinking effort: (?:(low|medium|high)|([1-9]) of 9)\.", re.DOTALL)


def level_of_iterations(iterations: int) -> Level:
    """The level that a number of iterations, 1 to 9, belongs to."""
    return next((level for level, (_, most) in ITERATIONS.items() if iterations <= most), "HIGH")


def level_of(conversation: Conversation) -> Level | None:
    """The conversation's level: its complexity, else what its iterations say, else None."""
    if conversation.complexity:
        return conversation.complexity
    return level_of_iterations(conversation.iterations) if conversation.iterations else None


def word_of(conversation: Conversation, scale: Scale = "three") -> str | None:
    """The word that is put into the text: 'low', 'medium', 'high', or '1' to '9'; None where nothing is known.

    On the scale of nine only iterations count: a number is never made up from a level.
    """
    if scale == "nine":
        return str(conversation.iterations) if conversation.iterations else None
    level = level_of(conversation)
    return level.lower() if level else None


def line(word: str) -> str:
    """The fixed line of the system prompt: 'Thinking effort: low.' or 'Thinking effort: 7 of 9.'"""
    return f"Thinking effort: {word}{' of 9' if word.isdecimal() else ''}."


def render(conversation: Conversation, policy: Policy, *, scale: Scale = "three") -> Conversation:
    """The conversation with its effort where the policy puts it: on its turns, in its system prompt, or nowhere.

    A turn's effort is `Turn.effort`; `thoughts.join(thought, text, tag, effort)` writes it as the first token, with
    the person's own tag. A turn that has an effort of its own keeps it. Under `none` and `system-line` no turn has one;
    where the system prompt says it, `Turn.line` holds a turn's own, for rows of one answer: see `system_of`.
    """
    word = word_of(conversation, scale)
    turns = conversation.turns
    lined = policy in ("system-line", "both")
    if lined:
        turns = tuple(replace(t, line=t.effort) if t.effort and t.effort != word else t for t in turns)
    if policy in ("first-token", "both"):
        turns = tuple(replace(t, effort=t.effort or word) if t.role == "assistant" else t for t in turns)
    else:
        turns = _bare(turns)
    system = conversation.system
    if word and lined:
        system = f"{system}\n\n{line(word)}" if system else line(word)
    return replace(conversation, turns=turns, system=system)


def system_of(conversation: Conversation, turn: Turn) -> str | None:
    """The system prompt of a row that teaches this answer alone: its line says the answer's own effort."""
    if turn.line is None:
        return conversation.system
    found = _LINE.fullmatch(conversation.system or "")
    own = found[1] if found else conversation.system
    return f"{own}\n\n{line(turn.line)}" if own else line(turn.line)


def unlined(system: str | None) -> str | None:
    """A system prompt without the line of effort; None where nothing else stands in it."""
    found = _LINE.fullmatch(system or "")
    return (found[1] if found else system) or None


def unsaid(conversations: Iterable[Conversation]) -> list[str]:
    """A sentence on answers whose own effort a row of the whole (rendered) conversation cannot say."""
    count = sum(turn.line is not None for talk in conversations for turn in talk.turns)
    verb = "has an effort of its own that" if count == 1 else "have efforts of their own that"
    what = f"{plural(count, 'answer')} {verb} the one system line of a whole conversation doesn't say."
    return [what] if count else []


def read_back(conversation: Conversation) -> Conversation:
    """The conversation with effort found in its text as complexity or iterations again; what contradicts them stays."""
    if any(turn.line for turn in conversation.turns):
        turns = tuple(replace(t, effort=t.effort or t.line, line=None) if t.line else t for t in conversation.turns)
        conversation = replace(conversation, turns=turns)
    if found := _LINE.fullmatch(conversation.system or ""):
        taken = _taken(conversation, found[2] or found[3])
        conversation = replace(taken, system=(found[1] or "").rstrip() or None) if taken else conversation
    efforts = {turn.effort for turn in conversation.answers}
    only = efforts.pop() if len(efforts) == 1 else None
    taken = _taken(conversation, only) if only else None
    return replace(taken, turns=_bare(taken.turns)) if taken else conversation


def carried(conversation: Conversation) -> bool:
    """Whether the text of a rendered conversation says its effort, in the system prompt or before each answer."""
    if _LINE.fullmatch(conversation.system or ""):
        return True
    return all(turn.effort or turn.line for turn in conversation.answers)


def share(rendered: Iterable[Conversation]) -> tuple[int, int]:
    """How many of these rendered conversations carry their effort, and how many there are."""
    marks = [carried(conversation) for conversation in rendered]
    return sum(marks), len(marks)


def for_fields(policy: Policy) -> Policy:
    """What remains of a policy where thoughts go into a field of their own: the template then writes the first token.

    Whether it opens a thought or an empty one is then the model's own choice, so nothing of `first-token` is put in
    its place: a system line would let whoever asks choose, and give the choice away.
    """
    return "system-line" if policy in ("system-line", "both") else "none"


def _bare(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    return tuple(replace(turn, effort=None) if turn.effort else turn for turn in turns)


def _taken(conversation: Conversation, word: str) -> Conversation | None:
    """The conversation with this word as its label; None where its own label says another thing, or it is no label."""
    if word.isdecimal() and 1 <= int(word) <= 9:
        return _with_iterations(conversation, int(word))
    level = next((one for one in LEVELS if one == word.upper()), None)
    known = level_of(conversation)
    if level is None or known not in (None, level):
        return None
    return conversation if known else replace(conversation, complexity=level)


def _with_iterations(conversation: Conversation, number: int) -> Conversation | None:
    if conversation.iterations is not None:
        return conversation if conversation.iterations == number else None
    if conversation.complexity not in (None, level_of_iterations(number)):
        return None
    return replace(conversation, iterations=number)

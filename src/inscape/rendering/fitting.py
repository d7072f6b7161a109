"""How rows are written for a template once their effort stands in them: the policy that fits, and the choice for it.

Invariant: the choice is about exactly the conversations that are given back, the line of effort in their system prompts
included. Where that line is all that a template does not take, the refusal says so, and which policies it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from inscape.examples import effort
from inscape.examples.effort import Policy, Scale
from inscape.records import Conversation
from inscape.rendering.behavior import Choice
from inscape.text import plural

Decide = Callable[[Collection[bool]], Choice]
"""The choice for rows that have a system prompt (True), none (False), or both kinds."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """`policy`: the one that the talks were written with; another than the asked one where a field makes it so."""

    policy: Policy
    talks: tuple[Conversation, ...]
    choice: Choice
    notes: tuple[str, ...] = ()
    """What became of the asked policy, where a field for thoughts turned it into another."""


def fit(talks: Sequence[Conversation], asked: Policy, scale: Scale, decide: Decide) -> Fitted:
    """The conversations with their effort, and the choice for them; refused where no way loses none."""
    found = _tried(talks, asked, scale, decide)
    if found.choice.encoding != "refused" or asked == "none":
        return replace(found, notes=_became(asked, found, scale, decide))
    others: list[Policy] = [one for one in effort.POLICIES if one != asked]
    taken = [one for one in others if _tried(talks, one, scale, decide).choice.encoding != "refused"]
    if not taken:
        return found
    why = found.choice.reason.partition(". ")[0].rstrip(".")
    reason = f"{why}. That is where --effort {asked} writes; this template takes --effort {' or '.join(taken)}."
    return replace(found, choice=replace(found.choice, reason=reason))


def _became(asked: Policy, found: Fitted, scale: Scale, decide: Decide) -> tuple[str, ...]:
    """What a field for thoughts made of the policy, and who chooses then."""
    if asked == found.policy:
        return ()
    said = f"{asked} became {found.policy}: thoughts stand in a field, and the template writes the first token itself"
    if found.policy != "none":
        return (f"{said}. The line is left: whoever asks chooses.",)
    answers = [turn for talk in found.talks for turn in talk.answers]
    full = sum(bool(turn.thought) for turn in answers)
    said += (
        f": whether it thinks is the model's own choice, learned from {plural(full, 'answer')} with a thought and "
        f"{len(answers) - full:,} without. How long (low, medium, high) only length teaches"
    )
    lined = _tried(found.talks, "system-line", scale, decide).choice.encoding != "refused"
    return (f"{said}; --effort system-line lets whoever asks choose." if lined else f"{said}.",)


def _tried(talks: Sequence[Conversation], asked: Policy, scale: Scale, decide: Decide) -> Fitted:
    for policy in dict.fromkeys((asked, effort.for_fields(asked))):
        written = tuple(effort.render(talk, policy, scale=scale) for talk in talks)
        found = Fitted(policy, written, decide(_systems(written) or {False}))
        if found.choice.encoding in ("content", "refused"):
            break  # only a field makes the first token impossible
    return found


def _systems(talks: Sequence[Conversation]) -> set[bool]:
    """Whether rows have a system prompt: the conversation's, or that of a single answer with a line of its own."""
    own = {bool(effort.system_of(talk, turn)) for talk in talks for turn in talk.turns if turn.line}
    return own | {bool(talk.system) for talk in talks}

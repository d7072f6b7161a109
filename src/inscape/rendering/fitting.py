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

Decide = Callable[[Collection[bool]], Choice]
"""The choice for rows that have a system prompt (True), none (False), or both kinds."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """`policy`: the one that the talks were written with; another than the asked one where a field makes it so."""

    policy: Policy
    talks: tuple[Conversation, ...]
    choice: Choice


def fit(talks: Sequence[Conversation], asked: Policy, scale: Scale, decide: Decide) -> Fitted:
    """The conversations with their effort, and the choice for them; refused where no way loses none."""
    found = _tried(talks, asked, scale, decide)
    if found.choice.encoding != "refused" or asked == "none":
        return found
    others: list[Policy] = [one for one in effort.POLICIES if one != asked]
    taken = [one for one in others if _tried(talks, one, scale, decide).choice.encoding != "refused"]
    if not taken:
        return found
    why = found.choice.reason.partition(". ")[0].rstrip(".")
    field = "" if found.policy == asked else ", since thoughts stand in a field"
    reason = f"{why}. That is where --effort {asked} writes{field}; this template takes --effort {' or '.join(taken)}."
    return replace(found, choice=replace(found.choice, reason=reason))


def became(asked: Policy, used: Policy) -> list[str]:
    """A sentence where a field for thoughts turned the policy into another."""
    if asked == used:
        return []
    return [f"{asked} became {used}: thoughts stand in a field, and the template writes the first token."]


def _tried(talks: Sequence[Conversation], asked: Policy, scale: Scale, decide: Decide) -> Fitted:
    for policy in dict.fromkeys((asked, effort.for_fields(asked))):
        written = tuple(effort.render(talk, policy, scale=scale) for talk in talks)
        found = Fitted(policy, written, decide({bool(talk.system) for talk in written} or {False}))
        if found.choice.encoding in ("content", "refused"):
            break  # only a field makes the first token impossible
    return found

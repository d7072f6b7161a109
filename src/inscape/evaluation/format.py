"""Whether sampled answers have the form they were taught, and take the effort that their probes ask for.

Invariant: pure counting over texts; the same answers give the same figures, each with the number of answers it is of.
Where thoughts stand in a field, or effort is not in the text, an answer says no level: only low (no thought) and not
low can be told apart, and `graded` says which of the two was counted. Says nothing of how good an answer is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from inscape.records import Level
from inscape.rendering.mode import Mode, level_said, look, well_formed
from inscape.text import count_words

LONG = 60
"""Words of a whole answer from which on it is too much for a probe of low effort."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer, looked at. `problem`: why it is not as it was taught, empty where it is."""

    problem: str
    level: str | None
    """'low', 'medium', 'high' as the answer says or shows it; None where that cannot be told."""
    thought: int
    """Words of its thought, closed or not."""
    words: int
    """Words of thought and reply."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Figures:
    """What all answers of one model say together."""

    valid: Share
    effort: Share
    """Answers that take the level of their probe, of those whose probe has one."""
    f1: float | None
    """Mean of the levels' F1: unlike `effort`, one level for every answer scores low. None without a level."""
    over: Share
    """LOW probes answered with a thought, or in more than `LONG` words."""
    under: Share
    """HIGH probes answered without a thought."""
    graded: bool
    """Three levels were told apart; else only low and not low."""


def graded(mode: Mode) -> bool:
    """Whether answers say one of three levels."""
    return mode.encoding == "content" and mode.policy in ("first-token", "both")


def judge(mode: Mode, text: str) -> Judged:
    """A whole answer, as sampled: special tokens in it, its end where it came."""
    seen = look(mode, text)
    problem = well_formed(mode, text)
    thought = count_words(seen.thought)
    level = level_said(mode, seen) if graded(mode) else None
    if not graded(mode) and not problem and not seen.thought:
        level = "low"
    return Judged(problem, level, thought, thought + count_words(seen.reply))


def figures(mode: Mode, answers: Sequence[tuple[Level | None, Judged]]) -> Figures:
    """Of answers, each with the level of its probe where it has one."""
    fine = graded(mode)
    pairs = [(_class(wanted.lower(), fine), _shown(one, fine)) for wanted, one in answers if wanted]
    low = [one for wanted, one in answers if wanted == "LOW"]
    high = [one for wanted, one in answers if wanted == "HIGH"]
    return Figures(
        valid=Share(sum(not one.problem for _, one in answers), len(answers)),
        effort=Share(sum(wanted == shown for wanted, shown in pairs), len(pairs)),
        f1=macro_f1(pairs),
        over=Share(sum(one.thought > 0 or one.words > LONG for one in low), len(low)),
        under=Share(sum(not one.thought for one in high), len(high)),
        graded=fine,
    )


def _class(level: str, fine: bool) -> str:
    return level if fine or level == "low" else "not low"


def _shown(one: Judged, fine: bool) -> str | None:
    """A thought is not low, however the answer ends; without one only an answer that is whole says low."""
    if fine or one.level:
        return one.level
    return "not low" if one.thought else None


def macro_f1(pairs: Sequence[tuple[str, str | None]]) -> float | None:
    """The mean over the wanted classes of their F1, from (wanted, shown); None without a pair."""
    classes = sorted({wanted for wanted, _ in pairs})
    return sum(_f1(pairs, one) for one in classes) / len(classes) if classes else None


def _f1(pairs: Sequence[tuple[str, str | None]], name: str) -> float:
    hit = sum(wanted == shown == name for wanted, shown in pairs)
    either = sum(wanted == name for wanted, _ in pairs) + sum(shown == name for _, shown in pairs)
    return 2 * hit / either


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 per cent interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22: 209): sound for few answers too."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959963984540054, count / of
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)

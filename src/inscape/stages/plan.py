"""What a generation would ask, what stands already, and what it would cost; nothing is sent or written here.

Invariant: an attempt that has an answer is never in a plan. What failed is in it only when asked for by `retry`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from inscape.errors import SettingError
from inscape.events import Planned
from inscape.records import State
from inscape.stages.sources import Prompt
from inscape.store import Store, attempts
from inscape.store.attempts import Item
from inscape.teachers import prices
from inscape.teachers.base import Teacher
from inscape.teachers.prices import Price

RETRY: tuple[State, ...] = ("unparsed", "refused", "failed")
"""States that are asked again only on request."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be asked, in order, and what was found. `price` is None where nobody knows one."""

    items: tuple[Item, ...]
    event: Planned
    price: Price | None


def items_of(prompts: Iterable[Prompt], teacher: Teacher, samples: int) -> list[Item]:
    """Every attempt: all passages and templates once before any of them a second time."""
    made = list(prompts)
    return [
        Item(p.passage, p.template, teacher.name, teacher.params, sample, p.text)
        for sample in range(1, samples + 1)
        for p in made
    ]


def plan(
    store: Store,
    items: Sequence[Item],
    *,
    price: Price | None,
    max_tokens: int,
    cap: float = 0.0,
    retry: Collection[State] = (),
) -> Plan:
    """The plan for these attempts. Raises SettingError for a cap where no price is known."""
    unique = {item.key: item for item in items}
    states = attempts.states(store, unique)
    counts = Counter(states.values())
    ask = tuple(item for key, item in unique.items() if _open(states.get(key), retry))
    teacher = items[0].teacher if items else ""
    if cap > 0 and price is None and ask and teacher.partition(":")[0] in ("openai", "anthropic"):
        raise SettingError(
            f"generate.cap is {cap:g} dollars, but no price is known for {teacher}. Set generate.price_in and "
            "generate.price_out (0 and 0 for a server of your own), or the cap to 0."
        )
    tokens_in = sum(prices.tokens_of(item.prompt) for item in ask)
    tokens_out = _tokens_out(store, ask, max_tokens)
    event = Planned(
        teacher=teacher,
        passages=len({item.passage.id for item in unique.values()}),
        templates=len({item.template.hash for item in unique.values()}),
        requests=len(ask),
        done=counts["done"],
        in_doubt=counts["unknown"] + counts["sent"],
        failed=sum(counts[state] for state in RETRY if state not in retry),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        dollars=price.of(tokens_in, tokens_out) if price else None,
    )
    return Plan(ask, event, price)


def _open(state: State | None, retry: Collection[State]) -> bool:
    return state in (None, "planned", "unknown", "sent") or state in retry


def _tokens_out(store: Store, ask: Sequence[Item], max_tokens: int) -> int:
    """By this teacher's own answers so far, else by the templates' shapes; no answer is longer than `max_tokens`."""
    if not ask:
        return 0
    mean = attempts.measured(store, ask[0].teacher)
    each = (mean if mean is not None else prices.tokens_for(item.template.shape) for item in ask)
    return round(sum(min(tokens, max_tokens) for tokens in each))

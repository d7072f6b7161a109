"""What a run would cost, and what an answer did: estimates, shown with ≈.

Invariant: a price that nobody knows is None, never 0; what runs on one's own machine is None too. Tokens are
estimated as one for every four bytes of UTF-8 (English: about four letters; Cyrillic two; Chinese one and a third),
until the provider counts them itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from inscape.records import Shape
from inscape.settings import Settings
from inscape.teachers import keys

BYTES_PER_TOKEN = 4
TOKENS_PER_WORD = 1.4
THOUGHT_WORDS, HUMAN_WORDS, USUAL_WORDS = 90, 20, (80, 200)


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens."""

    per_in: float
    per_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.per_in + tokens_out * self.per_out) / 1e6


def find(settings: Settings, teacher: str) -> Price | None:
    """The teacher's price: from generate.price_in and price_out where both are set, else from the table."""
    given = settings.number("generate.price_in"), settings.number("generate.price_out")
    if min(given) >= 0:
        return Price(*given)
    protocol, _, model = teacher.partition(":")
    address = settings.text("teacher.base_url")
    if protocol not in ("openai", "anthropic") or (address and keys.is_local(address)):
        return None
    return _from_table(protocol, model, address)


def _from_table(protocol: str, model: str, address: str) -> Price | None:
    from genai_prices import Usage, calc_price

    def dollars(usage: Usage) -> float:
        if address:
            return float(calc_price(usage, model, provider_api_url=address).total_price)
        return float(calc_price(usage, model, provider_id=protocol).total_price)

    try:
        # Tiers begin far above any prompt of ours: a thousand tokens are priced as in the first.
        return Price(dollars(Usage(input_tokens=1000)) * 1000, dollars(Usage(output_tokens=1000)) * 1000)
    except (LookupError, ValueError):
        return None


def tokens_of(text: str) -> int:
    """Estimated tokens of a text."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def tokens_for(shape: Shape) -> int:
    """Estimated tokens of an answer of this shape: the middle of its words and exchanges, with its JSON around them."""
    exchanges = sum(shape.exchanges) / 2
    words = sum(shape.words or USUAL_WORDS) / 2 + HUMAN_WORDS
    if shape.structure in ("thinking", "internal"):
        words += THOUGHT_WORDS
    return round(exchanges * (words * TOKENS_PER_WORD + 30) + 20)

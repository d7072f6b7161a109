"""Pages of a PDF made by hand: lines at their places, as the reader hands them on."""

from __future__ import annotations

from inscape.books.pdf.layout.statistics import Statistics
from inscape.books.pdf.page import SOFT, SURE, Line

BODY, LEADING, TOP, FOOT = 10.0, 12.0, 500.0, 40.0
WORDS = ["the", "miller", "walked", "along", "the", "river", "and", "nobody", "asked", "him", "where", "he", "went"]


def stats() -> Statistics:
    """Those of `page`: 10 point, 12 apart."""
    made = Statistics(BODY)
    made.leading = LEADING
    return made


def line(text: str, page: int, y: float, size: float = BODY, x0: float = 50.0, **more: object) -> Line:
    """A line of text; its right edge follows from its length."""
    made = Line(text, x0, x0 + 0.48 * size * len(text), y, size, page, text.endswith((SOFT, SURE)))
    for name, value in more.items():
        setattr(made, name, value)
    return made


def prose(page: int, rows: int = 20, seed: int = 0) -> list[Line]:
    """Lines of text, each of its own words, from the top of the page downward."""
    return [line(sentence(page * 100 + row + seed), page, TOP - row * LEADING) for row in range(rows)]


def sentence(n: int) -> str:
    """One line's worth of words that no other `n` has in this order."""
    turned = WORDS[n % 12 :] + WORDS[: n % 12]
    return " ".join([*turned[:9], f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}"])

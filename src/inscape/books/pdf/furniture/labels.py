"""What each page calls itself: its printed number, else the one the file gives it.

Invariant: a printed number is believed only where pages nearby count with it. A page between two that agree takes the
number it would have; no page gets a number from one side alone, except those that follow the last by one or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inscape.books.pdf.furniture.numbering import Counts, Number, numbers
from inscape.books.pdf.page import Page
from inscape.records import Removal

_GAP = 12
"""Pages without a printed number that may lie between two with one: plates, part titles, a chapter's first page."""
_ENOUGH = 15
"""Pages with a printed number, among which one has two digits: else only the last digit of each was read."""
_FURNITURE = ("page number", "running head")
_ROMANS = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def labels(pages: Sequence[Page], removed: Iterable[Removal]) -> dict[int, str]:
    """Label by page of the file (from 1): 'xii', '214', or ''. `removed`: the furniture that was found."""
    found = _printed(removed, len(pages))
    made = {page.number: page.label for page in pages}
    for number in made:
        if number in found:
            made[number] = _write(found[number])
        elif (between := _between(number, found)) is not None:
            made[number] = _write(between)
    return made


def _printed(removed: Iterable[Removal], pages: int) -> dict[int, Number]:
    """The number that each page bears, where others count with it."""
    borne: dict[int, list[tuple[Number, bool]]] = {}
    counts = Counts()
    for removal in sorted((r for r in removed if r.page and r.why in _FURNITURE), key=lambda r: r.page or 0):
        for number in set(numbers(removal.text)):
            borne.setdefault(removal.page or 0, []).append((number, removal.why == "page number"))
            counts.add(removal.page or 0, 0.0, number)
    best: dict[int, Number] = {}
    for page, found in borne.items():
        scored = [(counts.others(page, 0.0, number, 1.0)[0], bare, number) for number, bare in found]
        support, bare, number = max(scored)
        if support >= (1 if bare or pages <= 5 else 2):
            best[page] = number
    if len(best) >= _ENOUGH and all(value < 10 for roman, value in best.values() if not roman):
        return {page: number for page, number in best.items() if number[0]}
    return best


def _between(page: int, found: dict[int, Number]) -> Number | None:
    """The number of a page that bears none: its neighbors on both sides must agree on it."""
    before = next((p for p in range(page - 1, page - _GAP, -1) if p in found), None)
    after = next((p for p in range(page + 1, page + _GAP) if p in found), None)
    if after is not None:
        roman, value = found[after][0], found[after][1] - (after - page)
        if value < 1:
            return None
        if before is None:
            return (roman, value) if page <= _GAP else None
        same = found[before] == (roman, value - (page - before))
        # Numbering begins anew after `before`: the pages from 1 on are the new count's.
        return (roman, value) if same or (found[before][0] and not roman) else None
    if before is not None and page - before <= 2:
        return found[before][0], found[before][1] + page - before
    return None


def _write(number: Number) -> str:
    roman, value = number
    if not roman:
        return str(value)
    made = ""
    for worth, sign in _ROMANS:
        made += sign * (value // worth)
        value %= worth
    return made

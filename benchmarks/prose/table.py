"""The benchmark's tables, in Markdown.

Invariant: shows figures, makes none up: what was not measured is a dash, what failed says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.prose.run import Cost
from benchmarks.prose.score import Result

HEAD = (
    "| tool | pages / CPU s | peak MB | CER % | paragraphs: precision, recall, F1 | over pages whole % "
    "| pages with furniture left % | hyphens lost / left | notes apart | markers glued |"
)
OWN = (
    "| book | units read whole with the right pages | headings found (+ others so called) | notes tied "
    "| characters unaccounted for | kinds taken for others |"
)


@dataclass(frozen=True)
class Outcome:
    """What one tool made of one book: `failed` says in a line why there is no result."""

    tool: str
    version: str
    book: str
    pages: int
    cost: Cost | None = None
    result: Result | None = None
    failed: str = ""


def tables(outcomes: Sequence[Outcome], order: Sequence[str], timed: Sequence[str] | None = None) -> str:
    """All tables: the overview, each book's, and what only inscape tells.

    `timed`: books of which speed and memory are told; None: all.
    """
    books = list(dict.fromkeys(one.book for one in outcomes))
    by = {(one.tool, one.book): one for one in outcomes}
    parts = []
    if len(books) > 1:
        parts.append(_overview(by, books, order))
    for book in books:
        here = [by[tool, book] for tool in order if (tool, book) in by]
        lines = [f"{book}, {here[0].pages:,} pages:", "", HEAD, "|---|" + "---:|" * (HEAD.count("|") - 2)]
        parts.append("\n".join([*lines, *(row(one, timed is None or book in timed) for one in here)]))
    own = [one for one in outcomes if one.result and one.result.headings]
    if own:
        lines = ["What only a reader of books tells (inscape):", "", OWN, "|---|" + "---:|" * 4 + "---|"]
        parts.append("\n".join([*lines, *map(own_row, own)]))
    return "\n\n".join(parts)


def _overview(by: Mapping[tuple[str, str], Outcome], books: Sequence[str], order: Sequence[str]) -> str:
    """Books down, tools across."""
    shown = [tool for tool in order if any((tool, book) in by for book in books)]
    lines = ["CER % · paragraph F1:", "", "| book | " + " | ".join(shown) + " |", "|---|" + "---:|" * len(shown)]
    for book in books:
        cells = []
        for tool in shown:
            one = by.get((tool, book))
            result = one.result if one else None
            failed = "failed" if one and one.failed else "–"
            cells.append(f"{percent(result.cer)} · {result.f1:.1f}" if result else failed)
        lines.append(f"| {book} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def row(one: Outcome, timed: bool = True) -> str:
    """A tool's line in a book's table. `timed`: with its speed and memory, else dashes."""
    name = f"{one.tool} {one.version}" if one.tool != "inscape" else "inscape"
    if one.result is None or one.cost is None:
        return f"| {name} | {one.failed}" + " |" * 9
    r = one.result
    cells = [
        name,
        f"{one.pages / one.cost.cpu:,.0f}" if timed else "–",
        f"{one.cost.megabytes:,.0f}" if timed else "–",
        percent(r.cer),
        f"{r.precision:.1f}, {r.recall:.1f}, {r.f1:.1f}",
        share(r.whole),
        share(r.furniture),
        f"{r.true_hyphens[0]:,} of {r.true_hyphens[1]:,} / {r.soft_hyphens[0]:,} of {r.soft_hyphens[1]:,}",
        of(r.notes),
        of(r.glued),
    ]
    return "| " + " | ".join(cells) + " |"


def line(one: Outcome) -> str:
    """What a person who waits is told."""
    if one.result is None or one.cost is None:
        return f"{one.book} · {one.tool}: {one.failed}"
    r, cost = one.result, one.cost
    return (
        f"{one.book} · {one.tool}: CER {percent(r.cer)} %, F1 {r.f1:.2f}, whole {share(r.whole)}, "
        f"furniture {share(r.furniture)}; {cost.cpu:.1f} s CPU, {cost.wall:.1f} s wall, {cost.megabytes:.0f} MB"
    )


def own_row(one: Outcome) -> str:
    r = one.result
    assert r is not None
    others = {name: n for name, n in sorted(r.kinds.items()) if len(set(name.split(">"))) > 1}
    kinds = ", ".join(f"{name.replace('>', ' as ')} {n}" for name, n in others.items())
    more = "–" if r.headings_more is None else f"{r.headings_more:,}"
    left = "–" if r.unaccounted is None else f"{r.unaccounted:,}"
    return f"| {one.book} | {of(r.spans)} | {of(r.headings)} (+ {more}) | {of(r.tied)} | {left} | {kinds or 'none'} |"


def percent(value: float) -> str:
    """Two figures at least: 0.0021, 0.31, 17.8; 0 only where there is nothing."""
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def share(part: tuple[int, int]) -> str:
    """'99.81 (1,117 of 1,119)'."""
    return f"{100 * part[0] / part[1]:.2f} ({part[0]:,} of {part[1]:,})" if part[1] else "–"


def of(part: tuple[int, int] | None) -> str:
    return f"{part[0]:,} of {part[1]:,}" if part and part[1] else "–"

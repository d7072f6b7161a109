"""The scorer: how near a reading comes to the book, in the measures that prose needs.

Invariant: pure, and one for all tools: a truth, a list of units, figures. Nothing is held for or against a tool that
another one would not meet in the same way; what a measure counts is said at its field in `Result`.

Words are laid side by side once (`align`), and every measure is read off that one alignment. A paragraph's start is a
place between two matched words (as in text segmentation: Beeferman, Berger and Lafferty, 1999, and the boundary F1 of
Fournier, 2013, here without near misses); the error rate is Levenshtein's distance over the length of the truth, as in
the evaluation of OCR (Rice, Jenkins and Nartker, 1996; ISRI). Whole pages that are no part of the truth (a title page,
the contents) are neither right nor wrong to read, and count nowhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

from benchmarks.prose import details
from benchmarks.prose.align import Hunk, distance
from benchmarks.prose.corpus import Corpus, Unit
from benchmarks.prose.laid import Case, Laid, Row, around, both, lay, mostly_apart, one_row, page_of
from benchmarks.prose.words import words


@dataclass(frozen=True)
class Result:
    """The figures. Counts come as (part, whole); None where the book or the tool has nothing to count."""

    edits: int
    """Letters, signs and blanks to change, drop or add. What a tool leaves of heads, feet, notes in the run of the text
    or contents among the text is to drop."""
    letters: int
    """Letters, signs and blanks of the truth; `edits / letters` is the error rate."""
    hits: int
    """Units that begin where a unit of the truth begins."""
    given: int
    """Units that the tool gave."""
    wanted: int
    """Units of the truth."""
    whole: tuple[int, int]
    """Units that run over a page's end and are one unit still, with nothing of another and nothing put in between."""
    furniture: tuple[int, int]
    """Pages of which a head, foot or folio is still in the text, of those that have one."""
    true_hyphens: tuple[int, int]
    """The author's hyphens at line ends that were lost, or got a blank beside them."""
    soft_hyphens: tuple[int, int]
    """The typesetter's hyphens at line ends that are still there, as a hyphen, a blank or a sign."""
    notes: tuple[int, int] | None = None
    """Notes that are a unit of their own with exactly their text (a number before it is allowed)."""
    glued: tuple[int, int] | None = None
    """Calls of notes that are still glued to the word before."""
    spans: tuple[int, int] | None = None
    """Units read whole whose first and last page, and every page's beginning inside, are right."""
    tied: tuple[int, int] | None = None
    """Notes called where the book calls them."""
    headings: tuple[int, int] | None = None
    """Headings known as headings."""
    headings_more: int | None = None
    """Units called headings that are none."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """'quote>paragraph': units of the truth by what they were taken for."""
    unaccounted: int | None = None
    """Printed characters of the file that are neither in a unit nor said to be removed."""
    cases: tuple[Case, ...] = ()

    @property
    def cer(self) -> float:
        """Character error rate, in percent."""
        return 100 * self.edits / max(self.letters, 1)

    @property
    def precision(self) -> float:
        return 100 * self.hits / max(self.given, 1)

    @property
    def recall(self) -> float:
        return 100 * self.hits / max(self.wanted, 1)

    @property
    def f1(self) -> float:
        """Of the starts of units, in percent."""
        return 200 * self.hits / max(self.given + self.wanted, 1)


def score(book: Corpus, rows: Sequence[Row], unaccounted: int | None = None) -> Result:
    """Score a reading. `unaccounted` is passed on. What needs kinds or pages is left out where no row has any."""
    laid = lay(book, rows)
    cases: list[Case] = []
    edits = sum(_edits(laid, gap, cases) for gap in laid.gaps)
    pairs, given = _pairs(laid, cases)
    furniture = _furniture(laid, cases)
    true, soft = details.hyphens(laid, cases)
    more: dict[str, Any] = {}
    if book.truth.notes:
        more["notes"] = details.notes(laid, rows, cases)
        more["glued"] = details.glued(laid, cases)
    if any(row.page is not None for row in rows):
        more["spans"] = details.spans(laid, pairs, cases)
    if any(row.kind for row in rows):
        more |= details.kinds(laid, pairs, cases)
        if book.truth.calls:
            more["tied"] = details.tied(laid, cases)
    return Result(
        edits,
        sum(map(len, book.truth.words)) + len(book.truth.words),
        len(pairs),
        given,
        len(book.truth.units),
        _whole(laid, cases),
        furniture,
        true,
        soft,
        unaccounted=unaccounted,
        cases=tuple(cases),
        **more,
    )


# ---------------------------------------------------------------- letters and starts


def _edits(laid: Laid, gap: Hunk, cases: list[Case]) -> int:
    i1, i2, j1, j2 = gap
    read = [laid.words[j] for j in range(j1, j2) if j not in laid.apart]
    if i1 == i2 and not read:
        return 0
    cases.append(_case(laid, "text", gap))
    return distance("".join(f"{w} " for w in laid.book.truth.words[i1:i2]), "".join(f"{w} " for w in read))


def _case(laid: Laid, what: str, gap: Hunk) -> Case:
    """A gap with a word or two on each side."""
    i1, i2, j1, j2 = gap
    truth = laid.book.truth.words
    page = laid.book.printed.page[min(i1, len(truth) - 1)]
    return Case(what, page, around(truth, i1, i2), around(laid.words, j1, j2))


def _pairs(laid: Laid, cases: list[Case]) -> tuple[dict[int, int], int]:
    """Unit of the truth -> row, for those that begin at the same place; and how many rows count.

    A start's place is the number of matched words before it, so that a damaged first word does no harm; at one place
    as many starts agree as both sides have there.
    """
    before = [0, *accumulate(1 if at >= 0 else 0 for at in laid.at)]
    read = [False] * (len(laid.words) + 1)
    for at in laid.at:
        read[at] = at >= 0 or read[at]
    ahead = [0, *accumulate(read[:-1])]
    rows: dict[int, list[int]] = defaultdict(list)
    for number, (start, end) in enumerate(zip(laid.starts, laid.starts[1:], strict=False)):
        if not mostly_apart(laid, start, end):
            rows[ahead[start]].append(number)
    given = sum(map(len, rows.values()))
    pairs: dict[int, int] = {}
    units = laid.book.truth.units
    for number in range(len(units) - 1, -1, -1):
        here = rows.get(before[units[number].start])
        if here:
            pairs[number] = here.pop()
        else:
            cases.append(_start(laid, number))
    for number in sorted(n for here in rows.values() for n in here):
        start = laid.starts[number]
        cases.append(Case("start too many", page_of(laid, start), "", around(laid.words, start, start + 8)))
    return pairs, given


def _start(laid: Laid, number: int) -> Case:
    unit = laid.book.truth.units[number]
    page = laid.book.printed.page[unit.start]
    return Case(f"start missed ({unit.kind})", page, *both(laid, unit.start))


# ---------------------------------------------------------------- pages


def _whole(laid: Laid, cases: list[Case]) -> tuple[int, int]:
    page, kept, total = laid.book.printed.page, 0, 0
    for unit in laid.book.truth.units:
        turns = [k for k in range(unit.start + 1, unit.end) if page[k] != page[k - 1]]
        if not turns:
            continue
        total += 1
        if one_row(laid, unit) and not any(_put_in(laid, turn, unit) for turn in turns):
            kept += 1
        else:
            k = turns[0]
            cases.append(Case(f"not whole over pages ({unit.kind})", page[k], *both(laid, k)))
    return kept, total


def _put_in(laid: Laid, turn: int, unit: Unit) -> bool:
    """Whether words stand at the turn of the page that were not set there (one more is a broken word in two).

    A few words around the turn are looked at, for 'the | THE RIVER | river' can be laid in two ways.
    """
    near = range(max(turn - 7, unit.start), min(turn + 7, unit.end))
    known = [(k, laid.at[k]) for k in near if laid.at[k] >= 0]
    return any((b - a) - (right - left) > 1 for (left, a), (right, b) in pairwise(known))


def _furniture(laid: Laid, cases: list[Case]) -> tuple[int, int]:
    """Lines of furniture found among the words that a tool has too many, near their page; each found once."""
    lines = {page: [words(line) for line in some] for page, some in laid.book.printed.furniture.items()}
    lines = {page: [line for line in some if line] for page, some in lines.items() if any(some)}
    total, page, last = len(lines), laid.book.printed.page, len(laid.at) - 1
    called = {word for word, _, _ in laid.book.truth.calls}
    dirty: set[int] = set()
    taken: set[int] = set()
    for gap in laid.gaps:
        i1, i2, j1, j2 = gap
        near = range(page[max(i1 - 1, 0)] - 1, page[min(i2, last)] + 2) if j1 < j2 else ()
        for number in near:
            for line in tuple(lines.get(number, ())):
                if line[0].isdigit() and not called.isdisjoint(range(i1 - 1, i2 + 1)):
                    continue  # the number of a note
                found = _line_in(laid, line, gap, taken)
                if found:
                    taken |= found
                    lines[number].remove(line)
                    dirty.add(number)
                    cases.append(Case("furniture", number, "", f"{' '.join(line)}: {around(laid.words, j1, j2)}"))
    return len(dirty), total


def _line_in(laid: Laid, line: Sequence[str], gap: Hunk, taken: set[int]) -> set[int]:
    """The words of the reading that are this line, at least one of them of the gap; as words, or glued to others."""
    i1, i2, j1, j2 = gap
    size = len(line)
    for start in range(max(j1 - size + 1, 0), j2):
        there = range(start, start + size)
        if laid.words[start : start + size] == line and taken.isdisjoint(there):
            return set(there)
    glued, free = "".join(line), [k for k in range(j1, j2) if k not in taken]
    if not (glued.isdigit() or len(glued) > 4):
        return set()
    pattern = rf"(?<!\d){re.escape(glued)}(?!\d)"
    if re.search(pattern, "".join(laid.book.truth.words[i1:i2])):
        return set()
    if glued.isdigit():
        return set(next(([k] for k in free if re.search(pattern, laid.words[k])), ()))
    return set(free) if re.search(pattern, "".join(laid.words[k] for k in free)) else set()

"""Measures of the small things: hyphens at line ends, notes, and what only a reader of books says: pages, kinds.

Invariant: as the scorer's: read off the alignment, the same for every tool that says the thing at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.prose.corpus import Break
from benchmarks.prose.laid import Case, Laid, Row, mostly_apart, one_row
from benchmarks.prose.words import words

_MARKER = re.compile(r"^[\s\[(]*(?:\d{1,3}|[*†‡§]+)[\])]?[.:]?\s*")


def hyphens(laid: Laid, cases: list[Case]) -> tuple[tuple[int, int], tuple[int, int]]:
    wrong, total = Counter[bool](), Counter[bool]()
    for one in laid.book.printed.breaks:
        total[one.true] += 1
        if laid.at[one.word] < 0 and (read := _misread(laid, one)) is not None:
            wrong[one.true] += 1
            what = "hyphen lost" if one.true else "hyphen left"
            cases.append(Case(what, one.page, laid.book.truth.words[one.word], read))
    return (wrong[True], total[True]), (wrong[False], total[False])


def _misread(laid: Laid, one: Break) -> str | None:
    """How the broken word was read, if wrong there; a word that is missing is not an error of hyphens."""
    gap = laid.gap(one.word)
    if gap is None:
        return None
    word = laid.book.truth.words[one.word]
    left, right = word[: one.at], word[one.at :].removeprefix("-")
    found = re.search(f"{re.escape(left)}([\\s\\-\ufffe\x02]*){re.escape(right)}", gap[1])
    return found[0] if found and found[1] != ("-" if one.true else "") else None


def notes(laid: Laid, rows: Sequence[Row], cases: list[Case]) -> tuple[int, int]:
    """A note's unit may begin with its number."""
    units: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        made = tuple(words(row.text))
        units[made] += 1
        if (bare := tuple(words(_MARKER.sub("", row.text)))) != made:
            units[bare] += 1
    right = 0
    for number, text in laid.book.truth.notes.items():
        want = tuple(words(text))
        if units[want]:
            units[want] -= 1
            right += 1
        else:
            cases.append(Case("note", 0, f"{number}: {text}", ""))
    return right, len(laid.book.truth.notes)


def glued(laid: Laid, cases: list[Case]) -> tuple[int, int]:
    wrong = 0
    for word, at, _ in laid.book.truth.calls:
        gap = laid.gap(word) if laid.at[word] < 0 else None
        part = laid.book.truth.words[word][:at]
        if gap and (found := re.search(rf"{re.escape(part)}[\[(]?[\d*†‡§]\S*", gap[1])):
            wrong += 1
            cases.append(Case("marker glued", laid.book.printed.page[word], laid.book.truth.words[word], found[0]))
    return wrong, len(laid.book.truth.calls)


def spans(laid: Laid, pairs: Mapping[int, int], cases: list[Case]) -> tuple[int, int]:
    page, right, total = laid.book.printed.page, 0, 0
    for number, index in sorted(pairs.items()):
        unit, row = laid.book.truth.units[number], laid.rows[index]
        if not one_row(laid, unit) or row.page is None:
            continue
        total += 1
        turns = [k for k in range(unit.start + 1, unit.end) if page[k] != page[k - 1]]
        want = [page[unit.start], *(page[k] for k in turns)]
        have = [row.page, *(number for _, number in row.breaks)]
        if unit.pages:
            want[0], want[-1] = unit.pages if len(want) > 1 or unit.pages[0] == unit.pages[1] else (want[0], want[-1])
        places = [len(words(row.text[:offset])) for offset, _ in row.breaks]
        there = [laid.at[k] - laid.starts[index] if laid.at[k] >= 0 else None for k in turns]
        fits = have == want
        if fits and not laid.book.printed.scan:
            fits = all(t is None or p == t for p, t in zip(places, there, strict=True))
        right += fits
        if not fits:
            cases.append(Case("pages", want[0], f"{want} at {there}", f"{have} at {places}: {row.text[:60]}"))
    return right, total


def kinds(laid: Laid, pairs: Mapping[int, int], cases: list[Case]) -> dict[str, Any]:
    units = laid.book.truth.units
    kinds = Counter(f"{_kind(units[n].kind)}>{laid.rows[row].kind}" for n, row in pairs.items())
    for number, row in sorted(pairs.items()):
        want, have = _kind(units[number].kind), laid.rows[row].kind
        if want != have:
            page = laid.book.printed.page[units[number].start]
            cases.append(Case(f"kind {want} > {have}", page, units[number].text[:70], laid.rows[row].text[:70]))
    wanted = sum(unit.kind == "heading" for unit in units)
    found = kinds["heading>heading"]
    spans = zip(laid.rows, laid.starts, laid.starts[1:], strict=False)
    given = sum(row.kind == "heading" and not mostly_apart(laid, start, end) for row, start, end in spans)
    return {"headings": (found, wanted), "headings_more": given - found, "kinds": dict(kinds)}


def _kind(name: str) -> str:
    return "paragraph" if name == "para" else name


def tied(laid: Laid, cases: list[Case]) -> tuple[int, int]:
    """A call is right when the row calls that note after the same word."""
    calls = {
        laid.starts[n] + len(words(row.text[:offset])) - 1: " ".join(words(_MARKER.sub("", text)))
        for n, row in enumerate(laid.rows)
        for offset, text in row.notes
    }
    right = 0
    for word, _, number in laid.book.truth.calls:
        want = " ".join(words(laid.book.truth.notes.get(number, "")))
        if calls.get(laid.at[word], "") == want:
            right += 1
        else:
            page = laid.book.printed.page[word]
            cases.append(Case("note not tied", page, f"{laid.book.truth.words[word]}: {want[:50]}", ""))
    return right, len(laid.book.truth.calls)

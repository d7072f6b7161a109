"""A typeset book with its truth, and what the page itself says: where its words stand, its line ends, its furniture.

Invariant: the truth is the one of the files; the PDF is asked (through PDFium, line by line) only for what no truth
file says: the page of each word, which words were broken at a line's end, and which lines are no part of the book.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.prose.align import Block, blocks, hunks, slid
from benchmarks.prose.words import called, letters, level, words

MARK = "\ue000"
"""Stands in a word of the page where a line's end broke it."""

_BROKEN = re.compile(r"(?<=\w)(?:[\ufffe\x02]\s*|[-\u2010\u00ad][ \t]*\r?\n)(?=[^\W\d_])")
_OPEN = re.compile(r"[\ufffe\x02]\s*")
_FOLIO = re.compile(r"[\W_]*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,7})[\W_]*")
_LISTING = re.compile(r"(?:table of )?contents|index")


@dataclass(frozen=True)
class Unit:
    """A unit of the truth: words[start:end] of the book."""

    kind: str
    start: int
    end: int
    text: str
    pages: tuple[int, int] | None = None


@dataclass(frozen=True)
class Break:
    """A word of the book that a line's end broke, after its first `at` letters; `true`: there the author's hyphen."""

    word: int
    at: int
    true: bool
    page: int


@dataclass(frozen=True)
class Truth:
    """What was set: units, the words of all of them, notes by number, (word, letters before, number) of their calls."""

    units: tuple[Unit, ...]
    words: list[str]
    notes: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[tuple[int, int, str], ...] = ()

    def unit_at(self, word: int) -> int:
        """The number of the unit that holds a word."""
        return bisect_right(self.units, word, key=lambda unit: unit.start) - 1


@dataclass(frozen=True)
class Printed:
    """What the pages show. `page[k]` is the page of word k, from 1; `furniture[p]` the lines that belong to page p
    alone; `apart` the words of whole pages that are not in the truth (title page, contents), by the word before."""

    pages: int
    page: list[int]
    breaks: tuple[Break, ...]
    furniture: Mapping[int, tuple[str, ...]]
    apart: Mapping[int, list[str]]
    scan: bool = False
    """Pictures of pages: which words stand before a turn inside a unit is not known, nor what was broken there."""


@dataclass(frozen=True)
class Corpus:
    """A book to read: its name, its file, what was set, what the pages show."""

    name: str
    pdf: Path
    truth: Truth
    printed: Printed


SHARED = {
    "wp-typst": ("wp_typst.pdf", "wp.jsonl", "wp.notes.json"),
    "dalloway-chrome": ("dalloway_chrome.pdf", "dalloway.jsonl", ""),
    "lighthouse-weasy": ("lighthouse_weasy.pdf", "lighthouse.jsonl", ""),
}
"""The books of ../shared/data/pdf: PDF, truth, notes."""


def places(shared: Path, folder: Path | None) -> dict[str, tuple[Path, Path, Path | None, Path | None]]:
    """PDF, truth, notes and about.json of every book at hand, by name."""
    found: dict[str, tuple[Path, Path, Path | None, Path | None]] = {}
    for name, (pdf, truth, notes) in SHARED.items():
        if (shared / pdf).is_file():
            found[name] = shared / pdf, shared / truth, shared / notes if notes else None, None
    for book in sorted(folder.glob("*/book.pdf")) if folder else ():
        home = book.parent
        found[home.name] = book, home / "truth.jsonl", _there(home / "notes.json"), _there(home / "about.json")
    return found


def load(name: str, place: tuple[Path, Path, Path | None, Path | None]) -> Corpus:
    """Read a book's files. Raises OSError, ValueError or KeyError for files that are not of this kind."""
    pdf, truth, notes, about = place
    rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
    known = json.loads(notes.read_text("utf-8")) if notes else {}
    facts = json.loads(about.read_text("utf-8")) if about else {}
    set_ = truth_of(rows, known)
    furniture = {int(page): tuple(lines) for page, lines in facts.get("furniture", {}).items()}
    pages = list(pages_of(pdf))
    if any(page.strip() for page in pages):
        return Corpus(name, pdf, set_, printed(set_, pages, furniture or None))
    heads = {int(page): (line,) for page, line in facts.get("heads", {}).items()}
    return Corpus(name, pdf, set_, pictured(set_, len(pages), furniture or heads))


def truth_of(rows: Sequence[Mapping[str, Any]], notes: Mapping[str, str]) -> Truth:
    """The truth from rows {kind, text, pages?, apart?}.

    Units without a letter or digit (scene breaks) are left out; so are those marked `apart` (a title page, the
    publisher's notices), the contents and the index: to read them is no error, and to leave them out neither.
    """
    units, every, calls = [], list[str](), []
    listing = False
    for row in rows:
        made, found = called(row["text"])
        listing = _LISTING.fullmatch(" ".join(made)) is not None if row["kind"] == "heading" else listing
        if row.get("apart") or (listing and row["kind"] in ("heading", "list")):
            continue
        if not any(sign.isalnum() for word in made for sign in word):
            continue
        span = row.get("pages")
        start = len(every)
        calls += [(start + word, at, note) for word, at, note in found]
        every += made
        units.append(Unit(row["kind"], start, len(every), row["text"], (span[0], span[-1]) if span else None))
    return Truth(tuple(units), every, dict(notes), tuple(calls))


def pages_of(pdf: Path) -> Iterator[str]:
    """The text of each page, as PDFium gives it."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_range()
            text.close()
            page.close()


# ---------------------------------------------------------------- what the pages show


@dataclass
class _Token:
    """A word as printed, and the line and the page it begins on."""

    text: str
    line: int
    page: int


def printed(truth: Truth, pages: Sequence[str], furniture: Mapping[int, tuple[str, ...]] | None) -> Printed:
    """Lay the pages' text along the truth. `furniture`: by page, where the typesetter told it; else it is found."""
    tokens, lines = _tokens(pages)
    ours = [letters(word) for word in truth.words]
    theirs = [letters(token.text.replace(MARK, "")) for token in tokens]
    starts = {0, *(k for k in range(1, len(tokens)) if tokens[k].line != tokens[k - 1].line)}
    same = slid(blocks(ours, theirs), len(ours), theirs, starts)
    if doubtful := _half_known(tokens, same, lines):
        theirs = ["" if token.line in doubtful else word for token, word in zip(tokens, theirs, strict=True)]
        same = slid(blocks(ours, theirs), len(ours), theirs, starts)
    page = [0] * len(ours)
    breaks: list[Break] = []
    known = [False] * len(tokens)
    for i, j, n in same:
        for k in range(n):
            token = tokens[j + k]
            page[i + k] = token.page
            known[j + k] = True
            breaks += _broken(truth.words, i + k, token)
    for i1, i2, j1, j2 in hunks(same, len(ours), len(theirs)):
        for at, first, found in _straddling(truth.words, (i1, i2), tokens[j1:j2]):
            page[at] = first.page
            breaks.append(found)
            known[next(k for k in range(j1, j2) if tokens[k] is first)] = True
        for at, k in _alike(truth.words, (i1, i2), tokens, (j1, j2)):
            if not page[at]:
                page[at], known[k] = tokens[k].page, True
    _fill(page)
    whole = _apart(tokens, known, len(pages))
    _titles(truth, page, tokens, whole)
    apart = _outside(page, tokens, whole)
    kept = furniture if furniture is not None else _furniture(tokens, known, lines, whole)
    return Printed(len(pages), page, tuple(sorted(breaks, key=lambda b: b.word)), kept, apart)


def pictured(truth: Truth, pages: int, furniture: Mapping[int, tuple[str, ...]]) -> Printed:
    """Pages without text, as far as the truth has pages: a unit over two pages is taken to turn in its middle."""
    page: list[int] = []
    for unit in truth.units:
        first, last = unit.pages or (1, 1)
        size = unit.end - unit.start
        page += [first + (last - first + 1) * k // size for k in range(size)]
    return Printed(pages, page, (), furniture, {}, scan=True)


def _tokens(pages: Sequence[str]) -> tuple[list[_Token], list[str]]:
    tokens: list[_Token] = []
    lines: list[str] = []
    for number, text in enumerate(pages, 1):
        for line in _OPEN.sub("-\n", _BROKEN.sub(MARK, text)).splitlines():
            tokens += [_Token(word, len(lines), number) for word in words(line)]
            lines.append(line)
    return tokens, lines


def _half_known(tokens: Sequence[_Token], same: Sequence[Block], lines: Sequence[str]) -> set[int]:
    """Lines in which some words found a partner by chance: 'To the Lighthouse', before a page that begins with 'to'.

    Known by other lines of the same words on three pages that found none at all.
    """
    matched = Counter(tokens[k].line for _, j, n in same for k in range(j, j + n))
    total = Counter(token.line for token in tokens)
    alone = Counter(_mask(lines[line]) for line in total if not matched[line])
    return {line for line, count in matched.items() if count < total[line] and alone[_mask(lines[line])] >= 3}


def _mask(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(words(line)))


def _broken(ours: Sequence[str], at: int, token: _Token) -> Iterator[Break]:
    """The line ends inside a word that the page and the truth have alike but for hyphens."""
    before = 0
    for part in token.text.split(MARK)[:-1]:
        before += len(letters(part)) if part != "-" else 0
        cut = _cut(ours[at], before)
        yield Break(at, cut, ours[at][cut : cut + 1] == "-", token.page)


def _cut(word: str, count: int) -> int:
    """The offset in the word after `count` letters that are no hyphens."""
    at = 0
    while at < len(word) and count:
        count -= word[at] != "-"
        at += 1
    return at


def _straddling(
    ours: Sequence[str], span: tuple[int, int], tokens: Sequence[_Token]
) -> Iterator[tuple[int, _Token, Break]]:
    """Words of the hunk that begin on one page and end on another, between them a foot and a head."""
    for at in range(*span):
        want = letters(ours[at])
        for k, one in enumerate(tokens):
            head = one.text.partition(MARK)[0] if MARK in one.text else one.text if one.text.endswith("-") else ""
            part = letters(head)
            if not head or not want.startswith(part):
                continue
            rest = want[len(part) :]
            if rest and any(letters(two.text) == rest and two.page == one.page + 1 for two in tokens[k + 1 :]):
                cut = _cut(ours[at], len(part))
                yield at, one, Break(at, cut, ours[at][cut : cut + 1] == "-", one.page)
                break


def _alike(
    ours: Sequence[str], span: tuple[int, int], tokens: Sequence[_Token], where: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Words of the hunk that the page has with something at them: the number of a note, a dropped initial."""
    first = where[0]
    for at in range(*span):
        want = letters(ours[at])
        for k in range(first, where[1]):
            have = letters(tokens[k].text.replace(MARK, ""))
            if len(want) > 2 and (want in have or (len(have) > 2 and (want.startswith(have) or want.endswith(have)))):
                yield at, k
                first = k + 1
                break


def _titles(truth: Truth, page: list[int], tokens: Sequence[_Token], whole: set[int]) -> None:
    """A heading alone on a page, which the next page's running head repeats, stands on its own page."""
    lines: dict[tuple[int, int], list[str]] = {}
    for token in tokens:
        if token.page in whole:
            lines.setdefault((token.page, token.line), []).append(token.text)
    for (number, _), line in lines.items():
        after = bisect_right(page, number)
        unit = truth.units[truth.unit_at(after)] if after < len(page) else None
        if unit and unit.kind == "heading" and unit.start == after and truth.words[after : unit.end] == line:
            page[after : unit.end] = [number] * len(line)


def _fill(page: list[int]) -> None:
    """Words that the page shows otherwise stand where the word before them does."""
    last = next((p for p in page if p), 1)
    for at, number in enumerate(page):
        last = page[at] = number or last


def _apart(tokens: Sequence[_Token], known: Sequence[bool], pages: int) -> set[int]:
    """Pages of which next to nothing is in the truth."""
    total, found = Counter(t.page for t in tokens), Counter(t.page for t, k in zip(tokens, known, strict=True) if k)
    return {p for p in range(1, pages + 1) if total[p] and found[p] < 0.1 * total[p]}


def _outside(page: Sequence[int], tokens: Sequence[_Token], whole: set[int]) -> dict[int, list[str]]:
    made: dict[int, list[str]] = {}
    for token in tokens:
        if token.page in whole:
            made.setdefault(bisect_right(page, token.page), []).append(token.text.replace(MARK, ""))
    return made


def _furniture(
    tokens: Sequence[_Token], known: Sequence[bool], lines: Sequence[str], whole: set[int]
) -> dict[int, tuple[str, ...]]:
    """Lines of which no word is in the truth: numbers alone, and words that come on at least two pages."""
    used = {token.line for token, k in zip(tokens, known, strict=True) if k}
    pages = {token.line: token.page for token in tokens}
    alone = [n for n in pages if n not in used and any(sign.isalnum() for sign in lines[n])]
    masked = {n: _mask(lines[n]) for n in alone}
    common = Counter(masked.values())
    found: dict[int, tuple[str, ...]] = {}
    for number, mask in masked.items():
        page = pages[number]
        if page not in whole and (_FOLIO.fullmatch(level(lines[number])) or common[mask] > 1):
            found[page] = (*found.get(page, ()), " ".join(words(lines[number])))
    return found


def _there(path: Path) -> Path | None:
    return path if path.is_file() else None

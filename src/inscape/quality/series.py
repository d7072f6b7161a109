"""Filler that shows only across rows: the same words with another number, another topic, or no difference at all.

Invariant: linear in the rows. A group counts from three rows on, and only where what stays the same is too much to be
chance; sums ('2 + 3?' '5') and short formulas that people really repeat are left alone.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from inscape.quality.rows import Finding, Limits, Row, short

_DIGITS = re.compile(r"\d+")
_COUNTER = re.compile(r"(?<![\d.,:/%$€₺])[#(\[]?(\d{1,5})[)\]]?\W*$")
_SUM = re.compile(r"\d\s*[-+*/×÷^=x]\s*\d|\b(?:kere|times|plus|minus|art[ıi]|eksi|çarp[ıi]|bölü)\b")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a row: its place and a few short texts or hashes."""

    file: str
    row: int
    example: str | None
    question: str
    reply: str
    asked: tuple[str, ...]
    """Numbers of the question."""
    told: tuple[str, ...]
    length: int
    words: str
    """The words of a reply of at most sixty; else empty."""


class Groups:
    """Which rows share a key: two flat arrays, since most keys of a large set stand once."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._numbers = array("q")

    def add(self, key: object, number: int) -> None:
        self._keys.append(hash(key))
        self._numbers.append(number)

    def large(self, least: int) -> Iterator[list[int]]:
        """The groups of at least so many rows, each in the order of the rows."""
        keys, numbers = self._keys, self._numbers
        order = sorted(range(len(keys)), key=keys.__getitem__)
        for _, run in groupby(order, key=keys.__getitem__):
            group = sorted({numbers[n] for n in run})
            if len(group) >= least:
                yield group


class Series:
    """Collects rows, then says which of them a loop wrote. One finding for each row."""

    name = "series"

    def __init__(self, limits: Limits) -> None:
        self._least = int(limits.number("series_rows"))
        self._rows: list[_Seen] = []
        self._copies, self._same_answer = Groups(), Groups()
        self._numbered, self._asked, self._told = Groups(), Groups(), Groups()
        self._slots, self._short_slots, self._halves = Groups(), Groups(), Groups()
        self._tails = Groups()

    def add(self, row: Row) -> None:
        question, reply = row.folded_question, row.folded_reply
        number = len(self._rows)
        asked, told = row.question_words, row.reply_words
        numbers_asked, numbers_told = tuple(_DIGITS.findall(question)), tuple(_DIGITS.findall(reply))
        item = row.item
        self._rows.append(
            _Seen(item.file, item.row, item.example, short(row.question, 160), short(row.reply, 160),
                  numbers_asked, numbers_told, len(told), " ".join(told) if len(told) <= 60 else "")
        )  # fmt: skip
        self._copies.add((question, reply), number)
        if len(told) >= 5:
            self._same_answer.add(reply, number)
        self._by_number(number, question, reply, numbers_asked, numbers_told, len(told))
        self._by_word(number, asked, told)

    def _by_number(
        self, number: int, question: str, reply: str, asked: tuple[str, ...], told: tuple[str, ...], length: int
    ) -> None:
        if not asked and not told:
            return
        bare_question, bare_reply = _DIGITS.sub("#", question), _DIGITS.sub("#", reply)
        if _SUM.search(question) or (asked and told and not set(asked) & set(told)):
            return
        self._numbered.add((bare_question, bare_reply), number)
        if ends_in_counter(question) is not None:
            self._tails.add(reply, number)
        if asked and len(asked) == 1:
            self._asked.add(bare_question, number)
        if told and length >= 4:
            self._told.add(bare_reply, number)

    def _by_word(self, number: int, asked: list[str], told: list[str]) -> None:
        if len(told) < 4:
            return
        stems = {word[:5] for word in asked}
        bare = tuple("*" if word[:5] in stems else word for word in told)
        left = sum(word != "*" for word in bare)
        if 3 <= left < len(bare):
            (self._slots if left >= 5 else self._short_slots).add(_runs(bare), number)
        if 5 <= len(told) <= 60:
            half = len(told) // 2
            self._halves.add((0, len(told), *told[:half]), number)
            self._halves.add((1, len(told), *told[half:]), number)

    # ---------------------------------------------------------------- what the groups say

    def finish(self) -> Iterator[Finding]:
        said: dict[int, tuple[str, int]] = {}
        for why, group in self._groups():
            for number in group:
                if number not in said or len(group) > said[number][1]:
                    said[number] = (why, len(group))
        for number in sorted(said):
            why, size = said[number]
            seen = self._rows[number]
            yield Finding(
                seen.file, seen.row, self.name, "error",
                f"one of {size} rows {why}: a loop made them; write each, or keep one",
                short(f"{seen.question} → {seen.reply}"), seen.example,
            )  # fmt: skip

    def _groups(self) -> Iterator[tuple[str, list[int]]]:
        for group in self._large(self._copies):
            yield "with the same question and reply", group
        yield from (("that repeat earlier rows in their order", group) for group in self._circles())
        for group in self._large(self._numbered):
            if self._distinct(group):
                yield "that differ only in a number", group
        for group in self._large(self._asked, 5):
            if self._distinct(group) and self._share_words(group):
                yield "whose questions differ only in a number", group
        for group in self._large(self._told, 4):
            if self._distinct(group):
                yield "whose replies differ only in a number", group
        for group in self._large(self._same_answer):
            if self._different_questions(group) and self._long_enough(group):
                yield "that give the same reply to different questions", group
        for group in (*self._large(self._slots), *self._large(self._short_slots, 5)):
            if self._different_questions(group):
                yield "whose replies differ only in words of the question", group
        for group in self._large(self._tails):
            if self._distinct(group):
                yield "whose questions end in a number, with one reply", group
        yield from (("whose replies differ only in one word", group) for group in self._one_word())
        yield from (("that end in a running number", group) for group in self._running())

    def _large(self, groups: Groups, least: int = 0) -> Iterator[list[int]]:
        return groups.large(max(self._least, least))

    def _distinct(self, group: list[int]) -> bool:
        held = [(self._rows[n].asked, self._rows[n].told) for n in group]
        return len(set(held)) >= max(self._least, len(held) // 2)

    def _share_words(self, group: list[int]) -> bool:
        """Whether the replies are of one make: a person may ask about HTTP 301 and 404 and get two answers."""
        return len(set.intersection(*(set(self._rows[n].words.split()) for n in group))) >= 2

    def _different_questions(self, group: list[int]) -> bool:
        return len({self._rows[n].question for n in group}) >= self._least

    def _long_enough(self, group: list[int]) -> bool:
        """A formula of a few words may answer many questions; a sentence or two may not."""
        length = self._rows[group[0]].length
        return length >= 8 or (length >= 5 and len(group) >= 10)

    def _one_word(self) -> Iterator[list[int]]:
        """Replies of one length that share all words but one, by the half that they share whole."""
        for near in self._large(self._halves):
            masked: dict[int, set[int]] = defaultdict(set)
            texts: dict[int, set[str]] = defaultdict(set)
            for number in near[:2000]:
                told = self._rows[number].words.split()
                for at in range(len(told)):
                    key = hash((at, tuple(told[:at]), tuple(told[at + 1 :])))
                    masked[key].add(number)
                    texts[key].add(told[at])
            for key, group in masked.items():
                if len(texts[key]) >= self._least + 2 * (self._rows[near[0]].length <= 8):
                    yield sorted(group)

    def _circles(self) -> Iterator[list[int]]:
        """Four or more rows in a row, each a copy of the one as far before: a list went around. Only the later ones."""
        before = {number: group[n] for group in self._copies.large(2) for n, number in enumerate(group[1:])}
        run: list[int] = []
        for number in sorted(before):
            if run and (number != run[-1] + 1 or number - before[number] != run[-1] - before[run[-1]]):
                if len(run) >= 4:
                    yield run
                run = []
            run.append(number)
        if len(run) >= 4:
            yield run

    def _running(self) -> Iterator[list[int]]:
        """Neighbors whose question or reply ends in a number, each one more than the last."""
        for side in ("question", "reply"):
            run: list[int] = []
            last: tuple[str, int] | None = None
            for number, seen in enumerate(self._rows):
                tail = ends_in_counter(getattr(seen, side)) if not _SUM.search(seen.question) else None
                here = (seen.file, tail) if tail is not None else None
                if here and last and here == (last[0], last[1] + 1):
                    run.append(number)
                else:
                    if len(run) >= 4:
                        yield run
                    run = [number] if here else []
                last = here
            if len(run) >= 4:
                yield run


def ends_in_counter(text: str) -> int | None:
    """The number a text ends in, where words stand before it and nothing makes it a price, a date or a sum."""
    found = _COUNTER.search(text)
    return int(found[1]) if found and re.search(r"[^\W\d_]{2,}\W*$", text[: found.start()]) else None


def _runs(bare: tuple[str, ...]) -> tuple[str, ...]:
    """Masked words that stand together are one: a topic may have any number of words."""
    return tuple(word for n, word in enumerate(bare) if word != "*" or n == 0 or bare[n - 1] != "*")

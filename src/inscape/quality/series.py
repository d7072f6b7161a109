"""Filler that shows only across rows: the same words with another number, another topic, or no difference at all.

Invariant: linear in the rows. A group counts from three rows on, and only where what stays the same is too much to be
chance; sums ('2 + 3?' '5') and short formulas that people really repeat are left alone.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from inscape.quality import hollow, skeleton
from inscape.quality.rows import Finding, Limits, Row, short
from inscape.quality.variants import Variants, originals

_DIGITS = re.compile(r"\d+")
_COUNTER = re.compile(r"(?<![\d.,:/%$€₺])[#(\[]?(\d{1,5})[)\]]?\W*$")
_SUM = re.compile(r"\d\s*[-+*/×÷^=x]\s*\d|\b(?:kere|times|plus|minus|art[ıi]|eksi|çarp[ıi]|bölü)\b")


_COPIES = "with the same question and reply"
_VARIANTS = "that are the same but for a word put before or after"
_ONE_REPLY = "that give the same reply to different questions"
_ALIKE = "whose questions begin or end alike, with one reply"
_COUNTED = {"that differ only in a number", "that differ only in a counter", "that end in a running number"}
"""Groups without an original: none of their rows was written."""
_OWN_WORDS = 8
"""Words of question and reply from which on the first of several copies is a row of its own."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a row: its place and a few short texts or hashes."""

    file: str
    row: int
    example: str | None
    question: str
    reply: str
    asked: tuple[str, ...]
    """Numbers of the question, and other counters: letters, number words, hex."""
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
        return (group for _, group in self.keyed(least))

    def keyed(self, least: int) -> Iterator[tuple[int, list[int]]]:
        """The same, each with the hash of its key. Hashes differ from run to run, so groups go by their first row."""
        keys, numbers = self._keys, self._numbers
        order = sorted(range(len(keys)), key=keys.__getitem__)
        made = ((key, sorted({numbers[n] for n in run})) for key, run in groupby(order, key=keys.__getitem__))
        yield from sorted(((key, group) for key, group in made if len(group) >= least), key=lambda one: one[1])


class Series:
    """Collects rows, then says which of them a loop wrote. One finding for each row."""

    name = "series"

    def __init__(self, limits: Limits) -> None:
        self._least = int(limits.number("series_rows"))
        self._rows: list[_Seen] = []
        self._copies, self._same_answer = Groups(), Groups()
        self._numbered, self._asked, self._told = Groups(), Groups(), Groups()
        self._slots, self._short_slots, self._halves = Groups(), Groups(), Groups()
        self._tails, self._lettered, self._pairs = Groups(), Groups(), Groups()
        self._adorned, self._framed, self._frames = Groups(), Groups(), Groups()
        self._thoughts, self._short_thoughts, self._thought_slots = Groups(), Groups(), Groups()
        self._variants = Variants()
        self._units = Groups()
        self._composed: dict[int, list[tuple[int, ...]]] = {}

    def add(self, row: Row) -> None:
        question, reply = row.folded_question, row.folded_reply
        number = len(self._rows)
        asked, told = row.question_words, row.reply_words
        numbers_asked, numbers_told = tuple(_DIGITS.findall(question)), tuple(_DIGITS.findall(reply))
        item = row.item
        stems = {word[:5] for word in asked}
        by_word = self._by_counter(number, question, asked, told)
        self._rows.append(
            _Seen(item.file, item.row, item.example, short(row.question, 160), short(row.reply, 160),
                  by_word[0] or numbers_asked, by_word[1] or numbers_told, len(told),
                  " ".join(told) if len(told) <= 60 else "")
        )  # fmt: skip
        self._copies.add((question, reply), number)
        self._variants.add(asked, told, row.question + row.reply)
        self._by_number(number, question, reply, numbers_asked, numbers_told, len(told))
        self._by_word(number, asked, told, stems)
        self._by_frame(number, asked, told)
        self._by_unit(number, reply, stems)
        if thought := [word for part in row.of("thought") for word in part.all_words]:
            self._by_thought(number, thought, stems)

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

    def _by_counter(
        self, number: int, question: str, asked: list[str], told: list[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Counters in words: 'Deyim A', 'ikilem III', 'konu beş', 'case 9b08923d'. What counted the question and the
        reply, where words did."""
        bare_question, before = skeleton.counters(asked)
        bare_reply, after = skeleton.counters(told)
        if not (before or after) or _SUM.search(question) or (before and after and not set(before) & set(after)):
            return (), ()
        if (before and after) or (bare_question or bare_reply)[-1] == "#":
            left = [word for word in (*(bare_question or asked), *(bare_reply or told)) if word != "#"]
            if len(left) >= 3 and told != list(after):
                self._lettered.add((bare_question or tuple(asked), bare_reply or tuple(told)), number)
        return before, after

    def _by_frame(self, number: int, asked: list[str], told: list[str]) -> None:
        """The row without its ornaments; the reply beside the first and the last words of its question."""
        reply = skeleton.plain(told) if len(told) <= 60 else tuple(told)
        if len(told) >= 5:
            self._same_answer.add(reply, number)
        if 4 <= len(reply) <= 60:
            self._adorned.add((skeleton.plain(asked), reply), number)
        if 5 <= len(told) <= 40 and 3 <= len(asked) <= 20:
            said = hash(reply)
            for frame in ((0, *asked[:2]), (1, *asked[-2:])):
                self._frames.add(frame, number)
                self._framed.add((frame, said), number)

    def _by_unit(self, number: int, reply: str, stems: set[str]) -> None:
        """The sentences of a short reply, with the words of its question and without."""
        held = hollow.units(reply)
        keys: list[tuple[int, int]] = []
        for unit in held:
            said = tuple(unit.split())
            bare = skeleton.runs(skeleton.masked(said, stems))
            keys.append((_key(said), _key(bare) if len(bare) - bare.count("*") >= 2 else 0))
        if len(keys) >= 2:
            self._composed[number] = [() if hollow.is_stock(u) else pair for u, pair in zip(held, keys, strict=True)]
        for key in {key for pair in keys for key in pair if key}:
            self._units.add(key, number)

    def _by_thought(self, number: int, thought: list[str], stems: set[str]) -> None:
        if len(thought) >= 5:
            (self._thoughts if len(thought) >= 8 else self._short_thoughts).add(tuple(thought), number)
            bare = skeleton.masked(thought, stems)
            if 5 <= len(bare) - bare.count("*") < len(bare):
                self._thought_slots.add(skeleton.runs(bare), number)

    def _by_word(self, number: int, asked: list[str], told: list[str], stems: set[str]) -> None:
        if len(told) < 3:
            return
        bare = skeleton.masked(told, stems)
        left = len(bare) - bare.count("*")
        if 2 <= left < len(bare):
            key = skeleton.runs(bare)
            if len(told) <= 40 and len(asked) <= 20:
                frame = skeleton.masked(asked, {word[:5] for word in told})
                if frame.count("*") < len(frame):
                    self._pairs.add((skeleton.runs(frame), key), number)
            if left >= 3 and len(told) >= 4:
                (self._slots if left >= 5 else self._short_slots).add(key, number)
        if 5 <= len(told) <= 60:
            half = len(told) // 2
            self._halves.add((0, len(told), *told[:half]), number)
            self._halves.add((1, len(told), *told[half:]), number)

    # ---------------------------------------------------------------- what the groups say

    def finish(self) -> Iterator[Finding]:
        said: dict[int, tuple[str, int]] = {}
        variants = self._variants.found()
        for why, group in self._groups(variants):
            for number in self._guilty(group, why, variants):
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

    def _guilty(self, group: list[int], why: str, variants: dict[int, int]) -> list[int]:
        """The rows of a group that no person wrote: an original is spared where its own variants make the group."""
        if not variants or why in _COUNTED:
            return group
        few = len(originals(group, variants)) < self._least
        return [n for n in group if n in variants] if few else group

    def _groups(self, variants: dict[int, int]) -> Iterator[tuple[str, list[int]]]:
        circles = list(self._circles())
        around = {number for circle in circles for number in circle}
        for group in self._large(self._copies):
            whole = len(self._rows[group[0]].question.split()) + self._rows[group[0]].length
            yield _COPIES, group[1:] if whole >= _OWN_WORDS and around.isdisjoint(group) else group
        if variants:
            yield _VARIANTS, sorted(variants)
        yield from (("that repeat earlier rows in their order", group) for group in circles)
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
                yield _ONE_REPLY, group
        for group in (*self._large(self._slots), *self._large(self._short_slots, 5)):
            if self._different_questions(group):
                yield "whose replies differ only in words of the question", group
        for group in self._large(self._tails):
            if self._distinct(group):
                yield "whose questions end in a number, with one reply", group
        for group in self._large(self._lettered):
            if self._distinct(group):
                yield "that differ only in a counter", group
        for group in self._large(self._pairs):
            if self._different_questions(group):
                yield "that differ only in words which question and reply share", group
        for group in self._large(self._adorned):
            yield _VARIANTS, group
        yield from self._pools()
        yield from self._mixed(variants)
        for group in (*self._large(self._thoughts), *self._large(self._short_thoughts, 5)):
            if self._different_questions(group):
                yield "with the same thought for different questions", group
        for group in self._large(self._thought_slots):
            if self._different_questions(group):
                yield "whose thoughts differ only in words of the question", group
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

    def _asked_so_often(self, group: list[int]) -> bool:
        return len({self._rows[n].question for n in group}) >= 4

    def _long_enough(self, group: list[int]) -> bool:
        """A formula of a few words may answer many questions; a sentence or two may not."""
        length = self._rows[group[0]].length
        return length >= 8 or (length >= 5 and len(group) >= 10)

    def _pools(self) -> Iterator[tuple[str, list[int]]]:
        """Replies drawn from a short list: for any questions, where several come often; for questions of one make."""
        drawn = [group for group in self._large(self._same_answer, 4) if self._asked_so_often(group)]
        if len(drawn) >= 3:
            yield from (("with a reply from a short list", group) for group in drawn)
        for group in self._large(self._framed):
            if self._different_questions(group):
                yield _ALIKE, group
        for group in self._large(self._frames, 6):
            said = Counter(self._rows[n].words for n in group)
            again = [n for n in group if said[self._rows[n].words] >= 2]
            few = 2 * sum(count >= 2 for count in said.values()) <= len(again)
            if len(again) >= 6 and few and self._different_questions(again):
                yield "whose questions begin or end alike, with replies from a short list", again

    def _mixed(self, variants: dict[int, int]) -> Iterator[tuple[str, list[int]]]:
        """Replies put together from sentences that stand in other replies too: none of them is this row's own."""
        often: set[int] = set()
        for key, group in self._units.keyed(self._least):
            if len({self._rows[n].question for n in originals(group, variants)}) >= self._least:
                often.add(key)
        made = [
            number
            for number, units in self._composed.items()
            if any(units) and all(not pair or not often.isdisjoint(pair) for pair in units)
        ]
        if len(made) >= 4:
            yield "whose sentences all stand in other rows too", made

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
                text = getattr(seen, side)
                bare = int(text) if side == "reply" and text.isdecimal() and len(text) <= 5 else ends_in_counter(text)
                tail = None if bare is None or _SUM.search(seen.question) else bare
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


def _key(said: tuple[str, ...]) -> int:
    """A hash that is its own hash, as `Groups` gives it back."""
    return hash(hash(said))


def ends_in_counter(text: str) -> int | None:
    """The number a text ends in, where words stand before it and nothing makes it a price, a date or a sum."""
    found = _COUNTER.search(text, max(len(text) - 60, 0))
    return int(found[1]) if found and re.search(r"[^\W\d_]{2,}\W*$", text[: found.start()]) else None

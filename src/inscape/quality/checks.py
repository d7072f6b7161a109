"""All checks, in the order in which they are shown, and the one pass that runs them.

Invariant: a row is taken apart once, seen by every check that is on, and let go; set checks keep only what they
compare.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from inscape.quality import (
    balance,
    duplicates,
    filler,
    form,
    levels,
    mend,
    personal,
    probes,
    prompts,
    series,
    source,
    spread,
    voice,
)
from inscape.quality.rows import Finding, Item, Limits, Row, look

RowCheck = Callable[[Row, Limits], Iterator[Finding]]


class SetCheck(Protocol):
    """Sees every row, then says what it found."""

    def add(self, row: Row) -> None: ...

    def finish(self) -> Iterator[Finding]: ...


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name, what it looks for, and how it is run: for each row, over the set, or both."""

    name: str
    looks_for: str
    row: RowCheck | None = None
    over: Callable[[Limits], SetCheck] | None = None


SHAPE = "shape"
"""Rows that cannot be read at all; found by whoever reads them, so it is always on."""
_PART = re.compile(r"the (?:lines of the )?(user's text|thought|reply)\b")


def _filler(row: Row, limits: Limits) -> Iterator[Finding]:
    """One error for each text of the row: what a loop made need not be said in five ways."""
    found = list(filler.filler(row, limits))
    wrong = {_part(one) for one in found if one.severity == "error"}
    said: set[str] = set()
    for one in found:
        part = _part(one)
        if not wrong:
            yield one
        elif one.severity == "error" and part not in said and (part or wrong == {""}):
            said.add(part)
            yield one
        elif part and part not in wrong:
            yield one


def _part(finding: Finding) -> str:
    """The text that a finding of filler is about; empty where it is about the whole row."""
    hit = _PART.match(finding.message)
    return hit[1] if hit else ""


def _leaked(row: Row, limits: Limits) -> Iterator[Finding]:
    yield from form.leaked(row, limits)
    yield from prompts.repeated(row, limits)


CHECKS: tuple[Check, ...] = (
    Check(
        "filler",
        "placeholders: counters, lorem, TODO, echoes, slots left open, an answer only named",
        row=_filler,
    ),
    Check("series", "rows made by a loop: another number, one other word, or no difference", over=series.Series),
    Check("leaked", "tokens of a chat template, tags of thoughts, lines of the prompt", row=_leaked),
    Check("mendable", "broken encoding, unseen signs, end tokens: what --fix mends", row=mend.mendable),
    Check("personal", "e-mail, phone, IBAN, TCKN, card numbers, keys", row=personal.personal),
    Check("duplicate", "the same row again, also across train and validation", over=duplicates.Duplicates),
    Check(
        "near-duplicate", "nearly the same row again, also across train and validation", over=duplicates.NearDuplicates
    ),
    Check("probes", "a user's text near a held-out probe of probes/*.jsonl", over=probes.Probes),
    Check("verbatim", "runs of words from the source book or passage", over=source.Verbatim),
    Check("refusal", "answers that will not answer", row=voice.refusal),
    Check("thought", "a thought that is missing, or says what the reply says", row=form.thought),
    Check("truncated", "texts that stop in the middle", row=form.truncated),
    Check("length", "rows longer than the training sequence", row=form.length),
    Check("language", "a reply in an unexpected language", row=form.language),
    Check(
        "effort",
        "length, iterations and thoughts at odds with the row's complexity",
        row=levels.effort,
        over=levels.Unthinking,
    ),
    Check("assistant", "an assistant's phrases", row=voice.assistant),
    Check("explains", "explaining instead of being in it", row=voice.explains),
    Check("emotion", "feelings named instead of shown", row=voice.emotion),
    Check("hedges", "perhaps, somehow, as if", row=voice.hedges),
    Check("slop", "stock phrases of language models", row=voice.slop),
    Check("thought-length", "thoughts of a few words, or of hundreds", row=form.thought_length),
    Check("conflict", "one prompt with several answers", over=duplicates.Conflicts),
    Check("openings", "one opening in too many replies", over=spread.openings),
    Check("closings", "one closing in too many replies", over=spread.closings),
    Check("repetition", "the same runs of words across rows; compression", over=spread.Repetition),
    Check("language-share", "how many rows answer in an unexpected language", over=spread.WrongLanguage),
    Check(
        "balance", "category, complexity, language, book, template and criterion against targets", over=balance.Balance
    ),
    Check("coverage", "what has no row at all", over=balance.Coverage),
    Check("size", "rows against the size of the model", over=balance.Size),
)
NAMES = (SHAPE, *(check.name for check in CHECKS))


def run(
    items: Iterable[Item], limits: Limits, on: Iterable[str], special: dict[str, SetCheck] | None = None,
    part: Literal["all", "rows", "set"] = "all",
) -> Iterator[Finding]:  # fmt: skip
    """Findings in the order of the rows, then those over the set, if there was any row. `special`: set checks made with
    more than limits. `part`: only the checks of single rows, or only those over the set."""
    wanted = [check for check in CHECKS if check.name in set(on)]
    rows = [check.row for check in wanted if check.row and part != "set"]
    made = special or {}
    over = [made.get(check.name) or check.over(limits) for check in wanted if check.over and part != "rows"]
    row: Row | None = None
    for item in items:
        row = look(item)
        for each in rows:
            yield from each(row, limits)
        for one in over:
            one.add(row)
    for one in over if row is not None else ():
        yield from one.finish()

"""What a person should know of the kept examples before they leave as files: who is undecided, what checks found.

Invariant: only looks. What `check` found counts only where the text is still the one that was checked; for folders to
be uploaded personal data is looked for here, in the rows themselves, whether a check was made or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inscape.errors import InputError, InscapeError, UsageError
from inscape.events import Noted
from inscape.project import Project
from inscape.quality.personal import personal
from inscape.quality.rows import Finding, Item, Limits, look
from inscape.records import Conversation, Example
from inscape.stages import findings
from inscape.store import Store, examples
from inscape.text import plural


def told(store: Store, project: Project, kept: Sequence[Example], *, leaves: bool = False) -> Iterator[Noted]:
    """What of the examples is made up, left out, or was flagged. `leaves`: some of it is to be uploaded."""
    if made_up := sum((e.provenance.teacher or "").startswith("fake") for e in kept):
        words = f"{plural(made_up, 'example')} of {len(kept)} came from the fake teacher: made-up words."
        yield Noted("warning", words)
    if undecided := examples.counts(store).get("undecided", 0):
        verb, it = ("is", "it") if undecided == 1 else ("are", "them")
        yield Noted("note", f"{plural(undecided, 'example')} {verb} undecided and in no export: `inscape review` {it}.")
    yield from _checked(project, kept, leaves)


def thoughts(talks: Sequence[Conversation]) -> str:
    """'A thought stands in 41 of 312 answers.'"""
    answers = [turn for talk in talks for turn in talk.answers]
    return f"A thought stands in {sum(bool(turn.thought) for turn in answers):,} of {plural(len(answers), 'answer')}."


# ---------------------------------------------------------------- what the last check found


def _checked(project: Project, kept: Sequence[Example], leaves: bool) -> Iterator[Noted]:
    level = "warning" if leaves else "note"
    try:
        held = findings.stored(project)
    except (UsageError, InputError):
        yield Noted(level, "These examples were not checked. `inscape check` finds what would teach the wrong thing.")
        return
    known = {example.id for example in kept if held.seen.get(example.id) == example.revision}
    if rest := len(kept) - len(known):
        verb = "was" if rest == 1 else "were"
        yield Noted(
            level, f"{plural(rest, 'example')} of {len(kept):,} {verb} not checked as now written: `inscape check`."
        )
    found = [one for one in held.findings if one.example in known]
    wrong = {str(one.example) for one in found if one.severity == "error" and one.check != "personal"}
    names = Counter(one.check for one in found if one.severity == "error" and one.check != "personal")
    if wrong:
        what = ", ".join(name for name, _ in names.most_common())
        yield Noted(
            "warning", f"The last check found errors in {plural(len(wrong), 'example')} of {len(kept):,} ({what}): "
            "`inscape review --findings`."
        )  # fmt: skip
    if not leaves and (told := {str(one.example) for one in found if one.check == "personal"}):
        yield Noted("warning", f"Personal data was found in {_some(told)}: `inscape check --only personal`.")


def _some(ids: set[str]) -> str:
    """'3 examples (e-1, e-2, e-3)', the first of them by name."""
    first = sorted(ids)[:3]
    more = ", …" if len(ids) > len(first) else ""
    return f"{plural(len(ids), 'example')} ({', '.join(first)}{more})"


# ---------------------------------------------------------------- personal data in what is to be uploaded


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data in the rows. `sure`: numbers whose checksum holds, and keys; `likely`: what has the form of it."""

    sure: tuple[Finding, ...] = ()
    likely: tuple[Finding, ...] = ()

    def sentences(self) -> list[str]:
        """What was found, with the kinds and the examples; nothing where nothing was found."""
        return [
            f"Personal data in {_some({str(one.example) for one in some})}: {_kinds(some)}."
            for some in (self.sure, self.likely)
            if some
        ]


def personal_in(kept: Sequence[Example]) -> Personal:
    """The `personal` check on each row, whatever the settings leave on."""
    found = [
        one
        for number, example in enumerate(kept, 1)
        for one in personal(
            look(Item("inscape.db", number, example.conversation, example.structure, example.id)), Limits()
        )
    ]
    return Personal(
        tuple(one for one in found if one.severity == "error"),
        tuple(one for one in found if one.severity != "error"),
    )


def guard(found: Personal, trainer: str) -> None:
    """Raises InscapeError where there is personal data beyond doubt in what is to be uploaded."""
    if found.sure:
        ids = {str(one.example) for one in found.sure}
        raise InscapeError(
            f"--for {trainer} makes a folder to be uploaded, and there is personal data in {_some(ids)}: "
            f"{_kinds(found.sure)}. Nothing was written. Mend or drop those rows (`inscape check --only personal` "
            "shows each), or say --private-too."
        )


def _kinds(found: Sequence[Finding]) -> str:
    """'an IBAN 2, a phone number 1'."""
    counts = Counter(one.message.partition(" in the ")[0] for one in found)
    return ", ".join(f"{name} {n:,}" for name, n in counts.most_common())

"""The findings of the last whole check, kept for review, and the random tenth that tells the keep rate.

Invariant: reports/findings.json is derived: it can be deleted, and `inscape check` makes it again. It knows the
revision of every example that was looked at, so that findings about another text are never shown as about today's.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from inscape.errors import InputError, UsageError
from inscape.events import Event, Noted
from inscape.project import Project, read_text, write_text
from inscape.quality import queue
from inscape.quality.rows import SEVERITIES, Finding
from inscape.store import Store, decisions, examples
from inscape.text import plural


@dataclass(frozen=True, slots=True)
class Held:
    """What a check left. `seen`: the revision of each example then; `random`: the examples chosen at random; `decided`:
    the number of the last decision then.
    """

    findings: Sequence[Finding]
    random: tuple[str, ...]
    seen: Mapping[str, int] = field(default_factory=dict)
    decided: int = 0

    @property
    def order(self) -> tuple[str, ...]:
        """The examples that review should show: worst first, with the random ones between them."""
        return tuple(queue.order(self.findings, self.random))

    @property
    def flagged(self) -> bool:
        """Whether any example has an error or a warning."""
        return bool(self.worst)

    @property
    def worst(self) -> frozenset[str]:
        """The examples with an error or a warning."""
        return frozenset(one.example for one in self.findings if one.example and one.severity != "note")

    @property
    def of(self) -> dict[str, list[Finding]]:
        """The findings of each example, the worst first."""
        made: dict[str, list[Finding]] = defaultdict(list)
        for finding in sorted(self.findings, key=lambda one: SEVERITIES.index(one.severity)):
            if finding.example:
                made[finding.example].append(finding)
        return dict(made)


def path(project: Project) -> Path:
    return project.root / "reports" / "findings.json"


def keep(project: Project, held: Held) -> None:
    """Put them on the disk, in place of those before."""
    made = {
        "findings": [asdict(one) for one in held.findings], "random": held.random, "seen": held.seen,
        "decided": held.decided,
    }  # fmt: skip
    write_text(path(project), json.dumps(made, ensure_ascii=False, indent=1) + "\n")


def stored(project: Project) -> Held:
    """Those of the last whole check. Raises UsageError where there was none."""
    if not path(project).exists():
        raise UsageError("There are no findings yet. Run `inscape check` first.")
    try:
        held = json.loads(read_text(path(project)))
        findings = [Finding(**one) for one in held["findings"]]
        seen = {str(k): int(v) for k, v in held["seen"].items()}
        return Held(findings, tuple(map(str, held["random"])), seen, int(held.get("decided", 0)))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(f"{path(project)} cannot be read. Run `inscape check` again; it is made anew.") from None


def last(store: Store) -> int:
    """The number of the last decision, 0 before the first."""
    return max((one.number for one in decisions.standing(store)), default=0)


def again(store: Store, held: Held) -> frozenset[str]:
    """Kept examples that nobody judged with these findings in sight: to be shown although they are decided."""
    wanted, drawn = held.worst, frozenset(held.random)
    return frozenset(
        one.example
        for one in decisions.standing(store)
        if one.verdict == "keep"
        and (
            (one.example in wanted and one.number <= held.decided)
            or (one.example in drawn and one.note == decisions.KEPT_AT_IMPORT)
        )
    )


def older(store: Store, held: Held) -> str | None:
    """A sentence where the examples changed since the check; None where it holds for all that there are."""
    now = {example.id: example.revision for example in examples.all_examples(store)}
    changed = sum(1 for id_, n in now.items() if held.seen.get(id_, n) != n)
    new = sum(1 for id_ in now if id_ not in held.seen)
    if not (changed or new):
        return None
    what = [f"{plural(changed, 'example')} changed"] if changed else []
    what += [f"{new:,} new" if changed else f"{plural(new, 'example')} new"] if new else []
    return f"The findings are older than the examples ({', '.join(what)} since). Run `inscape check` for all of them."


# ---------------------------------------------------------------- the keep rate


def said(rate: queue.KeepRate) -> str:
    """The keep rate as a sentence."""
    if not rate.decided:
        chosen = f"{plural(rate.sampled, 'example')} {'is' if rate.sampled == 1 else 'are'} chosen at random"
        return f"{chosen}; none of them is decided yet." if rate.sampled else "No example is chosen at random."
    low, high = rate.interval
    chosen = "the one example" if rate.sampled == 1 else f"the {rate.sampled:,} examples"
    return (
        f"Of {chosen} chosen at random, {rate.decided:,} {'is' if rate.decided == 1 else 'are'} decided and "
        f"{rate.kept:,} kept: {rate.kept / rate.decided:.0%} (95 % interval: {low:.0%} to {high:.0%})."
    )


def rate(store: Store, held: Held) -> queue.KeepRate:
    """What the random tenth says of the keep rate."""
    return queue.keep_rate(held.random, decisions.looked_at(store))


def told(store: Store, held: Held) -> Iterator[Event]:
    """The keep rate, and whether the findings still hold."""
    yield Noted("note", said(rate(store, held)))
    if sentence := older(store, held):
        yield Noted("note", sentence)


def counts(store: Store, project: Project) -> dict[str, int | float]:
    """The keep rate in numbers, for scripts; nothing before the first whole check."""
    if not path(project).exists():
        return {}
    try:
        found = rate(store, stored(project))
    except InputError:
        return {}
    made: dict[str, int | float] = {
        "random": found.sampled, "random_decided": found.decided, "random_kept": found.kept,
    }  # fmt: skip
    if found.decided:
        low, high = found.interval
        made |= {"keep_rate": found.kept / found.decided, "keep_rate_low": low, "keep_rate_high": high}
    return {name: round(value, 4) for name, value in made.items()}

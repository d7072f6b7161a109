"""What a dataset holds, as tables of counts: for its card.

Invariant: every number is counted from the examples given, and the same examples give the same tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from inscape.examples import effort
from inscape.quality.spread import opening
from inscape.records import Conversation, Example
from inscape.text import plural

_LENGTHS = (5, 14, 30, 60, 120, 250)
"""Words: the last of each band. 14 is what an instant answer may take at most, 120 about half a page."""
_OPENINGS = 10


def tables(kept: Sequence[Example]) -> Iterator[str]:
    """Structure, thoughts, category by complexity, language, exchanges, lengths and openings."""
    talks = [example.conversation for example in kept]
    yield table("structure, as asked for or read", [example.structure for example in kept])
    yield _thoughts(talks)
    yield _categories(talks)
    yield table("language", [talk.language for talk in talks])
    yield _exchanges(talks)
    yield _lengths(talks)
    yield _openings(talks)


def table(name: str, values: Iterable[str | None]) -> str:
    """A table of counts, the most frequent first; what is not stated comes last."""
    counts = Counter(value or "" for value in values)
    ordered = sorted(counts.items(), key=lambda item: (not item[0], -item[1], item[0]))
    return _rows(name, "examples", [(value or "not stated", count) for value, count in ordered], sum(counts.values()))


def share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def written_by(kept: Sequence[Example]) -> Iterator[str]:
    """Who wrote and who revised imported rows, where their own metadata says so (`authored_by`, `revised_by`)."""
    for name in ("authored_by", "revised_by"):
        said = [_said(example.conversation, name) for example in kept]
        if any(said):
            yield table(name.replace("_", " ") + ", as the rows say", said)


def _said(talk: Conversation, name: str) -> str | None:
    held = talk.extra.get("metadata")
    value = held.get(name) if isinstance(held, dict) else None
    value = talk.extra.get(name) if value is None else value
    parts = value if isinstance(value, list) else [value]
    return ", ".join(part for part in parts if isinstance(part, str)) or None


def _thoughts(talks: Sequence[Conversation]) -> str:
    """Answers with a thought: the structure 'thinking' says that there is a place for one, not that one is there."""
    answers = [turn for talk in talks for turn in talk.answers]
    some = sum(bool(turn.thought) for turn in answers)
    return _rows("thought", "answers", [("with one", some), ("without", len(answers) - some)], len(answers))


def _categories(talks: Sequence[Conversation]) -> str:
    """Categories down, levels across; without any level, or any category, the one there is."""
    levels = [effort.level_of(talk) for talk in talks]
    if not any(levels) or not any(talk.category for talk in talks):
        one = table("complexity", levels)
        return one if any(levels) else table("category", [talk.category for talk in talks]) + "\n\n" + one
    across = [level for level in ("LOW", "MEDIUM", "HIGH", None) if level in levels]
    cells = Counter((talk.category or "not stated", level) for talk, level in zip(talks, levels, strict=True))
    sums = Counter(talk.category or "not stated" for talk in talks)
    names = sorted(sums, key=lambda name: (name == "not stated", -sums[name], name))
    lines = [
        f"| category | {' | '.join(level or 'not stated' for level in across)} | examples | share |",
        "|---" * (len(across) + 3) + "|",
        *(
            f"| {_cell(name)} | {' | '.join(f'{cells[name, level]:,}' for level in across)} | {sums[name]:,} "
            f"| {share(sums[name], len(talks))} |"
            for name in names
        ),
        f"| all | {' | '.join(f'{levels.count(level):,}' for level in across)} | {len(talks):,} | 100% |",
        f"| share | {' | '.join(share(levels.count(level), len(talks)) for level in across)} | | |",
    ]
    return "\n".join(lines)


def _exchanges(talks: Sequence[Conversation]) -> str:
    counts = Counter(sum(turn.role == "assistant" for turn in talk.turns) for talk in talks)
    return _rows("exchanges", "examples", [(str(n), counts[n]) for n in sorted(counts)], len(talks))


def _lengths(talks: Sequence[Conversation]) -> str:
    replies = Counter(_band(turn.text) for talk in talks for turn in talk.answers)
    thoughts = Counter(_band(turn.thought) for talk in talks for turn in talk.turns if turn.thought)
    bands = [band for band in range(len(_LENGTHS) + 1) if replies[band] or thoughts[band]]
    head = "| words | replies | share | thoughts |\n|---|---|---|---|\n"
    return head + "\n".join(
        f"| {_named(band)} | {replies[band]:,} | {share(replies[band], replies.total())} | {thoughts[band]:,} |"
        for band in bands
    )


def _band(text: str) -> int:
    words = len(text.split())
    return next((n for n, last in enumerate(_LENGTHS) if words <= last), len(_LENGTHS))


def _named(band: int) -> str:
    if band == len(_LENGTHS):
        return f"over {_LENGTHS[-1]}"
    first = _LENGTHS[band - 1] + 1 if band else 1
    return f"{first} to {_LENGTHS[band]}"


def _openings(talks: Sequence[Conversation]) -> str:
    """The commonest first three words; replies of three words and less have no opening to vary."""
    keys = [key for talk in talks for turn in talk.answers if (key := opening(turn.text))]
    counts = Counter(keys)
    often = sorted(((key, n) for key, n in counts.items() if n > 1), key=lambda item: (-item[1], item[0]))
    first = f"{plural(len(keys), 'reply', 'replies')} of four words or more begin with {len(counts):,} different first "
    if not often:
        return first + "three words: none twice."
    listed = [(" ".join(key), n) for key, n in often[:_OPENINGS]]
    return f"{first}three words.\n\n" + _rows("opening", "replies", listed, len(keys), decimals=1)


def _rows(name: str, unit: str, rows: Iterable[tuple[str, int]], total: int, decimals: int = 0) -> str:
    made = [f"| {_cell(value)} | {n:,} | {n / total:.{decimals}%} |" for value, n in rows]
    return "\n".join([f"| {name} | {unit} | share |", "|---|---|---|", *made])


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())

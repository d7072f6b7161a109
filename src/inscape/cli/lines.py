"""Events as lines for a person. A verb with a richer screen (generate, review) draws its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from inscape.events import (
    BookAdded,
    BookRead,
    Event,
    Exported,
    FileWritten,
    Finished,
    Noted,
    PagesRecognized,
    PassageFound,
    PassagesReanchored,
    ProblemFound,
    RowRejected,
)
from inscape.text import plural


def line(event: Event) -> str | None:
    """The event as text, or None when a person need not see it."""
    match event:
        case BookRead():
            return _book_read(event)
        case BookAdded(id_, path, "unchanged"):
            return f"{path}: already in the project as {id_}, nothing to do."
        case BookAdded(id_, path, status):
            return f"  {status} as {id_} ({path})"
        case PagesRecognized(path, done, pages):
            return f"  {path}: {done:,} of {plural(pages, 'page')} recognized"
        case PassagesReanchored():
            return _reanchored(event)
        case PassageFound():
            return _passage(event)
        case ProblemFound(path, number, severity, message):
            return f"{severity.capitalize()}: {path}, line {number}: {message}"
        case RowRejected(path, row, reason):
            return f"{path}, row {row}: {reason}"
        case Exported():
            return _exported(event)
        case FileWritten(path, what, rows):
            return f"  {path:<40} {what}" + (f", {plural(rows, 'row')}" if rows is not None else "")
        case Noted(level, message):
            return f"{level.capitalize()}: {message}"
        case Finished("import", counts):
            return _imported(counts)
        case _:
            return None


_PLURALS = {"quote": "block quotations", "verse": "pieces of verse", "list": "items of lists", "play": "speeches"}


def _book_read(event: BookRead) -> str:
    head = f"{event.title or PurePath(event.path).name}" + (f", by {event.author}" if event.author else "")
    size = [
        event.format.upper(),
        *([plural(event.pages, "page")] if event.pages else []),
        *([plural(event.chapters, "chapter")] if event.chapters else []),
        plural(event.paragraphs, "paragraph"),
        plural(event.words, "word"),
    ]
    lines = [head, "  " + ", ".join(size)]
    if event.kinds:
        counted = (f"{n:,} {k if n == 1 else _PLURALS.get(k, k + 's')}" for k, n in event.kinds.items())
        lines.append(f"  among them: {', '.join(counted)}")
    if event.removed:
        lines.append("  left out:")
    for why, number in event.removed.items():
        samples = " · ".join(map(_sample, event.samples.get(why, [])))
        lines.append(f"    {f'{number:,} × {why}':<26} {samples}".rstrip())
    lines += [f"  to look at: {doubt}" for doubt in event.doubts]
    return "\n".join(lines)


def _sample(sample: Mapping[str, Any]) -> str:
    return f"“{sample['text']}”" + (f" (page {sample['page']})" if sample["page"] is not None else "")


def _reanchored(event: PassagesReanchored) -> str:
    """'  12 passages found again, 3 of them at another place; 1 not found (The stars)'."""
    text = f"  {plural(event.found, 'passage')} found again"
    text += f", {event.moved:,} of them at another place" if event.moved else ""
    return text + (f"; {len(event.lost):,} not found ({', '.join(event.lost)})" if event.lost else "")


def _passage(event: PassageFound) -> str:
    number = f"{event.number}." if event.number is not None else "-"
    facts = (event.id, plural(event.words, "word"), f"templates {', '.join(event.templates) or 'none'}", _where(event))
    return f"{number:>4} {event.title}\n     {' · '.join(facts)}"


def _where(event: PassageFound) -> str:
    if event.status == "anchored":
        page = f"page {event.page}" if event.page else None
        place = ", ".join(part for part in (event.book, page, event.chapter) if part)
        return place if event.share >= 1 else f"{place} (not word for word: {event.share:.0%} of the words)"
    return {"not found": "NOT FOUND in any book of this project", "no book": "no book in the project yet"}[event.status]


def _exported(event: Exported) -> str:
    notes = "".join(f"\n  {note}" for note in event.notes)
    return f"{event.path}: {plural(event.rows, 'row')} from {plural(event.examples, 'example')}{notes}"


def _imported(counts: Mapping[str, int | float]) -> str:
    taken, rejected = int(counts.get("imported", 0)), int(counts.get("rejected", 0))
    return (
        f"{plural(taken, 'example')} taken, {counts.get('known', 0):,} already here, "
        f"{plural(rejected, 'row')} not understood."
    )

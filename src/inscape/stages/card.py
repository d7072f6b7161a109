"""The dataset's card: what is in it, where it came from, who looked at it, what may be done with it.

Invariant: every number is counted from the records, and the same records give the same card; no clock is read. It
judges nothing: rights and terms are shown as they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from inscape import __version__
from inscape.examples import effort
from inscape.examples.effort import Policy
from inscape.project import Project
from inscape.records import Book, Decision, Example
from inscape.splits.groups import TOGETHER
from inscape.stages import contents, origins, terms
from inscape.stages.split import Parts
from inscape.stages.written import Written
from inscape.store import Store, decisions, examples, splits
from inscape.store import books as shelf
from inscape.store.decisions import KEPT_AT_IMPORT
from inscape.text import plural

HONESTY = (
    "The texts imitate a style of inner life. A model that was trained on them and writes in that style gives no "
    "evidence of experience: neither that it has any, nor that it has none."
)
_WRITERS = {
    "teacher": "as the teacher wrote it",
    "human": "edited by a person",
    "import": "as it was imported",
    "rule": "changed by a rule",
}


def write_card(
    store: Store, project: Project, kept: Sequence[Example], split: Parts, policy: Policy | None = None
) -> str:
    """The card as Markdown. `policy`: the effort of the one export it is for; without it, of all that stand."""
    books = {book.id: book for book in shelf.all_books(store)}
    anchors = origins.anchors(store, kept)
    sources = {example.id: anchors[example.id].book for example in kept if example.id in anchors}
    blocks = [
        *_head(store, project, kept),
        *_rights(books, sources),
        "## What is in it",
        *contents.tables(kept),
        *_where_from(store, kept, books, sources),
        *_review(store),
        *_effort(project, kept, policy),
        *_split(store, split),
        *_teachers(project, kept),
    ]
    return "\n\n".join(blocks) + "\n"


def _head(store: Store, project: Project, kept: Sequence[Example]) -> Iterator[str]:
    turns = sum(turn.role == "assistant" for example in kept for turn in example.conversation.turns)
    last = max((decision.at for decision in decisions.standing(store)), default="")
    until = f" The last decision on it was made on {last[:10]}." if last else ""
    yield f"# {project.settings.text('project.name') or project.root.name}"
    yield (
        f"{plural(len(kept), 'example')} with {plural(turns, 'answer')}, for training a language model that writes "
        f"from the inside. Made with inscape {__version__}.{until}"
    )
    yield HONESTY


def _rights(books: Mapping[str, Book], sources: Mapping[str, str]) -> Iterator[str]:
    """A warning for each kind of rights that forbids passing the dataset on, or does not allow it for sure."""
    for rights, head in (("private", "Private: not to be published."), ("unknown", "Rights unknown: find out first.")):
        found = [id_ for id_ in dict.fromkeys(sources.values()) if books[id_].rights == rights]
        rows = sum(book in found for book in sources.values())
        if found:
            titles = "; ".join(sorted(_title(books[id_]) for id_ in found))
            verb = "comes" if rows == 1 else "come"
            yield f"> **{head}** {plural(rows, 'example')} {verb} from {titles}."


def _where_from(
    store: Store, kept: Sequence[Example], books: Mapping[str, Book], sources: Mapping[str, str]
) -> Iterator[str]:
    yield "## Where it came from"
    titles = {id_: f"{_title(book)} ({book.rights})" for id_, book in books.items()}
    yield contents.table("book (rights)", [titles[sources[e.id]] if e.id in sources else None for e in kept])
    yield contents.table("template", [example.provenance.template for example in kept])
    yield contents.table("teacher", [example.provenance.teacher for example in kept])
    yield contents.table("origin", [_origin(example) for example in kept])
    authors = examples.authors(store)
    yield from contents.written_by(kept)
    yield contents.table("text", [_WRITERS.get(authors[example.id], "put back by an undo") for example in kept])


def _origin(example: Example) -> str:
    return "written by a teacher" if example.provenance.attempt else f"imported from {example.provenance.file}"


def _review(store: Store) -> Iterator[str]:
    counts = examples.counts(store)
    total, decided = sum(counts.values()), counts.get("keep", 0) + counts.get("drop", 0)
    standing = decisions.standing(store)
    yield "## Review"
    who = "A person decided" if not any(decision.reviewer for decision in standing) else "Decisions stand"
    kept = "and kept" if who.startswith("A") else "and keep"
    yield (
        f"{who} on {decided:,} of {plural(total, 'example')} ({contents.share(decided, total)}) {kept} "
        f"{counts.get('keep', 0):,} of those ({contents.share(counts.get('keep', 0), decided)}). {_span(standing)}"
    ).strip()
    if who.startswith("D"):
        yield contents.table("decided by", [decision.reviewer or "a person, unnamed" for decision in standing])
    if unseen := sum(decision.note == KEPT_AT_IMPORT for decision in standing):
        yield f"{plural(unseen, 'of these was', 'of these were')} kept at import, without a look in this project."


def _span(standing: Sequence[Decision]) -> str:
    days = sorted({decision.at[:10] for decision in standing})
    if not days:
        return ""
    return f"Decided on {days[0]}." if len(days) == 1 else f"Decided from {days[0]} to {days[-1]}."


def license_of(store: Store, kept: Sequence[Example]) -> str:
    """The rights of the books, where every example comes out of a book whose rights are known and allow passing it on;
    else nothing."""
    books = {book.id: book for book in shelf.all_books(store)}
    anchors = origins.anchors(store, kept)
    used = {anchors[example.id].book if example.id in anchors else "" for example in kept}
    if not used or not all(id_ in books and books[id_].rights in ("public-domain", "licensed") for id_ in used):
        return ""
    return "; ".join(sorted(f"{_title(books[id_])}: {books[id_].rights}" for id_ in used))


def _effort(project: Project, kept: Sequence[Example], policy: Policy | None) -> Iterator[str]:
    scale = cast(effort.Scale, project.settings.text("export.effort_levels"))
    yield "## Effort"
    exports = {} if policy else _policies(project)
    setting = cast(Policy, project.settings.text("export.effort"))
    found = set(exports.values()) or {policy or setting}
    if len(found) == 1:
        yield _carried(found.pop(), scale, kept)
    else:
        yield "\n".join(f"- {name}: {_carried(one, scale, kept)}" for name, one in exports.items())


def _policies(project: Project) -> dict[str, Policy]:
    """The policy of every export that stands in its file or folder."""
    made: dict[str, Policy] = {}
    for path, entry in Written(project).standing():
        if entry.effort in effort.POLICIES:
            whole = path.with_name(path.name.replace(f".{entry.part}.", "."))
            made[project.relative(path.parent if entry.kind == "trainer" else whole)] = entry.effort
    return made


def _carried(policy: Policy, scale: effort.Scale, kept: Sequence[Example]) -> str:
    some, total = effort.share(effort.render(e.conversation, policy, scale=scale) for e in kept)
    if policy == "none":
        labeled = sum(effort.level_of(example.conversation) is not None for example in kept)
        return (
            f"Policy: none. {labeled:,} of {plural(total, 'example')} bear a level; it is not in the training text, so "
            "only length teaches it."
        )
    where = {"first-token": "the answer's first token", "system-line": "a line of the system prompt"}
    places = where.get(policy, " and ".join(where.values()))
    count = f"{some:,} of {plural(total, 'example')} ({contents.share(some, total)})"
    return f"Policy: {policy}. {count} carry it, as {places}."


def _split(store: Store, split: Parts) -> Iterator[str]:
    plan = splits.standing(store)
    yield "## Split"
    if plan is None:
        yield "None: every example is for training."
        return
    train, valid = len(split.train), len(split.valid)
    yield (
        f"{train:,} for training, {valid:,} for validation ({contents.share(valid, train + valid)}; asked for: "
        f"{plan.valid:.0%}), seed {plan.seed}, begun on {plan.made[:10]}. Never divided: {TOGETHER[plan.by]}."
    )


def _teachers(project: Project, kept: Sequence[Example]) -> Iterator[str]:
    yield "## Teachers' terms"
    entries = terms.entries(project)
    if entries:
        yield "\n".join(
            f"- {e.get('provider')}: acknowledged on {str(e.get('at'))[:10]} {e.get('link', '')}".rstrip()
            for e in entries
        )
    elif any(example.provenance.teacher for example in kept):
        yield "No acknowledgment of a cloud teacher's terms is on record in this project."
    else:
        yield "No teacher wrote for this dataset."


def _title(book: Book) -> str:
    return f"{book.title}, by {book.author}" if book.author else book.title

"""The log of answers: listing it, committing an answer with its examples, mending one by hand.

Invariant: an answer's raw text is never changed. What a person mends becomes examples marked as a person's work, and
the answer of the teacher stays in the log beside them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from inscape.elicitation.answers import Answer, read_answer
from inscape.errors import DataError, UsageError
from inscape.events import Answered, AnswerListed, Event, Finished
from inscape.records import Attempt, Provenance, Reply, Shape, State, Structure
from inscape.store import Store, attempts, examples
from inscape.store.examples import Author
from inscape.text import plural


def commit(
    store: Store, source: Provenance, structure: Structure, answer: Answer, *,
    reply: Reply | None, problem: str | None, dollars: float | None, at: str, author: Author = "teacher",
) -> None:  # fmt: skip
    """Write an answer's outcome and its examples in one transaction. To one that stands, a person adds a revision."""
    key = source.attempt or ""
    with store.change() as db:
        attempts.settle(db, key, answer.state, reply, problem, dollars, at)
        for n, conversation in enumerate(answer.conversations, 1):
            name = examples.id_for_attempt(key, n)
            if not examples.insert(db, name, conversation, structure, source, author, at) and author == "human":
                examples.revise(db, name, conversation, author, at)


def answers(store: Store, only: Sequence[State]) -> Iterator[Event]:
    """Every attempt in the order in which it was first planned or sent, of those states or of all."""
    made = Counter(e.provenance.attempt for e in examples.all_examples(store))
    counts: Counter[str] = Counter()
    for attempt in attempts.listing(store, *only):
        counts[attempt.state] += 1
        yield AnswerListed(
            key=attempt.key,
            state=attempt.state,
            passage=attempt.passage,
            template=attempt.template,
            teacher=attempt.teacher,
            sample=attempt.sample,
            tries=attempt.tries,
            examples=made[attempt.key],
            problem=attempt.error,
            dollars=attempt.dollars,
        )
    yield Finished("answers", dict(counts))


def one(store: Store, prefix: str) -> Attempt:
    """The attempt whose key begins so. Raises UsageError where none or several do."""
    found = attempts.find(store, prefix.strip().lower()) if prefix.strip() else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"No answer has a key that begins with {prefix!r}. `inscape answers` lists the keys.")
    keys = ", ".join(a.key[: len(prefix) + 4] for a in found[:5])
    raise UsageError(
        f"{plural(len(found), 'answer')} have a key that begins with {prefix!r} ({keys}…). Type more of it."
    )


def shape_of(store: Store, key: str) -> Shape:
    """The shape that this attempt's template asked for, as it was then."""
    row = attempts.template_of(store, key)
    if row is None:
        raise UsageError(f"The template behind answer {key[:8]} is not in the database.")
    shape = json.loads(row["shape"])
    words = shape["words"]
    return Shape(shape["structure"], tuple(shape["exchanges"]), tuple(words) if words else None)


def mend(store: Store, attempt: Attempt, text: str, tag: str, at: str) -> Iterator[Event]:
    """Take a person's version of an answer: its examples are committed, the teacher's own text stays in the log.

    Raises DataError, with everything that is wrong, when it does not have the template's shape; nothing is changed.
    """
    shape = shape_of(store, attempt.key)
    answer = read_answer(text, shape, tag)
    if answer.state != "done":
        raise DataError(f"The mended answer still does not fit: {' '.join(answer.problems)} Nothing was changed.")
    source = Provenance(attempt.passage, attempt.template, attempt.teacher, attempt.key)
    before = (attempt.error or "").removeprefix("Mended by hand.").strip()
    problem = f"Mended by hand. {before}".strip()
    commit(store, source, shape.structure, answer, reply=None, problem=problem, dollars=None, at=at, author="human")
    count = len(answer.conversations)
    yield Answered(attempt.key, attempt.passage, attempt.template, "done", count, problem, None, None, None, 0.0)
    yield Finished("answers", {"examples": count})

"""A project with two passages and six answers, made through the store as a generation makes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inscape import project as projects
from inscape.project import Project
from inscape.records import (
    Book,
    BookText,
    Conversation,
    Mood,
    Paragraph,
    Passage,
    Provenance,
    Reply,
    Shape,
    Structure,
    Template,
    Turn,
)
from inscape.review import rubric
from inscape.store import Store, attempts, books, examples, open_store

AT = "2026-11-20T08:00:00Z"
KITCHEN = (
    "She had come down for the kettle and now stood with her hand on it, not lifting it, since the other thing was "
    "there again, in the corner by the coats, where it always was before she remembered it. It was not a thought. A "
    "thought one could put down.\n\n"
    "“You're early,” he said from the door; and she was, she supposed, though she could not have said for what."
)
HARBOR = "The boats were in. He counted them, lost count at nine, and counted again, because nine was wrong."
PARAGRAPHS = (
    Paragraph("heading", "Chapter One", 1, "Chapter One", level=1),
    Paragraph("paragraph", "It had rained for a week, and the yard stood full of it.", 1, "Chapter One"),
    *(Paragraph("paragraph", text, 2, "Chapter One") for text in KITCHEN.split("\n\n")),
    Paragraph("paragraph", "Nobody drank the tea that was made in the end.", 3, "Chapter One"),
    Paragraph("paragraph", HARBOR, 4, "Chapter Two"),
)
INSIDE = Conversation(
    (
        Turn("user", "did you lock the back door"),
        Turn(
            "assistant",
            "I think so. I had the key in my hand, which isn't the same, is it. I can go down and look.",
            thought="The key. Which pocket, and was that tonight or the night with the dog barking? He asks it to the "
            "ceiling. If I say yes it will be yes until morning.",
        ),
        Turn("user", "leave it"),
        Turn(
            "assistant",
            "All right. I'm leaving it.",
            thought="Leaving it. My feet already know the third stair.",
            state=Mood("uneasy, fond", 0.4),
        ),
    ),
    complexity="MEDIUM",
    iterations=4,
)
PLAIN = Conversation(
    (
        Turn("user", "who left the light on in the boathouse"),
        Turn(
            "assistant",
            "Eight, nine. No. The light is yellow on the water and it takes the count away. Was it me? I was in there "
            "for rope, I came out with no rope.",
        ),
    )
)


@dataclass(frozen=True)
class Made:
    """The project, its store and the ids of its examples in the order in which they were made."""

    project: Project
    store: Store
    ids: list[str]


def fill(store: Store, project: Project) -> list[str]:
    """Two passages, three answers each, as `generate` leaves them."""
    text = BookText("The Wet House", "A. Nobody", "en", "txt", PARAGRAPHS, pages=4)
    books.put(
        store,
        Book("wet-house", text.title, text.author, "en", "txt", "books/w.txt", "0" * 64, "licensed", 4, 6, 90, AT),
        text,
    )
    made = []
    for passage, title, words in (("p-kitchen", "The kettle", KITCHEN), ("p-harbor", "Nine boats", HARBOR)):
        for number, name in enumerate(("inner-monologue", "visible-thought", "continuity"), 1):
            made.append(_answer(store, Passage(passage, None, title, words, (), (), 1), number, name))
    return made


def _answer(store: Store, passage: Passage, number: int, name: str) -> str:
    structure: Structure = "plain" if number == 1 else "state"
    template = Template(name, number, name.title(), "", (), Shape(structure), f"body {number}", f"h{number}", "core")
    item = attempts.Item(passage, template, "fake:model", {}, 1, f"Write as {name} from:\n\n{passage.text}")
    attempts.begin(store, item, AT)
    conversation = PLAIN if number == 1 else INSIDE
    id_ = examples.id_for_attempt(item.key, 1)
    with store.change() as db:
        attempts.settle(db, item.key, "done", Reply("{}"), None, None, AT)
        source = Provenance(passage.id, name, "fake:model", item.key)
        examples.insert(db, id_, conversation, structure, source, "teacher", AT)
    return id_


def make(root: Path) -> Project:
    return projects.create(root, "wet-house", {"rubric.md": rubric.DEFAULT, "passages.md": "# Passages\n"}, os.environ)


@contextmanager
def opened(folder: Path) -> Iterator[Made]:
    project = make(folder / "wet-house")
    with open_store(project.database) as store:
        yield Made(project, store, fill(store, project))

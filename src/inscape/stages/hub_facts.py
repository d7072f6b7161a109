"""What a model's card says of a run, from the run's own record and the project's examples.

Invariant: only reads. Which books stand behind a run is judged by every example that is kept now, and by the dataset's
card: a book that is private counts also where the run may have been made before it came in.
"""

from __future__ import annotations

from dataclasses import asdict

from inscape import __version__
from inscape.project import Project, read_text
from inscape.rendering import mode as modes
from inscape.stages import model_card, origins, train_report
from inscape.stages.card import license_of
from inscape.stages.model_card import Facts
from inscape.stages.run_folder import Run
from inscape.store import Store, examples
from inscape.store import books as shelf


def of(store: Store, project: Project, run: Run) -> tuple[Facts, list[str]]:
    """The facts, and the titles of the private books behind the rows."""
    record = run.record()
    mode = modes.read(read_text(run.mode), str(run.mode)) if run.mode.is_file() else None
    kept = examples.kept(store)
    books = {book.id: book for book in shelf.all_books(store)}
    used = {anchor.book for anchor in origins.anchors(store, kept).values()}
    private = sorted(book.title for id_, book in books.items() if id_ in used and book.rights == "private")
    compared = [asdict(one) for one in train_report.compared(run, mode, record)] if mode else []
    title = record.title or project.settings.text("project.name") or project.root.name
    facts = Facts(
        f"{title} ({run.name})", model_card.base_name(record.model), record, mode, license_of(store, kept), len(kept),
        compared, __version__,
    )  # fmt: skip
    return facts, private

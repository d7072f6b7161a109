"""`inscape passages --write`: the person's lines, marks, links and rights stay; only its own lines change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inscape import project as projects
from inscape.errors import InputError
from inscape.stages.passages import passages
from inscape.store import Store, open_store
from tests.conftest import Run

QUOTE = "The lamp had been left burning on the stairs all night, and nobody had come."
MINE = "Mrs Dalloway (Hogarth 1925), p. 12, my own note"


def block(source: str = "", own_id: str = "") -> str:
    lines = "".join(f"**{name}:** {value}\n" for name, value in (("Id", own_id), ("Source", source)) if value)
    return f'## PASSAGE 1: The lamp\n\n"""\n{QUOTE}\n"""\n\n{lines}'


@pytest.fixture
def shelved(project: Path, tmp_path: Path, run: Run) -> Path:
    book = tmp_path / "house.md"
    book.write_text(f"---\ntitle: The House\n---\n# One\n\nBefore.\n\n# Two\n\n{QUOTE}\n")
    assert run("add", book).code == 0
    return project


def written(project: Path, run: Run, text: str) -> str:
    (project / "passages.md").write_bytes(text.encode())
    assert run("passages", "--write").code == 0
    return (project / "passages.md").read_bytes().decode()


def test_nothing_is_said_of_a_source_that_was_not_found(project: Path, run: Run) -> None:
    mine = block(MINE, "lamp")
    assert written(project, run, mine) == mine
    assert "Source" not in written(project, run, block())


def test_a_persons_source_is_kept(shelved: Path, run: Run) -> None:
    mine = block(MINE, "`lamp`")
    assert written(shelved, run, mine) == mine
    near = block("The House, Two, the green edition", "lamp")
    assert written(shelved, run, near) == near
    several = block(own_id="lamp") + "**Source:**\n- The House\n- my copy\n"
    assert written(shelved, run, several) == several


def test_the_programs_own_source_is_brought_up_to_date(shelved: Path, run: Run) -> None:
    right = block("The House, Two", "lamp")
    assert written(shelved, run, block(own_id="lamp")) == right
    assert written(shelved, run, block("The House, One", "lamp")) == right
    assert written(shelved, run, block("not found in the project's books", "lamp")) == right
    assert written(shelved, run, right) == right


def test_mark_link_and_rights_of_the_file_stay(shelved: Path, tmp_path: Path, run: Run) -> None:
    real = tmp_path / "elsewhere.md"
    real.write_bytes(b"\xef\xbb\xbf" + block().encode())
    real.chmod(0o600)
    (shelved / "passages.md").unlink()
    (shelved / "passages.md").symlink_to(real)
    assert run("passages", "--write").code == 0
    assert (shelved / "passages.md").is_symlink()
    data = real.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf## PASSAGE")
    assert b"**Source:** The House, Two" in data
    assert real.stat().st_mode & 0o777 == 0o600


def test_what_an_editor_saved_meanwhile_is_kept(shelved: Path) -> None:
    found = projects.open_at(shelved, {})
    found.passages.write_text(block())
    with open_store(found.database) as store:
        events = _begun(store, found)
        found.passages.write_text(block() + "\nA line of mine.\n")
        with pytest.raises(InputError, match=r"passages\.md was changed.*Nothing was written.*again"):
            list(events)
    assert found.passages.read_text().endswith("A line of mine.\n")
    assert not list(shelved.glob(".*.part"))


def _begun(store: Store, project: projects.Project) -> Iterator[object]:
    events = passages(store, project, write=True)
    next(events)
    return events

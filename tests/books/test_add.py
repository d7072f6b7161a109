"""Books into the project: volumes of one name, a corrected file, rights that are named later, files without end."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Run


def volumes(folder: Path) -> tuple[Path, Path]:
    made = []
    for number in ("one", "two"):
        path = folder / number / "book.txt"
        path.parent.mkdir()
        path.write_text(f"The text of volume {number}.\n")
        made.append(path)
    return made[0], made[1]


def shelf(run: Run, project: Path) -> dict[str, tuple[str, str]]:
    """Path to (id, rights)."""
    from inscape.store import books, open_store

    with open_store(project / "inscape.db") as store:
        return {b.path: (b.id, b.rights) for b in books.all_books(store)}


def test_another_book_of_the_same_name_stands_beside_it(project: Path, tmp_path: Path, run: Run) -> None:
    one, two = volumes(tmp_path)
    done = run("add", one, two)
    assert done.code == 0
    assert "books/book-2.txt" in done.out
    assert "--replace" in done.out
    assert (project / "books/book.txt").read_bytes() == one.read_bytes()
    assert (project / "books/book-2.txt").read_bytes() == two.read_bytes()
    assert set(shelf(run, project)) == {"books/book.txt", "books/book-2.txt"}
    assert run("add", one, two).out.count("nothing to do") == 2
    two.write_text("A third one.")
    assert "books/book-3.txt" in run("add", two).out


def test_a_corrected_file_replaces_the_old_one_when_asked(project: Path, tmp_path: Path, run: Run) -> None:
    one, two = volumes(tmp_path)
    run("add", one, "--rights", "private")
    before = shelf(run, project)
    done = run("add", two, "--replace")
    assert "replaced" in done.out
    assert (project / "books/book.txt").read_bytes() == two.read_bytes()
    assert shelf(run, project) == before, "id and rights stay"


def test_replace_takes_no_place_of_the_same_run(project: Path, tmp_path: Path, run: Run) -> None:
    assert run("add", *volumes(tmp_path), "--replace").code == 0
    assert len(shelf(run, project)) == 2


def test_a_file_edited_in_books_replaces_itself(project: Path, tmp_path: Path, run: Run) -> None:
    one, _ = volumes(tmp_path)
    run("add", one)
    (project / "books/book.txt").write_text("Edited here.")
    assert "replaced" in run("add", project / "books/book.txt").out
    assert (project / "books/book.txt").read_text() == "Edited here."
    assert len(shelf(run, project)) == 1


def test_a_missing_copy_is_made_again_and_a_moved_one_is_followed(project: Path, tmp_path: Path, run: Run) -> None:
    one, _ = volumes(tmp_path)
    run("add", one)
    (project / "books/book.txt").unlink()
    assert run("add", one).code == 0
    assert (project / "books/book.txt").is_file()
    (project / "books/book.txt").rename(project / "books/moved.txt")
    assert run("add", project / "books/moved.txt").code == 0
    assert list(shelf(run, project)) == ["books/moved.txt"]


def test_a_file_that_nobody_indexed_is_not_overwritten(project: Path, tmp_path: Path, run: Run) -> None:
    one, _ = volumes(tmp_path)
    (project / "books/book.txt").write_text("Copied here by hand.")
    assert run("add", one).code == 0
    assert (project / "books/book.txt").read_text() == "Copied here by hand."
    assert list(shelf(run, project)) == ["books/book-2.txt"]


def test_rights_named_later_are_kept(project: Path, tmp_path: Path, run: Run) -> None:
    one, _ = volumes(tmp_path)
    run("add", one)
    assert shelf(run, project)["books/book.txt"][1] == "unknown"
    done = run("add", one, "--rights", "private")
    assert "private" in done.out
    assert "nothing to do" not in done.out
    assert shelf(run, project)["books/book.txt"][1] == "private"
    assert "nothing to do" in run("add", one).out
    assert shelf(run, project)["books/book.txt"][1] == "private"
    events = [json.loads(line) for line in run("add", one, "--rights", "licensed", "--json").out.splitlines()]
    assert next(e for e in events if e["event"] == "book_added")["status"] == "updated"


def test_a_file_without_end_is_refused_unread(project: Path, tmp_path: Path, run: Run) -> None:
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        file.truncate(40 << 30)
    for verb in ("add", "read"):
        done = run(verb, big)
        assert done.code == 1
        assert "big.txt has 40,960 MB; at most 1,024 MB can be read" in done.all

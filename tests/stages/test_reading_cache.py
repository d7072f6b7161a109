"""What was read once comes from the cache; a book that is read anew keeps what was picked from it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from inscape import confine
from inscape.errors import BookError
from inscape.passages.anchors import Index
from inscape.records import Paragraph
from inscape.stages import reading
from inscape.stages.reading import Policy, cache, read_book, whole
from inscape.store import books, open_store
from tests.conftest import Run

TEXT = b"One paragraph.\n\nAnother one.\n"
Started = Callable[[], int]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """How many processes have read a book so far."""
    start, made = confine.start, []

    def counted(module: str, errors: int | None = None) -> subprocess.Popen[bytes]:
        made.append(module)
        return start(module, errors)

    monkeypatch.setattr(confine, "start", counted)
    return lambda: len(made)


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_second_time_nothing_is_read(tmp_path: Path, started: Started) -> None:
    policy = Policy(folder=tmp_path)
    one = whole(read_book(TEXT, "a.txt", policy))
    assert whole(read_book(TEXT, "a.txt", policy)) == one
    assert started() == 1
    whole(read_book(TEXT + b"!", "a.txt", policy))
    assert started() == 2, "other bytes"


def test_another_reader_or_another_language_reads_again(
    tmp_path: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(read_book(TEXT, "a.txt", Policy(folder=tmp_path)))
    whole(read_book(TEXT, "a.txt", Policy(folder=tmp_path, languages="tur")))
    monkeypatch.setattr(reading, "version", lambda: "another")
    whole(read_book(TEXT, "a.txt", Policy(folder=tmp_path)))
    assert started() == 3


def test_a_refusal_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(BookError):
        whole(read_book(b"", "a.txt", Policy(folder=tmp_path)))
    assert not entries(tmp_path)


def test_entries_are_for_their_owner_alone(tmp_path: Path) -> None:
    whole(read_book(TEXT, "a.txt", Policy(folder=tmp_path / "c")))
    (entry,) = entries(tmp_path / "c")
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(entry.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"x", b"\x78\x01\x00", None])
def test_a_damaged_entry_is_read_again(tmp_path: Path, started: Started, damage: bytes | None) -> None:
    policy = Policy(folder=tmp_path)
    one = whole(read_book(TEXT, "a.txt", policy))
    (entry,) = entries(tmp_path)
    entry.write_bytes(entry.read_bytes()[:-5] if damage is None else damage)
    assert whole(read_book(TEXT, "a.txt", policy)) == one
    assert started() == 2
    assert whole(read_book(TEXT, "a.txt", policy)) == one
    assert started() == 2, "the whole entry stands again"


def test_a_sound_entry_of_something_else_is_read_again(tmp_path: Path, started: Started) -> None:
    policy = Policy(folder=tmp_path)
    one = whole(read_book(TEXT, "a.txt", policy))
    (entry,) = entries(tmp_path)
    for other in (b"[]", b'{"title": 1}', b"\xff", b"{}"):
        assert cache.put(tmp_path, entry.stem, other, 1 << 20)
        assert whole(read_book(TEXT, "a.txt", policy)) == one
    assert started() == 5


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    for number in range(6):
        cache.put(tmp_path, str(number), os.urandom(1000), 1 << 20)
        os.utime(tmp_path / "books" / f"{number}.book", (1000 + number, 1000 + number))
    assert cache.get(tmp_path, "0"), "used now"
    cache.trim(tmp_path, 3500)
    assert [path.stem for path in entries(tmp_path)] == ["0", "4", "5"]
    cache.put(tmp_path, "large", os.urandom(9000), 5000)
    assert not entries(tmp_path), "what does not fit at all is not kept"


def test_a_folder_that_cannot_be_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    policy = Policy(folder=tmp_path / "file")
    assert whole(read_book(TEXT, "a.txt", policy)).words == 4
    assert not cache.put(tmp_path / "file", "k", b"x", 100)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(dir: Path, suffix: str) -> tuple[int, str]:
        (dir / f"x{suffix}").touch()
        return os.open("/dev/full", os.O_WRONLY), str(dir / f"x{suffix}")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    assert whole(read_book(TEXT, "a.txt", Policy(folder=tmp_path))).words == 4
    assert not entries(tmp_path)


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"HOME": "/home/a"}, "linux", "/home/a/.cache/inscape"),
        ({"HOME": "/Users/a"}, "darwin", "/Users/a/Library/Caches/inscape"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/c"}, "linux", "/c/inscape"),
        ({}, "linux", None),
        ({"XDG_CACHE_HOME": "relative"}, "linux", None),
        ({"LOCALAPPDATA": "/L"}, "win32", "/L/inscape/Cache"),
    ],
)
def test_the_users_own_cache_folder(environ: dict[str, str], platform: str, expected: str | None) -> None:
    assert cache.folder(environ, platform) == (Path(expected) if expected else None)


def test_read_keeps_unless_it_is_told_not_to(tmp_path: Path, run: Run, started: Started) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    out = run("read", tmp_path / "a.txt", "--no-cache").out
    assert not entries(tmp_path / "cache")
    assert [run("read", tmp_path / "a.txt").out for _ in range(2)] == [out, out]
    assert started() == 2


def test_a_private_book_leaves_nothing_outside_its_project(project: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    run("add", tmp_path / "a.txt", "--rights", "private")
    assert not entries(tmp_path / "cache")


def test_a_book_that_stands_is_not_read_again(project: Path, tmp_path: Path, run: Run, started: Started) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    run("add", tmp_path / "a.txt", "--rights", "private")
    assert "nothing to do" in run("add", tmp_path / "a.txt").out
    assert started() == 1


# ---------------------------------------------------------------- read anew

BOOK = """---
title: The Mill
---
# One

The first words of the book are these, and there are enough of them to be found.

# Two

The wheel of the mill had stood for years when the water came back to it in spring.

Nobody in the village had thought that they would hear that sound again.
"""
PASSAGES = '''# Passages

## PASSAGE 1: The wheel

"""
The wheel of the mill had stood for years when the water came back to it in spring.
"""

**Applicable Templates:** 1

## PASSAGE 2: The sound

"""
Nobody in the village had thought that they would hear that sound again.
"""

**Applicable Templates:** 1
**Source:** told by my grandmother
'''


@pytest.fixture
def picked(project: Path, tmp_path: Path, run: Run) -> Path:
    """A project with a book and two passages, the Source of one written by the program."""
    (tmp_path / "mill.md").write_text(BOOK)
    (project / "passages.md").write_text(PASSAGES)
    assert run("add", tmp_path / "mill.md").code == 0
    assert run("passages", "--write").code == 0
    assert "**Source:** The Mill, Two" in (project / "passages.md").read_text()
    return tmp_path / "mill.md"


def test_passages_follow_a_book_that_was_changed(project: Path, picked: Path, run: Run) -> None:
    picked.write_text(
        BOOK.replace("# Two", "# The Spring").replace("The wheel of the mill", "The old wheel of the mill")
    )
    done = run("add", picked, "--replace")
    assert "2 passages found again, 2 of them at another place" in done.out
    text = (project / "passages.md").read_text()
    assert "**Source:** The Mill, The Spring" in text
    assert "**Source:** told by my grandmother" in text
    assert text.replace("The Spring", "Two") == re.sub("The Spring", "Two", text)
    assert run("passages").out.count("NOT FOUND") == 0


def test_a_passage_that_is_gone_is_named(project: Path, picked: Path, run: Run) -> None:
    (project / "books/mill.md").write_text(BOOK.replace("Nobody in the village had thought", "Who thought"))
    before = (project / "passages.md").read_text()
    done = run("add", project / "books/mill.md")
    assert "1 passage found again; 1 not found (The sound)" in done.out
    assert (project / "passages.md").read_text() == before, "both stand as they stood"


def test_a_newer_reader_reads_a_book_again(project: Path, picked: Path, run: Run) -> None:
    with open_store(project / "inscape.db") as store:
        (book,) = books.all_books(store)
        assert book.reader == reading.version()
        with store.change() as db:
            db.execute("UPDATE book SET reader = 'old'")
    assert "nothing to do" in run("add", picked).out, "it made the same of it"
    with open_store(project / "inscape.db") as store, store.change() as db:
        db.execute("UPDATE book SET reader = 'old'")
        db.execute("UPDATE paragraph SET chapter = 'Three' WHERE chapter = 'Two'")
    (project / "passages.md").write_text((project / "passages.md").read_text().replace("Mill, Two", "Mill, Three"))
    done = run("add", picked)
    assert "2 passages found again, 2 of them at another place" in done.out
    assert "**Source:** The Mill, Two" in (project / "passages.md").read_text()
    with open_store(project / "inscape.db") as store:
        (after,) = books.all_books(store)
        assert after == book
    assert "nothing to do" in run("add", picked).out


def test_a_restored_examples_paragraphs_are_found_again(project: Path, picked: Path, run: Run) -> None:
    from inscape.store import restored

    with open_store(project / "inscape.db") as store:
        (book,) = books.all_books(store)
        texts = [p.text for p in books.paragraphs(store, book.id)]
        at = next(n for n, text in enumerate(texts) if text.startswith("The wheel"))
        with store.change() as db:
            db.execute("PRAGMA defer_foreign_keys = ON")
            for name, number in (("stays", at), ("goes", at + 1)):
                db.execute(
                    "INSERT INTO example (id, seq, structure, created) VALUES (?, ?, 'plain', '')", (name, number)
                )
                db.execute("INSERT INTO origin VALUES (?, 'The Mill', ?, ?, ?)", (name, book.id, number, number))
    changed = BOOK.replace("# Two", "One more.\n\n# Two").replace("Nobody in the village had thought", "Who thought")
    picked.write_text(changed)
    run("add", picked, "--replace")
    with open_store(project / "inscape.db") as store:
        anchors = restored.anchors(store)
        assert restored.sources(store) == {"stays": "The Mill", "goes": "The Mill"}
    assert set(anchors) == {"stays"}
    assert (anchors["stays"].first, anchors["stays"].last) == (at + 1, at + 1)


def test_the_page_is_that_of_the_first_character() -> None:
    text = "A paragraph that begins on one page and whose other half stands on the next one."
    at = text.index("whose")
    paragraph = Paragraph("paragraph", text, 7, "I", label="v", breaks=((at, 8),))
    index = Index([paragraph, Paragraph("paragraph", "It ends here.", 8, "I", label="vi")], "b")
    first, second = index.find("A paragraph that begins on one page"), index.find("whose other half stands on")
    assert first
    assert second
    assert (first.anchor.page, first.anchor.label) == (7, "v")
    assert (second.anchor.page, second.anchor.label) == (8, "vi")
    assert {(place.page, place.label) for place in index.places()} == {(7, "v"), (8, "vi")}

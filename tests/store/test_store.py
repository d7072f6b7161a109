"""The database: migrations, the paid log, revisions, undo, and what its faults say."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from inscape.errors import DiskError, ProjectError, ProjectTooNew
from inscape.records import Conversation, Passage, Provenance, Reply, Shape, Template, Turn
from inscape.store import Store, attempts, decisions, examples, open_store
from inscape.store.attempts import Item
from inscape.store.migrations import STEPS

AT = "2026-01-01T00:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "inscape.db") as opened:
        yield opened


def item(text: str = "It rains.", sample: int = 0) -> Item:
    passage = Passage("p-1", 1, "Rain", text, ("wet",), ("1",), 1)
    template = Template("t", 1, "T", "", (), Shape("plain"), "ask [PASTE_PASSAGE]", "h1", "core")
    return Item(passage, template, "fake", {}, sample, f"ask {text}")


def talk(answer: str) -> Conversation:
    return Conversation((Turn("user", "hello"), Turn("assistant", answer)))


def put(store: Store, id_: str, answer: str = "first") -> None:
    with store.change() as db:
        examples.insert(db, id_, talk(answer), "plain", Provenance(file="f", row=1), "import", AT)


def answer_of(store: Store, id_: str) -> str:
    found = examples.get(store, id_)
    assert found
    return found.conversation.turns[-1].text


def test_a_sent_row_is_on_the_disk_before_anyone_is_told(store: Store) -> None:
    attempts.begin(store, item(), AT)
    with sqlite3.connect(store.path) as other:
        assert other.execute("SELECT state, tries FROM attempt").fetchall() == [("sent", 1)]


def test_what_was_in_flight_when_the_process_died_is_unknown(store: Store) -> None:
    attempts.begin(store, item(), AT)
    attempts.begin(store, item(sample=1), AT)
    with store.change() as db:
        attempts.settle(db, item(sample=1).key, "done", Reply("x", 3, 4), None, 0.5, AT)
    assert attempts.recover(store) == 1
    assert attempts.states(store, [item().key, item(sample=1).key]) == {
        item().key: "unknown",
        item(sample=1).key: "done",
    }
    assert attempts.begin(store, item(), AT) == 2
    assert attempts.spent(store) == 0.5


def test_keys_depend_on_content_alone() -> None:
    assert item().key == item().key
    assert item().key != item("It snows.").key
    assert item().key != item(sample=1).key


def test_undo_goes_back_without_limit_and_across_runs(tmp_path: Path) -> None:
    path = tmp_path / "inscape.db"
    with open_store(path) as store:
        put(store, "e-1")
        decisions.decide(store, "e-1", "drop", AT)
        decisions.decide(store, "e-1", "keep", AT, edited=talk("better"))
        assert answer_of(store, "e-1") == "better"
    with open_store(path) as store:
        undone = decisions.undo(store, AT)
        assert undone
        assert (undone.verdict, undone.undone) == ("keep", True)
        assert answer_of(store, "e-1") == "first"
        current = examples.get(store, "e-1")
        assert current
        assert current.verdict == "drop"
        assert decisions.undo(store, AT)
        current = examples.get(store, "e-1")
        assert current
        assert current.verdict is None
        assert decisions.undo(store, AT) is None
        assert len(decisions.history(store)) == 2, "nothing is deleted"


def test_undo_of_a_later_verdict_keeps_an_earlier_edit(store: Store) -> None:
    put(store, "e-1")
    decisions.decide(store, "e-1", "keep", AT, edited=talk("better"))
    decisions.decide(store, "e-1", "drop", AT)
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "better"
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "first"


def test_undo_leaves_a_text_that_was_mended_outside_review(store: Store) -> None:
    put(store, "e-1")
    with store.change() as db:
        examples.revise(db, "e-1", talk("mended"), "human", AT)
    decisions.decide(store, "e-1", "skip", AT)
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "mended"
    decisions.decide(store, "e-1", "keep", AT, edited=talk("mine"))
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "mended", "the text before the edit, not the teacher's"


def test_undo_of_an_edit_leaves_what_was_mended_after_it(store: Store) -> None:
    put(store, "e-1")
    decisions.decide(store, "e-1", "keep", AT, edited=talk("mine"))
    with store.change() as db:
        examples.revise(db, "e-1", talk("mended"), "human", AT)
    decisions.decide(store, "e-1", "keep", AT, edited=talk("mine again"))
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "mended"
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "mended"


def test_undo_of_two_edits_goes_back_to_the_first_text(store: Store) -> None:
    put(store, "e-1")
    decisions.decide(store, "e-1", "keep", AT, edited=talk("one"))
    decisions.decide(store, "e-1", "keep", AT, edited=talk("two"))
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "one"
    decisions.undo(store, AT)
    assert answer_of(store, "e-1") == "first"


def test_a_new_project_can_be_opened_by_many_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from inscape.store import open_store\n"
        "sys.stdin.readline()\n"
        "with open_store(Path(sys.argv[1])): pass"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "inscape.db")]
    many = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for one in many:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    assert [one.communicate()[1] for one in many] == [""] * 8


def test_a_migration_that_another_process_made_meanwhile_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "inscape.db"
    change = Store.change

    def overtaken(self: Store) -> AbstractContextManager[sqlite3.Connection]:
        monkeypatch.setattr(Store, "change", change)
        with open_store(path):
            return change(self)

    monkeypatch.setattr(Store, "change", overtaken)
    with open_store(path) as store:
        assert examples.counts(store) == {}


def test_revisions_are_never_changed(store: Store) -> None:
    put(store, "e-1")
    decisions.decide(store, "e-1", "keep", AT, edited=talk("better"))
    decisions.undo(store, AT)
    first, second = examples.revision(store, "e-1", 1), examples.revision(store, "e-1", 2)
    assert first == talk("first")
    assert second == talk("better")


def test_importing_the_same_row_again_adds_nothing(store: Store) -> None:
    id_ = examples.id_for_import(talk("a"))
    put(store, id_, "a")
    put(store, id_, "a")
    assert examples.counts(store) == {"undecided": 1}


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "inscape.db"
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={len(STEPS) + 1}")
    with pytest.raises(ProjectTooNew, match=r"newer inscape.*Nothing was changed"), open_store(path):
        pass


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "inscape.db"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(ProjectError, match=r"inscape\.db is damaged"), open_store(path):
        pass


def test_a_full_disk_keeps_what_was_committed(store: Store) -> None:
    put(store, "e-1")
    pages = store.db.execute("PRAGMA page_count").fetchone()[0]
    store.db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(DiskError, match=r"the disk is full\. Everything up to here is kept"):
        put(store, "e-2", "long " * 20_000)
    store.db.execute("PRAGMA max_page_count=1000000")
    assert answer_of(store, "e-1") == "first"
    assert examples.get(store, "e-2") is None

"""What an export may write over and take away: its own, unchanged; never the project's, never a person's unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape.store import decisions, examples, open_store
from tests.conftest import Run
from tests.rendering import small
from tests.splits.makers import prose


@pytest.fixture
def kept(project: Path, run: Run) -> Path:
    """A project of 20 kept rows, all of another question."""
    rows = [{"instruction": prose(n + 10_000, 8), "output": prose(n)} for n in range(20)]
    (project / "rows.json").write_text(json.dumps(rows))
    assert run("import", "rows.json", "--keep").code == 0
    return project


def out(run: Run, name: object, *more: object) -> tuple[int, str]:
    done = run("export", "--format", "sharegpt", "--out", name, *more)
    return done.code, done.all


@pytest.mark.parametrize(
    "name",
    [
        "inscape.db", "inscape.db-wal", "inscape.toml", "passages.md", "PASSAGES.MD", "topics.md", "persona.md",
        "rubric.md", "terms.toml", ".gitignore", ".inscape.lock", "templates/mine.md", "books/new.jsonl", "probes/p.md",
        "dataset/train.jsonl", "reports/written.json", "runs/x.jsonl", "exports/../inscape.toml",
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", [(), ("--replace",)])
def test_what_belongs_to_a_project_is_never_written_over(
    name: str, word: tuple[str, ...], kept: Path, run: Run
) -> None:
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file() and "reports" not in path.parts}
    code, said = out(run, name, *word)
    assert code == 2, said
    assert "belongs to a project" in said
    after = {path: path.read_bytes() for path in before}
    assert {p for p in before if before[p] != after[p]} <= {kept / ".inscape.lock"}
    assert not [path for path in kept.rglob("*.jsonl") if path not in before]


def test_another_project_and_a_link_are_no_way_round(kept: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kept.parent)
    assert run("new", "other").code == 0
    monkeypatch.chdir(kept)
    assert out(run, "../other/inscape.db", "--replace")[0] == 2
    (kept / "link.jsonl").symlink_to(kept / "passages.md")
    assert out(run, "link.jsonl", "--replace")[0] == 2


def test_under_a_split_both_names_are_looked_at(kept: Path, run: Run) -> None:
    assert run("split").code == 0
    assert out(run, "inscape.db")[0] == 2
    (kept / "mine.valid.jsonl").write_text("mine\n")
    code, said = out(run, "mine.jsonl")
    assert code == 1
    assert "mine.valid.jsonl stands there already" in said
    assert not (kept / "mine.train.jsonl").exists(), "nothing was written"


def test_under_a_split_nothing_is_laid_beside_a_person_s_file(kept: Path, run: Run) -> None:
    assert out(run, "own.jsonl")[0] == 0
    assert run("split").code == 0
    (kept / "README.md").write_text("mine\n")
    code, said = out(run, "README.md")
    assert code == 1
    assert "README.md stands there already, and no export of this project left it so" in said
    assert "README.train.md and README.valid.md" in said
    assert not list(kept.glob("README.*.md"))
    assert out(run, "README.md", "--replace")[0] == 0
    assert (kept / "README.md").read_text() == "mine\n"
    assert (kept / "README.train.md").exists()
    assert out(run, "own.jsonl")[0] == 0, "an export's own file gives way to its two halves"
    assert not (kept / "own.jsonl").exists()


def test_out_is_in_a_folder_that_stands(kept: Path, run: Run) -> None:
    code, said = out(run, "deep/er/mine.jsonl", "--replace")
    assert code == 2
    assert "deep/er" in said
    assert "there is no such folder" in said
    assert not (kept / "deep").exists()
    (kept / "exports").rmdir()
    assert out(run, "exports/mine.jsonl")[0] == 0, "its own folder is made"


def test_a_person_s_file_is_written_over_only_when_asked(kept: Path, run: Run) -> None:
    (kept / "notes.txt").write_text("mine\n")
    code, said = out(run, "notes.txt")
    assert code == 1
    assert "notes.txt stands there already" in said
    assert "--replace" in said
    assert (kept / "notes.txt").read_text() == "mine\n"
    assert out(run, "notes.txt", "--replace")[0] == 0
    assert (kept / "notes.txt").read_text() != "mine\n"
    assert out(run, "notes.txt")[0] == 0, "now it is the export's own"


def test_an_edited_export_is_the_person_s(kept: Path, run: Run) -> None:
    assert run("export", "--format", "messages").code == 0
    mine = kept / "exports/messages.jsonl"
    mine.write_text(mine.read_text() + "\n")
    done = run("export", "--format", "alpaca", "--format", "messages")
    assert done.code == 1
    assert "exports/messages.jsonl stands there already" in done.err
    assert not (kept / "exports/alpaca.jsonl").exists()
    assert mine.read_text().endswith("\n\n")
    assert run("export", "--format", "messages", "--replace").code == 0


def test_the_same_bytes_need_no_word_and_a_lost_record_takes_nothing(kept: Path, run: Run) -> None:
    assert run("export", "--format", "messages").code == 0
    (kept / "reports/written.json").write_text("{broken")
    assert run("export", "--format", "messages").code == 0
    (kept / "reports/written.json").unlink()
    assert run("split").code == 0
    done = run("export", "--format", "messages")
    assert done.code == 0
    assert (kept / "exports/messages.jsonl").exists()
    assert "exports/messages.jsonl stays (no export of this project is known to have written it)" in done.out


def test_out_is_not_in_a_trainer_s_folder(kept: Path, run: Run) -> None:
    assert out(run, "exports/trl/train.jsonl", "--replace")[0] == 2


# ---------------------------------------------------------------- stale files


def names(kept: Path) -> set[str]:
    return {path.name for path in (kept / "exports").iterdir()}


def test_whole_files_of_every_format_go_when_a_split_stands(kept: Path, run: Run) -> None:
    assert run("export", "--format", "all").code == 0
    assert run("split").code == 0
    done = run("export", "--format", "messages")
    assert names(kept) == {"messages.train.jsonl", "messages.valid.jsonl", "raw.json"}
    assert "exports/alpaca.jsonl was taken away" in done.out
    assert run("split", "--valid", "0").code == 0
    assert run("export", "--format", "alpaca").code == 0
    assert names(kept) == {"alpaca.jsonl", "raw.json"}


def test_an_edited_stale_file_stays_and_is_named(kept: Path, run: Run) -> None:
    assert run("export", "--format", "all").code == 0
    mine = kept / "exports/alpaca.jsonl"
    mine.write_text("mine\n")
    assert run("split").code == 0
    done = run("export", "--format", "messages")
    assert "Warning: exports/alpaca.jsonl stays (it was changed since inscape wrote it)" in done.out
    assert mine.read_text() == "mine\n"


def test_a_fresh_split_takes_the_pairs_of_the_old_one_away(kept: Path, run: Run) -> None:
    assert run("split", "--valid", "0.25").code == 0
    assert run("export", "--format", "all").code == 0
    assert run("split", "--fresh", "--valid", "0.25", "--seed", "99").code == 0
    done = run("export", "--format", "messages")
    assert "held out now" in done.out
    assert names(kept) == {"messages.train.jsonl", "messages.valid.jsonl", "raw.json"}


def test_out_follows_the_split_too(kept: Path, run: Run) -> None:
    assert out(run, "s.jsonl")[0] == 0
    assert out(run, "other.jsonl")[0] == 0
    assert run("split").code == 0
    said = out(run, "s.jsonl")[1]
    assert "s.jsonl was taken away" in said
    assert not (kept / "s.jsonl").exists()
    assert (kept / "other.jsonl").exists()
    assert "other.jsonl stays (it is not in exports/)" in said
    assert run("split", "--valid", "0").code == 0
    assert out(run, "s.jsonl")[0] == 0
    assert {path.name for path in kept.glob("s.*")} == {"s.jsonl"}


def test_a_trainer_s_folder_of_before_the_split_is_named(kept: Path, run: Run) -> None:
    assert run("export", "--for", "trl", "--model", "org/x", "--encoding", "content").code == 0
    assert run("split").code == 0
    said = run("export", "--format", "messages").out
    assert "exports/trl was written before the split changed: 2 examples that are held out now" in said
    assert (kept / "exports/trl/train.jsonl").exists()
    assert run("export", "--for", "trl", "--model", "org/x", "--encoding", "content").code == 0
    assert "before the split changed" not in run("export", "--format", "messages").out


# ---------------------------------------------------------------- what is said of the examples


def test_undecided_rows_are_counted(kept: Path, run: Run) -> None:
    (kept / "more.json").write_text(json.dumps([{"instruction": "And you?", "output": "Not yet."}]))
    assert run("import", "more.json").code == 0
    assert "1 example is undecided and in no export" in run("export", "--format", "messages").out
    assert "1 example is undecided" in run("export", "--for", "hf", "--encoding", "content").out


def test_thoughts_are_counted_not_the_shapes(kept: Path, run: Run) -> None:
    done = run("export", "--format", "messages").out
    assert "exports/messages.jsonl: 20 rows from 20 examples\n" in done
    assert "A thought stands in 0 of 20 answers." in done
    assert "| with one | 0 | 0% |\n| without | 20 | 100% |" in (kept / "dataset/card.md").read_text()


def test_an_export_says_what_the_last_check_says(kept: Path, run: Run) -> None:
    assert "These examples were not checked" in run("export", "--format", "messages").out
    bad = [{"instruction": "Mail?", "output": "Write to anna.kara@gmail.com, IBAN TR33 0006 1005 1978 6457 8413 26."}]
    (kept / "bad.json").write_text(json.dumps(bad))
    assert run("import", "bad.json", "--keep").code == 0
    assert run("check").code == 3
    said = run("export", "--format", "messages").out
    assert "not checked" not in said
    assert "Personal data was found in 1 example (e-" in said
    with open_store(kept / "inscape.db") as store, store.change() as db:
        one = examples.kept(store)[0]
        examples.revise(db, one.id, one.conversation, "human", "2030-01-01T00:00:00Z")
    assert "1 example of 21 was not checked as now written" in run("export", "--format", "messages").out


@pytest.mark.parametrize("trainer", ["openai", "hf"])
def test_personal_data_does_not_leave_unasked(trainer: str, kept: Path, run: Run) -> None:
    words = ("export", "--for", trainer, *(("--model", "gpt-x") if trainer == "openai" else ("--encoding", "content")))
    mail = [{"instruction": "Mail?", "output": "Write to anna.kara@gmail.com."}]
    (kept / "mail.json").write_text(json.dumps(mail))
    assert run("import", "mail.json", "--keep").code == 0
    done = run(*words)
    assert done.code == 0
    assert "Warning: Personal data in 1 example (e-" in done.out
    assert "an e-mail address 1" in done.out
    assert "an e-mail address 1" in (kept / "exports" / trainer / "README.md").read_text()
    iban = [{"instruction": "IBAN?", "output": "TR33 0006 1005 1978 6457 8413 26"}]
    (kept / "iban.json").write_text(json.dumps(iban))
    assert run("import", "iban.json", "--keep").code == 0
    before = (kept / "exports" / trainer / "train.jsonl").read_bytes()
    done = run(*words)
    assert done.code == 1
    assert "there is personal data in 1 example (e-" in done.err
    assert "TR33" not in done.all
    assert (kept / "exports" / trainer / "train.jsonl").read_bytes() == before
    done = run(*words, "--private-too")
    assert done.code == 0, done.all
    assert "an IBAN 1" in done.out


def test_a_row_that_was_dropped_stays_in_no_older_export_unsaid(kept: Path, run: Run) -> None:
    (kept / "chatml.jinja").write_text(small.CHATML, encoding="utf-8")
    assert run("export", "--format", "messages", "--format", "raw").code == 0
    assert run("export", "--for", "trl", "--model", "org/some-1B", "--template", "chatml.jinja").code == 0
    with open_store(kept / "inscape.db") as store:
        decisions.decide(store, examples.kept(store)[0].id, "drop", "2026-01-01T00:00:00Z")
    done = run("export", "--format", "alpaca")
    assert done.code == 0
    for name in ("messages.jsonl", "raw.json"):
        assert f"exports/{name} was taken away: it holds 1 example that is no longer kept." in done.all
        assert not (kept / "exports" / name).exists()
    assert "exports/trl holds 1 example that is no longer kept. Export it again, or delete it." in done.all
    done = run("export", "--for", "trl", "--model", "org/some-1B", "--template", "chatml.jinja")
    assert "no longer kept" not in done.all


def test_the_name_s_ending_counts_in_any_case(kept: Path, run: Run) -> None:
    assert out(run, "rows.JSON")[0] == 0
    assert len(json.loads((kept / "rows.JSON").read_text(encoding="utf-8"))) == 20

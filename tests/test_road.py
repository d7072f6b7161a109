"""The road as a person walks it: every verb, in order, on the sample book."""

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from inscape import export
from tests.conftest import Run
from tests.teacher_server import MODEL, TeacherServer

SAMPLE = Path(str(resources.files("inscape.sample")))


@pytest.fixture
def walked(project: Path, run: Run) -> Path:
    """A project with the sample book, its passages and the fake teacher's answers."""
    assert run("add", SAMPLE / "book.epub").code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    done = run("generate", "--teacher", "fake")
    assert done.code == 0, done.all
    return project


def test_demo_makes_files_a_person_can_open(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "demo"
    done = run("demo", folder)
    assert done.code == 0, done.all
    assert "10 keep, 5 drop" in done.out
    assert "9       1     10%" in done.out
    for name in export.formats():
        whole = folder / "exports" / export.file_name(name)
        parts = [whole] if name == "raw" else [whole.with_suffix(f".{part}.jsonl") for part in ("train", "valid")]
        assert all(path.stat().st_size > 500 for path in parts)
        texts = [path.read_text() for path in parts]
        assert sum(len(json.loads(t) if name == "raw" else t.splitlines()) for t in texts) >= 10
    assert (folder / "dataset" / "card.md").read_text().startswith("# demo\n\n10 examples")
    assert run("demo", folder).code == 1, "a demo is not overwritten without --fresh"
    assert run("demo", folder, "--fresh").code == 0


def test_demo_deletes_nothing_of_others(tmp_path: Path, run: Run) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "novel.txt").write_text("mine")
    done = run("demo", tmp_path / "mine", "--fresh")
    assert done.code == 1
    assert "was not made by the demo" in done.err
    assert (tmp_path / "mine" / "novel.txt").exists()


def test_the_recording_refuses_a_changed_prompt(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "demo"
    assert run("demo", folder).code == 0
    passages = folder / "passages.md"
    passages.write_text(passages.read_text(encoding="utf-8").replace("clipboard", "notebook"), encoding="utf-8")
    monkeypatch.chdir(folder)
    done = run("generate")
    assert done.code == 1
    assert "prompt has changed since the recording" in done.all


def test_add_again_changes_nothing(project: Path, run: Run) -> None:
    assert "added as maintenance-tolerance" in run("add", SAMPLE / "book.epub").out
    assert "already in the project" in run("add", SAMPLE / "book.epub").out
    assert (project / "books" / "book.epub").read_bytes() == (SAMPLE / "book.epub").read_bytes()


def test_commands_find_the_project_from_a_subfolder(walked: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(walked / "books")
    assert "3 passages: 3 anchored" in run("passages").out


def test_passages_write_touches_only_its_own_lines(walked: Path, run: Run) -> None:
    before = (walked / "passages.md").read_text(encoding="utf-8")
    assert run("passages").code == 0
    assert (walked / "passages.md").read_text(encoding="utf-8") == before
    assert run("passages", "--write").code == 0
    after = (walked / "passages.md").read_text(encoding="utf-8").splitlines()
    own = [line for line in after if not line.startswith(("**Id:**", "**Source:**"))]
    assert [line for line in own if line] == [line for line in before.splitlines() if line]
    assert sum(line.startswith("**Source:** Maintenance Tolerance") for line in after) == 3


def test_running_again_costs_nothing(walked: Path, run: Run) -> None:
    again = [json.loads(line) for line in run("generate", "--teacher", "fake", "--json").out.splitlines()]
    planned = next(e for e in again if e["event"] == "planned")
    assert (planned["requests"], planned["done"]) == (0, 15)
    assert not any(e["event"] == "sent" for e in again)


def test_one_edited_passage_asks_only_its_own(walked: Path, run: Run) -> None:
    path = walked / "passages.md"
    path.write_text(path.read_text(encoding="utf-8").replace("clipboard", "notebook", 1), encoding="utf-8")
    events = [json.loads(line) for line in run("generate", "--teacher", "fake", "--json").out.splitlines()]
    planned = next(e for e in events if e["event"] == "planned")
    assert (planned["requests"], planned["done"]) == (5, 10)


def test_review_from_file_then_export(walked: Path, run: Run) -> None:
    assert run("review", "--status").code == 0
    examples = _examples(run, walked)
    lines = [{"example": e, "verdict": "keep" if n < 4 else "drop"} for n, e in enumerate(examples)]
    (walked / "d.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert run("review", "--from-file", "d.jsonl").code == 0
    for name in export.formats():
        done = run("export", "--format", name)
        assert done.code == 0, done.all
    rows = (walked / "exports/messages.jsonl").read_text().splitlines()
    assert len(rows) == 4
    before = {p.name: p.read_bytes() for p in (walked / "exports").iterdir()}
    assert run("export", "--format", "all").code == 0
    assert {p.name: p.read_bytes() for p in (walked / "exports").iterdir()} == before


def _examples(run: Run, project: Path) -> list[str]:
    from inscape.store import examples, open_store

    with open_store(project / "inscape.db") as store:
        return [e.id for e in examples.all_examples(store)]


def test_export_says_when_nothing_is_kept(walked: Path, run: Run) -> None:
    done = run("export", "--format", "raw")
    assert done.code == 1
    assert "No example is kept yet (15 are undecided)" in done.err


def test_import_reports_each_row_not_understood(project: Path, run: Run) -> None:
    rows = [
        {"instruction": "where did you go?", "input": "", "output": "Out, I think."},
        {"nothing": "known"},
        {
            "conversations": [
                {"from": "human", "value": "hi"},
                {"from": "jessy", "value": "<thinking>x</thinking>\n\nhi"},
            ]
        },
    ]
    (project / "raw.json").write_text(json.dumps(rows))
    done = run("import", "raw.json")
    assert done.code == 1
    assert "raw.json, row 2:" in done.out
    assert "2 examples taken, 0 already here, 1 row not understood" in done.out
    assert "0 examples taken, 2 already here" in run("import", "raw.json").out


def test_read_needs_no_project(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = run("read", SAMPLE / "book.pdf").out
    assert "Zero Load\n\n" in text
    units = [json.loads(line) for line in run("read", SAMPLE / "book.pdf", "--json").out.splitlines()]
    assert {"kind", "text", "page", "chapter"} <= units[0].keys()
    assert {u["kind"] for u in units} >= {"heading", "paragraph", "note"}


def test_both_editions_of_the_sample_book_read_alike(run: Run) -> None:
    pdf, epub = (run("read", SAMPLE / name).out.split() for name in ("book.pdf", "book.epub"))
    assert len(set(pdf) ^ set(epub)) < 0.02 * len(set(epub))


def test_config_says_where_each_value_comes_from(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSCAPE_TEACHER_MODEL", "from-the-environment")
    lines = [json.loads(line) for line in run("config", "--json").out.splitlines()]
    origin = {line["key"]: (line["value"], line["origin"]) for line in lines}
    assert origin["project.name"] == ("mine", "inscape.toml")
    assert origin["teacher.model"] == ("from-the-environment", "INSCAPE_TEACHER_MODEL")
    assert origin["teacher.tries"] == (5, "default")


def test_templates_new_check_preview(walked: Path, run: Run) -> None:
    assert run("templates", "new", "Waiting rooms", "--from", "continuity").code == 0
    own = walked / "templates" / "waiting-rooms.md"
    assert "waiting-rooms" in run("templates", "list").out
    assert run("templates", "check").code == 0
    own.write_text(own.read_text().replace("[PASTE_PASSAGE]", "[where_it_happens: e.g., 'a station']"))
    done = run("templates", "check")
    assert done.code == 3
    assert "no slot for the passage" in done.out
    assert "[where_it_happens]" in done.out
    shown = run("templates", "preview", "1", "--passage", "2").out
    assert "[PASTE_PASSAGE]" not in shown
    assert "[core_phenomenology]" not in shown


def test_every_stage_has_a_json_stream(project: Path, run: Run) -> None:
    for words in (
        ("add", SAMPLE / "book.epub"),
        ("passages",),
        ("templates", "list"),
        ("templates", "check"),
        ("import", SAMPLE / "nothing.json"),
        ("doctor",),
        ("demo", project / "d"),
    ):
        done = run(*words, "--json")
        events = [json.loads(line) for line in done.out.splitlines()]
        assert events[-1]["event"] == ("failed" if done.code in (1, 3) and words[0] != "doctor" else "finished"), words


def test_a_closed_pipe_says_nothing(tmp_path: Path) -> None:
    command = f"{sys.executable} -m inscape read {SAMPLE / 'book.epub'} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout == "Zero Load\n"
    assert done.stderr == ""


def test_blocks_are_apart_by_one_blank_line(run: Run) -> None:
    text = run("read", SAMPLE / "book.epub").out
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_book_and_chapter_slots_come_from_the_book(walked: Path, run: Run) -> None:
    (walked / "templates" / "where.md").write_text(
        "---\nname: where\nnumber: 9\ntitle: Where\nstructure: plain\n---\nFrom [book], [chapter]: [PASTE_PASSAGE]\n"
        'Answer {"instruction": "…", "input": "", "output": "…"}\n'
    )
    assert run("templates", "preview", "9", "--passage", "2").out.startswith("From Maintenance Tolerance, Forty-One: ")
    (walked / "passages.md").write_text('## PASSAGE 1: Elsewhere\n\n"""\nNot in any book here.\n"""\n')
    done = run("templates", "preview", "9")
    assert done.code == 1
    assert "templates/where.md" in done.err
    assert "[book] (line 7)" in done.err


def test_every_answer_that_ever_came_is_kept(walked: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSCAPE_TEACHER_FAULTS", "prose=1.0")
    asked = ("generate", "--teacher", "fake", "--passage", "1", "--template", "1", "--samples", "2")
    assert run(*asked).code == 1
    key = next(
        e["key"] for e in map(json.loads, run("answers", "--json").out.splitlines()) if e.get("state") == "unparsed"
    )
    first = run("answers", "show", key).out.split("--- answer")[1:]
    monkeypatch.setenv("INSCAPE_TEACHER_FAULTS", "")
    assert run(*asked, "--retry", "unparsed").code == 0
    both = run("answers", "show", key).out.split("--- answer")[1:]
    assert len(both) == 2
    assert both[0].strip() == first[0].strip()


def test_every_missing_slot_is_named_at_once_and_nothing_is_sent(walked: Path, run: Run) -> None:
    path = walked / "passages.md"
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join(line for line in text.splitlines() if "Core phenomenology" not in line), encoding="utf-8")
    done = run("generate", "--teacher", "fake")
    assert done.code == 1
    for title in ("The Woman with the Clipboard", "Ticket Forty-One", "The Pump in the Coat"):
        assert title in done.err


def test_a_template_without_its_slot_is_marked_and_refused(walked: Path, run: Run) -> None:
    (walked / "templates" / "mine.md").write_text(
        "---\nname: mine\nnumber: 9\ntitle: Mine\nstructure: plain\n---\nWrite something sad.\n", encoding="utf-8"
    )
    assert "CANNOT BE USED: The prompt has no slot for the passage" in run("templates", "list").out
    done = run("templates", "preview", "9")
    assert done.code == 1
    assert "templates/mine.md, line 7" in done.err


def test_passages_says_what_would_keep_one_from_being_asked(walked: Path, run: Run) -> None:
    path = walked / "passages.md"
    text = path.read_text(encoding="utf-8").replace("**Applicable templates:**", "**Aplicable templates:**", 1)
    text = text.replace("PASSAGE 3", "PASSAGE 2").replace("approval", "aproval")
    path.write_text(text, encoding="utf-8")
    done = run("passages")
    assert done.code == 0
    assert "'aplicable templates' is not known: applicable templates?" in done.out
    assert "names no templates" in done.out
    assert "Another passage has the number 2 too" in done.out
    assert "not word for word: 99% of the words" in done.out


def test_private_passages_go_to_a_cloud_only_by_the_persons_word(
    project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("add", SAMPLE / "book.epub", "--rights", "private").code == 0
    (project / "passages.md").write_text((SAMPLE / "passages.md").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with TeacherServer() as server:
        asked = ("generate", "--yes", "--teacher", "openai", "--base-url", f"{server.url}/v1", "--model", MODEL)
        with monkeypatch.context() as cloud:
            cloud.setattr("inscape.teachers.keys.is_local", lambda url: False)
            done = run(*asked, "--accept-terms")
            assert done.code == 2
            assert "private books (Maintenance Tolerance)" in done.err
            assert server.requests == []
            assert run(*asked, "--accept-terms", "--send-private").code == 0
        assert len(server.requests) == 15
        assert run(*asked, "--samples", "2").code == 0, "a local server is not asked about"


def test_one_unreadable_answer_file_stops_no_other(walked: Path, run: Run) -> None:
    assert run("generate", "--teacher", "manual", "--passage", "1").code == 0
    answers = walked / "answers"
    answers.mkdir()
    (answers / "001.txt").write_bytes(b"caf\xe9 and nothing else")
    (answers / "002.txt").write_text("nothing of use", encoding="utf-16")
    done = run("generate", "--teacher", "manual", "--answers", "answers")
    assert done.code == 1
    assert "001.txt" in done.err
    assert "0 examples from 1 answer." in done.out
    assert "correct their files" in done.out


def test_rows_that_could_not_be_taken_are_exit_1_with_their_line(project: Path, run: Run) -> None:
    (project / "rows.jsonl").write_text('{"instruction": "a", "output": "b"}\n\n{"nothing": 1}\n')
    done = run("import", "rows.jsonl")
    assert done.code == 1
    assert "rows.jsonl, row 2: line 3: its fields are" in done.out
    assert "1 row could not be taken" in done.err
    assert "examples taken" not in run("import", "none.json").all


def test_a_misspelled_verb_is_guessed(run: Run) -> None:
    done = run("genrate")
    assert done.code == 2
    assert "Did you mean generate?" in done.err


def test_every_kept_example_is_traced_to_its_page(walked: Path, run: Run, tmp_path: Path) -> None:
    run("add", SAMPLE / "book.pdf")
    lines = [json.dumps({"example": e, "verdict": "keep"}) for e in _examples(run, walked)]
    (walked / "d.jsonl").write_text("\n".join(lines))
    assert run("review", "--from-file", "d.jsonl").code == 0
    done = run("export", "--format", "raw")
    assert "15 examples of 15 came from the fake teacher" in done.all
    rows = [json.loads(line) for line in (walked / "dataset/examples.jsonl").read_text().splitlines()]
    assert all(row["provenance"]["source"].startswith("Maintenance Tolerance") for row in rows)


def test_out_is_a_file_and_takes_nothing_else_away(walked: Path, run: Run) -> None:
    lines = [json.dumps({"example": e, "verdict": "keep"}) for e in _examples(run, walked)]
    (walked / "d.jsonl").write_text("\n".join(lines))
    assert run("review", "--from-file", "d.jsonl").code == 0
    assert run("export", "--format", "messages", "--out", ".").code == 2
    mine = walked / "exports" / "messages.train.jsonl"
    assert run("export", "--format", "messages", "--out", mine).code == 0
    assert len(mine.read_text().splitlines()) == 15


def test_a_source_line_is_known(walked: Path, run: Run) -> None:
    assert run("passages", "--write").code == 0
    done = run("passages")
    assert "**Source:**" in (walked / "passages.md").read_text(encoding="utf-8")
    assert "is not known" not in done.out

"""A trainer's folder beside what a person did in it, and what a folder for uploading says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape.stages.card import HONESTY
from inscape.store import open_store
from tests.conftest import Run
from tests.targets.templates import STRIPS

TRL = ("export", "--for", "trl", "--model", "org/x", "--encoding", "content")
HF = ("export", "--for", "hf", "--encoding", "content")


@pytest.fixture
def kept(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's project, and the current folder is in it."""
    assert run("demo", tmp_path / "demo").code == 0
    monkeypatch.chdir(tmp_path / "demo")
    (tmp_path / "strips.jinja").write_text(STRIPS)
    return tmp_path / "demo"


# ---------------------------------------------------------------- what a person changed


def test_an_edited_script_stays_and_ours_stands_beside_it(kept: Path, run: Run) -> None:
    assert run(*TRL).code == 0
    script = kept / "exports/trl/train.py"
    script.write_text(script.read_text().replace("seed=42", "seed=7"))
    again = run(*TRL)
    assert again.code == 0
    assert "exports/trl/train.py was changed by hand and stays" in again.out
    assert not (kept / "exports/trl/train.new.py").exists(), "what it would write is what it wrote before"
    done = run("export", "--for", "trl", "--model", "org/another", "--encoding", "content")
    assert done.code == 0
    assert "is exports/trl/train.new.py" in done.out
    assert "seed=7" in script.read_text()
    assert "org/another" in (kept / "exports/trl/train.new.py").read_text()
    assert run(*TRL, "--replace").code == 0
    assert "seed=42" in script.read_text()
    assert not (kept / "exports/trl/train.new.py").exists()


def test_edited_rows_are_a_refusal(kept: Path, run: Run) -> None:
    assert run(*TRL).code == 0
    rows = kept / "exports/trl/train.jsonl"
    rows.write_text(rows.read_text() + rows.read_text())
    mine = rows.read_bytes()
    done = run(*TRL)
    assert done.code == 1
    assert "exports/trl/train.jsonl stands there already" in done.err
    assert rows.read_bytes() == mine
    assert run(*TRL, "--replace").code == 0


def test_held_out_rows_of_before_stay_where_a_person_changed_them(kept: Path, run: Run) -> None:
    assert run(*TRL).code == 0
    (kept / "exports/trl/valid.jsonl").write_text("mine\n")
    assert run("split", "--valid", "0").code == 0
    assert "exports/trl/valid.jsonl is of an earlier export" in run(*TRL).out
    assert (kept / "exports/trl/valid.jsonl").read_text() == "mine\n"


def test_another_model_s_adapter_is_named(kept: Path, run: Run) -> None:
    assert run(*TRL).code == 0
    adapter = kept / "exports/trl/adapter"
    adapter.mkdir()
    assert "was trained for" not in run(*TRL).out
    assert "exports/trl/adapter was trained for org/x, and this export is for org/y" in run(
        "export", "--for", "trl", "--model", "org/y", "--encoding", "content"
    ).out  # fmt: skip
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "org/z"}))
    assert "adapter was trained for org/z" in run(*TRL).out


# ---------------------------------------------------------------- options


def test_thoughts_is_refused_with_for(kept: Path, run: Run) -> None:
    done = run(*TRL, "--thoughts", "drop")
    assert done.code == 2
    assert "it takes no --thoughts" in done.err
    assert not (kept / "exports/trl").exists()


@pytest.mark.parametrize("model", ["model", "../MyQwen3-8B", "./x", "~/models/x", "/models/x"])
def test_openai_takes_no_folder(model: str, kept: Path, run: Run) -> None:
    (kept / "model").mkdir()
    done = run("export", "--for", "openai", "--model", model)
    assert done.code == 2
    assert f"{model} is a path on this machine" in done.err
    without = run("export", "--for", "openai")
    assert without.code == 2
    assert "the name by which OpenAI knows it" in without.err
    assert "folder" not in without.err


def test_printed_paths_are_right_where_one_stands(kept: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept / "sub folder").mkdir()
    monkeypatch.chdir(kept / "sub folder")
    said = run(*TRL).out
    assert "cd ../exports/trl, then: python train.py" in said
    assert "  ../exports/trl/train.jsonl" in said
    assert "../dataset/card.md" in said
    events = [json.loads(line) for line in run(*TRL, "--json").out.splitlines()]
    assert "exports/trl/train.jsonl" in {event.get("path") for event in events}
    assert "\ns.train.jsonl: " in "\n" + run("export", "--format", "alpaca", "--out", "s.jsonl").out


# ---------------------------------------------------------------- effort in the card


def test_the_card_states_the_effort_of_each_export(kept: Path, run: Run) -> None:
    row = {"instruction": "hi", "output": "Hi.", "metadata": {"complexity": "LOW"}}
    (kept / "low.json").write_text(json.dumps([row]))
    assert run("import", "low.json", "--keep").code == 0
    assert run(*TRL, "--effort", "first-token").code == 0
    assert run("export", "--format", "messages").code == 0
    card = (kept / "dataset/card.md").read_text()
    assert "- exports/trl: Policy: first-token. 1 of 11 examples (9%) carry it" in card
    assert "- exports/messages.jsonl: Policy: none." in card
    assert run("export", "--format", "all", "--effort", "first-token").code == 0
    assert "\n\nPolicy: first-token. 1 of 11 examples" in (kept / "dataset/card.md").read_text()


def test_medium_effort_without_a_thought_is_said(kept: Path, run: Run) -> None:
    row = {"instruction": "why", "output": "So.", "metadata": {"complexity": "HIGH"}}
    (kept / "high.json").write_text(json.dumps([row]))
    assert run("import", "high.json", "--keep").code == 0
    words = "Medium or high effort without a thought in any turn: 1 example."
    done = run("export", "--for", "trl", "--model", "org/x", "--template", "../strips.jinja")
    assert words in done.out
    assert "without a thought teach the template's empty thought" in done.out
    assert words in (kept / "exports/trl/README.md").read_text()


# ---------------------------------------------------------------- hf


def test_the_hub_s_readme_is_the_dataset_s_card(kept: Path, run: Run) -> None:
    home = kept.parent / "models" / "some-1B"
    home.mkdir(parents=True)
    (home / "chat_template.jinja").write_text(STRIPS)
    done = run("export", "--for", "hf", "--model", home)
    assert done.code == 0, done.all
    readme = (kept / "exports/hf/README.md").read_text()
    assert str(kept.parent) not in readme
    assert "some-1B" not in readme
    front, _, body = readme.removeprefix("---\n").partition("---\n")
    assert "license: other\n" in front
    assert 'license_details: "Maintenance Tolerance' in front
    assert "path: valid.jsonl" in front
    assert HONESTY in body
    assert "## Where it came from" in body
    assert "Maintenance Tolerance" in body
    assert "(public-domain) | 10 | 100% |" in body
    assert "To train" not in done.out
    assert "To upload, if you want that: cd exports/hf, then: hf upload " in done.out
    shown = body.partition("<!--")[0]
    assert "hf upload" not in shown
    assert "hf upload NAME" in body
    assert "## To know\n\n- Left out: mood" in shown


def test_the_card_on_the_hub_names_the_private_book_and_no_license(kept: Path, run: Run) -> None:
    with open_store(kept / "inscape.db") as store, store.change() as db:
        db.execute("UPDATE book SET rights = 'private'")
    assert run(*HF, "--private-too").code == 0
    readme = (kept / "exports/hf/README.md").read_text()
    assert "license" not in readme.partition("\n---\n")[0]
    assert "> **Private: not to be published.** 10 examples come from Maintenance Tolerance" in readme


def test_rows_of_no_book_have_no_license(kept: Path, run: Run) -> None:
    (kept / "own.json").write_text(json.dumps([{"instruction": "hi", "output": "Hi."}]))
    assert run("import", "own.json", "--keep").code == 0
    assert run(*HF).code == 0
    assert "license" not in (kept / "exports/hf/README.md").read_text().partition("\n---\n")[0]


def test_the_hub_s_card_has_the_effort_of_its_own_rows(kept: Path, run: Run) -> None:
    assert run(*TRL, "--effort", "first-token").code == 0
    assert run(*HF).code == 0
    readme = (kept / "exports/hf/README.md").read_text()
    assert "Policy: none." in readme
    assert "first-token" not in readme


def test_an_upload_says_that_nothing_was_checked(kept: Path, run: Run) -> None:
    assert "Warning: These examples were not checked" in run(*HF).out
    assert run("check").code == 0
    assert "checked" not in run(*HF).out


def test_tokens_that_are_estimated_are_called_so(kept: Path, run: Run) -> None:
    shown = run("preview", "--model", "../strips.jinja").out
    assert "cut: no · about " in shown

"""`inscape export --for` on the command line: what is written, what is asked for, and that a refusal leaves nothing."""

import json
from pathlib import Path

import pytest

from inscape import targets
from inscape.store import examples, open_store
from tests.conftest import Run
from tests.targets.templates import LOSES, STRIPS


@pytest.fixture
def kept(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's project, and the current folder is in it."""
    assert run("demo", tmp_path / "demo").code == 0
    monkeypatch.chdir(tmp_path / "demo")
    (tmp_path / "strips.jinja").write_text(STRIPS)
    (tmp_path / "loses.jinja").write_text(LOSES)
    return tmp_path / "demo"


def test_every_trainer_gets_a_folder(kept: Path, run: Run) -> None:
    words = [word for name in targets.names() for word in ("--for", name)]
    done = run("export", *words, "--model", "org/Some-8B", "--template", "../strips.jinja", "--json")
    assert done.code == 0, done.all
    events = [json.loads(line) for line in done.out.splitlines()]
    assert {e["format"] for e in events if e["event"] == "exported"} == set(targets.names())
    for name in targets.names():
        folder = kept / "exports" / name
        assert (folder / "train.jsonl").stat().st_size > 1000
        assert (folder / "README.md").stat().st_size > 500
        assert {e["path"] for e in events if e["event"] == "file_written"} >= {f"exports/{name}/train.jsonl"}
    before = {path: path.read_bytes() for path in (kept / "exports").rglob("*") if path.is_file()}
    assert run("export", *words, "--model", "org/Some-8B", "--template", "../strips.jinja").code == 0
    assert {path: path.read_bytes() for path in before} == before


def test_a_model_s_folder_says_template_size_and_length(kept: Path, run: Run) -> None:
    model = kept / "model"
    model.mkdir()
    (model / "chat_template.jinja").write_text(STRIPS)
    (model / "tokenizer_config.json").write_text('{"eos_token": "<|im_end|>"}')
    sizes = {"hidden_size": 8192, "intermediate_size": 28672, "num_hidden_layers": 80, "vocab_size": 128256}
    (model / "config.json").write_text(json.dumps({**sizes, "max_position_embeddings": 1024}))
    assert run("export", "--for", "axolotl", "--model", "model").code == 0
    config = (kept / "exports/axolotl/config.yaml").read_text()
    assert f"base_model: {model}\n" in config
    assert "learning_rate: 0.0001\n" in config, "a model of about 78 billion"
    assert "sequence_len: 1024\n" in config


def test_a_refusal_writes_nothing(kept: Path, run: Run) -> None:
    done = run("export", "--for", "trl", "--for", "openai", "--model", "org/x", "--template", "../loses.jinja")
    assert done.code == 1
    assert "Nothing was written" in done.err
    assert not (kept / "exports/trl").exists()
    assert not (kept / "exports/openai").exists()


def test_what_is_missing_is_asked_for(kept: Path, run: Run) -> None:
    done = run("export", "--for", "trl", "--model", "org/x")
    assert done.code == 2
    assert "not on this machine, and nothing is downloaded" in done.err
    assert "--encoding content" in done.err
    assert run("export", "--for", "trl").code == 2
    assert run("export", "--for", "hf", "--encoding", "reasoning_content").code == 0
    assert run("export", "--for", "trl", "--model", "org/x", "--encoding", "content").code == 0
    assert "<thinking>" in (kept / "exports/trl/train.jsonl").read_text()


@pytest.mark.parametrize(
    "words", [("--for", "trl", "--format", "raw"), ("--model", "x", "--format", "raw"), ("--for", "trl", "--out", "x")]
)
def test_options_that_do_not_fit_together(words: tuple[str, ...], kept: Path, run: Run) -> None:
    assert run("export", *words).code == 2


def test_effort_goes_into_the_text(kept: Path, run: Run) -> None:
    row = {"instruction": "hi", "output": "Hi.", "metadata": {"complexity": "LOW"}}
    (kept / "low.json").write_text(json.dumps([row]))
    assert run("import", "low.json").code == 0
    with open_store(kept / "inscape.db") as store:
        (mine,) = [e.id for e in examples.all_examples(store) if e.provenance.file]
    (kept / "d.jsonl").write_text(json.dumps({"example": mine, "verdict": "keep"}))
    assert run("review", "--from-file", "d.jsonl").code == 0
    assert run("export", "--for", "openai", "--model", "m", "--effort", "first-token").code == 0
    said = [row.read_text(encoding="utf-8") for row in (kept / "exports/openai").glob("*.jsonl")]
    assert '<thinking effort=\\"low\\"/>\\n\\nHi.' in "".join(said)


def test_private_books_do_not_leave_without_a_word(kept: Path, run: Run) -> None:
    with open_store(kept / "inscape.db") as store, store.change() as db:
        db.execute("UPDATE book SET rights = 'private'")
    words = ("export", "--for", "hf", "--encoding", "content")
    done = run(*words)
    assert done.code == 1
    assert "out of private books (Maintenance Tolerance)" in done.err
    assert not (kept / "exports/hf").exists()
    assert run(*words, "--private-too").code == 0
    assert run("export", "--for", "trl", "--model", "org/x", "--encoding", "content").code == 0


def test_held_out_rows_go_when_the_split_goes(kept: Path, run: Run) -> None:
    words = ("export", "--for", "hf", "--encoding", "content")
    assert run(*words).code == 0
    assert (kept / "exports/hf/valid.jsonl").exists()
    assert run("split", "--valid", "0").code == 0
    assert run(*words).code == 0
    assert not (kept / "exports/hf/valid.jsonl").exists()

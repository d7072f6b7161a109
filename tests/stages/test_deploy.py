"""Deploying: the Modelfile that training asks for, `ollama create` when told, and nothing that leaves by itself."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from inscape import project as projects
from inscape.errors import CheckFailed, InputError, InscapeError, TrainerError, UsageError
from inscape.events import Deployed, Event, Noted
from inscape.examples.effort import line
from inscape.project import Project
from inscape.stages import model_card
from inscape.stages.deploy import ForHub, ForOllama, hub, ollama
from inscape.stages.model_card import Facts
from inscape.stages.run_folder import Run
from tests.stages import making_runs
from tests.stages.test_modelfile import read

NOWHERE = {"PATH": "/nowhere"}


@pytest.fixture
def here(project: Path) -> Project:
    return projects.open_at(project, {})


def tool(folder: Path, name: str, body: str) -> dict[str, str]:
    """A program of that name on a PATH that has nothing else but the shell's own."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"}


def _yes(_: str) -> bool:
    return True


def _run(here: Project, system: str | None = "You are the sea.", policy: str = "none") -> Run:
    run = making_runs.run(here.root, making_runs.mode(system, policy))  # type: ignore[arg-type]
    making_runs.gguf(run.path / "model-f16.gguf")
    return run


def _deployed(events: list[Event]) -> Deployed:
    (found,) = [one for one in events if isinstance(one, Deployed)]
    return found


def test_the_modelfile_says_what_training_saw(here: Project) -> None:
    run = _run(here)
    (run.path / "merged").mkdir()
    held = {"temperature": 0.6, "top_p": 0.9, "top_k": 20, "do_sample": True}
    (run.path / "merged/generation_config.json").write_text(json.dumps(held))
    events = list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    text = (run.path / "ollama/Modelfile").read_text()
    assert read(text) == [
        ("from", "../model-f16.gguf"), ("stop", "<|im_end|>"), ("stop", "</s>"), ("num_ctx", "8192"),
        ("temperature", "0.6"), ("top_p", "0.9"), ("top_k", "20"), ("system", "You are the sea."),
    ]  # fmt: skip
    assert "generation_config.json" in text
    made = _deployed(events)
    assert (made.command, made.done) == ("ollama create sea -f runs/sea/ollama/Modelfile", False)


def test_without_advice_of_the_model_the_chat_settings_hold(here: Project) -> None:
    run = _run(here, system=None)
    events = list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    found = dict(read((run.path / "ollama/Modelfile").read_text()))
    assert (found["temperature"], found["top_p"]) == ("0.7", "0.95")
    assert "system" not in found
    assert any("none is set, as in training" in one.message for one in events if isinstance(one, Noted))


def test_a_line_of_effort_stands_where_every_row_had_one(here: Project) -> None:
    run = _run(here, policy="system-line")
    list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    found = dict(read((run.path / "ollama/Modelfile").read_text()))
    assert found["system"] == f"You are the sea.\n\n{line('medium')}"


def test_ollama_is_run_when_told(here: Project, tmp_path: Path) -> None:
    run = _run(here)
    environ = tool(tmp_path / "bin", "ollama", 'pwd > "$(dirname "$0")/said"; echo "$@" >> "$(dirname "$0")/said"')
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    assert not _deployed(list(ollama(here, run, ForOllama(), no, environ))).done
    assert asked == ["Run `ollama create sea -f runs/sea/ollama/Modelfile`?"]
    assert not (tmp_path / "bin/said").exists()
    wanted = ForOllama("me/sea:small", "q4_K_M")
    assert _deployed(list(ollama(here, run, wanted, _yes, environ))).done
    folder, words = (tmp_path / "bin/said").read_text().splitlines()
    assert Path(folder).resolve() == here.root.resolve()
    assert words == "create me/sea:small --quantize q4_K_M -f runs/sea/ollama/Modelfile"


def test_what_ollama_says_when_it_fails(here: Project, tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "ollama", "echo 'Error: could not connect to ollama server' >&2; exit 1")
    with pytest.raises(TrainerError, match=r"exit code 1\):\nError: could not connect"):
        list(ollama(here, _run(here), ForOllama(), _yes, environ))


def test_a_quantized_file_of_ours_is_taken_as_it_is(here: Project) -> None:
    run = _run(here)
    making_runs.gguf(run.path / "model-q4_k_m.gguf")
    events = list(ollama(here, run, ForOllama(quantize="q4_K_M"), _yes, NOWHERE))
    assert read((run.path / "ollama/Modelfile").read_text())[0] == ("from", "../model-q4_k_m.gguf")
    assert "--quantize" not in _deployed(events).command


def test_a_modelfile_that_was_changed_is_not_written_over(here: Project) -> None:
    run = _run(here)
    file = run.path / "ollama/Modelfile"
    list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    file.write_text(file.read_text() + "PARAMETER seed 1\n")
    with pytest.raises(InscapeError, match="changed by hand"):
        list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    assert "seed" in file.read_text()
    list(ollama(here, run, ForOllama(replace=True), _yes, NOWHERE))
    assert "seed" not in file.read_text()


def test_what_must_be_done_first(here: Project) -> None:
    run = making_runs.run(here.root, making_runs.mode())
    with pytest.raises(UsageError, match="inscape gguf sea"):
        list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    making_runs.gguf(run.path / "model-f16.gguf")
    with pytest.raises(UsageError, match="no name that Ollama takes"):
        list(ollama(here, run, ForOllama("Sea; rm"), _yes, NOWHERE))
    apart = {"right": "model-f16.gguf", "text": False}
    (run.path / "parity.json").write_text(json.dumps({"format": 1, "checked": [apart]}))
    with pytest.raises(CheckFailed, match="renders prompts otherwise"):
        list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    assert not (run.path / "ollama").exists()


# ---------------------------------------------------------------- the hub


def _facts(run: Run) -> Facts:
    record = run.record()
    compared = [{"what": "format", "before": 0.1, "after": 0.9, "of": 8}]
    return Facts(
        "My sea (sea)", "Qwen/Qwen3-8B", record, making_runs.mode(), "The Sea: public-domain", 44, compared, "1.0"
    )


def _merged(run: Run) -> None:
    folder = making_runs.base(run.path / "merged")
    (folder / "model.safetensors").write_bytes(making_runs.weights())
    (folder / ".inscape-merged.json").write_text(json.dumps({"base": "/home/me/models/x"}))
    (folder / "config.json").write_text(json.dumps({"_name_or_path": "/home/me/models/x", "model_type": "llama"}))


def test_a_folder_with_a_card(here: Project) -> None:
    run = _run(here)
    _merged(run)
    events = list(hub(here, run, ForHub(), _facts(run), [], NOWHERE))
    folder = run.path / "hf"
    found = {path.name for path in folder.iterdir()}
    assert found == {"README.md", "config.json", "model.safetensors", "chat_template.jinja", "tokenizer_config.json"}
    card = (folder / "README.md").read_text()
    for said in (
        "base_model: Qwen/Qwen3-8B", "base_model_relation: finetune", "40 rows, 4 more held out", "3.250 before, 1.500",
        "at step 20", "| format | 0.1 | 0.9 | 8 |", "You are the sea.", "evidence of experience",
        "The Sea: public-domain",
    ):  # fmt: skip
        assert said in card, said
    for path in folder.iterdir():
        assert b"/home/me" not in path.read_bytes()
        assert str(here.root).encode() not in path.read_bytes()
    made = _deployed(events)
    assert (made.command, made.done) == ("hf upload YOU/NAME runs/sea/hf . --private", False)


def test_the_adapter_where_it_is_not_merged(here: Project) -> None:
    run = _run(here)
    list(hub(here, run, ForHub(), _facts(run), [], NOWHERE))
    held = json.loads((run.path / "hf/adapter_config.json").read_text())
    assert held == {"base_model_name_or_path": "Qwen/Qwen3-8B"}
    assert "library_name: peft" in (run.path / "hf/README.md").read_text()
    _merged(run)
    list(hub(here, run, ForHub(adapter=True), _facts(run), [], NOWHERE))
    assert not (run.path / "hf/model.safetensors").exists()


def test_what_is_not_there_or_not_whole_is_not_passed_on(here: Project) -> None:
    run = _run(here)
    _merged(run)
    for path in (run.path / "merged/model.safetensors", run.adapter / "adapter_model.safetensors"):
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(InputError, match=f"{path.name} is cut off"):
            list(hub(here, run, ForHub(adapter=path.parent == run.adapter), _facts(run), [], NOWHERE))
        path.write_bytes(making_runs.weights())
    (run.path / "merged/tokenizer_config.json").write_text("{")
    with pytest.raises(InputError, match=r"tokenizer_config\.json is damaged"):
        list(hub(here, run, ForHub(), _facts(run), [], NOWHERE))
    shutil.rmtree(run.path / "hf")
    shutil.rmtree(run.adapter)
    with pytest.raises(UsageError, match="sea has no adapter"):
        list(hub(here, run, ForHub(adapter=True), _facts(run), [], NOWHERE))
    assert not (run.path / "hf").exists()


def test_a_gguf_that_was_cut_off_does_not_go_to_ollama(here: Project) -> None:
    run = _run(here)
    path = making_runs.gguf(run.path / "model-f16.gguf", sizes=[64, 64])
    list(ollama(here, run, ForOllama(), _yes, NOWHERE))
    path.write_bytes(path.read_bytes()[:-70])
    with pytest.raises(InputError, match="it is cut off"):
        list(ollama(here, run, ForOllama(), _yes, NOWHERE))


def test_where_ollama_was_not_run_the_command_is_said(here: Project, tmp_path: Path) -> None:
    environ = tool(tmp_path / "bin", "ollama", "exit 1")
    events = list(ollama(here, _run(here), ForOllama(), lambda _: False, environ))
    assert not _deployed(events).done
    assert any("--yes" in one.message for one in events if isinstance(one, Noted))


def test_private_books_do_not_leave_by_themselves(here: Project, tmp_path: Path) -> None:
    run = _run(here)
    environ = tool(tmp_path / "bin", "hf", 'echo "$@" > "$(dirname "$0")/said"')
    wanted = ForHub("me/sea", upload=True)
    with pytest.raises(InscapeError, match=r"private books \(My Diary\).*--private-too"):
        list(hub(here, run, wanted, _facts(run), ["My Diary"], environ))
    assert not (run.path / "hf").exists()
    assert not (tmp_path / "bin/said").exists()
    list(hub(here, run, ForHub("me/sea"), _facts(run), ["My Diary"], environ))  # a folder is no upload
    assert "Private: not to be published" in (run.path / "hf/README.md").read_text()
    assert not (tmp_path / "bin/said").exists()
    told = ForHub("me/sea", upload=True, private_too=True)
    assert _deployed(list(hub(here, run, told, _facts(run), ["My Diary"], environ))).done
    assert (tmp_path / "bin/said").read_text() == "upload me/sea runs/sea/hf . --private\n"


def test_an_upload_needs_a_name_and_the_tool(here: Project) -> None:
    run = _run(here)
    with pytest.raises(UsageError, match="--repo"):
        list(hub(here, run, ForHub(upload=True), _facts(run), [], NOWHERE))
    events = list(hub(here, run, ForHub("me/sea", upload=True), _facts(run), [], NOWHERE))
    assert not _deployed(events).done
    assert any("pip install huggingface_hub" in one.message for one in events if isinstance(one, Noted))


def test_a_card_that_was_changed_is_not_written_over(here: Project) -> None:
    run = _run(here)
    list(hub(here, run, ForHub(), _facts(run), [], NOWHERE))
    path = run.path / "hf/README.md"
    path.write_text(path.read_text().replace("# My sea", "# The sea"))
    with pytest.raises(InscapeError, match="changed by hand"):
        list(hub(here, run, ForHub(), _facts(run), [], NOWHERE))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("/home/me/.cache/huggingface/hub/models--Qwen--Qwen3-8B/snapshots/abc", "Qwen/Qwen3-8B"),
        ("/home/me/models/Qwen3-8B", "Qwen3-8B"),
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("C:\\models\\sea", "sea"),
    ],
)
def test_a_base_is_named_as_others_know_it(model: str, name: str) -> None:
    assert model_card.base_name(model) == name

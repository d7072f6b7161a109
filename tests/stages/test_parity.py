"""Parity: forms of one model are compared on text, tokens and answers, and what differs is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from inscape import project as projects
from inscape.errors import CheckFailed, InputError, ModelError, TrainerMissing
from inscape.events import Event, Noted, ParityChecked
from inscape.project import Project
from inscape.runtimes.server_template import Server
from inscape.stages.parity import parity, texts_apart
from inscape.stages.parity_check import Heard, compare
from inscape.stages.tuned import questions, tuned
from inscape.trainers.speak_jobs import SpeakJob
from tests.stages import making_runs


@dataclass
class Letters:
    """A model whose tokens are letters and whose answer is fixed."""

    template: str | None = making_runs.CHATML
    says: str = "I was here."
    marks: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def tokens(self, text: str) -> list[int]:
        return [ord(one) for one in text]

    def greedy(self, text: str, most: int) -> list[int]:
        self.asked.append(text)
        return self.tokens(self.says)[:most]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        return [chr(one) for one in ids]


@dataclass
class Fakes:
    """Models by the end of what they are loaded from; the adapter's own without a name."""

    models: dict[str, Letters]

    def work(self, module: str, job: Any, folder: Path) -> Iterator[Mapping[str, Any]]:
        raise AssertionError("nothing is made here")

    @contextmanager
    def speak(self, job: SpeakJob, folder: Path) -> Iterator[Letters]:
        name = "" if job.adapter else Path(job.model).name
        if name not in self.models:
            raise TrainerMissing("pip install xllamacpp")
        yield self.models[name]


@pytest.fixture
def here(project: Path) -> Project:
    made = making_runs.run(project, making_runs.mode())
    making_runs.base(made.path / "merged")
    making_runs.gguf(made.path / "model-f16.gguf")
    return projects.open_at(project, {})


def _events(here: Project, models: dict[str, Letters]) -> tuple[list[Event], str]:
    """The events, and how it failed."""
    events: list[Event] = []
    try:
        events += parity(here, tuned(here, "sea", "", {}), None, Fakes(models), {})
    except CheckFailed as problem:
        return events, str(problem)
    return events, ""


def _checked(events: list[Event]) -> list[ParityChecked]:
    return [one for one in events if isinstance(one, ParityChecked)]


def test_all_the_same(here: Project) -> None:
    models = {"": Letters(), "merged": Letters(), "model-f16.gguf": Letters()}
    events, failed = _events(here, models)
    assert failed == ""
    assert [(one.left, one.right) for one in _checked(events)] == [("base and adapter", "merged")] * 3 + [
        ("base and adapter", "model-f16.gguf")
    ] * 3
    assert {(one.text, one.tokens, one.same, one.of, one.note) for one in _checked(events)} == {
        (True, True, 11, 11, "")
    }
    assert models[""].asked[0].startswith("<|im_start|>system\nYou are the sea.<|im_end|>")
    held = json.loads((here.root / "runs/sea/parity.json").read_text())
    assert len(held["checked"]) == 6


def test_another_template_fails_and_is_kept(here: Project) -> None:
    other = Letters(making_runs.CHATML.replace("{{ m.content }}", "{{ m.content | trim }} "))
    found, failed = _events(here, {"": Letters(), "merged": Letters(), "model-f16.gguf": other})
    apart = [one for one in _checked(found) if one.text is False]
    assert {one.right for one in apart} == {"model-f16.gguf"}
    assert "texts part at letter 36" in apart[0].note
    assert "model-f16.gguf: the prompt is not the text that training saw" in failed
    assert texts_apart(here.root / "runs/sea", "model-f16.gguf")
    assert not texts_apart(here.root / "runs/sea", "merged")


def test_answers_that_part_do_not_fail(here: Project) -> None:
    found, failed = _events(here, {"": Letters(), "merged": Letters(says="I was there"), "model-f16.gguf": Letters()})
    assert failed == ""
    first = _checked(found)[0]
    assert (first.same, first.of, first.note) == (6, 11, "answer: they part at token 7, 'h' and 't'")


def test_what_cannot_be_loaded_is_said_and_the_rest_compared(here: Project) -> None:
    found, failed = _events(here, {"": Letters(), "merged": Letters()})
    assert failed == ""
    assert len(_checked(found)) == 3
    assert any(
        "model-f16.gguf was not looked at. pip install" in one.message for one in found if isinstance(one, Noted)
    )


def test_a_template_that_changed_since_training(here: Project) -> None:
    (here.root / "base/chat_template.jinja").write_text(making_runs.CHATML + " ")
    found, _ = _events(here, {"": Letters(), "merged": Letters(), "model-f16.gguf": Letters()})
    assert any("not the one that training saw" in one.message for one in found if isinstance(one, Noted))


def test_the_projects_probes_are_asked(here: Project) -> None:
    rows = [{"id": f"p{n}", "prompt": f"Question {n}?", "before": ["Hi", "Yes."] if n == 3 else []} for n in range(7)]
    (here.root / "probes/p.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    asked = questions(here)
    assert [one.text for one in asked] == ["Question 1?", "Question 3?", "Question 5?"]
    assert [turn.role for turn in asked[1].talk.turns] == ["user", "assistant", "user"]
    assert len(questions(None)) == 3


def test_one_that_ends_where_the_other_goes_on() -> None:
    short = Heard("x", (1,), (5, 2), ("a", "<end>"), ("x",))
    long = Heard("x", (1,), (5, 2, 7), ("a", "<end>", "b"), ("x",))
    found = compare("q", ("one", long), ("two", short))
    assert (found.same, found.of, found.note) == (2, 2, "two ends at '<end>', which one does not take for an end")


def test_a_form_that_does_not_tell() -> None:
    found = compare("q", ("one", Heard("x", (1,), (5,), ("a",), ("x",))), ("two", Heard(None)))
    assert (found.text, found.tokens, found.same, found.of, found.note) == (None, None, 0, 0, "")


# ---------------------------------------------------------------- what is damaged is said before anything is loaded


def _cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


@pytest.mark.parametrize("size", [0, 7, 30, -1])
def test_an_adapter_that_was_cut_off_is_named(here: Project, size: int) -> None:
    path = here.root / "runs/sea/adapter/adapter_model.safetensors"
    _cut(path, size)
    with pytest.raises(InputError, match=r"adapter_model\.safetensors is cut off.*inscape train --name sea"):
        tuned(here, "sea", "", {})
    path.unlink()
    with pytest.raises(InputError, match=r"adapter_model\.safetensors is missing"):
        tuned(here, "sea", "", {})


def test_settings_of_an_adapter_that_are_no_json_are_named(here: Project) -> None:
    _cut(here.root / "runs/sea/adapter/adapter_config.json", 5)
    with pytest.raises(InputError, match=r"adapter_config\.json is damaged"):
        tuned(here, "sea", "", {})


def test_a_mode_that_is_damaged_says_where_another_copy_stands(here: Project) -> None:
    _cut(here.root / "runs/sea/data/mode.json", 9)
    with pytest.raises(InputError, match=r"runs/sea/data/mode\.json.*exports/"):
        tuned(here, "sea", "", {})


def test_a_base_that_was_moved_away(here: Project) -> None:
    (here.root / "base").rename(here.root / "elsewhere")
    with pytest.raises(InputError, match=r"is not at .*/base\. Put it back there, or name .* --base"):
        tuned(here, "sea", "", {})
    assert tuned(here, "sea", str(here.root / "elsewhere"), {}).base.name == "elsewhere"


def test_a_merged_model_with_a_part_missing(here: Project) -> None:
    folder = here.root / "runs/sea/merged"
    names = {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(names))
    (folder / "model-1-of-2.safetensors").write_bytes(making_runs.weights())
    with pytest.raises(InputError, match=r"model-2-of-2\.safetensors is missing\. Merge again"):
        _events(here, {})
    (folder / "model-2-of-2.safetensors").write_bytes(making_runs.weights())
    assert _events(here, {name: Letters() for name in ("", "merged", "model-f16.gguf")})[1] == ""


def test_a_server_that_is_not_there_is_said_before_a_model_is_loaded(here: Project) -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        list(parity(here, tuned(here, "sea", "", {}), Server("http://127.0.0.1:9"), Fakes({}), {}))

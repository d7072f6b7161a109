"""Trainings with mlx-lm, real ones on the sample's tiny model: what is told, kept and resumed."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inscape.errors import ModelError, TrainerError
from tests.trainers import training
from tests.trainers.training import Line, job, losses, of, start, told


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Line]]:
    """A training that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, told(folder, job(folder, "mlx"))


def test_it_tells_the_same_as_peft_does(whole: tuple[Path, list[Line]], tmp_path: Path) -> None:
    """Rows, tokens and steps of the plan, the loss before training, and the names on every line."""
    mine, theirs = whole[1], told(tmp_path, job(tmp_path, "peft"))
    equal = ("rows", "held_out", "tokens", "longest", "cut", "steps", "parameters", "trained", "dtype")
    assert {key: mine[0][key] for key in equal} == {key: theirs[0][key] for key in equal}
    assert losses(mine)[0] == pytest.approx(losses(theirs)[0], abs=1e-3)
    assert list(losses(mine)) == list(losses(theirs))
    assert {line["kind"]: line.keys() for line in mine} == {line["kind"]: line.keys() for line in theirs}
    rates = [{line["step"]: line["rate"] for line in of(lines, "step")} for lines in (mine, theirs)]
    both = rates[0].keys() & rates[1].keys()
    assert {step: rates[0][step] for step in both} == pytest.approx({step: rates[1][step] for step in both}, abs=1e-7)
    before = [[line["text"] for line in of(lines, "sample")][:2] for lines in (mine, theirs)]
    assert before[0] == before[1]


def test_it_learns_and_keeps_the_best(whole: tuple[Path, list[Line]]) -> None:
    folder, lines = whole
    assert losses(lines)[12] < losses(lines)[0] / 2
    done = lines[-1]
    assert (done["kind"], done["stopped"], done["steps"]) == ("done", "end", 12)
    assert done["best_loss"] == min(losses(lines).values())
    assert (folder / "adapter" / "adapter_config.json").exists()
    last = of(lines, "step")[-1]
    assert (last["step"], last["epoch"], last["tokens"]) == (12, 3.0, 3 * lines[0]["tokens"])
    training.answered(lines)
    remembered = {(one["when"], one["id"]): one["same"] for one in of(lines, "memorized")}
    assert remembered["after", "seen"] > remembered["before", "seen"]


def test_the_adapter_is_one_of_mlx_lm_with_the_best_loss(whole: tuple[Path, list[Line]]) -> None:
    """Loaded by mlx-lm itself, measured on the text of each row."""
    import mlx.core as mx
    from mlx_lm import load

    model, tokenizer, *_ = load(training.MODEL, adapter_path=str(whole[0] / "adapter"))
    model.set_dtype(mx.float32)
    total, count = 0.0, 0
    for asked, said in training.PAIRS[16:]:
        prompt = tokenizer.encode(training.ASKED.format(asked), add_special_tokens=False)
        answer = tokenizer.encode(said + "<|im_end|>\n", add_special_tokens=False)
        logits = model(mx.array([prompt + answer]))[0]
        for n, one in enumerate(answer, len(prompt)):
            row = logits[n - 1]
            total += float(mx.logsumexp(row) - row[one])
        count += len(answer)
    assert total / count == pytest.approx(whole[1][-1]["best_loss"], abs=1e-3)
    assert math.isfinite(total)


def test_kill_9_and_resume_end_as_if_nothing_had_been(whole: tuple[Path, list[Line]], tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"SIGKILL"):
        told(tmp_path, job(tmp_path, "mlx"), training.killed_at(8))
    lines = told(tmp_path, replace(job(tmp_path, "mlx"), resume=True))
    assert lines[0]["from_step"] == 6
    assert losses(lines) == pytest.approx({9: losses(whole[1])[9], 12: losses(whole[1])[12]}, abs=1e-4)
    assert of(lines, "step")[-1]["tokens"] == of(whole[1], "step")[-1]["tokens"]
    assert {one.name for one in (tmp_path / "checkpoints").iterdir()} == {"step-000009", "step-000012"}


def test_asked_to_stop_early_and_at_the_end_of_the_line(whole: tuple[Path, list[Line]], tmp_path: Path) -> None:
    def stop(child: Any, line: Line) -> None:
        if line["kind"] == "step" and line["step"] >= 4:
            child.tell({"do": "stop"})

    lines = told(tmp_path, job(tmp_path, "mlx"), stop)
    assert lines[-1]["stopped"] == "asked"
    lines = told(tmp_path, replace(job(tmp_path, "mlx"), resume=True))
    assert losses(lines)[12] == pytest.approx(losses(whole[1])[12], abs=1e-4)


def test_no_better_for_long_ends_it(tmp_path: Path) -> None:
    lines = told(tmp_path, job(tmp_path, "mlx", rate=3.0, patience=2, eval_every=1))
    assert lines[-1]["stopped"] == "early"
    assert lines[-1]["steps"] < 12


def test_rows_left_over_are_trained_and_long_ones_cut(tmp_path: Path) -> None:
    made = replace(job(tmp_path, "mlx", batch=3, epochs=1, max_length=24, eval_every=0), held_out=None)
    lines = told(tmp_path, made)
    assert (lines[0]["steps"], lines[0]["cut"]) == (3, 16)
    assert of(lines, "step")[-1]["tokens"] == lines[0]["tokens"] == 16 * 24
    assert lines[-1]["best_step"] == 3
    assert (tmp_path / "adapter" / "adapters.safetensors").exists()


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="hf download"):
        told(tmp_path, replace(job(tmp_path, "mlx"), model="owner/no-such"))


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    with start(tmp_path, job(tmp_path, "mlx", epochs=500)) as child:
        for line in child:
            if line["kind"] == "plan":
                child.tell({"do": "go"})
            if line["kind"] == "step":
                break
        assert child._process is not None
        assert child._process.stdin is not None
        child._process.stdin.close()
        assert child._process.wait(timeout=20) == 0
    assert list((tmp_path / "checkpoints").glob("step-*/complete"))

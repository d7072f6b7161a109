"""Trainings with TRL and peft, real ones on the sample's tiny model: what is told, kept, resumed and refused."""

import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inscape.errors import InscapeError, ModelError, TrainerError
from tests.trainers import cases, training
from tests.trainers.training import Line, job, losses, of, start, told


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Line]]:
    """A training that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, told(folder, job(folder, "peft"))


def test_a_plan_comes_first_and_counts_as_the_trainer_does(whole: tuple[Path, list[Line]]) -> None:
    from transformers import AutoTokenizer

    plan, tokenizer = whole[1][0], AutoTokenizer.from_pretrained(training.MODEL)
    assert (plan["kind"], plan["device"], plan["dtype"]) == ("plan", "cpu", "float32")
    assert (plan["rows"], plan["held_out"], plan["steps"], plan["from_step"]) == (16, 2, 12, 0)
    texts = [training.ASKED.format(asked) + said + "<|im_end|>\n" for asked, said in training.PAIRS[:16]]
    lengths = [len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
    assert (plan["tokens"], plan["longest"], plan["cut"]) == (sum(lengths), max(lengths), 0)
    assert 0 < plan["learned"] < plan["tokens"]
    assert plan["parameters"] > 10 * plan["trained"] > 0
    assert plan["memory_mb"] < plan["device_memory_mb"]
    assert plan["seconds"] > 0


def test_it_learns_and_tells_how(whole: tuple[Path, list[Line]]) -> None:
    folder, lines = whole
    assert sorted(losses(lines)) == [0, 3, 6, 9, 12], "before training, at each look, and at the end, each once"
    assert losses(lines)[12] < losses(lines)[0] / 2
    last = of(lines, "step")[-1]
    assert (last["step"], last["steps"], last["epoch"]) == (12, 12, 3.0)
    assert last["tokens"] == 3 * lines[0]["tokens"]
    assert last["seconds"] > 0
    assert last["memory_mb"] > 100
    done = lines[-1]
    assert (done["kind"], done["stopped"], done["steps"]) == ("done", "end", 12)
    assert done["best_loss"] == min(losses(lines).values())
    assert (folder / done["adapter"] / "adapter_config.json").exists()


def test_samples_are_whole_answers_before_and_after(whole: tuple[Path, list[Line]]) -> None:
    samples = of(whole[1], "sample")
    assert [(one["when"], one["probe"]) for one in samples] == [
        ("before", "short"), ("before", "long"), ("after", "short"), ("after", "long"),
    ]  # fmt: skip
    training.answered(whole[1])
    remembered = {(one["when"], one["id"]): one["same"] / one["of"] for one in of(whole[1], "memorized")}
    assert remembered["after", "seen"] > remembered["before", "seen"]
    assert set(remembered) == {(when, name) for when in ("before", "after") for name in ("seen", "kept")}


def test_the_adapter_that_is_kept_has_the_best_loss(whole: tuple[Path, list[Line]]) -> None:
    """Measured again, by transformers' and peft's own means, on the text of each row."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(training.MODEL)
    base = AutoModelForCausalLM.from_pretrained(training.MODEL, dtype="float32")
    model = PeftModel.from_pretrained(base, whole[0] / "adapter").eval()
    total, count = 0.0, 0
    for asked, said in training.PAIRS[16:]:
        made = tokenizer(training.ASKED.format(asked), add_special_tokens=False)["input_ids"]
        answer = tokenizer(said + "<|im_end|>\n", add_special_tokens=False)["input_ids"]
        labels = torch.tensor([[-100] * len(made) + answer])
        with torch.no_grad():
            loss = model(input_ids=torch.tensor([made + answer]), labels=labels).loss
        total, count = total + float(loss) * len(answer), count + len(answer)
    assert total / count == pytest.approx(whole[1][-1]["best_loss"], abs=1e-4)


def test_kill_9_and_resume_end_as_if_nothing_had_been(whole: tuple[Path, list[Line]], tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"signal SIGKILL.*memory"):
        told(tmp_path, job(tmp_path, "peft"), training.killed_at(8))
    (tmp_path / "checkpoints" / "step-000007").mkdir()  # as of a save that was cut off: no marker
    lines = told(tmp_path, replace(job(tmp_path, "peft"), resume=True))
    assert lines[0]["from_step"] == 6
    assert not [one for one in of(lines, "sample") if one["when"] == "before"]
    assert losses(lines) == pytest.approx({9: losses(whole[1])[9], 12: losses(whole[1])[12]}, abs=1e-4)
    assert lines[-1]["best_loss"] == pytest.approx(whole[1][-1]["best_loss"], abs=1e-4)
    assert of(lines, "step")[-1]["tokens"] == of(whole[1], "step")[-1]["tokens"]
    kept = {path.name for path in (tmp_path / "checkpoints").iterdir()}
    assert kept == {"step-000009", "step-000012"}, "the last two, one of which is the best"


def test_asked_to_stop_it_keeps_a_checkpoint_and_goes_on_from_there(
    whole: tuple[Path, list[Line]], tmp_path: Path
) -> None:
    lines = told(tmp_path, job(tmp_path, "peft"), lambda child, line: stop_at(child, line, 4))
    assert lines[-1]["stopped"] == "asked"
    stopped = lines[-1]["steps"]
    assert 4 <= stopped < 12
    assert of(lines, "checkpoint")[-1]["step"] == stopped
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists(), "the best so far"
    lines = told(tmp_path, replace(job(tmp_path, "peft"), resume=True))
    assert lines[0]["from_step"] == stopped
    assert losses(lines)[12] == pytest.approx(losses(whole[1])[12], abs=1e-4)


def stop_at(child: Any, line: Line, step: int) -> None:
    if line["kind"] == "step" and line["step"] >= step:
        child.tell({"do": "stop"})


def test_it_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """The end of stdin, as when the parent is killed: a checkpoint, and gone."""
    with start(tmp_path, job(tmp_path, "peft", epochs=500)) as child:
        for line in child:
            if line["kind"] == "plan":
                child.tell({"do": "go"})
            if line["kind"] == "step":
                break
        assert child._process is not None
        assert child._process.stdin is not None
        child._process.stdin.close()
        begun = time.monotonic()
        child._process.wait(timeout=20)
        assert time.monotonic() - begun < 15
        assert child._process.returncode == 0
    assert list((tmp_path / "checkpoints").glob("step-*/complete"))


def test_no_better_for_long_ends_it(tmp_path: Path) -> None:
    lines = told(tmp_path, job(tmp_path, "peft", rate=3.0, patience=2, eval_every=1))
    assert lines[-1]["stopped"] == "early"
    assert lines[-1]["steps"] < 12
    assert lines[-1]["best_step"] == min(losses(lines), key=lambda step: losses(lines)[step])


def test_max_steps_and_rows_that_are_cut(tmp_path: Path) -> None:
    lines = told(tmp_path, replace(job(tmp_path, "peft", max_steps=2, max_length=24, eval_every=0), held_out=None))
    assert lines[0]["cut"] == 16
    assert lines[0]["longest"] > 24
    assert (lines[-1]["stopped"], lines[-1]["steps"], lines[-1]["best_step"]) == ("max_steps", 2, 2)
    assert not of(lines, "valid")
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists(), "the last one, where none is held out"


def test_without_go_nothing_is_trained(tmp_path: Path) -> None:
    with start(tmp_path, job(tmp_path, "peft")) as child:
        assert child.read(60) is not None
        (last,) = child.stop(10)
    assert (last["kind"], last["stopped"], last["steps"]) == ("done", "asked", 0)
    assert not (tmp_path / "adapter").exists()


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        ("nowhere", ModelError, "hf download"),
        ("owner/no-such-model", ModelError, "hf download owner/no-such-model"),
        ("empty", ModelError, "config.json"),
        ("template", TrainerError, "Name the chat model"),
        ("4bit", TrainerError, "NVIDIA"),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(what: str, error: type[InscapeError], said: str, tmp_path: Path) -> None:
    made = job(tmp_path, "peft", load_in_4bit=what == "4bit")
    model = {"nowhere": "/no/such/folder", "4bit": training.MODEL, "owner/no-such-model": what}.get(what)
    if model is None:
        model = str(tmp_path / "model")
        (tmp_path / "model").mkdir()
    if what == "template":
        shutil.copytree(training.MODEL, model, dirs_exist_ok=True)
        os.unlink(Path(model) / "chat_template.jinja")
        config = json.loads((Path(model) / "tokenizer_config.json").read_text())
        config.pop("chat_template", None)
        (Path(model) / "tokenizer_config.json").write_text(json.dumps(config))
    with pytest.raises(error, match=said) as problem:
        told(tmp_path, replace(made, model=model))
    assert "trainer.log" in str(problem.value)
    assert "Traceback" not in str(problem.value)


def test_its_numbers_are_those_of_the_exported_script(tmp_path: Path) -> None:
    from inscape.trainers import loading

    made, _ = cases.exported("trl", "qwen3", tmp_path)
    script, hyper = cases.module(tmp_path / "train.py"), made.hyper
    numbers = replace(
        training.NUMBERS, rank=hyper.rank, alpha=hyper.alpha, dropout=hyper.dropout, rate=hyper.rate,
        epochs=hyper.epochs, batch=hyper.batch, accumulation=hyper.accumulation, warmup=hyper.warmup,
        max_length=hyper.max_length, seed=hyper.seed,
    )  # fmt: skip
    ours = loading.config(replace(job(tmp_path, "peft"), numbers=numbers), tmp_path, "bfloat16").to_dict()
    theirs = script["config"].to_dict()
    differ = {key for key in theirs if theirs[key] != ours[key]}
    assert differ <= {
        "output_dir", "logging_dir", "run_name", "model_init_kwargs", "disable_tqdm", "dataloader_pin_memory",
        "eval_strategy", "eval_steps", "save_strategy", "save_steps", "save_total_limit", "load_best_model_at_end",
        "metric_for_best_model", "greater_is_better", "do_eval", "logging_steps", "eval_delay",
    }  # fmt: skip

"""Training as a stage and as a verb, with a trainer that trains nothing: plan, run, stop, kill, resume."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inscape import project as projects
from inscape.cli.verbs.train import command
from inscape.errors import InputError, OutOfMemory, TrainerError, TrainerMissing, UsageError
from inscape.events import (
    CheckpointKept,
    Compared,
    Event,
    FileWritten,
    Finished,
    Memorized,
    Sampled,
    TrainEnded,
    TrainPlanned,
    TrainStep,
    Validated,
)
from inscape.stages import run_folder
from inscape.stages.run_folder import Run
from inscape.stages.train import Wanted, train
from inscape.store import open_store
from tests.generating import clean_environ
from tests.targets.templates import PLAIN

FAKE = Path(__file__).parent.parent / "fake_trainer.py"
PROBES = [
    {"id": f"{level.lower()}-{n}", "prompt": f"Question {n}?", "level": level}
    for level in ("LOW", "MEDIUM", "HIGH")
    for n in range(4)
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's project with a model's folder, probes, and the fake trainer as a Python."""
    from inscape.cli import run as inscape

    folder = tmp_path_factory.mktemp("train")
    assert inscape(["demo", str(folder / "demo")]) == 0
    model = folder / "model"
    model.mkdir()
    (model / "chat_template.jinja").write_text(PLAIN)
    (model / "tokenizer_config.json").write_text('{"eos_token": "<|im_end|>"}')
    (model / "config.json").write_text("{}")
    lines = "".join(json.dumps(probe) + "\n" for probe in PROBES)
    (folder / "demo/probes/mine.jsonl").write_text(lines)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n')
    python.chmod(0o755)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, and the current folder is in its project."""
    import shutil

    shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here/demo")
    monkeypatch.setenv("INSCAPE_EXPORT_EFFORT", "first-token")
    monkeypatch.setenv("INSCAPE_TRAIN_PYTHON", str(tmp_path / "here/python"))
    return tmp_path / "here"


def wanted(folder: Path, **changes: Any) -> Wanted:
    return Wanted(**{"model": str(folder / "model"), "python": str(folder / "python"), "probes": 6, **changes})


def events(folder: Path, asked: Wanted, answer: bool = True, **env: str) -> Iterator[Event]:
    project = projects.open_at(folder / "demo", {"INSCAPE_EXPORT_EFFORT": "first-token"})
    with projects.lock(project, "train"), open_store(project.database) as store:
        yield from train(store, project, asked, env, lambda: "2026-01-01T00:00:00Z", lambda _: answer)


def of(kind: type[Event], told: list[Event]) -> list[Any]:
    return [event for event in told if isinstance(event, kind)]


def run_of(folder: Path, name: str = "peft-1") -> Run:
    return Run(folder / "demo/runs" / name)


# ---------------------------------------------------------------- a run from beginning to end


def test_a_run_tells_its_plan_its_steps_and_what_became_of_it(folder: Path) -> None:
    told = list(events(folder, wanted(folder)))
    (plan,) = of(TrainPlanned, told)
    assert (plan.run, plan.backend, plan.steps, plan.from_step) == ("peft-1", "peft", 20, 0)
    steps = of(TrainStep, told)
    assert [one.step for one in steps] == list(range(1, 21))
    assert steps[0].left is None
    assert steps[9].left == pytest.approx(5.0), "half a second a step, ten steps left"
    assert [one.step for one in of(Validated, told)] == [0, 4, 8, 12, 16, 20]
    assert of(CheckpointKept, told)[0].path == "checkpoints/step-000004"
    (end,) = of(TrainEnded, told)
    assert (end.stopped, end.best_step, end.adapter) == ("early", 12, "runs/peft-1/adapter")
    assert end.loss_best < end.loss_before
    assert isinstance(told[-1], Finished)
    record = run_of(folder).record()
    assert (record.state, record.best_step, record.steps) == ("done", 12, 20)


def test_answers_are_judged_and_compared(folder: Path) -> None:
    told = list(events(folder, wanted(folder)))
    samples = of(Sampled, told)
    assert len(samples) == 12
    assert {(one.when, one.problem) for one in samples} == {("before", "does not end"), ("after", "")}
    assert {one.effort for one in samples if one.when == "after"} == {"low"}
    figures = {one.what: (one.before, one.after, one.of) for one in of(Compared, told)}
    assert figures["format validity"] == (0, 1, 6)
    assert figures["effort accuracy"] == (0, pytest.approx(1 / 3), 6)
    assert figures["under-thinking on HIGH"] == (1, 1, 2)
    assert figures["over-thinking on LOW"] == (0, 0, 2)
    assert figures["memorized, trained rows"][:2] == (0, 0.5)
    assert figures["memorized, held-out rows"][:2] == (0, 0)
    assert len(of(Memorized, told)) == 4
    report = run_of(folder).report.read_text()
    assert "| format validity | 0% (0% to 39%) | 100% (61% to 100%) | 6 | higher |" in report
    assert "Question 1?" in report


def test_the_folder_holds_what_it_started_from(folder: Path) -> None:
    told = list(events(folder, wanted(folder, python="../python", changes={"rank": 4, "epochs": 7, "patience": 0})))
    run = run_of(folder)
    assert run.record().python == f"{folder / 'demo'}/../python", "found from any folder later"
    job = json.loads(run.job.read_text())
    assert job["rows"] == "data/train.jsonl"
    export = folder / "demo/exports/trl"
    assert (run.path / job["rows"]).read_bytes() == (export / "train.jsonl").read_bytes()
    numbers, before = job["numbers"], json.loads((export / "numbers.json").read_text())
    assert (numbers["rank"], numbers["alpha"], numbers["epochs"], numbers["patience"]) == (4, 8, 7, 0)
    assert numbers["rate"] == before["rate"]
    assert [probe["id"] for probe in job["probes"]] == ["low-1", "low-3", "medium-1", "medium-3", "high-1", "high-3"]
    assert job["probes"][0]["text"].endswith("<|im_start|>user\nQuestion 1?<|im_end|>\n<|im_start|>assistant\n")
    rows = [json.loads(line) for line in (export / "train.jsonl").read_text().splitlines()]
    first = next(one for one in job["memorize"] if one["id"] == "train-1")
    assert rows[0]["completion"][0]["content"] in first["target"]
    lines = [json.loads(line) for line in run.metrics.read_text().splitlines()]
    assert [one["kind"] for one in lines].count("step") == len(of(TrainStep, told))
    assert len(run.samples.read_text().splitlines()) == 12
    assert run.curve.read_text().startswith("<svg")
    assert {one.path for one in of(FileWritten, told)} >= {"runs/peft-1/report.md", "runs/peft-1/loss.svg"}


def test_what_the_set_is_missing_is_said(folder: Path) -> None:
    told = list(events(folder, wanted(folder, plan_only=True), FAKE_CUT="3", FAKE_MEMORY="2000"))
    said = " ".join(of(TrainPlanned, told)[0].missing)
    wanting = ("too few for a model up to 7B", "3 rows are longer", "held out", "No example has a level", "may not fit")
    for words in wanting:
        assert words in said, said


def test_the_numbers_that_follow_are_counted_again(folder: Path) -> None:
    list(events(folder, wanted(folder, changes={"epochs": 20, "batch": 1, "accumulation": 1})))
    numbers = json.loads(run_of(folder).job.read_text())["numbers"]
    rows = len((run_of(folder).data / "train.jsonl").read_text().splitlines())
    assert numbers["warmup"] == round(rows * 20 * 0.05)
    assert numbers["eval_every"] == rows // 2


@pytest.mark.parametrize(("backend", "export"), [("mlx", "mlx"), ("unsloth", "unsloth"), ("axolotl", "axolotl")])
def test_every_backend_gets_the_rows_of_its_own_export(folder: Path, backend: str, export: str) -> None:
    told = list(events(folder, wanted(folder, backend=backend, changes={"dropout": 0.1}), FAKE_STEPS="4"))
    assert of(TrainPlanned, told)[0].backend == backend
    run = run_of(folder, f"{backend}-1")
    for name in ("train.jsonl", "valid.jsonl", "mode.json"):
        assert (run.data / name).read_bytes() == (folder / "demo/exports" / export / name).read_bytes()
    assert (run.data / "config.yaml").exists() == (backend in ("axolotl", "mlx"))
    job = json.loads(run.job.read_text())
    assert job["numbers"]["dropout"] == (0 if backend == "unsloth" else 0.1)
    recalled = [one for one in job["memorize"] if not one["held_out"]]
    assert len(recalled) == 16
    for one in recalled:
        assert one["prompt"].endswith("<|im_start|>assistant\n")
        assert one["target"].rstrip().endswith("<|im_end|>")


# ---------------------------------------------------------------- plan alone, names


@pytest.mark.parametrize(("plan_only", "answer"), [(True, True), (False, False)])
def test_a_run_that_was_not_begun_leaves_no_folder(folder: Path, plan_only: bool, answer: bool) -> None:
    told = list(events(folder, wanted(folder, plan_only=plan_only), answer))
    assert of(TrainPlanned, told)
    assert not of(TrainStep, told)
    assert not (folder / "demo/runs").exists()


def test_a_name_that_is_taken_is_refused_and_replace_waits_for_the_word(folder: Path) -> None:
    list(events(folder, wanted(folder, name="mine")))
    with pytest.raises(UsageError, match="There is a run 'mine' already"):
        list(events(folder, wanted(folder, name="mine")))
    list(events(folder, wanted(folder, name="mine", replace=True), answer=False))
    assert run_of(folder, "mine").record().state == "done", "nobody said yes"
    with pytest.raises(TrainerMissing):
        list(events(folder, wanted(folder, name="mine", replace=True), FAKE_PLAN="packages"))
    assert run_of(folder, "mine").record().state == "done", "it never began"
    assert run_of(folder, "mine").adapter.is_dir()
    list(events(folder, wanted(folder, name="mine", replace=True), FAKE_STEPS="5"))
    assert run_of(folder, "mine").record().steps == 5
    assert [one.name for one in (folder / "demo/runs").iterdir()] == ["mine"]
    (folder / "demo/runs/notes").mkdir()
    (folder / "demo/runs/notes/mine.txt").write_text("my own")
    with pytest.raises(UsageError, match="is no run"):
        list(events(folder, wanted(folder, name="notes", replace=True)))
    with pytest.raises(UsageError, match="cannot be a run's name"):
        list(events(folder, wanted(folder, name="../mine")))


def test_runs_are_counted_on(folder: Path) -> None:
    for _ in range(2):
        list(events(folder, wanted(folder), FAKE_STEPS="2"))
    assert sorted(one.name for one in (folder / "demo/runs").iterdir()) == ["peft-1", "peft-2"]


# ---------------------------------------------------------------- stopped, killed, failed; and on


def stopped_at(folder: Path, step: int, asked: Wanted) -> list[Event]:
    """The run, asked to stop at this step as Ctrl-C does."""
    stop, told = threading.Event(), []
    project = projects.open_at(folder / "demo", {"INSCAPE_EXPORT_EFFORT": "first-token"})
    with projects.lock(project, "train"), open_store(project.database) as store:
        env = {"FAKE_PAUSE": "0.1"}
        for event in train(store, project, asked, env, lambda: "2026-01-01T00:00:00Z", lambda _: True, stop=stop):
            told.append(event)
            if isinstance(event, TrainStep) and event.step == step:
                stop.set()
    return told


def losses(folder: Path, name: str = "peft-1") -> dict[int, float]:
    lines = run_folder.read_lines(run_of(folder, name).metrics)
    return {line["step"]: line["loss"] for line in lines if line["kind"] == "step"}


def test_a_stopped_run_keeps_its_adapter_and_goes_on(folder: Path) -> None:
    told = stopped_at(folder, 6, wanted(folder))
    (end,) = of(TrainEnded, told)
    assert end.stopped == "asked"
    assert end.adapter
    run = run_of(folder)
    assert run.record().state == "stopped"
    assert run.adapter.is_dir()
    assert run.report.exists()
    again = list(events(folder, wanted(folder, model="", resume="")))
    assert of(TrainPlanned, again)[0].from_step == end.steps
    assert of(TrainStep, again)[0].step == end.steps + 1
    assert run.record().state == "done"
    assert list(losses(folder)) == list(range(1, 21))
    assert of(Compared, again)[0].before == pytest.approx(3.0), "the loss before training is of the first part"
    assert {one.what for one in of(Compared, again)} >= {"format validity", "memorized, trained rows"}


def test_a_closed_stage_stops_the_trainer_and_can_go_on(folder: Path) -> None:
    stage = events(folder, wanted(folder), FAKE_PAUSE="0.05")
    for event in stage:
        if isinstance(event, TrainStep) and event.step == 5:
            break
    stage.close()  # type: ignore[attr-defined]
    record = run_of(folder).record()
    assert record.state == "stopped"
    assert record.steps >= 5
    list(events(folder, wanted(folder, resume="peft-1")))
    assert run_of(folder).record().state == "done"


def test_kill_9_and_on_gives_what_a_whole_run_gives(folder: Path) -> None:
    list(events(folder, wanted(folder, name="whole")))
    words = [sys.executable, "-c", "import sys; from inscape.cli.verbs.train import command; command(sys.argv[1:])"]
    process = subprocess.Popen(
        [*words, "--model", str(folder / "model"), "--name", "cut", "--yes", "--json"],
        cwd=folder / "demo", stdout=subprocess.PIPE, text=True,
        env=clean_environ(
            FAKE_PAUSE="0.1", INSCAPE_TRAIN_PYTHON=str(folder / "python"), INSCAPE_EXPORT_EFFORT="first-token"
        ),
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("step") == 7:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    run = run_of(folder, "cut")
    assert run.record().state == "running"
    with run.metrics.open("ab") as file:
        file.write(b'{"kind": "step", "st')  # as a line looks whose process died in the middle of it
    again = list(events(folder, wanted(folder, resume="")))
    assert of(TrainPlanned, again)[0].from_step >= 4
    assert losses(folder, "cut") == losses(folder, "whole")
    whole, cut = run_of(folder, "whole").record(), run.record()
    assert (cut.loss_before, cut.loss_best, cut.best_step) == (whole.loss_before, whole.loss_best, whole.best_step)
    assert cut.state == "done"


def test_resume_goes_on_from_the_same_or_not_at_all(folder: Path) -> None:
    with pytest.raises(UsageError, match="nothing to resume"):
        list(events(folder, wanted(folder, resume="")))
    stopped_at(folder, 3, wanted(folder))
    rows = run_of(folder).data / "train.jsonl"
    before = rows.read_bytes()
    rows.write_bytes(before + b"\n{}")
    with pytest.raises(InputError, match=r"data/train.jsonl in its folder changed"):
        list(events(folder, wanted(folder, resume="")))
    rows.write_bytes(before)
    list(events(folder, wanted(folder, resume=""), answer=False))
    assert run_of(folder).record().state == "stopped", "nobody said yes"
    list(events(folder, wanted(folder, resume="")))
    with pytest.raises(UsageError, match="came to its end"):
        list(events(folder, wanted(folder, resume="peft-1")))


def test_a_failure_is_a_sentence_that_says_how_to_go_on(folder: Path) -> None:
    with pytest.raises(OutOfMemory, match=r"--batch 1.*--resume peft-1"):
        list(events(folder, wanted(folder), FAKE_FAIL="oom at 6"))
    record = run_of(folder).record()
    assert record.state == "failed"
    assert "not enough" in record.error
    with pytest.raises(TrainerError, match="SIGKILL"):
        list(events(folder, wanted(folder, resume=""), FAKE_DIE="9"))
    list(events(folder, wanted(folder, resume="")))
    assert run_of(folder).record().state == "done"


def test_a_failure_before_the_first_checkpoint_says_how_to_go_on_too(folder: Path) -> None:
    with pytest.raises(OutOfMemory, match=r"from the beginning .*--resume peft-1"):
        list(events(folder, wanted(folder), FAKE_FAIL="oom at 1"))


def test_a_model_without_template_or_with_weights_cut_off_is_said(folder: Path) -> None:
    model = folder / "model"
    (model / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(InputError, match=r"model\.safetensors is cut off.*Get the model again"):
        list(events(folder, wanted(folder)))
    template = folder / "other.jinja"
    (model / "chat_template.jinja").rename(template)
    with pytest.raises(InputError, match=r"put its template there as chat_template\.jinja"):
        list(events(folder, wanted(folder)))
    with pytest.raises(UsageError, match=r"copy .*other\.jinja into the model's folder"):
        list(events(folder, wanted(folder, template=template)))


def test_a_model_that_was_moved_away_is_said(folder: Path) -> None:
    stopped_at(folder, 3, wanted(folder))
    (folder / "model").rename(folder / "elsewhere")
    with pytest.raises(InputError, match=r"peft-1 cannot go on: the model .* Put it back"):
        list(events(folder, wanted(folder, resume="")))


def test_a_failure_at_the_plan_leaves_the_log_alone(folder: Path) -> None:
    with pytest.raises(TrainerMissing, match="Take another") as caught:
        list(events(folder, wanted(folder), FAKE_PLAN="packages"))
    (log,) = (folder / "demo/runs").iterdir()
    assert str(log) in str(caught.value)
    assert "the reason" in log.read_text()


def test_a_trainer_that_outlives_its_parent_is_waited_for(folder: Path) -> None:
    stopped_at(folder, 3, wanted(folder))
    run = run_of(folder)
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(run.job.resolve())])
    try:
        record = run.write(replace(run.record(), pid=sleeper.pid))
        with pytest.raises(TrainerError, match="still runs"):
            run_folder.wait_for(run, record, 0.3)
    finally:
        sleeper.kill()
        sleeper.wait()
    run_folder.wait_for(run, record, 0.3)
    stranger = replace(record, pid=os.getpid())
    run_folder.wait_for(run, stranger, 0.3)


# ---------------------------------------------------------------- the model and the Python


def test_what_cannot_be_trained_is_said_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(UsageError, match="Say which model"):
        list(events(folder, wanted(folder, model="")))
    with pytest.raises(UsageError, match="not on this machine"):
        list(events(folder, wanted(folder, model="org/none")))
    other = folder / "other.jinja"
    other.write_text(PLAIN + "{# another #}")
    with pytest.raises(UsageError, match="another chat template"):
        list(events(folder, wanted(folder, template=other)))
    with pytest.raises(TrainerMissing):
        list(events(folder, wanted(folder, python=str(folder / "nowhere"))))
    assert not (folder / "demo/exports/trl").exists()
    assert not (folder / "demo/runs").exists()


# ---------------------------------------------------------------- the verb


def called(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    import click

    capfd.readouterr()
    try:
        code = command.main(
            args=list(words),
            prog_name="inscape train",
            standalone_mode=False,
            help_option_names=["-h", "--help"],  # click keeps the first that it makes, for the pages of docs/ too
        )
    except click.exceptions.Exit as end:
        code = end.exit_code
    out, err = capfd.readouterr()
    return code or 0, out, err


def test_the_verb_shows_plan_curve_figures_and_what_is_next(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = called(capfd, "--model", str(folder / "model"), "--yes")
    assert code == 0
    for words in ("will train", "peft-1", "missing", "validation loss", "format validity", "inscape merge peft-1"):
        assert words in out, out
    assert "step 20/20" in err
    assert 5 <= err.count("step ") <= 30, "a line every tenth, not every step"


def test_the_verb_as_json_is_events_alone(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called(capfd, "--model", str(folder / "model"), "--yes", "--json")
    kinds = [json.loads(line)["event"] for line in out.splitlines()]
    assert code == 0
    assert kinds.count("train_step") == 20
    assert kinds[-1] == "finished"


def test_the_verb_asks_and_nobody_is_there(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="--yes"):
        called(capfd, "--model", str(folder / "model"))
    code, out, _ = called(capfd, "--model", str(folder / "model"), "--plan")
    assert code == 0
    assert "20" in out
    assert not (folder / "demo/runs").exists()
    with pytest.raises(UsageError, match="--resume goes on"):
        called(capfd, "--resume", "peft-1", "--epochs", "3", "--yes")


def test_control_c_stops_keeps_and_says_how_to_go_on(folder: Path) -> None:
    words = [sys.executable, "-c", "import sys; from inscape.cli.verbs.train import command; command(sys.argv[1:])"]
    process = subprocess.Popen(
        [*words, "--model", str(folder / "model"), "--yes"],
        cwd=folder / "demo", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=clean_environ(
            FAKE_PAUSE="0.2", INSCAPE_TRAIN_PYTHON=str(folder / "python"), INSCAPE_EXPORT_EFFORT="first-token"
        ),
    )  # fmt: skip
    end = time.monotonic() + 30
    while "adapter" not in {one.name for one in run_of(folder).path.glob("*")} and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "inscape train --resume peft-1" in out
    assert "Stopping" in err
    assert run_of(folder).record().state == "stopped"


def test_control_c_twice_ends_at_once_and_says_how_to_go_on(folder: Path) -> None:
    words = [sys.executable, "-c", "import sys; from inscape.cli.verbs.train import command; command(sys.argv[1:])"]
    process = subprocess.Popen(
        [*words, "--model", str(folder / "model"), "--yes"],
        cwd=folder / "demo", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=clean_environ(
            FAKE_PAUSE="1.5", INSCAPE_TRAIN_PYTHON=str(folder / "python"), INSCAPE_EXPORT_EFFORT="first-token"
        ),
    )  # fmt: skip
    end = time.monotonic() + 30
    while not run_of(folder).metrics.is_file() and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "inscape train --resume" in err
    assert "Traceback" not in err
    assert run_of(folder).record().state == "stopped"


def test_on_a_terminal_one_line_is_written_over(folder: Path) -> None:
    import pexpect

    words = ["-c", "import sys; from inscape.cli.verbs.train import command; command(sys.argv[1:])"]
    env = clean_environ(
        FAKE_PAUSE="0.05",
        INSCAPE_TRAIN_PYTHON=str(folder / "python"),
        INSCAPE_EXPORT_EFFORT="first-token",
        TERM="xterm",
    )
    child = pexpect.spawn(
        sys.executable, [*words, "--model", str(folder / "model")],
        cwd=str(folder / "demo"), env=env, dimensions=(30, 110), encoding="utf-8", timeout=30,
    )  # fmt: skip
    child.expect_exact("Train?")
    assert "What is missing" in child.before
    assert run_of(folder).record().state == "planned"
    child.sendline("")
    child.expect(r"\x1b\[2K.*step \d+/20  loss \d")
    child.expect_exact("inscape merge peft-1")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert child.before.count("validation loss") == 0, "the table comes once, before what is next"


def test_no_is_an_answer_and_leaves_nothing(folder: Path) -> None:
    import pexpect

    words = ["-c", "import sys; from inscape.cli.verbs.train import command; command(sys.argv[1:])"]
    env = clean_environ(INSCAPE_TRAIN_PYTHON=str(folder / "python"), TERM="xterm")
    for answer in ("n\n", "\x03"):
        child = pexpect.spawn(
            sys.executable, [*words, "--model", str(folder / "model")],
            cwd=str(folder / "demo"), env=env, dimensions=(30, 110), encoding="utf-8", timeout=30,
        )  # fmt: skip
        child.expect_exact("Train?")
        child.send(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == (0 if answer == "n\n" else 1), "click's own code for Ctrl-C at a question"
        assert not (folder / "demo/runs").exists()

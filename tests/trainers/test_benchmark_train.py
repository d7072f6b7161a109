"""The benchmark of trainings: both sides train the same, and it says no more than it has seen."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from inscape.stages import samples

PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "train.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_train", PATH)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def test_two_steps_of_both_sides_are_the_same_training(bench: ModuleType, tmp_path: Path) -> None:
    scratch, model = tmp_path / "project", str(samples.tiny())
    plan = bench.project(scratch, 2, model)
    assert (plan.rows, plan.epochs, plan.steps) == (16, 1, 2)
    folder = scratch / "exports" / "trl"
    assert len((folder / "train.jsonl").read_text("utf-8").splitlines()) == 16
    asked = bench.ask(Path(sys.executable), model, scratch / "exports" / "mlx")
    script = bench.bare_script((folder / "train.py").read_text("utf-8"), plan, gpu=bool(asked.gpu))
    (folder / "bare.py").write_text(script, encoding="utf-8")
    left = bench.bare([sys.executable, "bare.py"], folder, bench.sparing())
    right = bench.ours("peft", scratch, asked, plan)
    assert left.tokens == right.tokens == asked.tokens(plan)
    assert right.loss == pytest.approx(left.loss, rel=2e-3)
    for one in (left, right):
        assert 0 < one.seconds < one.wall
        assert one.peak > 100
    config = json.loads((scratch / "runs" / "measured" / "run.json").read_text("utf-8"))["numbers"]
    assert (config["warmup"], config["batch"], config["accumulation"]) == (plan.warmup, 2, 4)


def test_steps_become_rows_taken_equally_often(bench: ModuleType) -> None:
    for steps in (1, 12, 43, 44, 100):
        plan = bench.planned(steps, 350)
        assert plan.rows <= 350
        assert steps <= plan.steps < steps + plan.epochs


def test_an_export_that_changed_is_not_measured_as_something_else(bench: ModuleType) -> None:
    with pytest.raises(SystemExit, match="num_train_epochs"):
        bench.bare_script("config = SFTConfig()\n", bench.Plan(8, 1), gpu=False)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ([(10, 10.2)], "+2.0% (+2.0% to +2.0%), and one pair does not say how much of it is noise."),
        (
            [(10, 9.8), (10, 10.5), (10, 10.1)],
            "+1.0% (-2.0% to +5.0%), so whether it is under 3% cannot be told from noise.",
        ),
        ([(10, 10.1), (10, 10.2), (10, 10.25)], "+2.0% (+1.0% to +2.5%), under 3% in every pair."),
        ([(10, 9.1), (10, 9.3)], "-8.0% (-9.0% to -7.0%), under 3% in every pair."),
        ([(10, 11), (10, 11.6)], "+13.0% (+10.0% to +16.0%), above 3% in every pair."),
        ([(10, 8), (10, 9.8)], "-11.0% (-20.0% to -2.0%), so whether it is under 3% cannot be told from noise."),
    ],
)
def test_the_verdict_is_no_surer_than_the_runs(
    bench: ModuleType, seconds: list[tuple[float, float]], said: str
) -> None:
    pairs = [tuple(bench.Took(one, 20.0, 500.0, 50.0) for one in pair) for pair in seconds]
    assert bench.verdict(pairs) == f"Overhead, pair by pair: {said}"


def test_without_a_gpu_it_says_so_and_marks_the_figures(bench: ModuleType) -> None:
    plan = bench.Plan(8, 1)
    asked = bench.Asked(Path("python"), "tiny", (10,) * 8, "", False)
    assert "no NVIDIA GPU here" in bench.heading(asked, plan, 3)
    run = bench.Took(2.0, 5.0, 700.0, 60.0)
    made = bench.table([bench.line("TRL script, bare", 80, [run], [run])], gpu=False)
    assert made.splitlines()[-1] == "| TRL script, bare | 1.00 | 700 | *40* | *2.0* | *5.0* |"

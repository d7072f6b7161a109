"""A run's folder and its lines, and the curves that are drawn of them."""

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from inscape import project as projects
from inscape.errors import InputError, UsageError
from inscape.project import Project
from inscape.records import Level, Probe
from inscape.stages import run_folder
from inscape.stages.curves import WIDTH, Curve, smooth, svg, terminal, thinned, ticks
from inscape.stages.run_folder import Lines, Record, Run, State, read_lines
from inscape.stages.train_job import chosen
from inscape.stages.train_report import summed


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return projects.create(tmp_path / "p", "p", {}, {})


def made(project: Project, name: str, state: State, started: str = "2026-01-01") -> Run:
    run = Run(project.root / "runs" / name)
    run.data.mkdir(parents=True)
    run.write(Record("peft", "m", state, started))
    return run


def test_a_record_comes_back_as_it_was(project: Project) -> None:
    run = made(project, "one", "running")
    record = replace(run.record(), numbers={"rank": 4}, best_step=3, loss_best=0.5, probes={"p": {"level": "LOW"}})
    run.write(record)
    assert run.record() == record
    (run.path / "run.json").write_text('{"format": 2}')
    with pytest.raises(InputError, match=r"run.json is no record"):
        run.record()
    assert run_folder.runs(project) == []


def test_the_last_that_was_cut_off_is_the_one_to_resume(project: Project) -> None:
    for name, state, started in (
        ("a", "stopped", "2026-01-01"),
        ("b", "running", "2026-01-02"),
        ("c", "done", "2026-01-03"),
    ):
        made(project, name, state, started)  # type: ignore[arg-type]
    assert run_folder.unfinished(project, "")[0].name == "b"
    assert run_folder.unfinished(project, "a")[0].name == "a"
    with pytest.raises(UsageError, match=r"no run 'd' in runs/ \(there: c, b, a\)"):
        run_folder.unfinished(project, "d")


def test_a_run_is_found_by_its_folder_as_a_shell_completes_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(project, "a", "done")
    monkeypatch.chdir(project.root)
    assert run_folder.find(project, "runs/a/").name == "a"
    assert run_folder.find(project, str(project.root / "runs/a")).name == "a"
    with pytest.raises(UsageError, match="cannot be a run's name"):
        run_folder.find(project, "rows/a")


def test_what_was_put_aside_comes_back_after_a_kill(project: Project) -> None:
    old = made(project, "one", "done")
    (old.path / "mine.txt").write_text("mine")
    run_folder.put_aside(old)
    old.write(Record("peft", "m", "planned", "2026-01-02"))
    with pytest.raises(UsageError, match="There is a run 'one' already"):
        run_folder.free(project, "one", replaced=False)
    assert (old.path / "mine.txt").read_text() == "mine"
    assert [one.name for one in (project.root / "runs").iterdir()] == ["one"]


def test_a_run_that_failed_before_it_kept_anything_does_not_count(project: Project) -> None:
    run = made(project, "peft-1", "failed")
    assert run_folder.new_name(project, "peft") == "peft-1"
    (run.path / "checkpoints/step-000004").mkdir(parents=True)
    assert run_folder.new_name(project, "peft") == "peft-1", "cut off before it was complete"
    (run.path / "checkpoints/step-000004/complete").write_text("")
    assert run_folder.new_name(project, "peft") == "peft-2"


def test_a_line_that_was_cut_off_counts_as_not_written(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes('{"a": 1}\n{"a": "ü'.encode()[:-1])
    assert list(read_lines(path)) == [{"a": 1}]
    Lines(path).write({"a": 2})
    assert list(read_lines(path)) == [{"a": 1}, {"a": 2}]
    assert list(read_lines(tmp_path / "none.jsonl")) == []


def test_the_summary_takes_what_came_last() -> None:
    lines = [
        {"kind": "valid", "step": 0, "loss": 3.0, "best": True},
        {"kind": "step", "step": 4, "loss": 2.0, "seconds": 4.0, "memory_mb": 90.0},
        {"kind": "valid", "step": 4, "loss": 2.0, "best": True},
        {"kind": "step", "step": 3, "loss": 2.0, "seconds": 3.0, "memory_mb": 80.0},
        {"kind": "valid", "step": 4, "loss": 2.5, "best": False},
    ]
    record = summed(Record("peft", "m", "running", ""), lines)
    assert (record.loss_before, record.loss_best, record.best_step, record.steps) == (3.0, 2.0, 4, 3)
    assert record.memory_mb == 90.0


# ---------------------------------------------------------------- probes


@pytest.mark.parametrize(
    ("number", "counts"), [(8, (3, 3, 2)), (3, (1, 1, 1)), (1, (1, 0, 0)), (0, (0, 0, 0)), (None, (20, 4, 2))]
)
def test_probes_are_chosen_evenly_over_the_levels(number: int | None, counts: Sequence[int]) -> None:
    sizes: dict[Level, int] = {"LOW": 20, "MEDIUM": 4, "HIGH": 2}
    levels = [level for level, size in sizes.items() for _ in range(size)]
    probes = [Probe(str(n), "?", level=level) for n, level in enumerate(levels)]
    some = chosen(probes, number)
    assert [sum(one.level == level for one in some) for level in ("LOW", "MEDIUM", "HIGH")] == list(counts)
    assert some == chosen(probes, number)
    assert [int(one.id) for one in some] == sorted(int(one.id) for one in some)


# ---------------------------------------------------------------- curves

TRAIN = [(n, 3 * 0.95**n + (0.2 if n % 2 else -0.2)) for n in range(1, 101)]
VALID = [(n, 2.0 + (n - 60) ** 2 / 2000) for n in range(0, 101, 20)]
CURVE = Curve("mine <on> tiny & co", TRAIN, VALID, (60, 2.0))


def test_the_svg_is_xml_that_says_everything_in_text() -> None:
    root = ET.fromstring(svg(CURVE))
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for words in ("mine <on> tiny & co", "best: step 60, 2.000", "training, smoothed", "rows held out", "0", "100"):
        assert words in texts
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == len(VALID) + 1
    assert all(0 <= float(one.attrib["cx"]) <= WIDTH for one in circles)
    assert svg(CURVE) == svg(CURVE)


@pytest.mark.parametrize(
    "points", [[], [(1, 2.0)], [(1, 2.0), (2, 2.0)], [(1, math.nan)], [(n, 1 / (n + 1)) for n in range(20_000)]]
)
def test_few_points_many_points_and_no_number(points: list[tuple[float, float]]) -> None:
    drawn = svg(Curve("x", points, []))
    ET.fromstring(drawn)
    assert "nan" not in drawn
    assert len(drawn) < 40_000
    terminal(Curve("x", points, []))


def test_ticks_are_round_and_inside() -> None:
    assert ticks(0.43, 3.1, 5) == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert ticks(0, 3, 8, whole=True) == [0, 1, 2, 3]
    assert ticks(2, 2, 5) == [2]
    assert all(0.001 <= one <= 0.0042 for one in ticks(0.001, 0.0042, 5))


def test_a_smooth_line_stays_near_and_a_thin_one_keeps_the_ends() -> None:
    even = smooth(TRAIN)
    jumps = [abs(b - a) for (_, a), (_, b) in pairwise(even)]
    assert max(jumps) < 0.3 < abs(TRAIN[1][1] - TRAIN[0][1]) + 0.3
    assert [x for x, _ in even] == [x for x, _ in TRAIN]
    many = thinned([(n, float(n)) for n in range(10_000)])
    assert len(many) <= 600
    assert many[0][1] < 20
    assert many[-1][1] > 9_980


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_terminal_s_curve_keeps_its_width(width: int) -> None:
    lines = terminal(CURVE, width, 12).splitlines()
    assert len(lines) == 15
    assert max(len(line) for line in lines[:14]) <= width
    text = "\n".join(lines)
    assert text.count("●") == 2, "the best point, and its key"
    assert text.count("○") == len(VALID), "those that are not the best, and the key"
    rows = [at for at, line in enumerate(lines[:12]) if any(0x2800 < ord(sign) <= 0x28FF for sign in line)]
    assert rows[0] < 4, "the line begins high"
    assert rows[-1] > 8, "and ends low"

"""Jobs, checkpoints on disk, estimates: what a child is made of that needs no library."""

import json
from pathlib import Path

import pytest

from inscape.trainers import jobs, keeping, planning, sampling
from inscape.trainers.jobs import Numbers, Probe, Recall, TrainJob
from inscape.trainers.planning import Shape

NUMBERS = Numbers(
    rank=16, alpha=32, dropout=0.05, rate=2e-4, epochs=3, batch=2, accumulation=4, warmup=5, max_length=2048,
    eval_every=19, patience=2, seed=42,
)  # fmt: skip
JOB = TrainJob("peft", "m", "r.jsonl", None, NUMBERS, (Probe("p", "é"),), 300, (Recall("r", "a", "b", True),))


def test_a_job_is_itself_again(tmp_path: Path) -> None:
    jobs.save(JOB, tmp_path / "job.json")
    assert jobs.load(TrainJob, tmp_path / "job.json") == JOB
    data = json.loads((tmp_path / "job.json").read_text())
    assert data["format"] == jobs.FORMAT
    (tmp_path / "job.json").write_text(json.dumps({**data, "format": 99}))
    with pytest.raises(ValueError, match="format 99"):
        jobs.load(TrainJob, tmp_path / "job.json")


def checkpoint(folder: Path, step: int, *, whole: bool = True) -> Path:
    made = folder / keeping.name(step)
    made.mkdir(parents=True)
    (made / "adapter").write_text(str(step))
    if whole:
        keeping.mark(made, {"step": step})
    return made


def test_a_checkpoint_whose_weights_were_cut_off_since_does_not_count(tmp_path: Path) -> None:
    checkpoint(tmp_path / "c", 5)
    (checkpoint(tmp_path / "c", 10) / "adapter_model.safetensors").write_bytes(b"cut")
    found, progress = keeping.begin(tmp_path / "c", tmp_path / "adapter", resume=True)
    assert found == tmp_path / "c" / keeping.name(5)
    assert progress.step == 5


def test_only_marked_checkpoints_count_and_the_last_two_and_the_best_stay(tmp_path: Path) -> None:
    for step in (5, 10, 15, 20):
        checkpoint(tmp_path / "c", step)
    checkpoint(tmp_path / "c", 25, whole=False)
    assert [one.name for one in keeping.complete(tmp_path / "c")] == [keeping.name(n) for n in (5, 10, 15, 20)]
    keeping.clean(tmp_path / "c", 5)
    assert sorted(one.name for one in (tmp_path / "c").iterdir()) == [keeping.name(n) for n in (5, 15, 20)]
    last, progress = keeping.begin(tmp_path / "c", tmp_path / "adapter", resume=True)
    assert last == tmp_path / "c" / keeping.name(20)
    assert progress.step == 20
    assert keeping.begin(tmp_path / "c", tmp_path / "adapter", resume=False)[0] is None
    assert not list((tmp_path / "c").iterdir())


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    keeping.replace(adapter, lambda folder: void((folder / "weights").write_text("one")))

    def fails(folder: Path) -> None:
        (folder / "weights").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        keeping.replace(adapter, fails)
    assert (adapter / "weights").read_text() == "one"
    keeping.replace(adapter, lambda folder: void((folder / "weights").write_text("two")))
    assert (adapter / "weights").read_text() == "two"
    adapter.rename(tmp_path / ".adapter.old")  # as cut off between the two renames
    keeping.recover(adapter)
    assert (adapter / "weights").read_text() == "two"


def void(_: object) -> None:
    """A lambda that gives nothing."""


def test_steps_are_those_of_the_trainer() -> None:
    assert planning.steps(300, NUMBERS) == 114
    assert planning.steps(1, NUMBERS) == 3


def test_memory_grows_with_what_it_is_made_of() -> None:
    small = Shape(
        weights=2 * 3 * 10**9, trained=24 * 10**6, layers=28, hidden=3072, inner=8192, vocabulary=128256, width=2
    )
    base = planning.memory(small, 2, 1024)
    assert 7_000 < base < 14_000, "a model of 3B in half precision, in MB"
    assert planning.memory(small, 2, 2048) > base
    assert planning.memory(small, 4, 1024) > base


def test_the_rows_of_a_middling_batch() -> None:
    assert planning.typical([9, 1, 5, 3, 7], 1) == [2]
    assert len(planning.typical([4, 2], 8)) == 2


def test_tokens_that_go_on_the_same() -> None:
    assert [sampling.same([1, 2, 3], other) for other in ([1, 2, 3], [1, 9, 3], [], [1, 2])] == [3, 1, 0, 2]

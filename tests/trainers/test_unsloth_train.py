"""A training with unsloth, a real one: the same lines as with peft, and the same exact resuming."""

from dataclasses import replace
from pathlib import Path

import pytest

from inscape.errors import TrainerError
from tests.trainers import training
from tests.trainers.training import job, losses, of, told


def test_it_trains_and_resumes_exactly(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    lines = told(whole, job(whole, "unsloth"))
    assert sorted(losses(lines)) == [0, 3, 6, 9, 12]
    assert losses(lines)[12] < losses(lines)[0] / 2
    assert (whole / "adapter" / "adapter_model.safetensors").exists()
    training.answered(lines)
    assert of(lines, "step")[-1]["tokens"] == 3 * lines[0]["tokens"]
    with pytest.raises(TrainerError, match="SIGKILL"):
        told(broken, job(broken, "unsloth"), training.killed_at(8))
    rest = told(broken, replace(job(broken, "unsloth"), resume=True))
    assert rest[0]["from_step"] == 6
    assert losses(rest) == pytest.approx({9: losses(lines)[9], 12: losses(lines)[12]}, abs=1e-4)

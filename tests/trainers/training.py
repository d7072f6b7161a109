"""What the tests of real trainings share: a small set on the sample's tiny model, a run of it, and what it told."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from inscape.trainers import jobs
from inscape.trainers.child import Child
from inscape.trainers.jobs import Numbers, Probe, Recall, TrainJob

MODEL = str(resources.files("inscape.sample") / "tiny")
ASKED = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
NUMBERS = Numbers(
    rank=4, alpha=8, dropout=0.1, rate=0.01, epochs=3, batch=2, accumulation=2, warmup=1, max_length=512, eval_every=3,
    patience=0, seed=42,
)  # fmt: skip
PAIRS = [(f"What is in drawer {n}?", f"String {n}, mostly, and a letter that he did not open.") for n in range(18)]
Line = dict[str, Any]


def job(folder: Path, backend: Any, **changes: Any) -> TrainJob:
    """A job on 16 rows and 2 held out, their files in the folder. `changes` are of the numbers."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, pairs in (("train", PAIRS[:16]), ("valid", PAIRS[16:])):
        rows = (_row(backend, *pair) for pair in pairs)
        (folder / "data" / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return TrainJob(
        backend=backend,
        model=MODEL,
        rows="data/train.jsonl",
        held_out="data/valid.jsonl",
        numbers=replace(NUMBERS, **changes),
        probes=(Probe("short", ASKED.format("Who?")), Probe("long", ASKED.format("Who is there, and since when?"))),
        max_new_tokens=24,
        memorize=(
            Recall("seen", ASKED.format(PAIRS[3][0]), PAIRS[3][1] + "<|im_end|>", held_out=False),
            Recall("kept", ASKED.format(PAIRS[17][0]), PAIRS[17][1] + "<|im_end|>", held_out=True),
        ),
    )


def _row(backend: str, asked: str, said: str) -> Line:
    user, assistant = {"role": "user", "content": asked}, {"role": "assistant", "content": said}
    if backend == "mlx":
        return {"messages": [user, assistant]}
    return {"prompt": [user], "completion": [assistant]}


def start(folder: Path, made: TrainJob) -> Child:
    jobs.save(made, folder / "job.json")
    module = {"unsloth": "peft"}.get(made.backend, made.backend)
    return Child(Path(sys.executable), module, folder / "job.json", folder, folder / "trainer.log")


def told(folder: Path, made: TrainJob, during: Callable[[Child, Line], None] | None = None) -> list[Line]:
    """All lines of a training; `during` sees each as it comes."""
    lines = []
    with start(folder, made) as child:
        for line in child:
            lines.append(line)
            if line["kind"] == "plan":
                child.tell({"do": "go"})
            if during:
                during(child, line)
    return lines


def of(lines: list[Line], kind: str) -> list[Line]:
    return [line for line in lines if line["kind"] == kind]


def losses(lines: list[Line]) -> dict[int, float]:
    """The loss on held-out rows at each step."""
    return {line["step"]: line["loss"] for line in of(lines, "valid")}


def answered(lines: list[Line]) -> None:
    """Answers before and after: what was learned shows, the end mark is there where one ended, and no padding is."""
    samples = of(lines, "sample")
    before, after = ([one["text"] for one in samples if one["when"] == when] for when in ("before", "after"))
    assert len(before) == len(after) == 2
    assert not any("String" in text for text in before)
    assert any("String" in text for text in after)
    for one in samples:
        assert one["text"].count("<|im_end|>") == (one["tokens"] < 24 or one["text"].endswith("<|im_end|>"))
        assert one["tokens"] == 24 or one["text"].endswith("<|im_end|>")


def killed_at(step: int) -> Callable[[Child, Line], None]:
    """Kill -9 as soon as a step is told."""

    def during(child: Child, line: Line) -> None:
        if line["kind"] in ("step", "valid") and line["step"] >= step:
            os.kill(child.pid, signal.SIGKILL)

    return during


def steps_after(lines: list[Line], step: int) -> Iterator[tuple[int, float]]:
    yield from ((line["step"], line["loss"]) for line in of(lines, "step") if line["step"] > step)

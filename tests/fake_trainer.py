"""A trainer that trains nothing and speaks the protocol of inscape.trainers, for tests without torch.

It is started in a Python's place (`[this, "-u", start.py, module, job.json]`, or `[this, "-c", …]` when it is asked
what it has). Losses follow from the step alone, so that a run that was cut off and went on can be compared with a whole
one. FAKE_STEPS, FAKE_PAUSE (seconds a step), FAKE_FAIL ("oom at 3"), FAKE_DIE (kill -9 at that step), FAKE_PLAN (an
error at the plan), FAKE_CUT and FAKE_MEMORY (what the plan says) change what it does.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

ENV = os.environ
EVERY = 4
"""Steps between two looks."""
Best = tuple[int, float]


def say(kind: str, **values: Any) -> None:
    try:
        print(json.dumps({"kind": kind, **values}), flush=True)
    except OSError:
        os._exit(0)


class Orders:
    """What the parent says; the end of stdin is a stop."""

    def __init__(self) -> None:
        self.went, self.stopped = threading.Event(), threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        for line in sys.stdin:
            if json.loads(line)["do"] == "stop":
                break
            self.went.set()
        self.stopped.set()
        self.went.set()


class Fake:
    def __init__(self, job: dict[str, Any]) -> None:
        self.job, self.orders = job, Orders()
        self.steps = int(ENV.get("FAKE_STEPS", "20"))
        done = sorted(one.parent.name for one in Path("checkpoints").glob("*/complete")) if job["resume"] else []
        self.step = int(done[-1][5:]) if done else 0
        self.best: Best | None = tuple(json.loads(Path("best.json").read_text())) if done else None

    def run(self) -> None:
        if error := ENV.get("FAKE_PLAN"):
            print("Traceback: the reason", file=sys.stderr)
            say("failed", error=error, message="It cannot be. Take another.")
            return
        self.plan()
        self.orders.went.wait()
        if self.orders.stopped.is_set():
            say("done", steps=self.step, stopped="asked", best_step=None, best_loss=None, seconds=0.0, memory_mb=0.0)
            return
        if not self.step:
            self.answers("before")
            self.look()
        stopped = self.train()
        if stopped == "failed":
            return
        if stopped != "asked":
            self.answers("after")
        best = self.best or (self.step, None)
        say(
            "done", steps=self.step, stopped=stopped, best_step=best[0], best_loss=best[1], adapter="adapter",
            seconds=self.step * 0.5, memory_mb=300.0,
        )  # fmt: skip

    def plan(self) -> None:
        say(
            "plan", device="cpu", device_memory_mb=1000.0, parameters=3_000_000, trained=50_000, dtype="float32",
            rows=lines(self.job["rows"]), held_out=lines(self.job["held_out"]), tokens=900, learned=400, longest=120,
            cut=int(ENV.get("FAKE_CUT", "0")), steps=self.steps, memory_mb=float(ENV.get("FAKE_MEMORY", "300")),
            seconds=2.0, from_step=self.step,
        )  # fmt: skip

    def train(self) -> str:
        """Why it ended."""
        patience = self.job["numbers"]["patience"] * EVERY
        while self.step < self.steps:
            self.once()
            if ENV.get("FAKE_FAIL", "").endswith(f" at {self.step}"):
                say("failed", error=ENV["FAKE_FAIL"].split()[0], message="The memory is not enough. Take --batch 1.")
                return "failed"
            if ENV.get("FAKE_DIE") == str(self.step):
                os.kill(os.getpid(), signal.SIGKILL)
            asked = self.orders.stopped.is_set()
            if self.step % EVERY == 0:
                self.look()
            if self.step % EVERY == 0 or self.step == self.steps or asked:
                self.checkpoint()
            if asked:
                return "asked"
            if patience and self.best and self.step - self.best[0] >= patience:
                return "early"
        return "end"

    def once(self) -> None:
        time.sleep(float(ENV.get("FAKE_PAUSE", "0")))
        self.step += 1
        say(
            "step", step=self.step, steps=self.steps, epoch=self.step / self.steps, loss=0.5 + 3 * 0.9**self.step,
            rate=0.0002, tokens=self.step * 45, tokens_per_second=90.0, seconds=self.step * 0.5,
            memory_mb=250.0 + self.step,
        )  # fmt: skip

    def look(self) -> None:
        if not self.job["held_out"]:
            return
        loss = 1.0 + 2 * 0.8**self.step + max(0, self.step - 12) * 0.05
        better = self.best is None or loss < self.best[1]
        if better:
            self.best = (self.step, loss)
            Path("best.json").write_text(json.dumps(self.best))
        if better and self.step:
            Path("adapter").mkdir(exist_ok=True)
            Path("adapter/adapter_config.json").write_text(json.dumps({"step": self.step}))
        say("valid", step=self.step, loss=loss, best=better)

    def checkpoint(self) -> None:
        folder = Path("checkpoints") / f"step-{self.step:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "complete").write_text("")
        say("checkpoint", step=self.step, path=folder.as_posix())

    def answers(self, when: str) -> None:
        end = json.loads(Path("data/mode.json").read_text(encoding="utf-8"))["end"]
        for probe in self.job["probes"]:
            text = "Well, well" if when == "before" else f'<thinking effort="low"/>\n\nYes.{end}'
            say("sample", when=when, probe=probe["id"], text=text, tokens=4, seconds=0.1)
        for row in self.job["memorize"]:
            same = 0 if when == "before" or row["held_out"] else 16
            say("memorized", when=when, id=row["id"], held_out=row["held_out"], same=same, of=32)


def lines(path: str | None) -> int:
    return len(Path(path).read_text(encoding="utf-8").splitlines()) if path else 0


if __name__ == "__main__":
    if sys.argv[1] == "-c":
        print(json.dumps({"python": "3.11.0", **dict.fromkeys(sys.argv[3:], "1.0")}))
    else:
        Fake(json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8"))).run()

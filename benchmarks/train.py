"""Tokens per second and peak memory of `inscape train`, beside a bare TRL script and mlx-lm's own command.

    python benchmarks/train.py [--python .venv-trainers/bin/python] [--model FOLDER] [--steps 12] [--repeats 3]
                               [--only peft|mlx] [--write]

Rows of the companion that have one answer go into a scratch project, as many as the steps need, and are exported. The
bare sides are the exported train.py and config.yaml. Both sides take the same rows, numbers and number of steps, look
at no held-out rows, save as often and let waiting threads sleep, as inscape does. Changed in train.py are the numbers
that follow from this (epochs, warmup, batch and logs as for a few hundred rows, when to save) and, on a machine without
a GPU, bfloat16 to float32, which is what inscape takes there; with config.yaml the same, and grad_checkpoint, which
inscape leaves out on a processor. Each is also run once as it was exported; mlx-lm on a few rows, since that is slow.

Sides take turns (bare, ours, ours, bare …), so that a busy machine is busy for both. The time is that of the training
loop: TRL's train_runtime, the whole of mlx-lm's train(), and the seconds in inscape's metrics.jsonl. What inscape does
before and after (plan, rows begun to see what is known by heart) is in the whole process's time only. Memory is the
kernel's figure for the largest process; on a GPU torch's own. `--write` puts the table into benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inscape.stages import samples
from inscape.text import plural
from inscape.trainers import blas
from inscape.trainers.child import SPARING

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEAD = "## Training\n"
BATCH, ACCUMULATION, REPORT = 2, 4, 10
"""As an export of a few hundred rows has them: rows at once, batches to an update, steps from one log to the next."""
UPDATE = BATCH * ACCUMULATION
BOUND = 0.03
"""The overhead that is allowed."""
APART = 0.1
"""Between the pairs' overheads: from here on the machine was too busy to say anything."""
FEW = 8
"""Rows that mlx-lm trains on with the BLAS of its wheel."""
ASK = """
import importlib.util as find, json, sys
import torch
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
rows = [json.loads(line)["messages"] for line in open("train.jsonl", encoding="utf-8")]
counts = [len(tokenizer.apply_chat_template(row, tokenize=True, return_dict=False)) for row in rows]
gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
mlx_gpu = False
if find.find_spec("mlx"):
    import mlx.core as mx
    mlx_gpu = mx.default_device() == mx.gpu
print(json.dumps({"counts": counts, "gpu": gpu, "mlx_gpu": mlx_gpu}))
"""
TIMED_TRL = """    done = trainer.train()
    trainer.save_model()
    import json
    peak = torch.cuda.max_memory_allocated() / 2**20 if torch.cuda.is_available() else None
    tokens = max((log.get("num_tokens", 0) for log in trainer.state.log_history), default=0)
    said = {"seconds": done.metrics["train_runtime"], "loss": done.training_loss, "tokens": tokens, "gpu": peak}
    (HERE / "measured.json").write_text(json.dumps(said))
"""
TIMED_MLX = """
import json, sys, time
from mlx_lm import lora
own = lora.train
def timed(*given, **named):
    begun = time.perf_counter()
    own(*given, **named)
    with open("measured.json", "w") as file:
        json.dump({"seconds": time.perf_counter() - begun}, file)
lora.train = timed
if "float32" in sys.argv:
    import mlx.core as mx
    load = lora.load
    def loaded(*given, **named):
        model, *rest = load(*given, **named)
        model.set_dtype(mx.float32)
        return model, *rest
    lora.load = loaded
sys.argv = ["mlx_lm.lora", "--config", "config.yaml"]
lora.main()
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What both sides train: rows once or several times over."""

    rows: int
    epochs: int

    @property
    def steps(self) -> int:
        return self.rows // UPDATE * self.epochs

    @property
    def save_every(self) -> int:
        """Steps between two checkpoints, as inscape has it where nothing is held out."""
        return max(1, self.steps // 6)

    @property
    def warmup(self) -> int:
        return max(1, round(self.steps * 0.05))


@dataclass(frozen=True, slots=True)
class Took:
    """One run. Megabytes: the largest process, inscape's own process, and the GPU's."""

    seconds: float
    wall: float
    peak: float
    own: float
    gpu: float | None = None
    loss: float | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found out before: the trainers' Python, the model, each row's tokens, and the GPU."""

    python: Path
    model: str
    counts: tuple[int, ...]
    gpu: str
    mlx_gpu: bool

    def tokens(self, plan: Plan) -> int:
        return sum(self.counts) * plan.epochs


def planned(steps: int, available: int) -> Plan:
    """So many steps, with every row taken equally often."""
    epochs = -(-steps // (available // UPDATE))
    return Plan(-(-steps // epochs) * UPDATE, epochs)


def project(folder: Path, steps: int, model: str) -> Plan:
    """The companion with rows of one answer for so many steps, evenly spread over its kinds, and exported."""
    source = samples.companion()
    lines = [one for path in sorted((source / "rows").glob("*.jsonl")) for one in path.read_text("utf-8").splitlines()]
    found = [one for one in lines if len(json.loads(one)["conversations"]) == 2]
    plan = planned(steps, len(found))
    folder.mkdir()
    for name in ("inscape.toml", "persona.md"):
        (folder / name).write_bytes((source / name).read_bytes())
    taken = [found[n * len(found) // plan.rows] for n in range(plan.rows)]
    (folder / "rows.jsonl").write_text("\n".join(taken) + "\n", encoding="utf-8")
    quiet([*inscape(), "import", "rows.jsonl", "--keep"], folder)
    quiet([*inscape(), "export", "--for", "trl", "--for", "mlx", "--model", model], folder)
    return plan


def inscape() -> list[str]:
    return [sys.executable, "-m", "inscape"]


def quiet(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:6])} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def ask(python: Path, model: str, folder: Path) -> Asked:
    """Each row's tokens by the model's own tokenizer; and which GPU that Python sees."""
    said = json.loads(quiet([str(python), "-c", ASK, model], folder).splitlines()[-1])
    return Asked(python, model, tuple(said["counts"]), said["gpu"], said["mlx_gpu"])


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Each pattern, which must stand there exactly once, replaced."""
    for pattern, new in changes.items():
        text, found = re.subn(pattern, lambda _, new=new: new, text, flags=re.MULTILINE)  # type: ignore[misc]
        if found != 1:
            raise SystemExit(f"The export no longer has {pattern!r} once, but {found} times: mend benchmarks/train.py.")
    return text


def bare_script(text: str, plan: Plan, *, gpu: bool, as_exported: bool = False) -> str:
    """train.py for the plan, and timed; with inscape's kind of numbers where it is not to be as it was exported."""
    changes = {
        r"num_train_epochs=\d+": f"num_train_epochs={plan.epochs}",
        r"warmup_steps=\d+": f"warmup_steps={plan.warmup}",
        r"per_device_train_batch_size=\d+": f"per_device_train_batch_size={BATCH}",
        r"gradient_accumulation_steps=\d+": f"gradient_accumulation_steps={ACCUMULATION}",
        r"logging_steps=\d+": f"logging_steps={REPORT}",
        r'save_strategy="epoch"': f'save_strategy="steps", save_steps={plan.save_every}',
        r"^    trainer\.train\(\)\n    trainer\.save_model\(\)\n": TIMED_TRL,
    }
    if not gpu and not as_exported:
        changes[r'model_init_kwargs=\{"dtype": "bfloat16"\}'] = 'model_init_kwargs={"dtype": "float32"}, bf16=False'
    return replaced(text, changes)


def bare_config(text: str, plan: Plan, *, checkpoint: bool, rows: int | None = None) -> str:
    """config.yaml for the plan, or for a few rows."""
    changes = {
        r"^iters: \d+": f"iters: {rows or plan.rows * plan.epochs}",
        r"^grad_accumulation_steps: \d+": f"grad_accumulation_steps: {UPDATE}",
        r"^steps_per_report: \d+": f"steps_per_report: {REPORT}",
        r"^save_every: \d+": f"save_every: {plan.save_every * UPDATE}",
        r"^    - \d+$": f"    - {plan.steps}",
        r"^  warmup: \d+": f"  warmup: {plan.warmup}",
        r"^grad_checkpoint: true": f"grad_checkpoint: {str(checkpoint).lower()}",
    }
    return replaced(text, changes)


def measured(command: Sequence[str], folder: Path, extra: Mapping[str, str]) -> tuple[float, float, float]:
    """Wall seconds, megabytes of the largest process at its peak, and of the command's own process."""
    log, begun, own = folder / "measured.log", time.perf_counter(), 0.0
    environ = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", **extra}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        while True:
            own = max(own, resident(process.pid))
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            time.sleep(0.2)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} failed:\n{log.read_text('utf-8', 'replace')[-2000:]}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return time.perf_counter() - begun, usage.ru_maxrss / unit, own


def resident(pid: int) -> float:
    """Megabytes of a process at its peak so far; 0 where the system does not say."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"))
    except OSError:
        return 0.0
    return int(found[1]) / 2**10 if found else 0.0


def bare(command: Sequence[str], folder: Path, extra: Mapping[str, str]) -> Took:
    wall, peak, own = measured(command, folder, extra)
    said = json.loads((folder / "measured.json").read_text("utf-8"))
    return Took(said["seconds"], wall, peak, own, said.get("gpu"), said.get("loss"), said.get("tokens"))


def ours(backend: str, scratch: Path, asked: Asked, plan: Plan, flags: Sequence[str] = ()) -> Took:
    """`inscape train` to its end; what it wrote says how long the loop was."""
    command = [*inscape(), "train", "--backend", backend, "--model", asked.model, "--python", str(asked.python)]
    command += ["--name", "measured", "--replace", "--yes", "--probes", "0", "--epochs", str(plan.epochs)]
    command += ["--batch", str(BATCH), "--accumulation", str(ACCUMULATION), *flags]
    wall, peak, own = measured(command, scratch, {})
    run = scratch / "runs" / "measured"
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text("utf-8").splitlines()]
    done = lines[-1]
    if done["kind"] != "done" or done["steps"] != plan.steps:
        raise SystemExit(f"inscape took {done.get('steps')} steps where {plan.steps} were planned")
    tokens = max(line["tokens"] for line in lines if line["kind"] == "step")
    loss = re.search(r"'train_loss': '?([\d.]+)", (run / "trainer.log").read_text("utf-8", "replace"))
    gpu = done["memory_mb"] if asked.gpu and backend == "peft" else None
    return Took(done["seconds"], wall, peak, own, gpu, float(loss[1]) if loss else None, tokens)


def in_turns(left: Callable[[], Took], right: Callable[[], Took], repeats: int) -> list[tuple[Took, Took]]:
    """Pairs of runs, the one first and then the other first."""
    pairs = []
    for n in range(repeats):
        first, second = (right(), left()) if n % 2 else (left(), right())
        pairs.append((second, first) if n % 2 else (first, second))
        one, other = pairs[-1]
        print(f"  {one.seconds:.1f} s bare, {other.seconds:.1f} s inscape, load {load()}", file=sys.stderr, flush=True)
    return pairs


def load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg()) if hasattr(os, "getloadavg") else "?"


def verdict(pairs: Sequence[tuple[Took, Took]]) -> str:
    """The overhead, pair by pair, and what can be said of it."""
    over = sorted(right.seconds / left.seconds - 1 for left, right in pairs)
    said = f"Overhead, pair by pair: {statistics.median(over):+.1%} ({over[0]:+.1%} to {over[-1]:+.1%}), "
    if len(over) == 1:
        return f"{said}and one pair does not say how much of it is noise."
    if over[0] <= BOUND < over[-1] or over[-1] - over[0] > APART:
        return f"{said}so whether it is under {BOUND:.0%} cannot be told from noise."
    return f"{said}{'above' if over[0] > BOUND else 'under'} {BOUND:.0%} in every pair."


def spread(values: Sequence[float], digits: int = 0) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})" if high > low else f"{middle:,.{digits}f}"


def line(name: str, tokens: int, runs: Sequence[Took], base: Sequence[Took]) -> str:
    """A row of the table; `base`: runs on the same rows, to which it is a ratio."""
    memory = [one.gpu if one.gpu is not None else one.peak for one in runs]
    beside = f" + {max(one.own for one in runs):.0f}" if name.startswith("`inscape") else ""
    ratio = statistics.median(one.seconds for one in base) / statistics.median(one.seconds for one in runs)
    wall, loop = spread([one.wall for one in runs], 1), spread([one.seconds for one in runs], 1)
    speed = spread([tokens / one.seconds for one in runs])
    return f"| {name} | {ratio:.2f} | {spread(memory)}{beside} | {speed} | {loop} | {wall} |"


def sparing() -> dict[str, str]:
    """What inscape adds to a trainer's environment, where the person has not set it."""
    return {name: value for name, value in SPARING.items() if name not in os.environ}


def of_peft(scratch: Path, asked: Asked, plan: Plan, repeats: int) -> list[str]:
    """The bare TRL script and inscape's peft backend; QLoRA where there is a GPU."""
    folder, python = scratch / "exports" / "trl", str(asked.python)
    text = (folder / "train.py").read_text("utf-8")
    for name, plainly in (("bare.py", False), ("exported.py", True)):
        (folder / name).write_text(bare_script(text, plan, gpu=bool(asked.gpu), as_exported=plainly), encoding="utf-8")
    pairs = in_turns(
        lambda: bare([python, "bare.py"], folder, sparing()), lambda: ours("peft", scratch, asked, plan), repeats
    )
    left, right = [one for one, _ in pairs], [other for _, other in pairs]
    tokens = asked.tokens(plan)
    lines = [
        line("TRL script, bare", tokens, left, left),
        line("`inscape train --backend peft`", tokens, right, left),
    ]
    if asked.gpu:
        once = ours("peft", scratch, asked, plan, ["--load-in-4bit"])
        lines.append(line("`inscape train --backend peft --load-in-4bit` (QLoRA)", tokens, [once], left))
    else:
        once = bare([python, "exported.py"], folder, sparing())
        lines.append(line("TRL script as exported (bfloat16), once", tokens, [once], left))
    return [*lines, "", f"{verdict(pairs)} {same_work(left[0], right[0], tokens)}"]


def same_work(one: Took, other: Took, tokens: int) -> str:
    """Whether both sides trained the same: tokens as they counted themselves, and the mean loss of all steps."""
    counted = f"Tokens as counted by the tokenizer {tokens:,}, by TRL {one.tokens:,.0f}, by inscape {other.tokens:,}"
    return f"{counted}; mean loss {one.loss:.4g} and {other.loss:.4g}."


def of_mlx(scratch: Path, asked: Asked, plan: Plan, repeats: int) -> list[str]:
    """mlx-lm's own command and inscape's mlx backend, both with OpenBLAS where inscape takes it."""
    folder = scratch / "exports" / "mlx"
    text, fast = (folder / "config.yaml").read_text("utf-8"), sparing() | blas.preload(os.environ)

    kind = [] if asked.mlx_gpu else ["float32"]

    def own(config: str, extra: Mapping[str, str], kind: Sequence[str] = kind) -> Took:
        (folder / "config.yaml").write_text(config, encoding="utf-8")
        return bare([str(asked.python), "-c", TIMED_MLX, *kind], folder, extra)

    same = bare_config(text, plan, checkpoint=asked.mlx_gpu)
    pairs = in_turns(lambda: own(same, fast), lambda: ours("mlx", scratch, asked, plan), repeats)
    left, right = [one for one, _ in pairs], [other for _, other in pairs]
    tokens = asked.tokens(plan)
    lines = [line("`mlx_lm.lora`", tokens, left, left), line("`inscape train --backend mlx`", tokens, right, left)]
    if not asked.mlx_gpu:
        few = (folder / "train.jsonl").read_text("utf-8").splitlines()[:FEW]
        (folder / "train.jsonl").write_text("\n".join(few) + "\n", encoding="utf-8")
        same, exported = (bare_config(text, plan, checkpoint=one, rows=FEW) for one in (False, True))
        quick, count = own(same, fast), sum(asked.counts[:FEW])
        lines.append(line(f"`mlx_lm.lora` on {FEW} rows, once", count, [quick], [quick]))
        lines.append(
            line(
                "the same rows, as it was exported (the model's half precision)",
                count,
                [own(exported, fast, ())],
                [quick],
            )
        )
        if "LD_PRELOAD" in fast:
            slow = own(same, sparing())
            lines.append(line("the same rows, with the BLAS of mlx's wheel for OpenBLAS", count, [slow], [quick]))
    return [*lines, "", verdict(pairs)]


def heading(asked: Asked, plan: Plan, repeats: int) -> str:
    """What was run, and where."""
    tokens = asked.tokens(plan)
    where = (
        f"On {asked.gpu}; memory is torch's max_memory_allocated, and for mlx the process's."
        if asked.gpu
        else "There is no NVIDIA GPU here: the rows for a GPU and for QLoRA are left out, and the figures in italics "
        f"are this machine's ({os.cpu_count()} processors, load {load()} at the end), good for nothing but the ratio."
    )
    return (
        f"`python benchmarks/train.py --steps {plan.steps} --repeats {repeats} --write`, {time.strftime('%Y-%m-%d')}, "
        f"{platform.machine()}, model {Path(asked.model).name}; {plan.steps} steps of {UPDATE} rows ({plan.rows} rows "
        f"of the companion, {tokens:,} tokens{f', {plan.epochs} times over' if plan.epochs > 1 else ''}). {where} Both "
        "sides have the same rows, numbers and kind of numbers, look at no held-out rows, and save every "
        f"{plural(plan.save_every, 'step')}. Median (least–most) of runs in turns. The ratio is that of the tokens per "
        "second to the first row's; memory after + is that of inscape's own process beside the trainer's."
    )


def table(lines: Sequence[str], gpu: bool) -> str:
    kind = "" if gpu else " (this machine)"
    names = ["what", "ratio", "peak MB", f"tokens/s{kind}", f"loop, s{kind}", f"whole process, s{kind}"]
    return "\n".join([f"| {' | '.join(names)} |", "|---" * len(names) + "|", *(lines if gpu else map(italic, lines))])


def italic(row: str) -> str:
    """The figures that hold for this machine alone, marked."""
    cells = row.strip("| ").split(" | ")
    return f"| {' | '.join([*cells[:3], *(f'*{one}*' for one in cells[3:])])} |" if len(cells) == 6 else row


def write(text: str) -> None:
    """Put the section into RESULTS.md in place of the one before."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Benchmark results\n\n"
    before, _, rest = old.partition(HEAD)
    after = rest[rest.find("\n## ") + 1 :] if "\n## " in rest else ""
    RESULTS.write_text(f"{before.rstrip()}\n\n{HEAD}\n{text}\n" + (f"\n{after}" if after else ""), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-trainers" / "bin" / "python")
    parser.add_argument("--model", type=Path, default=samples.tiny())
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=("peft", "mlx"))
    parser.add_argument("--write", action="store_true", help="write the tables to benchmarks/RESULTS.md")
    args = parser.parse_args()
    if not args.python.exists() or args.steps < 1 or args.repeats < 1:
        parser.error("--python must be there (`make test-trainers` builds one); --steps and --repeats begin at 1")
    kinds = {"peft": of_peft, "mlx": of_mlx}
    kinds = {args.only: kinds[args.only]} if args.only else kinds
    with tempfile.TemporaryDirectory() as made:
        scratch, model = Path(made) / "project", str(args.model.expanduser().absolute())
        plan = project(scratch, args.steps, model)
        asked = ask(args.python.absolute(), model, scratch / "exports" / "mlx")
        parts = []
        for name, compare in kinds.items():
            print(f"{name}: {plan.steps} steps, {args.repeats} times each", file=sys.stderr, flush=True)
            lines = compare(scratch, asked, plan, args.repeats)
            rows = [one for one in lines if one.startswith("|")]
            parts.append("\n".join([table(rows, bool(asked.gpu)), *lines[len(rows) :]]))
        text = "\n\n".join([heading(asked, plan, args.repeats), *parts])
    print(text)
    if args.write:
        write(text)


if __name__ == "__main__":
    main()

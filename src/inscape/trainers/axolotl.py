"""Child: lets axolotl train on its exported config, and tells what its log says as every other trainer tells it.

Invariant: the config beside the rows is axolotl's own, as exported; the job's numbers stand over it in a copy. axolotl
looks, keeps and stops by itself; its best adapter is copied whole when it has ended.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inscape.trainers import jobs, keeping, loading, planning, sampling, telling
from inscape.trainers.jobs import Numbers, TrainJob
from inscape.trainers.keeping import Progress
from inscape.trainers.telling import Failure, Line

CONFIG = "config.yaml"
"""Beside the job's rows."""
OUTPUT = "axolotl"
"""What it writes, in the run's folder."""
GRACE = 45.0
"""Seconds to end after an interrupt."""
LOGGED = re.compile(r"\{'(?:eval_)?loss':.*?\}")


def main(job: str) -> None:
    telling.run(child, job)


def child(line: Line, path: Path) -> None:
    """The whole training of the job in `path`, in the current folder."""
    job = jobs.load(TrainJob, path)
    job = dataclasses.replace(job, model=loading.look(job))
    Run(line, job, Path.cwd()).all()


class Run:
    """A run of axolotl's program."""

    def __init__(self, line: Line, job: TrainJob, folder: Path) -> None:
        self.line, self.job, self.folder, self.output = line, job, folder, folder / OUTPUT
        self.adapter = folder / "adapter"
        self.command = executable()
        if not job.resume:
            for old in (self.output, self.adapter):
                shutil.rmtree(old, ignore_errors=True)
        keeping.recover(self.adapter)
        state = last_state(self.output)
        self.progress = Progress(step=int(state.get("global_step", 0)))
        self.known = {one.name for one in self.output.glob("checkpoint-*")}
        self.epoch_tokens, self.steps = 0, 0
        self.tail: list[str] = []

    def all(self) -> None:
        line, job, progress = self.line, self.job, self.progress
        plan = _plan(job, progress.step)
        self.epoch_tokens, self.steps = plan["tokens"], plan["steps"]
        line.ending = progress.ending(0) | {"stopped": "asked"}
        line.say("plan", **plan)
        if line.orders.get().get("do") != "go":
            line.say("done", **line.ending)
            return
        if progress.step == 0:
            _answers(line, job, None)
        with line.careful():
            self.train()
            line.ending = progress.ending(line.ending["memory_mb"])
        if progress.stopped != "asked":
            _answers(line, job, self.adapter)
        line.say("done", **line.ending)

    def train(self) -> None:
        """axolotl, from its start to its end."""
        data = (self.folder / self.job.rows).resolve().parent
        config = write_config(data / CONFIG, self.folder / "axolotl.json", self.job, self.output, self.progress.step)
        environ = {**os.environ, "AXOLOTL_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1"}
        begun = time.monotonic()
        with subprocess.Popen(
            [str(self.command), "train", str(config)],
            cwd=data,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            telling.when_asked(self.line, lambda: _interrupt(process))
            assert process.stdout is not None
            for text in process.stdout:
                sys.stderr.write(text)
                self.tail = [*self.tail[-40:], text]
                for found in LOGGED.findall(text):
                    self.told(_numbers(found), time.monotonic() - begun)
                self.checkpoints()
            code = process.wait()
        self.ended(code)

    def told(self, said: dict[str, float], seconds: float) -> None:
        """A line of its log as ours."""
        progress = self.progress
        progress.seconds = seconds
        if "eval_loss" in said:
            best = progress.looked(progress.step, said["eval_loss"])
            self.line.say("valid", step=progress.step, loss=said["eval_loss"], best=best)
            return
        progress.step += 1
        before, progress.tokens = progress.tokens, round(said.get("epoch", 0.0) * self.epoch_tokens)
        memory = 1024 * said.get("memory/max_active (GiB)", 0.0)
        self.line.ending["memory_mb"] = max(memory, self.line.ending["memory_mb"])
        self.line.say(
            "step",
            step=progress.step,
            steps=max(self.steps, progress.step),
            epoch=said.get("epoch", 0.0),
            loss=said["loss"],
            rate=said.get("learning_rate", 0.0),
            tokens=progress.tokens,
            tokens_per_second=progress.tokens / max(seconds, 1e-9) if before else 0.0,
            seconds=seconds,
            memory_mb=memory,
        )

    def checkpoints(self) -> None:
        """Tells those that stand whole since the last time; the state is what is written last."""
        for one in self.output.glob("checkpoint-*"):
            if one.name not in self.known and (one / "trainer_state.json").exists():
                self.known.add(one.name)
                step = int(one.name.rpartition("-")[2])
                self.line.say("checkpoint", step=step, path=f"{self.output.name}/{one.name}")

    def ended(self, code: int) -> None:
        """Keeps its best adapter. Raises Failure where it failed, or left none."""
        text = "".join(self.tail)
        if code and not self.line.asked:
            if "out of memory" in text.lower():
                raise Failure("oom", planning.too_large(self.job))
            last = next((one.strip() for one in reversed(self.tail) if one.strip()), "nothing")
            raise Failure("other", f"axolotl ended with exit code {code}; its last words are: {last[:300]}")
        self.checkpoints()
        progress, found = self.progress, best(self.output)
        if self.line.asked:
            progress.stopped = "asked"
        elif progress.step < self.steps:
            progress.stopped = "early"
        elif self.job.numbers.max_steps:
            progress.stopped = "max_steps"
        if found is None and progress.stopped != "asked":
            raise Failure("other", f"axolotl left no adapter in {self.output}.")
        if found is not None:
            keeping.replace(self.adapter, lambda folder: _copy(found, folder))
        state = last_state(self.output)
        if state.get("best_global_step"):
            progress.best_step, progress.best_loss = int(state["best_global_step"]), state.get("best_metric")
        elif progress.best_loss is None:
            progress.best_step = progress.step


def executable() -> Path:
    """axolotl's program, beside this Python or on the path. Raises Failure."""
    beside = Path(sys.executable).with_name("axolotl.exe" if os.name == "nt" else "axolotl")
    found = beside if beside.exists() else Path(shutil.which("axolotl") or "")
    if not found.name:
        raise Failure("packages", f"axolotl is not installed there. Run: {sys.executable} -m pip install axolotl")
    return found


def write_config(source: Path, target: Path, job: TrainJob, output: Path, from_step: int) -> Path:
    """The exported config with the job's numbers over it, as JSON, which is YAML too. Raises Failure."""
    import yaml

    if not source.exists():
        raise Failure("other", f"There is no {source}: export the rows with `inscape export --for axolotl` first.")
    config = yaml.safe_load(source.read_text(encoding="utf-8"))
    config |= _over(job.numbers, config) | {
        "base_model": job.model,
        "output_dir": str(output),
        "dataset_prepared_path": str(output.with_name("axolotl-prepared")),
    }
    if from_step:
        config["resume_from_checkpoint"] = str(output / f"checkpoint-{from_step}")
    target.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
    return target


def _over(n: Numbers, config: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "lora_r": n.rank,
        "lora_alpha": n.alpha,
        "lora_dropout": n.dropout,
        "learning_rate": n.rate,
        "num_epochs": n.epochs,
        "micro_batch_size": n.batch,
        "gradient_accumulation_steps": n.accumulation,
        "warmup_steps": n.warmup,
        "weight_decay": n.weight_decay,
        "sequence_len": n.max_length,
        "seed": n.seed,
        "logging_steps": 1,
    }
    if n.max_steps:
        made["max_steps"] = n.max_steps
    if n.load_in_4bit:
        made |= {"load_in_4bit": True, "adapter": "qlora"}
    if n.dtype == "float32":
        made["bf16"] = False
    if n.eval_every and "eval_steps" in config:
        made |= {"eval_batch_size": n.batch, "eval_steps": n.eval_every, "save_steps": n.eval_every}
        made |= {"early_stopping_patience": n.patience} if n.patience else {}
    return made


def last_state(output: Path) -> dict[str, Any]:
    """The trainer's state in its last whole checkpoint; empty where there is none."""
    folders = sorted(output.glob("checkpoint-*"), key=lambda one: int(one.name.rpartition("-")[2]))
    for one in reversed(folders):
        try:
            found: dict[str, Any] = json.loads((one / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return found
    return {}


def best(output: Path) -> Path | None:
    """The folder of the best adapter: the best checkpoint, else what was saved at the end, else the last checkpoint."""
    state = last_state(output)
    named = Path(state.get("best_model_checkpoint") or "-").name
    last = f"checkpoint-{state.get('global_step', 0)}"
    for folder in (output / named, output, output / last):
        if (folder / "adapter_model.safetensors").exists():
            return folder
    return None


def _copy(source: Path, folder: Path) -> None:
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copyfile(source / name, folder / name)


def _numbers(text: str) -> dict[str, float]:
    """A logged dict; transformers 5 writes its numbers as texts."""
    made = {}
    for key, value in ast.literal_eval(text).items():
        try:
            made[str(key)] = float(value)
        except (TypeError, ValueError):
            continue
    return made


def _interrupt(process: subprocess.Popen[str]) -> None:
    """axolotl saves on an interrupt; what does not end then is ended."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()


def _plan(job: TrainJob, from_step: int) -> dict[str, Any]:
    """Tokens by the model's tokenizer; parameters from an empty model; no time, since nothing is run."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    n, tokenizer = job.numbers, AutoTokenizer.from_pretrained(job.model)
    config = AutoConfig.from_pretrained(job.model)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    counted = list(_lengths(tokenizer, loading.rows(job.rows)))
    lengths = [whole for whole, _ in counted]
    linear = [one for name, one in model.named_modules() if isinstance(one, torch.nn.Linear) and "lm_head" not in name]
    trained = sum(n.rank * (one.in_features + one.out_features) for one in linear)
    parameters, gpu = sum(one.numel() for one in model.parameters()), torch.cuda.is_available()
    shape = planning.shape_of_config(
        config.to_dict(), parameters // 2 if n.load_in_4bit else 2 * parameters, trained, 2
    )
    return {
        "device": torch.cuda.get_device_name() if gpu else "cpu",
        "device_memory_mb": torch.cuda.mem_get_info()[1] / 2**20 if gpu else planning.machine_memory(),
        "parameters": parameters,
        "trained": trained,
        "dtype": "4-bit" if n.load_in_4bit else loading.dtype(n.dtype),
        "rows": len(lengths),
        "held_out": len(loading.rows(job.held_out)) if job.held_out else 0,
        "tokens": sum(min(one, n.max_length) for one in lengths),
        "learned": sum(learned for _, learned in counted),
        "longest": max(lengths),
        "cut": sum(one > n.max_length for one in lengths),
        "steps": planning.steps(len(lengths), n),
        "memory_mb": planning.memory(shape, n.batch, min(max(lengths), n.max_length)),
        "seconds": None,
        "from_step": from_step,
    }


def _lengths(tokenizer: Any, rows: list[dict[str, Any]]) -> Iterator[tuple[int, int]]:
    """Tokens of each row, and those of its answer."""
    for row in rows:
        if "segments" in row:
            sizes = [
                (len(tokenizer(one["text"], add_special_tokens=False)["input_ids"]), one["label"])
                for one in row["segments"]
            ]
            yield sum(size for size, _ in sizes), sum(size for size, label in sizes if label)
            continue
        said = [{key: value for key, value in one.items() if key != "train"} for one in row["messages"]]
        whole, prompt = (
            len(tokenizer.apply_chat_template(part, tokenize=True, return_dict=False, add_generation_prompt=opens))
            for part, opens in ((said, False), (said[:-1], True))
        )
        yield whole, whole - prompt


def _answers(line: Line, job: TrainJob, adapter: Path | None) -> None:
    """Before and after, by transformers, in memory that is given back."""
    if not job.probes and not job.memorize:
        return
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(job.model)
    model = AutoModelForCausalLM.from_pretrained(job.model, dtype=loading.dtype(job.numbers.dtype))
    model = model.to("cuda") if torch.cuda.is_available() else model
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, str(adapter))
    learned = [one for row in job.memorize[:1] for one in tokenizer(row.target, add_special_tokens=False)["input_ids"]]
    speaker = sampling.Speaker(model, tokenizer, sampling.ends(model, tokenizer, learned))
    sampling.tell(line, job, speaker, "after" if adapter else "before")
    del model, speaker
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

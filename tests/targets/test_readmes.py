"""Every README says what its config says: number by number, and no more than is true of this export."""

from __future__ import annotations

import re

import pytest

from inscape import targets
from inscape.rendering.behavior import Choice
from inscape.targets._job import Made, Model
from inscape.targets._make import make
from tests.targets.templates import NONE, PLAIN, STRIPS, TWO, example, job

SCRIPT = {
    "rank": r"\br=(\S+),", "alpha": r"lora_alpha=(\S+),", "dropout": r"lora_dropout=([\d.]+),",
    "rate": r"learning_rate=(\S+),", "epochs": r"num_train_epochs=(\S+),", "warmup": r"warmup_steps=(\S+),",
    "max_length": r"max_length=(\S+),", "stop": r"eval_steps=(\S+),",
}  # fmt: skip
KEYS = {
    "trl": SCRIPT,
    "unsloth": SCRIPT,
    "axolotl": {
        "rank": r"lora_r: (\S+)", "alpha": r"lora_alpha: (\S+)", "dropout": r"lora_dropout: (\S+)",
        "rate": r"learning_rate: (\S+)", "epochs": r"num_epochs: (\S+)", "warmup": r"warmup_steps: (\S+)",
        "max_length": r"sequence_len: (\S+)", "stop": r"eval_steps: (\S+)",
    },
    "llama-factory": {
        "rank": r"lora_rank: (\S+)", "alpha": r"lora_alpha: (\S+)", "dropout": r"lora_dropout: (\S+)",
        "rate": r"learning_rate: (\S+)", "epochs": r"num_train_epochs: (\S+)", "warmup": r"warmup_steps: (\S+)",
        "max_length": r"cutoff_len: (\S+)", "stop": r"eval_steps: (\S+)",
    },
    "mlx": {
        "rank": r"rank: (\S+)", "dropout": r"dropout: (\S+)", "rate": r"learning_rate: (\S+)",
        "batch": r"grad_accumulation_steps: (\S+)", "warmup": r"warmup: (\S+)", "max_length": r"max_seq_length: (\S+)",
        "stop": r"steps_per_eval: (\S+)",
    },
    "openai": {"epochs": r'"n_epochs": (\d+)', "seed": r"seed=(\d+)"},
}  # fmt: skip
MANY = tuple(example(f"e-{n}", (f"Ask {n}?", f"Thought {n}." if n % 2 else None, f"Reply {n}.")) for n in range(60))


def made(trainer: str, source: str, valid: bool = True) -> Made:
    return targets.load(trainer).write(job(source, (*MANY, TWO, NONE), (NONE,) if valid else ()))


def config(folder: Made) -> str:
    return next(text for name, text in folder.files.items() if name in ("train.py", "config.yaml"))


def said(folder: Made) -> dict[str, str]:
    """The numbers of the README, by name."""
    return dict(re.findall(r"^- \*\*(\w+)\*\*: (.*)$", folder.files["README.md"], re.M))


def value(text: str) -> float:
    """The first number of it."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", ""))


@pytest.mark.parametrize("source", [PLAIN, STRIPS])
@pytest.mark.parametrize("trainer", KEYS)
def test_every_number_of_the_readme_is_the_config_s(trainer: str, source: str) -> None:
    folder = made(trainer, source)
    numbers, text = said(folder), config(folder)
    for name, pattern in KEYS[trainer].items():
        found = re.search(pattern, text)
        assert found, (trainer, name)
        assert value(numbers[name]) == float(found[1]), (name, numbers[name], found[0])


@pytest.mark.parametrize("trainer", ["trl", "unsloth", "axolotl", "llama-factory"])
def test_the_batch_is_what_the_two_keys_make(trainer: str) -> None:
    folder = made(trainer, PLAIN)
    once = re.search(r"(?:micro_batch_size|per_device_train_batch_size)[:=] ?(\d+)", config(folder))
    times = re.search(r"gradient_accumulation_steps[:=] ?(\d+)", config(folder))
    assert once
    assert times
    assert value(said(folder)["batch"]) == int(once[1]) * int(times[1])
    assert f"{once[1]} at once and {times[1]} times" in said(folder)["batch"]


def test_mlx_says_what_it_does_and_no_other() -> None:
    folder = made("mlx", STRIPS)
    readme, text = folder.files["README.md"], config(folder)
    iters = re.search(r"iters: (\d+)", text)
    assert iters
    assert f"`iters: {iters[1]}`" in said(folder)["epochs"]
    assert "`scale: 2.0`" in said(folder)["alpha"]
    assert "scale: 2.0" in text
    assert "does not stop early" in said(folder)["stop"]
    assert "end the run" not in readme
    assert "valid.jsonl and saves" not in made("mlx", STRIPS, valid=False).files["README.md"]


@pytest.mark.parametrize("trainer", ["trl", "unsloth", "axolotl", "llama-factory"])
def test_a_stop_is_promised_only_where_rows_are_held_out(trainer: str) -> None:
    assert "end the run" in said(made(trainer, PLAIN))["stop"]
    assert "nothing tells when to stop" in said(made(trainer, PLAIN, valid=False))["stop"]


@pytest.mark.parametrize("trainer", ["axolotl", "llama-factory"])
def test_thoughts_in_the_text_have_a_reason_that_is_theirs(trainer: str) -> None:
    readme = made(trainer, STRIPS).files["README.md"]
    assert "reads them from reasoning_content" not in readme
    assert "- Thoughts stand in the reply's text: " in readme
    assert readme.count("Thoughts stand in") == 1
    plain = made(trainer, PLAIN).files["README.md"]
    assert "in <thinking>…</thinking>: The template has no place of its own" in plain


@pytest.mark.parametrize("trainer", ["trl", "unsloth", "axolotl", "mlx", "llama-factory", "openai"])
def test_the_command_installs_the_trainer_first(trainer: str) -> None:
    assert made(trainer, PLAIN).command.startswith("pip install ")


def test_nobody_stated_an_encoding_for_openai() -> None:
    readme = made("openai", PLAIN).files["README.md"]
    assert "stated" not in readme
    stated = Choice("content", "thinking", True, {}, "stated with --encoding")
    plain = make((TWO, NONE), (), Model("gpt-x"), Choice("content", "thinking", False), tag="thinking")
    assert "nothing of this is proven" in targets.load("openai").write(plain).files["README.md"]
    trl = targets.load("trl").write(make((TWO,), (), Model("org/x"), stated, tag="thinking")).files["README.md"]
    assert "stated with --encoding" in trl


def test_a_thinking_template_s_empty_thoughts_are_counted() -> None:
    for trainer in ("trl", "axolotl", "unsloth", "mlx", "llama-factory"):
        folder = made(trainer, STRIPS)
        words = "32 answers without a thought teach the template's empty thought: to answer at once."
        assert words in folder.files["README.md"]
        assert words in folder.notes
        assert "empty thought" not in made(trainer, PLAIN).files["README.md"]


def test_a_split_without_held_out_rows_is_not_called_none() -> None:
    choice = Choice("content", "thinking", False)
    readme = targets.load("trl").write(make((TWO,), (), Model("m"), choice, tag="t", stands=True)).files["README.md"]
    assert "a split stands, and no row of it is held out any more" in readme
    assert "no split stands" not in readme


def test_no_length_is_promised_that_a_row_may_pass() -> None:
    long = example("e-long", ("Well?", "Hm. " * 900, "Yes."))
    choice = Choice("content", "thinking", False)
    short = make((TWO, long), (), Model("m", None, 8.0, 512), choice, tag="thinking")
    for trainer in ("trl", "unsloth"):
        assert "no row is longer" not in targets.load(trainer).write(short).files["train.py"]

"""What every trainer is shown: one small set of examples, and real chat templates as TRL ships them."""

from __future__ import annotations

import json
import runpy
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from inscape import targets
from inscape.records import Conversation, Example, Provenance, Turn
from inscape.rendering.behavior import choose, probe
from inscape.rendering.templates import TODAY
from inscape.targets._job import Job, Made, Model, Sample
from inscape.targets._make import make
from tests.trainers import tiny

FAMILIES = (
    "qwen2_5", "qwen3", "qwen3_instruct_2507", "qwen3_5_think", "qwen3_8", "llama3", "llama3_1", "gemma3", "gptoss",
    "glm4moe", "lfm2_2_5_v2", "phi3_5",
)  # fmt: skip
"""One of each kind: plain, thoughts stripped from history, prompt that opens a thought, own channels, own end."""
REFUSED = ("deepseek_r1_distill",)


def _example(name: str, *turns: tuple[str, str | None, str]) -> Example:
    said: list[Turn] = []
    for asked, thought, reply in turns:
        said += [Turn("user", asked), Turn("assistant", reply, thought)]
    return Example(name, Conversation(tuple(said)), "thinking", Provenance(), verdict="keep")


TALKS = (
    _example("e-one", ("What is in the drawer?", "Keys, string, the letter.\nNot the letter.", "String, mostly.")),
    _example(
        "e-two",
        ("Did you sleep?", "He means the light under my door.", "A little."),
        ("And the light?", "So he saw it.", "I was reading.\n\nThen I was not."),
        ("Reading what?", "The same page, eleven times.", "The same page."),
    ),
    _example("e-golden", ("sana bisi sorucam", None, "Sor kanka, dinliyorum.")),
    _example("e-mixed", ("Selam", None, "Selam!"), ("Ne düşünüyorsun?", "Yağmur, iğde, geç kalmak.", "Yağmuru.")),
)
HELD = (_example("e-held", ("Who is there?", "Nobody was, yesterday.", "Only me.")),)


@lru_cache
def source(family: str) -> str:
    return (resources.files("trl") / "chat_templates" / f"{family}.jinja").read_text(encoding="utf-8")


def job(family: str, model: str, talks: tuple[Example, ...] = TALKS) -> Job:
    template = tiny.template_of(source(family), f"{family}.jinja")
    choice = choose(probe(template))
    return make(talks, HELD, Model(model, template, context=4096), choice, tag="thinking")


def write(folder: Path, made: Made) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.files.items():
        (folder / name).write_text(text, encoding="utf-8")


def exported(trainer: str, family: str, folder: Path) -> tuple[Job, Any]:
    """A tiny model of the family in `folder`/model, the export for it in `folder`; the job and the tokenizer."""
    tokenizer = tiny.save(folder / "model", source(family))
    made = job(family, str(folder / "model"))
    write(folder, targets.load(trainer).write(made))
    return made, tokenizer


def as_saved(folder: Path, bos: str) -> Any:
    """The tokenizer of a folder; it adds the opening token by itself where its template writes it, as Llama's does."""
    from transformers import AutoTokenizer

    own = AutoTokenizer.from_pretrained(folder)
    if bos.startswith(tiny.BOS):
        from tokenizers.processors import TemplateProcessing

        single = [(tiny.BOS, own.bos_token_id)]
        own.backend_tokenizer.post_processor = TemplateProcessing(single=f"{tiny.BOS} $A", special_tokens=single)
    return own


def lines(path: Path) -> list[Any]:
    """Rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def module(path: Path) -> dict[str, Any]:
    """The names of a script that is not run as a program."""
    return runpy.run_path(str(path), run_name="looked_at")


def says(tokenizer: Any, sample: Sample, *, written: bool = False) -> tuple[list[int], list[int]]:
    """Ids and labels as the export has them. `written`: the rendered text itself is in the file."""
    assert sample.prompt is not None
    assert sample.target is not None
    prompt = sample.prompt if written else today(sample.prompt)
    return tiny.expected(tokenizer, prompt, sample.target)


def today(text: str) -> str:
    """Some templates write the day into every row; a rendering of ours is of a fixed one."""
    return text.replace(f"{TODAY:%Y-%m-%d}", f"{date.today():%Y-%m-%d}")

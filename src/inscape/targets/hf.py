"""A dataset folder for the Hugging Face hub, or for `datasets.load_dataset` on this machine: JSON lines and a card.

Invariant: a row is one example with its labels beside it; nothing is uploaded. Every row has every column, so that
readers find one schema.
"""

from __future__ import annotations

from dataclasses import replace

from inscape.examples import effort
from inscape.export import jsonl
from inscape.targets._job import Job, Made, Sample
from inscape.targets._write import Row, conversations, readme_of
from inscape.targets._yaml import dump

NAME = "hf"
SUMMARY = "a dataset folder with a card, for datasets.load_dataset and the Hugging Face hub"
ALWAYS: str | None = None
LEAVES = True
NAMES_MODEL = False
COMMAND = "hf upload NAME/OF-YOUR-DATASET . --repo-type dataset --private  # it stays here until you run this"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, README.md with the front matter that names them."""
    parts = {"train.jsonl": job.train, **({"valid.jsonl": job.valid} if job.valid else {})}
    rows = {name: [_row(s, said) for s, said in conversations(job, part)] for name, part in parts.items()}
    decided = ("Beside `messages` stand the example's id, category, language, complexity and iterations.",)
    card = (
        front(job, rows) + "\n" + readme_of(replace(job, notes=()), rows, COMMAND, decided, numbers=False, whole=True)
    )
    files = {name: jsonl(lines).decode() for name, lines in rows.items()}
    return Made({**files, "README.md": card}, {name: len(lines) for name, lines in rows.items()}, COMMAND)


def front(job: Job, rows: dict[str, list[Row]]) -> str:
    """The card's YAML: languages, size, which file is which split."""
    total = sum(len(lines) for lines in rows.values())
    languages = sorted({s.conversation.language for s in job.samples if s.conversation.language})
    names = {"train.jsonl": "train", "valid.jsonl": "validation"}
    files = [{"split": names[name], "path": name} for name in rows]
    made = dump(
        [
            ("pretty_name", job.title),
            *([("language", languages)] if languages else []),
            ("task_categories", ["text-generation"]),
            ("tags", ["inscape", "conversational"]),
            ("size_categories", [next((size for most, size in SIZES if total < most), "n>1M")]),
            ("configs", [{"config_name": "default", "data_files": files}]),
        ]
    )
    return f"---\n{made}---\n"


def _row(sample: Sample, messages: list[Row]) -> Row:
    talk = sample.conversation
    return {
        "id": sample.example,
        "messages": messages,
        "category": talk.category,
        "language": talk.language,
        "complexity": effort.level_of(talk),
        "iterations": talk.iterations,
    }

"""A dataset folder for the Hugging Face hub, or for `datasets.load_dataset` on this machine: JSON lines and a card.

Invariant: a row is one example with its labels beside it; nothing is uploaded. Every row has every column, so that
readers find one schema.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from inscape.examples import effort
from inscape.export import jsonl
from inscape.targets._job import Job, Made, Sample
from inscape.targets._write import Row, conversations
from inscape.targets._yaml import Entry, dump
from inscape.text import plural

NAME = "hf"
SUMMARY = "a dataset folder with a card, for datasets.load_dataset and the Hugging Face hub"
ALWAYS: str | None = None
LEAVES = True
NAMES_MODEL = False
COMMAND = 'hf upload NAME/OF-YOUR-DATASET . --repo-type dataset --private --exclude "*.new.*"'
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, and README.md: the dataset's card, with the front matter that the hub reads."""
    parts = {"train.jsonl": job.train, **({"valid.jsonl": job.valid} if job.valid else {})}
    rows = {name: [_row(s, said) for s, said in conversations(job, part)] for name, part in parts.items()}
    card = job.card or f"# {job.title}\n\n{plural(sum(map(len, rows.values())), 'example')}, made with inscape.\n"
    talks = {s.example: s.conversation for s in job.samples}.values()
    notes = (*job.personal, *effort.unsaid(talks), *_left_out(job))
    readme = "\n".join([front(job, rows), card, *_columns(job), *_to_know(notes), *_upload(job)])
    files = {name: jsonl(lines).decode() for name, lines in rows.items()}
    counts = {name: len(lines) for name, lines in rows.items()}
    return Made({**files, "README.md": readme}, counts, COMMAND, notes, "To upload, if you want that")


def front(job: Job, rows: dict[str, list[Row]]) -> str:
    """The card's YAML: license, languages, size, which file is which split."""
    total = sum(len(lines) for lines in rows.values())
    said = {(s.conversation.language or "").strip() for s in job.samples}
    languages = sorted(one for one in said if _CODE.fullmatch(one))
    names = {"train.jsonl": "train", "valid.jsonl": "validation"}
    files = [{"split": names[name], "path": name} for name in rows]
    name = "rights-of-the-books"
    rights: list[Entry] = [("license", "other"), ("license_name", name), ("license_details", job.license)]
    made = dump(
        [
            ("pretty_name", job.title),
            *(rights if job.license else []),
            *([("language", languages)] if languages else []),
            ("task_categories", ["text-generation"]),
            ("tags", ["inscape", "conversational"]),
            ("size_categories", [next((size for most, size in SIZES if total < most), "n>1M")]),
            ("configs", [{"config_name": "default", "data_files": files}]),
        ]
    )
    return f"---\n{made}---\n"


def _columns(job: Job) -> list[str]:
    choice = job.choice
    where = (
        f"in `{choice.encoding}`, a field of the message"
        if choice.encoding != "content"
        else f"in the reply's text, in <{job.tag}>…</{job.tag}>"
    )
    return [
        "## Columns",
        "",
        f"- `messages`: a whole conversation, role and content. Thoughts stand {where}.",
        "- `id`, `category`, `language`, `complexity`, `iterations`: the example's own labels, null where it has none.",
        "",
    ]


def _left_out(job: Job) -> list[str]:
    """What of the examples stands in no column."""
    talks = list({s.example: s.conversation for s in job.samples}.values())
    states = sum(bool(turn.state) for talk in talks for turn in talk.turns)
    extra = sum(bool(talk.extra) for talk in talks)
    return [
        *([f"Left out: mood, certainty and inner thoughts of {plural(states, 'turn')}."] if states else []),
        *([f"Left out: other metadata of {plural(extra, 'example')}."] if extra else []),
    ]


def _to_know(notes: Sequence[str]) -> list[str]:
    return ["## To know", "", *[f"- {note}" for note in notes], ""] if notes else []


def _upload(job: Job) -> list[str]:
    """For the person who has the folder; the hub does not show it."""
    rights = (
        "The license above is `other`, with what is known of the books: put your own in its place."
        if job.license
        else "No license stands above: not every example comes out of a book whose rights are known and allow passing "
        "it on. Find out first, then add one."
    )
    return [
        "<!--",
        "Nothing was uploaded by the export. This puts the folder on the hub, for you alone until you change that:",
        "",
        COMMAND,
        "",
        rights,
        "-->",
        "",
    ]


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

"""OpenAI's fine-tuning: a conversation to a row, thoughts in the reply's text, and a train.py that uploads and starts.

Invariant: nothing is sent by the export; train.py sends the rows when a person runs it. There is no field for thoughts
and no template to look into, so they stand in a tag; every answer of a row carries loss.
"""

from __future__ import annotations

from dataclasses import replace

from inscape.examples import effort
from inscape.targets._job import Job, Made
from inscape.targets._write import conversations, folder
from inscape.text import plural

NAME = "openai"
SUMMARY = "conversations for OpenAI's fine-tuning, and a train.py that starts it"
ALWAYS: str | None = "content"
LEAVES = True
NAMES_MODEL = True
COMMAND = "pip install openai\nOPENAI_API_KEY=… python train.py"
UNPROVEN = (
    "OpenAI puts the rows into a form of its own that is not public: nothing was rendered here, and nothing of this is "
    "proven."
)
FEWEST = 10
"""Rows that OpenAI takes at the least."""


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, train.py, README.md."""
    train, valid = ([{"messages": said} for _, said in conversations(job, part)] for part in (job.train, job.valid))
    decided = [
        "Every answer carries loss. What the model said before stands before it with its thoughts: let your own "
        "program send it back so.",
        "Batch size and rate are OpenAI's own choice. Rows leave this machine when train.py runs, not before.",
    ]
    if len(train) < FEWEST:
        decided.append(f"OpenAI takes no fewer than {FEWEST} rows; there are {len(train)}.")
    decided += effort.unsaid({s.example: s.conversation for s in job.samples}.values())
    numbers = {
        "epochs": f"{job.hyper.epochs}: for {plural(len(train), 'row')} (OpenAI would choose by itself)",
        "seed": f"{job.hyper.seed}: the same rows then give nearly the same model",
    }
    made = folder(
        job, train, valid, {"train.py": script(job)}, COMMAND, decided, numbers=numbers, whole=True, unproven=UNPROVEN
    )
    return replace(made, does="To send the rows to OpenAI and train there", notes=(*job.personal, *made.notes))


def script(job: Job) -> str:
    """train.py."""
    valid = '    validation_file=upload("valid.jsonl"),\n' if job.valid else ""
    return f'''"""Upload the rows beside this file and start a fine-tuning. Why it is so stands in README.md."""

from pathlib import Path

from openai import OpenAI

MODEL = {job.model.name!r}
HERE = Path(__file__).resolve().parent
client = OpenAI()


def upload(name: str) -> str:
    """The file's id at OpenAI."""
    with (HERE / name).open("rb") as file:
        return client.files.create(file=file, purpose="fine-tune").id


job = client.fine_tuning.jobs.create(
    model=MODEL,
    training_file=upload("train.jsonl"),
{valid}    method={{"type": "supervised", "supervised": {{"hyperparameters": {{"n_epochs": {job.hyper.epochs}}}}}}},
    seed={job.hyper.seed},
)
print(job.id, job.status)
'''

"""What the trainers' folders have alike: rows as JSON lines, and the README that says what was decided and why.

Invariant: a README names the command, every decision with its reason, and what was not proven.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from inscape.export import jsonl
from inscape.rendering import encode
from inscape.rendering.mode import FILE
from inscape.targets._hyper import Hyper
from inscape.targets._job import Job, Made, Sample
from inscape.text import plural

Row = dict[str, Any]
NUMBERS = "numbers.json"

NO_SPLIT = (
    "There is no valid.jsonl: no split stands, so every row is trained on and nothing tells when to stop. "
    "`inscape split`, then export again, holds some rows out."
)
NONE_HELD = (
    "There is no valid.jsonl: a split stands, and no row of it is held out any more. `inscape split` says why; "
    "`inscape split --fresh`, then export again, holds some rows out."
)
UNPROVEN = "No chat template was given: nothing was rendered, and nothing of this is proven."


def folder(
    job: Job, train: Sequence[Row], valid: Sequence[Row], config: Mapping[str, str], command: str,
    decided: Sequence[str] = (), *, numbers: Mapping[str, str] | None = None, whole: bool = False,
    unproven: str = UNPROVEN,
) -> Made:  # fmt: skip
    """The folder: train.jsonl, valid.jsonl where rows are held out, the config, README.md. `numbers`: those of the job,
    where the trainer takes others or fewer; `unproven`: what to say where nothing was rendered."""
    rows = {"train.jsonl": train, **({"valid.jsonl": valid} if valid else {})}
    files = {name: jsonl(lines).decode() for name, lines in rows.items()}
    said = dict(job.hyper.why) if numbers is None else numbers
    if job.mode:
        files |= {FILE: job.mode.to_json(), NUMBERS: numbers_of(job.hyper)}
    readme = readme_of(job, rows, command, decided, numbers=said, whole=whole, unproven=unproven)
    counts = {name: len(lines) for name, lines in rows.items()}
    return Made({**files, **config, "README.md": readme}, counts, command, job.notes)


def numbers_of(hyper: Hyper) -> str:
    """numbers.json: the numbers alone, for `inscape train`."""
    held = {name: value for name, value in dataclasses.asdict(hyper).items() if name != "why"}
    return json.dumps({"format": 1, **held}, indent=2) + "\n"


def readme_of(
    job: Job, rows: Mapping[str, Sequence[Row]], command: str, decided: Sequence[str], *, numbers: Mapping[str, str],
    whole: bool, unproven: str,
) -> str:  # fmt: skip
    """README.md: command, decisions with reasons, notes. `whole`: a row is a conversation, not one answer."""
    lines = [
        f"# {job.title}: rows for {job.model.name}",
        "",
        f"{plural(len(rows['train.jsonl']), 'row')} to train on, {len(rows.get('valid.jsonl', [])):,} held out.",
        "",
        "Run it in this folder:",
        "",
        f"```sh\n{command}\n```",
        "",
        "## What was decided",
        "",
        *[f"- {said}" for said in (*thoughts_said(job, whole), *decided)],
    ]
    if numbers:
        lines += ["", "## The numbers", "", *[f"- **{name}**: {said}" for name, said in numbers.items()]]
    held = [] if job.valid else [NONE_HELD if job.stands else NO_SPLIT]
    notes = [*job.personal, *job.notes, *held, *([] if job.model.template else [unproven])]
    if notes:
        lines += ["", "## To know", "", *[f"- {note}" for note in notes]]
    return "\n".join(lines) + "\n"


def thoughts_said(job: Job, whole: bool) -> list[str]:
    """Where thoughts stand, and why; what the history holds."""
    choice, template = job.choice, job.model.template
    where = f"in `{choice.encoding}`, a field of the message" if choice.encoding != "content" else "in the reply's text"
    tag = f", in <{choice.tag}>…</{choice.tag}>" if choice.encoding == "content" and choice.tag else ""
    said = [f"Thoughts stand {where}{tag}" + (f": {choice.reason}." if choice.reason else ".").replace("..", ".")]
    if whole:
        said.append("One row for each conversation, all its thoughts in it.")
    elif choice.unroll:
        said.append("One row for each answer; earlier answers are without their thoughts, as the model is used.")
    else:
        said.append("One row for each answer; earlier answers keep their thoughts, as this template keeps them.")
    if job.kwargs:
        switches = ", ".join(f"{name}={value}" for name, value in job.kwargs.items())
        said.append(f"The chat template needs {switches}, in training and when the model is used.")
    if template:
        name = template.name.rpartition("/")[2]
        said.append(f"Every row was rendered with {name}: thought and reply stand in what is learned.")
    return said


def conversations(job: Job, samples: Sequence[Sample]) -> list[tuple[Sample, list[Row]]]:
    """Each conversation once, whole, with all its thoughts."""
    assert job.choice.encoding != "refused"
    once = {sample.example: sample for sample in samples}
    return [(s, encode.messages(s.conversation, job.choice.encoding, job.tag)) for s in once.values()]


def plain(sample: Sample) -> list[Row]:
    """A sample's messages as JSON has them."""
    return [dict(message) for message in sample.messages]


def prompt_completion(sample: Sample, kwargs: Mapping[str, Any]) -> Row:
    """Prompt and completion as messages; the template's switches beside them, as TRL and unsloth read them."""
    row: Row = {"prompt": plain(sample)[:-1], "completion": plain(sample)[-1:]}
    return {**row, "chat_template_kwargs": dict(kwargs)} if kwargs else row

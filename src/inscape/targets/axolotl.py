"""axolotl 0.19: messages with the answer marked, or rendered segments where marks would miss part of it; a YAML config.

Invariant: what carries loss is the answer, from its first token to the end of its turn. axolotl finds a message's text
in the rendered row and leaves out what the template writes before it; where the template writes something there that
the model must learn (an empty thought before an instant answer, the mark that opens a thought), rows are written as
segments of the rendered text instead.
"""

from __future__ import annotations

import re

from inscape.errors import InscapeError
from inscape.targets import _hyper
from inscape.targets._job import Job, Made, Sample
from inscape.targets._write import Row, folder, plain
from inscape.targets._yaml import Comment, Entry, dump

NAME = "axolotl"
SUMMARY = "messages (or rendered segments), and a YAML config"
ALWAYS: str | None = None
LEAVES = False
NAMES_MODEL = True
COMMAND = (
    "pip install axolotl\n"
    "export AXOLOTL_DO_NOT_TRACK=1  # it reports its use to its makers otherwise\n"
    "axolotl preprocess config.yaml --debug  # shows which tokens carry loss\n"
    "axolotl train config.yaml"
)
_RENDERED = "the rows are the text that the template makes of them, with its own marks around each thought"
_END = re.compile(r"<[^<>\s]+>")


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, config.yaml, README.md. Raises InscapeError where segments cannot be written."""
    segments = any(needs_segments(sample, job) for sample in job.samples)
    if segments and not job.model.real_tokens and job.model.template and "_token" in job.model.template.source:
        raise InscapeError(
            f"axolotl needs the rendered text of these rows, and the special tokens of {job.model.name} are not known "
            "from a template alone. Nothing was written. Point --model at the model's folder, with its "
            "tokenizer_config.json."
        )
    train, valid = ([_segments(s) if segments else _marked(s) for s in part] for part in (job.train, job.valid))
    said = job.in_text(_RENDERED) if segments else job
    return folder(said, train, valid, {"config.yaml": dump(config(job, segments))}, COMMAND, _decided(segments))


def needs_segments(sample: Sample, job: Job) -> bool:
    """Whether something stands in the answer before its first word, or after its last besides one end-of-turn token."""
    if sample.target is None:
        return False
    first = str(sample.messages[-1].get(job.choice.encoding) or sample.messages[-1]["content"]).strip()
    rest = sample.target.rpartition(str(sample.messages[-1]["content"]).strip())[2].strip()
    return not sample.target.lstrip().startswith(first) or not (_END.fullmatch(rest) or not rest)


def config(job: Job, segments: bool) -> list[Entry]:
    """config.yaml: keys of axolotl's schema, which ignores any other without a word."""
    h = job.hyper
    held: list[Entry] = [
        ("eval_batch_size", h.batch),
        *_hyper.keep_best(h),
        ("early_stopping_patience", h.patience),
    ]
    return [
        Comment("LoRA with axolotl. What was decided, and why, stands in README.md."),
        ("base_model", job.model.name),
        *_data(job, segments),
        ("dataset_prepared_path", "prepared"),
        ("train_on_inputs", False),
        ("sequence_len", h.max_length),
        ("excess_length_strategy", "raise"),
        ("sample_packing", False),
        ("pad_to_sequence_len", False),
        Comment(),
        Comment("without this line axolotl trains the whole model"),
        ("adapter", "lora"),
        ("lora_target_linear", True),
        ("lora_r", h.rank),
        ("lora_alpha", h.alpha),
        ("lora_dropout", h.dropout),
        Comment(),
        ("learning_rate", h.rate),
        ("lr_scheduler", "cosine"),
        ("warmup_steps", h.warmup),
        ("optimizer", "adamw_torch"),
        ("weight_decay", 0.01),
        ("num_epochs", h.epochs),
        ("micro_batch_size", h.batch),
        ("gradient_accumulation_steps", h.accumulation),
        ("bf16", "auto"),
        ("gradient_checkpointing", True),
        ("logging_steps", 1 if h.steps < 100 else 10),
        *(held if job.valid else [("val_set_size", 0.0), ("save_strategy", "epoch")]),
        ("seed", h.seed),
        ("output_dir", "adapter"),
    ]


def _data(job: Job, segments: bool) -> list[Entry]:
    made: list[Entry] = [("datasets", [_dataset(job, "train.jsonl", segments)])]
    if job.valid:
        made.append(("test_datasets", [{**_dataset(job, "valid.jsonl", segments), "split": "train"}]))
    if not segments:
        made.append(("chat_template", "tokenizer_default"))
        if job.kwargs:
            made.append(("chat_template_kwargs", job.kwargs))
        if end := _end(job):
            made.append(("eot_tokens", [end]))
    return made


def _dataset(job: Job, name: str, segments: bool) -> Row:
    if segments:
        return {"path": name, "ds_type": "json", "type": "input_output"}
    fields = {"role": "role", "content": "content"}
    if job.choice.encoding != "content":
        fields[job.choice.encoding] = job.choice.encoding  # unnamed, axolotl drops it for half of the families
    return {
        "path": name,
        "ds_type": "json",
        "type": "chat_template",
        "field_messages": "messages",
        "message_property_mappings": fields,
        "roles_to_train": [],
        "message_field_training": "train",
        "train_on_eos": "turn",
    }


def _end(job: Job) -> str:
    """The token that ends a turn, where every row ends with the same one; axolotl trains no other."""
    ends = {s.target.rpartition(str(s.messages[-1]["content"]).strip())[2].strip() for s in job.samples if s.target}
    only = ends.pop() if len(ends) == 1 else ""
    return only if _END.fullmatch(only) and job.model.template and only in job.model.template.source else ""


def _marked(sample: Sample) -> Row:
    *before, last = plain(sample)
    return {"messages": [*({**message, "train": False} for message in before), {**last, "train": True}]}


def _segments(sample: Sample) -> Row:
    prompt, target = sample.prompt or "", sample.target or ""
    return {"segments": [{"label": False, "text": prompt}, {"label": True, "text": target}]}


def _decided(segments: bool) -> list[str]:
    rows = (
        "Rows are segments of the rendered text (`type: input_output`): the template writes marks before the answer "
        "that must be learned with it, and axolotl's `chat_template` rows would leave those without loss."
        if segments
        else "Rows are messages with `train` true on the last alone (`message_field_training`, `roles_to_train: []`)."
    )
    return [
        rows,
        "`adapter: lora` stands in the config: without it axolotl trains the whole model and says nothing.",
        "No packing: it saves nothing with a few hundred rows. `excess_length_strategy: raise`: no row drops unseen.",
    ]

"""LLaMA-Factory 0.9.5: ShareGPT-shaped rows with role and content, dataset_info.json, and a YAML config.

Invariant: LLaMA-Factory renders rows itself, from slots that it reads off the model's chat template, and knows no field
for thoughts: they stand in the answer in the template's own marks. Every row is put together here in the same way, and
the export is refused where that text is not the template's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from inscape.errors import DataError, InscapeError
from inscape.rendering.templates import ChatTemplate, Message, render
from inscape.targets import _hyper
from inscape.targets._job import Job, Made, Sample
from inscape.targets._write import Row, folder, plain
from inscape.targets._yaml import Comment, Entry, dump

NAME = "llama-factory"
SUMMARY = "conversations, dataset_info.json and a YAML config (LLaMA-Factory)"
ALWAYS: str | None = None
LEAVES = False
NAMES_MODEL = True
COMMAND = "pip install llamafactory\nllamafactory-cli train config.yaml"
_WRITTEN = "LLaMA-Factory has no field for them, so they stand in the marks that the chat template writes"
_COMPARED = "Every row was put together as LLaMA-Factory does it and compared with the template's own text."
MARK = "{{content}}"


@dataclass(frozen=True, slots=True)
class Slots:
    """What LLaMA-Factory's parse_template reads off a chat template, by rendering `{{content}}` in each role."""

    system: str
    user: str
    before: str
    """Of the answer's slot: what comes before the content."""
    after: str
    default_system: str
    thinks: bool
    """It takes the template for one of a reasoning model, and adds an empty thought to an answer without one."""


def write(job: Job) -> Made:
    """train.jsonl, valid.jsonl, dataset_info.json, config.yaml, README.md. Raises InscapeError for what it changes."""
    slots = _slots(job)
    train, valid = ([_row(job, sample, slots) for sample in part] for part in (job.train, job.valid))
    files = {"dataset_info.json": json.dumps(_info(job), indent=2) + "\n", "config.yaml": dump(config(job))}
    decided = (
        "`template` is left out: LLaMA-Factory then reads the slots off the model's own chat template.",
        *([_COMPARED] if slots else []),
        "`mask_history: true`: loss on the last answer alone.",
    )
    return folder(job.in_text(_WRITTEN), train, valid, files, COMMAND, decided)


def config(job: Job) -> list[Entry]:
    """config.yaml: LLaMA-Factory refuses keys that it does not know."""
    h = job.hyper
    held: list[Entry] = [
        ("eval_dataset", "inscape_valid"),
        ("per_device_eval_batch_size", h.batch),
        *_hyper.keep_best(h),
        ("early_stopping_steps", h.patience),
    ]
    return [
        Comment("LoRA with LLaMA-Factory. What was decided, and why, stands in README.md."),
        ("model_name_or_path", job.model.name),
        ("stage", "sft"),
        ("do_train", True),
        ("finetuning_type", "lora"),
        ("lora_target", "all"),
        ("lora_rank", h.rank),
        ("lora_alpha", h.alpha),
        ("lora_dropout", h.dropout),
        Comment(),
        ("dataset_dir", "."),
        ("dataset", "inscape_train"),
        ("mask_history", True),
        ("train_on_prompt", False),
        ("cutoff_len", h.max_length),
        Comment(),
        ("learning_rate", h.rate),
        ("lr_scheduler_type", "cosine"),
        ("warmup_steps", h.warmup),
        ("weight_decay", 0.01),
        ("num_train_epochs", h.epochs),
        ("per_device_train_batch_size", h.batch),
        ("gradient_accumulation_steps", h.accumulation),
        ("bf16", True),
        ("logging_steps", 1 if h.steps < 100 else 10),
        *(held if job.valid else [("save_strategy", "epoch")]),
        ("report_to", "none"),
        ("seed", h.seed),
        ("output_dir", "adapter"),
    ]


def slots_of(template: ChatTemplate) -> Slots:
    """The slots of a template. Raises DataError where it does not take a system prompt, or an empty one."""
    bos = _bos(template)
    system = _text(template, [("system", MARK)], False).removeprefix(bos)
    empty = _text(template, [("system", ""), ("user", MARK)], True).removeprefix(bos)
    user = _text(template, [("user", MARK)], True)
    answer = _text(template, [("user", MARK), ("assistant", MARK)], False)[len(user) :]
    user = user.removeprefix(bos)
    thinks = "<think>" in answer
    answer = answer.replace("<think>", "").replace("</think>", "").lstrip("\n")
    default = ""
    if len(user) > len(empty):
        default = _more(empty, user)
        user = user[len(system.replace(MARK, default, 1)) :]
    for role, slot in (("system", system), ("user", user), ("assistant", answer)):
        if MARK not in slot:
            raise DataError(f"it has no place of its own for what the {role} says")
    before, _, after = answer.partition(MARK)
    return Slots(system, user, before, after, default, thinks)


def _slots(job: Job) -> Slots | None:
    template = job.model.template
    if template is None and job.choice.encoding == "content":
        return None
    if template is None:
        raise InscapeError(
            "LLaMA-Factory has no field for thoughts; to write them in the model's own marks, its chat template is "
            "needed. Point --model at the model's folder, or name its template with --template."
        )
    try:
        return slots_of(template)
    except DataError as problem:
        raise _refused(job, f"it cannot read the slots off this template: {str(problem).rstrip('.')}") from None


def _row(job: Job, sample: Sample, slots: Slots | None) -> Row:
    messages = plain(sample)
    if slots is None or sample.prompt is None or sample.target is None or job.model.template is None:
        return {"messages": messages}
    before = slots.before if sample.target.startswith(slots.before) else ""
    said = sample.target.removeprefix(before).removesuffix(slots.after)
    head = [{"role": m["role"], "content": m["content"]} for m in messages[:-1]]
    row = [*head, {"role": "assistant", "content": said}]
    if _bos(job.model.template) + together(row, slots) != sample.prompt + sample.target:
        raise _refused(job, f"the text that it puts together is not what the template gives (example {sample.example})")
    return {"messages": row}


def together(messages: list[Message], slots: Slots) -> str:
    """The row's text as LLaMA-Factory puts it together, with mask_history."""
    system = next((str(m["content"]) for m in messages if m["role"] == "system"), "") or slots.default_system
    talk = [m for m in messages if m["role"] != "system"]
    text = slots.system.replace(MARK, system) if system else ""
    for number, message in enumerate(talk, 1):
        said = str(message["content"])
        if message["role"] == "user":
            text += slots.user.replace(MARK, said)
            continue
        adds = slots.thinks and number == len(talk) and "<think>" not in said and "</think>" not in said
        text += ("<think>\n\n</think>\n\n" if adds else "") + slots.before + said + slots.after
    return text


def _text(template: ChatTemplate, messages: list[tuple[str, str]], prompt: bool) -> str:
    said = [{"role": role, "content": content} for role, content in messages]
    return render(template, said, add_generation_prompt=prompt)


def _bos(template: ChatTemplate) -> str:
    """The token that opens every text, where the template writes it: tokenizers of such models add it too."""
    bos = str(template.tokens.get("bos_token") or "")
    text = _text(template, [("user", MARK)], False)
    return bos if bos and text.startswith(bos) else ""


def _more(short: str, long: str) -> str:
    """The letters of `long` that `short` passes over, as LLaMA-Factory finds a template's default system prompt."""
    at, made = 0, ""
    for letter in long:
        if at >= len(short):
            break
        if letter == short[at]:
            at += 1
        else:
            made += letter
    return made


def _info(job: Job) -> Row:
    tags = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
    parts = {"inscape_train": "train.jsonl", **({"inscape_valid": "valid.jsonl"} if job.valid else {})}
    return {
        name: {
            "file_name": file,
            "formatting": "sharegpt",
            "columns": {"messages": "messages"},
            "tags": {**tags, "system_tag": "system"},
        }
        for name, file in parts.items()
    }


def _refused(job: Job, why: str) -> InscapeError:
    return InscapeError(
        f"LLaMA-Factory cannot train {job.model.name} on these rows as they must be: {why}. Nothing was written. "
        "Use --for trl or --for axolotl, or another model."
    )

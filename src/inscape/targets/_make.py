"""Examples into a job: each answer with what stands before it, rendered, and looked at before anything is written.

Invariant: a job that comes out of `make` loses nothing: with a template, every thought and every reply stands in what
is learned, and the prompt at use is the beginning of the training text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inscape.errors import DataError, InscapeError
from inscape.examples import effort, thoughts
from inscape.export import Options
from inscape.export._turns import joined, losses
from inscape.records import Conversation, Example
from inscape.rendering import encode
from inscape.rendering.behavior import Choice
from inscape.rendering.confined import Job as Rendering
from inscape.rendering.templates import ChatTemplate, Message, render_all
from inscape.targets._hyper import decide
from inscape.targets._job import Job, Model, Sample
from inscape.text import plural


def make(
    train: Sequence[Example], valid: Sequence[Example], model: Model, choice: Choice, *, tag: str,
    notes: Sequence[str] = (), title: str = "inscape", **beside: Any,
) -> Job:  # fmt: skip
    """The job of these examples for this model. `beside`: what else a job holds, as `Job` has it.

    Raises InscapeError where the choice is a refusal, or where one answer does not come through the template whole.
    """
    if choice.encoding == "refused":
        raise InscapeError(
            f"{model.name}: its chat template cannot carry what these examples teach: {choice.reason.rstrip('.')}. "
            "Nothing was written. Choose another model or template."
        )
    name = choice.tag or tag
    parts = [
        tuple(_checked(sample, model, choice) for example in part for sample in samples(example, choice, name))
        for part in (train, valid)
    ]
    longest = max((_tokens(sample) for part in parts for sample in part), default=0)
    hyper = decide(len(parts[0]), len(parts[1]), longest, model.billions, model.context)
    left_out = [
        *notes,
        *_dated(model),
        *_cut(longest, hyper.max_length),
        *_empty([sample for part in parts for sample in part]),
        *_hasty([*train, *valid]),
        *joined([*train, *valid]),
        *losses([*train, *valid], Options(tag=name), unrolled=choice.unroll),
    ]
    return Job(model, choice, name, parts[0], parts[1], hyper, tuple(left_out), title, **beside)


def _dated(model: Model) -> list[str]:
    if model.template is None or "strftime_now" not in model.template.source:
        return []
    return ["The chat template writes the day's date into every text: the one of training, and another one at use."]


def _cut(longest: int, length: int) -> list[str]:
    if longest <= length:
        return []
    return [
        f"The longest row is estimated at up to {longest:,} tokens (half its bytes), and the model takes {length:,}. "
        f"A row that is longer is cut or refused: `inscape preview --max-length {length}` finds it, by the model's own "
        "tokenizer.json where there is one."
    ]


def _empty(given: Sequence[Sample]) -> list[str]:
    """What is taught besides the words of the examples, as `inscape preview` says it."""
    count = sum(sample.empty for sample in given)
    verb = "teaches" if count == 1 else "teach"
    what = f"{plural(count, 'answer')} without a thought {verb} the template's empty thought: to answer at once."
    return [what] if count else []


def _hasty(given: Sequence[Example]) -> list[str]:
    """Rows that are labeled as thought over, and show no thought."""
    talks = [example.conversation for example in given]
    count = sum(
        effort.level_of(talk) in ("MEDIUM", "HIGH") and not any(turn.thought for turn in talk.turns) for talk in talks
    )
    return [f"Medium or high effort without a thought in any turn: {plural(count, 'example')}."] if count else []


def samples(example: Example, choice: Choice, tag: str) -> Iterator[Sample]:
    """One for each answer, with the turns before it. Earlier thoughts stand in it only where the model keeps them."""
    talk = example.conversation
    for number, (row, turn) in enumerate(zip(_rows(talk, choice, tag), talk.answers, strict=True), 1):
        yield Sample(example.id, number, tuple(row), turn, talk)


def texts(template: ChatTemplate, messages: Sequence[Message], kwargs: Mapping[str, Any]) -> tuple[str, str]:
    """The prompt as the model gets it at use, and the whole text as trainers render it. Raises DataError."""
    (done,) = render_all(template, [Rendering(messages, [len(messages) - 1])], kwargs)
    if isinstance(done, DataError):
        raise done
    return done.prompts[0], done.whole


def _rows(talk: Conversation, choice: Choice, tag: str) -> list[list[Message]]:
    assert choice.encoding != "refused"
    return encode.answers(talk, choice.encoding, tag, choice.unroll)


def _checked(sample: Sample, model: Model, choice: Choice) -> Sample:
    """The sample with its texts. Raises InscapeError where something of it would be lost."""
    if model.template is None:
        return sample
    where = f"Example {sample.example}, answer {sample.turn}"
    try:
        prompt, whole = texts(model.template, sample.messages, choice.kwargs)
    except DataError as problem:
        raise InscapeError(f"{where} cannot be rendered: {problem}. Nothing was written.") from None
    if not whole.startswith(prompt):
        advice = "" if sample.reply.thought else "give this answer a thought (the prompt opens one), or "
        raise InscapeError(
            f"{where}: with {model.template.name} the prompt at use is no beginning of the training text, so the model "
            f"would be trained on what it never meets. Nothing was written. To go on, {advice}choose another model."
        )
    said = sample.reply
    if said.thought and choice.tag and not thoughts.survives(said.thought.strip(), said.text.strip(), choice.tag):
        raise InscapeError(
            f"{where}: its thought or reply holds a thought's tag itself, so the two would run together. Nothing was "
            "written. Take the tag out in `inscape review`."
        )
    target = whole[len(prompt) :]
    if what := next((what for what, text, place in _parts(sample, prompt, target) if text.strip() not in place), None):
        raise InscapeError(
            f"{where}: the {what} does not come through {model.template.name}. Nothing was written. "
            "Choose another model or template."
        )
    return replace(sample, prompt=prompt, target=target)


def _parts(sample: Sample, prompt: str, target: str) -> Iterator[tuple[str, str, str]]:
    """What a row is made of: its name, its text, and the text in which it must stand."""
    yield "thought", sample.reply.thought or "", target
    yield "reply", sample.reply.text, target
    yield "effort", f'effort="{sample.reply.effort}"' if sample.reply.effort else "", target
    names = {"system": "system prompt", "user": "question", "assistant": "earlier reply"}
    for message in sample.messages[:-1]:
        yield names[message["role"]], str(message["content"]), prompt


def _tokens(sample: Sample) -> int:
    """An upper estimate of a row's tokens, without its tokenizer: half its UTF-8 bytes, and some for the template.

    Measured tokenizers take 2.5 bytes (Turkish) to 4.5 (English) for a token, so this errs on the long side. Rows are
    padded to the longest of their batch and not to the limit: a limit that is too high costs nothing.
    """
    if sample.prompt is not None and sample.target is not None:
        return len((sample.prompt + sample.target).encode()) // 2 + 16
    said = sum(len(str(value).encode()) for one in sample.messages for value in one.values())
    return said // 2 + 16 * (len(sample.messages) + 1)

"""Answers of a model of transformers: to probes, and from the first words of rows, to see what it knows by heart.

Invariant: greedy, in the prompt's own tokens (special tokens as text, none added), and no random number is drawn. A
text keeps its end mark and loses its padding.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from inscape.trainers.jobs import Recall, TrainJob
from inscape.trainers.telling import Line

TOGETHER = 8
"""Prompts in a batch."""
BEGUN, GOES_ON = 16, 32
"""Tokens of an answer that are given (of a short one half), and tokens that are compared."""


@dataclass(frozen=True, slots=True)
class Answer:
    ids: list[int]
    """Up to the end mark and with it."""
    seconds: float


class Speaking(Protocol):
    """A model that answers, of whatever library."""

    tokenizer: Any

    def text(self, answer: Answer) -> str: ...
    def answers(self, prompts: Sequence[list[int]], longest: int) -> Iterator[Answer]: ...


def tell(line: Line, job: TrainJob, speaker: Speaking, when: str) -> None:
    """Tells the answers to the probes, and how far rows are known by heart."""
    prompts = [list(speaker.tokenizer(one.text, add_special_tokens=False)["input_ids"]) for one in job.probes]
    for probe, answer in zip(job.probes, speaker.answers(prompts, job.max_new_tokens), strict=True):
        text, tokens = speaker.text(answer), len(answer.ids)
        line.say("sample", when=when, probe=probe.id, text=text, tokens=tokens, seconds=answer.seconds)
    begun = [(one, begin(speaker.tokenizer, one)) for one in job.memorize]
    begun = [(one, parts) for one, parts in begun if parts.rest]
    answers = speaker.answers([parts.given for _, parts in begun], GOES_ON)
    for (one, parts), answer in zip(begun, answers, strict=True):
        known = same(answer.ids, parts.rest)
        line.say("memorized", when=when, id=one.id, held_out=one.held_out, same=known, of=len(parts.rest))


@dataclass(slots=True)
class Speaker:
    model: Any
    tokenizer: Any
    ends: frozenset[int]

    def text(self, answer: Answer) -> str:
        return str(self.tokenizer.decode(answer.ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))

    def answers(self, prompts: Sequence[list[int]], longest: int) -> Iterator[Answer]:
        """One for each prompt, in their order."""
        for first in range(0, len(prompts), TOGETHER):
            yield from self._together(prompts[first : first + TOGETHER], longest)

    def _together(self, prompts: Sequence[list[int]], longest: int) -> Iterator[Answer]:
        import torch

        width, pad = max(map(len, prompts)), self.pad
        ids = torch.tensor([[pad] * (width - len(one)) + one for one in prompts], device=self.model.device)
        mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in prompts], device=self.model.device)
        begun = time.monotonic()
        with torch.no_grad(), quiet(self, longest):
            made = self.model.generate(input_ids=ids, attention_mask=mask, use_cache=True)
        seconds = (time.monotonic() - begun) / len(prompts)
        for row in made[:, width:].tolist():
            last = next((n for n, one in enumerate(row) if one in self.ends), len(row))
            yield Answer(row[: last + 1], seconds)

    @property
    def pad(self) -> int:
        own = self.tokenizer.pad_token_id
        return int(own if own is not None else next(iter(self.ends), 0))


@contextmanager
def quiet(speaker: Speaker, longest: int) -> Iterator[None]:
    """Greedy, whatever the model's own generation_config asks for; in evaluation, without dropout."""
    from transformers import GenerationConfig

    model = speaker.model
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    own, training = inner.generation_config, model.training
    inner.generation_config = GenerationConfig(
        max_new_tokens=longest, do_sample=False, pad_token_id=speaker.pad, eos_token_id=sorted(speaker.ends) or None
    )
    model.eval()
    try:
        yield
    finally:
        inner.generation_config = own
        model.train(training)


def ends(model: Any, tokenizer: Any, learned: Sequence[int]) -> frozenset[int]:
    """What ends an answer: the model's own end tokens, and the last special token that a row teaches."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    found = [getattr(inner.generation_config, "eos_token_id", None), inner.config.get_text_config().eos_token_id]
    every: set[int] = {tokenizer.eos_token_id} - {None}
    for one in found:
        every |= set(one) if isinstance(one, list) else {one} - {None}
    return frozenset(every | last_mark(tokenizer, learned))


def last_mark(tokenizer: Any, learned: Sequence[int]) -> set[int]:
    """The last special token that a row teaches: what ends an answer, whatever the model's files say."""
    special = {*tokenizer.all_special_ids, *getattr(tokenizer, "added_tokens_decoder", {})}
    return set([one for one in learned if one in special][-1:])


@dataclass(frozen=True, slots=True)
class Begun:
    """A row's answer in two: what is given, and how it goes on."""

    given: list[int]
    rest: list[int]


def begin(tokenizer: Any, row: Recall) -> Begun:
    """Prompt and answer tokenized as one text, as training does."""
    made = tokenizer(row.prompt + row.target, add_special_tokens=False, return_offsets_mapping=True)
    ids, start = list(made["input_ids"]), len(row.prompt)
    first = next((n for n, (_, end) in enumerate(made["offset_mapping"]) if end > start), len(ids))
    cut = first + min(BEGUN, (len(ids) - first) // 2)
    return Begun(ids[:cut], ids[cut : cut + GOES_ON])


def same(left: Sequence[int], right: Sequence[int]) -> int:
    """Tokens that are equal from the first on."""
    return next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))

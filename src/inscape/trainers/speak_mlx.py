"""Answers with mlx-lm: a model's folder, and an adapter over it.

Invariant: nothing is downloaded; the folder is one of transformers' or mlx-lm's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inscape.trainers.speak_hf import Letters, decoded, template_of
from inscape.trainers.speak_jobs import Bit, Engine, How, Said, SpeakJob, fits
from inscape.trainers.telling import Failure


def load(job: SpeakJob) -> Engine:
    """Raises Failure where the folder holds no such model, ImportError where packages are missing."""
    import mlx.core as mx
    from mlx_lm import load as load_model

    if job.adapter and not (Path(job.adapter) / "adapters.safetensors").is_file():
        raise Failure("no-model", f"{job.adapter} holds no adapter of mlx-lm: there is no adapters.safetensors in it.")
    model, tokenizer, *_ = load_model(job.model, adapter_path=job.adapter)
    if job.dtype == "float32":
        model.set_dtype(mx.float32)
    return Mlx(job, model, tokenizer)


class Mlx:
    """A model of mlx-lm with its tokenizer."""

    def __init__(self, job: SpeakJob, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer._tokenizer  # that of transformers itself: the wrapper has ways of its own
        self.name = Path(job.model).name
        self.template: str | None = template_of(self.tokenizer)
        self.bos: str | None = self.tokenizer.bos_token
        self.eos: str | None = self.tokenizer.eos_token
        self.context: int | None = job.context or getattr(model.args, "max_position_embeddings", None)
        self.ends = set(tokenizer.eos_token_ids)

    def tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def piece(self, id_: int) -> str:
        return str(self.tokenizer.decode([id_]))

    def write(self, prompt: str, how: How) -> Iterator[Bit]:
        letters, count, ids = Letters(self.tokenizer), 0, self.tokens(prompt)
        for count, chosen in enumerate(self._ids(ids, how), 1):
            if chosen in self.ends:
                yield from letters.last(count - 1, len(ids))
                yield Bit(self.piece(chosen), count, end=True, prompt=len(ids))
                return
            yield Bit(letters.add(chosen), count, prompt=len(ids))
        yield from letters.last(count, len(ids))

    def many(self, prompts: Sequence[str], most: int) -> list[Said]:
        made = []
        for prompt in prompts:
            ids: list[int] = []
            for id_ in self._ids(self.tokens(prompt), How(most)):
                ids.append(id_)
                if id_ in self.ends:
                    break
            made.append(Said(decoded(self.tokenizer, ids), tuple(ids)))
        return made

    def _ids(self, prompt: Sequence[int], how: How) -> Iterator[int]:
        import mlx.core as mx
        from mlx_lm.generate import generate_step
        from mlx_lm.sample_utils import make_sampler

        if how.seed is not None:
            mx.random.seed(how.seed)
        sampler = make_sampler(temp=how.temperature, top_p=how.top_p if how.top_p < 1 else 0.0)
        most = fits(len(prompt), self.context, how.most)
        for token, _ in generate_step(mx.array(list(prompt)), self.model, max_tokens=most, sampler=sampler):
            yield int(token)

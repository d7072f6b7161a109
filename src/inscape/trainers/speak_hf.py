"""Answers with transformers: a model's folder, and with peft an adapter over it.

Invariant: nothing is downloaded; on a CPU weights are float32, so that the likeliest token is the same as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from inscape.trainers.speak_jobs import Bit, Engine, How, Said, SpeakJob, fits
from inscape.trainers.telling import Failure

BATCH = 8


def load(job: SpeakJob) -> Engine:
    """Raises Failure where the folder holds no such model, ImportError where packages are missing."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    if job.threads:
        torch.set_num_threads(job.threads)
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    dtype: Any = torch.float32 if job.dtype == "float32" or device == "cpu" else "auto"
    tokenizer = AutoTokenizer.from_pretrained(job.model, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(job.model, dtype=dtype, local_files_only=True)
    if job.adapter:
        from peft import PeftModel

        if not (Path(job.adapter) / "adapter_config.json").is_file():
            raise Failure("no-model", f"{job.adapter} holds no adapter: there is no adapter_config.json in it.")
        model = PeftModel.from_pretrained(model, job.adapter)
    return Hf(job, model.to(device).eval(), tokenizer)


class Hf:
    """A model of transformers with its tokenizer."""

    def __init__(self, job: SpeakJob, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.name = Path(job.model).name
        self.template: str | None = template_of(tokenizer)
        self.bos: str | None = tokenizer.bos_token
        self.eos: str | None = tokenizer.eos_token
        self.context: int | None = job.context or _context(model.config)
        self.ends = _ends(model, tokenizer)

    def tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def piece(self, id_: int) -> str:
        return str(self.tokenizer.decode([id_]))

    def write(self, prompt: str, how: How) -> Iterator[Bit]:
        import torch

        ids = self.tokens(prompt)
        letters = Letters(self.tokenizer)
        draw = torch.Generator(self.model.device)
        if how.seed is None:
            draw.seed()
        else:
            draw.manual_seed(how.seed)
        given, past = torch.tensor([ids], device=self.model.device), None
        most = fits(len(ids), self.context, how.most)
        for count in range(1, most + 1):
            with torch.inference_mode():
                out = self.model(input_ids=given, past_key_values=past, use_cache=True)
                past = out.past_key_values
                chosen = _choose(out.logits[0, -1].float(), how, draw)
            if chosen in self.ends:
                yield from letters.last(count - 1, len(ids))
                yield Bit(self.piece(chosen), count, end=True, prompt=len(ids))
                return
            yield Bit(letters.add(chosen), count, prompt=len(ids))
            given = torch.tensor([[chosen]], device=self.model.device)
        yield from letters.last(most, len(ids))

    def many(self, prompts: Sequence[str], most: int) -> list[Said]:
        tokens = [self.tokens(text) for text in prompts]
        order = sorted(range(len(tokens)), key=lambda n: len(tokens[n]))
        made: dict[int, Said] = {}
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            made |= zip(some, self._batch([tokens[n] for n in some], most), strict=True)
        return [made[n] for n in range(len(tokens))]

    def _batch(self, prompts: Sequence[Sequence[int]], most: int) -> list[Said]:
        """The likeliest answers to a few prompts at once, padded on the left."""
        import torch

        wide = max(len(one) for one in prompts)
        pad = self.tokenizer.pad_token_id or 0
        ids = torch.tensor([[pad] * (wide - len(one)) + list(one) for one in prompts], device=self.model.device)
        mask = torch.tensor([[0] * (wide - len(one)) + [1] * len(one) for one in prompts], device=self.model.device)
        with torch.inference_mode():
            out = self.model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=fits(wide, self.context, most), do_sample=False,
                temperature=None, top_p=None, top_k=None, repetition_penalty=None, pad_token_id=pad,
                eos_token_id=sorted(self.ends) or None,
            )  # fmt: skip
        return [self._said(row[wide:].tolist()) for row in out]

    def _said(self, ids: Sequence[int]) -> Said:
        """Up to the first end mark, with it; what stands behind is padding."""
        end = next((n for n, id_ in enumerate(ids, 1) if id_ in self.ends), len(ids))
        return Said(decoded(self.tokenizer, ids[:end]), tuple(ids[:end]))


class Letters:
    """Tokens as whole letters: what may still become a letter is held back."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.ids: list[int] = []
        self.before = 0
        """The first of the tokens that the next text is decoded with: it depends on what stands before it."""
        self.said = 0

    def add(self, id_: int) -> str:
        self.ids.append(id_)
        new = self._new()
        if new.endswith("\ufffd") and len(self.ids) - self.said < 8:
            return ""
        self.before, self.said = self.said, len(self.ids)
        return new

    def last(self, count: int, prompt: int) -> Iterator[Bit]:
        """What is still held back: half a letter, with the sign for it."""
        if text := self._new():
            yield Bit(text, count, prompt=prompt)

    def _new(self) -> str:
        old = decoded(self.tokenizer, self.ids[self.before : self.said])
        return decoded(self.tokenizer, self.ids[self.before :])[len(old) :]


def decoded(tokenizer: Any, ids: Sequence[int]) -> str:
    return str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))


def template_of(tokenizer: Any) -> str | None:
    """The chat template; of several by name, the one called default."""
    held = tokenizer.chat_template
    held = held.get("default") if isinstance(held, dict) else held
    return held if isinstance(held, str) else None


def _choose(logits: Any, how: How, draw: Any) -> int:
    import torch

    if how.temperature <= 0:
        return int(logits.argmax())
    shares = torch.softmax(logits / how.temperature, dim=-1)
    if how.top_p < 1:
        ordered, order = shares.sort(descending=True)
        rest = ordered.cumsum(-1) - ordered >= how.top_p
        shares = shares.scatter(0, order[rest], 0.0)
    return int(torch.multinomial(shares, 1, generator=draw))


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """The tokens that end an answer, as the model's own files name them."""
    found: set[int] = set()
    for held in (getattr(model.generation_config, "eos_token_id", None), tokenizer.eos_token_id):
        found |= set(held) if isinstance(held, list) else set() if held is None else {held}
    return found


def _context(config: Any) -> int | None:
    found = getattr(getattr(config, "text_config", config), "max_position_embeddings", None)
    return found if isinstance(found, int) else None

"""The tiny model that ships, in the libraries that train it: it loads, both say the same, and it knows its own book."""

from __future__ import annotations

import importlib
import math
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

TINY = Path(str(resources.files("inscape.sample"))) / "tiny"
BOOK = resources.files("inscape.sample") / "book.md"
PROMPTS = (
    "The prince looked at her and said",
    "<|im_start|>user\nWhat is the matter with you?<|im_end|>\n<|im_start|>assistant\n",
)
LENGTH = 24


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(TINY)


@pytest.fixture(scope="module")
def model() -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(TINY, dtype=torch.float32).eval()


def by_mlx(ids: list[int]) -> list[int]:
    """The likeliest tokens that follow, one after another, in single precision."""
    from mlx_lm.utils import load_model

    mx: Any = importlib.import_module("mlx.core")
    net, _ = load_model(TINY)
    net.set_dtype(mx.float32)
    said = list(ids)
    for _ in range(LENGTH):
        said.append(int(mx.argmax(net(mx.array([said]))[0, -1]).item()))
    return said[len(ids) :]


def by_torch(model: Any, ids: list[int]) -> list[int]:
    import torch

    said = list(ids)
    with torch.no_grad():
        for _ in range(LENGTH):
            said.append(int(model(input_ids=torch.tensor([said])).logits[0, -1].argmax()))
    return said[len(ids) :]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_both_libraries_say_the_same(tokenizer: Any, model: Any, prompt: str) -> None:
    ids = tokenizer(prompt)["input_ids"]
    said = by_torch(model, ids)
    assert by_mlx(ids) == said
    assert len(set(said)) > 4, "it says one word over and over"


def test_nothing_is_added_by_either_loader(tokenizer: Any) -> None:
    from mlx_lm.utils import load_tokenizer

    other = load_tokenizer(TINY)
    asked = [{"role": "user", "content": "Günaydın."}]
    for one in (tokenizer, other):
        text = one.apply_chat_template(asked, add_generation_prompt=True, tokenize=False)
        ids = one.encode(text)
        assert text == "<|im_start|>user\nGünaydın.<|im_end|>\n<|im_start|>assistant\n"
        assert tokenizer.decode(ids) == text
        assert one.eos_token_id == tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert tokenizer(PROMPTS[1])["input_ids"] == other.encode(PROMPTS[1])


def test_it_has_learned_the_book_that_ships_with_it(tokenizer: Any, model: Any) -> None:
    import torch

    ids = tokenizer(BOOK.read_text(encoding="utf-8"), return_tensors="pt")["input_ids"][:, :1024]
    with torch.no_grad():
        loss = float(model(input_ids=ids, labels=ids).loss)
    assert loss < math.log(model.config.vocab_size) / 1.5


def test_a_turn_ends(tokenizer: Any, model: Any) -> None:
    import torch

    ids = tokenizer(PROMPTS[1], return_tensors="pt")["input_ids"]
    torch.manual_seed(1)
    said = model.generate(ids, do_sample=True, num_return_sequences=8, max_new_tokens=120, top_k=40)
    assert (said == model.config.eos_token_id).sum() > len(said), "the prompt's own, and most of the answers'"

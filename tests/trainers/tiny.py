"""A tiny model and tokenizer, made on the spot from a fixed seed, with any chat template."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

from inscape.rendering.templates import ChatTemplate

MARK = re.compile(r"<\|?[\w/:|-]+\|?>|<start_of_turn>|<end_of_turn>|\[/?[A-Z_]+\]")
TEXT = resources.files("inscape.sample") / "book.md"
BOS, EOS, PAD = "<s>", "</s>", "<pad>"


def tokenizer(template: str) -> Any:
    """Byte-level BPE of 1,024 on the sample book; every mark of the template is a token of its own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    marks = sorted(set(MARK.findall(template)) | {"<think>", "</think>"})
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1024,
        special_tokens=list(dict.fromkeys([BOS, EOS, PAD, *marks])),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([TEXT.read_text(encoding="utf-8")], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=BOS, eos_token=EOS, pad_token=PAD, chat_template=template
    )


def save(folder: Path, template: str) -> Any:
    """A model of 200,000 parameters with its tokenizer, in a folder; the tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    made = tokenizer(template)
    config = LlamaConfig(
        vocab_size=len(made), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, bos_token_id=made.bos_token_id, eos_token_id=made.eos_token_id,
        pad_token_id=made.pad_token_id, max_position_embeddings=4096,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    made.save_pretrained(folder)
    return made


def template_of(source: str, name: str) -> ChatTemplate:
    return ChatTemplate(source, name, {"bos_token": BOS, "eos_token": EOS, "pad_token": PAD})


def expected(tokenizer: Any, prompt: str, target: str) -> tuple[list[int], list[int]]:
    """Ids and labels of a row as the export says them: loss on the target and nothing else."""
    made = tokenizer(prompt + target, add_special_tokens=False, return_offsets_mapping=True)
    ids = list(made["input_ids"])
    labels = [one if end > len(prompt) else -100 for one, (_, end) in zip(ids, made["offset_mapping"], strict=True)]
    return ids, labels

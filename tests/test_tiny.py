"""The tiny model that ships: its files, its size, its chat template and tokenizer, without anything that trains."""

from __future__ import annotations

import json
import math
import struct
from importlib import resources
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from inscape.rendering import behavior, load
from inscape.rendering.templates import ChatTemplate, Message, render

TINY = Path(str(resources.files("inscape.sample"))) / "tiny"
FILES = {
    "README.md", "chat_template.jinja", "config.json", "generation_config.json", "model.safetensors",
    "tokenizer.json", "tokenizer_config.json",
}  # fmt: skip
ASKED: Message = {"role": "user", "content": "  Bugün ne yapsam?\n"}
SAID: Message = {"role": "assistant", "content": '<thinking effort="low"/>\n\nYürü biraz. '}


@pytest.fixture(scope="module")
def template() -> ChatTemplate:
    found = {name: (TINY / name).read_text(encoding="utf-8") for name in load.FILES if (TINY / name).exists()}
    return load.template(found, "tiny")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TINY / "tokenizer.json"))


def weights() -> dict[str, list[int]]:
    """Shapes by name, from the head of the file."""
    with (TINY / "model.safetensors").open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        head = json.loads(file.read(length))
    assert {one["dtype"] for name, one in head.items() if name != "__metadata__"} == {"F16"}
    return {name: one["shape"] for name, one in head.items() if name != "__metadata__"}


def test_every_file_is_there_and_the_folder_is_small() -> None:
    assert {path.name for path in TINY.iterdir()} == FILES
    assert sum(path.stat().st_size for path in TINY.iterdir()) < 9_000_000


def test_the_parameters_are_as_many_as_the_config_and_the_card_say() -> None:
    config = json.loads((TINY / "config.json").read_text(encoding="utf-8"))
    wide, inside, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    keys = config["num_key_value_heads"] * wide // config["num_attention_heads"]
    layer = 2 * wide * wide + 2 * wide * keys + 3 * wide * inside + 2 * wide
    expected = config["vocab_size"] * wide + layers * layer + wide
    held = sum(math.prod(shape) for shape in weights().values())
    assert config["tie_word_embeddings"]
    assert held == expected
    assert 2_000_000 < held < 6_000_000
    assert f"{held:,} parameters" in (TINY / "README.md").read_text(encoding="utf-8")


def test_the_template_is_chatml_and_changes_no_content(template: ChatTemplate) -> None:
    text = render(template, [ASKED, SAID])
    prompt = render(template, [ASKED], add_generation_prompt=True)
    assert (
        text == f"<|im_start|>user\n{ASKED['content']}<|im_end|>\n<|im_start|>assistant\n{SAID['content']}<|im_end|>\n"
    )
    assert text.startswith(prompt)
    assert prompt.endswith("<|im_start|>assistant\n")


def test_thoughts_stand_in_the_content_and_none_is_lost(template: ChatTemplate) -> None:
    choice = behavior.choose(behavior.probe(template), systems=(False, True))
    assert (choice.encoding, choice.tag, choice.unroll) == ("content", "thinking", False)
    assert not choice.kwargs


def test_the_tokenizer_gives_texts_back(tokenizer: Tokenizer) -> None:
    for text in ("Işığı söndürme, çünkü yağmur dinmedi.", "  two spaces\n\n\tand a tab 🦦", "kanka napıyon ya"):
        ids = tokenizer.encode(text).ids
        assert tokenizer.decode(ids, skip_special_tokens=False) == text
        assert tokenizer.encode(text, add_special_tokens=False).ids == ids, "something was put around the text"


def test_marks_are_one_token_and_tags_are_few(tokenizer: Tokenizer) -> None:
    config = json.loads((TINY / "config.json").read_text(encoding="utf-8"))
    assert tokenizer.encode("<|endoftext|><|im_start|><|im_end|>").ids == [
        config["bos_token_id"], tokenizer.token_to_id("<|im_start|>"), config["eos_token_id"],
    ]  # fmt: skip
    for tag in ('<thinking effort="low"/>', '<thinking effort="medium">', '<thinking effort="high">', "</thinking>"):
        assert len(tokenizer.encode(tag).ids) <= 6


def test_text_is_split_as_gpt2_splits_it() -> None:
    """What llama.cpp calls gpt-2: the only splitting that needs no entry in its converter's list."""
    held = json.loads((TINY / "tokenizer.json").read_text(encoding="utf-8"))
    split = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    assert held["pre_tokenizer"] == split
    assert held["normalizer"] is None
    assert held["post_processor"] is None


def test_turkish_does_not_fall_into_bytes(tokenizer: Tokenizer) -> None:
    text = "Günaydın, bugün hava güzel; biraz yürüyüp sonra çalışmak istiyorum."
    assert len(tokenizer.encode(text).ids) < len(text) / 2


def test_the_card_says_what_it_is() -> None:
    card = (TINY / "README.md").read_text(encoding="utf-8")
    assert "A toy" in card
    assert "knows nothing" in card
    assert "$" not in card

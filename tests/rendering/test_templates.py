"""Rendering: what transformers would give, in a sandbox, on a fixed day; errors that say what is wrong."""

from __future__ import annotations

import pytest

from inscape.errors import DataError, InputError
from inscape.rendering import load
from inscape.rendering.templates import MARKERS, Message, aliased, render
from tests.rendering import small

ASKED: list[Message] = [{"role": "user", "content": "Where?"}]


def test_a_conversation_and_a_prompt() -> None:
    chatml = small.named(small.CHATML)
    assert render(chatml, ASKED) == "<|im_start|>user\nWhere?<|im_end|>\n"
    assert render(chatml, ASKED, add_generation_prompt=True).endswith("<|im_start|>assistant\n")


def test_the_generation_tag_changes_no_text() -> None:
    assert render(small.named(small.MARKED), ASKED) == render(small.named(small.CHATML), ASKED)


def test_the_day_is_fixed() -> None:
    assert render(small.named(small.DATED), ASKED).startswith("Today: 01 Jan 2025<|im_start|>")


def test_json_keeps_letters_and_signs() -> None:
    shown = render(small.named("{{ messages | tojson }}"), [{"role": "user", "content": "ışık <b>"}])
    assert shown == '[{"role": "user", "content": "ışık <b>"}]'


def test_a_template_that_refuses_says_so() -> None:
    with pytest.raises(DataError, match=r"small\.jinja does not take these messages: no system role here"):
        render(small.named(small.NO_SYSTEM), [{"role": "system", "content": "Be."}, *ASKED])


def test_a_broken_template_is_named_with_its_line() -> None:
    with pytest.raises(InputError, match=r"small\.jinja, line 2: not a chat template"):
        render(small.named("{{ messages }}\n{% if %}"), ASKED)


def test_what_a_template_cannot_render_is_data_and_no_fault() -> None:
    with pytest.raises(DataError, match="does not take these messages: list object has no element 7"):
        render(small.named("{{ messages[7].content.upper() }}"), ASKED)
    with pytest.raises(DataError, match="cannot render these messages"):
        render(small.named("{{ messages[0].content + 1 }}"), ASKED)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ().__class__.__bases__[0].__subclasses__() }}",
        "{{ messages.append(1) }}",
        "{{ raise_exception.__globals__['jinja2'] }}",
    ],
)
def test_the_sandbox_holds(source: str) -> None:
    with pytest.raises((InputError, DataError)):
        render(small.named(source), ASKED)


def test_aliases_put_a_thought_under_the_usual_name_too() -> None:
    said: list[Message] = [{"role": "assistant", "content": "Here.", "reasoning": "Hm."}, *ASKED]
    first, second = aliased(said)
    assert first["reasoning_content"] == first["thinking"] == first["reasoning"] == "Hm."
    assert second == ASKED[0]


def test_a_folder_gives_its_template_and_special_tokens() -> None:
    config = '{"bos_token": {"content": "<bos>"}, "eos_token": "<eos>", "pad_token": null, "chat_template": "old"}'
    found = load.template({"tokenizer_config.json": config, "chat_template.jinja": "{{ bos_token }}new"}, "model")
    assert render(found, ASKED) == "<bos>new"
    assert dict(found.tokens) == {"bos_token": "<bos>", "eos_token": "<eos>"}
    assert load.template({"tokenizer_config.json": config}, "model").source == "old"
    assert load.template({"chat_template.jinja": "x"}, "model").tokens is MARKERS


def test_of_several_templates_the_default_is_taken_or_asked_for() -> None:
    both = '{"chat_template": [{"name": "default", "template": "a"}, {"name": "tools", "template": "b"}]}'
    assert load.template({"tokenizer_config.json": both}, "model").source == "a"
    with pytest.raises(InputError, match=r"several chat templates \(rag, tools\)"):
        load.template({"tokenizer_config.json": both.replace("default", "rag")}, "model")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "has no chat template"),
        ({"tokenizer_config.json": "{}"}, "has no chat template"),
        ({"tokenizer_config.json": "{"}, "tokenizer_config.json, line 1: not JSON"),
        ({"chat_template.json": "[]"}, "must hold an object"),
        ({"chat_template.json": '{"chat_template": 7}'}, "must be text"),
    ],
)
def test_a_folder_without_a_template_says_what_to_do(files: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load.template(files, "model")

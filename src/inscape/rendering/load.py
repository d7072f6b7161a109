"""A chat template out of what a model's folder holds: chat_template.jinja, chat_template.json, tokenizer_config.json.

Invariant: texts in, a template out; reads no file. The template in a file of its own wins, as in transformers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from inscape.errors import InputError
from inscape.rendering.templates import MARKERS, ChatTemplate

FILES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")
"""The files of a model's folder that say its template and special tokens."""


def template(files: Mapping[str, str], name: str) -> ChatTemplate:
    """The template of a model's folder. `files`: text of those of FILES that are there; `name`: for messages.

    Raises InputError where there is none, or where a file is not what it should be.
    """
    config = _object(files, "tokenizer_config.json", name)
    found = files.get("chat_template.jinja") or _chosen(_object(files, "chat_template.json", name), name)
    found = found or _chosen(config, name)
    if not found:
        raise InputError(
            f"{name} has no chat template: neither a chat_template.jinja nor a chat_template in tokenizer_config.json. "
            "A base model has none; name the folder of its chat model, or a .jinja file."
        )
    tokens = {key: text for key, value in config.items() if key.endswith("_token") and (text := _token(value))}
    return ChatTemplate(found, name, tokens or MARKERS)


def _object(files: Mapping[str, str], file: str, name: str) -> dict[str, Any]:
    if file not in files:
        return {}
    try:
        value = json.loads(files[file])
    except json.JSONDecodeError as error:
        raise InputError(f"{name}/{file}, line {error.lineno}: not JSON ({error.msg}).") from None
    if not isinstance(value, dict):
        raise InputError(f"{name}/{file} must hold an object.")
    return value


def _chosen(config: Mapping[str, Any], name: str) -> str | None:
    """The template of a config; of several by name, the one called default."""
    held = config.get("chat_template")
    if isinstance(held, list):
        by_name = {str(one.get("name")): one.get("template") for one in held if isinstance(one, dict)}
        held = by_name.get("default")
        if held is None:
            raise InputError(
                f"{name} has several chat templates ({', '.join(sorted(by_name))}) and none called default. "
                "Save the one you train with as a .jinja file and name that."
            )
    if held is not None and not isinstance(held, str):
        raise InputError(f"{name}: chat_template must be text.")
    return held


def _token(value: object) -> str | None:
    """A special token as text: it stands as text, or as an object with the text in `content`."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) and value else None

"""A run's folder as training leaves it, and the head of a GGUF, without any trainer."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inscape.examples.effort import Policy
from inscape.rendering.mode import Mode, mode_of
from inscape.rendering.templates import ChatTemplate
from inscape.stages.run_folder import Record, Run

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def template(source: str = CHATML) -> ChatTemplate:
    return ChatTemplate(source, "chatml", {"bos_token": "<s>", "eos_token": "</s>"})


def mode(system: str | None = "You are the sea.", policy: Policy = "none") -> Mode:
    from inscape.records import Conversation, Turn

    talk = Conversation((Turn("user", "Hello?"), Turn("assistant", "Yes.", "Someone.")), system)
    return mode_of(
        "base", template(), policy, "three", "content", "thinking", unroll=True, kwargs={}, talks=[talk]
    )  # fmt: skip


def base(folder: Path) -> Path:
    """A model's folder as far as it is read without loading it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text('{"model_type": "llama"}\n')
    (folder / "chat_template.jinja").write_text(CHATML)
    (folder / "tokenizer_config.json").write_text('{"bos_token": "<s>", "eos_token": "</s>"}')
    return folder


def run(project: Path, made: Mode | None, **held: Any) -> Run:
    """runs/sea, done, with a peft adapter over `project`/base."""
    one = Run(project / "runs/sea")
    one.data.mkdir(parents=True)
    one.adapter.mkdir()
    (one.adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(project / "base")}))
    (one.adapter / "adapter_model.safetensors").write_bytes(weights())
    if made:
        one.mode.write_text(made.to_json(), encoding="utf-8")
    one.write(
        Record("peft", str(base(project / "base")), "done", "2026-01-02T03:04:05Z", rows=40, held_out=4, steps=30,
               best_step=20, loss_before=3.25, loss_best=1.5, numbers={"rank": 8, "rate": 0.0002}, **held)
    )  # fmt: skip
    return one


def weights(size: int = 4) -> bytes:
    """A file of safetensors with one weight of so many bytes."""
    head = json.dumps({"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(head)) + head + bytes(size)


def gguf(path: Path, *, sizes: Sequence[int] = (), **held: Any) -> Path:
    """A file with the head of a GGUF, and weights of so many bytes; none without `sizes`."""
    entries: dict[str, Any] = {
        "general.architecture": "llama", "general.file_type": 1, "llama.context_length": 32768,
        "tokenizer.chat_template": CHATML, "tokenizer.ggml.tokens": ["<s>", "</s>", "<|im_end|>", "a"],
        "tokenizer.ggml.token_type": [3, 3, 3, 1], "tokenizer.ggml.bos_token_id": 0, "tokenizer.ggml.eos_token_id": 1,
        **held,
    }  # fmt: skip
    data = b"GGUF" + struct.pack("<IQQ", 3, len(sizes), len(entries))
    path.parent.mkdir(parents=True, exist_ok=True)
    data += b"".join(_text(name) + _value(value) for name, value in entries.items())
    for at, size in enumerate(sizes):
        data += _text(f"w{at}") + struct.pack("<IQIQ", 1, size, 24, sum(sizes[:at]))
    path.write_bytes(data + bytes(sum(sizes)))
    return path


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, list):
        kind, items = (
            (8, [_text(one) for one in value])
            if isinstance(value[0], str)
            else (5, [struct.pack("<i", one) for one in value])
        )
        return struct.pack("<IIQ", 9, kind, len(value)) + b"".join(items)
    return struct.pack("<II", 4, value)

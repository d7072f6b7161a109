"""What the children that speak, merge and convert are told, and what an engine that speaks has to offer.

Invariant: imports nothing beyond the standard library, since a foreign Python reads this too. Jobs are saved and loaded
by `jobs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from inscape.trainers.jobs import FORMAT


@dataclass(frozen=True, slots=True)
class SpeakJob:
    """Answer as a model until the parent ends it. `model`: a folder for hf and mlx, a file for gguf. `dtype`: float32
    counts in full precision where the weights allow it; of a GGUF it is what was read so far that is kept so."""

    engine: Literal["hf", "mlx", "gguf"]
    model: str
    adapter: str | None = None
    dtype: Literal["auto", "float32"] = "auto"
    context: int | None = None
    threads: int | None = None
    format: int = field(default=FORMAT, kw_only=True)


@dataclass(frozen=True, slots=True)
class MergeJob:
    """Make one model of a base and its adapter, in a folder that does not exist yet."""

    model: str
    adapter: str
    out: str
    dtype: Literal["auto", "float16", "bfloat16", "float32"] = "auto"
    format: int = field(default=FORMAT, kw_only=True)


@dataclass(frozen=True, slots=True)
class ConvertJob:
    """Make a GGUF of a model's folder with llama.cpp's own converter."""

    model: str
    out: str
    llama_cpp: str
    type: Literal["f16", "bf16", "f32", "q8_0"] = "f16"
    format: int = field(default=FORMAT, kw_only=True)


@dataclass(frozen=True, slots=True)
class How:
    """How tokens are chosen. Temperature 0 takes the likeliest each time."""

    most: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> How:
        seed = asked.get("seed")
        return cls(
            int(asked.get("max_tokens", 1024)),
            float(asked.get("temperature", 0.0)),
            float(asked.get("top_p", 1.0)),
            None if seed is None else int(seed),
        )


@dataclass(frozen=True, slots=True)
class Bit:
    """Text as it comes: whole letters, or nothing yet. `count`: tokens so far."""

    text: str
    count: int
    end: bool = False
    """It is a mark that ends an answer."""
    prompt: int = 0
    """Tokens of the prompt."""


@dataclass(frozen=True, slots=True)
class Said:
    """A whole answer, with its end mark where it came."""

    text: str
    ids: tuple[int, ...]


class Refused(Exception):
    """This request cannot be answered; the next one can. The message is for a person."""


class Engine(Protocol):
    """What answers. A prompt is text in which special tokens stand as text; nothing is added to it."""

    name: str
    template: str | None
    bos: str | None
    eos: str | None
    context: int | None

    def tokens(self, text: str) -> list[int]: ...

    def piece(self, id_: int) -> str:
        """A token as text, for a message."""

    def write(self, prompt: str, how: How) -> Iterator[Bit]:
        """What follows the prompt, up to a mark that ends an answer (which is given too) or to `how.most` tokens."""

    def many(self, prompts: Sequence[str], most: int) -> list[Said]:
        """The likeliest answer to each prompt."""


def fits(prompt: int, context: int | None, most: int) -> int:
    """How many tokens may follow a prompt of that many. Raises Refused where none fits."""
    if context is None:
        return most
    if prompt >= context:
        raise Refused(
            f"The conversation has {prompt:,} tokens and the model takes {context:,}. Begin a new one, or leave its "
            "first turns out."
        )
    return min(most, context - prompt)

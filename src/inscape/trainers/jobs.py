"""What travels to a child, as JSON: frozen dataclasses, written to a file before the child starts.

Invariant: a job that is saved and loaded again is equal to itself, and a child needs nothing beyond it. Nothing here
imports more than the standard library: a child's Python may have neither inscape nor what it depends on.
"""

from __future__ import annotations

import json
import types
import typing
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

FORMAT = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a training. Steps are updates of the weights, in every backend."""

    rank: int
    alpha: int
    dropout: float
    rate: float
    epochs: float
    batch: int
    """Rows at once on the machine."""
    accumulation: int
    """Batches to one update."""
    warmup: int
    max_length: int
    """Tokens; what is longer loses its end."""
    eval_every: int
    """Steps between two looks at the held-out rows; 0 where there are none."""
    patience: int
    """Looks running without a new best that end the training; 0: never."""
    seed: int
    max_steps: int | None = None
    weight_decay: float = 0.01
    load_in_4bit: bool = False
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"


@dataclass(frozen=True, slots=True)
class Probe:
    """A whole rendered prompt that is answered before and after."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A row whose answer is begun, to see whether the model goes on word for word."""

    id: str
    prompt: str
    target: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class TrainJob:
    """A training. Paths are absolute or relative to the folder that the child is started in."""

    backend: Literal["peft", "unsloth", "mlx", "axolotl"]
    model: str
    rows: str
    held_out: str | None
    numbers: Numbers
    probes: tuple[Probe, ...] = ()
    max_new_tokens: int = 300
    memorize: tuple[Recall, ...] = ()
    resume: bool = False
    format: int = field(default=FORMAT, kw_only=True)


def save(job: Any, path: Path) -> None:
    """The job (any dataclass of plain values) as JSON."""
    path.write_text(json.dumps(asdict(job), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(kind: type[T], path: Path) -> T:
    """A job of that kind from its file. Raises ValueError for one of another format."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("format", FORMAT) != FORMAT:
        raise ValueError(f"{path} has format {data['format']}, and this inscape writes {FORMAT}")
    return typing.cast(T, _made(kind, data))


def _made(kind: Any, value: Any) -> Any:
    """JSON as the type that a field declares: dataclasses and tuples of them; all else stays."""
    if isinstance(kind, types.UnionType):
        return None if value is None else _made(kind.__args__[0], value)
    if typing.get_origin(kind) is tuple:
        return tuple(_made(typing.get_args(kind)[0], one) for one in value)
    if not is_dataclass(kind):
        return value
    hints = typing.get_type_hints(kind)
    known = {one.name for one in fields(kind)}
    return typing.cast(Any, kind)(**{name: _made(hints[name], one) for name, one in value.items() if name in known})

"""The road from a dataset to a model that answers: training, merging, converting, talking."""

from __future__ import annotations

from dataclasses import dataclass

from inscape.events.base import Event


@dataclass(frozen=True, slots=True)
class TrainPlanned(Event):
    """What a training would do, before it begins. Tokens are of one epoch, by the model's own tokenizer; `learned` of
    them carry loss. Memory (MB) and seconds are estimates, None where nothing could be measured; `missing`: what the
    set lacks for a model of this size, in sentences."""

    run: str
    backend: str
    model: str
    device: str
    parameters: int
    trained: int
    rows: int
    held_out: int
    tokens: int
    learned: int
    longest: int
    cut: int
    epochs: float
    steps: int
    memory_mb: float | None
    device_memory_mb: float | None
    seconds: float | None
    from_step: int
    missing: list[str]


@dataclass(frozen=True, slots=True)
class TrainStep(Event):
    """An update of the weights. `tokens` so far, `seconds` since the training began, memory at its peak in MB; `left`:
    seconds to the last step, if it does not stop early."""

    step: int
    steps: int
    epoch: float
    loss: float
    rate: float
    tokens: int
    tokens_per_second: float
    seconds: float
    memory_mb: float
    left: float | None


@dataclass(frozen=True, slots=True)
class Validated(Event):
    """The loss on the held-out rows. `best`: lower than at any step before."""

    step: int
    loss: float
    best: bool


@dataclass(frozen=True, slots=True)
class CheckpointKept(Event):
    """A checkpoint stands complete: a training that is cut off goes on from here."""

    step: int
    path: str


@dataclass(frozen=True, slots=True)
class Sampled(Event):
    """An answer to a probe, `when` 'before' or 'after' training (or the name of what answered). `problem`: why it is
    not as it was taught, empty where it is; `effort`: the level it shows, `wanted`: the probe's own."""

    when: str
    probe: str
    text: str
    tokens: int
    seconds: float
    problem: str
    effort: str | None
    wanted: str | None


@dataclass(frozen=True, slots=True)
class Memorized(Event):
    """Answers that are continued word for word from their first words: `whole` of `rows`, and the mean share of tokens
    that are the same, for rows that were trained on and rows held out, before and after."""

    when: str
    held_out: bool
    rows: int
    whole: int
    share: float


@dataclass(frozen=True, slots=True)
class TrainEnded(Event):
    """A training came to its end. `stopped`: 'end', 'early', 'asked' or 'max_steps'; losses are of held-out rows."""

    run: str
    adapter: str
    stopped: str
    steps: int
    best_step: int
    loss_before: float | None
    loss_best: float | None
    seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Compared(Event):
    """A figure before and after training, with the number of probes or rows it is of."""

    what: str
    before: float | None
    after: float | None
    of: int
    better: str
    """'higher' or 'lower'."""


@dataclass(frozen=True, slots=True)
class Merged(Event):
    """Base and adapter are one model, in a folder."""

    path: str
    parameters: int
    dtype: str
    mb: float


@dataclass(frozen=True, slots=True)
class Converted(Event):
    """A GGUF stands. `type`: f16, bf16, q8_0, or a quantization such as q4_k_m."""

    path: str
    type: str
    mb: float


@dataclass(frozen=True, slots=True)
class ParityChecked(Event):
    """One question put to two forms of the model. `text`: the rendered prompt is the same letter for letter; `tokens`:
    so are its token ids; `same` of `of` greedy tokens are the same from the first on; `note`: where they part."""

    question: str
    left: str
    right: str
    text: bool | None
    tokens: bool | None
    same: int
    of: int
    note: str


@dataclass(frozen=True, slots=True)
class Deployed(Event):
    """A model is ready to be used elsewhere: where it stands, and the command that uses it. `done`: it was run."""

    target: str
    path: str
    command: str
    done: bool


@dataclass(frozen=True, slots=True)
class ChatPiece(Event):
    """Text of an answer as it comes. `kind`: 'thought' or 'reply'."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatEnded(Event):
    """An answer is whole. `effort`: the level the model chose or was given (`forced`); `cut`: its thought was ended by
    the budget; seconds to the first letter of the reply and to the end; tokens where the server counts them."""

    effort: str | None
    forced: bool
    cut: bool
    thought: str
    reply: str
    first: float | None
    seconds: float
    tokens: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Served(Event):
    """The server listens."""

    url: str
    model: str

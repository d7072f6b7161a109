"""Small chat templates, each with one of the habits that large ones have."""

from inscape.rendering.templates import ChatTemplate

CHATML = """\
{%- for m in messages %}<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

NATIVE = """\
{%- for m in messages %}<|im_start|>{{ m.role }}
{% if m.role == 'assistant' and (loop.last or keep_all) %}<think>
{{ m.reasoning_content or '' }}
</think>

{% endif %}{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
"""Its own field; an empty block where it is empty; stripped from history."""

SWITCHED = NATIVE.replace(
    "<|im_start|>assistant\n{% endif %}",
    "<|im_start|>assistant\n<think>\n{{ '' if enable_thinking else '\\n</think>\\n\\n' }}{% endif %}",
)
"""Like NATIVE, and the prompt closes an empty thought unless enable_thinking is set."""

MISMATCHED = CHATML.replace("<|im_start|>assistant\n{% endif %}", "<|im_start|>assistant\n<think>\n{% endif %}")
"""The prompt opens a thought, and the training text knows nothing of it."""

STRIPPING = CHATML.replace("{{ m.content }}", "{{ m.content.split('</thinking>')[-1] | trim }}")
"""Cuts off <thinking> everywhere."""

CHUNKS = CHATML.replace(
    "{{ m.content }}",
    "{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content %}"
    "{{ '[THINK]' ~ c.thinking ~ '[/THINK]' if c.type == 'thinking' else c.text }}{% endfor %}{% endif %}",
)
"""A place of its own, filled from a list of parts alone, as Ministral's."""

NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role here') }}{% endif %}" + CHATML
DATED = "Today: {{ strftime_now('%d %b %Y') }}\n" + CHATML
MARKED = CHATML.replace("{{ m.content }}", "{% generation %}{{ m.content }}{% endgeneration %}")


def named(source: str, name: str = "small.jinja") -> ChatTemplate:
    return ChatTemplate(source, name)

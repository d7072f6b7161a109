"""What calls up the trained mode: prompts as training saw them, and answers taken apart, whole or as they come."""

from pathlib import Path
from typing import Any

import pytest

from inscape.errors import DataError, InputError
from inscape.examples.effort import Policy, Scale, render
from inscape.records import Conversation, Turn
from inscape.rendering import encode, mode
from inscape.rendering.encode import Encoding
from inscape.rendering.mode import Look, Mode, ask, closed, level_said, look, mode_of, plain, read, well_formed
from inscape.rendering.templates import ChatTemplate
from inscape.rendering.templates import render as rendered
from tests.rendering.small import CHATML, SWITCHED, named

FOLDER = Path(__file__).parent.parent.parent / "examples" / "companion" / "chat_templates"
QWEN, LLAMA = (ChatTemplate((FOLDER / f"{name}.jinja").read_text(), name) for name in ("qwen3", "llama3"))
OPENED = named(SWITCHED)
"""As Qwen3.5's: its prompt opens the thought."""
HARMONY = named("""\
{%- for m in messages %}<|start|>{{ m.role }}{% if m.role == 'assistant' %}{% if m.thinking %}<|channel|>analysis\
<|message|>{{ m.thinking }}<|end|><|start|>assistant{% endif %}<|channel|>final{% endif %}<|message|>{{ m.content }}\
{{ '<|return|>' if m.role == 'assistant' and loop.last else '<|end|>' }}{% endfor %}\
{% if add_generation_prompt %}<|start|>assistant{% endif %}""")
"""As gpt-oss's: thought and reply each open with a mark of their own."""
SYSTEM = "You are Sima."


def made(
    template: ChatTemplate, policy: Policy = "first-token", scale: Scale = "three", encoding: Encoding = "content",
    **kwargs: Any,
) -> Mode:  # fmt: skip
    talks = [Conversation((Turn("user", "Hi"), Turn("assistant", "Hello.")), SYSTEM)]
    return mode_of("m", template, policy, scale, encoding, "thinking", unroll=True, kwargs=kwargs, talks=talks)


def asks(*texts: str, system: str | None = None) -> Conversation:
    roles = ("user", "assistant")
    return Conversation(tuple(Turn(roles[n % 2], text) for n, text in enumerate(texts)), system)  # type: ignore[arg-type]


CASES: list[tuple[ChatTemplate, Policy, Scale, Encoding, dict[str, Any]]] = [
    (QWEN, "first-token", "three", "content", {}),
    (LLAMA, "first-token", "three", "content", {}),
    (LLAMA, "first-token", "nine", "content", {}),
    (LLAMA, "both", "nine", "content", {}),
    (LLAMA, "system-line", "three", "content", {}),
    (named(CHATML), "none", "three", "content", {}),
    (QWEN, "none", "three", "reasoning_content", {}),
    (QWEN, "system-line", "nine", "reasoning_content", {}),
    (OPENED, "none", "three", "reasoning_content", {"enable_thinking": True}),
    (HARMONY, "none", "three", "thinking", {}),
]


@pytest.mark.parametrize(("template", "policy", "scale", "encoding", "kwargs"), CASES)
@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_a_forced_prompt_is_the_beginning_of_the_training_text(
    template: ChatTemplate, policy: Policy, scale: Scale, encoding: Encoding, kwargs: dict[str, Any], level: str
) -> None:
    """Letter for letter, by what the exporters themselves render of such an example."""
    it = made(template, policy, scale, encoding, **kwargs)
    thought = None if level == "low" else "I look twice."
    iterations = {"low": 2, "medium": 5, "high": 8}[level]
    talk = Conversation((Turn("user", "Hi"), Turn("assistant", "Fine.", thought)), SYSTEM, iterations=iterations)
    row = encode.answers(render(talk, policy, scale=scale), encoding, "thinking", unroll=True)[-1]
    text = rendered(template, row, kwargs=kwargs)
    asked = ask(it, asks("Hi"), level, template)
    assert text.startswith(asked.text)
    assert asked.text.endswith(asked.begun)
    answer = asked.begun + text.removeprefix(asked.text)
    seen = look(it, answer)
    assert (seen.thought, seen.reply, seen.thinking) == (thought or "", "Fine.", False)
    assert well_formed(it, answer) == ""
    if policy in ("first-token", "both"):
        assert level_said(it, seen) == level


@pytest.mark.parametrize(("template", "policy", "scale", "encoding", "kwargs"), CASES)
@pytest.mark.parametrize("thought", [None, "A first look.\n\nA < b, and `x <y>`; then a second."])
def test_an_answer_as_it_comes_never_shows_a_mark_and_takes_nothing_back(
    template: ChatTemplate,
    policy: Policy,
    scale: Scale,
    encoding: Encoding,
    kwargs: dict[str, Any],
    thought: str | None,
) -> None:
    it = made(template, policy, scale, encoding, **kwargs)
    talk = Conversation((Turn("user", "Hi"), Turn("assistant", "If a < b: fine.\n\nYes.", thought)), SYSTEM, "HIGH", 8)
    row = encode.answers(render(talk, policy, scale=scale), encoding, "thinking", unroll=True)[-1]
    text = rendered(template, row, kwargs=kwargs)
    asked = ask(it, asks("Hi"), "high", template)
    prompt = asked.text.removesuffix(asked.begun)
    assert text.startswith(prompt)
    answer = text.removeprefix(prompt)
    before = Look(None, "", "", False)
    for end in range(len(answer) + 1):
        seen = look(it, answer[:end], ended=False)
        assert seen.thought.startswith(before.thought)
        assert seen.reply.startswith(before.reply)
        assert (thought or "").startswith(seen.thought)
        assert "If a < b: fine.\n\nYes.".startswith(seen.reply), answer[:end]
        before = seen
    assert (before.thought, before.reply) == (thought or "", "If a < b: fine.\n\nYes.")


def test_the_level_is_known_as_soon_as_the_tag_is_whole() -> None:
    it = made(LLAMA)
    assert look(it, '<thinking effort="hi', ended=False) == Look(None, "", "", False, held=True)
    assert look(it, '<thinking effort="high">', ended=False) == Look("high", "", "", True)
    assert look(it, '<thinking effort="high">Hm.</thi', ended=False) == Look("high", "Hm.", "", True)
    assert look(it, '<thinking effort="low"/>', ended=False).effort == "low"
    nine = made(LLAMA, scale="nine")
    assert level_said(nine, look(nine, '<thinking effort="4">', ended=False)) == "medium"
    assert level_said(nine, look(nine, "Hello", ended=False)) is None


def test_text_that_only_looks_like_a_tag_is_shown() -> None:
    it = made(LLAMA)
    assert look(it, "<th", ended=False).held
    assert look(it, "<three", ended=False).reply == "<three"
    assert look(it, "<thinkingcap", ended=False).reply == "<thinkingcap"
    long = "<think " + "a" * 80
    assert look(it, long, ended=False).reply == long
    assert look(it, "<th").reply == "<th"


def test_two_thoughts_in_a_row_are_one_while_they_come() -> None:
    it = made(LLAMA)
    begun = '<think>one</think>\n\n<thinking effort="high">two'
    assert look(it, "<think>one</think>\n\n<thinking eff", ended=False) == Look(None, "one", "", False, held=True)
    assert look(it, begun, ended=False) == Look("high", "one\n\ntwo", "", True)
    assert look(it, f"{begun}</thinking>\n\nSo.") == Look("high", "one\n\ntwo", "So.", False)


def test_the_end_mark_is_not_shown_in_pieces() -> None:
    it = made(QWEN, "none", "three", "reasoning_content")
    assert look(it, "Fine.<|im_", ended=False).reply == "Fine."
    assert look(it, "Fine.<|im_end|>\n").reply == "Fine."
    assert look(it, "a <|im_b", ended=False).reply == "a <|im_b"


def test_a_prompt_that_opens_the_thought_begins_inside_it() -> None:
    it = made(OPENED, "none", "three", "reasoning_content", enable_thinking=True)
    assert it.inside
    assert look(it, "Let me see", ended=False) == Look(None, "Let me see", "", True)
    assert look(it, "Let me see\n</thi", ended=False) == Look(None, "Let me see", "", True)
    assert look(it, "Let me see.\n</think>\n\nYes.") == Look(None, "Let me see.", "Yes.", False)
    assert look(it, ask(it, asks("Hi"), "low", OPENED).begun + "Yes.") == Look("low", "", "Yes.", False)


def test_marks_of_the_reply_itself_are_not_part_of_it() -> None:
    it = made(HARMONY, "none", "three", "thinking")
    assert look(it, "<|channel|>fi", ended=False).held
    assert look(it, "<|channel|>final<|message|>Yes.<|return|>") == Look("low", "", "Yes.", False)


@pytest.mark.parametrize(("template", "policy", "scale", "encoding", "kwargs"), CASES)
def test_a_thought_that_is_cut_goes_on_to_the_reply(
    template: ChatTemplate, policy: Policy, scale: Scale, encoding: Encoding, kwargs: dict[str, Any]
) -> None:
    it = made(template, policy, scale, encoding, **kwargs)
    begun = it.openings["high"] + "I turn it over and over"
    mark = it.closing.strip()
    for half in ("", mark[: len(mark) // 2], " "):
        text = closed(it, begun + half)
        assert text == begun + it.closing
        assert look(it, text + "Yes.").reply == "Yes."
        assert look(it, text + "Yes.").thought == "I turn it over and over"


def test_a_strange_tag_is_closed_by_its_own_name() -> None:
    assert closed(plain("thinking"), "<think>Hm") == "<think>Hm</think>\n\n"
    assert closed(plain("thinking"), "<thinking>Hm</thi") == "<thinking>Hm</thinking>\n\n"


def test_a_plain_mode_forces_nothing_and_reads_any_usual_tag() -> None:
    it = plain("thinking")
    for level in mode.WORDS:
        assert ask(it, asks("Hi"), level, None) == mode.Asked(({"role": "user", "content": "Hi"},), "")
    assert look(it, "<think>Hm.</think>\n\nHello.") == Look(None, "Hm.", "Hello.", False)
    assert look(it, "<think>Hm.</thi", ended=False) == Look(None, "Hm.", "", True)
    assert look(it, "Hello.") == Look(None, "", "Hello.", False)
    assert not it.inside


def test_system_prompt_line_and_history() -> None:
    it = made(LLAMA, "both")
    own = ask(it, asks("Hi", "Hello.", "And?"), "high", None).messages
    assert own[0] == {"role": "system", "content": f"{SYSTEM}\n\nThinking effort: high."}
    assert ask(it, asks("Hi", system="Be brief."), None, None).messages[0]["content"] == "Be brief."
    before = Turn("assistant", "Hello.", "Hm.", effort="high")
    talk = Conversation((Turn("user", "Hi"), before, Turn("user", "And?")))
    assert ask(it, talk, None, None).messages[2]["content"] == "Hello."  # as unrolled rows have it


def test_a_template_that_loses_thoughts_has_no_mode() -> None:
    with pytest.raises(DataError, match="loses its thought"):
        made(named(CHATML), "none", "three", "reasoning_content")
    with pytest.raises(DataError, match="does not follow the prompt"):
        made(OPENED, "none", "three", "reasoning_content")


@pytest.mark.parametrize(("template", "policy", "scale", "encoding", "kwargs"), CASES)
def test_a_mode_is_kept_and_read(
    template: ChatTemplate, policy: Policy, scale: Scale, encoding: Encoding, kwargs: dict[str, Any]
) -> None:
    it = made(template, policy, scale, encoding, **kwargs)
    assert read(it.to_json(), "mode.json") == it


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1}', "null"])
def test_what_is_no_mode_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"mode\.json is no mode\.json of this inscape"):
        read(text, "mode.json")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Hello.", "does not end"),
        ('<thinking effort="high">Hm.<|eot_id|>', "the thought is not closed"),
        ('<thinking effort="low"/>\n\n<|eot_id|>', "no reply"),
        ("Hello.<|eot_id|>", "no effort"),
        ('<thinking effort="vast"/>\n\nHello.<|eot_id|>', "an effort that was not taught"),
        ('<thinking effort="low"/>\n\nHello.</thinking><|eot_id|>', "a thought's tag in the reply"),
        ('<thinking effort="low"/>\n\nHello.<|eot_id|>', ""),
    ],
)
def test_why_an_answer_is_not_as_it_was_taught(answer: str, why: str) -> None:
    assert well_formed(made(LLAMA), answer) == why

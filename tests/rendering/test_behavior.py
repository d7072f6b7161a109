"""What probes find out of a template's habits, and what is chosen or refused for each."""

from __future__ import annotations

import pytest

from inscape.rendering.behavior import Choice, choose, probe, switches
from tests.rendering import small


def chosen(source: str, *, tag: str = "thinking", system: bool = False) -> Choice:
    return choose(probe(small.named(source), tags=(tag, "think")), tag=tag, systems={system})


def test_a_plain_template_keeps_a_tag_in_every_turn() -> None:
    found = chosen(small.CHATML)
    assert (found.encoding, found.tag, found.unroll, dict(found.kwargs)) == ("content", "thinking", False, {})
    assert chosen(small.CHATML, tag="inner").tag == "inner"


def test_the_models_own_channel_is_preferred_and_stripped_history_unrolled() -> None:
    behavior = probe(small.named(small.NATIVE))
    found = choose(behavior)
    assert (found.encoding, found.tag, found.unroll) == ("reasoning_content", None, True)
    assert "strips the thoughts of earlier turns" in found.reason
    own = behavior.way("reasoning_content")
    assert own
    assert [own.keeps(turn, 3) for turn in (1, 2, 3)] == [False, False, True]
    assert [own.keeps(turn, 9) for turn in (1, 5, 9)] == [False, False, True]


def test_an_empty_thought_before_a_tag_is_seen() -> None:
    way = probe(small.named(small.NATIVE)).way("content", "thinking")
    assert way
    assert way.injected
    assert not way.sound()
    assert way.before.endswith("<think>\n\n</think>\n\n")


def test_a_switch_is_used_where_the_prompt_needs_it() -> None:
    found = chosen(small.SWITCHED)
    assert (found.encoding, dict(found.kwargs)) == ("reasoning_content", {"enable_thinking": True})
    assert "enable_thinking=True, in training and when the model is used" in found.reason
    assert probe(small.named(small.SWITCHED)).opens == "<think></think>"


def test_a_prompt_that_is_no_prefix_is_refused() -> None:
    found = chosen(small.MISMATCHED)
    assert found.encoding == "refused"
    assert found.reason == (
        "The prompt that the model gets is not the beginning of what would be trained (it ends with <think>)."
    )


def test_a_tag_that_is_stripped_gives_way_to_one_that_is_kept() -> None:
    found = chosen(small.STRIPPING)
    assert (found.encoding, found.tag) == ("content", "think")
    assert "loses a thought in <thinking>" in found.reason
    everything = small.CHATML.replace("{{ m.content }}", "{{ m.content.split('</think')[-1] | trim }}")
    assert chosen(everything).encoding == "refused"


def test_a_refused_system_prompt_is_refused_only_where_rows_have_one() -> None:
    assert chosen(small.NO_SYSTEM).encoding == "content"
    found = chosen(small.NO_SYSTEM, system=True)
    assert found.encoding == "refused"
    assert "refuses a system prompt" in found.reason
    assert probe(small.named(small.NO_SYSTEM)).system == "refused"


def test_a_lost_system_prompt_is_said() -> None:
    lost = small.CHATML.replace("{%- for m in messages %}", "{%- for m in messages if m.role != 'system' %}")
    assert probe(small.named(lost)).system == "lost"
    assert "leaves the system prompt out" in chosen(lost, system=True).reason


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ functions.all }}", "does not take these messages"),
        ("{% for m in messages %}{{ m.role }}{% endfor %}", "leaves out the texts of turns"),
        (
            "{% for m in messages %}{% if m.role == 'assistant' %}{{ m.content[0].text.a }}{% endif %}{% endfor %}",
            "does not take a conversation of texts",
        ),
    ],
)
def test_a_template_that_shows_no_conversation_is_refused(source: str, said: str) -> None:
    found = chosen(source)
    assert found.encoding == "refused"
    assert said in found.reason


def test_a_place_that_only_a_list_of_parts_fills_is_said_and_the_tag_is_proven() -> None:
    assert probe(small.named(small.CHUNKS)).parts == "[THINK]…[/THINK]"
    assert probe(small.named(small.CHATML)).parts == "", "a list that is shown as it is, is no place"
    assert probe(small.named(small.NATIVE)).parts == ""
    found = chosen(small.CHUNKS)
    assert (found.encoding, found.tag) == ("content", "thinking")
    assert "a place of its own for thoughts ([THINK]…[/THINK]), but fills it only from a list of parts" in found.reason
    assert "no place of its own" not in found.reason


def test_other_habits() -> None:
    assert probe(small.named(small.DATED)).dated
    assert not probe(small.named(small.CHATML)).dated
    assert probe(small.named(small.CHATML)).consecutive
    twice = "{% if messages[1:] and messages[0].role == messages[1].role %}{{ raise_exception('x') }}{% endif %}"
    assert not probe(small.named(twice + small.CHATML)).consecutive
    assert switches({"a": True, "b": "c"}) == "a=True, b='c'"

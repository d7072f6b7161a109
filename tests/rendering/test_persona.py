"""The prompt that a template writes by itself: found where there is one, and not where there is only a date."""

import json
from pathlib import Path
from time import process_time

import pytest

from inscape.records import Conversation, Turn
from inscape.rendering.persona import Own, own_prompt, told
from inscape.rendering.templates import ChatTemplate
from tests.conftest import Run
from tests.rendering import shipped, small

PHI = "You are Phi, a language model trained by Somebody to help users. Your role is to answer at length."
BARE = "{% if messages[0].role != 'system' %}<|im_start|>system\n@<|im_end|>\n{% endif %}" + small.CHATML
"""A system prompt of its own, where a row has none."""
BESIDE = "<|im_start|>system\n@<|im_end|>\n" + small.CHATML
ASKED = Conversation((Turn("user", "Hi"), Turn("assistant", "Hello.")))
UNDER = Conversation(ASKED.turns, "You are Ada.")
SAID = (
    "Rows without a system prompt get the template's own: "
    '"You are Phi, a language model trained by Somebody to help…". Give your rows one.'
)


def own(source: str, prompt: str = "") -> Own:
    return own_prompt(ChatTemplate(source.replace("@", prompt), "t"))


def test_a_prompt_that_a_system_prompt_takes_away() -> None:
    assert own(BARE, PHI) == Own(gone=PHI)
    template = ChatTemplate(BARE.replace("@", PHI), "t")
    assert told(template, [ASKED]) == told(template, [UNDER, ASKED]) == [SAID]
    assert told(template, [UNDER]) == [], "all rows have one of their own"
    assert told(None, [ASKED]) == []
    (short,) = told(ChatTemplate(BARE.replace("@", "You speak for all of us."), "t"), [ASKED])
    assert '"You speak for all of us". Give' in short


def test_a_prompt_that_stays() -> None:
    assert own(BESIDE, PHI) == Own(stays=PHI)
    (said,) = told(ChatTemplate(BESIDE.replace("@", PHI), "t"), [ASKED])
    assert said.startswith(
        "The template's own prompt stands in every row, whatever system prompt it has: \"You are Phi"
    )
    refusing = small.NO_SYSTEM.replace("<|im_start|>{{ m.role }}", f"{PHI}\n<|im_start|>{{{{ m.role }}}}")
    assert own(refusing) == Own(stays=PHI), "a row can have none that takes it away"
    assert own(BESIDE + BARE, "You speak for all of us.") == Own(stays="You speak for all of us.")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
        "Knowledge Cutoff Date: April 2024. Today's Date: January 01, 2025.",
        "The current date of this day: 1 January 2025",
        "detailed thinking on",
        '<message role="system" type="thinking effort of all">',
    ],
)
def test_no_prompt(line: str) -> None:
    assert own(BARE, line) == own(BESIDE, line) == Own()


def test_a_prompt_beside_a_date() -> None:
    dated = "Knowledge Cutoff Date: April 2024. Today's Date: January 01, 2025. You are Granite, made by somebody."
    assert own(BARE, dated) == Own(gone="You are Granite, made by somebody.")


def test_a_line_without_end_takes_no_time() -> None:
    begun = process_time()
    assert own("{{ 'a' * 60000 }}" + small.CHATML) == Own()
    assert own("{{ 'a b ' * 15000 }}" + small.CHATML).stays.startswith("a b a b")
    assert process_time() - begun < 1


def test_it_is_said_in_preview_and_by_an_export(project: Path, run: Run) -> None:
    Path("chat.jinja").write_text(BARE.replace("@", PHI), encoding="utf-8")
    Path("rows.json").write_text(json.dumps([{"instruction": "hi", "output": "Hi."}]), encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    assert SAID in " ".join(run("preview", "--model", "chat.jinja").out.split())
    done = run("export", "--for", "trl", "--model", "org/x", "--template", "chat.jinja")
    assert done.code == 0, done.all
    assert SAID in done.all
    assert SAID in (project / "exports/trl/README.md").read_text(encoding="utf-8")


def test_the_templates_that_trainers_ship() -> None:
    templates = shipped.load().templates
    found = {name: own_prompt(template) for name, template in templates.items()}
    assert found["axolotl/phi_4.jinja"].gone.startswith("You are Phi, a language model trained by Microsoft")
    assert found["unsloth/vicuna.jinja"] == Own(gone="You are a helpful assistant.")
    assert found["trl/gptoss.jinja"] == Own(stays="You are ChatGPT, a large language model trained by OpenAI.")
    three = found["llamacpp/MiniMax-M3.jinja"]
    assert (three.gone, three.stays[:32]) == ("You are a helpful assistant.", "Your model version is MiniMax-M3")
    for name in ("axolotl/chatml", "axolotl/llama3_2_vision", "llamacpp/meta-llama-Llama-3.1-8B-Instruct", "trl/qwen3"):
        assert found[f"{name}.jinja"] == Own(), name
    distinct = [found[name] for name in {template.source: name for name, template in templates.items()}.values()]
    page = " ".join((shipped.ROOT / "docs" / "preview.md").read_text(encoding="utf-8").split())
    gone, stays = sum(bool(one.gone) for one in distinct), sum(bool(one.stays) for one in distinct)
    assert f"takes away ({gone} of the {len(distinct)} templates below), and what stands in every row" in page
    assert f"whatever you give ({stays})." in page

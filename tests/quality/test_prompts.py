"""Lines of the prompt in an answer are found; words of the passage, values of slots and good answers are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inscape.elicitation import templates
from inscape.elicitation.slots import render
from inscape.quality import checks
from inscape.quality.rows import Finding, Item
from inscape.records import Conversation, Passage, Template, Turn
from inscape.store import examples, open_store
from tests.conftest import Run
from tests.quality.test_rates import LIMITS

TEXT = (
    "She had come down for the kettle and now stood with her hand on it, not lifting it, since the other thing was "
    "there again, in the corner by the coats, where it always was before she remembered it."
)
CORE = templates.core()
LINES = [
    (template.name, line.strip(" -*\n"))
    for template in CORE
    for line in template.body.splitlines()
    if len(line.split()) >= 9 and "[core_phenomenology]" not in line and not line.startswith("{")
]


def said(body: str, reply: str, thought: str | None = None) -> list[Finding]:
    talk = Conversation((Turn("user", "Go on."), Turn("assistant", reply, thought=thought)))
    item = Item("inscape.db", 1, talk, "plain", prompt=body, passage_text=TEXT)
    return list(checks.run([item], LIMITS, ["leaked"]))


def body(name: str) -> str:
    return next(template.body for template in CORE if template.name == name)


@pytest.mark.parametrize(("name", "line"), LINES, ids=lambda value: str(value)[:30])
def test_every_line_of_the_core_templates_is_found_in_an_answer(name: str, line: str) -> None:
    for finding in (*said(body(name), f"{line} I left the gate open."), *said(body(name), "No.", f"Well. {line}")):
        assert (finding.check, finding.severity) == ("leaked", "error")
    assert len(said(body(name), f"{line} I left the gate open.")) == 1
    assert len(said(body(name), "No.", f"Well. {line}")) == 1


@pytest.mark.parametrize("template", CORE, ids=lambda one: one.name)
def test_the_json_that_was_asked_for_is_found(template: Template) -> None:
    skeleton = next(line for line in template.body.splitlines() if line.startswith('{"'))
    assert "holds the JSON" in said(template.body, f"I left it open. {skeleton}")[-1].message
    filled = skeleton.replace("…", "the gate")
    (found,) = said(template.body, f"```json\n{filled}\n```")
    assert "holds the JSON that its prompt asks for" in found.message


def test_words_of_the_passage_and_of_slots_are_not_the_prompts() -> None:
    wish = "whoever stands in the corner by the coats never says what it is waiting for"
    own = (
        "Read this.\n\n[PASTE_PASSAGE]\n\nThink of [the_wish: e.g., 'the thing in the corner that waits and waits'].\n"
    )
    passage = Passage("p-1", 1, "The kettle", TEXT, (), (), 1, {"the_wish": wish})
    template = templates.parse_file(f"---\nname: mine\nstructure: plain\n---\n{own}", "mine.md")[0]
    assert wish in render(template, passage)
    assert said(template.body, f"{TEXT} And {wish}.") == []


def test_a_sentence_that_the_prompt_has_in_quotes_may_be_meant_to_be_said() -> None:
    asked = 'Answer briefly.\n[PASTE_PASSAGE]\nEnd each with "I do not know, and I can stay with not knowing it."\n'
    (found,) = said(asked, "Later. I do not know, and I can stay with not knowing it.")
    assert found.severity == "warning"


def test_a_key_of_the_same_name_in_code_is_no_leak() -> None:
    assert said(body("inner-monologue"), 'Try `{"output": 3}` and see, then come back and we look at it.') == []


def test_a_row_without_a_template_has_no_prompt() -> None:
    assert said("", "Answer with one JSON object, no code fence, nothing before or after it.") == []


def test_in_a_project_the_prompt_is_the_attempts(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's answers have none; one that begins with its template's first line has."""
    monkeypatch.chdir(tmp_path)
    assert run("demo", "made").code == 0
    monkeypatch.chdir(tmp_path / "made")
    before = run("check", "--only", "leaked", "--json")
    assert (before.code, before.out) == (0, "")
    with open_store(tmp_path / "made" / "inscape.db") as store:
        kept = next(one for one in examples.all_examples(store) if one.structure == "plain")
    source = kept.provenance
    edit = {"instruction": "Well?", "output": f"{body(source.template or '').splitlines()[0]} So. It rains."}
    line = {"example": kept.id, "verdict": "keep", "edit": edit}
    (tmp_path / "d.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert run("review", "--from-file", tmp_path / "d.jsonl").code == 0
    done = run("check", "--only", "leaked", "--json")
    assert done.code == 3
    (found,) = map(json.loads, done.out.splitlines())
    assert (found["example"], found["passage"], found["template"]) == (kept.id, source.passage, source.template)
    assert "words of the prompt that made it" in found["message"]
    shown = run("check", "--only", "leaked").out
    assert f", {source.template} ({kept.id}): " in shown
    assert "inscape.db" not in shown

"""Effort in the system prompt, through templates that refuse a system prompt or drop it: never a silent loss."""

import json
from pathlib import Path

import pytest

from inscape.errors import InscapeError
from inscape.rendering.behavior import Choice
from inscape.store import examples, open_store
from inscape.targets._job import Model
from inscape.targets._make import make
from tests.conftest import Run
from tests.rendering import small
from tests.targets.templates import PLAIN, example, template

DROPS = small.CHATML.replace("{%- for m in messages %}", "{%- for m in messages if m.role != 'system' %}")
FOLDS = (
    "{% set first = messages[0].content ~ '\n\n' if messages[0].role == 'system' else '' %}"
    "{% for m in messages if m.role != 'system' %}<turn>{{ m.role }}\n{{ first if loop.first }}{{ m.content }}</turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<turn>assistant\n{% endif %}"
)
"""As Gemma's: the system prompt stands at the beginning of the first question."""
OWN = small.NATIVE.replace("{%- for", small.NO_SYSTEM.partition(small.CHATML)[0] + "{%- for")
"""A field of its own for the thought, and no system prompt."""
LATE = small.CHATML.replace("{%- for m in messages %}", "{%- for m in messages if 'effort' not in m.content %}")
"""Drops this system prompt and no other: probes do not see it."""


@pytest.fixture
def kept(tmp_path: Path, run: Run, project: Path) -> Path:
    """A project of two kept rows, of low and high effort, and rows.json with the same."""
    rows = [
        {"instruction": "hi", "output": "Hi.", "metadata": {"complexity": "LOW"}},
        {"instruction": "Why?", "output": "<thinking>Hm.</thinking>\n\nWell.", "metadata": {"complexity": "HIGH"}},
    ]
    (project / "rows.json").write_text(json.dumps(rows))
    assert run("import", "rows.json").code == 0
    with open_store(project / "inscape.db") as store:
        found = [one.id for one in examples.all_examples(store)]
    (project / "d.jsonl").write_text("".join(json.dumps({"example": one, "verdict": "keep"}) + "\n" for one in found))
    assert run("review", "--from-file", "d.jsonl").code == 0
    return project


def exported(run: Run, source: str, effort: str, *more: str) -> tuple[int, str]:
    Path("chat.jinja").write_text(source)
    done = run("export", "--for", "trl", "--model", "org/x", "--template", "chat.jinja", "--effort", effort, *more)
    return done.code, done.all


@pytest.mark.parametrize("effort", ["system-line", "both"])
@pytest.mark.parametrize(("source", "does"), [(small.NO_SYSTEM, "refuses a"), (DROPS, "leaves the")])
def test_a_template_without_a_system_prompt_takes_no_line(
    source: str, does: str, effort: str, kept: Path, run: Run
) -> None:
    code, said = exported(run, source, effort)
    assert code == 1
    assert f"{does} system prompt" in said
    assert f"That is where --effort {effort} writes; this template takes --effort none or first-token." in said
    assert "first user turn" not in said, "the rows have no system prompt of their own"
    assert not (kept / "exports/trl").exists()
    assert exported(run, source, "first-token")[0] == 0
    assert 'effort=\\"low\\"' in (kept / "exports/trl/train.jsonl").read_text()
    assert exported(run, source, "none")[0] == 0


def test_the_line_stands_in_the_rows_where_the_template_takes_it(kept: Path, run: Run) -> None:
    code, said = exported(run, FOLDS, "both")
    assert code == 0, said
    assert "Effort stands in the text of 2 of 2 examples (both)." in said
    rows = (kept / "exports/trl/train.jsonl").read_text()
    assert "Thinking effort: high." in rows
    assert '<thinking effort=\\"high\\">' in rows


CHOOSES = (
    "first-token became none: thoughts stand in a field, and the template writes the first token itself: whether it "
    "thinks is the model's own choice, learned from 1 answer with a thought and 1 without. How long (low, medium, "
    "high) only length teaches"
)
LINE = "; --effort system-line lets whoever asks choose."


def test_of_both_the_line_is_left_and_it_is_judged(kept: Path, run: Run) -> None:
    code, said = exported(run, OWN, "both")
    assert code == 1
    assert "That is where --effort both writes; this template takes --effort none or first-token." in said
    assert exported(run, OWN, "none")[0] == 0
    code, said = exported(run, small.NATIVE, "both")
    assert code == 0, said
    assert "both became system-line: thoughts stand in a field" in said
    assert "Effort stands in the text of 2 of 2 examples (system-line)." in said


def test_with_a_field_the_first_token_is_the_models_own(kept: Path, run: Run) -> None:
    code, said = exported(run, small.NATIVE, "first-token")
    assert code == 0, said
    readme = (kept / "exports/trl/README.md").read_text()
    for text in (said, readme):
        assert CHOOSES + LINE in text
        assert "Effort stands in the text" not in text
    assert "Thinking effort" not in (kept / "exports/trl/train.jsonl").read_text()
    code, said = exported(run, OWN, "first-token")
    assert code == 0, said
    assert f"{CHOOSES}." in said, "no advice for a template that takes no system prompt"


@pytest.mark.parametrize("stated", [(), ("--encoding", "content")])
def test_a_line_that_only_the_rows_lose_is_found(stated: tuple[str, ...], kept: Path, run: Run) -> None:
    code, said = exported(run, LATE, "system-line", *stated)
    assert code == 1
    assert "answer 1: the system prompt does not come through" in said
    assert exported(run, DROPS, "system-line", "--encoding", "content")[0] == 1
    assert not (kept / "exports/trl").exists()


@pytest.mark.parametrize(
    ("word", "what"),
    [("Be odd.", "the system prompt"), ("an odd ask", "the question"), ("odd reply", "an earlier reply")],
)
def test_what_stands_before_the_answer_comes_through_too(word: str, what: str) -> None:
    source = PLAIN.replace("{{ m.content }}", "{{ m.content | replace('odd', '') }}")
    said = ("Well?", None, "A reply.") if what != "an earlier reply" else ("Well?", None, word)
    asked = ("Go on.", None, "More.") if what != "the question" else (word, None, "More.")
    one = example("e-odd", said, asked, system=word if what == "the system prompt" else None)
    choice = Choice("content", "thinking", False)
    wrong = {"an earlier reply": "the reply"}.get(what, what)  # its own row comes first
    with pytest.raises(InscapeError, match=f"Example e-odd, answer [12]: {wrong} does not come through"):
        make((one,), (), Model("m", template(source)), choice, tag="thinking")


def test_a_first_token_that_the_template_cuts_is_found(kept: Path, run: Run) -> None:
    cuts = small.CHATML.replace("{{ m.content }}", "{{ m.content | replace('<thinking effort=\"low\"/>', '') | trim }}")
    code, said = exported(run, cuts, "first-token")
    assert code == 1
    assert "the effort does not come through" in said


def test_preview_judges_the_rows_that_are_written(kept: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("chat.jinja").write_text(OWN)
    monkeypatch.setenv("INSCAPE_EXPORT_EFFORT", "both")
    done = run("preview", "--model", "chat.jinja", "--json")
    assert {json.loads(line)["verdict"] for line in done.out.splitlines()} == {"not-rendered"}
    shown = run("preview", "--model", "chat.jinja").out
    assert "this template takes --effort none or first-token." in " ".join(shown.split())
    Path("chat.jinja").write_text(small.NATIVE)
    shown = " ".join(run("preview", "--model", "chat.jinja").out.split())
    assert "both became system-line" in shown
    assert "Thinking effort: high." in shown
    monkeypatch.setenv("INSCAPE_EXPORT_EFFORT", "first-token")
    shown = " ".join(run("preview", "--model", "chat.jinja").out.split())
    assert CHOOSES + LINE in shown
    assert "Thinking effort" not in shown
    monkeypatch.setenv("INSCAPE_EXPORT_EFFORT", "system-line")
    Path("chat.jinja").write_text(DROPS)
    done = run("preview", "--model", "chat.jinja", "--as", "content", "--json")
    assert {json.loads(line)["verdict"] for line in done.out.splitlines()} == {"reply-lost"}


def test_rows_without_a_level_need_no_line(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a template without a system prompt is no fault for them."""
    Path("chat.jinja").write_text(small.NO_SYSTEM)
    Path("rows.json").write_text(json.dumps([{"instruction": "hi", "output": "Hi."}]))
    monkeypatch.setenv("INSCAPE_EXPORT_EFFORT", "system-line")
    done = run("preview", "--model", "chat.jinja", "--file", "rows.json", "--json")
    assert [json.loads(line)["verdict"] for line in done.out.splitlines()] == ["ok"]

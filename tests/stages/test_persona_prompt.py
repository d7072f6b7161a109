"""export.system = persona: rows get the persona's system prompt, training, preview and mode.json alike."""

import json
from pathlib import Path

import pytest

from inscape.rendering import mode
from inscape.stages.persona import section
from tests.conftest import Run
from tests.targets.templates import STRIPS

PERSONA = """\
# Lodos

## System prompt

You are Lodos,
a wind.

Short answers.

### Not a new part

Still of it.

## Voice

Other things.
"""


@pytest.fixture
def project(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two rows, one with a system prompt of its own, and the setting on."""
    assert run("new", tmp_path / "p").code == 0
    monkeypatch.chdir(tmp_path / "p")
    (tmp_path / "p/strips.jinja").write_text(STRIPS)
    own = {"messages": [{"role": "system", "content": "You are Poyraz."}, *_talk("Who?", "Poyraz.")]}
    rows = [{"messages": _talk("Hello", "Hello, you.")}, own]
    (tmp_path / "p/rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run("import", "rows.jsonl", "--keep").code == 0
    monkeypatch.setenv("INSCAPE_EXPORT_SYSTEM", "persona")
    (tmp_path / "p/persona.md").write_text(PERSONA)
    return tmp_path / "p"


def _talk(asked: str, said: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]


SAID = "You are Lodos, a wind.\n\nShort answers.\n\n### Not a new part\n\nStill of it."


def test_a_section_ends_at_the_next_heading_of_its_rank() -> None:
    assert section(PERSONA, "system prompt") == SAID
    assert section(PERSONA, "Effort") == ""
    assert section("## System prompt\r\n\r\nOne\r\nline.\r\n", "System prompt") == "One line."


def test_rows_without_a_system_prompt_get_the_persona_s(project: Path, run: Run) -> None:
    assert run("export", "--for", "trl", "--model", "org/Some-8B", "--template", "strips.jinja").code == 0
    rows = [json.loads(line) for line in (project / "exports/trl/train.jsonl").read_text().splitlines()]
    assert {row["prompt"][0]["content"] for row in rows} == {SAID, "You are Poyraz."}
    assert run("export", "--format", "messages").code == 0
    rows = [json.loads(line) for line in (project / "exports/messages.jsonl").read_text().splitlines()]
    assert {row["messages"][0]["content"] for row in rows} == {SAID, "You are Poyraz."}
    assert "Lodos" not in (project / "dataset/examples.jsonl").read_text()
    shown = run("preview", "--model", "strips.jinja")
    assert "You are Lodos, a wind." in shown.out


def test_the_mode_says_the_system_prompt_of_all_rows_or_none(project: Path, run: Run) -> None:
    words = ("export", "--for", "trl", "--for", "mlx", "--model", "org/Some-8B", "--template", "strips.jinja")
    assert run(*words).code == 0
    path = project / "exports/trl/mode.json"
    assert mode.read(path.read_text(), str(path)).system is None, "two rows, two system prompts"
    (project / "rows.jsonl").write_text(json.dumps({"messages": _talk("Hello", "Hello, you.")}) + "\n")
    assert run("import", "rows.jsonl", "--keep", "--renew").code == 0
    assert run(*words).code == 0
    found = mode.read(path.read_text(), str(path))
    assert found.system == SAID
    assert found.model == "org/Some-8B"
    assert (project / "exports/mlx/mode.json").read_text() == path.read_text()
    numbers = json.loads((project / "exports/trl/numbers.json").read_text())
    assert numbers["format"] == 1
    assert numbers["rank"] == 16
    assert "why" not in numbers


@pytest.mark.parametrize("text", ["# Lodos\n\nNothing of it.\n", "## System prompt\n\n## Voice\n", None])
def test_a_persona_without_one_is_named(text: str | None, project: Path, run: Run) -> None:
    (project / "persona.md").unlink()
    if text is not None:
        (project / "persona.md").write_text(text)
    done = run("export", "--for", "trl", "--model", "org/Some-8B", "--template", "strips.jinja")
    assert done.code == 1
    assert "persona.md" in done.err
    assert "export.system" in done.err
    assert not (project / "exports/trl").exists()

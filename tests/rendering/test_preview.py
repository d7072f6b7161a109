"""`inscape preview`: verdicts by row and turn, the exact text, what is learned, with and without a project."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from inscape.cli.context import turn
from inscape.events import TurnShown
from inscape.records import Conversation, Turn
from inscape.rendering.behavior import Choice
from inscape.rendering.preview import VERDICTS, Plan, TurnView, estimate, preview, shared, tally
from tests.conftest import Run
from tests.rendering import small

TALK = Conversation(
    (
        Turn("user", "Where are you?"),
        Turn("assistant", "At the gate.", "A gate. No: the gate."),
        Turn("user", "And now?"),
        Turn("assistant", "Still."),
    )
)
OWN = Choice("reasoning_content", None, True)
TAG = Choice("content", "thinking", False)
KEYS = [
    "row", "turn", "encoding", "thought_in_training", "thought_in_later_context", "prompt_is_prefix", "truncated",
    "verdict",
]  # fmt: skip


def views(source: str, choice: Choice, talk: Conversation = TALK, limit: int = 999, **given: bool) -> list[TurnView]:
    plan = Plan(small.named(source), choice, "thinking", **given)
    return list(preview(1, talk, plan, estimate, limit))


def test_a_stripped_thought_is_trained_and_not_seen_later() -> None:
    first, second = views(small.NATIVE, OWN)
    assert (first.verdict, first.thought_in_training, first.thought_in_later_context) == ("ok", True, False)
    assert (second.verdict, second.thought_in_training, second.thought_in_later_context) == ("ok", None, None)
    assert first.text[first.learned :] == "<think>\nA gate. No: the gate.\n</think>\n\nAt the gate.<|im_end|>\n"
    assert "A gate." not in second.text


def test_a_kept_thought_is_seen_later() -> None:
    first, second = views(small.CHATML, TAG)
    assert (first.verdict, first.thought_in_training, first.thought_in_later_context) == ("ok", True, True)
    assert "<thinking>A gate. No: the gate.</thinking>" in second.prompt


@pytest.mark.parametrize(
    ("source", "choice", "verdict"),
    [
        (small.NATIVE, Choice("thinking", None, True), "thought-lost"),
        (small.MISMATCHED, TAG, "prompt-differs"),
        (small.CHATML, Choice("refused", None, True), "refused"),
        (small.CHATML.replace("{{ m.content }}", "{{ m.content if m.role == 'assistant' }}"), TAG, "reply-lost"),
        ("{{ raise_exception('never') }}", TAG, "not-rendered"),
    ],
)
def test_verdicts(source: str, choice: Choice, verdict: str) -> None:
    first = views(source, choice)[0]
    assert first.verdict == verdict
    assert verdict in VERDICTS
    assert ("never" in first.problem) == (verdict == "not-rendered")


def test_an_empty_thought_before_the_tag_and_a_cut() -> None:
    assert views(small.NATIVE, TAG, injected=True)[0].verdict == "empty-thought"
    cut = views(small.CHATML, TAG, limit=10)
    assert [view.verdict for view in cut] == ["cut", "cut"]
    assert tally(cut) == {"cut": 2}


def test_tokens_that_carry_loss_are_colored_and_the_text_stays_the_same() -> None:
    text = "Say. <think>Hm.</think> Said."
    pieces = [(0, 4), (5, 12), (12, 15), (15, 23), (24, 29)]
    event = TurnShown(1, 1, 1, "e-1", "Say. ", text, 5, 5, pieces, "")
    shown = turn(event, None)
    assert click.style("<think>", fg="green") + click.style("Hm.", fg="cyan") in shown
    assert click.style("Say. ", dim=True) in shown
    assert "<think>Hm.</think> Said.\n" in click.unstyle(shown)


def test_where_two_texts_part() -> None:
    assert [shared("abc", "abd"), shared("ab", "abd"), shared("", "a"), shared("abc", "ab")] == [2, 2, 0, 2]
    assert shared("<a>Say <think>", "<a>Say <thinking>") == len("<a>Say ")


def written(folder: Path, source: str = small.NATIVE) -> tuple[Path, Path]:
    """A template and a file of three rows, the last of them broken, in a folder."""
    template, rows = folder / "chat.jinja", folder / "rows.jsonl"
    template.write_text(source, encoding="utf-8")
    talk = [
        {"from": "human", "value": "Where are you?"},
        {"from": "gpt", "value": "<thinking>A gate.</thinking>\n\nAt the gate."},
        {"from": "human", "value": "And now?"},
        {"from": "gpt", "value": "<thinking>Still the gate.</thinking>\n\nStill."},
    ]
    lines = [
        {"conversations": talk, "metadata": {"complexity": "LOW", "category": "doors"}},
        {"instruction": "Say.", "input": "", "output": "Said."},
        {"nothing": 1},
    ]
    rows.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return template, rows


@pytest.mark.parametrize("name", ["", "  "])
@pytest.mark.parametrize("words", [("preview",), ("export", "--for", "trl"), ("export", "--format", "raw")])
def test_an_empty_name_of_a_model_is_a_word_that_is_missing(
    words: tuple[str, ...], name: str, project: Path, run: Run
) -> None:
    done = run(*words, "--model", name)
    assert done.code == 2
    assert "--model names no model: it is empty. Give a model's folder" in done.err


def test_json_is_an_object_for_each_row_and_answer(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template, rows = written(tmp_path)
    done = run("preview", "--model", template, "--file", rows, "--json")
    assert done.code == 0
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [list(one) for one in found] == [KEYS] * 3
    assert [(one["row"], one["turn"], one["thought_in_training"], one["verdict"]) for one in found] == [
        (1, 1, True, "ok"), (1, 2, True, "ok"), (2, 1, None, "ok"),
    ]  # fmt: skip
    assert "row 3" in done.err
    only = run("preview", "--model", template, "--file", rows, "--json", "--row", 2)
    assert [json.loads(line)["row"] for line in only.out.splitlines()] == [2]


def test_the_text_is_shown_exactly_with_the_sets_verdict(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    template, rows = written(tmp_path)
    done = run("preview", "--model", template, "--file", rows)
    assert done.code == 0
    assert "thoughts: in reasoning_content" in done.out
    assert "Tokens are estimated" in done.out
    assert "── learned ───────" in done.out
    assert "<think>\nStill the gate.\n</think>\n\nStill.<|im_end|>\n" in done.out
    assert "2 rows, 3 answers:\n        3  ok\n  1 answer without a thought teaches" in done.out
    assert "complexity and iterations of 1 example" in done.out
    assert "\x1b[" not in done.out


def test_another_way_and_a_short_limit(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template, rows = written(tmp_path)
    done = run("preview", "--model", template, "--file", rows, "--as", "content", "--json")
    assert {json.loads(line)["verdict"] for line in done.out.splitlines()} == {"empty-thought", "ok"}
    done = run("preview", "--model", template, "--file", rows, "--max-length", 5, "--json")
    assert {json.loads(line)["truncated"] for line in done.out.splitlines()} == {True}


def test_contexts_that_differ_are_shown_side_by_side(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template, rows = written(tmp_path, small.MISMATCHED)
    done = run("preview", "--model", template, "--file", rows, "--row", 2)
    assert "thoughts: refused" in done.out
    assert "── then at inference ──" in done.out
    assert "The prompt already says <think> before the model writes its first word." in done.out


def test_tokens_of_a_real_tokenizer(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    monkeypatch.chdir(tmp_path)
    template, rows = written(tmp_path)
    tokenizer = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "tokenizer_config.json").write_text('{"bos_token": "<b>"}', encoding="utf-8")
    done = run("preview", "--model", template, "--file", rows, "--row", 2)
    assert "Tokens are the model's own" in done.out
    assert "<s>" not in done.out
    text = "<|im_start|>user\nSay.<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nSaid.<|im_end|>\n"
    assert f"· {len(text.split())} tokens" in done.out
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    broken = run("preview", "--model", template, "--file", rows)
    assert broken.code == 1
    assert "tokenizer.json is not a tokenizer.json that can be read" in broken.err


def test_a_models_folder_and_the_hubs_cache(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, rows = written(tmp_path)
    snapshot = tmp_path / "hub" / "models--some--model" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "tokenizer_config.json").write_text(json.dumps({"chat_template": small.CHATML}), encoding="utf-8")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    for model in (snapshot, "some/model"):
        done = run("preview", "--model", model, "--file", rows)
        assert "thoughts: in the content, in <thinking>" in done.out
    missing = run("preview", "--model", "other/model", "--file", rows)
    assert missing.code == 1
    assert "Nothing is downloaded" in missing.err
    assert run("preview", "--model", rows, "--file", rows).code == 1


def test_kept_examples_of_a_project(project: Path, run: Run) -> None:
    template, rows = written(project)
    assert "Keep examples with" in run("preview", "--model", template).err
    assert run("import", rows).code == 1, "its third row is broken"
    decisions = [json.loads(line) for line in _ids(project)]
    (project / "d.jsonl").write_text("".join(json.dumps(one) + "\n" for one in decisions), encoding="utf-8")
    assert run("review", "--from-file", "d.jsonl").code == 0
    done = run("preview", "--model", template, "--json")
    assert len(done.out.splitlines()) == 3
    one = decisions[0]["example"]
    assert f"({one})" in run("preview", "--model", template, "--example", one[:6]).out
    assert run("preview", "--model", template, "--example", "e-none").code == 2
    assert run("preview", "--model", template, "--row", 9).code == 2
    assert run("preview", "--model", template, "--row", 1, "--example", one).code == 2


def _ids(project: Path) -> list[str]:
    from inscape.store import examples, open_store

    with open_store(project / "inscape.db") as store:
        return [json.dumps({"example": e.id, "verdict": "keep"}) for e in examples.all_examples(store)]


def test_without_a_project_and_without_a_file(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    template, _ = written(tmp_path)
    done = run("preview", "--model", template)
    assert done.code == 1
    assert "No inscape project" in done.err


def test_effort_that_stands_in_the_text_is_not_said_to_be_left_out(project: Path, run: Run) -> None:
    (project / "chatml.jinja").write_text(small.CHATML, encoding="utf-8")
    row = {"instruction": "selam", "output": "Selam, buyur.", "metadata": {"complexity": "LOW", "iterations": 1}}
    (project / "rows.json").write_text(json.dumps([row]), encoding="utf-8")
    assert run("import", "rows.json", "--keep").code == 0
    said = "Left out: complexity and iterations of 1 example"
    assert said in run("preview", "--model", "chatml.jinja").out
    for policy in ("first-token", "system-line", "both"):
        (project / "inscape.toml").write_text(f'format = 1\n[export]\neffort = "{policy}"\n', encoding="utf-8")
        assert said not in run("preview", "--model", "chatml.jinja").out

"""Probes as a person writes them, and the examples that stand near one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inscape.errors import InputError
from inscape.evaluation.probes import read_probes
from tests.conftest import Run


def test_a_probe_is_read_with_all_it_says() -> None:
    line = {
        "id": "b-1", "prompt": "iyiyim.", "before": ["sonuçlar çıktı mı?", "Çıktı. Sen nasılsın?"], "level": "medium",
        "language": "tr", "category": "boundary", "pair": "1", "must": ["asks gently"], "must_not": ["jokes"],
    }  # fmt: skip
    (probe,) = read_probes("\ufeff" + json.dumps(line) + "\n\n", "probes/b.jsonl")
    assert (probe.id, probe.prompt, probe.level, probe.pair) == ("b-1", "iyiyim.", "MEDIUM", "1")
    assert probe.before == ("sonuçlar çıktı mı?", "Çıktı. Sen nasılsın?")
    assert (probe.must, probe.must_not, probe.line) == (("asks gently",), ("jokes",), 1)


def test_only_the_prompt_must_be_there() -> None:
    first, second = read_probes('{"prompt": "selam"}\n{"prompt": "naber"}', "p.jsonl")
    assert (first.id, second.id, first.level, first.must) == ("1", "2", None, ())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"prompt": "a", "lvl": "LOW"}', 'no field "lvl"'),
        ('{"prompt": " "}', '"prompt" is missing'),
        ('{"prompt": "a", "level": "DEEP"}', '"level" is the text "DEEP"'),
        ('{"prompt": "a", "must": "x"}', '"must" is a list'),
        ('{"prompt": "a", "before": ["x"]}', "even number"),
        ('["a"]', "an object with a prompt"),
        ('{"prompt": "a"', "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_probe_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(InputError, match=r"p\.jsonl, line 2: ") as caught:
        list(read_probes('{"prompt": "ok"}\n' + line, "p.jsonl"))
    assert said in str(caught.value)


def test_one_id_twice_names_both_lines() -> None:
    with pytest.raises(InputError, match=r'line 2: the id "x" stands in line 1 too'):
        list(read_probes('{"id": "x", "prompt": "a"}\n{"id": "x", "prompt": "b"}', "p.jsonl"))


def rows(*asked: str) -> list[dict[str, Any]]:
    answers = ("Olur, anlat.", "Bence bir ay dayanmaz.", "Perdeyi çek, uyu biraz.", "Sıkıntı yok.", "Eyvallah.")
    return [{"instruction": text, "output": reply} for text, reply in zip(asked, answers, strict=False)]


def findings(run: Run, folder: Path, asked: tuple[str, ...], probes: dict[str, list[str]]) -> list[dict[str, Any]]:
    (folder / "rows.json").write_text(json.dumps(rows(*asked)), encoding="utf-8")
    for name, prompts in probes.items():
        lines = [json.dumps({"id": f"{name}-{n}", "prompt": text}) for n, text in enumerate(prompts, 1)]
        (folder / "probes" / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("import", folder / "rows.json").code == 0
    return [json.loads(line) for line in run("check", "--only", "probes", "--json").out.splitlines()]


def test_an_example_that_is_a_probe_or_near_one_is_an_error(project: Path, run: Run) -> None:
    found = findings(
        run, project,
        ("SANA bisi sorucam", "sence bu iş bir ay daha sürer mi?", "uykum var", "selam", "saol"),
        {"low": ["sana bisi sorucam", "günaydın"], "medium": ["sence bu iş bir ay daha sürer mi acaba?"]},
    )  # fmt: skip
    assert [(one["row"], one["severity"]) for one in found] == [(1, "error"), (2, "error")]
    assert "is the probe low-1 (probes/low.jsonl, line 1)" in found[0]["message"]
    assert "is near" in found[1]["message"]
    assert "medium-1" in found[1]["message"]


def test_other_words_on_the_same_matter_are_not_near(project: Path, run: Run) -> None:
    asked = ("bi sorum var sana", "sence ne kadar sürer bu iş?", "uyku tutmadı yine")
    assert findings(run, project, asked, {"low": ["sana bisi sorucam", "sence iş biter mi", "uykum var ya"]}) == []


def test_a_broken_probe_file_stops_the_check_and_an_id_in_two_files_too(project: Path, run: Run) -> None:
    (project / "rows.json").write_text(json.dumps(rows("selam")), encoding="utf-8")
    run("import", project / "rows.json")
    (project / "probes" / "a.jsonl").write_text('{"id": "x"}', encoding="utf-8")
    done = run("check")
    assert (done.code, 'probes/a.jsonl, line 1: "prompt" is missing' in done.err) == (1, True), done.all
    (project / "probes" / "a.jsonl").write_text('{"id": "x", "prompt": "a"}', encoding="utf-8")
    (project / "probes" / "b.jsonl").write_text('{"id": "x", "prompt": "b"}', encoding="utf-8")
    assert 'the id "x" stands in probes/a.jsonl, line 1 too' in run("check").err

"""The teachers that need no network: fake, recorded and manual."""

import json
from pathlib import Path

import pytest

from inscape.elicitation import slots, templates
from inscape.elicitation.answers import read_answer
from inscape.errors import DataError, InputError, SettingError, TeacherBusy, TeacherSetupError
from inscape.records import STRUCTURES, Passage, Request, Shape, Structure, Template
from inscape.teachers import fake, load, made_up, manual, recorded
from inscape.teachers.fake import FAULTS, FakeTeacher, parse_faults
from inscape.text import sha256
from tests.generating import settings

PASSAGE = Passage("p-1", 1, "Gate", "The gate was open and nobody had gone through it yet.", ("waiting",), (), 1)


@pytest.mark.parametrize("template", templates.core(), ids=lambda t: t.name)
def test_made_up_answers_fit_every_core_template(template: Template) -> None:
    prompt = slots.render(template, PASSAGE)
    for variant in range(20):
        text = made_up.answer(prompt, template.shape, variant=variant)
        answer = read_answer(text, template.shape)
        assert answer.state == "done"
        assert not answer.problems
        replies = [t for t in answer.conversations[0].turns if t.role == "assistant"]
        assert all(turn.text.endswith(made_up.MARK) for turn in replies), "nobody may take it for a teacher's"
    assert made_up.answer(prompt, template.shape) == made_up.answer(prompt, template.shape)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("words", [None, (1, 3), (150, 300)])
@pytest.mark.parametrize("exchanges", [(1, 1), (2, 2), (4, 6)])
def test_made_up_answers_fit_any_shape(
    structure: Structure, words: tuple[int, int] | None, exchanges: tuple[int, int]
) -> None:
    shape = Shape(structure, exchanges, words)
    assert read_answer(made_up.answer("No passage at all", shape, "inner"), shape, "inner").state == "done"


def test_faults_come_in_their_shares_and_pass() -> None:
    teacher = FakeTeacher(faults={"busy": 0.3})
    busy = 0
    for n in range(300):
        try:
            teacher.ask(Request(f"prompt {n}", Shape("plain"), 100))
        except TeacherBusy:
            busy += 1
            assert any(_answers(teacher, f"prompt {n}", attempt) for attempt in range(2, 12)), "it never passes"
    assert 60 < busy < 120


def _answers(teacher: FakeTeacher, prompt: str, attempt: int) -> bool:
    try:
        return bool(teacher.ask(Request(prompt, Shape("plain"), 100, attempt=attempt)).text)
    except TeacherBusy:
        return False


@pytest.mark.parametrize("fault", ["cut", "prose", "empty"])
def test_spoiled_answers_cannot_be_read(fault: str) -> None:
    shape = Shape("thinking", (2, 2))
    reply = FakeTeacher(faults={fault: 1.0}).ask(Request("prompt", shape, 100))
    assert read_answer(reply.text, shape).state == "unparsed"
    assert reply.cut == (fault == "cut")


def test_a_fenced_answer_is_read() -> None:
    shape = Shape("plain")
    reply = FakeTeacher(faults={"fenced": 1.0}).ask(Request("prompt", shape, 100))
    assert read_answer(reply.text, shape).state == "done"


@pytest.mark.parametrize("text", ["nonsense=0.1", "busy=often", "busy=0.7,cut=0.7", "busy=-0.1"])
def test_faults_that_make_no_sense(text: str) -> None:
    with pytest.raises(SettingError, match=r"teacher\.faults"):
        parse_faults(text)
    assert parse_faults("") == {}


def test_a_script_is_used_in_turn(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(["one", {"fault": "busy"}, {"output": "x"}]), encoding="utf-8")
    teacher = load(settings(teacher__name="fake", teacher__script="s.json"), {}, tmp_path)
    request = Request("prompt", Shape("plain"), 100)
    assert teacher.ask(request).text == "one"
    with pytest.raises(TeacherBusy):
        teacher.ask(request)
    assert [teacher.ask(request).text for _ in range(2)] == ['{"output": "x"}', "one"]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '[{"fault": "sleepy"}]'])
def test_a_script_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"s\.json"):
        fake.read_script(path)


def test_delay_and_every_fault_has_a_meaning() -> None:
    slept: list[float] = []
    FakeTeacher(delay=0.5, sleep=slept.append).ask(Request("p", Shape("plain"), 100))
    assert slept == [0.5]
    assert {"busy", "unreachable", "cut", "prose", "refuse", "html"} <= set(FAULTS)


# ---------------------------------------------------------------- recorded


def test_a_recording_answers_only_its_own_prompts(tmp_path: Path) -> None:
    answers = [{"prompt_sha256": sha256("prompt"), "passage": "p-1", "template": "t", "answer": {"output": "x"}}]
    (tmp_path / "r.json").write_text(json.dumps({"by": "someone", "note": "", "answers": answers}), encoding="utf-8")
    teacher = load(settings(teacher__name="recorded", teacher__recording="r.json"), {}, tmp_path)
    assert teacher.name == "recorded:someone"
    assert teacher.ask(Request("prompt", Shape("plain"), 1)).text == '{"output": "x"}'
    with pytest.raises(TeacherSetupError, match=r"'p-1' with template 'inner'.*has changed since the recording"):
        teacher.ask(Request("prompt.", Shape("plain"), 1, passage="p-1", template="inner"))


@pytest.mark.parametrize("text", ["{", "[]", '{"by": "x"}', '{"by": "x", "answers": [1]}'])
def test_a_recording_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"r\.json"):
        recorded.read(tmp_path / "r.json")


# ---------------------------------------------------------------- manual

KEYS = [sha256(str(n))[:24] for n in range(3)]
PROMPTS = {key: f"Write about {key}\n\nand no more." for key in KEYS}


def _sheets() -> list[manual.Sheet]:
    return [manual.Sheet(key, n, f"p-{n}", "continuity", PROMPTS[key]) for n, key in enumerate(KEYS, 1)]


def test_numbers_stay_with_their_prompts(tmp_path: Path) -> None:
    first = manual.write(tmp_path, _sheets()[:1])
    again = manual.write(tmp_path, reversed(_sheets()))
    assert [p.name for p in first] == ["001-p-1-continuity.md"]
    assert [p.name for p in again] == ["003-p-3-continuity.md", "002-p-2-continuity.md"]
    assert manual.numbers(tmp_path) == dict(enumerate(KEYS, 1))
    other = manual.Sheet("f" * 24, 2, "p-9", "continuity", "of another log")
    assert [p.name for p in manual.write(tmp_path, [other])] == ["004-p-9-continuity.md"]
    assert first[0].read_text(encoding="utf-8").splitlines()[0].startswith(f"<!-- inscape prompt {KEYS[0]}")
    readme = manual.write_readme(tmp_path, KEYS[1:]).read_text(encoding="utf-8")
    assert "002, 003" in readme


def test_answers_in_a_folder_by_number_by_key_and_in_the_prompt_file(tmp_path: Path) -> None:
    prompts, answers = tmp_path / "prompts", tmp_path / "answers"
    first, second, third = manual.write(prompts, _sheets())
    answers.mkdir()
    (answers / "1.txt").write_text("one", encoding="utf-8")
    (answers / f"{KEYS[1][:10]}.json").write_text("two", encoding="utf-8")
    (answers / third.name).write_text(third.read_text(encoding="utf-8") + "\nthree\n", encoding="utf-8")
    (answers / second.name).write_text(second.read_text(encoding="utf-8"), encoding="utf-8")
    (answers / "77.md").write_text("whose?", encoding="utf-8")
    found = manual.read_answers(answers, manual.numbers(prompts), PROMPTS)
    assert {(p.key, p.text) for p in found} == {
        (KEYS[0], "one"), (KEYS[1], "two"), (KEYS[2], "three"), (None, "whose?"),
    }  # fmt: skip
    assert first.exists()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("001", 1),
        ("1", 1),
        ("002-p-00000000-continuity", 2),
        ("Claude 3 - 001", 1),
        ("GPT-5.2 answer 003", 3),
        ("2026-11-20 002", 2),
        ("Claude 3", None),
        ("1a", None),
        (f"{KEYS[1][:9]}", 2),
        (f"of {KEYS[2][:9]} by Claude 1", 3),
    ],
)
def test_what_a_files_name_means(tmp_path: Path, name: str, number: int | None) -> None:
    (tmp_path / f"{name}.md").write_text("an answer", encoding="utf-8")
    (found,) = manual.read_answers(tmp_path, dict(enumerate(KEYS, 1)), PROMPTS)
    assert found.key == (KEYS[number - 1] if number else None)


def test_answers_in_one_file_under_headings(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    manual.write(prompts, _sheets())
    one = tmp_path / "all.md"
    one.write_text(
        '# Mine\n\n## 001\n{"a": 1}\n\n## 003 the third\n\nthree\n## 002\n\n## 009\nwhat?\n', encoding="utf-8"
    )
    found = manual.read_answers(one, manual.numbers(prompts), PROMPTS)
    assert [(p.key, p.text) for p in found] == [(KEYS[0], '{"a": 1}'), (KEYS[2], "three"), (None, "what?")]
    assert found[1].where.endswith("line 6")


def test_no_answers_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no answers found"):
        manual.read_answers(tmp_path, {}, {})
    with pytest.raises(TeacherSetupError, match="is you"):
        load(settings(teacher__name="manual"), {}).ask(Request("p", Shape("plain"), 1))

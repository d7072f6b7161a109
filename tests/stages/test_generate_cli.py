"""`inscape generate` and `inscape answers` as a person types them."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from inscape import cli
from inscape.project import Project
from inscape.records import Attempt
from inscape.stages import terms
from inscape.store import attempts, examples, open_store
from inscape.teachers import made_up
from tests.generating import clean_environ, make_project, settings
from tests.teacher_server import MODEL, TeacherServer, shape_of

KEY = "sk-live-0123456789SECRET"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in [n for n in os.environ if n.startswith(("INSCAPE_", "OPENAI_", "ANTHROPIC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = make_project(tmp_path / "p", 2)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line: exit code, stdout, stderr."""

    def run(*args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(list(args))
        out, err = capsys.readouterr()
        return code, out, err

    return run


Said = Callable[..., tuple[int, str, str]]


def log(project: Project) -> list[Attempt]:
    with open_store(project.database) as store:
        return attempts.listing(store)


def via(server: TeacherServer, *more: str) -> list[str]:
    return ["generate", "--teacher", "openai", "--model", MODEL, "--base-url", f"{server.url}/v1", *more]


def test_fake_from_plan_to_examples_and_again(project: Project, said: Said) -> None:
    code, out, err = said("generate", "--teacher", "fake")
    assert code == 0
    assert "2 passages with 2 templates" in out
    assert "4 examples from 4 answers." in out
    assert "inscape review" in out
    assert err.count(" done ") == 4
    code, out, _ = said("generate", "--teacher", "fake")
    assert code == 0
    assert "Nothing to ask" in out


def test_dry_run_shows_the_price_without_a_key_and_writes_nothing(project: Project, said: Said) -> None:
    code, out, _ = said("generate", "--teacher", "anthropic", "--model", "claude-sonnet-5-5", "--dry-run")
    assert code == 0
    assert "≈ $0.0" in out
    assert log(project) == []
    code, out, _ = said("generate", "--teacher", "fake", "--dry-run", "--json")
    assert json.loads(out)["event"] == "planned"


def test_json_is_the_stream_of_events(project: Project, said: Said) -> None:
    code, out, _ = said("generate", "--teacher", "fake", "--json")
    events = [json.loads(line)["event"] for line in out.splitlines()]
    assert code == 0
    assert events[0] == "planned"
    assert events[-1] == "finished"
    assert (events.count("sent"), events.count("answered")) == (4, 4)


def test_nobody_there_to_say_yes(project: Project, said: Said) -> None:
    with TeacherServer() as server:
        code, _, err = said(*via(server))
        assert code == 2
        assert "add --yes" in err
        assert server.requests == []


def test_a_real_server_and_the_command_that_goes_on(project: Project, said: Said) -> None:
    with TeacherServer(script=["cut", "refuse", "reject"]) as server:
        code, out, _ = said(*via(server, "--yes"))
        assert code == 1
        assert "Not usable: 1 unparsed, 1 refused, 1 failed" in out
        again = next(
            line.strip() for line in out.splitlines() if line.strip().endswith("--retry unparsed,refused,failed")
        )
        assert again.startswith("inscape generate --teacher openai --model test-model --base-url http://127.0.0.1:")
        code, out, _ = said(*again.split()[1:], "--yes")
        assert code == 0
        assert "3 examples from 3 answers" in out
        assert len(server.requests) == 7


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_a_run_without_one_usable_answer_has_failed(
    project: Project, said: Said, monkeypatch: pytest.MonkeyPatch, as_json: tuple[str, ...]
) -> None:
    monkeypatch.setenv("INSCAPE_TEACHER_FAULTS", "prose=1")
    assert said("generate", "--teacher", "fake", *as_json)[0] == 1


def test_errors_are_in_the_stream_too(project: Project, said: Said) -> None:
    with TeacherServer(script=["credit"] * 4) as server:
        code, out, err = said(*via(server, "--yes", "--json"))
    last = json.loads(out.splitlines()[-1])
    assert (code, last["event"], last["error"], last["exit_code"]) == (4, "failed", "TeacherOutOfCredit", 4)
    assert last["message"] in err


@pytest.mark.parametrize("fault", ["unauthorized", "reject", "drop"])
def test_no_key_in_any_output_file_or_database(
    project: Project, said: Said, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv("INSCAPE_TEACHER_KEY_ENV", "OPENAI_API_KEY")
    monkeypatch.setenv("INSCAPE_TEACHER_TRIES", "1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with TeacherServer(script=[None, fault, None, fault], key=KEY) as server:
        _, out, err = said(*via(server, "--yes"))
        said(*via(server, "--yes", "--json"))
    assert len(server.requests) >= 2
    assert KEY not in out + err
    assert "SECRET" not in str(server.requests)
    files = [path for path in project.root.rglob("*") if path.is_file()]
    assert project.database in files
    for path in files:
        assert b"SECRET" not in path.read_bytes(), path


def test_the_terms_of_a_cloud_teacher_are_shown_once(
    project: Project, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("inscape.teachers.keys.is_local", lambda url: False)  # the test's server stands for a cloud
    with TeacherServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        code, _, err = said(*via(server, "--yes"))
        assert code == 2
        assert "may restrict" in err
        assert "--accept-terms" in err
        assert server.requests == []
        assert not (project.root / "terms.toml").exists()
        code, _, err = said(*via(server, "--yes", "--accept-terms"))
        assert code == 0
        assert 'provider = "127.0.0.1"' in (project.root / "terms.toml").read_text(encoding="utf-8")
        code, _, err = said(*via(server, "--yes", "--samples", "2"))
        assert code == 0
        assert "may restrict" not in err


def test_which_teachers_are_in_a_cloud() -> None:
    assert terms.provider(settings(teacher__name="anthropic")) == "api.anthropic.com"
    assert terms.provider(settings(teacher__name="openai")) == "api.openai.com"
    assert terms.provider(settings(teacher__name="openai", teacher__base_url="http://localhost:11434/v1")) is None
    assert terms.provider(settings(teacher__name="openai", teacher__base_url="https://openrouter.ai/api/v1"))
    assert terms.provider(settings(teacher__name="fake")) is None


def test_another_teacher_does_not_inherit_the_files_address(project: Project, said: Said) -> None:
    toml = project.config.read_text(encoding="utf-8")
    own = '[teacher]\nname = "openai"\nbase_url = "http://localhost:9/v1"\nmodel = "llama"\n'
    project.config.write_text(toml.replace("[teacher]\n", own, 1), encoding="utf-8")
    _, out, _ = said("generate", "--dry-run")
    assert "openai:llama at http://localhost:9/v1" in out
    code, out, err = said("generate", "--dry-run", "--teacher", "anthropic", "--model", "claude-sonnet-5-5")
    assert code == 0, err
    assert "localhost" not in out


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["--slot", "nothing"], "must be like --slot"),
        (["--retry", "done"], "--retry done: there are"),
        (["--answers", "passages.md"], "--teacher manual"),
        (["--passage", "7"], "no passage '7'"),
        (["--template", "x"], "no template 'x'"),
    ],
)
def test_words_that_do_not_fit(project: Project, said: Said, args: list[str], text: str) -> None:
    code, _, err = said("generate", "--teacher", "fake", *args)
    assert code in (1, 2)
    assert text in err


def test_cap_ends_with_exit_4(project: Project, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSCAPE_GENERATE_PRICE_IN", "1000")
    monkeypatch.setenv("INSCAPE_GENERATE_PRICE_OUT", "1000")
    with TeacherServer() as server:
        code, _, err = said(*via(server, "--yes", "--cap", "6.5"))
        assert code == 4
        assert "a higher --cap goes on" in err
        assert 1 <= len(server.requests) < 4


# ---------------------------------------------------------------- manual


def test_by_hand_from_prompts_to_examples(project: Project, said: Said) -> None:
    code, out, _ = said("generate", "--teacher", "manual")
    assert code == 0
    assert "4 new prompts" in out
    files = sorted((project.root / "prompts").glob("0*.md"))
    assert [f.name[:3] for f in files] == ["001", "002", "003", "004"]
    answers = project.root / "answers"
    answers.mkdir()
    for file in files[:2]:
        prompt = file.read_text(encoding="utf-8").split("\n", 1)[1].rstrip("\n")
        text = made_up.answer(prompt, shape_of(prompt))
        (answers / f"{file.name[:3]}.txt").write_text(text, encoding="utf-8")
    (answers / "003.txt").write_text("I would rather not say anything in JSON today.", encoding="utf-8")
    (answers / "099.txt").write_text("whose?", encoding="utf-8")
    text = project.passages.read_text(encoding="utf-8")
    project.passages.write_text(text.replace("Number 1:", "Changed since:"), encoding="utf-8")
    code, out, err = said("generate", "--teacher", "manual", "--answers", "answers")
    assert code == 1
    assert "2 examples from 3 answers" in out
    assert "1 unparsed" in out
    assert "099.txt: belongs to no prompt" in err
    assert "003, 004" in (project.root / "prompts" / "README.md").read_text(encoding="utf-8")
    code, out, _ = said("generate", "--teacher", "manual", "--answers", "answers")
    assert "2 answers had been read before" in out


def hand_in(project: Project, name: str, text: str) -> None:
    (project.root / "answers").mkdir(exist_ok=True)
    (project.root / "answers" / name).write_text(text, encoding="utf-8")


def prompt_in(project: Project, number: str) -> str:
    (path,) = (project.root / "prompts").glob(f"{number}-*.md")
    return path.read_text(encoding="utf-8").split("\n", 1)[1].rstrip("\n")


def test_a_number_is_never_given_to_another_prompt(project: Project, said: Said) -> None:
    said("generate", "--teacher", "manual", "--passage", "1", "--template", "1")
    prompt = prompt_in(project, "001")
    answer = made_up.answer(prompt, shape_of(prompt))
    hand_in(project, "001.md", answer)
    said("generate", "--teacher", "manual", "--answers", "answers")
    next((project.root / "prompts").glob("001-*.md")).unlink()
    said("generate", "--teacher", "manual", "--passage", "2", "--template", "1")
    assert [p.name[:3] for p in (project.root / "prompts").glob("0*.md")] == ["002"]
    code, out, _ = said("generate", "--teacher", "manual", "--answers", "answers")
    assert code == 0
    assert "1 answer had been read before" in out
    assert [a.state for a in log(project)] == ["done", "planned"]
    hand_in(project, "002.md", answer)
    _, _, err = said("generate", "--teacher", "manual", "--answers", "answers")
    assert "002.md: not taken; the same words are the answer to another prompt" in err
    assert [a.state for a in log(project)] == ["done", "planned"]


def test_reading_the_same_answers_again_changes_nothing(project: Project, said: Said) -> None:
    said("generate", "--teacher", "manual")
    hand_in(project, "001.md", "I would rather not say anything in JSON today.")
    for _ in range(3):
        code, out, _ = said("generate", "--teacher", "manual", "--answers", "answers")
        assert (code, "1 unparsed" in out) == (1, True)
    key = log(project)[0].key
    with open_store(project.database) as store:
        assert len(attempts.replies(store, key)) == 1
    hand_in(project, "001.md", "Still not.")
    said("generate", "--teacher", "manual", "--answers", "answers")
    with open_store(project.database) as store:
        assert len(attempts.replies(store, key)) == 2


def test_no_password_in_an_address(project: Project, said: Said) -> None:
    said("generate", "--teacher", "fake")
    url = "http://bob:hunter2secret@127.0.0.1:1/v1"
    code, out, err = said("generate", "--teacher", "openai", "--model", "m", "--base-url", url, "--yes")
    assert code == 1
    assert "teacher.key_env" in err
    assert "hunter2" not in out + err
    assert b"hunter2" not in project.database.read_bytes()


# ---------------------------------------------------------------- answers


def test_list_show_and_mend(project: Project, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSCAPE_TEACHER_FAULTS", "prose=1")
    said("generate", "--teacher", "fake")
    code, out, _ = said("answers", "--state", "unparsed")
    assert code == 0
    assert out.count("unparsed") == 5
    code, out, _ = said("answers", "--json")
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["answer_listed"] * 4 + ["finished"]
    attempt = log(project)[0]
    code, out, _ = said("answers", "show", attempt.key[:10])
    assert attempt.prompt in out
    assert "begin with the weather" in out
    (project.root / "bad.json").write_text("still prose", encoding="utf-8")
    code, _, err = said("answers", "mend", attempt.key[:10], "--file", "bad.json")
    assert code == 1
    assert "Nothing was changed" in err
    monkeypatch.setattr(click, "edit", lambda text, **_: made_up.answer(attempt.prompt, shape_of(attempt.prompt)))
    code, out, _ = said("answers", "mend", attempt.key[:10])
    assert code == 0
    after = log(project)[0]
    assert (after.state, after.reply) == ("done", attempt.reply)
    with open_store(project.database) as store:
        (made,) = examples.all_examples(store)
        assert made.provenance.attempt == attempt.key
        assert store.rows("SELECT author FROM revision")[0]["author"] == "human"
        said("answers", "mend", attempt.key[:10])
        assert examples.all_examples(store)[0].revision == 2


def test_keys_that_fit_none_or_several(project: Project, said: Said) -> None:
    said("generate", "--teacher", "fake", "--samples", "9")
    assert said("answers", "show", "zzz")[0] == 2
    several = next(c for c in "0123456789abcdef" if sum(a.key.startswith(c) for a in log(project)) > 1)
    code, _, err = said("answers", "show", several)
    assert code == 2
    assert "Type more of it" in err


def test_a_bar_on_a_terminal_and_what_needs_attention_above_it(project: Project) -> None:
    import sys

    import pexpect

    environ = {**clean_environ(INSCAPE_TEACHER_FAULTS="prose=0.3"), "TERM": "xterm", "NO_COLOR": "1"}
    command = ["-m", "inscape", "generate", "--teacher", "fake", "--samples", "5"]
    child = pexpect.spawn(sys.executable, command, cwd=str(project.root), env=environ, encoding="utf-8", timeout=20)
    shown = child.read()
    child.close()
    assert child.exitstatus == 1, "some answers could not be used"
    assert "20/20" in shown
    assert " unparsed " in shown
    assert " done     " not in shown, "an answer that is well leaves no line"
    assert "To ask them again:" in shown

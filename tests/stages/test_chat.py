"""`chat`: which model answers, what a person can do with the conversation, and what is shown of it."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pexpect
import pytest

from inscape import project as projects
from inscape.cli import inscape
from inscape.cli.talking import joined, status, typed
from inscape.errors import InputError, InscapeError, ModelError, UsageError
from inscape.events import ChatEnded
from inscape.project import Project
from inscape.runtimes.base import Piece
from inscape.runtimes.talk import Drawing, Talker
from inscape.stages.answering import Wanted, open_model, place_of
from inscape.stages.chat import Chat
from inscape.stages.run_folder import Record, Run
from inscape.store import examples, open_store
from tests.model_server import ModelServer
from tests.runtimes.fake import FakeRuntime, sima
from tests.runtimes.test_servers import trained
from tests.runtimes.test_talk import LLAMA, ROOM, taught, ticking

Talk = Callable[..., tuple[str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with one run that came to its end, its base beside it."""
    monkeypatch.setenv("COLUMNS", "200")
    made = projects.create(tmp_path / "mine", "mine", {}, {})
    base = tmp_path / "base"
    base.mkdir()
    (base / "chat_template.jinja").write_text(LLAMA.source)
    (base / "tokenizer_config.json").write_text('{"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}')
    a_run(made, "peft-1", base)
    monkeypatch.chdir(made.root)
    return made


def a_run(project: Project, name: str, base: Path, **held: Any) -> Run:
    run = Run(project.root / "runs" / name)
    run.adapter.mkdir(parents=True)
    run.data.mkdir()
    run.mode.write_text(taught().to_json())
    run.write(Record(**{"backend": "peft", "model": str(base), "state": "done", "started": "2026-01-01", **held}))
    return run


@pytest.fixture
def talk(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Talk:
    """`talk("peft-1", …, lines="Hi\\n")`: stdout and stderr."""

    def call(*words: str, lines: str = "") -> tuple[str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
        capfd.readouterr()
        inscape.main(["chat", *words], standalone_mode=False)
        out, err = capfd.readouterr()
        return out, err

    return call


# ---------------------------------------------------------------- what answers


def test_a_run_is_spoken_to_in_its_mode_behind_a_server(here: Project, talk: Talk) -> None:
    with ModelServer(trained) as server:
        out, err = talk("peft-1", "--base-url", server.url, "--once", "Why?")
        assert out == "Because it rains.\n"
        assert err == ""
        prompt = "".join(chr(token) for token in server.last("/v1/completions")["prompt"])
        assert prompt.startswith("<|begin_of_text|>")
        assert "You are Sima." in prompt
        assert prompt.endswith("<|start_header_id|>assistant<|end_header_id|>\n\n")
        out, err = talk(
            "peft-1", "--base-url", server.url, "--once", "Why?", "--show-thoughts", "full", "--system", "X"
        )
        assert out == "Because it rains.\n"
        assert "I turn it over and over and over" in err
        prompt = "".join(chr(token) for token in server.last("/v1/completions")["prompt"])
        assert "Sima" not in prompt


def test_settings_of_the_project_hold_and_flags_go_over_them(here: Project, talk: Talk) -> None:
    here.config.write_text(here.config.read_text() + "[chat]\nbudget_medium = 2\ntemperature = 0.25\n")
    text = here.config.read_text()
    here.config.write_text(re.sub(r"\n\[chat\]\n(?=#)", "\n", text))
    with ModelServer(trained) as server:
        talk("peft-1", "--base-url", server.url, "--once", "Why?")
        assert server.last("/v1/completions")["temperature"] == 0.25
        prompts = [body for path, body in server.seen if path == "/v1/completions"]
        assert len(prompts) == 2  # the thought was cut
        talk("peft-1", "--base-url", server.url, "--once", "Why?", "--temperature", "0", "--seed", "5")
        assert server.last("/v1/completions")["temperature"] == 0
        assert server.last("/v1/completions")["seed"] == 5


@pytest.mark.parametrize("flag", ["--temperature=-1", "--max-tokens=0", "--seed=-1"])
def test_a_number_out_of_range_is_named_by_its_flag(flag: str, talk: Talk) -> None:
    with pytest.raises(click.BadParameter) as wrong:
        talk("--base-url", "http://127.0.0.1:9/v1", flag)
    assert flag.partition("=")[0] in wrong.value.format_message()


def test_outside_of_a_project_a_server_is_any_chat_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: Talk
) -> None:
    monkeypatch.chdir(tmp_path)
    with ModelServer(lambda _: "<think>Hm.</think>\n\nHello.") as server:
        out, err = talk("--base-url", server.url, "--once", "Hi")
        assert out == "Hello.\n"
        assert "spoken to as any chat model" in err
        assert server.last("/v1/chat/completions")["messages"] == [{"role": "user", "content": "Hi"}]
        (tmp_path / "t.jinja").write_text(LLAMA.source)
        talk("--base-url", server.url, "--template", "t.jinja", "--once", "Hi")
        assert server.paths()[-1] == "/v1/completions"
        with pytest.raises(UsageError, match="no project here to save into"):
            talk("--base-url", server.url, lines="Hi\n/save\n")


def test_another_template_than_trainings_is_told_of(here: Project, talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "other.jinja").write_text(LLAMA.source + "{# other #}")
    with ModelServer(trained) as server:
        _, err = talk("peft-1", "--base-url", server.url, "--template", str(tmp_path / "other.jinja"), "--once", "Why?")
    assert "not the one that the rows were written with" in err


def test_the_latest_finished_run_is_taken(here: Project, tmp_path: Path) -> None:
    base = tmp_path / "base"
    a_run(here, "mlx-1", base, backend="mlx", started="2026-03-01")
    a_run(here, "peft-2", base, state="running", started="2026-04-01")
    a_run(here, "peft-3", base, started="2026-05-01").adapter.rmdir()
    place = place_of("", here, {}, needed=True)
    assert place
    assert (place.name, place.engine, place.model) == ("mlx-1", "mlx", str(base))
    assert place.adapter == str(here.root / "runs" / "mlx-1" / "adapter")
    named = place_of("peft-1", here, {}, needed=True)
    assert named
    assert (named.engine, named.mode) == ("hf", here.root / "runs" / "peft-1" / "data" / "mode.json")
    path = place_of(str(here.root / "runs" / "peft-1"), None, {}, needed=True)
    assert path
    assert path.name == "peft-1"
    assert place_of("", here, {}, needed=False) is None


def test_what_stands_in_a_runs_folder_has_its_mode(here: Project) -> None:
    run = here.root / "runs" / "peft-1"
    (run / "model-f16.gguf").write_bytes(b"GGUF")
    gguf = place_of(str(run / "model-f16.gguf"), None, {}, needed=True)
    assert gguf
    assert (gguf.engine, gguf.mode) == ("gguf", run / "data" / "mode.json")
    (run / "merged").mkdir()
    (run / "merged" / "config.json").write_text('{"quantization": {"bits": 4}}')
    merged = place_of(str(run / "merged"), None, {}, needed=True)
    assert merged
    assert (merged.engine, merged.mode) == ("mlx", run / "data" / "mode.json")
    (run / "merged" / "config.json").write_text("{}")
    (run / "merged" / "mode.json").write_text("{}")
    merged = place_of(str(run / "merged"), None, {}, needed=True)
    assert merged
    assert (merged.engine, merged.mode) == ("hf", run / "merged" / "mode.json")


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("nothing", r"no run, no model's folder .* Runs here: peft-1"),
        ("inscape.toml", r"is a file, and no \.gguf"),
        ("runs/peft-1/adapter", "is an adapter alone"),
    ],
)
def test_what_is_no_model(name: str, match: str, here: Project) -> None:
    (here.root / "runs" / "peft-1" / "adapter" / "adapter_config.json").write_text("{}")
    with pytest.raises(UsageError, match=match):
        place_of(name, here, {}, needed=True)


def test_without_a_run_it_is_said_what_to_do(here: Project) -> None:
    with pytest.raises(UsageError, match="In a project, its latest run"):
        place_of("", None, {}, needed=True)
    (here.root / "runs" / "peft-1" / "run.json").unlink()
    with pytest.raises(UsageError, match="Train one with `inscape train`"):
        place_of("", here, {}, needed=True)


@pytest.mark.parametrize(
    ("wanted", "match"),
    [
        (Wanted(base_url="http://x/v1", ollama="y"), "each name a server"),
        (Wanted(name="y"), "give its --base-url too"),
        (Wanted(base_url="http://127.0.0.1:11434/v1"), "must be named"),
        (Wanted(base_url="http://[x"), "--base-url is 'http://.x'; it must be like"),
        (Wanted(base_url="http://x:y/v1"), "--base-url is 'http://x:y/v1'; it must be like"),
    ],
)
def test_words_that_do_not_fit(wanted: Wanted, match: str, here: Project) -> None:
    with pytest.raises(InscapeError, match=match):
        open_model(wanted, here, here.settings, {})


def test_a_broken_mode_is_named(here: Project, talk: Talk) -> None:
    (here.root / "runs" / "peft-1" / "data" / "mode.json").write_text("{}")
    with pytest.raises(InputError, match=r"mode\.json is no mode\.json"):
        talk("peft-1", "--base-url", "http://127.0.0.1:1/v1", "--once", "x")


# ---------------------------------------------------------------- the conversation


def a_chat(says: Any = sima, **held: Any) -> tuple[Chat, FakeRuntime]:
    fake = FakeRuntime(says)
    return Chat(Talker(fake, taught(), LLAMA, ROOM, ticking), Drawing(40, seed=3), **held), fake


def test_a_conversation_goes_on() -> None:
    chat, fake = a_chat()
    list(chat.say("Why?"))
    list(chat.say("Hi"))
    assert [turn.text for turn in chat.turns] == ["Why?", "Because it rains, I think.", "Hi", "Hello there friend."]
    assert chat.turns[1].thought
    assert chat.turns[1].effort == "high"
    assert chat.efforts == ("high", "low")
    said = [(one["role"], one["content"]) for one in fake.asked[1][0].messages]
    assert said[1:] == [("user", "Why?"), ("assistant", "Because it rains, I think."), ("user", "Hi")]


def test_again_undo_and_reset() -> None:
    chat, fake = a_chat()
    with pytest.raises(UsageError, match="no question yet"):
        chat.again()
    assert chat.undo() is None
    list(chat.say("Why?"))
    list(chat.again())
    assert len(chat.turns) == 2
    assert [limits.seed for _, limits in fake.asked] == [3, 4]
    assert fake.asked[0][0] == fake.asked[1][0]
    list(chat.say("Hi"))
    assert chat.undo() == "Hi"
    assert len(chat.turns) == 2
    assert chat.asked == "Why?"
    chat.reset()
    assert sum(map(len, (chat.turns, chat.efforts, chat.asked))) == 0


def test_an_answer_that_is_stopped_changes_nothing() -> None:
    chat, fake = a_chat()
    list(chat.say("Hi"))
    before = chat.turns
    events = chat.say("Why?")
    next(events)
    events.close()
    assert chat.turns == before
    assert fake.left == 1
    list(chat.again())
    assert chat.turns[:2] == before
    assert chat.turns[2].text == "Why?"
    again = chat.again()
    next(again)
    again.close()
    assert chat.turns[2].text == "Why?"  # the first answer stands


def test_an_empty_answer_is_not_of_the_conversation() -> None:
    chat, _ = a_chat(lambda _: [Piece("end")])
    events = list(chat.say("Hi"))
    assert isinstance(events[-1], ChatEnded)
    assert events[-1].problem == "no reply"
    assert chat.turns == ()


# ---------------------------------------------------------------- lines


def test_a_pipe_is_one_turn_a_line(here: Project, talk: Talk) -> None:
    with ModelServer(trained) as server:
        lines = (
            "Why?\n\n/effort low\nAnd\\\nthen?\n//slash\n/system Be brief.\n/thoughts show\n/again\n/undo\n/quit\nno\n"
        )
        out, err = talk("peft-1", "--base-url", server.url, lines=lines)
        assert out == "Because it rains.\n" * 4
        prompts = ["".join(chr(one) for one in body["prompt"]) for path, body in server.seen if "completions" in path]
        assert len(prompts) == 4
        assert "And\nthen?" in prompts[1]
        assert prompts[1].endswith('<thinking effort="low"/>\n\n')
        assert "\n\n/slash<|eot_id|>" in prompts[2]
        assert "Be brief." in prompts[3]
        assert "Taken back: /slash" in err


@pytest.mark.parametrize("line", ["/effort vast", "/thoughts maybe", "/nothing", "/again"])
def test_a_command_that_is_none_ends_a_pipe(line: str, here: Project, talk: Talk) -> None:
    with ModelServer(trained) as server, pytest.raises(UsageError):
        talk("peft-1", "--base-url", server.url, lines=f"{line}\nHi\n")


def test_json_is_events(here: Project, talk: Talk) -> None:
    with ModelServer(trained) as server:
        out, _ = talk("peft-1", "--base-url", server.url, "--json", lines="Why?\n/save\n")
    events = [json.loads(line) for line in out.splitlines()]
    assert {event["event"] for event in events} == {"chat_piece", "chat_ended", "row_taken", "finished"}
    ended = next(event for event in events if event["event"] == "chat_ended")
    assert (ended["effort"], ended["reply"]) == ("medium", "Because it rains.")
    assert "".join(e["text"] for e in events if e.get("kind") == "thought") == ended["thought"]


def test_a_conversation_is_saved_for_review(here: Project, talk: Talk) -> None:
    with ModelServer(trained) as server:
        _, err = talk("peft-1", "--base-url", server.url, lines="Why?\n/save rain\n/save rain\n")
        with pytest.raises(UsageError, match="Nothing was said yet"):
            talk("peft-1", "--base-url", server.url, lines="/save\n")
    assert re.search(r"Saved as e-\w+, undecided: `inscape review` shows it.\nIt is saved already, as e-\w+.", err)
    with open_store(here.database) as store:
        (example,) = examples.all_examples(store)
    talked = example.conversation
    assert [turn.text for turn in talked.turns] == ["Why?", "Because it rains."]
    assert talked.answers[0].thought == "I turn it over and over and over"
    assert (talked.complexity, talked.category, talked.system) == ("MEDIUM", "rain", "You are Sima.")
    assert talked.answers[0].effort is None
    assert example.structure == "thinking"
    assert example.verdict is None
    assert example.provenance.file == "a chat with peft-1"


def test_nothing_to_answer(here: Project, talk: Talk) -> None:
    with ModelServer(lambda _: "") as server:
        with pytest.raises(UsageError, match="holds nothing"):
            talk("peft-1", "--base-url", server.url, "--once", " ")
        with pytest.raises(ModelError, match="There was no answer"):
            talk("peft-1", "--base-url", server.url, "--once", "Hi")


def test_the_line_after_an_answer() -> None:
    ended = ChatEnded("low", False, False, "", "Hi.", 0.4, 1.2, 31, "")
    assert status(ended) == "low (the model's choice) · 0.4 s to the first word, 1.2 s · 31 tokens"
    cut = ChatEnded("high", True, True, "Hm", "Hi.", None, 1.25, None, "the reply reached its limit")
    assert status(cut) == "high (as asked) · 1.2 s · its thought was cut at its budget · the reply reached its limit"
    assert status(ChatEnded(None, False, False, "", "x", None, 2.0, 1, "")) == "2.0 s · 1 token"


def test_lines_are_joined_by_a_backslash() -> None:
    assert list(joined(["a\n", "b\\\n", "c\n", "d\\"])) == ["a", "b\nc", "d"]


def test_two_interrupts_at_the_prompt_end_it() -> None:
    script: list[Any] = ["one", KeyboardInterrupt, "two\\", "three", KeyboardInterrupt, KeyboardInterrupt]
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        said = script.pop(0)
        if said is KeyboardInterrupt:
            raise KeyboardInterrupt
        return str(said)

    assert list(typed(ask)) == ["one", "two\\", "three"]
    assert prompts == ["› ", "› ", "› ", "… ", "› ", "› "]


# ---------------------------------------------------------------- a real terminal


def in_terminal(url: str) -> Any:
    words = [
        "-c", "import sys; from inscape.cli.verbs.chat import command; command.main(sys.argv[1:], 'inscape chat')",
        "peft-1", "--base-url", url,
    ]  # fmt: skip
    return pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=15, dimensions=(30, 160))


def test_a_terminal(here: Project) -> None:
    with ModelServer(trained, delay=0.005) as server:
        screen = in_terminal(server.url)
        screen.expect("sima at http.*/help lists commands")
        screen.expect("› ")
        screen.sendline("Why?")
        screen.expect(r"\x1b\[2mI")
        screen.expect("over")
        screen.expect(r"Because[^\n]* rains\.")
        screen.expect(r"\x1b\[2mmedium \(the model's choice\) · \d+\.\d s to the first word, \d+\.\d s · \d+ tokens")
        screen.sendline("/effort low")
        screen.expect("Effort: low")
        screen.sendline("/nonsense")
        screen.expect("Error: There is no command /nonsense")
        screen.sendline("/thoughts hide")
        screen.expect("hidden")
        screen.sendline("/effort medium")
        screen.sendline("Why?")
        screen.expect(r"Because.*medium \(as asked\)")
        assert "turn it" not in str(screen.match.group(0))
        screen.sendline("/quit")
        screen.expect(pexpect.EOF)
        screen.close()
        assert screen.exitstatus == 0


def test_an_interrupt_stops_the_answer_and_two_end_it(here: Project) -> None:
    with ModelServer(lambda _: "word " * 3000, delay=0.005) as server:
        screen = in_terminal(server.url)
        screen.expect("› ")
        screen.sendline("Hi")
        screen.expect("word word word")
        screen.sendintr()
        screen.expect("Stopped; the conversation is as before")
        assert server.broken.wait(5)
        screen.expect("› ")
        screen.sendintr()
        screen.expect("Ctrl-C again")
        screen.sendintr()
        screen.expect(pexpect.EOF)
        screen.close()
        assert screen.exitstatus == 0

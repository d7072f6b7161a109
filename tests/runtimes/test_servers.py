"""Servers as runtimes, over real sockets: what reaches them, what comes back, and what is said where they fail."""

import socket
import time

import pytest

from inscape.errors import ModelError
from inscape.events import ChatEnded, Noted
from inscape.records import Conversation, Turn
from inscape.rendering.mode import Asked
from inscape.runtimes.base import Limits, Piece, Runtime
from inscape.runtimes.effort_control import Budgets
from inscape.runtimes.ollama import OllamaRuntime, address_of
from inscape.runtimes.openai import Server, ServerRuntime
from inscape.runtimes.talk import Drawing, Talker
from inscape.runtimes.trouble import is_too_long
from tests.model_server import ModelServer, tokens
from tests.runtimes.test_talk import LLAMA, ROOM, taught, ticking

TEXT = "<s>[user] Hi [assistant] "
MESSAGES = ({"role": "system", "content": "S"}, {"role": "user", "content": "Hi"})
ASKED = Asked(MESSAGES, "", TEXT)
LIMITS = Limits(40, 0.3, 0.8, 5, ("END",))


def says(prompt: str) -> str:
    return "I am fine." if "Hi" in prompt else "What?"


def text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind == "text")


def reach(server: ModelServer, **held: object) -> ServerRuntime:
    return ServerRuntime(Server(server.url, **{"model": "sima", "bos": "<s>", "timeout": 20.0, **held}))  # type: ignore[arg-type]


def test_llama_server_gets_the_exact_tokens() -> None:
    with ModelServer(says) as server:
        runtime = reach(server)
        pieces = list(runtime.stream(ASKED, LIMITS))
        runtime.close()
        assert text(pieces) == "I am fine."
        assert pieces[-1] == Piece("end", "", "end", 3, 3)
        body = server.last("/v1/completions")
        assert body["prompt"] == tokens(TEXT)
        assert {name: body[name] for name in ("max_tokens", "temperature", "top_p", "seed", "stop")} == {
            "max_tokens": 40, "temperature": 0.3, "top_p": 0.8, "seed": 5, "stop": ["END"],
        }  # fmt: skip
        assert server.last("/tokenize") == {"content": TEXT, "add_special": False, "parse_special": True}


def test_vllm_adds_no_mark_of_its_own() -> None:
    with ModelServer(says, "vllm") as server:
        runtime = reach(server)
        list(runtime.stream(ASKED, Limits(9999)))
        runtime.close()
        body = server.last("/v1/completions")
        assert (body["prompt"], body["add_special_tokens"]) == (TEXT, False)
        assert body["max_tokens"] < 4096


def test_a_server_without_whole_prompts_gets_messages_and_it_is_said() -> None:
    with ModelServer(says, "plain") as server:
        runtime = reach(server)
        assert str(runtime.raw) == "True"
        first = list(runtime.stream(ASKED, LIMITS))
        assert str(runtime.raw) == "False"
        second = list(runtime.stream(ASKED, LIMITS))
        runtime.close()
        assert [piece.kind for piece in first if piece.kind == "note"] == ["note"]
        assert text(first) == text(second) == "I am fine."
        assert server.paths() == ["/v1/completions", "/v1/chat/completions", "/v1/chat/completions"]
        assert server.last("/v1/chat/completions")["messages"] == list(MESSAGES)


def test_without_a_template_it_is_messages() -> None:
    with ModelServer(says) as server:
        runtime = reach(server, kwargs={"enable_thinking": True})
        pieces = list(runtime.stream(Asked(MESSAGES, "Well, "), LIMITS))
        runtime.close()
        body = server.last("/v1/chat/completions")
        assert body["messages"][-1] == {"role": "assistant", "content": "Well, "}
        assert body["chat_template_kwargs"] == {"enable_thinking": True}
        assert "continue_final_message" not in body
        assert text(pieces) == "I am fine."
    with ModelServer(says, "vllm") as server:
        runtime = reach(server)
        list(runtime.stream(Asked(MESSAGES, "Well, "), LIMITS))
        runtime.close()
        body = server.last("/v1/chat/completions")
        assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_a_beginning_that_thinking_forbids_is_given_without_it() -> None:
    with ModelServer(says, prefill="refuses") as server:
        runtime = reach(server)
        assert text(list(runtime.stream(Asked(MESSAGES, "Well, "), LIMITS))) == "I am fine."
        runtime.close()
        assert server.last("/v1/chat/completions")["chat_template_kwargs"] == {"enable_thinking": False}


def test_a_servers_own_thought_is_set_apart() -> None:
    with ModelServer(lambda _: "~Let ~me Fine.", apart=True) as server:
        runtime = reach(server)
        pieces = list(runtime.stream(Asked(MESSAGES, ""), LIMITS))
        runtime.close()
        assert "".join(one.text for one in pieces if one.kind == "thought").startswith("Let")


def test_ollama_gets_the_raw_prompt() -> None:
    with ModelServer(says, "ollama") as server:
        runtime = OllamaRuntime(Server(server.root, "sima", bos="<s>", timeout=20.0))
        assert runtime.name == "sima in Ollama"
        pieces = list(runtime.stream(ASKED, LIMITS))
        assert text(pieces) == "I am fine."
        assert pieces[-1] == Piece("end", "", "end", 3, 9)
        body = server.last("/api/generate")
        assert (body["raw"], body["prompt"]) == (True, TEXT.removeprefix("<s>"))
        assert body["options"] == {"temperature": 0.3, "top_p": 0.8, "num_predict": 40, "seed": 5, "stop": ["END"]}
        assert text(list(runtime.stream(Asked(MESSAGES, ""), LIMITS))) == "I am fine."
        assert server.paths()[-1] == "/v1/chat/completions"
        runtime.close()


def test_ollamas_address() -> None:
    assert address_of({}) == "http://127.0.0.1:11434"
    assert address_of({"OLLAMA_HOST": "0.0.0.0"}) == "http://127.0.0.1:11434"
    assert address_of({"OLLAMA_HOST": "box:8000"}) == "http://box:8000"
    assert address_of({"OLLAMA_HOST": "https://box/"}) == "https://box"


@pytest.mark.parametrize("kind", ["llamacpp", "ollama"])
def test_closing_ends_the_answer(kind: str) -> None:
    with ModelServer(lambda _: "word " * 4000, "llamacpp", delay=0.002) as server:
        runtime = reach(server)
        stream = runtime.stream(ASKED, Limits(4000))
        assert next(stream).text == "word"
        stream.close()
        assert server.broken.wait(5)
        runtime.close()


def fails(server: ModelServer, match: str, **held: object) -> ModelError:
    runtime = reach(server, **held)
    with pytest.raises(ModelError, match=match) as raised:
        list(runtime.stream(ASKED, LIMITS))
    runtime.close()
    return raised.value


@pytest.mark.parametrize(
    ("fault", "long", "match"),
    [
        ("long", True, "longer than the model's context"),
        ("key", False, "wants another key.*OPENAI_API_KEY"),
        ("down", False, "cannot answer just now .503: Loading model"),
        ("cut", False, "without saying why"),
        ("stall", False, "sent nothing for 0.3 seconds"),
    ],
)
def test_what_a_server_fails_of_is_a_sentence(fault: str, long: bool, match: str) -> None:
    with ModelServer(says, fault=fault) as server:
        assert is_too_long(fails(server, match, **({"timeout": 0.3} if fault == "stall" else {}))) == long


def test_no_key_is_quoted() -> None:
    with ModelServer(says, fault="key") as server:
        runtime = reach(server, secret="sk-abcdefghijklmnop")
        with pytest.raises(ModelError) as raised:
            list(runtime.stream(ASKED, LIMITS))
        assert "abcdefgh" not in str(raised.value)
        runtime.close()


def test_models_are_listed_where_one_is_missing() -> None:
    with ModelServer(says, models=("a", "b")) as server:
        fails(server, r"has no model 'sima'\. It has: a, b\. Name one with --model")
        with pytest.raises(ModelError, match=r"several models, and none was named\. It has: a, b"):
            reach(server, model="")
    with ModelServer(says, "ollama", models=("a:latest",)) as server:
        runtime = OllamaRuntime(Server(server.root, "sima"))
        with pytest.raises(ModelError, match=r"Ollama has no model 'sima'\. It has: a:latest\. Name one with --ollama"):
            list(runtime.stream(ASKED, LIMITS))
        runtime.close()
    with ModelServer(says, models=("only",)) as server:
        runtime2 = reach(server, model="")
        assert runtime2.model == "only"
        runtime2.close()


def test_nothing_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(ModelError, match=rf"Nothing answers at http://127.0.0.1:{port}/v1 .*Start it"):
        ServerRuntime(Server(f"http://127.0.0.1:{port}/v1", "sima"))
    assert time.monotonic() - begun < 5
    with pytest.raises(ModelError, match="must be like"):
        ServerRuntime(Server("localhost:8080", "sima"))


# ---------------------------------------------------------------- a whole talk


def trained(prompt: str) -> str:
    """As a tuned model goes on from a prompt, whole or as messages."""
    if prompt.endswith(("</thinking>\n\n", "/>\n\n")):
        return "Because it rains."
    if prompt.endswith('">'):
        return "I turn it over</thinking>\n\nBecause it rains."
    return '<thinking effort="medium">I turn it over and over and over</thinking>\n\nBecause it rains.'


@pytest.mark.parametrize("kind", ["llamacpp", "vllm", "plain"])
@pytest.mark.parametrize("level", [None, "low", "medium"])
def test_a_talk_with_a_server(kind: str, level: str | None) -> None:
    with ModelServer(trained, kind) as server:  # type: ignore[arg-type]
        runtime: Runtime = reach(server)
        talker = Talker(runtime, taught(), LLAMA, ROOM, ticking)
        ended = list(talker.answer(Conversation((Turn("user", "Why?"),)), level, Drawing()))[-1]
        runtime.close()
        assert isinstance(ended, ChatEnded)
        assert (ended.reply, ended.forced, ended.effort) == ("Because it rains.", level is not None, level or "medium")
        assert bool(ended.thought) == (level != "low")


def test_a_cut_with_a_server() -> None:
    with ModelServer(trained, delay=0.001) as server:
        runtime = reach(server)
        talker = Talker(runtime, taught(), LLAMA, Budgets(0, 2, 2), ticking)
        ended = list(talker.answer(Conversation((Turn("user", "Why?"),)), None, Drawing()))[-1]
        runtime.close()
        assert isinstance(ended, ChatEnded)
        assert (ended.cut, ended.reply) == (True, "Because it rains.")
        again = "".join(chr(token) for token in server.last("/v1/completions")["prompt"])
        assert again.endswith(f'<thinking effort="medium">{ended.thought}</thinking>\n\n')


@pytest.mark.parametrize("prefill", ["ignores", "repeats"])
def test_a_server_that_does_not_go_on(prefill: str) -> None:
    def anew(prompt: str) -> str:
        return "I turn it over</thinking>\n\nSo." if prefill == "repeats" else '<thinking effort="low"/>\n\nSo.'

    with ModelServer(anew, prefill=prefill) as server:  # type: ignore[arg-type]
        runtime = reach(server)
        talker = Talker(runtime, taught(), None, ROOM, ticking)
        events = list(talker.answer(Conversation((Turn("user", "Why?"),)), "high", Drawing()))
        runtime.close()
        ended = events[-1]
        assert isinstance(ended, ChatEnded)
        assert ended.reply == "So."
        assert ended.forced == (prefill == "repeats")
        assert sum(isinstance(event, Noted) for event in events) == (prefill == "ignores")


def test_an_address_without_v1_is_told_of() -> None:
    with ModelServer(lambda _: "") as server, pytest.raises(ModelError, match="mostly ends with /v1"):
        ServerRuntime(Server(server.url.removesuffix("/v1")))

"""`serve`: the official client of OpenAI in front of a made-up model, over real sockets."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
import uvicorn

from inscape.errors import ModelError
from inscape.events import Event, Noted, Served
from inscape.rendering.mode import Asked, plain
from inscape.runtimes import server as sockets
from inscape.runtimes.app import Served as Offer
from inscape.runtimes.app import create
from inscape.runtimes.base import Piece
from inscape.runtimes.effort_control import Budgets
from inscape.runtimes.talk import Drawing, Talker
from inscape.runtimes.trouble import too_long
from inscape.stages.serve import serve
from tests.model_server import ModelServer
from tests.runtimes.fake import FakeRuntime, sima
from tests.runtimes.test_talk import LLAMA, ROOM, taught

HI: list[Any] = [{"role": "user", "content": "Hi"}]
WHY: list[Any] = [{"role": "user", "content": "Why?"}]


@dataclass
class Up:
    """A server that listens, and a client for it."""

    url: str
    client: openai.OpenAI
    fake: FakeRuntime

    def ask(self, messages: list[Any], **held: Any) -> Any:
        return self.client.chat.completions.create(model="sima", messages=messages, **held)

    def raw(self, body: bytes, host: str = "127.0.0.1", path: str = "/v1/chat/completions") -> tuple[int, Any]:
        line = http.client.HTTPConnection("127.0.0.1", int(self.url.rpartition(":")[2]), timeout=10)
        line.request("POST" if body else "GET", path, body or None, {"Host": host, "Content-Type": "application/json"})
        made = line.getresponse()
        read = made.status, json.loads(made.read())
        line.close()
        return read


@contextmanager
def up(fake: FakeRuntime | None = None, budgets: Budgets = ROOM, **held: Any) -> Iterator[Up]:
    fake = fake or FakeRuntime(sima)
    counter = itertools.count(1)
    offer = Offer(
        Talker(fake, taught(), LLAMA, budgets, time.monotonic), "sima", Drawing(40), clock=lambda: 1000.0,
        ids=lambda: str(next(counter)), **held,
    )  # fmt: skip
    with sockets.bound("127.0.0.1", 0) as listening:
        config = uvicorn.Config(create(offer), log_level="critical", lifespan="off", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening.socket]})
        thread.start()
        http_client = openai.DefaultHttpxClient(trust_env=False)
        client = openai.OpenAI(
            api_key="x", base_url=f"http://{listening.place}/v1", max_retries=0, timeout=20, http_client=http_client
        )
        try:
            yield Up(f"http://{listening.place}", client, fake)
        finally:
            client.close()
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


def test_an_answer() -> None:
    with up() as it:
        made = it.ask(WHY)
        assert (made.id, made.object, made.created, made.model) == ("chatcmpl-1", "chat.completion", 1000, "sima")
        (choice,) = made.choices
        assert (choice.message.role, choice.message.content) == ("assistant", "Because it rains, I think.")
        assert choice.finish_reason == "stop"
        assert not hasattr(choice.message, "reasoning_content")
        assert made.usage.completion_tokens == it.fake._pieces(*it.fake.asked[0])[-1].tokens
        assert made.usage.total_tokens == made.usage.prompt_tokens + made.usage.completion_tokens
        assert made.usage.prompt_tokens > 0
        assert "You are Sima." in it.fake.asked[0][0].text


def test_a_stream_is_as_openais() -> None:
    with up(thoughts=True) as it:
        chunks = list(it.ask(WHY, stream=True, stream_options={"include_usage": True}))
        assert chunks[0].choices[0].delta.role == "assistant"
        assert all(chunk.object == "chat.completion.chunk" and chunk.id == "chatcmpl-1" for chunk in chunks)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1])
        thought = "".join(getattr(chunk.choices[0].delta, "reasoning_content", "") or "" for chunk in chunks[:-1])
        assert text == "Because it rains, I think."
        assert thought == "I turn it over and over and over again"
        assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
        assert chunks[-1].choices == []
        assert chunks[-1].usage.completion_tokens > 5
        assert len(chunks) > 8  # as it comes


def test_a_stream_ends_with_done_and_hides_thoughts() -> None:
    with up() as it:
        line = http.client.HTTPConnection("127.0.0.1", int(it.url.rpartition(":")[2]), timeout=10)
        line.request("POST", "/v1/chat/completions", json.dumps({"model": "sima", "messages": WHY, "stream": True}))
        made = line.getresponse()
        assert made.getheader("content-type") == "text/event-stream; charset=utf-8"
        text = made.read().decode()
        line.close()
        assert text.endswith("data: [DONE]\n\n")
        assert "turn it over" not in text
        assert "usage" not in text


def test_effort_is_forced_or_chosen() -> None:
    with up(thoughts=True) as it:
        assert it.ask(HI, reasoning_effort="high").choices[0].message.reasoning_content.startswith("I turn")
        assert it.fake.asked[-1][0].begun == '<thinking effort="high">'
        for low in ("low", "minimal", "none"):
            made = it.ask(WHY, reasoning_effort=low)
            assert not hasattr(made.choices[0].message, "reasoning_content")
            assert it.fake.asked[-1][0].begun == '<thinking effort="low"/>\n\n'
        it.ask(HI)
        assert it.fake.asked[-1][0].begun == ""
    with up(level="medium") as it:
        it.ask(HI)
        assert it.fake.asked[-1][0].begun == '<thinking effort="medium">'


def test_how_it_is_drawn() -> None:
    with up() as it:
        it.ask(HI, temperature=0.2, top_p=0.3, seed=4, stop=["a", "b"])
        limits = it.fake.asked[-1][1]
        assert (limits.temperature, limits.top_p, limits.seed) == (0.2, 0.3, 4)
        assert limits.stop == ("<|eot_id|>",)  # a client's are of the reply, and its thought may hold them
        it.ask(HI, top_p=0)
        assert 0 < it.fake.asked[-1][1].top_p < 1e-5
        made = it.ask(WHY, max_tokens=2)
        assert made.choices[0].finish_reason == "length"
        assert made.choices[0].message.content == "Because it"
        assert made.usage.completion_tokens > 2
        assert made.usage.prompt_tokens > 10
        assert it.ask(WHY, max_completion_tokens=2).choices[0].finish_reason == "length"


def test_a_stop_is_of_the_reply() -> None:
    with up() as it:
        made = it.ask(WHY, stop=["over", "\n", " rains"])
        assert (made.choices[0].message.content, made.choices[0].finish_reason) == ("Because it", "stop")
        chunks = list(it.ask(WHY, stop="s, I", stream=True))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Because it rain"
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert it.fake.left == 2


def test_messages_are_taken_whole() -> None:
    with up() as it:
        parts = [{"type": "text", "text": "Hi "}, {"type": "text", "text": "there"}]
        it.ask([
            {"role": "developer", "content": "Be brief."}, {"role": "user", "content": parts},
            {"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Why?"},
        ])  # fmt: skip
        assert [(one["role"], one["content"]) for one in it.fake.asked[-1][0].messages] == [
            ("system", "Be brief."), ("user", "Hi there"), ("assistant", "Hello."), ("user", "Why?"),
        ]  # fmt: skip


def test_budgets_hold() -> None:
    with up(budgets=Budgets(0, 2, 3), thoughts=True) as it:
        message = it.ask(WHY).choices[0].message
        assert message.reasoning_content == "I turn it"
        assert message.content == "Because it rains, I think."


@pytest.mark.parametrize(
    ("held", "status", "match"),
    [
        ({"n": 2}, 400, "'n' can only be 1"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, 400, "'tools' is not supported"),
        ({"response_format": {"type": "json_object"}}, 400, "can only be text"),
        ({"logprobs": True}, 400, "'logprobs' is not supported"),
        ({"top_logprobs": 3}, 400, "'top_logprobs' is not supported"),
        ({"presence_penalty": 0.5}, 400, "'presence_penalty' is not supported"),
        ({"temperature": 3}, 400, "from 0 to 2"),
        ({"temperature": "hot"}, 400, "must be a number"),
        ({"top_p": True}, 400, "must be a number"),
        ({"max_tokens": 0}, 400, "at least 1"),
        ({"seed": 1.5}, 400, "whole number"),
        ({"seed": 2**63}, 400, "at most 9223372036854775807"),
        ({"messages": [{"role": "user", "content": "\ud800"}]}, 400, "half a character"),
        ({"model": "\ud800"}, 400, "half a character"),
        ({"stop": ["1", "2", "3", "4", "5"]}, 400, "at most four"),
        ({"stream": "yes"}, 400, "true or false"),
        ({"reasoning_effort": "vast"}, 400, "low, medium or high"),
        ({"model": "gpt"}, 404, "does not exist here; 'sima' does"),
        ({"model": None}, 400, "must name a model"),
        ({"messages": []}, 400, "at least one"),
        ({"messages": ["x"]}, 400, "must be an object"),
        ({"messages": [{"role": "tool", "content": "x"}]}, 400, "no role 'tool'"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, "last message must be the user's"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "text parts"),
        ({"messages": [{"role": "user", "content": None}]}, 400, "text parts"),
    ],
)
def test_what_is_refused(held: dict[str, Any], status: int, match: str, served: Up) -> None:
    code, body = served.raw(json.dumps({"model": "sima", "messages": HI, **held}).encode())
    assert code == status
    assert match in body["error"]["message"]
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["type"] == "invalid_request_error"


@pytest.fixture(scope="module")
def served() -> Iterator[Up]:
    with up() as it:
        yield it


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b"\xff\xfe{", b"null", b"[" * 100_000])
def test_a_body_that_is_no_request(body: bytes, served: Up) -> None:
    code, said = served.raw(body)
    assert code == 400
    assert "JSON" in said["error"]["message"]


def test_the_client_knows_the_errors(served: Up) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        served.client.chat.completions.create(model="x", messages=HI)
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError):
        served.ask(HI, n=3)


def test_the_other_pages(served: Up) -> None:
    assert [model.id for model in served.client.models.list()] == ["sima"]
    assert served.client.models.retrieve("sima").owned_by == "inscape"
    with pytest.raises(openai.NotFoundError):
        served.client.models.retrieve("other")
    assert served.raw(b"", path="/health") == (200, {"status": "ok", "model": "sima"})
    assert served.raw(b"", path="/v1/nothing")[0] == 404
    assert served.raw(b"", path="/v1/chat/completions")[0] == 405


def test_a_page_under_another_name_is_refused(served: Up) -> None:
    assert served.raw(b"", "evil.example", "/v1/models")[0] == 403
    assert served.raw(b"", "localhost:99", "/v1/models")[0] == 200


def test_a_model_that_fails_is_an_error_also_in_the_middle() -> None:
    def fails(asked: Asked) -> list[Piece]:
        raise too_long("longer than the context") if "long" in asked.text else ModelError("It is gone.")

    with up(FakeRuntime(fails)) as it:
        with pytest.raises(openai.APIStatusError) as gone:
            it.ask(HI)
        assert gone.value.status_code == 502
        with pytest.raises(openai.BadRequestError) as long:
            it.ask([{"role": "user", "content": "long"}], stream=True)
        assert long.value.code == "context_length_exceeded"

    class Half(FakeRuntime):
        def _pieces(self, *args: Any) -> Any:
            yield Piece("text", "Well")
            yield Piece("text", " then")
            raise ModelError("It is gone.")

    with up(Half(sima)) as it, pytest.raises(openai.APIError, match="It is gone"):
        list(it.ask(HI, stream=True))


def test_one_answer_at_a_time_and_the_line_moves_on() -> None:
    with up() as it:
        made: list[str] = []

        def ask(number: int) -> None:
            made.append(it.ask(WHY if number % 2 else HI, stream=False).choices[0].message.content)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(made) == ["Because it rains, I think."] * 3 + ["Hello there friend."] * 3
        assert it.fake.most == 1


def wait_for(what: Any, seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_generation(stream: bool) -> None:
    class Slow(FakeRuntime):
        def _pieces(self, asked: Asked, limits: Any) -> Any:
            for _ in range(2000):
                time.sleep(0.005)
                yield Piece("text", " word")
            yield Piece("end")

    with up(Slow(sima)) as it:
        body = json.dumps({"model": "sima", "messages": HI, "stream": stream, "max_tokens": 5000}).encode()
        with socket.create_connection(("127.0.0.1", int(it.url.rpartition(":")[2]))) as line:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
            line.sendall(head.encode() + body)
            assert wait_for(lambda: it.fake.running == 1)
            time.sleep(0.1)
        assert wait_for(lambda: it.fake.left == 1 and it.fake.running == 0)
        it.fake._pieces = lambda *_: [Piece("text", "Next."), Piece("end")]  # type: ignore[method-assign]
        assert it.ask(HI).choices[0].message.content == "Next."


def test_a_server_at_the_back_answers_several_at_once() -> None:
    gate = threading.Event()
    with up(FakeRuntime(sima, single=False, gate=gate)) as it:
        threads = [threading.Thread(target=lambda: it.ask(HI)) for _ in range(3)]
        for thread in threads:
            thread.start()
        assert wait_for(lambda: it.fake.running == 3)
        gate.set()
        for thread in threads:
            thread.join(10)
        assert it.fake.most == 3


def test_the_stage_says_where_it_listens() -> None:
    talker = Talker(FakeRuntime(sima), plain("thinking"), LLAMA, ROOM, time.monotonic)
    events: Iterator[Event] = serve(Offer(talker, "sima", Drawing()), 0)
    first = next(events)
    assert isinstance(first, Served)
    assert first.model == "sima"
    port = int(first.url.removesuffix("/v1").rpartition(":")[2])
    with pytest.raises(ModelError, match=rf"127.0.0.1:{port} cannot be had .*--port 0"):
        next(serve(Offer(talker, "sima", Drawing()), port))
    events.close()  # type: ignore[attr-defined]
    for host in ("", "999.1.1.1", "192.0.2.1"):
        with pytest.raises(ModelError, match="no address of this machine"):
            next(serve(Offer(talker, "sima", Drawing(), host=host), 0))
    opened = serve(Offer(talker, "sima", Drawing(), host="0.0.0.0"), 0)
    warning = next(opened)
    assert isinstance(warning, Noted)
    assert "can be reached from other machines" in warning.message
    opened.close()


def test_the_command_listens_until_it_is_interrupted(tmp_path: Path) -> None:
    words = "import sys; from inscape.cli.verbs.serve import command; command.main(sys.argv[1:], 'inscape serve')"
    with ModelServer(lambda _: "<think>Hm.</think>\n\nHello.") as behind:
        command = [
            sys.executable,
            "-c",
            words,
            "--base-url",
            behind.url,
            "--port",
            "0",
            "--name",
            "mine",
            "--show-thoughts",
        ]
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
        ) as process:
            assert process.stdout
            assert process.stderr
            said = process.stdout.readline()
            found = re.fullmatch(r"mine answers at (http://127\.0\.0\.1:\d+/v1); Ctrl-C ends it\.\n", said)
            assert found, said + process.stderr.read()
            http_client = openai.DefaultHttpxClient(trust_env=False)
            with openai.OpenAI(api_key="x", base_url=found[1], max_retries=0, http_client=http_client) as client:
                message: Any = client.chat.completions.create(model="mine", messages=HI).choices[0].message
            assert (message.content, message.reasoning_content) == ("Hello.", "Hm.")
            process.send_signal(signal.SIGINT)
            assert process.wait(15) == 0
            assert "Traceback" not in process.stderr.read()

"""A real llama-server as a runtime: it gets the tokens that the engine here gets, and goes on from a beginning."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inscape.errors import ModelError
from inscape.events import ChatEnded
from inscape.records import Conversation, Turn
from inscape.rendering.mode import Mode, ask, mode_of
from inscape.runtimes.base import Limits, Piece, Runtime
from inscape.runtimes.effort_control import Budgets
from inscape.runtimes.local import LocalRuntime, open_local
from inscape.runtimes.openai import Server, ServerRuntime
from inscape.runtimes.talk import Drawing, Talker
from inscape.runtimes.trouble import is_too_long
from inscape.trainers.speak_jobs import SpeakJob
from tests.trainers import adapters
from tests.trainers.gguf import made as gguf_of

SERVES = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.port, params.cpuparams.n_threads = sys.argv[1], 512, 0, 2
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
HI = Conversation((Turn("user", "Die Tür, ğüş, 🦙?"),), "You are Sima.")
GREEDY = Limits(16, 0.0, 1.0, 1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    adapters.base(folder)
    return gguf_of(folder / "base", folder)


@pytest.fixture(scope="module")
def local(model: Path) -> Iterator[LocalRuntime]:
    runtime = open_local(SpeakJob("gguf", str(model), context=512), Path(sys.executable), model.parent)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def server(model: Path, local: LocalRuntime) -> Iterator[ServerRuntime]:
    command = [sys.executable, "-c", SERVES, str(model)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert local.template
        runtime = ServerRuntime(Server(f"{address}/v1", bos=local.template.tokens["bos_token"]))
        yield runtime
        runtime.close()
        process.kill()


def taught(local: LocalRuntime) -> Mode:
    talks = [Conversation((Turn("user", "Hi"), Turn("assistant", "Hello.")), "You are Sima.")]
    assert local.template
    return mode_of(
        "m", local.template, "first-token", "three", "content", "thinking", unroll=True, kwargs={}, talks=talks
    )


def said(pieces: list[Piece]) -> tuple[str, int | None]:
    return "".join(one.text for one in pieces if one.kind == "text"), pieces[-1].prompt_tokens


@pytest.mark.parametrize("level", [None, "low", "high"])
def test_server_and_engine_see_the_same_prompt(level: str | None, local: LocalRuntime, server: ServerRuntime) -> None:
    asked = ask(taught(local), HI, level, local.template)
    here, there = (said(list(runtime.stream(asked, GREEDY))) for runtime in (local, server))
    assert here == there
    assert server.maker == "llamacpp"


def test_messages_go_on_from_the_beginning(local: LocalRuntime, server: ServerRuntime) -> None:
    whole = ask(taught(local), HI, "high", local.template)
    messages = ask(taught(local), HI, "high", None)
    again = ServerRuntime(Server(server.address))
    assert said(list(again.stream(messages, GREEDY))) == said(list(local.stream(whole, GREEDY)))
    again.close()


def test_a_thought_is_cut_and_a_reply_comes(local: LocalRuntime, server: ServerRuntime) -> None:
    for runtime in (local, server):
        talker = Talker(runtime, taught(local), local.template, Budgets(0, 4, 4), time.monotonic)
        ended = list(talker.answer(HI, "high", Drawing(6, 0.0, 1.0, 1)))[-1]
        assert isinstance(ended, ChatEnded)
        assert ended.cut
        assert ended.thought
        assert ended.reply


def test_what_does_not_fit_is_known(local: LocalRuntime, server: ServerRuntime) -> None:
    long = Conversation((Turn("user", "Hello there. " * 800),))
    runtimes: tuple[Runtime, ...] = (local, server)
    for runtime in runtimes:
        talker = Talker(runtime, taught(local), local.template, Budgets(), time.monotonic)
        with pytest.raises(ModelError) as raised:
            list(talker.answer(long, None, Drawing(6)))
        assert is_too_long(raised.value)
        ended = list(talker.answer(HI, None, Drawing(6, 0.0, 1.0, 1)))[-1]  # the next is answered
        assert isinstance(ended, ChatEnded)

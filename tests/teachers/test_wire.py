"""Both wire formats against a real HTTP server: answers, and every fault as a sentence of the tree."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inscape.errors import (
    InscapeError,
    TeacherBusy,
    TeacherError,
    TeacherOutOfCredit,
    TeacherRefused,
    TeacherRejected,
    TeacherSetupError,
    TeacherUnreachable,
)
from inscape.records import Request, Shape
from inscape.settings import Value
from inscape.teachers import load
from inscape.teachers.base import Teacher
from tests.generating import settings
from tests.teacher_server import MODEL, TeacherServer

KEY = "sk-test-SECRETSECRETSECRET"
WIRES = ("openai", "anthropic")
PROMPT = '<passage>\nThe gate was open.\n</passage>\nAnswer with {"instruction": "…", "input": "", "output": "…"}'
REQUEST = Request(PROMPT, Shape("plain"), 500)


MADE: list[Teacher] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()


def teacher(wire: str, server: TeacherServer, **more: Value) -> Teacher:
    given: dict[str, Value] = {
        "teacher__name": wire,
        "teacher__model": MODEL,
        "teacher__base_url": f"{server.url}/v1",
        "teacher__key_env": "TEST_KEY",
        "teacher__timeout": 5.0,
        **more,
    }
    MADE.append(load(settings(**given), {"TEST_KEY": KEY}))
    return MADE[-1]


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer_with_the_providers_own_count(wire: str) -> None:
    with TeacherServer(key=KEY) as server:
        reply = teacher(wire, server).ask(REQUEST)
        again = teacher(wire, server).ask(REQUEST)
    assert '"instruction"' in reply.text
    assert "Let me see" not in reply.text, "the model's own reasoning is no part of its answer"
    assert reply == again
    assert (reply.model, reply.tokens_in, reply.cut) == (MODEL, len(PROMPT) // 4, False)
    assert reply.tokens_out
    assert [seen.wire for seen in server.requests] == [wire, wire]
    assert server.requests[0].body["max_tokens"] == 500
    assert "temperature" not in server.requests[0].body
    assert KEY not in str(server.requests[0].headers)


@pytest.mark.parametrize("wire", WIRES)
def test_temperature_is_sent_when_set_and_is_part_of_the_key(wire: str) -> None:
    with TeacherServer(key=KEY) as server:
        made = teacher(wire, server, teacher__temperature=0.7)
        made.ask(Request(PROMPT, Shape("plain"), 500, params=made.params))
    assert made.params == {"temperature": 0.7}
    assert server.requests[0].body["temperature"] == 0.7


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("busy", TeacherBusy, "too many requests"),
        ("down", TeacherBusy, "500"),
        ("overloaded", TeacherBusy, "overloaded"),
        ("html502", TeacherBusy, "a web page"),
        ("html", TeacherRejected, "a web page"),
        ("broken", TeacherBusy, "broke off"),
        ("bare", TeacherBusy, "without any content"),
        ("inside", TeacherBusy, "too many requests"),
        ("drop", TeacherUnreachable, "was cut"),
        ("refuse", TeacherRefused, "refused"),
        ("filter", TeacherRefused, "refused"),
        ("unauthorized", TeacherSetupError, "TEST_KEY"),
        ("credit", TeacherOutOfCredit, "no credit left"),
        ("reject", TeacherRejected, "400"),
    ],
)
def test_each_fault_is_a_sentence_without_the_key(wire: str, fault: str, kind: type[InscapeError], said: str) -> None:
    with TeacherServer(script=[fault]) as server, pytest.raises(kind) as caught:
        teacher(wire, server).ask(REQUEST)
    assert said in str(caught.value)
    assert KEY not in str(caught.value)
    assert "SECRET" not in repr(caught.value)
    assert len(server.requests) == 1, "the client must not repeat on its own"


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("fault", "billed"),
    [("broken", True), ("bare", True), ("html502", True), ("drop", True), ("busy", False), ("down", False)],
)
def test_what_may_have_been_billed_is_counted_so(wire: str, fault: str, billed: bool) -> None:
    with TeacherServer(script=[fault]) as server, pytest.raises(TeacherError) as caught:
        teacher(wire, server).ask(REQUEST)
    assert caught.value.perhaps_billed == billed


@pytest.mark.parametrize("wire", WIRES)
def test_retry_after_is_carried(wire: str) -> None:
    with TeacherServer(script=["busy"], retry_after="7") as server, pytest.raises(TeacherBusy) as caught:
        teacher(wire, server).ask(REQUEST)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("wire", WIRES)
def test_too_late(wire: str) -> None:
    with TeacherServer(script=["stall"]) as server, pytest.raises(TeacherUnreachable, match=r"within 0\.2 seconds"):
        teacher(wire, server, teacher__timeout=0.2).ask(REQUEST)


@pytest.mark.parametrize("wire", WIRES)
def test_cut_by_its_limit(wire: str) -> None:
    with TeacherServer(script=["cut", "empty"]) as server:
        made = teacher(wire, server)
        assert made.ask(REQUEST).cut
        assert made.ask(REQUEST).text == ""


@pytest.mark.parametrize("wire", WIRES)
def test_nobody_there(wire: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        with TeacherServer() as server:
            made = teacher(wire, server, teacher__base_url=url)
        with pytest.raises(TeacherUnreachable, match="Is the server running") as caught:
            made.ask(REQUEST)
    assert not caught.value.perhaps_billed


@pytest.mark.parametrize("wire", WIRES)
def test_a_model_that_is_not_there(wire: str) -> None:
    with TeacherServer() as server, pytest.raises(TeacherSetupError, match="has no model 'other'") as caught:
        teacher(wire, server, teacher__model="other").ask(REQUEST)
    if wire == "openai":
        assert f"It has: {MODEL}." in str(caught.value)


def test_a_local_server_gets_no_key_unless_one_is_named() -> None:
    with TeacherServer() as server:
        given: dict[str, Value] = {"teacher__name": "openai", "teacher__model": MODEL}
        made = load(settings(teacher__base_url=f"{server.url}/v1", **given), {"OPENAI_API_KEY": KEY})
        MADE.append(made)
        made.ask(REQUEST)
    assert made.name == f"openai:{MODEL}"
    assert not getattr(made, "line").secret  # noqa: B009


@pytest.mark.parametrize(
    ("address", "limit"),
    [("https://api.openai.com/v1", "max_completion_tokens"), ("https://openrouter.ai/api/v1", "max_tokens")],
)
def test_openai_and_all_others_call_the_limit_by_their_names(
    address: str, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, object] = {}

    def create(**call: object) -> object:
        sent.update(call)
        return "no answer"

    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    made = load(
        settings(teacher__name="openai", teacher__model="m", teacher__base_url=address), {"OPENAI_API_KEY": KEY}
    )
    MADE.append(made)
    client: Any = getattr(made, "_client")  # noqa: B009
    monkeypatch.setattr(client.chat.completions, "create", create)
    with pytest.raises(TeacherRejected, match="plain text"):
        made.ask(REQUEST)
    assert sent[limit] == 500
    assert len({"max_tokens", "max_completion_tokens"} & sent.keys()) == 1


def test_no_other_server_learns_the_organization(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    with TeacherServer() as server:
        teacher("openai", server).ask(REQUEST)
    assert "org-of-mine" not in str(server.requests)
    assert "openai-organization" not in {name.lower() for name in server.requests[0].headers}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "No teacher is chosen"),
        ({"teacher__name": "openai"}, "teacher.model is empty"),
        ({"teacher__name": "anthropic"}, "teacher.model is empty"),
        ({"teacher__name": "openai", "teacher__model": "m", "teacher__base_url": "localhost:1"}, "must be like http"),
        ({"teacher__name": "openai", "teacher__model": "m"}, "OPENAI_API_KEY is not set"),
        ({"teacher__name": "anthropic", "teacher__model": "m"}, "ANTHROPIC_API_KEY is not set"),
        ({"teacher__name": "recorded"}, "teacher.recording is empty"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(given: dict[str, Value], said: str, tmp_path: Path) -> None:
    with pytest.raises(TeacherSetupError, match=said):
        load(settings(**given), {"HOME": str(tmp_path)})

"""A model in a child process as a runtime, by a child that is made up: orders in, lines out."""

from __future__ import annotations

import sys
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from inscape.errors import InscapeError, ModelError, TrainerError
from inscape.rendering.mode import Asked
from inscape.runtimes.base import Limits, Piece
from inscape.runtimes.local import LocalRuntime, open_local
from inscape.runtimes.trouble import is_too_long
from inscape.trainers.speak_jobs import SpeakJob

READY = {"kind": "ready", "engine": "hf", "name": "tiny", "template": "{{ bos_token }}", "bos": "<b>", "context": 64}


class MadeUp:
    """Answers each order as the child's protocol says."""

    def __init__(self, words: list[str] | None = None, *, refuses: str = "", dies: bool = False) -> None:
        self.words, self.refuses, self.dies = words or ["Hello", " there"], refuses, dies
        self.lines: deque[dict[str, Any]] = deque([{"kind": "note"}, READY])
        self.orders: list[Mapping[str, Any]] = []
        self.stopped = 0

    def tell(self, order: Mapping[str, Any]) -> None:
        self.orders.append(order)
        if order["do"] == "cancel":
            self.lines.append({"kind": "end", "id": order["id"], "why": "cancelled", "tokens": 1, "prompt_tokens": 2})
        elif self.refuses:
            self.lines.append({"kind": "refused", "id": order["id"], "message": self.refuses})
        else:
            self.lines.extend({"kind": "piece", "id": order["id"], "text": word} for word in self.words)
            if order["max_tokens"] > 1:
                end = {"kind": "end", "id": order["id"], "why": "end", "tokens": 2, "prompt_tokens": 7}
                self.lines.append(end)

    def read(self, timeout: float | None = None) -> dict[str, Any] | None:
        if self.lines:
            return self.lines.popleft()
        if self.dies:
            raise TrainerError("The child process was ended by the system (signal SIGKILL).")
        if timeout is not None:
            raise TimeoutError
        return None

    def stop(self, wait: float = 1.0) -> object:
        self.stopped += 1
        return []


ASKED = Asked((), "", "a whole prompt")


def test_an_answer() -> None:
    child = MadeUp()
    runtime = LocalRuntime(child)
    assert runtime.name == "tiny"
    assert runtime.template
    assert runtime.template.tokens["bos_token"] == "<b>"
    pieces = list(runtime.stream(ASKED, Limits(9, 0.1, 0.2, 3, ("END",))))
    assert pieces == [Piece("text", "Hello"), Piece("text", " there"), Piece("end", "", "end", 2, 7)]
    assert child.orders == [
        {
            "do": "complete", "id": 1, "text": "a whole prompt", "max_tokens": 9, "temperature": 0.1, "top_p": 0.2,
            "seed": 3, "stop": ["END"],
        }
    ]  # fmt: skip
    runtime.close()
    runtime.close()
    assert child.stopped == 1


def test_an_answer_that_is_left_is_cancelled_and_never_taken_for_the_next() -> None:
    child = MadeUp(["one", "two", "three"])
    runtime = LocalRuntime(child, "mine")
    stream = runtime.stream(ASKED, Limits(1))
    assert next(stream).text == "one"
    stream.close()
    assert child.orders[-1] == {"do": "cancel", "id": 1}
    child.words = ["new"]
    assert [piece.text for piece in runtime.stream(ASKED, Limits(9))] == ["new", ""]


def test_what_is_refused_is_a_sentence_and_the_next_is_answered() -> None:
    child = MadeUp(refuses="The conversation has 99 tokens and the model takes 64.")
    runtime = LocalRuntime(child, "mine")
    with pytest.raises(ModelError, match="mine: The conversation has 99 tokens") as raised:
        list(runtime.stream(ASKED, Limits(9)))
    assert is_too_long(raised.value)
    child.refuses = ""
    assert len(list(runtime.stream(ASKED, Limits(9)))) == 3
    assert all(order["do"] == "complete" for order in child.orders)


def test_a_child_that_dies_says_so() -> None:
    child = MadeUp(dies=True)
    runtime = LocalRuntime(child)
    with pytest.raises(TrainerError, match="SIGKILL"):
        list(runtime.stream(ASKED, Limits(1)))
    assert [order["do"] for order in child.orders] == ["complete"]
    silent = LocalRuntime(MadeUp())
    with pytest.raises(ModelError, match="ended or hangs"):
        list(silent.stream(ASKED, Limits(1)))


def test_without_a_template_there_is_no_prompt() -> None:
    runtime = LocalRuntime(MadeUp())
    with pytest.raises(ModelError, match=r"no chat template.*--template"):
        list(runtime.stream(Asked((), ""), Limits(1)))


def test_a_model_that_is_not_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real child, in a Python without any of what it would need."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(InscapeError) as raised:
        open_local(SpeakJob("hf", str(tmp_path / "none")), Path(sys.executable), tmp_path)
    assert "not installed" in str(raised.value) or "none" in str(raised.value)
    (log,) = tmp_path.glob("inscape-chat-*/speak.log")
    assert str(log) in str(raised.value)

"""A teacher behind real HTTP, for tests and for documentation: slow and faulty on demand.

It speaks OpenAI's chat completions and Anthropic's messages on 127.0.0.1, answers with made-up text of the shape that
the prompt asks for, and keeps a log of every request that reached it, without keys.

    python tests/teacher_server.py --port 8901 --delay 0.2 --busy 0.1 --drop 0.05 --log requests.jsonl
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal

from inscape.records import Shape
from inscape.teachers import made_up

Wire = Literal["openai", "anthropic"]
MODEL = "test-model"
FAULTS: Mapping[str, str] = {
    "busy": "429 with retry-after",
    "down": "500",
    "overloaded": "529",
    "html": "200 with a web page",
    "html502": "502 with a web page",
    "broken": "200 whose JSON body breaks off",
    "drop": "the connection is cut in the middle of the body",
    "stall": "no answer for a long time",
    "cut": "an answer stopped by its token limit, in the middle of its JSON",
    "prose": "an answer without JSON",
    "fenced": "an answer in a code fence with prose around it",
    "empty": "an answer without text",
    "refuse": "the model's refusal",
    "filter": "stopped by a content filter (OpenAI), a refusal (Anthropic)",
    "unauthorized": "401 that quotes the key",
    "credit": "no credit left",
    "reject": "400",
    "bare": "200 with a JSON object that is no answer",
    "inside": "200 with a 429 inside of the body, as some routers send it",
}
_ERRORS = {
    "busy": (429, "rate_limit_error", "Too many requests."),
    "down": (500, "api_error", "Internal server error."),
    "overloaded": (529, "overloaded_error", "Overloaded."),
    "reject": (400, "invalid_request_error", "This request is not valid."),
}


@dataclass(frozen=True)
class Seen:
    """One request that reached the server. `n` counts from 1 for the same prompt."""

    at: float
    wire: str
    model: str
    prompt: str
    n: int
    fault: str | None
    body: dict[str, Any] = field(repr=False)
    headers: dict[str, str] = field(repr=False)


class TeacherServer(ThreadingHTTPServer):
    """Faults by `script`, in order of arrival (None for none), then by `shares`, by the prompt and its number."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        port: int = 0,
        *,
        delay: float = 0.0,
        shares: Mapping[str, float] | None = None,
        script: Sequence[str | None] = (),
        poison: str = "",
        key: str = "",
        retry_after: str = "0.05",
        log: str = "",
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.delay, self.shares, self.script, self.key = delay, dict(shares or {}), list(script), key
        self.poison, self.retry_after, self.log_path = poison, retry_after, log
        self.requests: list[Seen] = []
        self.stop = threading.Event()
        self.allowed: int | None = None
        self._answered = self._round = 0
        self._gate = threading.Condition()
        self._tries: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> TeacherServer:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stop.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is part of the game."""

    def next_round(self, allowed: int | None) -> None:
        """Answer so many requests and let all others wait, until the next round; None: answer all.

        What still waits from the round before is dropped: whoever asked is gone.
        """
        with self._gate:
            self.allowed, self._answered, self._round = allowed, 0, self._round + 1
            self._gate.notify_all()

    def may_answer(self) -> bool:
        """Wait for a turn in this round; False when the round is over."""
        with self._gate:
            mine = self._round
            while mine == self._round and self.allowed is not None and self._answered >= self.allowed:
                if self.stop.is_set():
                    return False
                self._gate.wait(1)
            self._answered += 1
            return mine == self._round

    def arrived(self, wire: Wire, body: dict[str, Any], headers: Message) -> Seen:
        """Write a request down before anything is answered, and decide its fault."""
        content = body["messages"][-1]["content"]
        prompt = content if isinstance(content, str) else "".join(part["text"] for part in content)
        redacted = {name: "[redacted]" if _secret(name) else value for name, value in headers.items()}
        with self._lock:
            self._tries[prompt] += 1
            seen = Seen(
                time.time(), wire, body["model"], prompt, self._tries[prompt], self._fault(prompt), body, redacted
            )
            self.requests.append(seen)
            if self.log_path:
                with open(self.log_path, "a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(seen), ensure_ascii=False) + "\n")
        return seen

    def _fault(self, prompt: str) -> str | None:
        if self.poison and self.poison in prompt:
            return "down"
        if len(self.requests) < len(self.script):
            return self.script[len(self.requests)]
        dice = int(hashlib.sha256(f"{self._tries[prompt]}{prompt}".encode()).hexdigest()[:8], 16) / 2**32
        for name, share in self.shares.items():
            if dice < share:
                return name
            dice -= share
        return None


def _secret(name: str) -> bool:
    return name.lower() in ("authorization", "x-api-key")


def shape_of(prompt: str) -> Shape:
    """The shape that a prompt asks for, by the JSON it shows."""
    if "assistant_internal" in prompt:
        return Shape("internal", (1, 1))
    if "emotional_state" in prompt:
        return Shape("state", (4, 4), (3, 80))
    if "<thinking>" in prompt:
        return Shape("thinking", (2, 2), (20, 80))
    return Shape("plain", (1, 1), (150, 300))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: TeacherServer

    _wires: ClassVar[dict[str, Wire]] = {"/v1/chat/completions": "openai", "/v1/messages": "anthropic"}

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on stderr; the log is `requests`."""

    def do_GET(self) -> None:
        if self.path.rstrip("/") == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0}]})
        else:
            self._json(404, {"error": {"message": "no such page", "type": "not_found_error"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        wire = self._wires.get(self.path)
        if wire is None:
            self._json(404, {"error": {"message": f"no such page {self.path}", "type": "not_found_error"}})
            return
        seen = self.server.arrived(wire, body, self.headers)
        if not self._allowed():
            self._error(wire, 401, "authentication_error", f"Incorrect API key provided: {self._key()}.")
        elif seen.model != MODEL:
            self._error(wire, 404, "not_found_error", f"model {seen.model!r} not found")
        else:
            self.server.stop.wait(self.server.delay)
            if self.server.may_answer():
                self._answer(wire, seen)
            else:
                self.close_connection = True

    def _key(self) -> str:
        return str(self.headers.get("x-api-key") or self.headers.get("authorization", "").removeprefix("Bearer "))

    def _allowed(self) -> bool:
        return not self.server.key or self._key() == self.server.key

    def _answer(self, wire: Wire, seen: Seen) -> None:
        fault = seen.fault
        text = made_up.answer(seen.prompt, shape_of(seen.prompt))
        if fault in _ERRORS:
            self._error(wire, *_ERRORS[fault])
        elif fault in ("html", "html502"):
            self._raw(200 if fault == "html" else 502, b"<!doctype html><title>Welcome to nginx</title>", "text/html")
        elif fault == "unauthorized":
            self._error(wire, 401, "authentication_error", f"Incorrect API key provided: {self._key()}.")
        elif fault == "credit":
            self._no_credit(wire)
        elif fault == "bare":
            self._json(200, {"status": "ok"})
        elif fault == "inside":
            self._json(200, {"error": {"code": 429, "message": "The provider has too many requests."}})
        elif fault in ("broken", "drop"):
            whole = json.dumps(_message(wire, seen, text, None)).encode()
            self._raw(200, whole[: len(whole) // 2], "application/json", whole=len(whole) if fault == "drop" else None)
        elif fault == "stall":
            self.server.stop.wait(30)
            self.close_connection = True
        else:
            self._json(200, _message(wire, seen, *_spoiled(wire, text, fault)))

    def _no_credit(self, wire: Wire) -> None:
        if wire == "openai":
            said = "You exceeded your current quota, please check your plan and billing details."
            self._json(429, {"error": {"message": said, "type": "insufficient_quota", "code": "insufficient_quota"}})
        else:
            self._error(wire, 400, "invalid_request_error", "Your credit balance is too low to access the API.")

    def _error(self, wire: Wire, status: int, kind: str, message: str) -> None:
        error = {"type": kind, "message": message}
        self._json(status, {"error": error} if wire == "openai" else {"type": "error", "error": error})

    def _json(self, status: int, value: object) -> None:
        self._raw(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")

    def _raw(self, status: int, data: bytes, kind: str, whole: int | None = None) -> None:
        """Send a response; with `whole` greater than the data, promise more and cut the connection."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(whole or len(data)))
        if status == 429:
            self.send_header("retry-after", self.server.retry_after)
        self.end_headers()
        self.wfile.write(data)
        if whole:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True


def _spoiled(wire: Wire, text: str, fault: str | None) -> tuple[str, str | None]:
    """The text, and how the answer stopped, if not by itself."""
    match fault:
        case "cut":
            return text[: len(text) // 2], "length" if wire == "openai" else "max_tokens"
        case "prose":
            return "I would gladly write about this passage. Shall I begin with the weather?", None
        case "fenced":
            return f"Here it is:\n\n```json\n{text}\n```\nI hope it serves.", None
        case "empty":
            return "", None
        case "refuse":
            return "I can't help with that.", "refusal"
        case "filter":
            return "", "content_filter" if wire == "openai" else "refusal"
        case _:
            return text, None


def _message(wire: Wire, seen: Seen, text: str, stopped: str | None) -> dict[str, Any]:
    tokens_in, tokens_out = len(seen.prompt) // 4, max(1, len(text) // 4)
    if wire == "openai":
        message: dict[str, Any] = {"role": "assistant", "content": text, "reasoning_content": "Let me see…"}
        if stopped == "refusal":
            message |= {"content": None, "refusal": text}
        return {
            "id": f"c-{len(text)}",
            "object": "chat.completion",
            "created": int(seen.at),
            "model": seen.model,
            "choices": [
                {"index": 0, "message": message, "finish_reason": "stop" if stopped in (None, "refusal") else stopped}
            ],
            "usage": {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            },
        }
    return {
        "id": f"m-{len(text)}",
        "type": "message",
        "role": "assistant",
        "model": seen.model,
        "content": [
            {"type": "thinking", "thinking": "Let me see…", "signature": "x"},
            *([{"type": "text", "text": text}] if text else []),
        ],
        "stop_reason": stopped or "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": tokens_in, "output_tokens": tokens_out},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="A teacher behind real HTTP, slow and faulty on demand.")
    parser.add_argument("--port", type=int, default=8901)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds for each answer")
    parser.add_argument("--key", default="", help="the key that is asked for; empty: none")
    parser.add_argument("--log", default="", help="write each request to this file, as JSON lines")
    for name, meaning in FAULTS.items():
        parser.add_argument(f"--{name}", type=float, default=0.0, metavar="SHARE", help=meaning)
    said = vars(parser.parse_args())
    shares = {name: said[name] for name in FAULTS if said[name]}
    server = TeacherServer(said["port"], delay=said["delay"], shares=shares, key=said["key"], log=said["log"])
    print(f"listening on {server.url}/v1 (model {MODEL})", flush=True)
    with server:
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"{len(server.requests)} requests", flush=True)


if __name__ == "__main__":
    main()

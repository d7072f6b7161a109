"""A model's server behind real HTTP, for tests: llama-server, vLLM, Ollama or a plain one, by `kind`.

It answers with what `says` makes of the prompt or the messages, a word a chunk, and keeps what reached it. Its habits:
`llamacpp` has /tokenize and takes token ids, `plain` has no /v1/completions, `ollama` has /api/generate; `prefill`:
go on from a trailing assistant message, ignore it, or repeat it.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Kind = Literal["llamacpp", "vllm", "plain", "ollama"]
Prefill = Literal["goes-on", "ignores", "repeats", "refuses"]
OWNERS = {"llamacpp": "llamacpp", "vllm": "vllm", "plain": "someone", "ollama": "library"}
Says = Callable[[str], str]
"""The text that follows a prompt; messages come as `role: content` lines, a beginning without its role last."""


class ModelServer(ThreadingHTTPServer):
    """Started by `with`; `url` is its OpenAI-compatible address."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, says: Says, kind: Kind = "llamacpp", *, models: tuple[str, ...] = ("sima",), prefill: Prefill = "goes-on",
        fault: str = "", apart: bool = False, delay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says, self.kind, self.models, self.prefill = says, kind, models, prefill
        self.fault, self.apart, self.delay = fault, apart, delay
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self.broken = threading.Event()
        """A client left in the middle of an answer."""

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]

    def last(self, path: str) -> dict[str, Any]:
        return next(body for one, body in reversed(self.seen) if one == path)

    def __enter__(self) -> ModelServer:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left is part of the game."""


def tokens(text: str) -> list[int]:
    """A letter is a token."""
    return [ord(letter) for letter in text]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ModelServer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            owner = OWNERS[self.server.kind]
            extra = {"max_model_len": 4096} if self.server.kind == "vllm" else {}
            data = [
                {"id": one, "object": "model", "created": 0, "owned_by": owner, **extra} for one in self.server.models
            ]
            self._json(200, {"object": "list", "data": data})
        else:
            self._json(404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        kind = self.server.kind
        if self.path == "/tokenize" and kind == "llamacpp":
            self._json(200, {"tokens": tokens(body["content"])})
        elif self.path == "/v1/completions" and kind != "plain":
            self._answer(body, self._prompt(body["prompt"]), chat=False)
        elif self.path == "/v1/chat/completions":
            self._chat(body)
        elif self.path == "/api/generate" and kind == "ollama":
            self._generate(body)
        else:
            self._json(404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})

    def _prompt(self, prompt: str | list[int]) -> str:
        return prompt if isinstance(prompt, str) else "".join(chr(token) for token in prompt)

    def _chat(self, body: dict[str, Any]) -> None:
        messages = body["messages"]
        begun = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
        thinks = (body.get("chat_template_kwargs") or {}).get("enable_thinking", True)
        if begun and self.server.prefill == "refuses" and thinks:
            message = "Assistant response prefill is incompatible with enable_thinking."
            self._json(400, {"error": {"message": message, "type": "invalid_request_error"}})
            return
        asked = messages[:-1] if begun else messages
        text = "".join(f"{one['role']}: {one['content']}\n" for one in asked)
        text += begun if self.server.prefill in ("goes-on", "refuses") else ""
        self._answer(body, text, chat=True, before=begun if self.server.prefill == "repeats" else "")

    def _answer(self, body: dict[str, Any], prompt: str, *, chat: bool, before: str = "") -> None:
        if self._failed(body):
            return
        self._begin("text/event-stream")
        words = re.findall(r"\s*\S+|\s+\Z", before + self.server.says(prompt))
        most = body.get("max_tokens") or 16
        for word in words[:most]:
            apart = chat and self.server.apart and word.startswith("~")
            text = word.removeprefix("~")
            delta = {"reasoning_content": text} if apart else {"content": text}
            choice: dict[str, Any] = {
                "index": 0,
                "finish_reason": None,
                **({"delta": delta} if chat else {"text": text}),
            }
            if not self._event({"object": "chunk", "choices": [choice]}):
                return
        if self.server.fault == "cut":
            self._end()
            return
        ended = {"index": 0, "finish_reason": "length" if len(words) > most else "stop"}
        self._event({"choices": [{**ended, **({"delta": {}} if chat else {"text": ""})}]})
        usage = {"completion_tokens": len(words[:most]), "prompt_tokens": len(prompt.split()), "total_tokens": 0}
        self._event({"choices": [], "usage": usage})
        self._chunk(b"data: [DONE]\n\n")
        self._end()

    def _generate(self, body: dict[str, Any]) -> None:
        if self._failed(body):
            return
        self._begin("application/x-ndjson")
        words = re.findall(r"\s*\S+|\s+\Z", self.server.says(body["prompt"]))
        for word in words:
            self._chunk(json.dumps({"response": word, "done": False}).encode() + b"\n")
        last = {"response": "", "done": True, "done_reason": "stop", "eval_count": len(words), "prompt_eval_count": 9}
        self._chunk(json.dumps(last).encode() + b"\n")
        self._end()

    def _failed(self, body: dict[str, Any]) -> bool:
        fault = self.server.fault
        if body["model"] not in self.server.models:
            said: object = f"model '{body['model']}' not found"
            said = said if self.path.startswith("/api") else {"message": said, "type": "not_found_error"}
            self._json(404, {"error": said})
        elif fault == "long":
            message = "the request exceeds the available context size (4096 tokens), try increasing it"
            self._json(400, {"error": {"code": 400, "message": message, "type": "exceed_context_size_error"}})
        elif fault == "key":
            self._json(401, {"error": {"message": "Invalid API key: sk-abcdefghijklmnop", "type": "auth"}})
        elif fault == "down":
            self._json(503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}})
        elif fault == "stall":
            time.sleep(3)
            return True
        else:
            return False
        return True

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _event(self, value: object) -> bool:
        """False where the client has left."""
        time.sleep(self.server.delay)
        try:
            self._chunk(f"data: {json.dumps(value)}\n\n".encode())
        except OSError:
            self.server.broken.set()
            return False
        return True

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def _json(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

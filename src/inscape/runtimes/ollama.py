"""Ollama as a runtime: whole prompts by its own /api/generate, messages by its OpenAI-compatible page.

Invariant: with `raw`, Ollama's template is not used: the model gets the text that training saw.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import closing
from typing import Any

from inscape.errors import ModelError
from inscape.rendering.mode import Asked
from inscape.runtimes import trouble
from inscape.runtimes.base import Limits, Piece, Why
from inscape.runtimes.openai import Server, ServerRuntime

PORT = 11434


def address_of(environ: Mapping[str, str]) -> str:
    """Where Ollama listens: OLLAMA_HOST as Ollama itself reads it, else this machine."""
    host = environ.get("OLLAMA_HOST", "").strip().rstrip("/") or f"127.0.0.1:{PORT}"
    scheme, found, rest = host.partition("://")
    scheme, rest = (scheme, rest) if found else ("http", host)
    rest = rest.replace("0.0.0.0", "127.0.0.1", 1)
    last = rest.rpartition("]")[2]
    return f"{scheme}://{rest}" if ":" in last or found else f"{scheme}://{rest}:{PORT}"


class OllamaRuntime(ServerRuntime):
    """A model of Ollama's. `server.address` is without /v1."""

    flag = "OLLAMA_HOST"

    def __init__(self, server: Server) -> None:
        self._root = server.address.rstrip("/")
        super().__init__(
            Server(f"{self._root}/v1", server.model, server.secret, server.bos, server.kwargs, server.timeout)
        )

    @property
    def name(self) -> str:
        return f"{self.model} in Ollama"

    def _completions(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        options = {"temperature": limits.temperature, "top_p": limits.top_p, "num_predict": limits.max_tokens}
        options |= {"seed": limits.seed} if limits.seed is not None else {}
        body: dict[str, Any] = {
            "model": self.model, "prompt": asked.text.removeprefix(self._server.bos), "raw": True, "stream": True,
            "truncate": False, "options": {**options, "stop": list(limits.stop)},
        }  # fmt: skip
        with self._http.stream("POST", f"{self._root}/api/generate", json=body) as made:
            if made.status_code != 200:
                raise self._refused(made)
            with closing(made.iter_lines()) as lines:
                yield from _read(lines)

    def _refused(self, made: Any) -> ModelError:
        raw = made.read().decode("utf-8", "replace")
        try:
            said = trouble.words(json.loads(raw), raw)
        except ValueError:
            said = trouble.words(None, raw)
        if made.status_code == 404:
            names = sorted(str(one.get("id")) for one in self._listed())
            return trouble.missing("Ollama", self.model, names, "--ollama")
        return trouble.rejected("Ollama", made.status_code, said)


def _read(lines: Any) -> Generator[Piece, None, None]:
    for line in lines:
        if not line.strip():
            continue
        said = json.loads(line)
        if error := said.get("error"):
            raise trouble.rejected("Ollama", 400, str(error))
        if thought := said.get("thinking"):
            yield Piece("thought", str(thought))
        if text := said.get("response"):
            yield Piece("text", str(text))
        if said.get("done"):
            why: Why = "length" if said.get("done_reason") == "length" else "end"
            yield Piece("end", "", why, said.get("eval_count"), said.get("prompt_eval_count"))
            return
    raise ModelError("Ollama ended its answer without saying why; it may have been stopped. Look at its log.")

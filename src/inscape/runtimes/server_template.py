"""A running server, asked what it makes of a conversation: the text by its template, tokens, and the likeliest answer.

Invariant: asks only what llama.cpp's server offers for this (/apply-template, /tokenize, /completion); what a server
does not offer is None and not guessed. Nothing is sent but the questions of the check.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from inscape.errors import ModelError, UsageError

_TIMEOUT = 120.0
_ABSENT = (404, 405, 501)


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address, such as http://127.0.0.1:8080. `key`: sent as a bearer token where it has one."""

    address: str
    key: str = ""

    def text(self, messages: Sequence[Mapping[str, Any]], kwargs: Mapping[str, Any]) -> str | None:
        """The prompt for the next answer, by the server's own template; None where it does not tell."""
        asked = {"messages": list(messages), "add_generation_prompt": True, "chat_template_kwargs": dict(kwargs)}
        found = self._post("/apply-template", asked)
        return None if found is None else str(found.get("prompt", ""))

    def tokens(self, text: str) -> list[int]:
        """Token ids of a text; none where it does not tell."""
        found = self._post("/tokenize", {"content": text, "add_special": False, "parse_special": True})
        return [] if found is None else [int(one) for one in found.get("tokens", [])]

    def greedy(self, text: str, most: int) -> list[int]:
        """The likeliest tokens after a prompt; none where it does not tell."""
        ids = self.tokens(text)
        asked = {
            "prompt": ids or text, "n_predict": most, "temperature": 0, "top_k": 1, "repeat_penalty": 1.0,
            "return_tokens": True, "cache_prompt": False,
        }  # fmt: skip
        found = self._post("/completion", asked)
        return [] if found is None else [int(one) for one in found.get("tokens", [])]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        made = []
        for id_ in ids:
            found = self._post("/detokenize", {"tokens": [id_]})
            made.append(f"token {id_}" if found is None else str(found.get("content", "")))
        return made

    @property
    def template(self) -> str | None:
        return None

    @property
    def marks(self) -> Mapping[str, str]:
        return {}

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer; None where the server has no such path. Raises ModelError where it cannot be asked."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.key}"} if self.key else {})}
        request = urllib.request.Request(self._root() + path, json.dumps(body).encode("utf-8"), headers)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:
                found = json.loads(answer.read())
        except HTTPError as problem:
            if problem.code in _ABSENT:
                return None
            raise ModelError(f"{self.address} refused {path}: {problem.code} {_said(problem)}") from None
        except (URLError, TimeoutError, ConnectionError) as problem:
            reason = getattr(problem, "reason", problem)
            raise ModelError(
                f"{self.address} cannot be reached: {reason}. Start the server, or leave it out."
            ) from None
        except ValueError:
            raise ModelError(
                f"{self.address}{path} answers with something that is no JSON. Is it such a server?"
            ) from None
        return found if isinstance(found, dict) else None

    def _root(self) -> str:
        """The address without the /v1 that OpenAI's clients want. Raises UsageError for what is no address."""
        if urlsplit(self.address).scheme not in ("http", "https"):
            raise UsageError(f"{self.address} is no address. Give one like http://127.0.0.1:8080.")
        return self.address.rstrip("/").removesuffix("/v1")


def _said(problem: HTTPError) -> str:
    return problem.read(300).decode("utf-8", "replace").strip()

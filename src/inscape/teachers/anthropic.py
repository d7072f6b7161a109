"""Anthropic's Messages API.

Invariant: one request, one HTTP call; the client's own retries are off. No sampling parameter is sent unless set: the
newer models refuse them. Thinking blocks are not part of the answer, though their tokens are billed as output.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inscape.errors import TeacherRefused, TeacherSetupError
from inscape.records import Reply, Request
from inscape.settings import Settings
from inscape.teachers import keys, wire

OWN = "https://api.anthropic.com"
KEY = "ANTHROPIC_API_KEY"


class AnthropicTeacher:
    """`params` go as extra body fields: the client has no names for sampling parameters any more."""

    def __init__(self, line: wire.Line, params: dict[str, Any]) -> None:
        import anthropic

        self.name = f"anthropic:{line.model}"
        self.params = params
        self.line = line
        self._sdk: Any = anthropic
        http = anthropic.DefaultHttpxClient(trust_env=False) if keys.is_local(line.address) else None
        self._client: Any = anthropic.Anthropic(
            api_key=line.secret,
            base_url=line.address,
            max_retries=0,
            timeout=line.timeout,
            http_client=http,
            open_telemetry=False,
        )

    def ask(self, request: Request) -> Reply:
        return self._reply(wire.guarded(self.line, self._sdk, lambda: self._create(request)))

    def _create(self, request: Request) -> Any:
        return self._client.messages.create(
            model=self.line.model,
            max_tokens=request.max_tokens,
            messages=[{"role": "user", "content": request.prompt}],
            extra_body=request.params or None,
            timeout=self.line.timeout,
        )

    def close(self) -> None:
        self._client.close()

    def _reply(self, made: Any) -> Reply:
        content = getattr(made, "content", None)
        if not isinstance(content, list):
            raise wire.no_answer(self.line, made)
        text = "".join(block.text for block in content if getattr(block, "type", "") == "text" and block.text)
        if made.stop_reason == "refusal":
            raise TeacherRefused(self.line.clean(f"The teacher refused: {text or 'it gave no reason'}"))
        usage = getattr(made, "usage", None)
        return Reply(
            text=self.line.without_key(text),
            tokens_in=_total(usage, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
            tokens_out=_total(usage, "output_tokens"),
            model=getattr(made, "model", None),
            cut=made.stop_reason in ("max_tokens", "model_context_window_exceeded"),
        )


def _total(usage: Any, *names: str) -> int | None:
    found = [value for name in names if isinstance(value := getattr(usage, name, None), int)]
    return sum(found) if found else None


def make(settings: Settings, environ: Mapping[str, str], root: Path) -> AnthropicTeacher:
    """Raises TeacherSetupError for a missing model or key."""
    address = settings.text("teacher.base_url").rstrip("/").removesuffix("/v1") or OWN
    model = settings.text("teacher.model")
    if not model:
        raise TeacherSetupError("teacher.model is empty: name the model, for example --model claude-sonnet-5-5.")
    variable = settings.text("teacher.key_env") or KEY
    secret = keys.need(variable, environ, "Anthropic")
    line = wire.Line(address, model, variable, secret, settings.number("teacher.timeout"))
    temperature = settings.number("teacher.temperature")
    return AnthropicTeacher(line, {} if temperature < 0 else {"temperature": temperature})

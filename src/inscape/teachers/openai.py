"""Any server that speaks OpenAI's chat completions: OpenAI, Ollama, vLLM, llama.cpp, LM Studio, OpenRouter…

Invariant: one request, one HTTP call; the client's own retries are off. A reasoning model's thinking is not part of
the answer. OpenAI's key goes to no server on one's own machine unless teacher.key_env says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inscape.errors import TeacherError, TeacherRefused, TeacherSetupError
from inscape.records import Reply, Request
from inscape.settings import Settings
from inscape.teachers import keys, wire

OWN = "https://api.openai.com/v1"
_REASONING = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL)


class OpenAITeacher:
    """The answer's limit goes out as max_completion_tokens to OpenAI, and to all others as max_tokens."""

    def __init__(self, line: wire.Line, params: dict[str, Any]) -> None:
        import openai

        self.name = f"openai:{line.model}"
        self.params = params
        self.line = line
        self._sdk: Any = openai
        hidden: Any = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
        own = urlsplit(line.address).hostname == urlsplit(OWN).hostname
        self._limit = "max_completion_tokens" if own else "max_tokens"
        # A local server is reached directly, whatever proxy the environment names.
        http = openai.DefaultHttpxClient(trust_env=False) if keys.is_local(line.address) else None
        self._client: Any = openai.OpenAI(
            api_key=line.secret or "none",
            base_url=line.address,
            max_retries=0,
            timeout=line.timeout,
            http_client=http,
            default_headers=None if own else hidden,
        )

    def ask(self, request: Request) -> Reply:
        call = {"model": self.line.model, "messages": [{"role": "user", "content": request.prompt}]}
        try:
            made = wire.guarded(
                self.line,
                self._sdk,
                lambda: self._client.chat.completions.create(
                    **call, **{self._limit: request.max_tokens}, **request.params
                ),
            )
        except TeacherSetupError as error:
            raise self._with_models(error) from None
        return self._reply(made)

    def close(self) -> None:
        self._client.close()

    def _reply(self, made: Any) -> Reply:
        choices = getattr(made, "choices", None)
        if not choices or getattr(choices[0], "message", None) is None:
            raise wire.no_answer(self.line, made)
        choice, usage = choices[0], getattr(made, "usage", None)
        refusal = getattr(choice.message, "refusal", None)
        if choice.finish_reason == "content_filter" or refusal:
            raise TeacherRefused(self.line.clean(f"The teacher refused: {refusal or 'its content filter stopped it'}"))
        text = choice.message.content if isinstance(choice.message.content, str) else ""
        return Reply(
            text=self.line.without_key(_REASONING.sub("", text)),
            tokens_in=getattr(usage, "prompt_tokens", None),
            tokens_out=getattr(usage, "completion_tokens", None),
            model=getattr(made, "model", None),
            cut=choice.finish_reason == "length",
        )

    def _with_models(self, error: TeacherSetupError) -> TeacherSetupError:
        """The same error; where the model is missing, with the names of those that the server has."""
        if "has no model" not in str(error):
            return error
        try:
            page = wire.guarded(self.line, self._sdk, lambda: self._client.models.list(timeout=10))
            names = sorted(str(model.id) for model in page.data)[:12]
        except (TeacherError, AttributeError, TypeError):
            return error
        return TeacherSetupError(f"{error} It has: {', '.join(names)}.") if names else error


def make(settings: Settings, environ: Mapping[str, str], root: Path) -> OpenAITeacher:
    """Raises TeacherSetupError for a missing model or key."""
    address = settings.text("teacher.base_url").rstrip("/") or OWN
    model = settings.text("teacher.model")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise TeacherSetupError(f"teacher.base_url is {address!r}; it must be like http://localhost:11434/v1.")
    if not model:
        raise TeacherSetupError(
            "teacher.model is empty: name the model as the server knows it, for example --model llama3.3."
        )
    variable = settings.text("teacher.key_env")
    if not variable and not keys.is_local(address):
        variable = "OPENAI_API_KEY"
    secret = keys.need(variable, environ, address) if variable else ""
    line = wire.Line(address, model, variable, secret, settings.number("teacher.timeout"))
    temperature = settings.number("teacher.temperature")
    return OpenAITeacher(line, {} if temperature < 0 else {"temperature": temperature})

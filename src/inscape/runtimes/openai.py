"""Any OpenAI-compatible server as a runtime: llama-server, vLLM, SGLang, LM Studio, Ollama's own, OpenRouter…

Invariant: where the prompt's text is known and the server takes whole prompts, the model gets exactly that text;
else it gets the messages, and a forced beginning goes last, as an assistant's message to go on from.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from inscape.errors import ModelError
from inscape.rendering.mode import Asked
from inscape.runtimes import trouble
from inscape.runtimes.base import Limits, Piece, Why
from inscape.teachers import keys

PATIENCE = 600.0
"""Seconds without a sign of the server: a long prompt on a slow machine takes its time."""
_WHOLE = "{} takes no whole prompts; it gets the messages, and its own chat template writes the prompt."
_FIELDS = ("reasoning_content", "reasoning")
"""Where servers put what they take for thinking."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the model is. `bos`: the text of the mark with which its prompts begin; most servers add it themselves."""

    address: str
    model: str = ""
    secret: str = ""
    bos: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    """The chat template's switches, for servers that take them."""
    timeout: float = PATIENCE


def check(address: str, flag: str) -> None:
    """Raises ModelError for what is no address."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half of a bracket, or a port that is none
        good = False
    if not good:
        raise ModelError(f"{flag} is {address!r}; it must be like http://localhost:8080/v1.")


class ServerRuntime:
    """A model behind an address. Raises ModelError at once where nothing answers there."""

    single = False
    flag = "--base-url"
    """How a person says where the server is."""

    def __init__(self, server: Server) -> None:
        import openai

        self._sdk: Any = openai
        check(server.address, self.flag)
        self.address = server.address.rstrip("/")
        self._server = server
        local = keys.is_local(self.address)
        timeout = openai.Timeout(server.timeout, connect=10.0)
        self._http: Any = openai.DefaultHttpxClient(trust_env=not local, timeout=timeout)
        self._client: Any = openai.OpenAI(
            api_key=server.secret or "none",
            base_url=self.address,
            max_retries=0,
            timeout=timeout,
            http_client=self._http,
        )
        self._whole = True
        try:
            listed = self._listed()
            self.model = server.model or self._only(listed)
        except BaseException:
            self.close()
            raise
        mine = next((one for one in listed if one.get("id") == self.model), listed[0] if listed else {})
        self.maker = str(mine.get("owned_by") or "")
        self._context = mine.get("max_model_len")

    @property
    def name(self) -> str:
        return f"{self.model} at {self.address}"

    @property
    def raw(self) -> bool:
        return self._whole

    def close(self) -> None:
        self._client.close()

    def stream(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        if asked.text and self._whole:
            try:
                with closing(self._guarded(self._completions(asked, limits))) as pieces:
                    yield from pieces
                return
            except trouble.NoWholePrompts:
                self._whole = False
                yield Piece("note", _WHOLE.format(self.address))
        else:
            self._whole = False
        with closing(self._guarded(self._chat(asked, limits))) as pieces:
            yield from pieces

    # ------------------------------------------------------------ what the server has

    def _listed(self) -> list[dict[str, Any]]:
        try:
            with trouble.told(self._sdk, self.address, self._server.secret, 10, self.flag):
                return [one.model_dump() for one in self._client.models.list(timeout=10).data]
        except (self._sdk.NotFoundError, TypeError):
            return []  # a server without a list; it may answer all the same

    def _only(self, listed: Sequence[Mapping[str, Any]]) -> str:
        names = sorted(str(one.get("id")) for one in listed)
        if len(names) != 1:
            raise trouble.missing(self.address, "", names, "--model", v1=self.address.endswith("/v1"))
        return names[0]

    def _guarded(self, pieces: Generator[Piece, None, None]) -> Generator[Piece, None, None]:
        try:
            with (
                trouble.told(self._sdk, self.address, self._server.secret, self._server.timeout, self.flag),
                closing(pieces),
            ):
                yield from pieces
        except self._sdk.NotFoundError as error:
            said = trouble.words(error.body, error.response.text)
            names = sorted(str(one.get("id")) for one in self._listed())
            if names and self.model not in names:
                raise trouble.missing(self.address, self.model, names, "--model") from None
            raise ModelError(
                f"{self.address} has no such page ({said}). An OpenAI-compatible address mostly ends with /v1."
            ) from None

    # ------------------------------------------------------------ whole prompts

    def _completions(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        own = {"add_special_tokens": False} if self.maker == "vllm" else {}
        try:
            stream = self._client.completions.create(
                prompt=self._prompt(asked.text), **self._common(asked, limits), extra_body=own
            )
        except self._sdk.APIStatusError as error:
            if self._unknown(error):
                raise trouble.NoWholePrompts from None
            raise
        with closing(stream):
            yield from _pieces(stream, _said)

    def _unknown(self, error: Any) -> bool:
        """The server has no such page, or not for this model."""
        said = trouble.words(error.body, error.response.text).lower()
        if error.status_code == 404:
            return "model" not in said or "chat model" in said or "v1/completions" in said
        return error.status_code in (405, 501) or (error.status_code == 400 and "not support" in said)

    def _prompt(self, text: str) -> str | list[int]:
        """As the server must get it so that the model sees this text and no second mark of beginning."""
        if self.maker == "vllm":
            return text
        if self.maker == "llamacpp" and (tokens := self._tokens(text)):
            return tokens
        return text.removeprefix(self._server.bos)

    def _tokens(self, text: str) -> list[int]:
        """The prompt's token ids, by llama-server itself; empty where it does not say."""
        body = {"content": text, "add_special": False, "parse_special": True}
        try:
            made = self._http.post(f"{self.address.removesuffix('/v1')}/tokenize", json=body)
            tokens = made.json()["tokens"] if made.status_code == 200 else []
        except (ValueError, KeyError, TypeError, AttributeError):
            return []
        return [one for one in tokens if isinstance(one, int)]

    # ------------------------------------------------------------ messages

    def _chat(self, asked: Asked, limits: Limits) -> Generator[Piece, None, None]:
        messages = [dict(one) for one in asked.messages]
        body: dict[str, Any] = {}
        if self._server.kwargs and self.maker in ("llamacpp", "vllm", "sglang"):
            body["chat_template_kwargs"] = dict(self._server.kwargs)
        if asked.begun:
            messages.append({"role": "assistant", "content": asked.begun})
            if self.maker in ("vllm", "sglang"):
                body |= {"add_generation_prompt": False, "continue_final_message": True}
        call = {"messages": messages, **self._common(asked, limits)}
        try:
            stream = self._client.chat.completions.create(**call, extra_body=body)
        except self._sdk.APIStatusError as error:
            said = trouble.words(error.body, error.response.text).lower()
            if not (asked.begun and "prefill" in said and "thinking" in said):
                raise
            body["chat_template_kwargs"] = {**self._server.kwargs, "enable_thinking": False}
            stream = self._client.chat.completions.create(**call, extra_body=body)
        with closing(stream):
            yield from _pieces(stream, _told)

    def _common(self, asked: Asked, limits: Limits) -> dict[str, Any]:
        hosted = urlsplit(self.address).hostname == "api.openai.com"
        most = limits.max_tokens
        if isinstance(self._context, int):  # vLLM refuses to promise more than fits
            used = len((asked.text or str(asked.messages)).encode()) // 3
            most = max(16, min(most, self._context - used))
        call: dict[str, Any] = {
            "model": self.model, "temperature": limits.temperature, "top_p": limits.top_p, "stream": True,
            "stream_options": {"include_usage": True}, "max_completion_tokens" if hosted else "max_tokens": most,
        }  # fmt: skip
        if limits.seed is not None:
            call["seed"] = limits.seed
        if limits.stop:
            call["stop"] = list(limits.stop[:4])
        return call


def _said(choice: Any) -> Iterator[Piece]:
    if text := getattr(choice, "text", None):
        yield Piece("text", text)


def _told(choice: Any) -> Iterator[Piece]:
    delta = getattr(choice, "delta", None)
    thought = next((text for name in _FIELDS if (text := getattr(delta, name, None))), None)
    if isinstance(thought, str):
        yield Piece("thought", thought)
    if text := getattr(delta, "content", None):
        yield Piece("text", text)


def _pieces(stream: Any, read: Any) -> Iterator[Piece]:
    """The pieces of a stream, and how it ended. Raises ModelError where it ended without saying so."""
    why: str | None = None
    usage: Any = None
    for chunk in stream:
        usage = getattr(chunk, "usage", None) or usage
        for choice in (getattr(chunk, "choices", None) or [])[:1]:
            yield from read(choice)
            why = getattr(choice, "finish_reason", None) or why
    if why is None:
        raise ModelError("The server ended its answer without saying why; it may have been stopped. Look at its log.")
    ended: Why = "length" if why == "length" else "end"
    counted = (getattr(usage, name, None) for name in ("completion_tokens", "prompt_tokens"))
    yield Piece("end", "", ended, *counted)

"""An OpenAI-compatible endpoint in front of a talker: effort under control, thoughts hidden or set apart.

Invariant: a runtime that gives one answer at a time is asked for one at a time; who waits, waits in line. Whatever ends
a request (its answer, an error, a client that left), the generation behind it is ended too, and the line moves on.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from inscape.errors import DataError, InscapeError
from inscape.events import ChatEnded, ChatPiece, Event
from inscape.runtimes import asked, effort_control, trouble
from inscape.runtimes.asked import Question, Refused
from inscape.runtimes.talk import Drawing, Talker

LARGEST = 8 << 20
"""Bytes of a request."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Served:
    """What is offered, and how where a client does not say. `host`: where it listens."""

    talker: Talker
    name: str
    drawing: Drawing
    level: str | None = None
    thoughts: bool = False
    """Thoughts are given as reasoning_content; else they are left out."""
    host: str = "127.0.0.1"
    clock: Callable[[], float] = time.time
    ids: Callable[[], str] = field(default=lambda: uuid.uuid4().hex)


def create(served: Served) -> Starlette:
    """The app."""
    line = asyncio.Lock() if served.talker.runtime.single else None
    card = {"id": served.name, "object": "model", "created": int(served.clock()), "owned_by": "inscape"}

    async def models(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [card]})

    async def model(request: Request) -> Response:
        name = request.path_params["name"]
        if name == served.name:
            return JSONResponse(card)
        refused = Refused(f"The model '{name}' does not exist here.", param="model", code="model_not_found", status=404)
        return JSONResponse(refused.body, 404)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "model": served.name})

    async def completions(request: Request) -> Response:
        try:
            question = asked.read(await _body(request), served.name, served.drawing, served.level)
            return await _answered(served, question, request, line)
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)

    routes = [
        Route("/health", health), Route("/v1/models", models), Route("/v1/models/{name:path}", model),
        Route("/v1/chat/completions", completions, methods=["POST"]),
    ]  # fmt: skip
    app = Starlette(routes=routes, exception_handlers={404: _no_page, 405: _no_page})
    if served.host in LOOPBACK:
        app.add_middleware(_OwnHost)
    return app


async def _body(request: Request) -> bytes:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST:
            raise Refused(f"The request is larger than {LARGEST >> 20} MB.", status=413)
    return data


async def _no_page(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    refused = Refused(f"There is no {request.method} {request.url.path} here.", code="unknown_url", status=status)
    return JSONResponse(refused.body, status)


class _OwnHost:
    """A page in a browser must not reach a server on this machine under a name of its own (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and Request(scope).url.hostname not in LOOPBACK:
            refused = Refused("This server answers under the name localhost alone.", code="host", status=403)
            await JSONResponse(refused.body, 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


# ---------------------------------------------------------------- one answer


class _Answering:
    """An answer under way, from its place in the line to its end. A synchronous generator, one step in a thread."""

    def __init__(self, served: Served, question: Question, line: asyncio.Lock | None) -> None:
        self._line, self._held = line, False
        self._events: Generator[Event, None, int] = served.talker.answer(
            question.talk, question.level, question.drawing
        )
        self.prompt_tokens = 0

    async def begin(self) -> None:
        if self._line:
            await self._line.acquire()
            self._held = True

    async def next(self) -> Event | None:
        """The next event; None at the end. Raises InscapeError."""
        return await anyio.to_thread.run_sync(self._step)

    def _step(self) -> Event | None:
        try:
            return next(self._events)
        except StopIteration as end:
            self.prompt_tokens = end.value
            return None

    async def close(self) -> None:
        with anyio.CancelScope(shield=True):
            try:
                await anyio.to_thread.run_sync(self._events.close)
            finally:
                if self._line and self._held:
                    self._held = False
                    self._line.release()


async def _answered(served: Served, question: Question, request: Request, line: asyncio.Lock | None) -> Response:
    answering = _Answering(served, question, line)
    handed_on = False
    try:
        await answering.begin()
        if await request.is_disconnected():
            return Response(status_code=499)
        sheet = _Sheet(served, f"chatcmpl-{served.ids()}", int(served.clock()))
        first = await answering.next()
        if question.stream:
            handed_on = True
            body = _streamed(answering, sheet, first, request, usage=question.usage)
            return _Closing(body, answering)
        return await _whole(answering, sheet, first, request)
    except InscapeError as error:
        raise _refused(error) from None
    finally:
        if not handed_on:
            await answering.close()


def _refused(error: InscapeError) -> Refused:
    if trouble.is_too_long(error):
        return Refused(str(error), param="messages", code=trouble.LONG)
    if isinstance(error, DataError):
        return Refused(str(error), param="messages", code="invalid_messages")
    return Refused(str(error), code="model_error", status=502)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What every object of one answer says."""

    served: Served
    id: str
    created: int

    def object(self, kind: str, **held: Any) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.served.name, **held}

    def chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": finish}
        return _line(self.object("chat.completion.chunk", choices=[choice]))

    def delta(self, event: Event | None) -> dict[str, str]:
        """What a client sees of an event; empty where that is nothing."""
        if not isinstance(event, ChatPiece) or (event.kind == "thought" and not self.served.thoughts):
            return {}
        return {"reasoning_content" if event.kind == "thought" else "content": event.text}


def _line(value: object) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def _finish(ended: ChatEnded | None) -> str:
    return "length" if ended and ended.problem == effort_control.LENGTH else "stop"


def _usage(ended: ChatEnded | None, prompt: int) -> dict[str, int]:
    """Tokens as the runtime counts them, or, where it does not, about as many."""
    made = ended.tokens if ended else 0
    if made is None:
        made = effort_control.about(ended.thought + ended.reply) if ended else 0
    return {"prompt_tokens": prompt, "completion_tokens": made, "total_tokens": prompt + made}


async def _whole(answering: _Answering, sheet: _Sheet, first: Event | None, request: Request) -> Response:
    event, ended = first, None
    while event is not None:
        ended = event if isinstance(event, ChatEnded) else ended
        if await request.is_disconnected():
            return Response(status_code=499)
        event = await answering.next()
    message: dict[str, Any] = {"role": "assistant", "content": ended.reply if ended else ""}
    if sheet.served.thoughts and ended and ended.thought:
        message["reasoning_content"] = ended.thought
    choice = {"index": 0, "message": {**message, "refusal": None}, "logprobs": None, "finish_reason": _finish(ended)}
    usage = _usage(ended, answering.prompt_tokens)
    return JSONResponse(sheet.object("chat.completion", choices=[choice], usage=usage))


async def _streamed(
    answering: _Answering, sheet: _Sheet, first: Event | None, request: Request, *, usage: bool
) -> AsyncIterator[bytes]:
    yield sheet.chunk({"role": "assistant", "content": ""})
    event, ended = first, None
    try:
        while event is not None:
            ended = event if isinstance(event, ChatEnded) else ended
            if await request.is_disconnected():
                return
            if delta := sheet.delta(event):
                yield sheet.chunk(delta)
            event = await answering.next()
    except InscapeError as error:
        yield _line(_refused(error).body)
        return
    yield sheet.chunk({}, _finish(ended))
    if usage:
        counted = _usage(ended, answering.prompt_tokens)
        yield _line(sheet.object("chat.completion.chunk", choices=[], usage=counted))
    yield b"data: [DONE]\n\n"


class _Closing(StreamingResponse):
    """A stream whose answer is ended with it, also where nobody ever began to read it."""

    def __init__(self, body: AsyncIterator[bytes], answering: _Answering) -> None:
        super().__init__(body, media_type="text/event-stream", headers={"cache-control": "no-cache"})
        self._answering = answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answering.close()

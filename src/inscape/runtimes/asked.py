"""A client's request for a chat completion, read: the conversation, how it is to be answered, and what is refused.

Invariant: nothing a client asks for is silently left out: what cannot be done is refused by name. The shape of an error
is OpenAI's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inscape.records import Conversation, Turn
from inscape.runtimes.effort_control import level_named
from inscape.runtimes.talk import Drawing

_ABSENT = (
    "tools", "functions", "tool_choice", "function_call", "audio", "prediction", "logprobs", "top_logprobs",
    "logit_bias", "presence_penalty", "frequency_penalty",
)  # fmt: skip
"""What there is not here; null, false and empty ones ask for nothing."""
_SMALLEST = 1e-6
"""Of top_p: 0 means the likeliest token alone, and so does this; a runtime may find no token at 0."""
_SYSTEM = ("system", "developer")


class Refused(Exception):
    """A request that is not answered: OpenAI's error object, and the status."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error" if status < 500 else "server_error"
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered, and how."""

    talk: Conversation
    drawing: Drawing
    level: str | None
    stream: bool
    usage: bool
    """A stream ends with what was counted."""


def read(data: bytes, model: str, drawing: Drawing, level: str | None) -> Question:
    """The request in a body. `drawing`, `level`: what holds where it does not say. Raises Refused."""
    body = _json(data)
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object.")
    _model(body, model)
    for name in _ABSENT:
        if body.get(name) and body[name] not in ("none", "auto"):
            raise Refused(f"'{name}' is not supported here.", param=name, code="unsupported_parameter")
    if body.get("n") not in (None, 1):
        raise Refused("'n' can only be 1 here: ask again for another answer.", param="n", code="unsupported_value")
    if (_object(body, "response_format").get("type") or "text") != "text":
        raise Refused("'response_format' can only be text here.", param="response_format", code="unsupported_value")
    stream = body.get("stream") or False
    if not isinstance(stream, bool):
        raise Refused("'stream' must be true or false.", param="stream")
    usage = bool(_object(body, "stream_options").get("include_usage"))
    return Question(_talk(body.get("messages")), _drawing(body, drawing), _level(body, level), stream, usage)


def _json(data: bytes) -> object:
    """What the body holds, all of it text that can be written again."""
    try:
        body = json.loads(data.decode("utf-8-sig"))
        json.dumps(body, ensure_ascii=False).encode()
    except RecursionError:
        raise Refused("The body is not JSON that can be read: it is nested too deeply.") from None
    except UnicodeEncodeError:
        raise Refused("The body is JSON with half a character in it (a lone \\ud800-\\udfff).") from None
    except ValueError as error:
        raise Refused(f"The body is not JSON: {error}.") from None
    return body


def _model(body: Mapping[str, Any], model: str) -> None:
    asked = body.get("model")
    if not isinstance(asked, str) or not asked:
        raise Refused("'model' must name a model.", param="model")
    if asked != model:
        raise Refused(
            f"The model '{asked}' does not exist here; '{model}' does.",
            param="model",
            code="model_not_found",
            status=404,
        )


def _level(body: Mapping[str, Any], usual: str | None) -> str | None:
    said = body.get("reasoning_effort")
    if said is None:
        return usual
    level = level_named(said) if isinstance(said, str) else None
    if level is None:
        raise Refused(
            "'reasoning_effort' must be low, medium or high (none and minimal are low); without it the model chooses.",
            param="reasoning_effort", code="unsupported_value",
        )  # fmt: skip
    return level


def _drawing(body: Mapping[str, Any], usual: Drawing) -> Drawing:
    most = _whole(body, "max_completion_tokens", 1) or _whole(body, "max_tokens", 1)
    seed = _whole(body, "seed", -(2**63), 2**63 - 1)
    temperature, top_p = _number(body, "temperature", 0, 2), _number(body, "top_p", 0, 1)
    if top_p is not None:
        top_p = max(top_p, _SMALLEST)
    return replace(
        usual, max_tokens=most or usual.max_tokens, seed=usual.seed if seed is None else seed, stop=_stop(body),
        temperature=usual.temperature if temperature is None else temperature,
        top_p=usual.top_p if top_p is None else top_p,
    )  # fmt: skip


def _stop(body: Mapping[str, Any]) -> tuple[str, ...]:
    said = body.get("stop")
    held = [said] if isinstance(said, str) else said or []
    if not isinstance(held, list) or len(held) > 4 or not all(isinstance(one, str) and one for one in held):
        raise Refused("'stop' must be a text, or a list of at most four.", param="stop")
    return tuple(held)


def _whole(body: Mapping[str, Any], name: str, least: int, most: int | None = None) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise Refused(f"'{name}' must be a whole number{f' of at least {least}' if least > 0 else ''}.", param=name)
    if most is not None and value > most:
        raise Refused(f"'{name}' must be a whole number of at most {most}.", param=name, code="invalid_value")
    return value


def _number(body: Mapping[str, Any], name: str, least: float, most: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise Refused(f"'{name}' must be a number.", param=name)
    if not least <= value <= most:
        raise Refused(f"'{name}' must be from {least:g} to {most:g}.", param=name, code="invalid_value")
    return float(value)


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise Refused(f"'{name}' must be an object.", param=name)
    return value


# ---------------------------------------------------------------- messages


def _talk(messages: object) -> Conversation:
    if not isinstance(messages, list) or not messages:
        raise Refused("'messages' must be a list with at least one message.", param="messages")
    systems: list[str] = []
    turns: list[Turn] = []
    for at, message in enumerate(messages):
        place = f"messages[{at}]"
        if not isinstance(message, dict):
            raise Refused(f"'{place}' must be an object.", param=place)
        role = message.get("role")
        if role in _SYSTEM:
            systems.append(_text(message, place))
        elif role == "user":
            turns.append(Turn("user", _text(message, place)))
        elif role == "assistant" and not message.get("tool_calls"):
            thought = message.get("reasoning_content")
            turns.append(Turn("assistant", _text(message, place), thought if isinstance(thought, str) else None))
        else:
            raise Refused(f"'{place}': there is no role {role!r} here, nor tools.", param=f"{place}.role")
    if not turns or turns[-1].role != "user":
        raise Refused("The last message must be the user's: it is what is answered.", param="messages")
    return Conversation(tuple(turns), "\n\n".join(one for one in systems if one) or None)


def _text(message: Mapping[str, Any], place: str) -> str:
    """Text, or a list of parts that are text."""
    held = message.get("content")
    if isinstance(held, str):
        return held
    parts = [_part(one) for one in held] if isinstance(held, list) else [None]
    if None not in parts:
        return "".join(part for part in parts if part)
    raise Refused(f"'{place}.content' must be text, or a list of text parts.", param=f"{place}.content")


def _part(part: object) -> str | None:
    text = part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None
    return text if isinstance(text, str) else None

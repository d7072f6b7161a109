"""What goes wrong between here and a model's server, as sentences.

Invariant: a message says what to do and holds no key. The server's own words are shortened and quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from inscape.errors import InscapeError, ModelError
from inscape.teachers.base import scrub
from inscape.text import shorten

_LONG = re.compile(
    r"context[ _](?:length|size|window)|(?:exceed|longer|larger|greater)\w*\b.{0,60}\b(?:context|n_ctx|token)|n_ctx"
    r"|too many tokens|prompt is too long|input length",
    re.IGNORECASE | re.DOTALL,
)
LONG = "context_length_exceeded"
"""What OpenAI calls it."""
_START = "Start it (`llama-server -m MODEL.gguf`, `ollama serve`, `vllm serve MODEL`…), or name its address with"


class NoWholePrompts(Exception):
    """This server has no page for whole prompts; it is for whoever asked to go on with messages."""


def unreachable(address: str, flag: str, cause: object) -> ModelError:
    return ModelError(
        f"Nothing answers at {address} ({shorten(str(cause) or type(cause).__name__, 120)}). {_START} {flag}."
    )


def too_long(sentence: str) -> ModelError:
    """The conversation does not fit into the model's context: an error that `is_too_long` knows again."""
    error = ModelError(sentence)
    error.add_note(LONG)
    return error


def is_too_long(error: BaseException) -> bool:
    return LONG in getattr(error, "__notes__", ())


def missing(address: str, model: str, names: Sequence[str], flag: str, *, v1: bool = True) -> ModelError:
    """No model of this name; `names`: those that the server has. `v1`: the address ends as most do."""
    if not names and not v1:
        return ModelError(f"{address} has no list of models. An OpenAI-compatible address mostly ends with /v1.")
    has = f"It has: {', '.join(names[:12])}." if names else "It names none."
    what = f"has no model {model!r}" if model else "has several models, and none was named" if names else "has no model"
    return ModelError(f"{address} {what}. {has} Name one with {flag}.")


def rejected(address: str, status: int, said: str) -> ModelError:
    """What a server answered with a status code that is no success."""
    said = shorten(said, 300) or "no reason given"
    if status in (400, 413, 422, 500) and _LONG.search(said):
        return too_long(
            f"The conversation is longer than the model's context at {address} ({said}). Take turns back, begin "
            "anew, or start the server with a larger context."
        )
    if status in (401, 403):
        return ModelError(
            f"{address} wants another key ({status}: {said}). Put it into OPENAI_API_KEY in the environment."
        )
    if status == 429 or status >= 500:
        return ModelError(f"{address} cannot answer just now ({status}: {said}). Try again in a moment.")
    return ModelError(f"{address} does not take this request ({status}: {said}).")


def words(body: object, raw: str) -> str:
    """The server's own words in an error's body."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    message = inner.get("message") if isinstance(inner, dict) else inner
    text = message if isinstance(message, str) and message else raw
    return "a web page" if text.lstrip()[:1] == "<" else text


@contextmanager
def told(sdk: Any, address: str, secret: str, timeout: float, flag: str) -> Iterator[None]:
    """Whatever OpenAI's client raises inside, as a ModelError. A missing model (404) is left to the caller."""
    try:
        yield
    except (InscapeError, NoWholePrompts, sdk.NotFoundError):
        raise
    except sdk.APITimeoutError:
        raise ModelError(
            f"{address} sent nothing for {timeout:g} seconds. It may still be loading the model: try again, or look "
            "at its own log."
        ) from None
    except sdk.APIConnectionError as error:
        cause = error.__cause__ or error
        raise unreachable(address, flag, scrub(str(cause), [secret])) from None
    except sdk.APIStatusError as error:
        raise rejected(address, error.status_code, scrub(words(error.body, error.response.text), [secret])) from None
    except Exception as error:  # noqa: BLE001 - whatever else a client raises may quote the key
        said = scrub(shorten(f"{type(error).__name__}: {error}", 200), [secret])
        if "Connect" in type(error).__name__:
            raise unreachable(address, flag, said) from None
        long = _LONG.search(said)
        raise (
            rejected(address, 400, said)
            if long
            else ModelError(f"{address} broke off in the middle of its answer ({said}). Look at its own log.")
        ) from None

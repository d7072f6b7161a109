"""What the two official clients raise, as sentences of the TeacherError tree.

Invariant: no message holds a key, and each says what to do. The clients' classes have the same names, so one
translation serves both; neither is imported here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inscape.errors import (
    TeacherBusy,
    TeacherError,
    TeacherOutOfCredit,
    TeacherRefused,
    TeacherRejected,
    TeacherSetupError,
    TeacherUnreachable,
)
from inscape.teachers.base import scrub
from inscape.text import shorten

_NO_MONEY = re.compile(
    r"insufficient_quota|credit[ _]balance|out of credit|insufficient (?:funds|credit)|spend(?:ing)?[ _]limit"
    r"|billing_hard_limit|billing_not_active|exceeded your current quota|payment required",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"content[ _](?:filter|policy)|usage polic|moderation|flagged", re.IGNORECASE)
_GATEWAY = (502, 504, 524)
"""What a gateway says for a server behind it that may have done its work."""


@dataclass(frozen=True, slots=True)
class Line:
    """The line to one server: what to call it, the model, the key's variable, and what must never be said."""

    address: str
    model: str
    variable: str
    secret: str
    timeout: float

    def clean(self, text: str) -> str:
        """A message without the key or anything like one."""
        return scrub(text, [self.secret])

    def without_key(self, text: str) -> str:
        """An answer without this key, should a server send it back; otherwise as it came."""
        return text.replace(self.secret, "[key]") if self.secret else text


def guarded(line: Line, sdk: Any, call: Callable[[], Any]) -> Any:
    """The call's result; whatever the client raises, as a TeacherError."""
    try:
        return call()
    except sdk.APITimeoutError:
        raise TeacherUnreachable(
            f"{line.address} did not answer within {line.timeout:g} seconds. If the model is slow, raise "
            "teacher.timeout."
        ) from None
    except sdk.APIConnectionError as error:
        raise _unreachable(line, error) from None
    except sdk.APIStatusError as error:
        raise status_error(line, error.status_code, error.response.headers, error.body, error.response.text) from None
    except ValueError:  # half a JSON document, or bytes that are no text
        raise _billed(
            TeacherBusy(f"{line.address} broke off in the middle of its answer, or sent no valid JSON.")
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever else a client raises may quote the key
        what = line.clean(shorten(f"{type(error).__name__}: {error}", 200))
        raise TeacherRejected(f"The client of {line.address} failed ({what}).") from None


def _unreachable(line: Line, error: Exception) -> TeacherUnreachable:
    cause = error.__cause__
    refused = "ConnectError" in type(cause).__name__
    if refused:
        never = TeacherUnreachable(
            f"No connection to {line.address} ({line.clean(shorten(str(cause), 120))}). Is the server running, and is "
            "teacher.base_url right?"
        )
        never.perhaps_billed = False
        return never
    what = line.clean(shorten(str(cause or error), 120))
    return TeacherUnreachable(f"The connection to {line.address} was cut before the answer was whole ({what}).")


def status_error(line: Line, status: int, headers: Mapping[str, str], body: object, raw: str) -> TeacherError:
    """The error of a status code other than 2xx."""
    said = line.clean(_said(body, raw))
    known = f"{_code(body)} {said}"
    wait = retry_after(headers)
    if status == 402 or (status in (400, 403, 429) and _NO_MONEY.search(known)):
        return TeacherOutOfCredit(
            f"The account at {line.address} has no credit left or reached its limit ({said}). Top it up, then run the "
            "same command: what was answered is kept."
        )
    if status == 401 or (status == 403 and not _REFUSED.search(known)):
        return TeacherSetupError(
            f"{line.address} does not accept the key in {line.variable or 'use (none was sent)'} ({status}: {said}). "
            + ("Check it and run this again." if line.variable else "Name the key's variable in teacher.key_env.")
        )
    if status == 404:
        return TeacherSetupError(
            f"{line.address} has no model {line.model!r}, or no such address ({said}). Check teacher.model and "
            "teacher.base_url (an OpenAI-compatible one mostly ends with /v1)."
        )
    if status in (408, 409, 425, 429) or status >= 500:
        what = "has too many requests" if status == 429 else "is overloaded" if status == 529 else "has a fault"
        busy = TeacherBusy(f"{line.address} {what} just now ({status}: {said}).", retry_after=wait)
        return _billed(busy) if status in _GATEWAY else busy
    if _REFUSED.search(known):
        return TeacherRefused(f"{line.address} would not take this prompt ({said}).")
    return TeacherRejected(f"{line.address} rejects this request ({status}: {said}).")


def _billed(error: TeacherError) -> TeacherError:
    """The same error, for a case in which an answer may have been written and billed."""
    error.perhaps_billed = True
    return error


def no_answer(line: Line, got: object) -> TeacherError:
    """The error of a 200 whose body is no answer. Some routers put the provider's error inside of it."""
    inside = getattr(got, "error", None)
    if isinstance(inside, dict):
        code = str(inside.get("code", ""))
        return status_error(line, int(code) if code.isdigit() else 502, {}, {"error": inside}, "")
    if isinstance(got, str | bytes):
        return TeacherRejected(
            f"{line.address} answered with {'a web page' if '<' in str(got)[:200] else 'plain text'} and no chat "
            "answer. Check teacher.base_url (an OpenAI-compatible one mostly ends with /v1)."
        )
    return _billed(TeacherBusy(f"{line.address} sent an answer without any content in the place where it belongs."))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: from `retry-after-ms` or `retry-after`, in seconds or as a date."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) / unit
        except ValueError:
            seconds = _until(value, headers.get("date"))
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


def _until(date: str, now: str | None) -> float:
    """Seconds to an HTTP date, by the server's own clock where it sent one."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        here = parsedate_to_datetime(now) if now else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(date) - here).total_seconds())
    except (TypeError, ValueError):
        return math.nan


def _said(body: object, raw: str) -> str:
    """The server's own words, short; of a web page only that it was one."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    message = inner.get("message") if isinstance(inner, dict) else inner
    text = message if isinstance(message, str) and message else raw
    if text.lstrip()[:1] == "<":
        return "a web page"
    return shorten(text, 200) or "no reason given"


def _code(body: object) -> str:
    inner = body.get("error", body) if isinstance(body, dict) else None
    return " ".join(str(inner.get(k, "")) for k in ("code", "type")) if isinstance(inner, dict) else ""

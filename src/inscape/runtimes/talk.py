"""One answer of a conversation, with its effort under control, whatever the runtime is.

Invariant: only whole text is shown: no mark of a thought, nor a half of one, comes out as thought or reply. A thought
that reaches its budget is ended with the mark that training used, and the reply follows from there. An effort that
could not be forced is never said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field, replace

from inscape.events import ChatEnded, ChatPiece, Event, Noted
from inscape.records import Conversation
from inscape.rendering.mode import Asked, Look, Mode, ask, level_said, look
from inscape.rendering.templates import ChatTemplate
from inscape.runtimes import effort_control as control
from inscape.runtimes.base import Limits, Piece, Runtime
from inscape.runtimes.effort_control import Budgets

_MARKS = 32
"""Tokens for the marks around thought and reply, beyond both."""
_UNTAUGHT = (
    "This model was taught no effort that could be forced ({}): a level only says how long it may think. "
    "`inscape export` with export.effort teaches it."
)
_IGNORED = (
    "{} does not go on from the beginning of an answer, so no effort can be forced there, and no thought ended: this "
    "answer is as the model chose. A server with /v1/completions and the model's --template can."
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """How answers are drawn. `max_tokens`: of the reply."""

    max_tokens: int = 1024
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(slots=True)
class _Heard:
    """What has come of an answer. `text` follows `begun`; `apart`: a thought that the server set apart itself."""

    mode: Mode
    begun: str
    raw: bool
    text: str = ""
    apart: str = ""
    ignored: bool = False
    """The server began anew, and did not go on from `begun`."""

    @property
    def doubtful(self) -> bool:
        """Only a server that gets messages may repeat the beginning, or ignore it."""
        return bool(self.begun.strip()) and not self.raw and not self.ignored

    @property
    def repeated(self) -> bool:
        return self.doubtful and self.text.strip().startswith(self.begun.strip())

    @property
    def waiting(self) -> bool:
        """It may be about to repeat the beginning, or to begin anew."""
        if not self.doubtful or self.repeated:
            return False
        text = self.text.strip()
        return self.begun.strip().startswith(text) or (bool(text) and look(self.mode, text, ended=False).held)

    def whole(self) -> str:
        """The answer from its first letter."""
        return self.text if self.ignored or self.repeated else self.begun + self.text

    def began_anew(self, *, ended: bool) -> bool:
        """By what it wrote, the server did not go on from the beginning."""
        if not self.doubtful or self.repeated or self.waiting or not (self.text.strip() or self.apart):
            return False
        if self.mode.encoding == "content" and look(self.mode, self.text, ended=False).effort:
            return True
        if self.apart and not look(self.mode, self.begun).thinking:
            return True
        return ended and look(self.mode, self.whole()).thinking

    def seen(self, *, ended: bool) -> Look:
        if not ended and self.waiting:
            return Look(None, self.apart.strip(), "", bool(self.apart), held=True)
        if not self.apart:
            return look(self.mode, self.whole(), ended=ended)
        if not self.text.strip():
            return Look(None, self.apart.strip(), "", True)
        # The server took the thought out, so nothing of it opens or closes in the text.
        tagged = self.mode.encoding == "content"
        seen = look(self.mode, self.text if tagged else self.mode.openings["low"] + self.text, ended=ended)
        both = "\n\n".join(one for one in (self.apart.strip(), seen.thought) if one)
        return replace(seen, thought=both, effort=seen.effort if tagged else None)


@dataclass(slots=True)
class _Answer:
    """How an answer stands: what was shown, what was counted."""

    heard: _Heard
    level: str | None
    started: float
    shown: dict[str, str] = field(default_factory=lambda: {"thought": "", "reply": ""})
    thought_tokens: int = 0
    reply_tokens: int = 0
    counted: int | None = 0
    """Tokens of all streams; None where one did not say."""
    prompt_tokens: int | None = None
    first: float | None = None
    cut: bool = False
    unclosed: bool = False
    """The model ended its answer inside its thought."""
    last: bool = False
    """The thought was ended from here; nothing is cut any more."""
    ended: Piece | None = None
    """Of the last stream; None where it was closed from here."""
    stops: tuple[str, ...] = ()
    """Texts at which the reply ends; a thought and its marks may hold them."""
    stopped: bool = False

    def upto(self, reply: str, *, ended: bool) -> str:
        """The reply as far as none of `stops` stands in it, nor may be about to."""
        found = [at for stop in self.stops if (at := reply.find(stop)) >= 0]
        if found:
            self.stopped = True
            return reply[: min(found)]
        if ended:
            return reply
        half = max((_half(reply, stop) for stop in self.stops), default=0)
        return reply[: len(reply) - half]


class Talker:
    """What answers in a mode. Holds what was said once about the runtime; a conversation is the caller's."""

    def __init__(
        self, runtime: Runtime, mode: Mode, template: ChatTemplate | None, budgets: Budgets, clock: Callable[[], float]
    ) -> None:
        self.runtime, self.mode, self.template, self.budgets = runtime, mode, template, budgets
        self._clock = clock
        self._said: set[str] = set()

    def answer(self, talk: Conversation, level: str | None, drawing: Drawing) -> Generator[Event, None, int]:
        """The next answer of a conversation that ends with a question: ChatPiece… and ChatEnded. `level`: a forced
        effort, else the model's choice. Closing the generator ends the generation. Returns the tokens of the prompt, or
        about as many where none were counted. Raises ModelError, DataError."""
        if level and control.untaught(self.mode):
            yield from self._once(_UNTAUGHT.format(level))
        asked = ask(self.mode, talk, level, self.template)
        raw = self.runtime.raw and bool(asked.text)
        now = _Answer(_Heard(self.mode, asked.begun, raw), level, self._clock(), stops=drawing.stop)
        most = self.budgets.of(level) + drawing.max_tokens + _MARKS
        yield from self._listen(now, asked, drawing, most)
        if now.ended and now.heard.seen(ended=True).thinking:
            now.cut, now.unclosed = now.ended.why == "length", now.ended.why != "length"
        if now.cut or now.unclosed:
            now.last = True
            again = self._after_cut(now, asked)
            now.heard = _Heard(self.mode, again.begun, now.heard.raw)
            yield from self._listen(now, again, drawing, drawing.max_tokens)
        if now.ended is None:  # closed from here: what was held back, as the half of a stop, is of the reply
            yield from self._show(now, now.heard.seen(ended=True), ended=True)
        yield self._end(now)
        return now.prompt_tokens or control.about(asked.text or str(asked.messages))

    def _after_cut(self, now: _Answer, asked: Asked) -> Asked:
        """The same question with the thought ended, for the reply to follow."""
        heard, mode = now.heard, self.mode
        level = now.level or level_said(mode, heard.seen(ended=False))
        if heard.apart and not heard.text.strip():
            begun = control.after_cut_apart(mode, heard.apart)
        else:
            begun = control.after_cut(mode, heard.whole(), now.shown["thought"], level)
        prompt = asked.text.removesuffix(asked.begun)
        return replace(asked, begun=begun, text=prompt + begun if asked.text else "")

    def _listen(self, now: _Answer, asked: Asked, drawing: Drawing, most: int) -> Generator[Event, None, None]:
        """One stream, until it ends, its thought is cut, or its reply is long enough."""
        now.ended, first = None, now.thought_tokens + now.reply_tokens
        end = (self.mode.end,) if self.mode.end and now.heard.raw else ()
        limits = Limits(most, drawing.temperature, drawing.top_p, drawing.seed, end)
        with closing(self.runtime.stream(asked, limits)) as pieces:
            for piece in pieces:
                if piece.kind == "note":
                    now.heard.raw = False
                    yield from self._once(piece.text)
                elif piece.kind == "end":
                    now.ended = piece
                    now.prompt_tokens = now.prompt_tokens or piece.prompt_tokens
                    break
                else:
                    seen = _take(now, piece)
                    spent = self._spent(now, seen)
                    if not spent or self._budget(now, seen):  # of a thought that may not be, nothing is shown
                        yield from self._show(now, seen)
                    if spent or now.stopped or now.reply_tokens >= drawing.max_tokens:
                        break
        known = now.ended.tokens if now.ended else now.thought_tokens + now.reply_tokens - first
        now.counted = None if known is None or now.counted is None else now.counted + known
        heard = now.heard
        if now.ended and heard.began_anew(ended=now.ended.why != "length"):
            heard.ignored = True
        if heard.ignored:
            yield from self._once(_IGNORED.format(self.runtime.name))
        if now.ended:
            yield from self._show(now, heard.seen(ended=True), ended=True)

    def _spent(self, now: _Answer, seen: Look) -> bool:
        """The thought has reached its budget. It is cut once."""
        if now.last or not seen.thinking:
            return False
        now.cut = now.thought_tokens >= self._budget(now, seen)
        return now.cut

    def _budget(self, now: _Answer, seen: Look) -> int:
        level = now.level if not now.heard.ignored else None
        return self.budgets.of(level or level_said(self.mode, seen))

    def _show(self, now: _Answer, seen: Look, *, ended: bool = False) -> Generator[Event, None, None]:
        reply = now.upto(seen.reply, ended=ended)
        for kind, text in (("thought", seen.thought), ("reply", reply)):
            before = now.shown[kind]
            if len(text) > len(before) and text.startswith(before):
                now.shown[kind] = text
                if kind == "reply" and now.first is None:
                    now.first = self._clock() - now.started
                yield ChatPiece(kind, text[len(before) :])

    def _end(self, now: _Answer) -> ChatEnded:
        seen = now.heard.seen(ended=True)
        forced = now.level is not None and not now.heard.ignored and not control.untaught(self.mode)
        effort = now.level if forced else level_said(self.mode, seen)
        reply = now.upto(seen.reply, ended=True)
        off = not now.stopped and (now.ended is None or now.ended.why == "length")
        return ChatEnded(
            effort=effort, forced=forced, cut=now.cut, thought=seen.thought or now.shown["thought"], reply=reply,
            first=now.first, seconds=self._clock() - now.started, tokens=now.counted,
            problem=control.problem(seen, cut_off=off, unclosed=now.unclosed),
        )  # fmt: skip

    def _once(self, sentence: str) -> Generator[Event, None, None]:
        if sentence not in self._said:
            self._said.add(sentence)
            yield Noted("note", sentence)


def _half(text: str, stop: str) -> int:
    """How many letters at the text's end are the beginning of `stop`."""
    return next((many for many in range(len(stop) - 1, 0, -1) if text.endswith(stop[:many])), 0)


def _take(now: _Answer, piece: Piece) -> Look:
    """What a piece adds, and how the answer stands with it."""
    heard = now.heard
    if piece.kind == "thought":
        heard.apart += piece.text
    else:
        heard.text += piece.text
    heard.ignored = heard.ignored or heard.began_anew(ended=False)
    seen = heard.seen(ended=False)
    if seen.thinking or piece.kind == "thought":
        now.thought_tokens += control.tokens_of(piece.text)
    elif seen.reply:
        now.reply_tokens += control.tokens_of(piece.text)
    return seen

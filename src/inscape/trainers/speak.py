"""Child: answers as a model, line by line, until the parent ends it. Engines: hf (a folder), mlx (a folder), gguf.

Invariant: a piece is whole letters, and never a part of a stop text or of the end mark. A request that cannot be
answered is refused in a sentence, and the next one is taken; a cancel overtakes what waits.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from inscape.trainers.jobs import load
from inscape.trainers.speak_jobs import Bit, Engine, How, Refused, Said, SpeakJob
from inscape.trainers.telling import Failure, Line, explain, run

Say = Callable[..., None]
Order = dict[str, Any]


def main(job: str) -> None:
    """Speak until the parent ends it."""
    run(_speak, job)


def _speak(line: Line, path: Path) -> None:
    line.ending = {}
    job = load(SpeakJob, path)
    engine = open_engine(job)
    line.say(
        "ready",
        engine=job.engine,
        name=engine.name,
        template=engine.template,
        bos=engine.bos,
        eos=engine.eos,
        context=engine.context,
    )
    serve(engine, line.orders, line.say)
    line.say("done")


def open_engine(job: SpeakJob) -> Engine:
    """The model, loaded. Raises Failure with a sentence."""
    try:
        made: Engine = import_module(f"inscape.trainers.speak_{job.engine}").load(job)
    except ImportError as problem:
        raise Failure("packages", f"{problem.name or problem} is not installed for {sys.executable}.") from problem
    except Failure:
        raise
    except Exception as problem:
        found = explain(problem)
        if found.error == "oom":
            raise Failure(
                "oom", f"{job.model} does not fit into memory. Take a smaller or a quantized model."
            ) from None
        raise Failure("no-model", f"{job.model} cannot be loaded: {found}") from problem
    return made


class Orders:
    """Requests in order; cancels are taken out as soon as they are seen."""

    def __init__(self, queue: SimpleQueue[Order]) -> None:
        self.queue = queue
        self.waiting: deque[Order] = deque()
        self.cancelled: set[Any] = set()

    def next(self) -> Order:
        while not self.waiting:
            self._sort(self.queue.get())
        return self.waiting.popleft()

    def stops(self, id_: Any) -> bool:
        """Whether this request was cancelled by now."""
        try:
            while True:
                self._sort(self.queue.get_nowait())
        except Empty:
            return id_ in self.cancelled

    def _sort(self, order: Order) -> None:
        if order.get("do") == "cancel":
            self.cancelled.add(order.get("id"))
        else:
            self.waiting.append(order)


def serve(engine: Engine, queue: SimpleQueue[Order], say: Say) -> None:
    """Answer each order up to `stop`."""
    orders = Orders(queue)
    while (order := orders.next()).get("do") != "stop":
        if problem := _done(engine, order, say, orders):
            say("refused", id=order.get("id"), message=problem)
            if order.get("do") == "complete":
                say("end", id=order.get("id"), why="refused", tokens=0, prompt_tokens=0, seconds=0.0)
        orders.cancelled.discard(order.get("id"))


def _done(engine: Engine, order: Order, say: Say, orders: Orders) -> str:
    """Do what one order says; why it could not be done, else nothing."""
    try:
        _DO[str(order.get("do"))](engine, order, say, orders)
    except Refused as problem:
        return str(problem)
    except KeyError as problem:
        traceback.print_exc()
        return f"The request {order.get('do')!r} is not known here, or lacks {problem}."
    except Exception as problem:  # noqa: BLE001 (whatever it is, the next request may be answered)
        traceback.print_exc()
        return f"The model could not answer: {explain(problem)}"
    return ""


def _complete(engine: Engine, order: Order, say: Say, orders: Orders) -> None:
    begun, id_ = time.monotonic(), order["id"]
    last = Bit("", 0)

    def bits() -> Iterator[tuple[str, bool]]:
        nonlocal last
        for last in engine.write(order["text"], How.of(order)):
            yield last.text, last.end

    pieces = until(bits(), [text for text in order.get("stop") or () if text], lambda: orders.stops(id_))
    why = yield_from(pieces, lambda text: say("piece", id=id_, text=text))
    say(
        "end", id=id_, why=why, tokens=last.count, prompt_tokens=last.prompt, seconds=round(time.monotonic() - begun, 3)
    )


def yield_from(pieces: Generator[str, None, str], take: Callable[[str], None]) -> str:
    """Hand on each piece; what the generator returned."""
    while True:
        try:
            take(next(pieces))
        except StopIteration as end:
            return str(end.value)


def until(
    bits: Iterator[tuple[str, bool]], stop: Sequence[str], stops: Callable[[], bool]
) -> Generator[str, None, str]:
    """Texts as they come, up to the end mark or a stop text and without it; returns why it ended."""
    held = ""
    for text, end in bits:
        if end or stops():
            if held:
                yield held
            return "end" if end else "cancelled"
        held += text
        if found := [at for one in stop if (at := held.find(one)) >= 0]:
            if before := held[: min(found)]:
                yield before
            return "stop"
        free = len(held) - max((_begun(held, one) for one in stop), default=0)
        if free:
            yield held[:free]
            held = held[free:]
    if held:
        yield held
    return "length"


def _begun(held: str, stop: str) -> int:
    """How many letters at the end may be the beginning of a stop text."""
    return next((n for n in range(min(len(stop) - 1, len(held)), 0, -1) if stop.startswith(held[-n:])), 0)


def _tokens(engine: Engine, order: Order, say: Say, _: Orders) -> None:
    say("tokens", id=order["id"], ids=engine.tokens(order["text"]))


def _greedy(engine: Engine, order: Order, say: Say, _: Orders) -> None:
    """The likeliest tokens; an end mark is the last of them."""
    (said,) = engine.many([order["text"]], int(order["max_tokens"]))
    say("ids", id=order["id"], ids=list(said.ids))


def _many(engine: Engine, order: Order, say: Say, _: Orders) -> None:
    begun = time.monotonic()
    stop = [text for text in order.get("stop") or () if text]
    said = [_stopped(engine, one, stop) for one in engine.many(order["texts"], int(order["max_tokens"]))]
    seconds = round(time.monotonic() - begun, 3)
    say("texts", id=order["id"], texts=[one for one, _ in said], tokens=[count for _, count in said], seconds=seconds)


def _stopped(engine: Engine, said: Said, stop: Sequence[str]) -> tuple[str, int]:
    """A text up to its first stop text, which stands in it, and how many tokens that is."""
    ends = [at + len(mark) for mark in stop if (at := said.text.find(mark)) >= 0]
    if not ends or min(ends) == len(said.text):
        return said.text, len(said.ids)
    text = said.text[: min(ends)]
    return text, len(engine.tokens(text))


def _pieces(engine: Engine, order: Order, say: Say, _: Orders) -> None:
    say("pieces", id=order["id"], texts=[engine.piece(id_) for id_ in order["ids"]])


_DO: Mapping[str, Callable[[Engine, Order, Say, Orders], None]] = {
    "complete": _complete, "tokens": _tokens, "greedy": _greedy, "many": _many, "pieces": _pieces,
}  # fmt: skip

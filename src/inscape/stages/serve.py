"""The model behind an OpenAI-compatible endpoint, until it is stopped.

Invariant: `Served` comes once the socket is bound, so that who reads it can connect; a taken port is a sentence.
"""

from __future__ import annotations

from collections.abc import Generator

from inscape.events import Event, Noted
from inscape.events import Served as Listening
from inscape.runtimes import server
from inscape.runtimes.app import LOOPBACK, Served

_OPEN = (
    "{} can be reached from other machines, and there is no key: whoever can reach this port can use the model. Stop "
    "it with Ctrl-C if that is not meant."
)


def serve(served: Served, port: int) -> Generator[Event, None, None]:
    """Listen, and answer until Ctrl-C. `port` 0 takes a free one. Raises ModelError where the port cannot be had."""
    with server.bound(served.host, port) as listening:
        if served.host not in LOOPBACK:
            yield Noted("warning", _OPEN.format(served.host))
        yield Listening(f"http://{listening.place}/v1", served.name)
        server.run(served, listening)

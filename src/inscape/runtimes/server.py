"""The socket and uvicorn's loop for the endpoint.

Invariant: the port is bound before anything is said of it; Ctrl-C ends answers under way and then the loop.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from inscape.errors import ModelError
from inscape.runtimes.app import Served, create

_NO_HOST = (
    "--host is {!r}, which is no address of this machine. 127.0.0.1 listens for this machine alone, 0.0.0.0 for the "
    "network."
)


@dataclass(slots=True)
class Bound:
    """A bound socket. `place`: host and port as they stand in an address."""

    socket: socket.socket
    place: str


@contextmanager
def bound(host: str, port: int) -> Iterator[Bound]:
    """Raises ModelError where the address cannot be had."""
    if not host:
        raise ModelError(_NO_HOST.format(host))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
            one.listen(128)
        except (OSError, OverflowError) as error:
            if isinstance(error, socket.gaierror) or getattr(error, "errno", 0) == errno.EADDRNOTAVAIL:
                raise ModelError(_NO_HOST.format(host)) from None
            why = getattr(error, "strerror", None) or error
            raise ModelError(
                f"{host}:{port} cannot be had ({why}). Take another --port, or --port 0 for any."
            ) from None
        name = f"[{host}]" if ":" in host else host
        yield Bound(one, f"{name}:{one.getsockname()[1]}")
    finally:
        one.close()


def run(served: Served, listening: Bound) -> None:
    """Answer until Ctrl-C, or until the process is asked to end."""
    import uvicorn

    config = uvicorn.Config(
        create(served), log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5
    )
    with suppress(KeyboardInterrupt):  # uvicorn has ended by then, and hands the signal on
        uvicorn.Server(config).run(sockets=[listening.socket])

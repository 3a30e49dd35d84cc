"""An ASGI application on a socket, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.configuration import ConnectionsConfiguration
from supergraph.server.accepting import has_waiting, refuse_new
from supergraph.server.connections import (
    LARGEST_MESSAGE,
    Connection,
    Connections,
    Watch,
    WebSocketConnection,
)
from supergraph.server.http_connection import HttpConnection
from supergraph.server.networks import TrustedProxies

DRAINED_WITHIN_S = 10
ACCEPTED_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How serving ends: what is in flight has `within_seconds` to finish.

    Other processes may accept from a socket that is `shared`: whoever shares it sees to its end. WebSocket
    connections are closed, unless the application does that itself.
    """

    within_seconds: float = DRAINED_WITHIN_S
    shared: bool = False
    websockets_end_themselves: bool = False


ENDING = Ending()


@dataclass(frozen=True, slots=True)
class Clients:
    """What clients may hold open, but for `proxies`, who have many of them, and how many bytes one may send over
    WebSocket at once. Asked of those two is what holds at the moment.
    """

    connections: ConnectionsConfiguration = field(default_factory=ConnectionsConfiguration)
    proxies: Callable[[], TrustedProxies | None] = lambda: None
    largest_message: Callable[[], int] = lambda: LARGEST_MESSAGE


class CannotListen(Exception):
    """The address is taken, or may not be used; the message says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 picks a free one.

    Raises:
        CannotListen: somebody else has it, or it is not ours to use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CannotListen(_advice(error, host, port)) from error
    return bound


def _advice(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: stop what listens there, or choose another port (--port, PORT)."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} may not be used by this account: choose one above 1023 (--port, PORT)."
    return f"Cannot listen on {host}:{port}: {error.strerror or error}."


def stop_on_signals() -> asyncio.Event:
    """An event that the first SIGINT or SIGTERM sets; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def on_signal(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, on_signal)
    return stop


async def serve(
    app: ASGIApp,
    bound: socket.socket,
    stop: asyncio.Event,
    *,
    on_stopping: Callable[[], None] = lambda: None,
    on_listening: Callable[[], None] = lambda: None,
    clients: Clients | None = None,
    ending: Ending = ENDING,
) -> None:
    """Serves an application, whose lifespan is its caller's, until `stop` is set.

    Then it is told (`on_stopping`), so that endless responses end; what is in flight has time to finish (`ending`).
    `clients` says what they may hold open and send.
    """
    clients = clients or Clients()
    connections = Connections(
        clients.connections,
        clients.proxies,
        clients.largest_message,
        websockets_end_themselves=ending.websockets_end_themselves,
    )
    server = _Server(app, on_listening, connections, ending)
    open_ones = cast("set[Connection]", server.server_state.connections)
    watching = asyncio.create_task(Watch(open_ones, clients.connections).run())
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    on_stopping()
    server.should_exit = True
    try:
        await serving
    finally:
        watching.cancel()


def with_state(app: ASGIApp, state: dict[str, Any]) -> ASGIApp:
    """The application with its lifespan's state in each scope, where it left any."""
    if not state:
        return app

    async def app_with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return app_with_state


class _Server(uvicorn.Server):
    """Leaves signals and lifespan to its caller, and says when it listens."""

    def __init__(
        self,
        app: ASGIApp,
        on_listening: Callable[[], None],
        connections: Connections,
        ending: Ending,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=cast("type[HttpConnection]", partial(HttpConnection, connections)),
                ws=cast("type[WebSocketConnection]", partial(WebSocketConnection, connections)),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=connections.limits.keep_alive_seconds,
                timeout_graceful_shutdown=cast("int", ending.within_seconds),
            )
        )
        self._on_listening = on_listening
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts what waits, and nothing more; then lets connections end as what is asked over them is answered."""
        for bound in sockets or ():
            if not self._ending.shared:
                refuse_new(bound)
            async with asyncio.timeout(ACCEPTED_WITHIN_S):
                while has_waiting(bound):  # noqa: ASYNC110 - the event loop accepts meanwhile, and tells nobody
                    await asyncio.sleep(0)
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

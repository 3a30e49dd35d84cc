"""Subscriptions to a subgraph over WebSocket, by the protocol `graphql-transport-ws`.

Each subscription has a connection of its own, because a connection speaks for one identity: it is told in the
headers of the handshake and, for servers that look there, in the payload of `connection_init`. A connection that
breaks is not made anew, since the events of the meantime would be missing without a word: the stream ends with an
error, and clients subscribe again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from supergraph.upstream.errors import (
    MalformedReply,
    ReplyTooLarge,
    SubgraphError,
    SubgraphStatus,
    SubgraphTimeout,
    SubgraphUnreachable,
)
from supergraph.upstream.reply import reply_of
from supergraph.upstream.request import SubgraphReply, SubgraphRequest

PROTOCOL = Subprotocol("graphql-transport-ws")
PING_EVERY_S = 20.0
"""So often the other side is asked whether it is there; it has as long to answer."""

STATUSES = {4401: 401, 4403: 403, 4429: 429, 4500: 500}
TOO_LARGE = 1009
INITIALISATION_TIMEOUT = 4408


class _Connect(connect):
    """Follows no redirect: it would take the identity along."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def websocket_url(url: str, path: str) -> str:
    """The WebSocket URL of an endpoint, at another path of the same server where one is given."""
    return urljoin(url, path).replace("http", "ws", 1)


async def subscribe(
    request: SubgraphRequest,
    url: str,
    server: str,
    seconds: float,
    limit: int,
    tls: ssl.SSLContext | None = None,
) -> AsyncGenerator[SubgraphReply]:
    """Give a reply for each event of a subscription; raises `SubgraphError`.

    The connection and its acknowledgement have so many seconds; no message may have more than `limit` bytes. `server`
    is the name of the server where the URL has its address; `tls` says whom to trust.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    async with _connected(request, url, server, seconds, limit, tls) as connection:
        try:
            async with asyncio.timeout(until - loop.time()):
                await _initialise(request, connection)
            await connection.send(b'{"id":"1","type":"subscribe","payload":%s}' % request.body, text=True)
            while True:
                message = await _message(request.subgraph, connection)
                if message["type"] == "complete":
                    return
                reply = _reply(request.subgraph, message)
                if reply is not None:
                    yield reply
                if message["type"] == "error":
                    return
        except TimeoutError as error:
            raise SubgraphTimeout(request.subgraph, seconds) from error
        except ConnectionClosed as error:
            raise _closed(request.subgraph, error, seconds) from error


@asynccontextmanager
async def _connected(
    request: SubgraphRequest,
    url: str,
    server: str,
    seconds: float,
    limit: int,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[ClientConnection]:
    place: dict[str, Any] = {} if tls is None or not url.startswith("wss:") else {"ssl": tls}
    if server:
        address = urlsplit(url)
        url = address._replace(netloc=server).geturl()
        place |= {"host": address.hostname, "port": address.port}
    connecting = _Connect(
        url,
        subprotocols=[PROTOCOL],
        compression=None,
        additional_headers={**request.trace_context, **request.headers},
        user_agent_header=None,
        proxy=None,
        open_timeout=seconds,
        ping_interval=PING_EVERY_S,
        ping_timeout=PING_EVERY_S,
        max_size=limit,
        **place,
    )
    try:
        connection = await connecting
    except TimeoutError as error:
        raise SubgraphTimeout(request.subgraph, seconds) from error
    except InvalidStatus as error:
        raise SubgraphStatus(request.subgraph, error.response.status_code) from error
    except (OSError, InvalidHandshake, InvalidURI) as error:
        raise SubgraphUnreachable(request.subgraph, str(error) or type(error).__name__) from error
    try:
        yield connection
    finally:
        await connection.close()


async def _initialise(request: SubgraphRequest, connection: ClientConnection) -> None:
    if connection.subprotocol != PROTOCOL:
        raise MalformedReply(request.subgraph, f"the server does not speak {PROTOCOL}")
    init = {"type": "connection_init", "payload": dict(request.headers)}
    await connection.send(orjson.dumps(init), text=True)
    message = await _message(request.subgraph, connection)
    if message["type"] != "connection_ack":
        raise MalformedReply(
            request.subgraph, f"{message['type']!r} came before the connection was acknowledged"
        )


async def _message(subgraph: str, connection: ClientConnection) -> dict[str, Any]:
    """The next message that is neither ping nor pong; a ping is answered."""
    while True:
        try:
            message = orjson.loads(await connection.recv(decode=False))
        except orjson.JSONDecodeError as error:
            raise MalformedReply(subgraph, f"a message is not JSON: {error}") from error
        kind = message.get("type") if isinstance(message, dict) else None
        if not isinstance(kind, str):
            raise MalformedReply(subgraph, "a message is no object with a `type`")
        if kind == "ping":
            await connection.send(b'{"type":"pong"}', text=True)
        elif kind != "pong":
            return message


def _reply(subgraph: str, message: dict[str, Any]) -> SubgraphReply | None:
    if message.get("id") != "1":
        raise MalformedReply(
            subgraph, f"a message of type {message['type']!r} is for no subscription of ours"
        )
    if message["type"] == "next":
        return reply_of(subgraph, message.get("payload"))
    if message["type"] == "error":
        return reply_of(subgraph, {"errors": message.get("payload")})
    raise MalformedReply(subgraph, f"there is no message of type {message['type']!r}")


def _closed(subgraph: str, closed: ConnectionClosed, seconds: float) -> SubgraphError:
    """What a close frame says, ours or theirs (without one the connection broke)."""
    if closed.sent is not None and closed.sent.code == TOO_LARGE:
        return ReplyTooLarge(subgraph, f"an event is too large: {closed.sent.reason}")
    if closed.rcvd is None:
        return SubgraphUnreachable(subgraph, "the connection broke")
    code, reason = closed.rcvd.code, closed.rcvd.reason
    if code == INITIALISATION_TIMEOUT:
        return SubgraphTimeout(subgraph, seconds)
    if code in STATUSES:
        return SubgraphStatus(subgraph, STATUSES[code])
    return SubgraphUnreachable(subgraph, f"the connection was closed ({code} {reason})".replace(" )", ")"))

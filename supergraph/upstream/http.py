"""The transport over HTTP."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit

import httpx2

from supergraph.upstream.transport import (
    ResponseTooLarge,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)

KEEP_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ),
]
"""A stream may be silent for hours: one whose host is gone without a word is found out within a minute."""


class HttpTransport:
    """Sends requests over HTTP/1.1, or HTTP/2 alone (`http2`), with kept-alive connections.

    It follows no redirect, keeps no cookie, reads no proxy from the environment, and decodes no body: unless a
    request accepts a coding it asks for none. A connection is closed after `idle` seconds without use. `tls` says
    whom to trust.
    """

    def __init__(
        self,
        *,
        connections: int | None = None,
        idle: float = 4.0,
        http2: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        # Servers commonly close an idle connection after 5 s: ours is closed first, not used as they do so.
        limits = httpx2.Limits(
            max_connections=connections, max_keepalive_connections=None, keepalive_expiry=idle
        )
        self._transport = httpx2.AsyncHTTPTransport(
            limits=limits,
            trust_env=False,
            http1=not http2,
            http2=http2,
            verify=True if tls is None else tls,
            socket_options=KEEP_ALIVE,
        )

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Send, and read the response up to the request's limit."""
        async with self.stream(request) as stream:
            body = bytearray()
            async for chunk in stream.chunks:
                body += chunk
                if len(body) > request.limit:
                    raise ResponseTooLarge(f"the response has more than {request.limit} bytes")
            return TransportResponse(stream.status, stream.headers, bytes(body))

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        """Send, and read the response as it comes."""
        try:
            response = await self._transport.handle_async_request(_outgoing(request))
        except httpx2.HTTPError as error:
            raise TransportError(_reason(error)) from error
        try:
            yield TransportStream(response.status_code, _headers(request, response), _chunks(response))
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()


def _outgoing(request: TransportRequest) -> httpx2.Request:
    headers = {"accept-encoding": "identity", **request.headers}
    extensions = {}
    if request.server:
        headers["host"] = request.server
        extensions["sni_hostname"] = urlsplit(f"//{request.server}").hostname
    try:
        return httpx2.Request(
            request.method, request.url, headers=headers, content=request.body, extensions=extensions
        )
    except httpx2.InvalidURL as error:
        raise TransportError(f"the URL {request.url!r} is not valid: {error}") from error


def _headers(request: TransportRequest, response: httpx2.Response) -> dict[str, str]:
    headers = {name.lower(): value for name, value in response.headers.items()}
    asked = "accept-encoding" in request.headers
    if not asked and headers.get("content-encoding", "identity") != "identity":
        raise TransportError(
            f"the response is encoded ({headers['content-encoding']}), which was not asked for"
        )
    return headers


async def _chunks(response: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx2.HTTPError as error:
        raise TransportError(_reason(error)) from error


def _reason(error: httpx2.HTTPError) -> str:
    return str(error) or type(error).__name__

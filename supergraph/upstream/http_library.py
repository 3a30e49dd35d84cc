"""The transport over HTTP/2, by a library."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2

from supergraph.upstream.http1 import KEEP_ALIVE
from supergraph.upstream.transport import (
    ResponseTooLarge,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
    refuse_unasked_coding,
)


class LibraryTransport:
    """Sends requests over HTTP/2, and nothing else, with kept-alive connections.

    It follows no redirect, keeps no cookie, reads no proxy from the environment, and decodes no body: unless a
    request accepts a coding it asks for none. A connection is closed after `idle` seconds without use. `tls` says
    whom to trust.
    """

    def __init__(self, idle: float, tls: ssl.SSLContext | None = None) -> None:
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=idle)
        self._transport = httpx2.AsyncHTTPTransport(
            limits=limits,
            trust_env=False,
            http1=False,
            http2=True,
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
    refuse_unasked_coding(request, headers)
    return headers


async def _chunks(response: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx2.HTTPError as error:
        raise TransportError(_reason(error)) from error


def _reason(error: httpx2.HTTPError) -> str:
    return str(error) or type(error).__name__

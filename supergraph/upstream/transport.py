"""The seam that carries bytes: one request out, one response back, whole or as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol


class TransportError(Exception):
    """The bytes could not be carried: no connection, a broken one, or a response that breaks the protocol."""


class ResponseTooLarge(TransportError):
    """The response has more bytes than the request allows."""


@dataclass(frozen=True, slots=True)
class TransportRequest:
    """A POST of `body` to `url`. Header names are in lower case; `limit` caps the response, in bytes.

    `method` is GET for what is no GraphQL, a key set for example. `server` is the name, and port, by which the
    server knows itself, where the URL has its address instead: it is the `Host`, and whose certificate is expected.
    """

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    limit: int = 32 * 1024 * 1024
    method: str = "POST"
    server: str = ""


@dataclass(frozen=True, slots=True)
class TransportResponse:
    """A complete response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class TransportStream:
    """A response whose body comes in pieces. The request's `limit` does not hold for it: a stream has no end."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class Transport(Protocol):
    """Carries requests to where a subgraph is. Time limits are the caller's: it cancels."""

    def send(self, request: TransportRequest) -> Awaitable[TransportResponse]:
        """Send a request and read the whole response; raises `TransportError`. Redirects are not followed."""
        ...

    def stream(self, request: TransportRequest) -> AbstractAsyncContextManager[TransportStream]:
        """Send a request and read the response as it comes; raises `TransportError`, while reading too.

        Leaving the context ends the exchange, whether or not the response was complete.
        """
        ...


class ResponseSink(Protocol):
    """Takes one response, as it comes."""

    def begins(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the head."""
        ...

    def receives(self, piece: bytes) -> None:
        """Take a piece of the body; raises `TransportError` where it is too much."""
        ...

    def ends(self) -> None:
        """The response is complete."""
        ...

    def fails(self, error: TransportError) -> None:
        """The response will never be complete."""
        ...


def refuse_unasked_coding(request: TransportRequest, headers: Mapping[str, str]) -> None:
    """See that a response is not encoded where its request asked for no coding; raises `TransportError`."""
    coding = headers.get("content-encoding", "identity")
    if coding != "identity" and "accept-encoding" not in request.headers:
        raise TransportError(f"the response is encoded ({coding}), which was not asked for")

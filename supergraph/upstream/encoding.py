"""The transport whose bodies are compressed on the way, whichever transport carries them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from supergraph.upstream.codings import DECODERS, ENCODERS, Decoder, decode
from supergraph.upstream.transport import (
    Transport,
    TransportError,
    TransportRequest,
    TransportResponse,
    TransportStream,
)


class EncodingTransport:
    """Asks for compressed responses and decodes them: the request's `limit` holds for what comes out.

    `accepted` are the codings that it asks for. Requests whose body has `smallest` bytes or more are sent in the
    coding `sent`, where one is given: the server must be known to read it.
    """

    def __init__(
        self, transport: Transport, accepted: Sequence[str], sent: str = "", smallest: int = 2048
    ) -> None:
        self._transport = transport
        self._accept = ", ".join(accepted) or "identity"
        self._sent = sent
        self._smallest = smallest

    async def send(self, request: TransportRequest) -> TransportResponse:
        """Send, and decode the response; raises `TransportError`."""
        response = await self._transport.send(self._outgoing(request))
        coding = _coding(response.headers)
        if not coding or not response.body:
            return response
        body = decode(coding, response.body, request.limit)
        return TransportResponse(response.status, _decoded(response.headers), body)

    @asynccontextmanager
    async def stream(self, request: TransportRequest) -> AsyncIterator[TransportStream]:
        """Send, and decode the response as it comes, each piece of it within the limit; raises `TransportError`."""
        async with self._transport.stream(self._outgoing(request)) as stream:
            coding = _coding(stream.headers)
            if not coding:
                yield stream
                return
            chunks = _chunks(stream.chunks, DECODERS[coding](), request.limit)
            yield TransportStream(stream.status, _decoded(stream.headers), chunks)

    def _outgoing(self, request: TransportRequest) -> TransportRequest:
        headers = {"accept-encoding": self._accept, **request.headers}
        if not self._sent or len(request.body) < self._smallest:
            return _with(request, headers, request.body)
        headers["content-encoding"] = self._sent
        return _with(request, headers, ENCODERS[self._sent](request.body))


def _with(request: TransportRequest, headers: Mapping[str, str], body: bytes) -> TransportRequest:
    """The request with other headers and body, for which `replace` takes three times as long."""
    return TransportRequest(request.url, body, headers, request.limit, request.method, request.server)


def _coding(headers: Mapping[str, str]) -> str:
    """The one coding of a body; empty where it has none."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in {"", "identity"}:
        return ""
    if coding not in DECODERS:
        raise TransportError(f"the response is encoded ({coding}), which was not asked for")
    return coding


def _decoded(headers: Mapping[str, str]) -> dict[str, str]:
    about_the_encoded = {"content-encoding", "content-length"}
    return {name: value for name, value in headers.items() if name not in about_the_encoded}


async def _chunks(chunks: AsyncIterator[bytes], decoder: Decoder, most: int) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        if decoded := decoder.decode(chunk, most):
            yield decoded
    if not decoder.complete:
        raise TransportError("the encoded body breaks off")

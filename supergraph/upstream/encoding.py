"""How bodies are compressed on their way to an endpoint and back, whichever transport carries them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from supergraph.upstream.codings import DECODERS, ENCODERS, Decoder, decode
from supergraph.upstream.transport import TransportError, TransportStream


@dataclass(frozen=True, slots=True)
class Codings:
    """The codings that are asked for, and the one that is used.

    `accepted` are those that are asked for in responses. Requests whose body has `smallest` bytes or more are sent in
    the coding `sent`, where one is given: the server must be known to read it.
    """

    accepted: tuple[str, ...] = ()
    sent: str = ""
    smallest: int = 2048

    @property
    def accept(self) -> str:
        """The value of `accept-encoding`."""
        return ", ".join(self.accepted) or "identity"

    def outgoing(self, body: bytes) -> tuple[str, bytes]:
        """Give a request's coding, empty for none, and its body in it."""
        if not self.sent or len(body) < self.smallest:
            return "", body
        return self.sent, ENCODERS[self.sent](body)


def decoded_body(body: bytes, headers: Mapping[str, str], most: int) -> tuple[bytes, Mapping[str, str]]:
    """Give what a response's body decodes to, of at most so many bytes, and the headers that are true of it.

    Raises `TransportError`.
    """
    coding = _coding(headers)
    if not coding or not body:
        return body, headers
    return decode(coding, body, most), _decoded(headers)


def decoded_stream(stream: TransportStream, most: int) -> TransportStream:
    """Give a stream that is decoded as it comes, each piece within the limit; raises `TransportError`."""
    coding = _coding(stream.headers)
    if not coding:
        return stream
    chunks = _chunks(stream.chunks, DECODERS[coding](), most)
    return TransportStream(stream.status, _decoded(stream.headers), chunks)


def _coding(headers: Mapping[str, str]) -> str:
    """The one coding of a body; empty where it has none."""
    coding = headers.get("content-encoding")
    if coding is None or (coding := coding.strip().lower()) in {"", "identity"}:
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

"""Content codings (RFC 9110, 8.4): gzip, zstd (RFC 8878) and br (RFC 7932), with a bound on what comes out.

A few bytes can decode to gigabytes, so decoding stops as soon as there is more than was asked for.
"""

from __future__ import annotations

import sys
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import brotli

from supergraph.upstream.transport import ResponseTooLarge, TransportError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP_LEVEL = 4
ZSTD_LEVEL = 3
BROTLI_QUALITY = 4
GZIP_WINDOW = 16 + zlib.MAX_WBITS
LARGEST_ZSTD_WINDOW: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: 23}
"""A frame may ask for 8 MB of memory and no more (RFC 9659)."""


class Decoder(ABC):
    """Decodes one body, in pieces or whole."""

    def decode(self, data: bytes, most: int) -> bytes:
        """Give what a piece decodes to.

        Raises `ResponseTooLarge` where that has more than `most` bytes, and `TransportError` where it cannot be read.
        """
        try:
            decoded = self._decode(data, most + 1)
        except (zlib.error, zstd.ZstdError, brotli.error, EOFError, ValueError) as error:
            raise TransportError(f"the body cannot be decoded: {error}") from error
        if len(decoded) > most:
            raise ResponseTooLarge(f"the decoded response has more than {most} bytes")
        return decoded

    @property
    @abstractmethod
    def complete(self) -> bool:
        """Whether what was decoded ends here."""

    @abstractmethod
    def _decode(self, data: bytes, most: int) -> bytes:
        """Give what a piece decodes to, or as much as `most` bytes of it."""


class _Gzip(Decoder):
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(GZIP_WINDOW)

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def _decode(self, data: bytes, most: int) -> bytes:
        decoded = bytearray()
        while data and len(decoded) < most:
            if self._stream.eof:
                self._stream = zlib.decompressobj(GZIP_WINDOW)
            decoded += self._stream.decompress(data, most - len(decoded))
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return bytes(decoded)


class _Zstd(Decoder):
    def __init__(self) -> None:
        self._frame = zstd.ZstdDecompressor(options=LARGEST_ZSTD_WINDOW)

    @property
    def complete(self) -> bool:
        return self._frame.eof

    def _decode(self, data: bytes, most: int) -> bytes:
        decoded = bytearray()
        while data and len(decoded) < most:
            if self._frame.eof:
                self._frame = zstd.ZstdDecompressor(options=LARGEST_ZSTD_WINDOW)
            decoded += self._frame.decompress(data, most - len(decoded))
            data = self._frame.unused_data if self._frame.eof else b""
        return bytes(decoded)


class _Brotli(Decoder):
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return self._stream.is_finished()

    def _decode(self, data: bytes, most: int) -> bytes:
        decoded = bytearray(self._stream.process(data, output_buffer_limit=most))
        while not self._stream.can_accept_more_data() and not self.complete and len(decoded) < most:
            decoded += self._stream.process(b"", output_buffer_limit=most - len(decoded))
        return bytes(decoded)


def _gzip(body: bytes) -> bytes:
    return zlib.compress(body, GZIP_LEVEL, GZIP_WINDOW)


def _zstd(body: bytes) -> bytes:
    return zstd.compress(body, ZSTD_LEVEL)


def _brotli(body: bytes) -> bytes:
    return brotli.compress(body, quality=BROTLI_QUALITY)


ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}
"""What encodes a whole body, by coding; those that cost least for what they save come first."""

DECODERS: Mapping[str, Callable[[], Decoder]] = {"zstd": _Zstd, "br": _Brotli, "gzip": _Gzip, "x-gzip": _Gzip}
"""What makes a decoder for one body, by coding."""


def decode(coding: str, body: bytes, most: int) -> bytes:
    """Decode a whole body.

    Raises `ResponseTooLarge` where it has more than `most` bytes, and `TransportError` where it is not all there.
    """
    decoder = DECODERS[coding]()
    decoded = decoder.decode(body, most)
    if not decoder.complete:
        raise TransportError("the encoded body breaks off")
    return decoded

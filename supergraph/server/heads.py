"""Heads of requests that were read before, byte for byte: what is known of one is not found out again.

Clients send the same head with each request over a connection, but for the length of the body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

REMEMBERED = 512
LARGEST_REMEMBERED = 4_096

REQUEST_LINE = b"POST /graphql HTTP/1.1\r\n"
STEERING = frozenset({b"transfer-encoding", b"upgrade", b"expect", b"trailer", b"te"})
"""With one of these there is more to a request than its head and so many bytes of body."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The head of a request for the GraphQL endpoint, whose body has `length` bytes; its connection stays open.

    `pairs` are its headers as they came, each name once and in lower case, `headers` the same by name.
    """

    pairs: Sequence[tuple[bytes, bytes]]
    headers: Mapping[bytes, bytes]
    length: int


class Heads:
    """Remembers heads: `known` has them by their bytes, up to and with the empty line."""

    def __init__(self) -> None:
        self.known: dict[bytes, Head] = {}

    def learn(self, raw: bytes, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        """Remember a head that the HTTP parser has read, if it is one that says all; the oldest is forgotten."""
        head = _read(raw, pairs)
        if head is None:
            return
        if len(self.known) >= REMEMBERED:
            del self.known[next(iter(self.known))]
        self.known[raw] = head


def _read(raw: bytes, pairs: Sequence[tuple[bytes, bytes]]) -> Head | None:
    if len(raw) > LARGEST_REMEMBERED or not raw.startswith(REQUEST_LINE) or not _ends_lines_alike(raw):
        return None
    headers = dict(pairs)
    length = headers.get(b"content-length", b"")
    if len(headers) != len(pairs) or not STEERING.isdisjoint(headers) or not length.isdigit():
        return None
    if headers.get(b"connection", b"keep-alive").strip().lower() != b"keep-alive":
        return None
    return Head(tuple(pairs), headers, int(length))


def _ends_lines_alike(raw: bytes) -> bool:
    """Whether no parser can see the head end earlier: all lines end in CRLF, and there is no other CR or LF."""
    lines = raw.count(b"\r\n")
    return raw.count(b"\n") == lines and raw.count(b"\r") == lines and raw.find(b"\r\n\r\n") == len(raw) - 4

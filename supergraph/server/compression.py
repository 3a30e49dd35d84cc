"""Which content coding a response to a client has (RFC 9110, 12.5.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from supergraph.upstream.codings import ENCODERS

LARGEST_AT_ONCE = 256 * 1024
"""A larger body is encoded in a thread, so that the others do not wait for it."""

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Compression:
    """Which codings are offered, the preferred ones first, for bodies of `smallest` bytes and more."""

    codings: tuple[str, ...] = ()
    smallest: int = 2048

    def leaves(self, body: bytes) -> bool:
        """Whether a body is sent as it is, whatever the client accepts."""
        return not self.codings or len(body) < self.smallest

    def at_once(self, accept_encoding: bytes, body: bytes) -> tuple[bytes, Headers] | None:
        """Give the same as `encode`; None where that is to be waited for."""
        if self.leaves(body):
            return body, ()
        coding = negotiated(accept_encoding, self.codings)
        if not coding:
            return body, VARY
        if len(body) > LARGEST_AT_ONCE:
            return None
        return ENCODERS[coding](body), _headers(coding)

    async def encode(self, accept_encoding: bytes, body: bytes) -> tuple[bytes, Headers]:
        """Give the body as it is sent to a client that sent this Accept-Encoding, and the headers that say so."""
        if (encoded := self.at_once(accept_encoding, body)) is not None:
            return encoded
        coding = negotiated(accept_encoding, self.codings)
        return await asyncio.to_thread(ENCODERS[coding], body), _headers(coding)


VARY: Headers = ((b"vary", b"accept-encoding"),)


def _headers(coding: str) -> Headers:
    return ((b"content-encoding", coding.encode()), *VARY)


@lru_cache(maxsize=128)
def negotiated(accept_encoding: bytes, offered: tuple[str, ...]) -> str:
    """Give the coding that a client likes best, of those that it likes equally our first; empty for none."""
    weights = dict(map(_weighted, accept_encoding.decode("latin-1").lower().split(",")))
    anything = weights.get("*", 0.0)
    best = max(offered, key=lambda coding: weights.get(coding, anything), default="")
    weight = weights.get(best, anything)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def _weighted(item: str) -> tuple[str, float]:
    coding, *parameters = (part.strip() for part in item.split(";"))
    weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return coding, min(1.0, max(0.0, float(weight)))
    except ValueError:
        return coding, 0.0

"""How a subgraph learns who asks: a short-lived token of the router's, for that subgraph alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import jwt

from supergraph.server.identity import Identity

ALGORITHM = "HS256"
ISSUER = "router"
LIFETIME_S = 60
REUSED_FOR_S = 30
REMEMBERED_TOKENS = 10_000


class InternalTokens:
    """Mints identity tokens, signed with a key that router and subgraphs share.

    One token serves every request of an identity to a subgraph for 30 seconds; it is valid for 60.
    """

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock
        self._minted: dict[tuple[Identity, str], tuple[float, str]] = {}

    def token(self, identity: Identity, subgraph: str) -> str:
        """The token that tells the subgraph of this identity."""
        now = self._clock()
        minted_at, token = self._minted.get((identity, subgraph), (float("-inf"), ""))
        if now - minted_at < REUSED_FOR_S:
            return token
        if len(self._minted) >= REMEMBERED_TOKENS:
            self._minted.clear()
        token = self._mint(identity, subgraph, int(now))
        self._minted[identity, subgraph] = (now, token)
        return token

    def _mint(self, identity: Identity, subgraph: str, now: int) -> str:
        claims = {
            "iss": ISSUER,
            "aud": subgraph,
            "iat": now,
            "exp": now + LIFETIME_S,
            "sub": identity.subject,
            "sid": identity.session,
            "scope": " ".join(sorted(identity.scopes)),
            "tier": identity.tier,
            "birthdate": identity.birthdate,
        }
        return jwt.encode({name: value for name, value in claims.items() if value}, self._key, ALGORITHM)

"""Who asks: an access token (RFC 9068) verified against its issuer's key set (RFC 7517)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import jwt
import orjson
import structlog

from supergraph.configuration import AccessTokensConfiguration
from supergraph.server.refusal import HttpRefusal

REMEMBERED_TOKENS = 10_000
REFRESH_AFTER_S = 300.0
REFETCH_AT_MOST_EVERY_S = 10.0
TRUST_LAST_GOOD_SET_FOR_S = 3600.0

_log = structlog.get_logger(__name__)

FetchKeySet = Callable[[], Awaitable[bytes]]
"""Gets the issuer's key set as JSON; raises what it likes when it cannot."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified access token says of its bearer; all empty for an anonymous caller.

    `birthdate` is an ISO date. `expires_at` is in seconds since the epoch, the leeway for
    unequal clocks included (None: never).
    """

    subject: str | None = None
    session: str | None = None
    scopes: frozenset[str] = frozenset()
    tier: str | None = None
    birthdate: str | None = None
    roles: frozenset[str] = frozenset()
    expires_at: float | None = None


ANONYMOUS = Identity()


class KeySet:
    """An issuer's public keys by key id.

    Fetched when first needed, again when it is five minutes old or a key id is unknown, but not more often
    than every ten seconds; while the issuer is away, the last good set counts for an hour.
    """

    def __init__(self, fetch: FetchKeySet, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key with this id; None when the issuer has no such key.

        Raises:
            HttpRefusal: a 503, when the issuer's keys cannot be had.
        """
        if key_id not in self._keys or self._age() > REFRESH_AFTER_S:
            async with self._lock:
                if key_id not in self._keys or self._age() > REFRESH_AFTER_S:
                    await self._refresh()
        return self._keys.get(key_id)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def _refresh(self) -> None:
        if self._clock() - self._tried_at >= REFETCH_AT_MOST_EVERY_S:
            self._tried_at = self._clock()
            try:
                self._keys = _parse_key_set(await self._fetch())
                self._fetched_at = self._clock()
            except Exception as error:  # noqa: BLE001 - whatever keeps the keys away, the last good set counts on
                _log.warning("the key set for access tokens cannot be had", cause=repr(error))
        if self._age() > TRUST_LAST_GOOD_SET_FOR_S:
            raise HttpRefusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "KEY_SET_UNAVAILABLE",
                "Access tokens cannot be verified just now; try again later, or without a token.",
                ((b"retry-after", b"10"),),
            )


def _parse_key_set(body: bytes) -> dict[str, jwt.PyJWK]:
    entries = orjson.loads(body)["keys"]
    keys = (jwt.PyJWK(entry) for entry in entries if "kid" in entry and entry.get("use", "sig") == "sig")
    return {key.key_id: key for key in keys if key.key_id}


class AccessTokens:
    """Turns Authorization headers into identities; verified tokens are remembered until they expire."""

    def __init__(self, configuration: AccessTokensConfiguration, key_set: KeySet) -> None:
        self._configuration = configuration
        self._key_set = key_set
        self._verified: dict[bytes, Identity] = {}

    async def identify(self, authorization: bytes | None) -> Identity:
        """The identity that the header stands for; `ANONYMOUS` without one.

        Raises:
            HttpRefusal: a 401, when it is no bearer token, or one that does not hold.
        """
        if not authorization:
            return ANONYMOUS
        known = self._verified.get(authorization)
        if known is not None and known.expires_at is not None and time.time() < known.expires_at:
            return known
        identity = await self._verify(_bearer(authorization))
        if len(self._verified) >= REMEMBERED_TOKENS:
            self._verified.clear()
        self._verified[authorization] = identity
        return identity

    async def _verify(self, token: str) -> Identity:
        try:
            key = await self._key_set.key(_key_id(token))
            if key is None:
                raise unauthenticated()
            claims = jwt.decode(
                token,
                key.key,
                algorithms=self._configuration.algorithms,
                issuer=self._configuration.issuer,
                audience=self._configuration.audience,
                leeway=self._configuration.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise unauthenticated() from error
        return _identity(claims, self._configuration.leeway_seconds)


def unauthenticated() -> HttpRefusal:
    """A 401 in the same words for whatever is wrong with a token."""
    return HttpRefusal(
        HTTPStatus.UNAUTHORIZED,
        "UNAUTHENTICATED",
        "The access token is not valid, or no longer: refresh the session or sign in again.",
        ((b"www-authenticate", b'Bearer error="invalid_token"'),),
    )


def _bearer(authorization: bytes) -> str:
    scheme, _, token = authorization.decode("latin-1").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated()
    return token.strip()


def _key_id(token: str) -> str:
    key_id = jwt.get_unverified_header(token).get("kid")
    if not isinstance(key_id, str):
        raise unauthenticated()
    return key_id


def _identity(claims: dict[str, Any], leeway_seconds: float) -> Identity:
    return Identity(
        subject=str(claims["sub"]),
        session=_text(claims.get("sid")),
        scopes=frozenset(str(claims.get("scope") or "").split()),
        tier=_text(claims.get("tier")),
        birthdate=_text(claims.get("birthdate")),
        roles=frozenset(str(role) for role in claims.get("roles") or ()),
        expires_at=float(claims["exp"]) + leeway_seconds,
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)

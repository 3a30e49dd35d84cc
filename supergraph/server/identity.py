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
FETCHED_WITHIN_S = 5.0
TRUST_LAST_GOOD_SET_FOR_S = 3600.0
SHORTEST_RSA_BITS = 2048
RSA_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
PUBLIC_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
EMBEDDED_KEYS = frozenset({"jwk", "jku", "x5u", "x5c", "crit"})
"""What a token says of the key that is to be believed, or of what else must be understood: we go by our own set."""

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
    policies: frozenset[str] = frozenset()
    expires_at: float | None = None

    def __hash__(self) -> int:
        # Looked up with each fetch: what else differs between equal subjects and sessions differs seldom.
        return hash((self.subject, self.session))


ANONYMOUS = Identity()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the algorithms that it may be used with."""

    key: Any
    algorithms: frozenset[str]


class KeySet:
    """An issuer's public keys by key id.

    Fetched when first needed, again when it is five minutes old or a key id is unknown, but not more often
    than every ten seconds. While the issuer is away the last good set counts for an hour, and nobody waits; then
    nothing counts. `version` is another with each set.
    """

    def __init__(self, fetch: FetchKeySet, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, SigningKey] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._failing = False
        self._lock = asyncio.Lock()
        self._meanwhile: asyncio.Task[None] | None = None
        self.version = 0

    @property
    def fresh(self) -> bool:
        """Whether the set is young enough to go by without a look at the issuer."""
        return self._age() <= REFRESH_AFTER_S

    async def renew(self) -> None:
        """Fetches a set that is not fresh.

        Raises:
            HttpRefusal: a 503, when the issuer's keys cannot be had.
        """
        if self._failing and self._age() <= TRUST_LAST_GOOD_SET_FOR_S:
            if self._meanwhile is None or self._meanwhile.done():
                self._meanwhile = asyncio.create_task(self._refresh(lambda: self.fresh))
            return
        await self._refresh(lambda: self.fresh)
        if self._age() > TRUST_LAST_GOOD_SET_FOR_S:
            raise HttpRefusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "KEY_SET_UNAVAILABLE",
                "Access tokens cannot be verified just now; try again later, or without a token.",
                ((b"retry-after", b"10"),),
            )

    async def key(self, key_id: str) -> SigningKey | None:
        """The key with this id; None when the issuer has no such key."""
        if key_id not in self._keys:
            await self._refresh(lambda: key_id in self._keys)
        return self._keys.get(key_id)

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def _refresh(self, done: Callable[[], bool]) -> None:
        async with self._lock:
            if done() or self._clock() - self._tried_at < REFETCH_AT_MOST_EVERY_S:
                return
            self._tried_at = self._clock()
            self._failing = True
            try:
                async with asyncio.timeout(FETCHED_WITHIN_S):
                    keys = _parse_key_set(await self._fetch())
            except Exception as error:  # noqa: BLE001 - whatever keeps the keys away, the last good set counts on
                _log.warning("the key set for access tokens cannot be had", cause=repr(error))
                return
            self._keys, self._fetched_at, self._failing = keys, self._clock(), False
            self.version += 1


def _parse_key_set(body: bytes) -> dict[str, SigningKey]:
    entries = orjson.loads(body)["keys"]
    keys = {entry["kid"]: _signing_key(entry) for entry in entries if isinstance(entry.get("kid"), str)}
    return {key_id: key for key_id, key in keys.items() if key is not None}


def _signing_key(entry: dict[str, Any]) -> SigningKey | None:
    """A public key that signs; None for one of another kind, which does not harm the others (RFC 7517, 5)."""
    if entry.get("use", "sig") != "sig" or entry.get("kty") not in PUBLIC_KEY_TYPES:
        return None
    try:
        key = jwt.PyJWK(entry)
    except jwt.PyJWTError as error:
        _log.warning("a key of the key set is left out", key_id=entry["kid"][:100], cause=repr(error))
        return None
    if entry["kty"] != "RSA":
        return SigningKey(key.key, frozenset({key.algorithm_name}))
    if key.key.key_size < SHORTEST_RSA_BITS:
        _log.warning("a key of the key set is left out", key_id=entry["kid"][:100], cause="too short")
        return None
    return SigningKey(key.key, frozenset({entry["alg"]}) if "alg" in entry else RSA_ALGORITHMS)


class AccessTokens:
    """Turns Authorization headers into identities; verified tokens are remembered until they or their keys end."""

    def __init__(self, configuration: AccessTokensConfiguration, key_set: KeySet) -> None:
        self._configuration = configuration
        self._types = frozenset(each.lower() for each in configuration.types)
        self._key_set = key_set
        self._verified: dict[bytes, Identity] = {}
        self._verified_by = 0

    def at_hand(self, authorization: bytes | None) -> Identity | None:
        """The identity that the header stands for, where nothing is to be waited for or verified: else None."""
        if not authorization:
            return ANONYMOUS
        known = self._known(authorization) if self._key_set.fresh else None
        if known is None or known.expires_at is None or time.time() >= known.expires_at:
            return None
        return known

    async def identify(self, authorization: bytes | None) -> Identity:
        """The identity that the header stands for; `ANONYMOUS` without one.

        Raises:
            HttpRefusal: a 401, when it is no bearer token, or one that does not hold; a 503, when that cannot be known.
        """
        if not authorization:
            return ANONYMOUS
        if not self._key_set.fresh:
            await self._key_set.renew()
        if (known := self.at_hand(authorization)) is not None:
            return known
        identity = await self._verify(_bearer(authorization))
        if len(self._verified) >= REMEMBERED_TOKENS:
            self._verified.clear()
        self._verified[authorization] = identity
        return identity

    def _known(self, authorization: bytes) -> Identity | None:
        """What a key of the present set has vouched for; the issuer may have withdrawn those of an earlier one."""
        if self._verified_by != self._key_set.version:
            self._verified.clear()
            self._verified_by = self._key_set.version
        return self._verified.get(authorization)

    async def _verify(self, token: str) -> Identity:
        configuration = self._configuration
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key_set.key(self._key_id(header))
            if key is None or header["alg"] not in key.algorithms:
                raise unauthenticated()
            claims = jwt.decode(
                token,
                key.key,
                algorithms=configuration.algorithms,
                issuer=configuration.issuer,
                audience=configuration.audience,
                leeway=configuration.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, LookupError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise unauthenticated() from error
        return _identity(claims, configuration)

    def _key_id(self, header: dict[str, Any]) -> str:
        """Which key a token names, whose header is one of an access token's (RFC 9068, 2.1)."""
        key_id, kind = header.get("kid"), header.get("typ")
        if not isinstance(key_id, str) or not EMBEDDED_KEYS.isdisjoint(header):
            raise unauthenticated()
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in self._types:
            raise unauthenticated()
        return key_id


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


def _identity(claims: dict[str, Any], configuration: AccessTokensConfiguration) -> Identity:
    policies = claims.get(configuration.policies_claim) if configuration.policies_claim else None
    return Identity(
        subject=str(claims["sub"]),
        session=_text(claims.get("sid")),
        scopes=frozenset(str(claims.get("scope") or "").split()),
        tier=_text(claims.get("tier")),
        birthdate=_text(claims.get("birthdate")),
        roles=_words(claims.get("roles")),
        policies=_words(policies),
        expires_at=float(claims["exp"]) + configuration.leeway_seconds,
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _words(value: Any) -> frozenset[str]:
    """Words as a claim gives them: as a list, or as one text with spaces."""
    return frozenset(value.split() if isinstance(value, str) else map(str, value or ()))

"""The gate of a subgraph: nothing passes without an identity token that the router signed.

Otherwise whoever reaches a subgraph could forge representations, and buy at a price of their own making.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any

import jwt
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.common.caller import Caller
from subgraphs.common.clock import Clock, utc_now

ALGORITHM = "HS256"
ISSUER = "router"
CLIENT_ADDRESS = "x-client-address"
CACHED_TOKENS = 4096


class TokenRefused(Exception):
    """The identity token is missing, forged, expired or meant for somebody else."""


def mint_token(key: bytes, audience: str, caller: Caller, lifetime: timedelta, clock: Clock = utc_now) -> str:
    """An identity token for the subgraph `audience`, as the router would sign it.

    Claims that the caller lacks are left out; `scope` is a list of words, `birthdate` an ISO date.
    """
    now = clock()
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "iat": now,
        "exp": now + lifetime,
        "sub": caller.subject,
        "sid": caller.session,
        "scope": " ".join(sorted(caller.scopes)),
        "tier": caller.tier,
        "birthdate": caller.birth_date.isoformat() if caller.birth_date else None,
    }
    return jwt.encode({name: value for name, value in claims.items() if value}, key, ALGORITHM)


class TokenReader:
    """Reads identity tokens for one audience, remembering those already verified until they expire.

    The key is asked for when the first token comes.
    """

    def __init__(self, key: Callable[[], bytes], audience: str) -> None:
        self._key = cache(key)
        self._audience = audience
        self._verified: dict[str, tuple[float, Caller]] = {}

    def read(self, token: str) -> Caller:
        """The caller that the token speaks of.

        Raises:
            TokenRefused: it is not a valid token for this audience at this time.
        """
        expires_at, caller = self._verified.get(token, (0.0, None))
        if caller is not None and time.time() < expires_at:
            return caller
        claims = self._verify(token)
        caller = _caller(claims)
        if len(self._verified) >= CACHED_TOKENS:
            self._verified.clear()
        self._verified[token] = (float(claims["exp"]), caller)
        return caller

    def _verify(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                self._key(),
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=ISSUER,
                options={"require": ["exp", "aud", "iss"]},
            )
        except jwt.InvalidTokenError as error:
            raise TokenRefused(str(error)) from error


class Gate:
    """ASGI middleware: puts the `Caller` into `scope["caller"]`, or answers 401 in the subgraph's place.

    Paths in `open_paths` (probes, key sets) pass without a token.
    """

    def __init__(self, app: ASGIApp, reader: TokenReader, open_paths: frozenset[str]) -> None:
        self._app = app
        self._reader = reader
        self._open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the request pass with its caller, or refuses it."""
        if scope["type"] == "lifespan" or scope["path"] in self._open_paths:
            await self._app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
            scope["caller"] = _from_address(self._reader.read(_bearer(headers)), headers)
        except TokenRefused:
            await _refuse(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _from_address(caller: Caller, headers: Headers) -> Caller:
    """The caller with the address that the router names; whoever holds a token of its is believed that too."""
    try:
        address = ip_address(headers[CLIENT_ADDRESS])
    except (KeyError, ValueError):
        return caller
    return replace(caller, address=str(address))


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("no bearer token")
    return token


def _caller(claims: dict[str, Any]) -> Caller:
    birthdate = claims.get("birthdate")
    return Caller(
        subject=_text(claims.get("sub")),
        session=_text(claims.get("sid")),
        scopes=frozenset(str(claims.get("scope") or "").split()),
        tier=_text(claims.get("tier")),
        birth_date=date.fromisoformat(str(birthdate)) if birthdate else None,
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4401, "reason": "Unauthorized"})
        return
    error = {
        "message": "This subgraph answers only requests that the router has signed. "
        "For a direct look mint a token: python -m subgraphs.<name> token",
        "extensions": {"code": "UNAUTHENTICATED"},
    }
    await JSONResponse({"errors": [error]}, 401)(scope, receive, send)
